package transport

import (
	"bufio"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// tunnel is a proxy that connects to one address, whatever it is asked for. It
// wants credentials unless they come.
func tunnel(t *testing.T, to string) (proxy *url.URL, asked func() string) {
	t.Helper()
	last := ""
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		last = r.Method + " " + r.Host
		if r.Header.Get("Proxy-Authorization") == "" {
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		out, err := net.Dial("tcp", to)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		in, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.WriteString(in, "HTTP/1.1 200 OK\r\n\r\n")
		go func() {
			_, _ = io.Copy(out, in)
			_ = out.Close()
		}()
		_, _ = io.Copy(in, out)
		_ = in.Close()
	}))
	t.Cleanup(srv.Close)
	u, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	return u, func() string { return last }
}

// F121: a proxy may be at a private address even where only public ones are allowed
// to what is behind it, and a private authority may vouch for that.
func TestProxyAndPrivateAuthority(t *testing.T) {
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "behind the proxy")
	}))
	defer srv.Close()
	proxy, asked := tunnel(t, srv.Listener.Addr().String())
	config := srv.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	config.ServerName = "example.com"
	for name, tt := range map[string]struct {
		user *url.Userinfo
		fail error
	}{
		"with credentials":    {url.UserPassword("me", "canary-password"), nil},
		"without credentials": {nil, ErrProxy},
	} {
		through := *proxy
		through.User = tt.user
		rt := New(Options{PublicOnly: true, TLS: config, Proxy: http.ProxyURL(&through)})
		resp, trace, err := Send(rt, httptest.NewRequest(http.MethodGet, "https://storage.example/key", nil), Limits{})
		if !errors.Is(err, tt.fail) || asked() != "CONNECT storage.example:443" {
			t.Errorf("%s: %v, asked %q", name, err, asked())
		}
		if err != nil {
			if trace.Sent || !Lasting(err) || !strings.Contains(err.Error(), "407") {
				t.Errorf("%s: sent %v, lasting %v: %v", name, trace.Sent, Lasting(err), err)
			}
		} else if text, _ := io.ReadAll(resp.Body); string(text) != "behind the proxy" {
			t.Errorf("%s: %q", name, text)
		}
		rt.CloseIdleConnections()
	}
	// Without the proxy the guard stands.
	rt := New(Options{PublicOnly: true, TLS: config})
	if _, _, err := Send(rt, httptest.NewRequest(http.MethodGet, srv.URL, nil), Limits{}); !errors.Is(err, ErrPrivate) {
		t.Errorf("without the proxy: %v", err)
	}
}

// A transport of the caller's own says no more of a proxy's 407 than that.
func TestProxyOfTheCallersTransport(t *testing.T) {
	proxy, _ := tunnel(t, "127.0.0.1:1")
	rt := &http.Transport{Proxy: http.ProxyURL(proxy)}
	_, trace, err := Send(rt, httptest.NewRequest(http.MethodGet, "https://storage.example/key", nil), Limits{})
	if err == nil || !Lasting(err) || trace.Sent {
		t.Errorf("sent %v: %v", trace.Sent, err)
	}
}

// F121: what two sides cannot agree on in a handshake is not tried again.
func TestHandshakesThatCannotSucceed(t *testing.T) {
	old := httptest.NewUnstartedServer(nil)
	old.Config.ErrorLog = discard
	old.TLS = &tls.Config{MaxVersion: tls.VersionTLS11}
	old.StartTLS()
	defer old.Close()
	plainHTTP := httptest.NewServer(nil)
	defer plainHTTP.Close()
	wants := httptest.NewUnstartedServer(nil)
	wants.Config.ErrorLog = discard
	wants.TLS = &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, MaxVersion: tls.VersionTLS12}
	wants.StartTLS()
	defer wants.Close()
	trusting := wants.Client().Transport.(*http.Transport).TLSClientConfig
	for name, tt := range map[string]struct {
		url  string
		tls  *tls.Config
		says string
	}{
		"an old version": {old.URL, nil, "protocol version"},
		"plain HTTP":     {strings.Replace(plainHTTP.URL, "http", "https", 1), nil, "HTTP response to HTTPS client"},
		"something else": {"https://" + script(t, func(c net.Conn) {
			_, _ = bufio.NewReader(c).Peek(1)
			_, _ = io.WriteString(c, "SSH-2.0-x\r\n")
		}), nil, "does not look like a TLS handshake"},
		"wants a certificate": {wants.URL, trusting, "tls: "},
	} {
		rt := New(Options{TLS: tt.tls})
		_, trace, err := Send(rt, httptest.NewRequest(http.MethodGet, tt.url, nil), Limits{})
		if err == nil || trace.Sent || !Lasting(err) || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: sent %v: %v", name, trace.Sent, err)
		}
		rt.CloseIdleConnections()
	}
}
