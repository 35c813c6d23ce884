// Package emulate holds what the in-memory test servers share and no client
// uses: the record of calls, faults for the next call of an operation, and an
// in-memory connection for tests that run on a fake clock.
package emulate

import (
	"net/http"
	"slices"
	"sync"
)

// Fault stands between the network and an operation's handler. It may answer
// itself, call next and pass the answer on, or call next and lose the answer.
type Fault = func(next http.Handler) http.Handler

// Desk records the operations that arrive and holds the faults that wait for
// them. It is safe for concurrent use; the zero value is ready.
type Desk struct {
	mu     sync.Mutex
	calls  []string
	faults map[string][]Fault
}

// Next makes the next call of the operation pass through fault, once. Faults
// for one operation are used up in the order in which they were given.
func (d *Desk) Next(operation string, fault Fault) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.faults == nil {
		d.faults = make(map[string][]Fault)
	}
	d.faults[operation] = append(d.faults[operation], fault)
}

// Calls returns the operations that have arrived, in order of arrival.
func (d *Desk) Calls() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.calls)
}

// Serve records the call and runs h, behind the fault that waits for the
// operation if there is one.
func (d *Desk) Serve(operation string, h http.Handler, w http.ResponseWriter, r *http.Request) {
	if fault := d.arrive(operation); fault != nil {
		h = fault(h)
	}
	h.ServeHTTP(w, r)
}

// arrive records a call and takes the fault that waits for it, or nil.
func (d *Desk) arrive(operation string) Fault {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.calls = append(d.calls, operation)
	waiting := d.faults[operation]
	if len(waiting) == 0 {
		return nil
	}
	d.faults[operation] = waiting[1:]
	return waiting[0]
}
