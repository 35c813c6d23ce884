package upload_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
	"github.com/google/go-cmp/cmp"
)

// asks reports whether a request asks for consent before its body is sent.
func asks(lines []string) bool { return slices.Contains(lines, "Expect: 100-continue") }

// F113: whatever a hop does to a request with Expect, content gets through, and only
// the first of many uploads loses time.
func TestHopThatDoesNotKnowExpect(t *testing.T) {
	const files, size = 5, 2 << 20
	for name, tt := range map[string]struct {
		// hop deals with a request that asks for consent; it reports whether to go
		// on as if it had not.
		hop      func(c *conn) bool
		took     time.Duration // by all uploads together
		asked    int           // requests that asked
		requests int
	}{
		"answers 417": {func(c *conn) bool {
			c.answer(http.StatusExpectationFailed, "", "Connection: close")
			return false
		}, 0, 1, files + 1},
		"drops the connection": {func(*conn) bool { return false }, 0, 1, files + 1},
		"never says 100":       {func(*conn) bool { return true }, time.Second, 1, files},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var kept shelf
				var mu sync.Mutex
				asked, requests := 0, 0
				s := newPeered(t, "http://vault.test", pipes(t, func(_ int, c *conn) {
					for {
						lines, length, err := c.head()
						if err != nil {
							return
						}
						mu.Lock()
						requests++
						if asks(lines) {
							asked++
						}
						mu.Unlock()
						if asks(lines) && !tt.hop(c) {
							return
						}
						body := make([]byte, length)
						if _, err := io.ReadFull(c, body); err != nil {
							return
						}
						kept.put(lines, body)
						c.answer(200, "", `ETag: "opaque-1"`)
					}
				}))
				s.content = kept.get
				began := time.Now()
				for range files {
					s.ends(background, upload.Bytes("a.bin", noise(size)), ending{})
				}
				if took := time.Since(began); took != tt.took || asked != tt.asked || requests != tt.requests {
					t.Errorf("%d requests, %d of them asked, took %v", requests, asked, took)
				}
			})
		})
	}
}

// A caller can do without Expect from the start.
func TestNoExpect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept shelf
		h := pipes(t, func(_ int, c *conn) {
			lines, body, err := c.receive()
			if err != nil || asks(lines) {
				t.Errorf("%q, %v", lines, err)
			}
			kept.put(lines, body)
			c.answer(200, "", `ETag: "opaque-1"`)
		})
		h.NoExpect = true
		s := newPeered(t, "http://vault.test", h)
		s.content = kept.get
		s.ends(background, upload.Bytes("a.bin", noise(2<<20)), ending{})
	})
}

// F114: a service that copies and checks what it got may take its time. What it has
// is not sent again, neither while the limit lasts nor after it.
func TestSlowAnswer(t *testing.T) {
	for name, tt := range map[string]struct {
		after, limit time.Duration
		want         ending
	}{
		"within the usual limit": {5 * time.Minute, 0, ending{begun: 1}},
		"after the usual limit": {16 * time.Minute, 0,
			at(upload.StageSend, unknown, os.ErrDeadlineExceeded).leaving(1, one...)},
		"after the caller's": {time.Minute, 59 * time.Second,
			at(upload.StageSend, unknown, os.ErrDeadlineExceeded).leaving(1, one...)},
		"within the caller's": {time.Hour, 2 * time.Hour, ending{begun: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var kept shelf
				requests := 0
				h := pipes(t, func(_ int, c *conn) {
					requests++
					lines, body, err := c.receive()
					if err != nil {
						t.Error(err)
					}
					kept.put(lines, body)
					time.Sleep(tt.after)
					c.answer(200, "", `ETag: "opaque-1"`)
				})
				h.AnswerTimeout = tt.limit
				s := newPeered(t, "http://vault.test", h)
				storageAlone(s)
				s.content = kept.get
				_, err := s.ends(background, upload.Bytes("a.bin", noise(3<<20)), tt.want)
				if requests != 1 {
					t.Errorf("%d requests", requests)
				}
				if err != nil && !strings.Contains(err.Error(), "HTTP.AnswerTimeout") {
					t.Errorf("%v", err)
				}
			})
		})
	}
}

// F115: the built-in limits hold with a transport of the caller's own, and what moves
// is not cut off.
func TestStallWithATransportOfTheCallers(t *testing.T) {
	const limit = 400 * time.Millisecond
	for name, stops := range map[string]bool{"stops": true, "goes on": false} {
		t.Run(name, func(t *testing.T) {
			var kept shelf
			p := listen(t, func(_ int, c *conn) {
				lines, length, err := c.head()
				if err != nil {
					return
				}
				c.goOn(lines)
				body := make([]byte, 0, length)
				for step := int64(256 << 10); int64(len(body)) < length; {
					if stops && len(body) > 1<<20 {
						<-t.Context().Done()
						return
					}
					part := make([]byte, min(step, length-int64(len(body))))
					n, err := io.ReadFull(c, part)
					if body = append(body, part[:n]...); err != nil {
						return
					}
					if !stops {
						time.Sleep(limit / 10)
					}
				}
				kept.put(lines, body)
				c.answer(200, "", `ETag: "opaque-1"`)
			})
			rt := &http.Transport{}
			defer rt.CloseIdleConnections()
			s := newPeered(t, p.URL, docferry.HTTP{Transport: rt, Retry: docferry.Retry{Attempts: 1}, StallTimeout: limit})
			s.content = kept.get
			want := ending{}
			if stops {
				want = at(upload.StageSend, rolledBack, os.ErrDeadlineExceeded)
			}
			_, err := s.ends(background, upload.Bytes("a.bin", noise(24<<20)), want)
			if stops && !strings.Contains(err.Error(), "HTTP.StallTimeout") {
				t.Errorf("%v", err)
			}
		})
	}
}

// F115: over HTTP/2 one body stands still while the connection lives.
func TestStallOverHTTP2(t *testing.T) {
	release := make(chan struct{})
	s := overHTTP2(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = r.Body.Read(make([]byte, 1)) // which lets a window's worth come
		<-release
	})
	t.Cleanup(func() { close(release) })
	s.HTTP.StallTimeout, s.HTTP.Retry = 300*time.Millisecond, docferry.Retry{Attempts: 1}
	_, err := s.ends(background, upload.Bytes("a.bin", noise(8<<20)),
		at(upload.StageSend, rolledBack, os.ErrDeadlineExceeded))
	if !strings.Contains(err.Error(), "HTTP.StallTimeout") {
		t.Errorf("%v", err)
	}
}

// F117: a storage refuses a URL for its age in many words. Each time, another URL is
// asked for.
func TestURLTooOldInManyWords(t *testing.T) {
	for name, refusal := range map[string]struct {
		status int
		body   string
	}{
		"S3":       {403, "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"},
		"S3 token": {400, "<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>"},
		"Azure": {403, "\ufeff<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>AuthenticationFailed</Code><Message>Server failed " +
			"to authenticate the request.\nRequestId:r-1\nTime:2026-01-01</Message><AuthenticationErrorDetail>Signature not valid in the " +
			"specified time frame: Start [a] - Expiry [b] - Current [c]</AuthenticationErrorDetail></Error>"},
		"Google's XML": {400, "<?xml version='1.0' encoding='ISO-8859-1'?><Error><Code>ExpiredToken</Code><Message>Invalid argument.</Message>" +
			"<Details>The provided token has expired. Request signature expired at: 2026-01-01</Details></Error>"},
		"Google's JSON": {401, `{"error":{"code":401,"message":"The signed URL has expired","errors":[{"reason":"authError"}]}}`},
		"Backblaze":     {401, `{"code":"expired_auth_token","message":"Authorization token is too old","status":401}`},
		"plain text":    {410, "The link has expired.\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var kept shelf
			first := true
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				if first {
					first = false
					w.Header().Set("Content-Type", "")
					w.WriteHeader(refusal.status)
					_, _ = io.WriteString(w, refusal.body)
					return
				}
				kept.put([]string{"PUT " + r.URL.RequestURI() + " "}, body)
				w.Header().Set("Etag", `"opaque-1"`)
			}))
			defer srv.Close()
			s := newPeered(t, srv.URL, docferry.HTTP{Retry: soon})
			s.content = kept.get
			s.ends(background, file, ending{calls: []string{callBegin, callAbort, callBegin, callCommit}})
		})
	}
}

// What a slot lists is sent, whatever it is: the service handed it out for that
// URL. Nothing is added, and what frames the message is left out.
func TestSlotLists(t *testing.T) {
	var got *http.Request
	var content []byte
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got = r
		content, _ = io.ReadAll(r.Body)
	}))
	defer srv.Close()
	s := newService(t, docferry.HTTP{Retry: soon})
	s.canary.hides("canary-token-0123456789")
	s.Begin = func(context.Context, upload.Source) (*upload.Slot, error) {
		return &upload.Slot{ID: "thing-1", Method: http.MethodPost, URL: docferry.Secret(srv.URL + "/f"),
			Header: map[string]string{
				"authorization": "Bearer canary-token-0123456789", "Cookie": "a=b", "Transfer-Encoding": "chunked",
				"content-type": "text/plain", "Content-Type": "text/plain", "Connection": "close", "Expect": "100-continue",
			}}, nil
	}
	s.Commit, s.Abort, s.Find = nil, nil, nil
	s.Accept = func(status int, _ http.Header, _ []byte) error {
		if status != http.StatusOK {
			return errors.New("not stored")
		}
		return nil
	}
	if _, err := s.Upload(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	header := got.Header.Clone()
	header.Del("User-Agent")
	header.Del("Accept-Encoding")
	want := http.Header{"Authorization": {"Bearer canary-token-0123456789"}, "Cookie": {"a=b"},
		"Content-Type":   {"text/plain"},
		"Content-Length": {"12"}}
	if diff := cmp.Diff(want, header); diff != "" || got.Method != http.MethodPost || string(content) != "some content" ||
		len(got.TransferEncoding) > 0 || got.Close {
		t.Errorf("%s %q, %v (-want +got):\n%s", got.Method, content, got.TransferEncoding, diff)
	}
	s.Begin = func(context.Context, upload.Source) (*upload.Slot, error) {
		return &upload.Slot{ID: "thing-1", Method: "DELETE", URL: docferry.Secret(srv.URL + "/f")}, nil
	}
	got = nil
	if _, err := s.Upload(t.Context(), file); err == nil || got != nil ||
		!strings.Contains(err.Error(), "must be PUT or POST") {
		t.Errorf("DELETE: %v", err)
	}
}

// A service that nobody here knows refuses in its own form, which a hook reads.
func TestRefusalHook(t *testing.T) {
	read := func(_ int, _ http.Header, body []byte) *docferry.Error {
		var said struct{ Problem, Why string }
		if !json.Valid(body) || json.Unmarshal(body, &said) != nil {
			return nil //nolint:nilerr // the usual reading is good enough
		}
		e := &docferry.Error{Code: said.Problem, Message: said.Why}
		if said.Problem == "BUSY" {
			e.Kind = docferry.ErrThrottled
		}
		return e
	}
	answers := []string{`{"Problem":"BUSY","Why":"come again"}`,
		`{"Problem":"FULL","Why":"no room for\ncanary-signature-0123456789"}`}
	for name, up := range map[string]func(address string) upload.Uploader{
		"form": func(address string) upload.Uploader {
			return &upload.Multipart{URL: docferry.Secret(address), Refusal: read, HTTP: docferry.HTTP{Retry: soon}}
		},
		"slot": func(address string) upload.Uploader {
			return &upload.Presigned{Refusal: read, HTTP: docferry.HTTP{Retry: soon, AllowPrivate: true},
				Begin: func(context.Context, upload.Source) (*upload.Slot, error) {
					return &upload.Slot{URL: docferry.Secret(address)}, nil
				}}
		},
	} {
		n := 0
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.WriteHeader(http.StatusTeapot)
			_, _ = io.WriteString(w, answers[min(n, 1)])
			n++
		}))
		_, err := up(srv.URL+"/?sig=canary-signature-0123456789").Upload(t.Context(), file)
		srv.Close()
		refused, ok := errors.AsType[*docferry.Error](err)
		if !ok || refused.Code != "FULL" || refused.Attempts != 2 || n != 2 || refused.Message != "no room for [redacted]" ||
			docferry.OutcomeUnknown(err) {
			t.Errorf("%s: %v after %d requests", name, err, n)
		}
	}
}

// A source that grows while it is read is never said to be sent beyond its size.
func TestProgressOfASourceThatGrows(t *testing.T) {
	src := upload.From("a.txt", 10, func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(strings.Repeat("x", 1000))), nil
	})
	most := int64(0)
	src = upload.WithProgress(src, func(p upload.Progress) { most = max(most, p.Sent) })
	rc, err := src.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(rc); err != nil || most != 10 {
		t.Errorf("%d bytes of 10, %v", most, err)
	}
}
