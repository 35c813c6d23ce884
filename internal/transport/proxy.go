package transport

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
)

// proxies chooses the proxy for each request and remembers the addresses of
// those that were chosen: a proxy may be anywhere, even where only public
// addresses are allowed to what is reached through it.
type proxies struct {
	choose func(*http.Request) (*url.URL, error)

	mu    sync.Mutex
	known map[string]bool
}

// proxy returns the proxy for a request.
func (p *proxies) proxy(req *http.Request) (*url.URL, error) {
	u, err := p.choose(req)
	if err != nil || u == nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil {
		p.known = make(map[string]bool)
	}
	if len(p.known) < maxProxies {
		p.known[dialed(u)] = true
	}
	return u, nil
}

// maxProxies bounds how many proxies are remembered.
const maxProxies = 1024

// has reports whether an address is that of a proxy.
func (p *proxies) has(address string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.known[address]
}

// dialed is the address that net/http dials for a proxy.
func dialed(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// ErrProxy says that a proxy did not do what it was asked.
var ErrProxy = errors.New("the proxy refused to connect")

// refusedByProxy makes the answer of a proxy to CONNECT an error that says so.
func refusedByProxy(_ context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
	switch resp.StatusCode {
	case http.StatusOK:
		return nil
	case http.StatusProxyAuthRequired:
		return fmt.Errorf("%w: it asks for credentials (status 407); put them into the URL that HTTP.Proxy returns", ErrProxy)
	}
	return fmt.Errorf("%w: status %d %s", ErrProxy, resp.StatusCode, http.StatusText(resp.StatusCode))
}
