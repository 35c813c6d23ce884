package main

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/docferry/docferry/workdocs/workdocstest"
)

// fault stands between the network and an operation. It is the Fault of every
// test server.
type fault = func(next http.Handler) http.Handler

// faultKinds are the faults to choose from, as the page shows them.
var faultKinds = []struct{ Kind, Title string }{
	{"lose-answer", "lose the answer: it is carried out, and the caller never hears of it"},
	{"lose-request", "lose the request: it is not carried out, and the caller cannot know"},
	{"refuse", "refuse with 503"},
	{"slow", "answer slowly"},
}

// The largest numbers that a fault can be asked for with, and how many faults
// there can be at a time.
const (
	mostCalls   = 1000
	mostSeconds = 600
	mostFaults  = 100
)

// activeFault is a fault that is switched on.
type activeFault struct {
	ID                       int
	Service, Operation, Kind string
	Every                    int // applies to every n-th call
	Seconds                  int // for which a slow one waits

	stop func()
}

// faultBoard has the faults that are switched on. It is safe for concurrent use,
// and the zero value is ready to use.
type faultBoard struct {
	mu     sync.Mutex
	lastID int
	active []activeFault
}

// newFault reads a fault from the values of a form, by name.
func newFault(value func(name string) string) (activeFault, error) {
	f := activeFault{Service: value("service"), Operation: value("operation"), Kind: value("kind")}
	var err error
	if f.Every, err = number(value("every"), 1, mostCalls); err != nil {
		return f, fmt.Errorf("every: %w", err)
	}
	if f.Kind == "slow" {
		if f.Seconds, err = number(value("seconds"), 5, mostSeconds); err != nil {
			return f, fmt.Errorf("seconds: %w", err)
		}
	}
	return f, nil
}

// number reads a number from 1 to most; fallback stands for an empty text.
func number(text string, fallback, most int) (int, error) {
	if text == "" {
		return fallback, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		return 0, fmt.Errorf("must be a number from 1 to %d", most)
	}
	return n, nil
}

// switchOn makes a service apply a fault until it is switched off.
func (b *faultBoard) switchOn(s *service, f activeFault) error {
	if !slices.Contains(s.server.Operations(), f.Operation) {
		return fmt.Errorf("%s has no such operation", s.Title)
	}
	apply, err := s.fault(f)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.active) >= mostFaults {
		return errors.New("too many faults are switched on; switch some off")
	}
	b.lastID++
	f.ID = b.lastID
	f.stop = s.server.Keep(f.Operation, workdocstest.Every(f.Every, apply)) // the same function in all test servers
	b.active = append(b.active, f)
	return nil
}

// switchOff ends a fault, or all faults if id is 0.
func (b *faultBoard) switchOff(id int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.active = slices.DeleteFunc(b.active, func(f activeFault) bool {
		ends := id == 0 || id == f.ID
		if ends {
			f.stop()
		}
		return ends
	})
}

func (b *faultBoard) list() []activeFault {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.active)
}

// fault returns the middleware for a kind of fault.
func (s *service) fault(f activeFault) (fault, error) {
	switch f.Kind {
	case "lose-answer":
		return workdocstest.LoseAnswer(), nil
	case "lose-request":
		return workdocstest.LoseRequest(), nil
	case "refuse":
		return s.refuse, nil
	case "slow":
		return slow(time.Duration(f.Seconds) * time.Second), nil
	default:
		return nil, errors.New("there is no such fault")
	}
}

// slow lets the operation wait before it happens. A caller that gives up
// meanwhile has not made it happen.
func slow(d time.Duration) fault {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			timer := time.NewTimer(d)
			defer timer.Stop()
			select {
			case <-timer.C:
				next.ServeHTTP(w, r)
			case <-r.Context().Done():
				panic(http.ErrAbortHandler)
			}
		})
	}
}
