package connectparticipant_test

import (
	"context"
	"errors"
	"io"
	"iter"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/internal/emulate"
)

// enter opens the chat as a new participant. It is closed with the test.
func (w *world) enter(role, name string, opts ...connectparticipant.ChatOptions) *connectparticipant.Chat {
	w.t.Helper()
	return w.enterWith(w.Client, role, name, opts...)
}

func (w *world) enterWith(
	client *connectparticipant.Client, role, name string, opts ...connectparticipant.ChatOptions,
) *connectparticipant.Chat {
	w.t.Helper()
	ch, err := client.Chat(w.t.Context(), docferry.Secret(w.chat.Join(role, name)), opts...)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = ch.Close() })
	return ch
}

// over returns a client whose requests go through a transport.
func (w *world) over(transport http.RoundTripper, retry docferry.Retry) *connectparticipant.Client {
	w.t.Helper()
	client, err := connectparticipant.New(connectparticipant.Config{
		Endpoint: w.srv.URL, HTTP: docferry.HTTP{Transport: transport, Retry: retry}})
	if err != nil {
		w.t.Fatal(err)
	}
	return client
}

// view takes the events of a chat one by one.
type view struct {
	*world
	next func() (connectparticipant.Event, error, bool)
	stop func()
}

func (w *world) follow(ch *connectparticipant.Chat) *view { return w.followIn(w.t.Context(), ch) }

func (w *world) followIn(ctx context.Context, ch *connectparticipant.Chat) *view {
	v := &view{world: w}
	v.next, v.stop = iter.Pull2(ch.Events(ctx))
	w.t.Cleanup(v.stop)
	return v
}

// event returns the next event.
func (v *view) event() connectparticipant.Event {
	v.t.Helper()
	e, err, ok := v.next()
	if err != nil || !ok {
		v.t.Fatalf("no event but the error %v, or the end: %t", err, !ok)
	}
	return e
}

// kind wants the next event to be of a kind.
func (v *view) kind(want connectparticipant.ChatItemType) connectparticipant.Event {
	v.t.Helper()
	e := v.event()
	if e.Kind != want {
		v.t.Fatalf("an event of kind %q, want %q: %s", e.Kind, want, e.Raw)
	}
	return e
}

// says wants the next events to be messages with these contents.
func (v *view) says(contents ...string) {
	v.t.Helper()
	for _, want := range contents {
		if e := v.kind(connectparticipant.ChatItemTypeMessage); e.Content != want || e.Update {
			v.t.Fatalf("the message %q, an update: %t; want a new one: %q", e.Content, e.Update, want)
		}
	}
}

// joined skips the events that n participants have joined.
func (v *view) joined(n int) {
	v.t.Helper()
	for range n {
		v.kind(connectparticipant.ChatItemTypeParticipantJoined)
	}
}

// ends wants the end of the events, without an error.
func (v *view) ends() {
	v.t.Helper()
	if e, err, ok := v.next(); ok {
		v.t.Fatalf("an event %s or the error %v, want the end", e.Raw, err)
	}
}

// fails wants an error that matches all targets, is safe to show, and is the
// last that comes.
func (v *view) fails(targets ...error) error {
	v.t.Helper()
	e, failed, ok := v.next()
	if failed == nil || !ok {
		v.t.Fatalf("an event %s, or the end: %t; want an error", e.Raw, !ok)
	}
	for _, target := range targets {
		if !errors.Is(failed, target) {
			v.t.Errorf("error %v does not match %v", failed, target)
		}
	}
	v.safeError(failed)
	v.ends()
	return failed
}

// eventually waits until a condition holds.
func (w *world) eventually(what string, holds func() bool) {
	w.t.Helper()
	for range 100_000 {
		if holds() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	w.t.Fatal("never: ", what)
}

// live waits until n websockets have subscribed.
func (w *world) live(n int) {
	w.t.Helper()
	w.eventually("the websockets", func() bool { return w.chat.Websockets() == n })
}

// isHandshake reports whether a request opens a websocket.
func isHandshake(r *http.Request) bool { return r.Header.Get("Upgrade") == "websocket" }

// roundTrip is a function that is a transport.
type roundTrip func(r *http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// rogue is a transport that hands websockets to a script. The rest goes to
// the server.
func (w *world) rogue(script func(ctx context.Context, conn *websocket.Conn)) http.RoundTripper {
	memory := emulate.NewMemory(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(rw, r, nil)
		if err != nil {
			return // Accept has answered
		}
		script(r.Context(), conn)
		_ = conn.CloseNow()
	}))
	w.t.Cleanup(func() { _ = memory.Close() })
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		if isHandshake(r) {
			return memory.RoundTrip(r)
		}
		return w.wire.RoundTrip(r)
	})
}

const subscribed = `{"topic":"aws/subscribe","content":{"status":"success","topics":["aws/chat"]}}`

// say writes frames to a rogue's websocket after its client has subscribed,
// and then swallows what that says.
func say(frames ...string) func(ctx context.Context, conn *websocket.Conn) {
	return func(ctx context.Context, conn *websocket.Conn) {
		_, _, err := conn.Read(ctx)
		for _, frame := range frames {
			if err == nil {
				err = conn.Write(ctx, websocket.MessageText, []byte(frame))
			}
		}
		for err == nil {
			_, _, err = conn.Read(ctx)
		}
	}
}

// network is a transport to the server whose websockets can go dead: they
// stay open, but nothing comes through.
type network struct {
	next http.RoundTripper

	mu    sync.Mutex
	dead  chan struct{} // closed when those that are open are dead
	dials int
	wrote int // frames written to websockets
	limit int // bytes that the next websocket lets through before it breaks; -1 for all
}

func newNetwork(next http.RoundTripper) *network {
	return &network{next: next, dead: make(chan struct{}), limit: -1}
}

// kill makes the open websockets dead.
func (n *network) kill() {
	n.mu.Lock()
	defer n.mu.Unlock()
	close(n.dead)
	n.dead = make(chan struct{})
}

// breakAfter makes the next websocket break after so many bytes.
func (n *network) breakAfter(bytes int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.limit = bytes
}

func (n *network) opened() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.dials
}

// writes returns how often a client has written to a websocket.
func (n *network) writes() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.wrote
}

func (n *network) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := n.next.RoundTrip(r)
	if err != nil || resp.StatusCode != http.StatusSwitchingProtocols {
		return resp, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.dials++
	resp.Body = &cable{ReadWriteCloser: resp.Body.(io.ReadWriteCloser),
		network: n, dead: n.dead, cut: make(chan struct{}), left: n.limit}
	n.limit = -1
	return resp, nil
}

// cable is one connection of a network.
type cable struct {
	io.ReadWriteCloser

	network *network
	dead    chan struct{}
	cut     chan struct{}
	once    sync.Once
	left    int
}

func (c *cable) Read(p []byte) (int, error) {
	if c.left == 0 {
		return 0, io.ErrUnexpectedEOF
	}
	if c.left > 0 {
		p = p[:min(len(p), c.left)]
	}
	n, err := c.ReadWriteCloser.Read(p)
	if c.left > 0 {
		c.left -= n
	}
	select {
	case <-c.dead:
		<-c.cut // what was read is not seen
		return 0, io.ErrClosedPipe
	default:
		return n, err
	}
}

func (c *cable) Write(p []byte) (int, error) {
	c.network.mu.Lock()
	c.network.wrote++
	c.network.mu.Unlock()
	return c.ReadWriteCloser.Write(p)
}

func (c *cable) Close() error {
	c.once.Do(func() { close(c.cut) })
	return c.ReadWriteCloser.Close()
}

// chatItem is the frame of an item.
func chatItem(item string) string {
	escaped := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(item)
	return `{"topic":"aws/chat","contentType":"application/json","content":"` + escaped + `"}`
}
