package upload_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/emulate"
	"github.com/docferry/docferry/upload"
)

// soon makes the waits between attempts so short that they need no fake clock.
var soon = docferry.Retry{MinWait: 1, MaxWait: 1}

const denied = `<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>`

// keep takes a whole request, stores it, and says so.
func (s *shelf) keep(c *conn) {
	if lines, body, err := c.receive(); err == nil {
		s.put(lines, body)
		c.answer(200, "", fmt.Sprintf(`ETag: "%x"`, md5.Sum(body)), "Connection: close")
	}
}

// counted returns a source that counts the bytes that are read from it.
func counted(content []byte) (upload.Source, *atomic.Int64) {
	var n atomic.Int64
	return upload.From("a.bin", int64(len(content)), func(context.Context) (io.ReadCloser, error) {
		r := bytes.NewReader(content)
		return io.NopCloser(readerFunc(func(p []byte) (int, error) {
			got, err := r.Read(p)
			n.Add(int64(got))
			return got, err
		})), nil
	}), &n
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// TestEarlyRefusal is F14: the storage refuses at once and closes the
// connection. Its word has to be heard, whether or not the body was announced.
func TestEarlyRefusal(t *testing.T) {
	for name, c := range map[string]struct{ size, most int }{"announced": {32 << 20, 1 << 20},
		"not announced": {512 << 10, 2 << 20}} {
		t.Run(name, func(t *testing.T) {
			content := noise(c.size)
			for range 10 {
				srv := listen(t, func(_ int, c *conn) {
					if _, _, err := c.head(); err == nil {
						c.answer(403, denied, "X-Amz-Request-Id: R1")
					}
				})
				s := newPeered(t, srv.URL, docferry.HTTP{Retry: soon})
				src, read := counted(content)
				_, ended := s.ends(background, src, ending{state: upload.StateRolledBack, stage: upload.StageSend,
					is: docferry.ErrForbidden, calls: []string{callBegin, callAbort}})
				refused, ok := errors.AsType[*docferry.Error](ended)
				if !ok || refused.StatusCode != 403 || refused.Code != "AccessDenied" || refused.RequestID != "R1" ||
					read.Load() > int64(c.most) {
					t.Fatalf("%d bytes were read, and it ended with %v", read.Load(), ended)
				}
			}
		})
	}
}

// The word of a storage that refuses early got lost on its way. The next
// attempt asks before it sends, so that it is heard.
func TestEarlyRefusalLost(t *testing.T) {
	srv := listen(t, func(_ int, c *conn) {
		lines, _, err := c.head()
		switch {
		case err != nil:
		case slices.Contains(lines, "Expect: 100-continue"):
			c.answer(403, denied)
		default:
			_ = c.Conn.(*net.TCPConn).SetLinger(0)
		}
	})
	s := newPeered(t, srv.URL, docferry.HTTP{Retry: soon})
	_, ended := s.ends(background, upload.Bytes("a.bin", noise(512<<10)),
		ending{state: upload.StateRolledBack, stage: upload.StageSend, is: docferry.ErrForbidden})
	if refused, ok := errors.AsType[*docferry.Error](ended); !ok || refused.Attempts != 2 {
		t.Error(ended)
	}
}

// TestEarlyBusy is F18: the storage answers in the middle of a slow body. What
// the first attempt still reads must not be missing from the second.
func TestEarlyBusy(t *testing.T) {
	for _, size := range []int{256 << 10, 2 << 20} { // the second is announced
		content := noise(size)
		for range 20 {
			synctest.Test(t, func(t *testing.T) {
				var kept shelf
				h := pipes(t, func(n int, c *conn) {
					if n > 1 {
						kept.keep(c)
						return
					}
					lines, _, err := c.head()
					if err != nil {
						return
					}
					c.goOn(lines)
					_, _ = io.CopyN(io.Discard, c, 16<<10)
					c.answer(503, "<Error><Code>SlowDown</Code></Error>")
					_, _ = io.Copy(io.Discard, c)
				})
				s := newPeered(t, "http://vault.test", h)
				s.content = kept.get
				src := upload.From("a.bin", int64(size), func(context.Context) (io.ReadCloser, error) {
					r := bytes.NewReader(content)
					return io.NopCloser(readerFunc(func(p []byte) (int, error) {
						time.Sleep(3 * time.Millisecond)
						return r.Read(p[:min(len(p), 8<<10)])
					})), nil
				})
				s.ends(background, src, ending{calls: []string{callBegin, callCommit}})
			})
		}
	}
}

// TestConnectionLost is F19 to F21: the connection ends in the middle of the
// body, or after it.
func TestConnectionLost(t *testing.T) {
	content := noise(4 << 20)
	for name, lose := range map[string]func(kept *shelf, c *conn){
		"reset": func(_ *shelf, c *conn) {
			lines, _, _ := c.head()
			c.goOn(lines)
			_, _ = io.CopyN(io.Discard, c, 1<<20)
			_ = c.Conn.(*net.TCPConn).SetLinger(0)
		},
		"closed": func(_ *shelf, c *conn) {
			lines, _, _ := c.head()
			c.goOn(lines)
			_, _ = io.CopyN(io.Discard, c, 1<<20)
			_ = c.Conn.(*net.TCPConn).CloseWrite()
			_, _ = io.Copy(io.Discard, c)
		},
		"before the body": func(_ *shelf, c *conn) { _, _, _ = c.head() },
		"before the head": func(_ *shelf, c *conn) { _ = c.Conn.(*net.TCPConn).SetLinger(0) },
		"stored, no word": func(kept *shelf, c *conn) { kept.put2(c) },
		"stored, cut word": func(kept *shelf, c *conn) {
			kept.put2(c)
			_,
				_ = io.WriteString(c, "HTTP/1.1 200 OK\r\nETag: ")
		},
		"stored, cut body": func(kept *shelf, c *conn) {
			kept.put2(c)
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nETag: \"x\"\r\nContent-Length: 9\r\n\r\nabc")
		},
	} {
		t.Run(name, func(t *testing.T) {
			var kept shelf
			srv := listen(t, func(n int, c *conn) {
				if n == 1 {
					lose(&kept, c)
					return
				}
				kept.keep(c)
			})
			s := newPeered(t, srv.URL, docferry.HTTP{Retry: soon})
			s.content = kept.get
			s.ends(background, upload.Bytes("a.bin", content), ending{calls: []string{callBegin, callCommit}})
			if n := srv.conns.Load(); n != 2 {
				t.Errorf("%d connections", n)
			}
		})
	}
}

// put2 stores a whole request and says nothing.
func (s *shelf) put2(c *conn) {
	if lines, body, err := c.receive(); err == nil {
		s.put(lines, body)
	}
}

// answered changes the header of a true answer.
func answered(edit func(http.Header)) emulate.Fault {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(&edited{w, edit}, r) })
	}
}

type edited struct {
	http.ResponseWriter
	edit func(http.Header)
}

func (e *edited) WriteHeader(status int) {
	e.edit(e.Header())
	e.ResponseWriter.WriteHeader(status)
}

// The first attempt may have stored the content of a storage alone. What
// becomes of the second does not change that.
func TestLostThenRefused(t *testing.T) {
	srv := listen(t, func(n int, c *conn) {
		if n == 1 {
			_, _, _ = c.receive()
		} else if _, _, err := c.head(); err == nil {
			c.answer(403, denied)
		}
	})
	s := newPeered(t, srv.URL, docferry.HTTP{Retry: soon})
	storageAlone(s)
	s.ends(background, upload.Bytes("a.bin", noise(2<<20)),
		at(upload.StageSend, unknown, docferry.ErrForbidden, callBegin).leaving(1, one...))
}

// TestETag is F27 and F28.
func TestETag(t *testing.T) {
	const other = `"d41d8cd98f00b204e9800998ecf8427e"`
	set := func(pairs ...string) emulate.Fault {
		return answered(func(h http.Header) {
			for i := 0; i < len(pairs); i += 2 {
				h.Set(pairs[i], pairs[i+1])
			}
		})
	}
	wrong := ending{state: upload.StateRolledBack, stage: upload.StageSend, is: upload.ErrIntegrity,
		calls: []string{callBegin, callPut, callPut, callAbort}}
	for name, c := range map[string]struct {
		fault emulate.Fault
		want  ending
	}{
		"its MD5": {set("X-A", "b"), ending{calls: allStages}},
		"weak":    {answered(func(h http.Header) { h.Set("Etag", "W/"+h.Get("Etag")) }), ending{calls: allStages}},
		"upper case": {answered(func(h http.Header) { h.Set("Etag", strings.ToUpper(h.Get("Etag"))) }),
			ending{calls: allStages}},
		"another MD5":     {set("Etag", other), wrong},
		"another, AES256": {set("Etag", other, "X-Amz-Server-Side-Encryption", "AES256"), wrong},
		"another, KMS":    {set("Etag", other, "X-Amz-Server-Side-Encryption", "aws:kms"), ending{calls: allStages}},
		"another, customer": {set("Etag", other, "X-Amz-Server-Side-Encryption-Customer-Algorithm", "AES256"),
			ending{calls: allStages}},
		"of parts": {set("Etag", `"d41d8cd98f00b204e9800998ecf8427e-2"`), ending{calls: allStages}},
		"opaque":   {set("Etag", `"0x8DC"`), ending{calls: allStages}},
		"none": {answered(func(h http.Header) { h.Del("Etag") }), ending{state: upload.StateRolledBack,
			stage: upload.StageSend, is: docferry.ErrProtocol, calls: []string{callBegin, callPut, callAbort}}},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(s *service, desk *emulate.Desk) {
				desk.Next("PutObject", c.fault)
				desk.Next("PutObject", c.fault)
				s.ends(background, file, c.want)
			})
		})
	}
}

// TestStall is F30, F32 and F33: a storage that makes no progress, in any way,
// is given up in bounded time.
func TestStall(t *testing.T) {
	say := func(text string) func(int, *conn) {
		return func(_ int, c *conn) {
			if _, _, err := c.receive(); err == nil {
				_, _ = io.WriteString(c, text)
				time.Sleep(time.Hour)
			}
		}
	}
	trickle := func(_ int, c *conn) {
		if _, _, err := c.receive(); err == nil {
			for _, b := range []byte("HTTP/1.1 200 OK\r\nETag: \"opaque-1\"\r\nContent-Length: 0\r\n\r\n") {
				time.Sleep(20 * time.Second)
				if _, err := c.Write([]byte{b}); err != nil {
					return
				}
			}
		}
	}
	stopsAfter := func(n int64) func(int, *conn) {
		return func(_ int, c *conn) {
			_, _ = io.CopyN(io.Discard, c, n)
			time.Sleep(time.Hour)
		}
	}
	const (
		all  = 4                // attempts
		once = 1                // what was sent completely is not sent again by itself
		late = 15 * time.Minute // for an answer to content
	)
	for name, c := range map[string]struct {
		size     int
		serve    func(n int, c *conn)
		attempts int
		most     time.Duration // for each attempt
		sent     bool
	}{
		"never reads": {100, stopsAfter(0), all, time.Minute, false},
		"never says go on": {2 << 20, func(_ int, c *conn) { _, _, _ = c.head(); time.Sleep(time.Hour) }, all,
			62 * time.Second, true},
		"stops reading":      {2 << 20, stopsAfter(100 << 10), all, 62 * time.Second, true},
		"never answers":      {100, say(""), once, late, true},
		"half a status line": {100, say("HTTP/1.1 2"), once, late, true},
		"half a header":      {100, say("HTTP/1.1 200 OK\r\nETag: "), once, late, true},
		"trickles a header":  {100, trickle, once, late, true},
		"half a body": {100, say("HTTP/1.1 200 OK\r\nETag: \"a\"\r\nContent-Length: 10\r\n\r\nabc"), all, 2 * time.Minute,
			true},
		"10 MiB of header": {100, say("HTTP/1.1 200 OK\r\nX-A: " + strings.Repeat("a", 10<<20) + "\r\n\r\n"), all,
			time.Minute, true},
		"only 1xx": {100, say(strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n", 100_000)), all,
			time.Minute, true},
		"not HTTP": {100, say("220 mail.example ESMTP\r\n"), all, time.Minute, true},
		"two lengths": {100, say("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"), all, time.Minute,
			true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newPeered(t, "http://vault.test", pipes(t, c.serve))
				began := time.Now()
				_, ended := s.ends(background, upload.Bytes("a.bin", noise(c.size)),
					ending{state: upload.StateRolledBack, stage: upload.StageSend, calls: []string{callBegin, callAbort}})
				lost, ok := errors.AsType[*docferry.TransportError](ended)
				if took := time.Since(began); !ok || lost.Sent != c.sent || lost.Attempts != c.attempts ||
					took > time.Duration(c.attempts)*c.most+2*time.Second {
					t.Errorf("after %v: %v", took, ended)
				}
			})
		})
	}
}

// TestSlowButMoving is F31: so slow that no single write ends within the limit
// on one that makes no progress.
func TestSlowButMoving(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept shelf
		s := newPeered(t, "http://vault.test", pipes(t, func(_ int, c *conn) {
			c.Reset(readerFunc(func(p []byte) (int, error) {
				time.Sleep(time.Second)
				return c.Conn.Read(p[:min(len(p), 256)])
			}))
			kept.keep(c)
		}))
		s.content = kept.get
		began := time.Now()
		s.ends(background, upload.Bytes("a.bin", noise(256<<10)), ending{calls: []string{callBegin, callCommit}})
		if took := time.Since(began); took < 1000*time.Second || took > 1100*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

// A caller that gives up is answered at once, wherever the upload is.
func TestCancelled(t *testing.T) {
	for name, serve := range map[string]func(n int, c *conn){
		"while connecting":    func(int, *conn) { time.Sleep(time.Hour) },
		"before the go-ahead": func(_ int, c *conn) { _, _, _ = c.head(); time.Sleep(time.Hour) },
		"in the body":         func(_ int, c *conn) { _, _ = io.CopyN(io.Discard, c, 2<<20); time.Sleep(time.Hour) },
		"before the answer":   func(_ int, c *conn) { _, _, _ = c.receive(); time.Sleep(time.Hour) },
		"between two attempts": func(_ int, c *conn) {
			if _, _, err := c.receive(); err == nil {
				c.answer(503, "", "Retry-After: 30")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newPeered(t, "http://vault.test", pipes(t, serve))
				ctx, cancel := context.WithCancel(background)
				began := time.Now()
				time.AfterFunc(3*time.Second, cancel)
				s.ends(ctx, upload.Bytes("a.bin", noise(3<<20)), ending{state: upload.StateRolledBack, stage: upload.StageSend,
					is: context.Canceled, calls: []string{callBegin, callAbort}})
				if took := time.Since(began); took != 3*time.Second {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}
