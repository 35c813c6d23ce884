package transport

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// slowly runs f in a bubble with a transport of New's whose every connection
// leads to peer, which owns the other end.
func slowly(t *testing.T, peer func(c net.Conn), f func(t *testing.T, rt *http.Transport, dials *int)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		rt, dials := New(Options{}), 0
		var peers sync.WaitGroup
		rt.DialContext = func(context.Context, string, string) (net.Conn, error) {
			dials++
			client, server := net.Pipe()
			peers.Go(func() {
				peer(server)
				_ = server.Close()
			})
			return Moving(client), nil
		}
		f(t, rt, &dials)
		rt.CloseIdleConnections()
		peers.Wait()
	})
}

// put sends size bytes and reads the whole answer.
func put(t *testing.T, rt http.RoundTripper, size int64) (string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "http://h.example/", io.LimitReader(zeros{}, size))
	if err != nil {
		t.Fatal(err)
	}
	req.ContentLength = size
	resp, _, err := Send(rt, req, Limits{})
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return string(text), err
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func stalled(err error) bool {
	slow, ok := errors.AsType[net.Error](err)
	return ok && slow.Timeout()
}

func TestWriteThatMakesNoProgress(t *testing.T) {
	for _, moved := range []int64{0, 1000} {
		slowly(t, func(c net.Conn) { hold(c, moved) }, func(t *testing.T, rt *http.Transport, _ *int) {
			began := time.Now()
			_, err := put(t, rt, 1<<20)
			if !errors.Is(err, os.ErrDeadlineExceeded) || !stalled(err) || time.Since(began) != stallLimit {
				t.Errorf("%d bytes read: %v after %v", moved, err, time.Since(began))
			}
		})
	}
}

// hold reads n bytes and then nothing more until the other side gives up.
func hold(c net.Conn, n int64) {
	_, _ = io.CopyN(io.Discard, c, n)
	time.Sleep(time.Hour)
}

func TestSlowUploadThatMovesIsNotCutOff(t *testing.T) {
	const size = 10 * 3600 * 1024 // ten hours at 1 KiB a second
	slowly(t, func(c net.Conn) {
		r := bufio.NewReader(c)
		if _, err := readHead(r); err != nil {
			return
		}
		for left := size; left > 0; {
			time.Sleep(time.Second)
			n, err := io.CopyN(io.Discard, r, int64(min(left, 1024)))
			if left -= int(n); err != nil {
				return
			}
		}
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
	}, func(t *testing.T, rt *http.Transport, _ *int) {
		began := time.Now()
		if text, err := put(t, rt, size); err != nil || text != "ok" || time.Since(began) < 9*time.Hour {
			t.Errorf("%q, %v after %v", text, err, time.Since(began))
		}
	})
}

func readHead(r *bufio.Reader) (string, error) {
	var head strings.Builder
	for {
		line, err := r.ReadString('\n')
		if head.WriteString(line); err != nil || line == "\r\n" {
			return head.String(), err
		}
	}
}

// answers sends parts with a pause before each, once it has read a request.
func answers(pause time.Duration, parts ...string) func(c net.Conn) {
	return func(c net.Conn) {
		r := bufio.NewReader(c)
		if _, err := readHead(r); err != nil {
			return
		}
		if _, err := io.CopyN(io.Discard, r, 4); err != nil {
			return
		}
		for _, part := range parts {
			time.Sleep(pause)
			if _, err := io.WriteString(c, part); err != nil {
				return
			}
		}
		_, _ = io.Copy(io.Discard, r)
	}
}

const header5 = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"

func TestAnswerThatMakesNoProgress(t *testing.T) {
	for name, tt := range map[string]struct {
		peer func(net.Conn)
		want time.Duration
	}{
		"no answer":        {answers(0), time.Minute},
		"half a header":    {answers(0, "HTTP/1.1 200"), time.Minute},
		"header only":      {answers(0, header5), stallLimit},
		"half of the body": {answers(time.Second, header5, "abc"), stallLimit + 2*time.Second},
		"header in trickle": {answers(10*time.Second, "H", "T", "T", "P", "/", "1", ".", "1", " ", "2", "0", "0"),
			time.Minute},
	} {
		slowly(t, tt.peer, func(t *testing.T, rt *http.Transport, _ *int) {
			began := time.Now()
			text, err := put(t, rt, 4)
			if !stalled(err) || time.Since(began) != tt.want {
				t.Errorf("%s: %q, %v after %v", name, text, err, time.Since(began))
			}
		})
	}
}

func TestSlowAnswerThatMovesIsNotCutOff(t *testing.T) {
	slowly(t, answers(59*time.Second, header5, "a", "b", "c", "d", "e"), func(t *testing.T, rt *http.Transport, _ *int) {
		if text, err := put(t, rt, 4); err != nil || text != "abcde" {
			t.Errorf("%q, %v", text, err)
		}
	})
}

// It is the connection that must not stall, not whoever reads from it.
func TestSlowReaderIsNotCutOff(t *testing.T) {
	slowly(t, answers(0, header5, "abcde"), func(t *testing.T, rt *http.Transport, _ *int) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "http://h.example/", strings.NewReader("body"))
		if err != nil {
			t.Fatal(err)
		}
		resp, _, err := Send(rt, req, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var text []byte
		for one := make([]byte, 1); err == nil; {
			time.Sleep(10 * time.Minute)
			var n int
			n, err = resp.Body.Read(one)
			text = append(text, one[:n]...)
		}
		if err != io.EOF || string(text) != "abcde" {
			t.Errorf("%q, %v", text, err)
		}
	})
}

// A connection that is not used is closed after a while.
func TestIdleConnections(t *testing.T) {
	peer := func(c net.Conn) {
		for r := bufio.NewReader(c); ; {
			if _, err := readHead(r); err != nil {
				return
			}
			if _, err := io.CopyN(io.Discard, r, 4); err != nil {
				return
			}
			_, _ = io.WriteString(c, header5+"abcde")
		}
	}
	for idle, want := range map[time.Duration]int{0: 1, idleLimit - time.Second: 1, idleLimit + time.Second: 2} {
		slowly(t, peer, func(t *testing.T, rt *http.Transport, dials *int) {
			for range 2 {
				if text, err := put(t, rt, 4); err != nil || text != "abcde" {
					t.Errorf("%q, %v", text, err)
				}
				synctest.Wait()
				time.Sleep(idle)
			}
			if *dials != want {
				t.Errorf("idle for %v: %d connections, want %d", idle, *dials, want)
			}
		})
	}
}

// A connection resumes the session of an earlier one of the same transport, and of no
// other. It does not if the caller has a part in the handshake.
func TestResumes(t *testing.T) {
	srv := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(srv.Close)
	for name, tt := range map[string]struct {
		change  func(*tls.Config)
		resumes bool
	}{
		"nothing special": {func(*tls.Config) {}, true},
		"a look at each connection": {func(c *tls.Config) {
			c.VerifyConnection = func(tls.ConnectionState) error { return nil }
		}, true},
		"a look at the certificates": {func(c *tls.Config) {
			c.VerifyPeerCertificate = func([][]byte, [][]*x509.Certificate) error { return nil }
		}, false},
		"a certificate": {func(c *tls.Config) { c.Certificates = make([]tls.Certificate, 1) }, false},
		"a certificate when asked": {func(c *tls.Config) {
			c.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return nil, errors.New("none") }
		}, false},
	} {
		config := srv.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
		tt.change(config)
		for range 2 {
			rt := New(Options{TLS: config})
			for n := range 3 {
				req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL, nil)
				if err != nil {
					t.Fatal(err)
				}
				resp, err := rt.RoundTrip(req)
				if err != nil {
					t.Fatal(err)
				}
				_ = resp.Body.Close()
				if got, want := resp.TLS.DidResume, tt.resumes && n > 0; got != want {
					t.Errorf("%s: connection %d is resumed: %v, want %v", name, n, got, want)
				}
				rt.CloseIdleConnections()
			}
		}
		if config.ClientSessionCache != nil {
			t.Errorf("%s: the configuration of the caller was changed", name)
		}
	}
}
