package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/retry"
	"github.com/google/go-cmp/cmp"
)

// part is one answer of a service: what it says and what then comes.
type part struct {
	status int // 200 if 0
	header map[string]string
	length int64 // announced; -1 unknown; 0 what comes
	body   string
	end    error // after body; nil means io.EOF
	refuse error // of Open
}

// open gives the parts one after the other, and records what was asked for.
type open struct {
	parts  []part
	asked  []string
	bodies []*body
}

type body struct {
	io.Reader
	closes int
}

func (b *body) Close() error { b.closes++; return nil }

func (o *open) do(_ context.Context, offset int64, validator string) (*http.Response, error) {
	o.asked = append(o.asked, fmt.Sprintf("%d %s", offset, validator))
	if len(o.parts) == 0 {
		return nil, errors.New("asked too often")
	}
	p := o.parts[0]
	o.parts = o.parts[1:]
	if p.refuse != nil {
		return nil, p.refuse
	}
	b := &body{Reader: io.MultiReader(strings.NewReader(p.body), ender{p.end})}
	o.bodies = append(o.bodies, b)
	resp := &http.Response{StatusCode: max(p.status, 200), Header: http.Header{}, Body: b, ContentLength: p.length}
	if p.length == 0 {
		resp.ContentLength = int64(len(p.body))
	}
	for name, value := range p.header {
		resp.Header.Set(name, value)
	}
	return resp, nil
}

type ender struct{ err error }

func (e ender) Read([]byte) (int, error) {
	if e.err == nil {
		return 0, io.EOF
	}
	return 0, e.err
}

// atOnce waits as little as possible.
var atOnce = retry.Policy{MinWait: 1, MaxWait: 1}

var (
	errBreak = errors.New("connection reset")
	tagged   = map[string]string{"ETag": `"v1"`, "Content-Type": "text/x"}
)

// rest is the answer to a request for what follows an offset.
func rest(from, size int, text string, end error) part {
	return part{status: 206, body: text, end: end, length: int64(size - from),
		header: map[string]string{"ETag": `"v1"`, "Content-Range": fmt.Sprintf("bytes %d-%d/%d", from, size-1, size)}}
}

// broken is a first answer that ends after text.
func broken(text string) part { return part{header: tagged, length: 10, body: text, end: errBreak} }

type outcome struct {
	Text  string
	Asked []string
	Err   string // "" for io.EOF
}

const changed = "test Get: the service sent different content when the download was resumed (status 200, 2 attempts)"

func TestDownload(t *testing.T) {
	const all = "0123456789"
	plain := map[string]string{"Content-Type": "text/x"}
	for name, tt := range map[string]struct {
		parts     []part
		size      int64
		immutable bool
		want      outcome
	}{
		"whole":              {[]part{{header: tagged, body: all}}, -1, false, outcome{all, []string{"0 "}, ""}},
		"empty":              {[]part{{header: tagged}}, -1, false, outcome{"", []string{"0 "}, ""}},
		"of a known size":    {[]part{{header: tagged, body: all}}, 10, false, outcome{all, []string{"0 "}, ""}},
		"of no known length": {[]part{{header: tagged, body: all, length: -1}}, -1, false, outcome{all, []string{"0 "}, ""}},
		"one break": {[]part{broken("0123"), rest(4, 10, "456789", nil)}, -1, false,
			outcome{all, []string{"0 ", `4 "v1"`}, ""}},
		"end instead of a break": {[]part{{header: tagged, length: 10, body: "0123"}, rest(4, 10, "456789", nil)}, -1, false,
			outcome{all, []string{"0 ", `4 "v1"`}, ""}},
		"short, size from elsewhere": {[]part{{header: tagged, length: -1, body: "0123"}, rest(4, 10, "456789", nil)},
			10, false,
			outcome{all, []string{"0 ", `4 "v1"`}, ""}},
		"many breaks": {[]part{broken("0"), rest(1, 10, "1", errBreak), rest(2, 10, "2", errBreak),
			rest(3, 10, "3", errBreak), rest(4, 10, "4", errBreak),
			rest(5, 10, "56789", nil)}, -1, false, outcome{all,
			[]string{"0 ", `1 "v1"`, `2 "v1"`, `3 "v1"`, `4 "v1"`, `5 "v1"`}, ""}},
		"break before the first byte": {[]part{broken(""), {header: tagged, body: all}}, -1, false,
			outcome{all, []string{"0 ", `0 "v1"`}, ""}},
		"break after the last byte": {[]part{{header: tagged, length: 10, body: all, end: errBreak}}, -1, false,
			outcome{all, []string{"0 "}, ""}},
		"total unknown": {[]part{broken("0123"), {status: 206, length: 6, body: "456789",
			header: map[string]string{"ETag": `"v1"`, "Content-Range": "bytes 4-9/*"}}}, -1, false,
			outcome{all, []string{"0 ", `4 "v1"`}, ""}},
		"immutable, without a tag": {[]part{{header: plain, length: 10, body: "0123", end: errBreak},
			rest(4, 10, "456789", nil)}, -1, true,
			outcome{all, []string{"0 ", "4 "}, ""}},
	} {
		o := &open{parts: tt.parts}
		if diff := cmp.Diff(tt.want, run(t, o, tt.size, tt.immutable, true)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestDownloadFails(t *testing.T) {
	const lost4 = "test Get: no complete answer, and the request may have been carried out: " +
		"the content broke off after 4 bytes: connection reset"
	stuck := func(n int) []part {
		parts := []part{broken("0123")}
		for range n {
			parts = append(parts, rest(4, 10, "", errBreak))
		}
		return parts
	}
	other := func(change map[string]string) []part {
		p := rest(4, 10, "456789", nil)
		maps.Copy(p.header, change)
		return []part{broken("0123"), p}
	}
	both := []string{"0 ", `4 "v1"`}
	for name, tt := range map[string]struct {
		parts     []part
		immutable bool
		resumable bool
		want      outcome
	}{
		"cannot be taken up": {[]part{broken("0123")}, false, false, outcome{"0123", []string{"0 "}, lost4}},
		"no tag": {[]part{{length: 10, body: "0123", end: errBreak}}, false, true,
			outcome{"0123", []string{"0 "}, lost4}},
		"weak tag": {[]part{{header: map[string]string{"ETag": `W/"v1"`}, length: 10, body: "0123",
			end: errBreak}}, false, true, outcome{"0123", []string{"0 "}, lost4}},
		"no length": {[]part{{header: tagged, length: -1, body: "0123", end: errBreak}}, false, true,
			outcome{"0123", []string{"0 "}, lost4}},
		"too long": {[]part{{header: tagged, length: 3, body: "0123"}}, false, true,
			outcome{"", []string{"0 "}, "test Get: the service sent more than the 3 bytes that were announced (status 200)"}},
		"other tag":       {other(map[string]string{"ETag": `"v2"`}), false, true, outcome{"0123", both, changed}},
		"no tag any more": {other(map[string]string{"ETag": ""}), false, true, outcome{"0123", both, changed}},
		"other place": {other(map[string]string{"Content-Range": "bytes 5-9/10"}), false, true,
			outcome{"0123", both, changed}},
		"place with a prefix": {other(map[string]string{"Content-Range": "bytes 45-9/10"}), false, true,
			outcome{"0123", both, changed}},
		"no place": {other(map[string]string{"Content-Range": ""}), false, true, outcome{"0123", both, changed}},
		"other size": {other(map[string]string{"Content-Range": "bytes 4-10/11"}), false, true,
			outcome{"0123", both, changed}},
		"all of it again": {[]part{broken("0123"), {header: tagged, body: "0123456789"}}, false, true,
			outcome{"0123", both, changed}},
		"other, from the start": {[]part{broken(""), {header: map[string]string{"ETag": `"v2"`}, body: "0123456789"}},
			false, true,
			outcome{"", []string{"0 ", `0 "v1"`}, changed}},
		"longer, from the start": {[]part{broken(""), {header: tagged, body: "0123456789a"}}, false, true,
			outcome{"", []string{"0 ", `0 "v1"`}, changed}},
		"refused": {[]part{broken("0123"), {refuse: &docferry.Error{Service: "test", Operation: "Get", StatusCode: 404}}},
			false, true,
			outcome{"0123", both, "test Get: refused (status 404)"}},
		"no progress": {stuck(9), false, true, outcome{"0123", []string{"0 ", `4 "v1"`, `4 "v1"`, `4 "v1"`},
			strings.Replace(lost4, ": the content", " (4 attempts): the content", 1)}},
		"immutable, no ranges": {[]part{{length: 10, body: "0123", end: errBreak}, {length: 10, body: "0123456789"}},
			true, true,
			outcome{"0123", []string{"0 ", "4 "}, lost4}},
		"immutable, total unknown": {[]part{{length: 10, body: "0123", end: errBreak},
			{status: 206, body: "456789", header: map[string]string{"Content-Range": "bytes 4-9/*"}}}, true, true,
			outcome{"0123", []string{"0 ", "4 "}, changed}},
		"immutable, other size": {[]part{{length: 10, body: "0123", end: errBreak}, rest(4, 11, "456789a", nil)}, true, true,
			outcome{"0123", []string{"0 ", "4 "}, changed}},
	} {
		o := &open{parts: tt.parts}
		if diff := cmp.Diff(tt.want, run(t, o, -1, tt.immutable, tt.resumable)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// run reads a download to its end, in steps of each size, and closes it.
func run(t *testing.T, o *open, size int64, immutable, resumable bool) outcome {
	t.Helper()
	parts := o.parts
	var first outcome
	for i, step := range []int{1, 3, 10, 100} {
		*o = open{parts: parts}
		d, err := Get(t.Context(), Config{Service: "test", Operation: "Get", Open: o.do, Size: size, Resumable: resumable,
			Immutable: immutable, Policy: atOnce})
		if err != nil {
			t.Fatal(err)
		}
		var text bytes.Buffer
		_, err = io.CopyBuffer(struct{ io.Writer }{&text}, struct{ io.Reader }{d}, make([]byte, step))
		if _, again := d.Read(make([]byte, 1)); err != nil && again != err || err == nil && again != io.EOF {
			t.Errorf("after %v comes %v", err, again)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		for n, b := range o.bodies {
			if b.closes != 1 {
				t.Errorf("body %d was closed %d times", n, b.closes)
			}
		}
		got := outcome{text.String(), o.asked, ""}
		if err != nil {
			got.Err = err.Error()
		}
		if i > 0 && first.Err == "" && !cmp.Equal(first, got) {
			t.Errorf("read in steps of %d: %s", step, cmp.Diff(first, got))
		}
		first = got
	}
	return first
}

func TestGet(t *testing.T) {
	refused := errors.New("refused")
	for name, tt := range map[string]struct {
		part part
		size int64
		want string
	}{
		"refused": {part{refuse: refused}, -1, "refused"},
		"shorter recorded": {part{body: "0123456789"}, 9,
			"test Get: the service sent 10 bytes, but the service's own record says 9 (status 200)"},
		"longer recorded": {part{body: "0123456789"}, 11,
			"test Get: the service sent 10 bytes, but the service's own record says 11 (status 200)"},
		"none recorded": {part{body: "0123456789"}, 0,
			"test Get: the service sent 10 bytes, but the service's own record says 0 (status 200)"},
	} {
		o := &open{parts: []part{tt.part}}
		d, err := Get(t.Context(), Config{Service: "test", Operation: "Get", Open: o.do, Size: tt.size})
		if d != nil || err == nil || err.Error() != tt.want {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
		for _, b := range o.bodies {
			if b.closes != 1 {
				t.Errorf("%s: the body was closed %d times", name, b.closes)
			}
		}
	}
	header := map[string]string{"Content-Type": "text/x", "Content-Range": "bytes 2-5/10"}
	o := &open{parts: []part{{status: 206, header: header, body: "2345"}}}
	d, err := Get(t.Context(), Config{Open: o.do, Size: -1})
	if err != nil {
		t.Fatal(err)
	}
	got := []string{d.ContentType, d.Range, strconv.FormatInt(d.Size, 10)}
	if diff := cmp.Diff([]string{"text/x", "bytes 2-5/10", "4"}, got); diff != "" {
		t.Error(diff)
	}
	_ = d.Close()
	if _, err := d.Read(make([]byte, 1)); err == nil || err == io.EOF ||
		!strings.Contains(err.Error(), "read after Close") {
		t.Errorf("a read after Close gives %v", err)
	}
}

// Once the caller's context has ended, a break is final.
func TestDownloadWithAnEndedContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	o := &open{parts: []part{broken("0123"), rest(4, 10, "456789", nil)}}
	d, err := Get(ctx, Config{Service: "test", Operation: "Get", Open: o.do, Size: -1, Resumable: true})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	text, err := io.ReadAll(d)
	if lost, ok := errors.AsType[*docferry.TransportError](err); !ok || string(text) != "0123" || len(o.asked) != 1 ||
		!errors.Is(lost, errBreak) {
		t.Errorf("%q, %v, asked %v", text, err, o.asked)
	}
}
