package fetch

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/retry"
)

// A page is recognized behind whatever may precede it. Other markup is content.
func TestPortalPagesInAnyDress(t *testing.T) {
	html := http.Header{"Content-Type": {"text/html; charset=utf-8"}}
	for name, tt := range map[string]struct {
		header http.Header
		body   string
		ok     bool
	}{
		"blank lines":           {nil, strings.Repeat("\r\n", 1000) + "<HTML>", false},
		"a comment":             {nil, "<!-- proxy -->\n<!doctype HTML>", false},
		"an XML declaration":    {nil, "<?xml version='1.0'?><!DOCTYPE html><html/>", false},
		"a script":              {html, "<script>location='/login'</script>", false},
		"a comment alone":       {html, "<!-- sign in", false},
		"compressed":            {http.Header{"Content-Encoding": {"gzip"}}, gzipped("<html>Sign in</html>"), false},
		"an image":              {nil, "<?xml version='1.0'?><svg/>", true},
		"a comment in XML":      {nil, "<!-- a drawing --><svg/>", true},
		"a text of type HTML":   {html, "plain", true},
		"a page that is stored": {http.Header{"X-Amz-Request-Id": {"1"}, "Content-Type": {"text/html"}}, "<html>", true},
	} {
		storage := newStorage(roundTrip(func(*http.Request) (*http.Response, error) {
			header := tt.header.Clone()
			if header == nil {
				header = http.Header{}
			}
			return &http.Response{StatusCode: 200, Header: header, Body: io.NopCloser(strings.NewReader(tt.body)),
				ContentLength: -1}, nil
		}))
		d, err := Presigned(t.Context(), storage, "https://bucket.example.com/k?x", nil, -1)
		if (err == nil) != tt.ok || !tt.ok && !errors.Is(err, docferry.ErrProtocol) {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			if text, err := io.ReadAll(d); err != nil || string(text) != tt.body {
				t.Errorf("%s: %q, %v", name, text, err)
			}
			_ = d.Close()
		}
	}
}

// A context that ends while a download waits to resume ends it at once, and is
// named as the cause.
func TestContextEndsTheWaitToResume(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		o := &open{parts: []part{broken("0123")}}
		d, err := Get(ctx, Config{Service: "test", Operation: "Get", Size: -1, Resumable: true, Open: o.do,
			Policy: retry.Policy{MinWait: time.Hour, MaxWait: time.Hour}})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		began := time.Now()
		text, err := io.ReadAll(d)
		if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, errBreak) || string(text) != "0123" {
			t.Errorf("%q, %v", text, err)
		}
		if waited := time.Since(began); waited != time.Second || len(o.asked) != 1 {
			t.Errorf("waited %v, asked %q", waited, o.asked)
		}
	})
}
