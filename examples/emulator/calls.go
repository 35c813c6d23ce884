package main

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"
)

// keptCalls is how many of the latest calls are kept.
const keptCalls = 50

// call is a request of a client. Its path has no query, because that is where
// signatures and tickets are.
type call struct {
	Time                             time.Time
	Service, Operation, Method, Path string
	Status                           int // 0 before the answer has begun
	Ended, Broken                    bool
	Took                             time.Duration // once it has ended
}

// callLog has the latest calls. It is safe for concurrent use, and the zero
// value is ready to use.
type callLog struct {
	mu   sync.Mutex
	last []*call // the oldest first
}

// callKey is the key under which the context of a request has its call.
type callKey struct{}

// serve records what becomes of a request to a service.
func (l *callLog) serve(service string, h http.Handler, w http.ResponseWriter, r *http.Request) {
	c := l.begin(service, r)
	whole := false
	defer func() { // also when a fault breaks the connection by a panic
		l.change(func() { c.Ended, c.Broken, c.Took = true, !whole, time.Since(c.Time) })
	}()
	h.ServeHTTP(&recorder{w, l, c}, r.WithContext(context.WithValue(r.Context(), callKey{}, c)))
	whole = true
}

func (l *callLog) begin(service string, r *http.Request) *call {
	c := &call{Time: time.Now(), Service: service, Method: r.Method, Path: r.URL.EscapedPath()}
	l.change(func() {
		l.last = append(l.last, c)
		l.last = l.last[max(0, len(l.last)-keptCalls):]
	})
	return c
}

func (l *callLog) change(do func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	do()
}

// latest returns copies of the calls, the newest first.
func (l *callLog) latest() []call {
	l.mu.Lock()
	defer l.mu.Unlock()
	calls := make([]call, 0, len(l.last))
	for _, c := range slices.Backward(l.last) {
		calls = append(calls, *c)
	}
	return calls
}

// name returns a fault that does no harm: it only tells the log which operation
// a request is for. The test servers alone know that.
func (l *callLog) name(operation string) fault {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if c, ok := r.Context().Value(callKey{}).(*call); ok {
				l.change(func() { c.Operation = operation })
			}
			next.ServeHTTP(w, r)
		})
	}
}

// recorder notes the status of an answer.
type recorder struct {
	http.ResponseWriter
	log  *callLog
	call *call
}

// Unwrap is for [http.ResponseController] and for websockets, which take over
// the connection.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader implements [http.ResponseWriter].
func (w *recorder) WriteHeader(status int) {
	w.note(status)
	w.ResponseWriter.WriteHeader(status)
}

// Write implements [http.ResponseWriter].
func (w *recorder) Write(p []byte) (int, error) {
	w.note(http.StatusOK)
	return w.ResponseWriter.Write(p)
}

// note keeps the first status, except for one that only announces another.
func (w *recorder) note(status int) {
	w.log.change(func() {
		if w.call.Status == 0 && (status >= 200 || status == http.StatusSwitchingProtocols) {
			w.call.Status = status
		}
	})
}
