package docferry_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/docferry/docferry/workdocs/workdocstest"
)

// tunnels is a proxy that leads all connections to one address, and remembers
// where they were to go.
type tunnels struct {
	to    string
	mu    sync.Mutex
	asked map[string]bool
}

func (p *tunnels) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.asked[r.Method+" "+r.Host] = true
	p.mu.Unlock()
	out, err := net.Dial("tcp", p.to)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer out.Close()
	in, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer in.Close()
	_, _ = io.WriteString(in, "HTTP/1.1 200 OK\r\n\r\n")
	go func() {
		_, _ = io.Copy(out, in)
		_ = out.(*net.TCPConn).CloseWrite()
	}()
	_, _ = io.Copy(in, out)
}

// TestThroughAProxy reaches each service through a proxy at a private address,
// with a certificate of a private authority: its API, its storage, and the
// websocket of a chat.
func TestThroughAProxy(t *testing.T) {
	wd, cp, oc := workdocstest.New(), connectparticipanttest.New(), oracledocstest.New()
	for name, c := range map[string]struct {
		server http.Handler
		use    func(h docferry.HTTP)
	}{
		"WorkDocs": {wd, func(h docferry.HTTP) { useWorkDocs(t, wd, "https://example.com", h) }},
		"Connect":  {cp, func(h docferry.HTTP) { useConnect(t, cp, "https://example.com", h) }},
		"Oracle":   {oc, func(h docferry.HTTP) { useOracle(t, "https://example.com", h) }},
	} {
		srv := httptest.NewTLSServer(c.server)
		proxy := &tunnels{to: srv.Listener.Addr().String(), asked: make(map[string]bool)}
		front := httptest.NewServer(proxy)
		address, err := url.Parse(front.URL)
		if err != nil {
			t.Fatal(err)
		}
		c.use(docferry.HTTP{Proxy: http.ProxyURL(address), TLS: srv.Client().Transport.(*http.Transport).TLSClientConfig})
		if len(proxy.asked) != 1 || !proxy.asked["CONNECT example.com:443"] {
			t.Errorf("%s: the proxy was asked for %v", name, proxy.asked)
		}
		front.Close()
		srv.Close()
	}
	wd.Close()
	cp.Close()
	oc.Close()
}
