package connectparticipant_test

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"testing"

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

func talkOverTCP(t *testing.T, srv *connectparticipanttest.Server, h docferry.HTTP, endpoint string) {
	client, err := connectparticipant.New(connectparticipant.Config{Endpoint: endpoint, HTTP: h})
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	w := &world{t: t, srv: srv, chat: srv.NewChat(), wire: &wiretap{}}
	ana, ben := w.enterWith(client, "CUSTOMER", "Ana"), w.enterWith(client, "AGENT", "Ben")
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
