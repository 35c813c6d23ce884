package transfer

import (
	"bytes"
	"errors"
	"io"
	"path"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vbauerster/mpb/v8" //nolint:depguard // of this module

	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/upload/tree"
)

// output is a buffer that is safe for concurrent use.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// On a terminal, there are the totals and a line for each upload, and failures stay.
func TestLive(t *testing.T) {
	var out output
	refresh := make(chan any)
	meter := upload.NewMeter()
	l := newLive(&out, meter, mpb.WithManualRefresh(refresh), mpb.WithWidth(80))
	meter.Expect(4, 4000)
	for _, name := range []string{"deep/half\x1b.txt", "other.txt", "brief.txt"} {
		l.patience = 0
		if name == "brief.txt" {
			l.patience = time.Hour
		}
		src := meter.Source(l.begin(name, nil, upload.Bytes(path.Base(name), make([]byte, 1000))))
		content, err := src.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer content.Close()
		if _, err := io.ReadFull(content, make([]byte, 500)); err != nil {
			t.Fatal(err)
		}
	}
	refresh <- nil
	meter.Fail(0)
	failure := &tree.Error{Path: "other.txt", Err: errors.New("no\x1b")}
	l.end(tree.Outcome{Path: "other.txt", Err: failure}, true)
	l.end(tree.Outcome{Path: "third.txt", Err: errors.New("canceled")}, false)
	l.say("A sentence.")
	refresh <- nil
	l.end(tree.Outcome{Path: "brief.txt", Action: tree.ActionCreate, Size: 1000}, true)
	l.end(tree.Outcome{Path: "deep/half\x1b.txt", Action: tree.ActionCreate, Size: 1000}, true)
	s := &summary{}
	s.fail(failure)
	l.close(s)
	got := out.String()
	for _, want := range []string{
		"0 of 4 files, 0 B of 4.0 kB, ", "\nhalf\ufffd.txt ", "\nother.txt ", "=>-", "1.0 kB", ", 1 failed",
		"failed: copy \"other.txt\": no\\x1b\n", "A sentence.\n", "1 failed, 0 not begun\n",
		"Not stored, or not for certain:\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%q", want, got)
		}
	}
	for _, unwanted := range []string{"canceled", "brief"} {
		if strings.Contains(got, unwanted) {
			t.Errorf("it tells of %q:\n%q", unwanted, got)
		}
	}
}

func TestSummaryIsBounded(t *testing.T) {
	s := &summary{}
	for range 250 {
		s.skip("a", errors.New("no"))
	}
	var out bytes.Buffer
	s.print(&out)
	n := strings.Count(out.String(), `copy "a": no`)
	if n != listed || !strings.HasSuffix(out.String(), "  and 150 more\n") {
		t.Errorf("%d failures in\n%s", n, &out)
	}
}
