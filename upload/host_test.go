package upload_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/emulate"
	"github.com/docferry/docferry/internal/storagehost"
	"github.com/docferry/docferry/internal/transport"
	"github.com/docferry/docferry/upload"
	"github.com/google/go-cmp/cmp"
)

// hostForms are URLs whose host can be written in several ways: the host that was
// signed, the one in the URL, and the one that the slot lists, if it does.
var hostForms = map[string]struct {
	scheme, signed, inURL, listed string
}{
	"port":                        {"http", "h.example:80", "h.example:80", ""},
	"port, TLS":                   {"https", "h.example:443", "h.example:443", ""},
	"port, signed without":        {"https", "h.example", "h.example:443", ""},
	"port, signed without, plain": {"http", "h.example", "h.example:80", ""},
	"port of the other scheme":    {"http", "h.example:443", "h.example:443", ""},
	"empty port":                  {"https", "h.example:", "h.example:", ""},
	"no port":                     {"https", "h.example", "h.example", ""},
	"upper case":                  {"https", "H.Example:443", "H.Example:443", ""},
	"port and listed":             {"https", "h.example:443", "h.example:443", "h.example:443"},
	"port, listed without":        {"https", "h.example", "h.example:443", "h.example"},
	"no port, listed with":        {"https", "h.example:443", "h.example", "h.example:443"},
	"port, listed without, plain": {"http", "h.example", "h.example:80", "h.example"},
	"no port, listed, plain":      {"http", "h.example:80", "h.example", "h.example:80"},
	"listed in upper case":        {"https", "H.Example", "h.example:443", "H.Example"},
	"IPv6":                        {"http", "[::1]:80", "[::1]:80", ""},
	"IPv6 without a port":         {"https", "[::1]", "[::1]", ""},
	"IPv6, listed without":        {"http", "[::1]", "[::1]:80", "[::1]"},
	"IPv6, listed with":           {"https", "[::1]:443", "[::1]", "[::1]:443"},
	"IPv6 with a zone":            {"http", "[fe80::1]:8080", "[fe80::1%25lo]:8080", ""},
	"IPv6 with a zone, TLS":       {"https", "[fe80::1]:443", "[fe80::1%25lo]:443", ""},
	"IPv6 with a zone, listed":    {"https", "[fe80::1]", "[fe80::1%25lo]:443", "[fe80::1]"},
}

// anywhere returns a transport whose connections all lead to srv.
func anywhere(srv *httptest.Server) *http.Transport {
	rt := srv.Client().Transport.(*http.Transport).Clone()
	rt.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, srv.Listener.Addr().String())
	}
	if rt.TLSClientConfig != nil {
		rt.TLSClientConfig.ServerName = "example.com" // which the test's certificate has
	}
	return rt
}

// TestSignedHost is F40: the storage computes the signature over the host that
// it received. With a default port, it may have to refuse the form without it.
func TestSignedHost(t *testing.T) {
	for name, form := range hostForms {
		for _, over2 := range []bool{false, true} {
			if over2 && form.scheme != "https" {
				continue
			}
			storage := storagehost.New(new(emulate.Desk), time.Now)
			want := []string{form.signed}
			if bare := transport.WithoutDefaultPort(form.scheme, form.signed); bare != form.signed && form.listed == "" {
				want = []string{bare, form.signed}
			}
			var got []string
			srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if (r.ProtoMajor == 2) != over2 {
					t.Errorf("%s: %s", name, r.Proto)
				}
				got = append(got, r.Host)
				storage.ServeHTTP(w, r)
			}))
			srv.EnableHTTP2 = over2
			if form.scheme == "https" {
				srv.StartTLS()
			} else {
				srv.Start()
			}
			t.Cleanup(srv.Close)
			s := newStored(t, "", storage, docferry.HTTP{Transport: anywhere(srv)})
			s.place = func(id string, _ upload.Source) (string, map[string]string) {
				signed := form.scheme + "://" + form.signed
				address := storage.PresignPut(signed, id, nil, time.Minute)
				listed := map[string]string{}
				if form.listed != "" {
					listed["host"] = form.listed
				}
				return form.scheme + "://" + form.inURL + strings.TrimPrefix(address, signed), listed
			}
			t.Run(name, func(*testing.T) {
				s.ends(background, file, ending{calls: []string{callBegin, callCommit}})
			})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, hosts (-want +got):\n%s", name, diff)
			}
		}
	}
}

// TestListedHostRefused is F40: a Host that is not the URL's is not sent.
func TestListedHostRefused(t *testing.T) {
	for address, hosts := range map[string][]string{
		"https://h.example:443/key?canary": {"h.example:80", "h.example:8443", "x.h.example", "h.example.", "h.example,x",
			"",
			"canary@h.example", "h.example/", "http://h.example", "h\u212a.example"},
		"http://h.example/key?canary":      {"h.example:443", "h.example:0", "h.example:080"},
		"https://h.example:8443/key":       {"h.example", "h.example:443"},
		"http://[::1]:80/key":              {"::1", "::1:80", "[::1]:443", "[::2]", "127.0.0.1"},
		"http://[fe80::1%25lo]:80/key":     {"[fe80::1%25lo]", "[fe80::1%lo]:80"},
		"https://hk.example/key?canary=h1": {"h\u212a.example"}, // which folds to k
	} {
		for _, host := range hosts {
			t.Run(address+" "+host, func(t *testing.T) {
				refuses(t, address, map[string]string{"Host": host}, true, "the upload header")
			})
		}
	}
}

// A form goes to the host that its URL names; a Host in the header may only
// write it in another way.
func TestHostOfForm(t *testing.T) {
	var got []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.Host)
		w.WriteHeader(http.StatusCreated)
	}))
	defer srv.Close()
	for _, c := range []struct {
		address string
		header  http.Header
		want    string // "" if it is refused
	}{
		{"http://h.example:80/", nil, "h.example"},
		{"http://h.example:80/", http.Header{"Host": {"h.example"}}, "h.example"},
		{"http://h.example/", http.Header{"Host": {"H.example:80"}}, "H.example:80"},
		{"http://[::1]:80/", nil, "[::1]"},
		{"http://[::1%25lo]:80/", nil, "[::1]"},
		{"http://h.example/", http.Header{"Host": {"x.example"}}, ""},
		{"http://h.example/", http.Header{"Host": {"h.example", "x.example"}}, ""},
		{"http://h.example/", http.Header{"host": {"h.example"}}, ""}, // net/http would send a second one
	} {
		got = nil
		m := &upload.Multipart{URL: docferry.Secret(c.address), Header: c.header,
			HTTP: docferry.HTTP{Transport: anywhere(srv)}}
		_, err := m.Upload(t.Context(), file)
		bad, refused := errors.AsType[*docferry.InputError](err)
		switch {
		case c.want == "":
			if !refused || bad.Field != "Multipart.Header" || len(got) != 0 {
				t.Errorf("%s with %v: sent for %q, error %v", c.address, c.header, got, err)
			}
		case err != nil || len(got) != 1 || got[0] != c.want:
			t.Errorf("%s with %v: sent for %q, want %q, error %v", c.address, c.header, got, c.want, err)
		}
		m.CloseIdleConnections()
	}
}

// The host is in the text of errors even if the slot lists it.
func TestListedHostIsNoSecret(t *testing.T) {
	const host = "a-bucket-with-a-long-name.example"
	down := roundTrip(func(*http.Request) (*http.Response, error) { return nil, errors.New("cannot reach " + host) })
	s := newService(t, docferry.HTTP{Transport: down, Retry: docferry.Retry{Attempts: 1}})
	s.place = func(string, upload.Source) (string, map[string]string) {
		return "https://" + host + "/key", map[string]string{"Host": host}
	}
	if _, err := s.Upload(background, file); err == nil || !strings.Contains(err.Error(), "cannot reach "+host) {
		t.Errorf("%v", err)
	}
}
