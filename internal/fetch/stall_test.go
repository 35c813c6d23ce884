package fetch

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/exchange"
)

// F115: a download that stands still is resumed, through a transport of the
// caller's own and over either protocol; one that only trickles is left alone.
func TestDownloadThatStandsStill(t *testing.T) {
	const limit = 300 * time.Millisecond
	for name, tt := range map[string]struct {
		over2, stuck bool // stuck: it never moves again
		gap          time.Duration
		requests     int32
		fails        error
	}{
		"HTTP/1":                  {false, false, 0, 2, nil},
		"HTTP/2":                  {true, false, 0, 2, nil},
		"HTTP/2, each time":       {true, true, 0, 4, os.ErrDeadlineExceeded},
		"HTTP/1, only a trickle":  {false, false, limit / 4, 1, nil},
		"HTTP/2, only a trickle ": {true, false, limit / 4, 1, nil},
	} {
		var requests atomic.Int32
		release := make(chan struct{})
		srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			first := requests.Add(1) == 1
			w.Header().Set("Etag", `"1"`)
			if tt.gap == 0 && !first && !tt.stuck {
				w.Header().Set("Content-Range", "bytes 5-9/10")
				w.WriteHeader(http.StatusPartialContent)
				_, _ = io.WriteString(w, "56789")
				return
			}
			if tt.stuck && !first {
				w.Header().Set("Content-Range", "bytes 5-9/10")
				w.Header().Set("Content-Length", "5")
				w.WriteHeader(http.StatusPartialContent)
				_ = http.NewResponseController(w).Flush()
				<-release
				return
			}
			w.Header().Set("Content-Length", "10")
			for _, b := range "0123456789" {
				if b == '5' && tt.gap == 0 {
					<-release
				}
				_, _ = w.Write([]byte{byte(b)})
				_ = http.NewResponseController(w).Flush()
				time.Sleep(tt.gap)
			}
		}))
		srv.EnableHTTP2 = tt.over2
		srv.StartTLS()
		storage := must(exchange.NewStorage("test", docferry.HTTP{Transport: srv.Client().Transport, AllowPrivate: true,
			StallTimeout: limit, Retry: docferry.Retry(atOnce)}))
		address, err := url.Parse(srv.URL)
		if err != nil {
			t.Fatal(err)
		}
		d, err := Presigned(t.Context(), storage, docferry.Secret(address.String()+"/k"), nil, 10)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(d)
		if !errors.Is(err, tt.fails) || tt.fails == nil && string(text) != "0123456789" || requests.Load() != tt.requests {
			t.Errorf("%s: %q after %d requests, %v", name, text, requests.Load(), err)
		}
		_ = d.Close()
		close(release)
		srv.Close()
	}
}
