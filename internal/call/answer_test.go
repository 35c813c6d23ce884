package call

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/emulate"
	"github.com/docferry/docferry/internal/exchange"
)

func TestAnswersThatTheAPIDoesNotPromise(t *testing.T) {
	for name, tt := range map[string]struct {
		handler http.HandlerFunc
		want    string // in the message
	}{
		"page":        {reply(200, "<html>canary-page</html>", "Content-Type", "text/html"), "not a JSON object"},
		"empty":       {reply(200, ""), "not a JSON object"},
		"list":        {reply(200, `["canary-page"]`), "not a JSON object"},
		"cut, odd":    {reply(200, `{"Name":{"x":"canary-page"}`), "not valid JSON"},
		"not at end":  {reply(200, `{"Name":"canary-page"`), "not valid JSON"},
		"no content":  {reply(204, ""), "not a JSON object"},
		"unknown 2xx": {reply(299, "canary-page"), "not a JSON object"},
	} {
		address, _ := serve(t, tt.handler)
		out, err := do(t, client(t, address), Safe)
		refused, ok := errors.AsType[*docferry.Error](err)
		if !ok || out != nil || refused.Kind != docferry.ErrProtocol || !strings.Contains(refused.Message, tt.want) ||
			strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %+v, %v", name, out, err)
		}
	}
	address, _ := serve(t, reply(200, "<html>"))
	if err := Exec(t.Context(), client(t, address), NewOp("Drop", "DELETE /items/{Id}", Safe), bare{ID: "x"},
		nil); !errors.Is(err, docferry.ErrProtocol) {
		t.Errorf("an operation without an answer took a page: %v", err)
	}
}

// What is cut in the middle has not been heard, at whatever byte.
func TestCutAnswers(t *testing.T) {
	const whole = `{"Name":"n"}`
	for n := range len(whole) {
		desk := new(emulate.Desk)
		address, _ := serve(t, func(w http.ResponseWriter, r *http.Request) { desk.Serve("op", reply(200, whole), w, r) })
		desk.Next("op", emulate.CutAnswer(n))
		_, err := do(t, client(t, address), Unsafe)
		if lost, ok := errors.AsType[*docferry.TransportError](err); !ok || !lost.Sent || lost.Attempts != 1 ||
			!docferry.OutcomeUnknown(err) {
			t.Errorf("cut after %d bytes: %v", n, err)
		}
		if _, err := do(t, client(t, address), Unsafe); err != nil {
			t.Errorf("uncut: %v", err)
		}
	}
}

// flood writes for ever, and tells how much was taken.
func flood(status int, taken *int64) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		block := bytes.Repeat([]byte(" "), 64<<10)
		for *taken < 1<<30 {
			n, err := w.Write(block)
			if *taken += int64(n); err != nil {
				return
			}
		}
	}
}

func TestEndlessAnswers(t *testing.T) {
	for status, kind := range map[int]error{200: docferry.ErrProtocol, 404: docferry.ErrNotFound,
		302: docferry.ErrProtocol} {
		var taken int64
		done := make(chan struct{})
		address, requests := serve(t, func(w http.ResponseWriter, r *http.Request) {
			defer close(done)
			flood(status, &taken)(w, r)
		})
		_, err := do(t, client(t, address), Safe)
		<-done
		if !errors.Is(err, kind) || requests() != 1 {
			t.Errorf("%d: %v after %d requests", status, err, requests())
		}
		if taken > exchange.MaxSuccess+32<<20 { // what is in the buffers of two sockets does not count
			t.Errorf("%d: %d bytes were taken", status, taken)
		}
	}
}

func TestLengthLimit(t *testing.T) {
	const frame = `{"Name":""}`
	for length, want := range map[int]error{exchange.MaxSuccess: nil, exchange.MaxSuccess + 1: docferry.ErrProtocol} {
		address, _ := serve(t, reply(200, `{"Name":"`+strings.Repeat("x", length-len(frame))+`"}`))
		out, err := do(t, client(t, address), Safe)
		if !errors.Is(err, want) || (out != nil) != (want == nil) {
			t.Errorf("%d bytes: %v", length, err)
		}
	}
}

// A small answer that unpacks to a large one is bounded after it is unpacked.
func TestPackedAnswers(t *testing.T) {
	var member bytes.Buffer
	pack := gzip.NewWriter(&member)
	_, _ = pack.Write(bytes.Repeat([]byte(" "), 1<<20))
	_ = pack.Close()
	bomb := strings.Repeat(member.String(), 512)
	for status, kind := range map[int]error{200: docferry.ErrProtocol, 400: docferry.ErrInvalid} {
		address, _ := serve(t, reply(status, bomb, "Content-Encoding", "gzip", "Content-Type", "application/json"))
		for name, rt := range map[string]http.RoundTripper{"default": http.DefaultTransport, "ours": nil} {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := do(t, client(t, address, func(h *docferry.HTTP) { h.Transport = rt }), Safe)
			runtime.ReadMemStats(&after)
			if !errors.Is(err, kind) {
				t.Errorf("%d, %s transport: %v", status, name, err)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 128<<20 {
				t.Errorf("%d, %s transport: %d MiB were used", status, name, used>>20)
			}
		}
	}
}

// trickle answers with one byte a second, for ever.
func trickle(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(status)
		for {
			if _, err := io.WriteString(w, " "); err != nil || http.NewResponseController(w).Flush() != nil {
				return
			}
			select {
			case <-time.After(time.Second):
			case <-r.Context().Done():
				return
			}
		}
	}
}

// However slowly an answer comes, reading it ends. Of a refusal, what has
// come by then is enough.
func TestTricklingAnswers(t *testing.T) {
	for status, want := range map[int]time.Duration{200: 5 * time.Minute, 500: 10 * time.Second, 404: 10 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			memory := emulate.NewMemory(trickle(status))
			defer memory.Close()
			began := time.Now()
			_, err := do(t, client(t, "http://h.example", func(h *docferry.HTTP) { h.Transport = memory }), Unsafe)
			if time.Since(began) != want {
				t.Errorf("%d: %v after %v", status, err, time.Since(began))
			}
			lost, isLost := errors.AsType[*docferry.TransportError](err)
			refused, isRefused := errors.AsType[*docferry.Error](err)
			switch {
			case status == 200 && (!isLost || !lost.Sent || !errors.Is(err, os.ErrDeadlineExceeded)):
				t.Errorf("%d: %v", status, err)
			case status != 200 && (!isRefused || refused.StatusCode != status):
				t.Errorf("%d: %v", status, err)
			}
		})
	}
}

// Content that is streamed has no such limit: its reader sets the pace.
func TestTricklingContent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		memory := emulate.NewMemory(trickle(200))
		defer memory.Close()
		c := client(t, "http://h.example", func(h *docferry.HTTP) { h.Transport = memory })
		resp, err := Open(t.Context(), c, NewOp("Get", "GET /items/{Id}", Safe), bare{ID: "x"}, Content{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := io.CopyN(io.Discard, resp.Body, 3600); err != nil {
			t.Errorf("broke off after %d bytes: %v", n, err)
		}
		if err := resp.Body.Close(); err != nil {
			t.Error(err)
		}
	})
}

// What an attempt holds on to is let go when it is over, or else when its
// content is closed.
func TestAttemptsEnd(t *testing.T) {
	address, _ := serve(t, reply(200, `{"Name":"n"}`))
	var last context.Context
	c := client(t, address, func(h *docferry.HTTP) {
		h.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
			last = r.Context() //nolint:fatcontext // this is the one that is looked at
			return http.DefaultTransport.RoundTrip(r)
		})
	})
	if _, err := do(t, c, Safe); err != nil || last.Err() == nil {
		t.Errorf("%v; the attempt goes on: %v", err, last.Err())
	}
	resp, err := Open(t.Context(), c, NewOp("Get", "GET /items/{Id}", Safe), bare{ID: "x"}, Content{}, nil)
	if err != nil || last.Err() != nil {
		t.Fatalf("%v; the attempt is over: %v", err, last.Err())
	}
	if err := resp.Body.Close(); err != nil || last.Err() == nil {
		t.Errorf("%v; the attempt goes on: %v", err, last.Err())
	}
}

func TestRefusalIsCleaned(t *testing.T) {
	address, _ := serve(t, reply(403, `{"code":"No\n","message":"the token canary-token\r\nof https://h/p?sig=canary and canary-credential \u001b[31m"}`,
		"X-Request-Id", "r-1 canary-token", "Retry-After", "7"))
	_, err := do(t, client(t, address), Safe)
	want := `test MakeItem: No : the token [redacted]  of https://h/p?[redacted] and [redacted] \x1b[31m (status 403, request r-1 [redacted], retry after 7s)`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// A refusal's detail is cleaned as its text is, and what a caller sent in a header
// is shown in neither.
func TestRefusalShowsNoHeaderOfTheCaller(t *testing.T) {
	const secret = "canary a+b/c&d="
	type detail struct{ IDs []string }
	long := strings.Repeat("x", 1<<20)
	address, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		sent := r.Header.Get("X-Key")
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, strings.Join([]string{sent, url.QueryEscape(sent), url.PathEscape(sent),
			strings.ReplaceAll(url.QueryEscape(sent), "+", "%20")}, " "))
	})
	c := client(t, address)
	c.Refusal = func(a *exchange.Answer) (*docferry.Error, bool) {
		return &docferry.Error{Code: "No", Message: string(a.Body),
			Detail: &detail{[]string{string(a.Body), "a\nb\x1b[2J", long}}}, false
	}
	_, err := do(t, c, Safe, docferry.WithHeader("X-Key", secret))
	refused, ok := errors.AsType[*docferry.Error](err)
	if !ok {
		t.Fatal(err)
	}
	text := fmt.Sprintf("%v %+v", err, refused.Detail)
	if strings.Contains(text, "canary") || strings.ContainsAny(text, "\n\x1b") || len(text) > 5000 {
		t.Errorf("%.500q of %d bytes", text, len(text))
	}
}
