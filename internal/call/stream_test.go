package call

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/exchange"
)

// stream is a body that counts how it is used.
type stream struct {
	content       []byte
	wrap          func(attempt int, r io.Reader) io.Reader
	refuse        error // of Open
	opened        atomic.Int64
	closed        atomic.Int64
	read          atomic.Int64
	twice, during atomic.Bool // closed twice, closed during a read
}

func (s *stream) Open(context.Context) (io.ReadCloser, error) {
	if s.refuse != nil {
		return nil, s.refuse
	}
	var r io.Reader = bytes.NewReader(s.content)
	if n := int(s.opened.Add(1)); s.wrap != nil {
		r = s.wrap(n, r)
	}
	return &view{s: s, r: r}, nil
}

func (s *stream) ContentLength() int64 { return int64(len(s.content)) }
func (s *stream) ContentType() string  { return "application/x-test" }

type view struct {
	s      *stream
	r      io.Reader
	busy   atomic.Bool
	closed atomic.Bool
}

func (v *view) Read(p []byte) (int, error) {
	v.busy.Store(true)
	defer v.busy.Store(false)
	n, err := v.r.Read(p)
	v.s.read.Add(int64(n))
	return n, err
}

func (v *view) Close() error {
	v.s.closed.Add(1)
	v.s.twice.Store(v.s.twice.Load() || v.closed.Swap(true))
	v.s.during.Store(v.s.during.Load() || v.busy.Load())
	return nil
}

// check asserts that each opening was closed, once and not during a read.
func (s *stream) check(t *testing.T, name string, opened int64) {
	t.Helper()
	if s.opened.Load() != opened || s.closed.Load() != opened || s.twice.Load() || s.during.Load() {
		t.Errorf("%s: opened %d times, want %d; closed %d times, one twice %v, in a read %v",
			name, s.opened.Load(), opened, s.closed.Load(), s.twice.Load(), s.during.Load())
	}
}

func upload(t *testing.T, c *Client, repeat exchange.Repeat, s *stream) error {
	t.Helper()
	_, err := Send[answer](t.Context(), c, NewOp("Upload", "PUT /items/{Id}", repeat), bare{ID: "x"}, s, nil)
	return err
}

func TestStreamIsOpenedOncePerAttempt(t *testing.T) {
	for name, tt := range map[string]struct {
		handler http.HandlerFunc
		opened  int64
	}{
		"success":        {reply(200, `{"Name":"n"}`), 1},
		"refusal":        {reply(403, ""), 1},
		"retries":        {reply(503, `{"code":"X"}`), 3},
		"lost":           {hangUp, 3},
		"unread refusal": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(409) }, 1},
	} {
		address, requests := serve(t, tt.handler)
		s := &stream{content: bytes.Repeat([]byte("x"), 100<<10)}
		_ = upload(t, client(t, address), Idempotent, s)
		s.check(t, name, tt.opened)
		if requests() != int(tt.opened) {
			t.Errorf("%s: %d requests", name, requests())
		}
	}
}

func TestStreamLength(t *testing.T) {
	for _, size := range []int{0, 1, 4095, 4096, 1 << 20, exchange.ExpectAbove + 1} {
		var got *http.Request
		var body []byte
		address, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
			got = r
			body, _ = io.ReadAll(r.Body)
			reply(200, `{"Name":"n"}`)(w, r)
		})
		s := &stream{content: bytes.Repeat([]byte("y"), size)}
		if err := upload(t, client(t, address), Unsafe, s); err != nil {
			t.Errorf("%d bytes: %v", size, err)
			continue
		}
		s.check(t, "length", 1)
		if got.Header.Get("Content-Length") == "" || got.ContentLength != int64(size) || len(got.TransferEncoding) != 0 ||
			!bytes.Equal(body, s.content) {
			t.Errorf("%d bytes: Content-Length %q, %d, %v, got %d bytes", size, got.Header.Get("Content-Length"),
				got.ContentLength, got.TransferEncoding, len(body))
		}
		if got.Header.Get("Content-Type") != "application/x-test" ||
			(got.Header.Get("Expect") != "") != (size > exchange.ExpectAbove) {
			t.Errorf("%d bytes: header %v", size, got.Header)
		}
	}
}

// An unreadable source is not a failure of the network: it is not tried again.
func TestStreamThatCannotBeRead(t *testing.T) {
	address, _ := serve(t, reply(200, `{"Name":"n"}`))
	disk := errors.New("disk error")
	for name, at := range map[string]int{"at once": 0, "in the middle": 50 << 10, "before the last byte": 100<<10 - 1} {
		s := &stream{content: make([]byte, 100<<10), wrap: func(_ int, r io.Reader) io.Reader {
			return io.MultiReader(io.LimitReader(r, int64(at)), failing{disk})
		}}
		if err := upload(t, client(t, address), Idempotent, s); err != disk {
			t.Errorf("%s: %v", name, err)
		}
		s.check(t, name, 1)
	}
	// A server of its own: requests that broke off may still reach the other one.
	address, requests := serve(t, reply(200, `{"Name":"n"}`))
	s := &stream{content: make([]byte, 10), refuse: disk}
	if err := upload(t, client(t, address), Idempotent, s); err != disk || requests() != 0 {
		t.Errorf("cannot be opened: %v", err)
	}
	s.check(t, "cannot be opened", 0)
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestStreamOfAnotherLength(t *testing.T) {
	address, _ := serve(t, reply(200, `{"Name":"n"}`))
	s := &stream{content: make([]byte, 100<<10),
		wrap: func(_ int, r io.Reader) io.Reader { return io.LimitReader(r, 50<<10) }}
	if err := upload(t, client(t, address), Unsafe, s); err == nil {
		t.Error("a body that ended early was a success")
	}
	s.check(t, "short", s.opened.Load())
}

func TestStreamIsClosedWhenAuthorizeFails(t *testing.T) {
	c := client(t, "http://h.example")
	failed := errors.New("no")
	c.Authorize = func(_ context.Context, _ *http.Request, payload []byte) error {
		if payload != nil {
			t.Error("a streamed body was taken for a payload")
		}
		return failed
	}
	s := &stream{content: make([]byte, 10)}
	if err := upload(t, c, Idempotent, s); !errors.Is(err, failed) {
		t.Error(err)
	}
	s.check(t, "authorize", 1)
}

// A refusal that comes before the body is read as such: not as a broken
// connection, and with nothing of the body sent, whether or not the server
// says that it hangs up.
func TestEarlyRefusal(t *testing.T) {
	for _, rest := range []string{
		"Content-Length: 0\r\nConnection: close\r\n\r\n",
		"Content-Length: 0\r\n\r\n",
		"Content-Length: 25\r\nConnection: close\r\n\r\n" + `{"code":"No","message":1}`,
		"Content-Length: 25\r\n\r\n" + `{"code":"No","message":1}`,
	} {
		for range 5 {
			address := script(t, func(_ int, c *net.TCPConn) {
				if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
					_, _ = io.WriteString(c, "HTTP/1.1 403 Forbidden\r\n"+rest)
				}
			})
			s := &stream{content: make([]byte, 32<<20)}
			err := upload(t, client(t, address), Idempotent, s)
			refused, ok := errors.AsType[*docferry.Error](err)
			if !ok || refused.StatusCode != 403 || refused.Attempts != 1 ||
				(refused.Code == "No") != strings.Contains(rest, "No") {
				t.Errorf("%q: %v", rest, err)
			}
			if s.read.Load() != 0 {
				t.Errorf("%q: %d bytes were sent", rest, s.read.Load())
			}
			s.check(t, "early refusal", 1)
		}
	}
}

// Bytes of one attempt that is still being written never get into another,
// on the same connection or on a new one.
func TestAttemptsDoNotShareABody(t *testing.T) {
	content := []byte(strings.Repeat("0123456789abcdef", 32<<10))
	for range 20 {
		var requests atomic.Int64
		sums := make(chan [32]byte, 1)
		address := script(t, func(_ int, c *net.TCPConn) {
			for r := bufio.NewReader(c); ; {
				req, err := http.ReadRequest(r)
				if err != nil {
					return
				}
				h, n := sha256.New(), requests.Add(1)
				if n == 1 {
					_, _ = io.CopyN(io.Discard, req.Body, 16<<10)
					_, _ = io.WriteString(c, "HTTP/1.1 503 Slow\r\nContent-Length: 12\r\n\r\n{\"code\":\"X\"}")
				}
				if _, err := io.Copy(h, req.Body); err == nil && n == 2 {
					sums <- [32]byte(h.Sum(nil))
					_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 12\r\nConnection: close\r\n\r\n{\"Name\":\"n\"}")
				}
			}
		})
		s := &stream{content: content, wrap: func(_ int, r io.Reader) io.Reader { return hesitant{r} }}
		if err := upload(t, client(t, address), Unsafe, s); err != nil {
			t.Fatal(err)
		}
		if <-sums != sha256.Sum256(content) {
			t.Error("the server has other bytes than the source")
		}
		s.check(t, "two attempts", 2)
	}
}

// hesitant reads little at a time and lets others run.
type hesitant struct{ r io.Reader }

func (h hesitant) Read(p []byte) (int, error) {
	runtime.Gosched()
	return h.r.Read(p[:min(len(p), 1024)])
}
