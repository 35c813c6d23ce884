package transport

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

const announced = 3 << 20

// announcing sends a long body that asks for consent first. It returns what
// came back and how much of the source was read until then.
func announcing(t *testing.T, rt http.RoundTripper, url string) (status int, text string, read int64, err error) {
	t.Helper()
	counted := new(counting)
	body := NewBody(t.Context(), io.NopCloser(io.TeeReader(io.LimitReader(zeros{}, announced), counted)))
	defer body.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, url, body)
	if err != nil {
		t.Fatal(err)
	}
	req.ContentLength = announced
	req.Header.Set("Expect", "100-continue")
	resp, _, err := Send(rt, req, Limits{})
	if err != nil {
		return 0, "", 0, err
	}
	defer resp.Body.Close()
	all, err := io.ReadAll(resp.Body)
	_ = body.Close()
	return resp.StatusCode, string(all), counted.n, err
}

// counting counts what is written to it.
type counting struct{ n int64 }

func (c *counting) Write(p []byte) (int, error) { c.n += int64(len(p)); return len(p), nil }

const (
	consent = "HTTP/1.1 100 Continue\r\n\r\n"
	hints   = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
	done200 = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone"
)

// steps is a peer that writes texts, and reads the body where one is "".
func steps(pause time.Duration, texts ...string) func(c net.Conn) {
	return func(c net.Conn) {
		r := bufio.NewReader(c)
		if _, err := readHead(r); err != nil {
			return
		}
		for _, text := range texts {
			if text == "" {
				if _, err := io.CopyN(io.Discard, r, announced); err != nil {
					return
				}
				continue
			}
			time.Sleep(pause)
			if _, err := io.WriteString(c, text); err != nil {
				return
			}
		}
		_, _ = io.Copy(io.Discard, r)
	}
}

func TestAnnouncedBody(t *testing.T) {
	for name, tt := range map[string]struct {
		peer func(net.Conn)
		want int
		text string
		read int64
	}{
		"consent":             {steps(0, consent, "", done200), 200, "done", announced},
		"consent after hints": {steps(time.Second/2, hints, hints, consent, "", done200), 200, "done", announced},
		"late consent":        {steps(10*time.Second, consent, "", done200), 200, "done", announced},
		"no word":             {steps(0, "", done200), 200, "done", announced},
		"refusal":             {steps(0, "HTTP/1.1 403 no\r\nContent-Length: 2\r\n\r\nno"), 403, "no", 0},
		"refusal and close": {steps(0, "HTTP/1.1 403 no\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"), 403,
			"no", 0},
		"refusal without a body": {steps(0, "HTTP/1.1 413 no\r\nContent-Length: 0\r\n\r\n"), 413, "", 0},
		"refusal in parts": {steps(time.Second/10, "HTTP/1.1 4", "03 no\r\nContent-Length: 2\r\n\r\n", "n", "o"),
			403, "no", 0},
		"refusal after hints": {steps(0, hints, "HTTP/1.1 403 no\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"),
			403, "no", 0},
		"redirect": {steps(0, "HTTP/1.1 307 x\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n"), 307, "", 0},
		"answer before all is read": {steps(0, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n", "", "done"), 200, "done",
			announced},
	} {
		slowly(t, tt.peer, func(t *testing.T, rt *http.Transport, _ *int) {
			status, text, read, err := announcing(t, rt, "http://h.example")
			if err != nil || status != tt.want || text != tt.text || read != tt.read {
				t.Errorf("%s: %d %q, %d bytes read, %v", name, status, text, read, err)
			}
		})
	}
}

// An answer may break off in the middle of its status line, after the time to
// wait for consent. The attempt ends with the connection, even though nothing
// has permitted the body to be sent and the context has no end.
func TestAnnouncedBodyAndBrokenAnswer(t *testing.T) {
	breaks := func(c net.Conn) {
		if _, err := readHead(bufio.NewReader(c)); err != nil {
			return
		}
		_, _ = io.WriteString(c, "HTTP/1.1 4")
		time.Sleep(10 * time.Second)
	}
	slowly(t, breaks, func(t *testing.T, rt *http.Transport, _ *int) {
		ended := make(chan error, 1)
		go func() {
			_, _, _, err := announcing(t, rt, "http://h.example")
			ended <- err
		}()
		select {
		case err := <-ended:
			if err == nil {
				t.Error("a broken answer passes for an answer")
			}
		case <-time.After(11 * time.Second): // 10 until it breaks
			t.Error("the attempt hangs, although its connection is closed")
		}
	})
}

func TestAnnouncedBodyAndFloods(t *testing.T) {
	slowly(t, steps(0, strings.Repeat(hints, 1000)), func(t *testing.T, rt *http.Transport, _ *int) {
		if _, _, _, err := announcing(t, rt, "http://h.example"); err == nil || !strings.Contains(err.Error(), "too many") {
			t.Errorf("%v", err)
		}
	})
}

func TestAnnouncedBodyOverHTTP2(t *testing.T) {
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/no" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		n, err := io.Copy(io.Discard, r.Body)
		if err != nil || n != announced || r.ProtoMajor != 2 {
			t.Errorf("%d bytes over %s, %v", n, r.Proto, err)
		}
		_, _ = io.WriteString(w, "done")
	}))
	srv.EnableHTTP2 = true
	srv.StartTLS()
	defer srv.Close()
	rt := plain(t)
	rt.TLSClientConfig = &tls.Config{RootCAs: srv.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
	for range 3 {
		if status, _, read, err := announcing(t, rt, srv.URL+"/no"); err != nil || status != 403 || read != 0 {
			t.Errorf("refused: %d, %d bytes read, %v", status, read, err)
		}
		if status, text, read, err := announcing(t, rt, srv.URL+"/yes"); err != nil || status != 200 || text != "done" ||
			read != announced {
			t.Errorf("taken: %d %q, %d bytes read, %v", status, text, read, err)
		}
	}
}

func TestBodyHeldBack(t *testing.T) {
	all := func(b *Body) string {
		text, _ := io.ReadAll(b)
		return string(text)
	}
	fresh := func() *Body { return NewBody(t.Context(), io.NopCloser(bytes.NewReader([]byte("text")))) }
	b := fresh()
	b.hold()
	b.hold()
	b.permit()
	b.permit()
	b.hold() // too late
	if got := all(b); got != "text" {
		t.Errorf("after permit: %q", got)
	}
	b = fresh()
	b.permit()
	b.hold()
	if got := all(b); got != "text" {
		t.Errorf("permitted before: %q", got)
	}
	b = fresh()
	_, _ = b.Read(make([]byte, 1))
	b.hold()
	if got := all(b); got != "ext" {
		t.Errorf("reading had begun: %q", got)
	}
	b = fresh()
	b.hold()
	_ = b.Close()
	if got := all(b); got != "" {
		t.Errorf("closed: %q", got)
	}
}
