package connectparticipant_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
)

// TestChatOverTCP has two participants talk as they would: over sockets, with
// the client's own transport, and over TLS with one that prefers HTTP/2.
func TestChatOverTCP(t *testing.T) {
	t.Run("plain", func(t *testing.T) {
		srv := connectparticipanttest.NewServer(t)
		talkOverTCP(t, srv, docferry.HTTP{}, srv.URL)
	})
	t.Run("TLS", func(t *testing.T) {
		srv := connectparticipanttest.New()
		t.Cleanup(srv.Close)
		front := httptest.NewUnstartedServer(srv)
		front.EnableHTTP2 = true
		front.StartTLS()
		t.Cleanup(front.Close)
		known := x509.NewCertPool()
		known.AddCert(front.Certificate())
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: known}, ForceAttemptHTTP2: true}
		t.Cleanup(transport.CloseIdleConnections)
		talkOverTCP(t, srv, docferry.HTTP{Transport: transport}, front.URL)
	})
}

// wall is a proxy on loopback whose connections can go dead without a word.
type wall struct {
	net.Listener

	to   string
	mu   sync.Mutex
	dead chan struct{} // closed when the connections that are open are dead
}

func newWall(t *testing.T, to string) *wall {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &wall{Listener: listener, to: to, dead: make(chan struct{})}
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			all.Go(func() { p.serve(ctx, conn) })
		}
	})
	t.Cleanup(func() {
		cancel()
		_ = listener.Close()
		all.Wait()
	})
	return p
}

// rise makes the connections dead that are open.
func (p *wall) rise() {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.dead)
	p.dead = make(chan struct{})
}

// serve passes on what one connection brings, until it is dead.
func (p *wall) serve(ctx context.Context, client net.Conn) {
	p.mu.Lock()
	dead := p.dead
	p.mu.Unlock()
	server, err := net.Dial("tcp", p.to)
	if err != nil {
		_ = client.Close()
		return
	}
	var copies sync.WaitGroup
	pass := func(to, from net.Conn) {
		defer func() { _ = to.Close() }()
		for buffer := make([]byte, 4096); ; {
			n, err := from.Read(buffer)
			select {
			case <-dead: // what was read is lost, and the connection stays open
				<-ctx.Done()
				return
			default:
			}
			if _, failed := to.Write(buffer[:n]); err != nil || failed != nil {
				return
			}
		}
	}
	copies.Go(func() { pass(server, client) })
	copies.Go(func() { pass(client, server) })
	stop := context.AfterFunc(ctx, func() {
		_ = client.Close()
		_ = server.Close()
	})
	copies.Wait()
	stop()
}

// F124: TestChatSurvivesBlackHoleOverTCP has all connections of a program die without a
// word, also those that no call uses. The heartbeats are a hundred times as fast
// as usual: in the usual time, the message must be there after 25 seconds.
func TestChatSurvivesBlackHoleOverTCP(t *testing.T) {
	t.Run("plain", func(t *testing.T) {
		srv := connectparticipanttest.NewServer(t)
		proxy := newWall(t, strings.TrimPrefix(srv.URL, "http://"))
		surviveOverTCP(t, srv, proxy, docferry.HTTP{}, "http://"+proxy.Addr().String())
	})
	t.Run("TLS and HTTP/2", func(t *testing.T) {
		srv := connectparticipanttest.New()
		t.Cleanup(srv.Close)
		front := httptest.NewUnstartedServer(srv)
		front.EnableHTTP2 = true
		front.StartTLS()
		t.Cleanup(front.Close)
		known := x509.NewCertPool()
		known.AddCert(front.Certificate())
		proxy := newWall(t, front.Listener.Addr().String())
		h := docferry.HTTP{TLS: &tls.Config{RootCAs: known, MinVersion: tls.VersionTLS12}}
		surviveOverTCP(t, srv, proxy, h, "https://"+proxy.Addr().String())
	})
}

func surviveOverTCP(t *testing.T, srv *connectparticipanttest.Server, proxy *wall, h docferry.HTTP, endpoint string) {
	client, err := connectparticipant.New(connectparticipant.Config{Endpoint: endpoint, HTTP: h})
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	connectparticipant.SetHeartbeats(client, 100*time.Millisecond, 80*time.Millisecond)
	w := &world{t: t, srv: srv, chat: srv.NewChat(), wire: &wiretap{}}
	var seen changes
	ch := w.enterWith(client, "CUSTOMER", "Ana", connectparticipant.ChatOptions{Spread: -1, Observe: seen.observe})
	v := w.follow(ch)
	v.joined(1)
	for range 3 {
		if _, err := ch.SendMessage(t.Context(), "before"); err != nil {
			t.Fatal(err)
		}
		v.says("before")
		proxy.rise()
		w.chat.Say("into the hole")
		v.says("into the hole")
	}
	states := seen.states()
	if got := strings.Count(strings.Join(states, ","), "LOST,RECONNECTING 1,RESTORED 1"); got != 3 {
		t.Errorf("the connection was %q, want three losses, each restored at once", states)
	}
}

// F125: TestChatNoticesZombieOverTCP has a gateway that answers heartbeats alone,
// on the first websocket. The heartbeats are a hundred times as fast as usual.
func TestChatNoticesZombieOverTCP(t *testing.T) {
	srv := connectparticipanttest.New()
	t.Cleanup(srv.Close)
	var first sync.Once
	front := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		zombie := false
		if isHandshake(r) {
			first.Do(func() { zombie = true })
		}
		if !zombie {
			srv.ServeHTTP(rw, r)
			return
		}
		conn, err := websocket.Accept(rw, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		gateway(map[string]string{"aws/subscribe": subscribed, "aws/heartbeat": `{"topic":"aws/heartbeat"}`})(r.Context(), conn)
		_ = conn.CloseNow()
	}))
	t.Cleanup(front.Close)
	client, err := connectparticipant.New(connectparticipant.Config{Endpoint: front.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	connectparticipant.SetHeartbeats(client, 100*time.Millisecond, 80*time.Millisecond)
	w := &world{t: t, srv: srv, chat: srv.NewChat(), wire: &wiretap{}}
	v := w.follow(w.enterWith(client, "CUSTOMER", "Ana"))
	v.joined(1)
	w.chat.Say("unheard")
	v.says("unheard")
	w.chat.Say("live")
	v.says("live")
}

func talkOverTCP(t *testing.T, srv *connectparticipanttest.Server, h docferry.HTTP, endpoint string) {
	client, err := connectparticipant.New(connectparticipant.Config{Endpoint: endpoint, HTTP: h})
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	w := &world{t: t, srv: srv, chat: srv.NewChat(), wire: &wiretap{}}
	ana, ben := w.enterWith(client, "CUSTOMER", "Ana"), w.enterWith(client, "AGENT", "Ben", connectparticipant.ChatOptions{Unthrottled: true})
	views := []*view{w.follow(ana), w.follow(ben)}
	for _, v := range views {
		v.joined(2)
	}
	for _, text := range []string{"before the break", "after the break"} {
		sent, err := ana.SendMessage(t.Context(), text)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range views {
			v.says(text)
		}
		if err := ben.MarkRead(t.Context(), sent.ID); err != nil {
			t.Fatal(err)
		}
		for _, v := range views {
			v.kind(connectparticipant.ChatItemTypeMessageRead)
		}
		srv.DropWebsockets()
	}
	if err := ben.Disconnect(t.Context()); err != nil {
		t.Fatal(err)
	}
	views[1].ends()
	views[0].kind(connectparticipant.ChatItemTypeParticipantLeft)
	if err := ana.Close(); err != nil {
		t.Error(err)
	}
	views[0].ends()
}
