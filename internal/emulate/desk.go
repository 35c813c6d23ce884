package emulate

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
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

	closed  bool // once set, no effect is postponed any more
	late    []lateEffect
	running sync.WaitGroup // the late effects that wait or run
}

// lateEffect is what a fault has postponed. Its timer starts it and cancel ends
// the context of its request.
type lateEffect struct {
	timer  *time.Timer
	cancel context.CancelFunc
}

// Reporter is the part of [testing.TB] that a mistake in the use of a Desk needs.
type Reporter interface {
	Helper()
	Fatal(args ...any)
}

// noTest reports the mistakes of a program that gave the Desk no test.
type noTest struct{}

func (noTest) Helper()           {}
func (noTest) Fatal(args ...any) { panic("test server: " + fmt.Sprint(args...)) }

// Test returns the test that the server belongs to, or a stand-in that panics.
// A function between the test and the Desk calls its Helper method, so that a
// mistake is reported at the line of the test.
func (d *Desk) Test() Reporter { //nolint:ireturn // Helper marks the function that calls it
	if d.tb == nil {
		return noTest{}
	}
	return d.tb
}

// keptFault is a fault that applies until it is stopped. Its address is its
// identity.
type keptFault struct{ fault Fault }

// Next makes the next call of an operation pass through fault, once. Faults for
// one operation are used up in the order in which they were given.
func (d *Desk) Next(operation string, fault Fault) {
	d.Test().Helper()
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
	d.Test().Helper()
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
		faults := d.kept[operation]
		if i := slices.Index(faults, k); i >= 0 { // otherwise ClearFaults has dropped it
			d.kept[operation] = slices.Delete(faults, i, i+1)
		}
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
	if len(faults) > 0 {
		r = r.WithContext(context.WithValue(r.Context(), deskKey{}, d)) // for Late
	}
	for _, fault := range slices.Backward(faults) {
		h = fault(h)
	}
	h.ServeHTTP(w, r)
}

// deskKey is the key of a request's context under which faults find the Desk.
type deskKey struct{}

// deskOf returns the Desk that the request arrived at. A fault that is used
// without one gets a Desk of its own, which is never closed.
func deskOf(r *http.Request) *Desk {
	if d, ok := r.Context().Value(deskKey{}).(*Desk); ok {
		return d
	}
	return new(Desk)
}

// postpone runs effect after delay, on a goroutine of its own, with a context
// that has the values of parent but outlives it. cancelLate ends the context.
func (d *Desk) postpone(parent context.Context, delay time.Duration, effect func(context.Context)) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(parent))
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		cancel()
		return
	}
	d.running.Add(1)
	timer := time.AfterFunc(delay, func() {
		defer d.running.Done()
		defer cancel()
		effect(ctx)
	})
	d.late = append(d.late, lateEffect{timer, cancel})
}

// cancelLate drops the late effects whose time has not come and waits for those
// that run. Afterwards there are no new ones.
func (d *Desk) cancelLate() {
	d.mu.Lock()
	d.closed = true
	for _, effect := range d.late {
		effect.cancel()
		if effect.timer.Stop() { // it will not run, so it does not report that it is done
			d.running.Done()
		}
	}
	d.late = nil
	d.mu.Unlock()
	d.running.Wait()
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
			lines = append(lines, fmt.Sprintf(
				"%d of the faults for %s were never met: the test does not show what it says", len(waiting), operation))
		}
	}
	slices.Sort(lines)
	return lines
}

// mustKnow ends the test, or the program if there is none, with the mistake of
// naming an operation that does not exist.
func (d *Desk) mustKnow(operation string) {
	if d.Operations == nil || slices.Contains(d.Operations, operation) {
		return
	}
	d.Test().Helper()
	message := fmt.Sprintf("there is no operation %q", operation)
	if near := d.nearest(operation); near != "" {
		message += fmt.Sprintf("; there is %q", near)
	}
	d.Test().Fatal(message)
}

// nearest returns the operation that was probably meant: the one with the fewest
// edits, if those are at most a third of the letters. Case does not count. It
// returns "" if no operation is that close.
func (d *Desk) nearest(operation string) string {
	meant, least := "", max(len(operation)/3, 1)+1
	for _, name := range d.Operations {
		if n := edits(strings.ToLower(name), strings.ToLower(operation)); n < least {
			meant, least = name, n
		}
	}
	return meant
}

// edits returns the Levenshtein distance of two names: how many bytes must be
// inserted, deleted or replaced to make one the other.
func edits(a, b string) int {
	row := make([]int, len(b)+1) // row[j] is the distance of the read part of a to b[:j]
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0] // the entry of the previous row at j
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
