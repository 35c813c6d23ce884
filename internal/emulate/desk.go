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

// Fault stands between the network and the handler of an operation. It may
// answer itself, call next and pass its answer on, or call next and lose its
// answer.
type Fault = func(next http.Handler) http.Handler

// Desk is where requests arrive once it is known which operation they are for.
// It records the calls and holds the faults that wait for them. It is safe for
// concurrent use, and the zero value is ready to use.
type Desk struct {
	// Operations are the names of all operations. A fault for any other name
	// could never be used, so giving one is a mistake in the test. Nil means
	// that any name is valid.
	Operations []string

	mu sync.Mutex
	// tb is the test that the server belongs to, or nil if it belongs to none.
	tb    testing.TB
	calls []string
	// faults are those of Next, and kept are those of Keep, by operation, in
	// the order in which they were given.
	faults map[string][]Fault
	kept   map[string][]*keptFault

	// Once closed is set, no effect is postponed any more. late has the effects
	// that were postponed, and running counts those that wait or run.
	closed  bool
	late    []lateEffect
	running sync.WaitGroup
}

// lateEffect is what a fault has postponed. Its timer starts it, and cancel
// ends the context of its request.
type lateEffect struct {
	timer  *time.Timer
	cancel context.CancelFunc
}

// Reporter is the part of [testing.TB] that is needed to report a mistake in
// the use of a Desk.
type Reporter interface {
	Helper()
	Fatal(args ...any)
}

// noTest reports the mistakes of a program that has no test. They are mistakes
// in the program's code, like an index that is out of range, so it panics.
type noTest struct{}

// Helper does nothing: the panic has a stack trace.
func (noTest) Helper() {}

// Fatal panics with the mistake.
func (noTest) Fatal(args ...any) { panic("test server: " + fmt.Sprint(args...)) }

// Test returns the test that the server belongs to, or a stand-in that panics.
// Each function between the test and the Desk calls its Helper method, so that
// a mistake is reported at the line of the test.
func (d *Desk) Test() Reporter { //nolint:ireturn // Helper marks the function that calls it
	if d.tb == nil {
		return noTest{}
	}
	return d.tb
}

// keptFault is a fault that applies until it is stopped. It is used by pointer,
// because functions cannot be compared and stop must find its own fault.
type keptFault struct{ fault Fault }

// Next makes the next call of an operation pass through fault, once. Several
// faults for one operation are used in the order in which they were given.
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

// Keep makes every call of an operation pass through fault until stop is
// called. A call that uses a fault of Next passes through that fault only. Of
// several kept faults, the first that was given is the one closest to the
// network. stop may be called more than once.
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

// ClearFaults removes the faults of Next that have not been used, and all kept
// faults.
func (d *Desk) ClearFaults() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.faults, d.kept = nil, nil
}

// Calls returns the operations that were called, in the order of their arrival.
func (d *Desk) Calls() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.calls)
}

// Serve records the call and runs h behind the faults for the operation. The
// call is recorded first, so that a fault that never returns hides no call.
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

// deskKey is the key under which the context of a request has its Desk.
type deskKey struct{}

// deskOf returns the Desk at which the request arrived. A fault that is used
// without one, as plain middleware, gets a Desk of its own, which is never
// closed.
func deskOf(r *http.Request) *Desk {
	if d, ok := r.Context().Value(deskKey{}).(*Desk); ok {
		return d
	}
	return new(Desk)
}

// postpone runs effect after delay, in a goroutine of its own. The context has
// the values of parent but outlives it, because the request will have been
// answered by then. cancelLate ends the context.
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
// that run. No effect starts afterwards, so no goroutine outlives the server.
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

// arrive records a call and returns the faults for it: the next one of Next, or
// else all that are kept.
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

// unused returns a line for each operation with faults of Next that were not
// used. Such a test has not shown what it was written to show.
func (d *Desk) unused() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var lines []string
	for operation, waiting := range d.faults {
		if len(waiting) > 0 {
			lines = append(lines, fmt.Sprintf(
				"%d of the faults for %s never met a call; make the calls that they are for, or remove them",
				len(waiting), operation))
		}
	}
	slices.Sort(lines)
	return lines
}

// mustKnow reports a fault for an operation that does not exist, which ends the
// test or, without a test, panics. The message suggests a name that is spelled
// similarly.
func (d *Desk) mustKnow(operation string) {
	if d.Operations == nil || slices.Contains(d.Operations, operation) {
		return
	}
	d.Test().Helper()
	message := fmt.Sprintf("there is no operation %q", operation)
	if near := d.nearest(operation); near != "" {
		message += fmt.Sprintf("; did you mean %q?", near)
	}
	d.Test().Fatal(message)
}

// nearest returns the operation that was probably meant: the one that takes the
// fewest edits, if those are at most a third of the letters. Case does not
// count. It returns "" if no operation is that close.
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
// inserted, deleted or replaced to turn one into the other. It keeps one row of
// the usual table at a time.
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
