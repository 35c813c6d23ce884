package emulate

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Fault stands between the network and an operation's handler. It may answer
// by itself, call next and pass its answer on, or call next and lose its
// answer.
type Fault = func(next http.Handler) http.Handler

// Desk is where requests arrive, once it is known which operation they are for.
// It records the operations and holds the faults that wait for them. It is safe
// for concurrent use; the zero value is ready.
type Desk struct {
	// Operations are the names of all operations that there are. A fault for
	// another one can never be met, so giving it is a mistake of the test. Nil
	// means that any name will do.
	Operations []string

	mu     sync.Mutex
	tb     testing.TB // of the test that the server belongs to; nil without one
	calls  []string
	faults map[string][]Fault
	kept   map[string][]*keptFault
}

// keptFault is a fault that applies until it is stopped. Its address is its
// identity.
type keptFault struct{ fault Fault }

// Next makes the next call of an operation pass through fault, once. Faults for
// one operation are used up in the order in which they were given.
func (d *Desk) Next(operation string, fault Fault) {
	d.helper()
	d.mustKnow(operation)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.faults == nil {
		d.faults = make(map[string][]Fault)
	}
	d.faults[operation] = append(d.faults[operation], fault)
}

// Keep makes every call of an operation pass through fault, until stop is
// called. Calls that a fault of Next waits for are left to that one. Of several
// kept faults, the first that was given stands next to the network.
func (d *Desk) Keep(operation string, fault Fault) (stop func()) {
	d.helper()
	d.mustKnow(operation)
	k := &keptFault{fault}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.kept == nil {
		d.kept = make(map[string][]*keptFault)
	}
	d.kept[operation] = append(d.kept[operation], k)
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.kept[operation] = slices.DeleteFunc(d.kept[operation], func(other *keptFault) bool { return other == k })
	}
}

// ClearFaults drops the faults of Next that no call has met, and the kept ones.
func (d *Desk) ClearFaults() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.faults, d.kept = nil, nil
}

// Calls returns the operations that have arrived, in order of arrival.
func (d *Desk) Calls() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.calls)
}

// Serve records the call and runs h, behind the faults that wait for the
// operation.
func (d *Desk) Serve(operation string, h http.Handler, w http.ResponseWriter, r *http.Request) {
	faults := d.arrive(operation)
	for _, fault := range slices.Backward(faults) {
		h = fault(h)
	}
	h.ServeHTTP(w, r)
}

// arrive records a call and returns the faults for it.
func (d *Desk) arrive(operation string) []Fault {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.calls = append(d.calls, operation)
	if waiting := d.faults[operation]; len(waiting) > 0 {
		d.faults[operation] = waiting[1:]
		return waiting[:1]
	}
	var faults []Fault
	for _, k := range d.kept[operation] {
		faults = append(faults, k.fault)
	}
	return faults
}

// unused describes the faults of Next that no call has met, one a line.
func (d *Desk) unused() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var lines []string
	for operation, waiting := range d.faults {
		if len(waiting) > 0 {
			lines = append(lines, fmt.Sprintf("%d of the faults for %s were never met: the test does not show what it says", len(waiting), operation))
		}
	}
	slices.Sort(lines)
	return lines
}

func (d *Desk) helper() {
	if d.tb != nil {
		d.tb.Helper()
	}
}

// mustKnow ends the test, or the program if there is none, with the mistake of
// naming an operation that does not exist.
func (d *Desk) mustKnow(operation string) {
	if d.Operations == nil || slices.Contains(d.Operations, operation) {
		return
	}
	d.helper()
	message := fmt.Sprintf("there is no operation %q", operation)
	if near := d.nearest(operation); near != "" {
		message += fmt.Sprintf("; there is %q", near)
	}
	if d.tb == nil {
		panic("emulate: " + message)
	}
	d.tb.Fatal(message)
}

// nearest returns the operation that was probably meant, or "".
func (d *Desk) nearest(operation string) string {
	for _, name := range d.Operations {
		a, b := strings.ToLower(name), strings.ToLower(operation)
		if a == b || b != "" && (strings.Contains(a, b) || strings.Contains(b, a)) {
			return name
		}
	}
	return ""
}
