package websocket

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	reference "github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"
)

// dial opens a websocket to a server that serves it with another implementation.
func dial(t *testing.T, serve func(ctx context.Context, conn *reference.Conn)) *Conn {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := reference.Accept(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		conn.SetReadLimit(-1)
		serve(t.Context(), conn)
		_ = conn.CloseNow()
	}))
	t.Cleanup(srv.Close)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = Ask()
	resp, err := srv.Client().Transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	under, ok := resp.Body.(io.ReadWriteCloser)
	if !ok || !Agreed(req.Header, resp.Header) {
		t.Fatalf("status %d, %v, %T", resp.StatusCode, resp.Header, resp.Body)
	}
	conn := New(under, 1<<20)
	t.Cleanup(conn.CloseNow)
	return conn
}

// Messages of all lengths that have a form of their own arrive in both directions, between
// pings.
func TestMessages(t *testing.T) {
	conn := dial(t, func(ctx context.Context, conn *reference.Conn) {
		pinged := make(chan error, 1)
		go func() { pinged <- conn.Ping(ctx) }()
		for {
			kind, text, err := conn.Read(ctx)
			if err != nil {
				if reference.CloseStatus(err) != reference.StatusNormalClosure {
					t.Error(err)
				}
				break
			}
			if err := conn.Write(ctx, kind, text); err != nil || kind != reference.MessageText {
				t.Error(kind, err)
			}
		}
		if err := <-pinged; err != nil {
			t.Error(err)
		}
	})
	for _, size := range []int{0, 1, 125, 126, 65535, 65536, 1 << 20} {
		text := strings.Repeat("x", size)
		if err := conn.Write(t.Context(), []byte(text)); err != nil {
			t.Fatal(err)
		}
		got, err := conn.Read(t.Context())
		if err != nil || string(got) != text {
			t.Errorf("%d bytes: %d, %v", size, len(got), err)
		}
	}
	conn.Close(time.Minute)
	if err := conn.Write(t.Context(), nil); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
	if _, err := conn.Read(t.Context()); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
}

func TestClosedByTheOtherSide(t *testing.T) {
	conn := dial(t, func(_ context.Context, conn *reference.Conn) {
		if err := conn.Close(reference.StatusGoingAway, "over"); err != nil {
			t.Error(err)
		}
	})
	_, err := conn.Read(t.Context())
	if end, ok := errors.AsType[*CloseError](err); !ok || *end != (CloseError{1001, "over"}) {
		t.Error(err)
	}
}

// peer is the other side of a websocket, at the level of bytes.
type peer struct {
	net.Conn
	said bytes.Buffer // by the client
	done chan struct{}
}

// newPeer returns a websocket, and its other side, which reads all that the client says.
func newPeer(t *testing.T, limit uint64) (*Conn, *peer) {
	t.Helper()
	under, other := net.Pipe()
	p := &peer{Conn: other, done: make(chan struct{})}
	go func() {
		defer close(p.done)
		_, _ = io.Copy(&p.said, other)
	}()
	conn := New(under, limit)
	t.Cleanup(func() {
		conn.CloseNow()
		_ = other.Close()
		<-p.done
	})
	return conn, p
}

// frames returns the frames that the client has sent until it has closed the connection,
// each as its first byte and its text.
func (p *peer) frames(t *testing.T) (all []string) {
	t.Helper()
	<-p.done
	for rest := p.said.Bytes(); len(rest) > 0; {
		if len(rest) < 6 || rest[1]&0x80 == 0 || rest[1]&0x7F > 125 {
			t.Fatalf("% x is no short masked frame", rest)
		}
		size := int(rest[1] & 0x7F)
		text := []byte{rest[0]}
		for i, b := range rest[6 : 6+size] {
			text = append(text, b^rest[2+i%4])
		}
		all, rest = append(all, string(text)), rest[6+size:]
	}
	return all
}

func TestFrames(t *testing.T) {
	broken := []string{"\x88\x03\xeaa frame is masked or has reserved bits"}
	disorder := []string{"\x88\x03\xeaa frame is out of order, of an unknown kind, or a control frame that is too long"}
	long := binary.BigEndian.AppendUint64([]byte{0x81, 127}, 1<<63)
	for name, test := range map[string]struct {
		sent string
		want []string // the messages
		err  string
		said []string
	}{
		"one":               {"\x81\x02hi", []string{"hi"}, "unexpected EOF", nil},
		"binary":            {"\x82\x02hi", []string{"hi"}, "unexpected EOF", nil},
		"pieces":            {"\x01\x02hi\x00\x00\x80\x01!\x81\x00", []string{"hi!", ""}, "unexpected EOF", nil},
		"ping":              {"\x89\x03abc\x81\x00", []string{""}, "unexpected EOF", []string{"\x8aabc"}},
		"ping in a message": {"\x01\x02hi\x89\x00\x80\x01!", []string{"hi!"}, "unexpected EOF", []string{"\x8a"}},
		"pong":              {"\x8a\x03abc\x81\x00", []string{""}, "unexpected EOF", nil},
		"closed": {"\x88\x05\x03\xe8bye", nil, `the other side closed it with status 1000 ("bye")`,
			[]string{"\x88\x03\xe8"}},
		"closed without a status": {"\x88\x00", nil, `the other side closed it with status 0 ("")`, []string{"\x88"}},
		"cut in a header":         {"\x81", nil, "unexpected EOF", nil},
		"cut in a length":         {"\x81\x7e\x00", nil, "unexpected EOF", nil},
		"cut in a message":        {"\x81\x02h", nil, "unexpected EOF", nil},
		"at the limit":            {"\x81\x7e\x00\x80" + strings.Repeat("x", 128), []string{strings.Repeat("x", 128)}, "unexpected EOF", nil},
		"too long":                {"\x81\x7e\x00\x81", nil, "the message is too long", []string{"\x88\x03\xf1"}},
		"far too long":            {string(long), nil, "the message is too long", []string{"\x88\x03\xf1"}},
		"too long in pieces":      {"\x01\x7d" + strings.Repeat("x", 125) + "\x80\x04", nil, "the message is too long", []string{"\x88\x03\xf1"}},
		"a piece that is far too long": {"\x01\x01x\x80\x7f" + strings.Repeat("\xff", 8), nil, "the message is too long",
			[]string{"\x88\x03\xf1"}},
		"masked":                 {"\x81\x82\x00\x00\x00\x00hi", nil, broken[0][3:], broken},
		"reserved bit":           {"\xc1\x02hi", nil, broken[0][3:], broken},
		"unknown kind":           {"\x83\x00", nil, disorder[0][3:], disorder},
		"unknown control":        {"\x8b\x00", nil, disorder[0][3:], disorder},
		"long control":           {"\x89\x7e\x00\x7e", nil, disorder[0][3:], disorder},
		"control in pieces":      {"\x09\x00", nil, disorder[0][3:], disorder},
		"an end without a start": {"\x80\x00", nil, disorder[0][3:], disorder},
		"two starts":             {"\x01\x00\x81\x00", nil, disorder[0][3:], disorder},
	} {
		t.Run(name, func(t *testing.T) {
			conn, p := newPeer(t, 128)
			go func() { // net.Pipe has no buffer
				_, _ = io.WriteString(p, test.sent)
				_ = p.SetReadDeadline(time.Now().Add(time.Minute))
				if strings.HasPrefix(test.err, "unexpected") {
					_ = p.Close()
				}
			}()
			var got []string
			var err error
			for err == nil {
				var text []byte
				if text, err = conn.Read(t.Context()); err == nil {
					got = append(got, string(text))
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" || err.Error() != test.err {
				t.Errorf("%q, %v", got, err)
			}
			if diff := cmp.Diff(test.said, p.frames(t)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A long message arrives whole, in as many reads as it takes. One that is only announced
// takes little memory.
func TestLongMessages(t *testing.T) {
	for _, size := range []int{roomAtOnce - 1, roomAtOnce, roomAtOnce + 1, 3*roomAtOnce + 5, 1 << 20} {
		frame := binary.BigEndian.AppendUint64([]byte{0x81, 127}, uint64(size))
		for i := range size {
			frame = append(frame, byte('a'+i%23))
		}
		got, err := New(stream{bytes.NewReader(frame)}, 1<<20).Read(t.Context())
		if err != nil || !bytes.Equal(got, frame[10:]) {
			t.Errorf("%d bytes: %d, %v", size, len(got), err)
		}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	frame := binary.BigEndian.AppendUint64([]byte{0x81, 127}, 1<<30)
	if _, err := New(stream{bytes.NewReader(frame)}, 1<<30).Read(t.Context()); err == nil {
		t.Error("there is a message of which nothing has arrived")
	}
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 1<<20 {
		t.Errorf("a message of which nothing has arrived takes %d bytes", took)
	}
}

// Close waits for the answer of the other side, however much arrives before, and whether
// or not another goroutine reads.
func TestClose(t *testing.T) {
	for _, read := range []bool{false, true} {
		for _, answer := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				conn, p := newPeer(t, 128)
				ended := make(chan error, 1)
				if read {
					go func() {
						_, err := conn.Read(t.Context())
						ended <- err
					}()
				}
				go func() {
					time.Sleep(2 * time.Second)
					_, _ = io.WriteString(p, "\x89\x01x")
					if answer {
						_, _ = io.WriteString(p, "\x88\x02\x03\xe8")
					}
				}()
				began := time.Now()
				conn.Close(5 * time.Second)
				if want := map[bool]time.Duration{true: 2 * time.Second, false: 5 * time.Second}[answer]; time.Since(began) != want {
					t.Errorf("read %v, answer %v: after %v, want %v", read, answer, time.Since(began), want)
				}
				if read && <-ended == nil {
					t.Error("a message was read")
				}
				if diff := cmp.Diff([]string{"\x88\x03\xe8"}, p.frames(t)); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

// The end of a context ends a call that waits, and the websocket with it.
func TestContext(t *testing.T) {
	for name, call := range map[string]func(ctx context.Context, conn *Conn) error{
		"read":  func(ctx context.Context, conn *Conn) error { _, err := conn.Read(ctx); return err },
		"write": func(ctx context.Context, conn *Conn) error { return conn.Write(ctx, []byte("hi")) },
	} {
		synctest.Test(t, func(t *testing.T) {
			under, other := net.Pipe()
			defer other.Close()
			conn := New(under, 128)
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			if err := call(ctx, conn); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: %v", name, err)
			}
			if _, err := conn.Read(t.Context()); !errors.Is(err, net.ErrClosed) {
				t.Errorf("%s: then %v", name, err)
			}
		})
	}
}

func TestAgreed(t *testing.T) {
	// The key and the answer are those of the example in RFC 6455.
	ask := http.Header{"Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="}}
	good := http.Header{"Connection": {"keep-alive, upgrade"}, "Upgrade": {"WebSocket"},
		"Sec-Websocket-Accept": {"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="}}
	if !Agreed(ask, good) {
		t.Error("the example is refused")
	}
	for name, value := range map[string]string{
		"Connection": "keep-alive", "Upgrade": "h2c", "Sec-Websocket-Accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOp=",
		"Sec-Websocket-Extensions": "permessage-deflate", "Sec-Websocket-Protocol": "chat",
	} {
		bad := good.Clone()
		bad.Set(name, value)
		if Agreed(ask, bad) {
			t.Errorf("%s: %s is accepted", name, value)
		}
	}
	if one, two := Ask(), Ask(); one.Get("Sec-WebSocket-Key") == two.Get("Sec-WebSocket-Key") {
		t.Error("two keys are the same")
	}
}

// Whatever arrives ends in the same messages, within the limit, as another implementation
// reads, and in an error.
func FuzzRead(f *testing.F) {
	const limit = 128
	f.Add([]byte("\x01\x02hi\x89\x01x\x80\x01!\x88\x02\x03\xe8"))
	f.Add([]byte("\x81\x7e\x00\x80" + strings.Repeat("x", limit) + "\x82\x00\x81\x7e\x00\x81"))
	f.Add([]byte("\x01\x00\x00\x00\x8a\x00\x80\x00\xc1\x00"))
	f.Fuzz(func(t *testing.T, sent []byte) {
		conn := New(stream{bytes.NewReader(sent)}, limit)
		other, _, err := reference.Dial(t.Context(), "ws://peer.example", &reference.DialOptions{
			HTTPClient: &http.Client{Transport: opened(sent)}})
		if err != nil {
			t.Fatal(err)
		}
		other.SetReadLimit(limit)
		for {
			got, err := conn.Read(t.Context())
			_, want, otherErr := other.Read(t.Context())
			if err != nil && strings.Contains(err.Error(), "masked") {
				return // the other one takes what a server has masked, which it must not
			}
			if (err == nil) != (otherErr == nil) || err == nil && string(got) != string(want) {
				t.Fatalf("%q, %v; another implementation reads %q, %v", got, err, want, otherErr)
			}
			if err != nil {
				return
			}
		}
	})
}

// opened is the answer to the request for a websocket, and what arrives on it.
type opened []byte

func (o opened) RoundTrip(ask *http.Request) (*http.Response, error) {
	sum := sha1.Sum([]byte(ask.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return &http.Response{StatusCode: http.StatusSwitchingProtocols, Request: ask, Body: stream{bytes.NewReader(o)},
		Header: http.Header{"Connection": {"Upgrade"}, "Upgrade": {"websocket"},
			"Sec-Websocket-Accept": {base64.StdEncoding.EncodeToString(sum[:])}}}, nil
}

// stream is a connection of which all has arrived, and which has broken then.
type stream struct{ *bytes.Reader }

func (s stream) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		err = errors.New("broken")
	}
	return n, err
}

func (stream) Write(p []byte) (int, error) { return len(p), nil }
func (stream) Close() error                { return nil }
