package upload_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
)

// unreached is a transport that must not be used.
type unreached struct{ t *testing.T }

func (u unreached) RoundTrip(r *http.Request) (*http.Response, error) {
	u.t.Errorf("a request was sent to %s", r.URL.Host)
	return nil, errors.New("not to be sent")
}

// refuses wants a slot to be refused before anything is sent, in words that
// hold no part of it, and what was begun to be removed.
func refuses(t *testing.T, address string, header map[string]string, private bool, field string) {
	t.Helper()
	s := newService(t, docferry.HTTP{Transport: unreached{t}})
	s.HTTP.AllowPrivate = private
	s.place = func(string, upload.Source) (string, map[string]string) { return address, header }
	s.canary.hides("canary")
	_, ended := s.ends(background, file, ending{state: upload.StateRolledBack, stage: upload.StageSend,
		calls: []string{callBegin, callAbort}})
	bad, ok := errors.AsType[*docferry.InputError](ended)
	if !ok || bad.Field != field || bad.Service != "vault" {
		t.Errorf("no InputError that names %s: %v", field, ended)
	}
	if strings.Contains(ended.Error(), "header the header") {
		t.Errorf("the text is not a sentence: %v", ended)
	}
}

// TestHeaderRefused is F34 to F37.
func TestHeaderRefused(t *testing.T) {
	const field = "the upload header"
	for name, header := range map[string]map[string]string{
		"CR":                 {"X-Amz-Meta-A": "canary\rb"},
		"LF":                 {"X-Amz-Meta-A": "canary\nX-Evil: 1"},
		"NUL":                {"X-Amz-Meta-A": "canary\x00"},
		"DEL":                {"X-Amz-Meta-A": "canary\x7f"},
		"name with CR LF":    {"X-A\r\nX-B": "1"},
		"name with space":    {"X A": "1"},
		"name with colon":    {":authority": "1"},
		"name not ASCII":     {"x-amz-meta-ü": "1"},
		"no name":            {"": "1"},
		"duplicate":          {"Content-Type": "a", "content-type": "b"},
		"two lengths":        {"Content-Length": "12", "content-length": "13"},
		"other host":         {"Host": "elsewhere.example"},
		"Proxy":              {"Proxy-Authorization": "canary"},
		"Trailer":            {"Trailer": "X-A"},
		"Upgrade":            {"Upgrade": "h2c"},
		"Idempotency-Key":    {"Idempotency-Key": "1"},
		"X-Idempotency-Key":  {"x-idempotency-key": "1"},
		"not signed":         {"X-Amz-Meta-A": "1", "X-Amz-Acl": "private"},
		"signed and missing": {"X-Amz-Acl": "private"},
	} {
		t.Run(name, func(t *testing.T) {
			address := "https://bucket.example/key?X-Amz-Signature=canary"
			switch name {
			case "not signed":
				address += "&X-Amz-SignedHeaders=host%3Bx-amz-acl"
			case "signed and missing":
				address += "&X-Amz-SignedHeaders=content-type%3Bhost%3Bx-amz-acl"
			}
			refuses(t, address, header, false, field)
		})
	}
	for _, length := range []string{"11", "13", "0", "-1", "+12", " 12", "012", "0xc", "12.0", "canary"} {
		t.Run("length "+length, func(t *testing.T) {
			refuses(t, "https://bucket.example/key", map[string]string{"content-length": length}, false, "Source.Size")
		})
	}
}

// TestURLRefused is F38 and the refusals of F39.
func TestURLRefused(t *testing.T) {
	const field = "the upload URL"
	for _, address := range []string{
		"", "canary", "/key?canary", "//bucket.example/key", "https:", "https:///key", "https:bucket.example/key",
		"https://?canary",
		"http://bucket.example/key", "ftp://bucket.example/key", "file:///etc/passwd", "HTTPS+unix://bucket.example/key",
		"javascript:canary",
		"https://canary@bucket.example/key", "https://user:canary@bucket.example/key", "https://bucket.example/key#canary",
		"https://bucket.example/key#",
		"https://169.254.169.254/latest", "https://127.0.0.1/", "https://10.0.0.1/", "https://192.168.1.1/",
		"https://172.16.0.1/", "https://100.64.0.1/",
		"https://0.0.0.0/", "https://255.255.255.255/", "https://224.0.0.1/", "https://[::1]/", "https://[::]/",
		"https://[fe80::1]/", "https://[fe80::1%25eth0]/",
		"https://[fc00::1]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:a9fe:a9fe]/", "https://[64:ff9b::7f00:1]/",
		"https://[2002:7f00:1::]/",
		"https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/", "https://127.1/", "https://127.0.0.1./",
		"https://0x7f.1/", "https://1/",
		"https://localhost/", "https://LOCALHOST:8443/", "https://a.localhost/", "https://localhost./", "https://printer/",
		"https://printer.local/",
		"https://metadata.google.internal/", "https://./", "https://../",
		"https://bucket.example/a b", "https://bucket.example/ü", "https://bucket.example/key?canary=ü",
		"https://bucket.example/a\r\nHost: canary", "https://bucket.example/\x00",
		"https://bucket.example/a\tb", "https://bucket.example/%zz", "https://bucket.example/a|b",
		`https://bucket.example/"a"`, "https://bucket.example/{a}", "https://bucket.example:port/",
		"HTTPS://bucket.example/key",
		"https://bucket.example/key?canary=" + strings.Repeat("x", 16<<10),
		"https://bucket.example/" + strings.Repeat("x", 2<<20),
	} {
		t.Run(address[:min(len(address), 60)], func(t *testing.T) { refuses(t, address, nil, false, field) })
	}
	for _, address := range []string{"", "ftp://127.0.0.1/", "http://canary@127.0.0.1/", "http:///key",
		"http://127.0.0.1/#canary", "http://127.0.0.1/a b"} {
		t.Run("allowed to be private: "+address, func(t *testing.T) { refuses(t, address, nil, true, field) })
	}
}

// TestURLByteForByte is F39: what is signed is what is sent.
func TestURLByteForByte(t *testing.T) {
	var got string
	srv := listen(t, func(_ int, c *conn) {
		for {
			lines, _, err := c.receive()
			if err != nil {
				return
			}
			got = lines[0]
			c.answer(200, "", `ETag: "opaque-1"`)
		}
	})
	for _, target := range []string{
		"/", "/key", "/?", "/key?", "/a%2Fb", "/a%2fb", "/a%2Bb", "/a+b", "/a~b", "/a%7Eb", "/a;b", "/a//b", "//a", "/a/../b",
		"/./a", "/a%20b", "/%C3%BC", "/a:b@c", "/a,b=c&d",
		"/a!b$c'd(e)f*g", "/[a]", "/a%00b", "/a%0D%0Ab", "/key?a=%2B&b=+&c=~&d=%2f&e=;&f", "/key?=&&a=1&a=0", "/key?a=b?c=d",
		"/key?z=1&a=2", "/key?a=%zz", "/key?a=[b]", "/key?a=%E2%82%AC",
		"/key?X-Amz-Signature=0123&X-Amz-Credential=AKIA%2F20260101%2Fus-east-1%2Fs3%2Faws4_request",
		"/key?a='b'&c=\"d\"<e>`f`{g}|h|^i\\j",
	} {
		s := newService(t, docferry.HTTP{})
		s.place = func(string, upload.Source) (string, map[string]string) { return srv.URL + target, nil }
		got = ""
		_, err := s.Upload(background, file)
		if want := "PUT " + target + " HTTP/1.1"; err != nil || got != want {
			t.Errorf("sent %q, want %q (%v)", got, want, err)
		}
		s.CloseIdleConnections()
	}
}

// TestRedirects is F23 and F24, with a second server to watch.
func TestRedirects(t *testing.T) {
	var seen atomic.Int32
	second := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		seen.Add(1)
		w.Header().Set("ETag", `"opaque-1"`)
	}))
	defer second.Close()
	for _, status := range []int{300, 301, 302, 303, 304, 305, 307, 308} {
		srv := listen(t, func(_ int, c *conn) {
			if _, _, err := c.receive(); err == nil {
				c.answer(status, "", "Location: "+second.URL+"/?X-Amz-Signature=canary-signature-0123456789", `ETag: "opaque-1"`,
					"Connection: close")
			}
		})
		s := newPeered(t, srv.URL, docferry.HTTP{})
		_, ended := s.ends(background, file, ending{state: upload.StateRolledBack, stage: upload.StageSend,
			is: docferry.ErrProtocol, calls: []string{callBegin, callAbort}})
		refused, ok := errors.AsType[*docferry.Error](ended)
		if !ok || refused.StatusCode != status || refused.Attempts != 1 || seen.Load() != 0 {
			t.Errorf("%d: %v, and the second server saw %d requests", status, ended, seen.Load())
		}
	}
}

// TestTLS is F41: who the storage is does not change from one attempt to the next.
func TestTLS(t *testing.T) {
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("ETag", `"opaque-1"`)
	}))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0) // it notes handshakes that fail
	var handshakes atomic.Int32
	srv.TLS = &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		handshakes.Add(1)
		return nil, nil
	}}
	srv.StartTLS()
	defer srv.Close()
	known := srv.Client().Transport
	otherName := srv.Client().Transport.(*http.Transport).Clone()
	otherName.TLSClientConfig.ServerName = "elsewhere.test"
	for name, c := range map[string]struct {
		rt   http.RoundTripper
		want error
	}{"unknown CA": {rt: nil}, "wrong host": {rt: otherName}, "known": {rt: known}} {
		t.Run(name, func(t *testing.T) {
			handshakes.Store(0)
			s := newPeered(t, srv.URL, docferry.HTTP{Transport: c.rt})
			if name == "known" {
				if _, err := s.Upload(background, file); err != nil {
					t.Error(err)
				}
				return
			}
			_, ended := s.ends(background, file, ending{state: upload.StateRolledBack, stage: upload.StageSend,
				calls: []string{callBegin, callAbort}})
			unsent, ok := errors.AsType[*docferry.TransportError](ended)
			if _, typed := errors.AsType[*tls.CertificateVerificationError](ended); !ok || unsent.Sent || unsent.Attempts != 1 ||
				!typed || handshakes.Load() != 1 {
				t.Errorf("%v after %d handshakes", ended, handshakes.Load())
			}
		})
	}
}

// A handshake that breaks off says nothing: it is tried again.
func TestTLSBreaksOff(t *testing.T) {
	srv := listen(t, func(_ int, c *conn) { _, _ = c.ReadByte() })
	s := newPeered(t, strings.Replace(srv.URL, "http:", "https:", 1), docferry.HTTP{Retry: soon})
	_, ended := s.ends(background, file, ending{state: upload.StateRolledBack, stage: upload.StageSend,
		calls: []string{callBegin, callAbort}})
	unsent, ok := errors.AsType[*docferry.TransportError](ended)
	if !ok || unsent.Sent || unsent.Attempts != 4 || srv.conns.Load() != 4 {
		t.Errorf("%v after %d connections", ended, srv.conns.Load())
	}
}

// A public name that leads to a private address is refused where it is dialed.
func TestNameOfPrivateAddress(t *testing.T) {
	resolver := net.DefaultResolver
	defer func() { net.DefaultResolver = resolver }()
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		go answerNames(server)
		return client, nil
	}}
	reached := listen(t, func(int, *conn) { t.Error("connected to a private address") })
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(reached.URL, "http://"))
	s := newPeered(t, "https://bucket.example.com:"+port, docferry.HTTP{})
	s.HTTP.AllowPrivate = false
	_, ended := s.ends(background, file, ending{state: upload.StateRolledBack, stage: upload.StageSend,
		calls: []string{callBegin, callAbort}})
	unsent, ok := errors.AsType[*docferry.TransportError](ended)
	if !ok || unsent.Sent || unsent.Attempts != 1 || !strings.Contains(ended.Error(), "not public") {
		t.Error(ended)
	}
}

// answerNames answers every question for a name with 127.0.0.1.
func answerNames(c net.Conn) {
	defer c.Close()
	for {
		var length [2]byte // as over TCP: the resolver cannot tell that this is none
		if _, err := io.ReadFull(c, length[:]); err != nil {
			return
		}
		question := make([]byte, int(length[0])<<8|int(length[1]))
		if _, err := io.ReadFull(c, question); err != nil {
			return
		}
		end := 12
		for question[end] != 0 {
			end += int(question[end]) + 1
		}
		end += 5 // the root, the type and the class
		answer := append([]byte{}, question[:end]...)
		copy(answer[2:12], []byte{0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0})
		if question[end-3] == 1 { // type A
			answer[7] = 1
			answer = append(answer, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1)
		}
		_, _ = c.Write(append([]byte{byte(len(answer) >> 8), byte(len(answer))}, answer...))
	}
}
