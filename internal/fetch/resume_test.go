package fetch

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/exchange"
)

func get(t *testing.T, c Config) (string, *docferry.Download, error) {
	t.Helper()
	c.Service, c.Operation = "test", "Get"
	d, err := Get(t.Context(), c)
	if err != nil {
		return "", nil, err
	}
	defer d.Close()
	text, err := io.ReadAll(d)
	return string(text), d, err
}

// A server that sends one byte for each request is not asked for ever, nor
// without a pause.
func TestResumptionIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const size = 2000
		asked := 0
		began := time.Now()
		text, _, err := get(t, Config{Size: -1, Resumable: true,
			Open: func(_ context.Context, offset int64, _ string) (*http.Response, error) {
				asked++
				o := &open{parts: []part{rest(int(offset), size, "x", errBreak)}}
				if offset == 0 {
					o.parts = []part{{header: tagged, length: size, body: "x", end: errBreak}}
				}
				return o.do(t.Context(), offset, "")
			}})
		if !errors.Is(err, errBreak) || asked > 12 || len(text) != asked {
			t.Errorf("%d bytes, %v, asked %d times", len(text), err, asked)
		}
		if time.Since(began) == 0 {
			t.Error("it never waited")
		}
	})
}

// Weak validators cannot be asked for, but a change of one shows other content.
func TestResumptionEndsWithAnyChange(t *testing.T) {
	for name, tt := range map[string]struct {
		first, second map[string]string
		ok            bool
	}{
		"nothing":           {map[string]string{}, map[string]string{}, true},
		"weak tag":          {map[string]string{"ETag": `W/"1"`}, map[string]string{"ETag": `W/"2"`}, false},
		"weak tag stays":    {map[string]string{"ETag": `W/"1"`}, map[string]string{"ETag": `W/"1"`}, true},
		"weak tag left out": {map[string]string{"ETag": `W/"1"`}, map[string]string{}, true},
		"date": {map[string]string{"Last-Modified": "Mon"}, map[string]string{"Last-Modified": "Tue"},
			false},
		"date, the tag stays": {map[string]string{"ETag": `"1"`, "Last-Modified": "Mon"},
			map[string]string{"ETag": `"1"`, "Last-Modified": "Tue"}, false},
		"strong tag":            {map[string]string{"ETag": `"1"`}, map[string]string{"ETag": `"2"`}, false},
		"strong tag left out":   {map[string]string{"ETag": `"1"`}, map[string]string{}, false},
		"strong tag turns weak": {map[string]string{"ETag": `"1"`}, map[string]string{"ETag": `W/"1"`}, false},
	} {
		second := rest(4, 10, "456789", nil)
		second.header = map[string]string{"Content-Range": "bytes 4-9/10"}
		maps.Copy(second.header, tt.second)
		o := &open{parts: []part{{header: tt.first, length: 10, body: "0123", end: errBreak}, second}}
		text, _, err := get(t, Config{Size: -1, Resumable: true, Immutable: true, Policy: atOnce, Open: o.do})
		if (err == nil) != tt.ok || tt.ok && text != "0123456789" || !tt.ok && !errors.Is(err, docferry.ErrProtocol) {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
}

// An answer that tells no length is measured against what the service has on
// record; if that cannot be learned, the caller sees that.
func TestLengthIsLearned(t *testing.T) {
	for name, tt := range map[string]struct {
		size int64
		err  error
		want error
		said int64
	}{
		"the same":     {10, nil, nil, 10},
		"cut off":      {12, nil, io.ErrUnexpectedEOF, 12},
		"longer":       {8, nil, docferry.ErrProtocol, 8},
		"not recorded": {-1, nil, nil, -1},
		"not allowed":  {0, errors.New("refused"), nil, -1},
	} {
		o := &open{parts: []part{{header: tagged, length: -1, body: "0123456789"}, {refuse: io.ErrUnexpectedEOF}}}
		_, d, err := get(t, Config{Size: -1, Open: o.do, Policy: atOnce,
			Learn: func(context.Context) (int64, error) { return tt.size, tt.err }})
		if !errors.Is(err, tt.want) || d.Size != tt.said {
			t.Errorf("%s: size %d, %v", name, d.Size, err)
		}
	}
	// Nothing is asked if the answer tells it, or the place of a part does.
	for _, p := range []part{{header: tagged, body: "0123"},
		{status: 206, length: -1, body: "2345", header: map[string]string{"Content-Range": "bytes 2-5/10"}}} {
		o := &open{parts: []part{p}}
		_, d, err := get(t, Config{Size: -1, Open: o.do, Learn: func(context.Context) (int64, error) {
			t.Error("asked")
			return -1, nil
		}})
		if err != nil || d.Size != 4 {
			t.Errorf("%+v, %v", d, err)
		}
	}
	o := &open{parts: []part{{status: 206, length: -1, body: "23",
		header: map[string]string{"Content-Range": "bytes 2-5/10"}}}}
	if text, _, err := get(t, Config{Size: -1, Open: o.do}); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a part that was cut off: %q, %v", text, err)
	}
}

// expiring is a storage whose URLs run out.
type expiring struct {
	good    string // the signature of the URL that works
	content string
	cut     int // bytes after which the first answer breaks off; 0 is never
	gets    []string
}

func (e *expiring) RoundTrip(r *http.Request) (*http.Response, error) {
	e.gets = append(e.gets, r.URL.RawQuery+" "+r.Header.Get("Range"))
	answer := func(status int, body io.Reader, length int, header ...string) (*http.Response, error) {
		h := http.Header{}
		for i := 0; i+1 < len(header); i += 2 {
			h.Set(header[i], header[i+1])
		}
		return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(body), ContentLength: int64(length)}, nil
	}
	if r.URL.RawQuery != e.good {
		return answer(403, strings.NewReader("<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"), -1)
	}
	var from int
	if _, err := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from); err == nil && from > 0 {
		part := e.content[from:]
		return answer(206, strings.NewReader(part), len(part), "ETag", `"1"`,
			"Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(e.content)-1, len(e.content)))
	}
	if e.cut > 0 {
		e.good = "second" // the first URL runs out on the way
		return answer(200, io.MultiReader(strings.NewReader(e.content[:e.cut]), ender{errBreak}), len(e.content),
			"ETag", `"1"`)
	}
	return answer(200, strings.NewReader(e.content), len(e.content), "ETag", `"1"`)
}

// A URL that has expired, at the start or on the way, is asked for again.
func TestExpiredURLIsAskedForAgain(t *testing.T) {
	for name, tt := range map[string]struct {
		storage expiring
		fresh   string
		asked   int
		ok      bool
	}{
		"valid":             {expiring{good: "first", content: "0123456789"}, "", 0, true},
		"at the start":      {expiring{good: "second", content: "0123456789"}, "second", 1, true},
		"on the way":        {expiring{good: "first", content: "0123456789", cut: 4}, "second", 1, true},
		"the next one, too": {expiring{good: "never", content: "0123456789"}, "second", 1, false},
	} {
		asked := 0
		storage := newStorage(&tt.storage)
		d, err := Presigned(t.Context(), storage, "https://bucket.example.com/k?first",
			func(context.Context) (docferry.Secret, error) {
				asked++
				return docferry.Secret("https://bucket.example.com/k?" + tt.fresh), nil
			}, 10)
		var text []byte
		if err == nil {
			text, err = io.ReadAll(d)
			_ = d.Close()
		}
		if (err == nil) != tt.ok || tt.ok && string(text) != tt.storage.content || asked != tt.asked {
			t.Errorf("%s: %q, %v, asked %d times (%q)", name, text, err, asked, tt.storage.gets)
		}
	}
}

// The page of a portal is not the content, unless a storage says that it is.
func TestPortalPages(t *testing.T) {
	const page = "\ufeff\n<!DOCTYPE html><html>Sign in</html>"
	for name, tt := range map[string]struct {
		header http.Header
		length int64
		size   int64
		ok     bool
	}{
		"a portal":            {http.Header{}, -1, -1, false},
		"of another length":   {http.Header{}, -1, 500, false},
		"a stored page":       {http.Header{"Etag": {`"1"`}}, -1, -1, true},
		"of the right length": {http.Header{}, int64(len(page)), int64(len(page)), true},
	} {
		storage := newStorage(roundTrip(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Header: tt.header, Body: io.NopCloser(strings.NewReader(page)),
				ContentLength: tt.length}, nil
		}))
		d, err := Presigned(t.Context(), storage, "https://bucket.example.com/k?x", nil, tt.size)
		if (err == nil) != tt.ok || !tt.ok && !errors.Is(err, docferry.ErrProtocol) {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			if text, err := io.ReadAll(d); err != nil || string(text) != page {
				t.Errorf("%s: %q, %v", name, text, err)
			}
			_ = d.Close()
		}
	}
}

// Content that is compressed although the request did not ask for it is decoded, or
// refused where it cannot be; a part of it does not pass for the whole.
func TestCompressedContent(t *testing.T) {
	packed := gzipped("the content")
	for name, tt := range map[string]struct {
		coding string
		body   string
		size   int64
		ok     bool
	}{
		"gzip":               {"gzip", packed, -1, true},
		"x-gzip":             {"X-GZIP", packed, -1, true},
		"of a recorded size": {"gzip", packed, 11, true},
		"of another size":    {"gzip", packed, 12, false},
		"cut off":            {"gzip", packed[:len(packed)-6], -1, false},
		"identity":           {"identity", "the content", -1, true},
		"brotli":             {"br", "?", -1, false},
		"twice":              {"gzip, gzip", packed, -1, false},
		"not gzip at all":    {"gzip", "the content", -1, false},
	} {
		storage := newStorage(roundTrip(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Header: http.Header{"Etag": {`"1"`}, "Content-Encoding": {tt.coding}},
				Body: io.NopCloser(strings.NewReader(tt.body)), ContentLength: int64(len(tt.body))}, nil
		}))
		var text []byte
		d, err := Presigned(t.Context(), storage, "https://bucket.example.com/k?x", nil, tt.size)
		if err == nil {
			text, err = io.ReadAll(d)
			_ = d.Close()
		}
		if (err == nil) != tt.ok || tt.ok && string(text) != "the content" {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func newStorage(rt http.RoundTripper) *exchange.Peer {
	return must(exchange.NewStorage("test", docferry.HTTP{Transport: rt, Retry: docferry.Retry(atOnce)}))
}

func gzipped(text string) string {
	var b strings.Builder
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return b.String()
}
