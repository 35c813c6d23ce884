package emulate

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Answer answers with the given status and body, and the operation does
// nothing. Each header is a name followed by its value. The request is read
// first, so that the client is done sending and reads the answer.
func Answer(status int, body string, header ...string) Fault {
	return func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			SetHeader(w.Header(), header)
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		})
	}
}

// LoseRequest reads the request and closes the connection. The operation does
// nothing.
func LoseRequest() Fault {
	return func(http.Handler) http.Handler {
		return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			panic(http.ErrAbortHandler)
		})
	}
}

// LoseAnswer lets the operation happen and closes the connection without
// sending any of the answer.
func LoseAnswer() Fault {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		})
	}
}

// CutAnswer lets the operation happen, sends the header of the answer and at
// most the first n bytes of its body, and closes the connection.
func CutAnswer(n int) Fault {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			rec := httptest.NewRecorder()
			next.ServeHTTP(rec, r)
			body := rec.Body.Bytes()
			maps.Copy(w.Header(), rec.Header())
			// More bytes are announced than will be sent, even if the whole
			// body is: otherwise the client would not notice that the answer is
			// cut.
			w.Header().Set("Content-Length", strconv.Itoa(max(len(body), n+1)))
			w.WriteHeader(rec.Code)
			_, _ = w.Write(body[:min(n, len(body))])
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		})
	}
}

// Hang reads the request and sends no answer until the client gives up. The
// operation does nothing.
func Hang() Fault {
	return func(http.Handler) http.Handler {
		return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
			panic(http.ErrAbortHandler)
		})
	}
}

// Late answers with now at once and lets the operation happen after a delay, as
// behind a gateway that gives up on a service that does not. The whole request
// is read first, and if it breaks off, nothing happens. Closing the server
// drops the operations whose time has not come.
//
// now must not call its next handler, because the body has been read.
func Late(delay time.Duration, now Fault) Fault {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				panic(http.ErrAbortHandler)
			}
			late := r.Clone(r.Context())
			late.Body = io.NopCloser(bytes.NewReader(body))
			deskOf(r).postpone(r.Context(), delay, func(ctx context.Context) {
				defer func() { _ = recover() }() // a fault within may abort
				late = late.WithContext(ctx)
				next.ServeHTTP(httptest.NewRecorder(), late)
			})
			r.Body = http.NoBody
			now(next).ServeHTTP(w, r)
		})
	}
}

// Every applies a fault to every n-th call, beginning with the n-th. An n below
// 1 counts as 1.
func Every(n int, fault Fault) Fault {
	var calls atomic.Int64
	return func(next http.Handler) http.Handler {
		faulty := fault(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h := next
			if calls.Add(1)%int64(max(n, 1)) == 0 {
				h = faulty
			}
			h.ServeHTTP(w, r)
		})
	}
}

// While applies a fault to the calls for which condition returns true.
// condition must not read the body.
func While(condition func(*http.Request) bool, fault Fault) Fault {
	return func(next http.Handler) http.Handler {
		faulty := fault(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h := next
			if condition(r) {
				h = faulty
			}
			h.ServeHTTP(w, r)
		})
	}
}

// Beyond applies a fault to the calls beyond so many a second. As many may come at
// once at first, and after a second without any. A number below 1 counts as 1.
func Beyond(perSecond int, fault Fault) Fault {
	most := float64(max(perSecond, 1))
	var mu sync.Mutex
	left, filled := most, time.Now()
	return While(func(*http.Request) bool {
		mu.Lock()
		defer mu.Unlock()
		now := time.Now()
		left = min(most, left+now.Sub(filled).Seconds()*most)
		filled = now
		if left < 1 {
			return true
		}
		left--
		return false
	}, fault)
}

// EditAnswer lets the operation happen and lets edit change its answer, which
// must be a JSON object. edit may add, replace and delete members. If the
// answer is not a JSON object, the client gets a status of 500 with a body that
// says so.
func EditAnswer(edit func(members map[string]any)) Fault {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			rec := httptest.NewRecorder()
			next.ServeHTTP(rec, r)
			members := map[string]any{}
			if err := json.Unmarshal(rec.Body.Bytes(), &members); err != nil {
				http.Error(w, "EditAnswer: the operation did not answer with a JSON object", http.StatusInternalServerError)
				return
			}
			edit(members)
			body, err := json.Marshal(members)
			if err != nil {
				http.Error(w, "EditAnswer: an edited member cannot be written as JSON", http.StatusInternalServerError)
				return
			}
			maps.Copy(w.Header(), rec.Header())
			w.Header().Set("Content-Length", strconv.Itoa(len(body)))
			w.WriteHeader(rec.Code)
			_, _ = w.Write(body)
		})
	}
}

// SetHeader sets headers that are given as names followed by their values. A
// name without a value at the end is ignored.
func SetHeader(h http.Header, pairs []string) {
	for i := 0; i+1 < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
}
