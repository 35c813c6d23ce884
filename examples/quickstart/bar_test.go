package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/docferry/docferry/examples/internal/program"
	"github.com/docferry/docferry/upload"
)

func TestBar(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		b := newBar(&out, "connectparticipant", upload.Bytes("月次"+strings.Repeat("報告", 50)+".txt",
			make([]byte, 1000)))
		b.live = true
		for sent := range int64(1001) { // 1 ms each, so it draws every 50
			b.report(upload.Progress{Sent: sent})
			time.Sleep(time.Millisecond)
		}
		b.report(upload.Progress{Sent: 0, Attempt: 2}) // starts again
		b.done(nil)
		b.report(upload.Progress{Sent: 500}) // too late
		drawings := strings.Split(out.String(), "\r")[1:]
		if n := len(drawings); n < 21 || n > 23 {
			t.Errorf("drawn %d times in a second", n)
		}
		for i, drawing := range drawings {
			width := program.Width(strings.TrimRight(strings.TrimSuffix(drawing, "  1s\n"), "\n"))
			if width != program.Width(drawings[0]) || width > 52 {
				t.Errorf("drawing %d is %d wide: %q", i, width, drawing)
			}
		}
		if last := drawings[len(drawings)-1]; !strings.Contains(last, "100%") || !strings.HasSuffix(last, "\n") {
			t.Errorf("it ends with %q", last)
		}
	})
}

func TestBarOfFailure(t *testing.T) {
	var out bytes.Buffer
	b := newBar(&out, "workdocs", upload.Bytes("a.txt", []byte("a")))
	b.done(errors.New("no"))
	if out.Len() > 0 {
		t.Errorf("elsewhere than on a terminal it prints %q", &out)
	}
	b = newBar(&out, "workdocs", upload.Bytes("a.txt", []byte("a")))
	b.live = true
	b.report(upload.Progress{})
	b.done(errors.New("no"))
	if !strings.HasSuffix(out.String(), "\n") || strings.Contains(out.String(), "100%") {
		t.Errorf("on a terminal it prints %q", &out)
	}
}
