package upload_test

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
)

// overHTTP2 returns a service whose one URL leads to a server of HTTP/2.
func overHTTP2(t *testing.T, serve http.HandlerFunc) *service {
	t.Helper()
	srv := httptest.NewUnstartedServer(serve)
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.EnableHTTP2 = true
	srv.StartTLS()
	t.Cleanup(srv.Close)
	return newPeered(t, srv.URL, docferry.HTTP{Transport: srv.Client().Transport, Retry: soon})
}

func TestHTTP2(t *testing.T) {
	for _, size := range []int{0, 1, 100_000, 2 << 20} {
		var kept shelf
		s := overHTTP2(t, func(w http.ResponseWriter, r *http.Request) {
			content, err := io.ReadAll(r.Body)
			if err != nil || r.ProtoMajor != 2 || r.ContentLength != int64(size) {
				t.Errorf("%s of %d bytes, %v", r.Proto, r.ContentLength, err)
			}
			kept.put([]string{"PUT " + r.URL.RequestURI() + " "}, content)
			w.Header().Set("Etag", `"opaque-1"`)
		})
		s.content = kept.get
		s.ends(background, upload.Bytes("a.bin", noise(size)), ending{calls: []string{callBegin, callCommit}})
	}
}

// TestHTTP2Faults is F14, F18, F20 and F95 for PUTs.
func TestHTTP2Faults(t *testing.T) {
	content := noise(8 << 20)
	for name, c := range map[string]struct {
		fault http.HandlerFunc
		want  ending
		puts  int32
	}{
		"refused early": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, denied)
		}, at(upload.StageSend, rolledBack, docferry.ErrForbidden, callBegin, callAbort), 1},
		"busy early": {func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.CopyN(io.Discard, r.Body, 16<<10)
			w.WriteHeader(http.StatusServiceUnavailable)
		}, ending{calls: []string{callBegin, callCommit}}, 2},
		"reset": {func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.CopyN(io.Discard, r.Body, 1<<20)
			panic(http.ErrAbortHandler)
		}, ending{calls: []string{callBegin, callCommit}}, 2},
		"redirected": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		}, at(upload.StageSend, rolledBack, docferry.ErrProtocol, callBegin, callAbort), 1},
	} {
		t.Run(name, func(t *testing.T) {
			var kept shelf
			var puts atomic.Int32
			s := overHTTP2(t, func(w http.ResponseWriter, r *http.Request) {
				if puts.Add(1) == 1 {
					c.fault(w, r)
					return
				}
				body, err := io.ReadAll(r.Body)
				if err != nil {
					return
				}
				kept.put([]string{"PUT " + r.URL.RequestURI() + " "}, body)
				w.Header().Set("Etag", `"opaque-1"`)
			})
			s.content = kept.get
			s.ends(background, upload.Bytes("a.bin", content), c.want)
			if puts.Load() != c.puts {
				t.Errorf("%d PUTs, want %d", puts.Load(), c.puts)
			}
		})
	}
}
