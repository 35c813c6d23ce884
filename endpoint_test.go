package docferry_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/workdocs"
	"github.com/docferry/docferry/workdocs/workdocstest"
)

// endpoints are addresses of a service with the Host that its requests have.
var endpoints = map[string]string{
	"http://h.example:80":        "h.example",
	"http://h.example:443":       "h.example:443",
	"http://H.Example":           "H.Example",
	"http://[::1]":               "[::1]",
	"http://[::1]:80":            "[::1]",
	"http://[::1]:8080":          "[::1]:8080",
	"http://[fe80::1%25lo]:80":   "[fe80::1]",
	"http://[fe80::1%25lo]:8080": "[fe80::1]:8080",
	"https://example.com:443":    "example.com",
	"https://example.com:80":     "example.com:80",
	"https://[::1]:443":          "[::1]",
	"https://[::1]:8443":         "[::1]:8443",
}

const content = "All is well."

var file = upload.Bytes("a.txt", []byte(content))

// TestEndpointsOfEveryForm stores and reads content at each service. The test
// servers check signatures over the Host that they receive, and write it into
// the URLs that they hand out.
func TestEndpointsOfEveryForm(t *testing.T) {
	for endpoint, host := range endpoints {
		t.Run(endpoint+" WorkDocs", func(t *testing.T) {
			srv := workdocstest.New()
			t.Cleanup(srv.Close)
			near := serve(t, endpoint, srv)
			useWorkDocs(t, srv, endpoint, near.http)
			near.onlyFor(t, host)
		})
		t.Run(endpoint+" Connect", func(t *testing.T) {
			srv := connectparticipanttest.New()
			t.Cleanup(srv.Close)
			near := serve(t, endpoint, srv)
			useConnect(t, srv, endpoint, near.http)
			near.onlyFor(t, host)
		})
		t.Run(endpoint+" Oracle", func(t *testing.T) {
			srv := oracledocstest.New()
			t.Cleanup(srv.Close)
			near := serve(t, endpoint, srv)
			useOracle(t, endpoint, near.http)
			near.onlyFor(t, host)
		})
	}
}

// TestEndpointsOverIPv6 uses the clients' own transport, with its guard.
func TestEndpointsOverIPv6(t *testing.T) {
	for _, zone := range []string{"", "%25lo"} {
		at := func(handler http.Handler) string { return "http://[::1" + zone + "]:" + listen6(t, handler) }
		wd, cp, oc := workdocstest.New(), connectparticipanttest.New(), oracledocstest.New()
		t.Cleanup(wd.Close)
		t.Cleanup(cp.Close)
		t.Cleanup(oc.Close)
		useWorkDocs(t, wd, at(wd), docferry.HTTP{})
		useConnect(t, cp, at(cp), docferry.HTTP{})
		useOracle(t, at(oc), docferry.HTTP{})
	}
}

// listen6 serves on the loopback address of IPv6 and returns the port.
func listen6(t *testing.T, handler http.Handler) (port string) {
	t.Helper()
	listener, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		t.Skipf("this machine has no IPv6: %v", err)
	}
	srv := httptest.NewUnstartedServer(handler)
	_ = srv.Listener.Close()
	srv.Listener = listener
	srv.Start()
	t.Cleanup(srv.Close)
	return strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)
}

func useWorkDocs(t *testing.T, srv *workdocstest.Server, endpoint string, h docferry.HTTP) {
	t.Helper()
	c, err := workdocs.New(workdocs.Config{Endpoint: endpoint, Credentials: srv.Credentials(), HTTP: h})
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseIdleConnections()
	stored, err := c.Uploader(workdocs.UploadTo{FolderID: srv.RootFolder()}).Upload(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	returns(t, content)(c.Download(t.Context(), workdocs.DownloadRequest{DocumentID: stored.ID}))
}

// useConnect opens a chat too, and so a websocket.
func useConnect(t *testing.T, srv *connectparticipanttest.Server, endpoint string, h docferry.HTTP) {
	t.Helper()
	c, err := connectparticipant.New(connectparticipant.Config{Endpoint: endpoint, HTTP: h})
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseIdleConnections()
	chat, err := c.Chat(t.Context(), docferry.Secret(srv.NewChat().Join("CUSTOMER", "Ana")))
	if err != nil {
		t.Fatal(err)
	}
	defer chat.Close()
	stored, err := chat.Uploader().Upload(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	token, err := chat.ConnectionToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	returns(t, content)(c.DownloadAttachment(t.Context(), connectparticipant.GetAttachmentRequest{
		AttachmentID: stored.ID, ConnectionToken: token}))
}

func useOracle(t *testing.T, endpoint string, h docferry.HTTP) {
	t.Helper()
	c, err := oracledocs.New(oracledocs.Config{BaseURL: endpoint, HTTP: h,
		Auth: oracledocs.BasicAuth(oracledocstest.User, oracledocstest.Password)})
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseIdleConnections()
	stored, err := c.Uploader(oracledocs.UploadTo{FolderID: "self"}).Upload(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	returns(t, content)(c.DownloadFile(t.Context(), oracledocs.DownloadFileRequest{FileID: stored.ID}))
}

// returns wants a download to be what was uploaded.
func returns(t *testing.T, want string) func(*docferry.Download, error) {
	return func(d *docferry.Download, err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
			return
		}
		defer d.Close()
		if got, err := io.ReadAll(d); err != nil || string(got) != want {
			t.Errorf("read %q, error %v", got, err)
		}
	}
}

// near is a server on loopback that all connections of its transport lead to,
// whatever the address.
type near struct {
	http docferry.HTTP

	mu    sync.Mutex
	hosts []string // of the requests
}

// serve starts a server, which speaks TLS if the endpoint does.
func serve(t *testing.T, endpoint string, handler http.Handler) *near {
	t.Helper()
	n := new(near)
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.mu.Lock()
		n.hosts = append(n.hosts, r.Host)
		n.mu.Unlock()
		handler.ServeHTTP(w, r)
	}))
	srv.EnableHTTP2 = true
	if strings.HasPrefix(endpoint, "https:") {
		srv.StartTLS()
	} else {
		srv.Start()
	}
	t.Cleanup(srv.Close)
	rt := srv.Client().Transport.(*http.Transport).Clone()
	rt.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, srv.Listener.Addr().String())
	}
	t.Cleanup(rt.CloseIdleConnections)
	n.http = docferry.HTTP{Transport: rt, Retry: docferry.Retry{Attempts: 1}}
	return n
}

// onlyFor wants all requests to have had this Host.
func (n *near) onlyFor(t *testing.T, host string) {
	t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	other := func(got string) bool { return got != host }
	if len(n.hosts) < 2 || slices.ContainsFunc(n.hosts, other) {
		t.Errorf("requests for %q, want %q", n.hosts, host)
	}
}
