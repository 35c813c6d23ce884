package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/docferry/docferry/examples/internal/program"
	"github.com/docferry/docferry/upload"
)

const (
	barWidth  = 6
	nameWidth = 8 // of the file's name; with the time at its end, a line has at most 60 columns
	redraw    = 50 * time.Millisecond
)

// bar shows how far one upload has come: on a terminal as a line that is
// drawn over itself, elsewhere as one line at the end.
type bar struct {
	out     io.Writer
	live    bool
	service string
	src     upload.Source

	mu    sync.Mutex // report is called by the transport
	start time.Time
	drawn time.Time
	over  bool
}

func newBar(out io.Writer, service string, src upload.Source) *bar {
	return &bar{out: out, live: isTerminal(out), service: service, src: src, start: time.Now()}
}

// isTerminal asks for a character device. That is true of the null device
// too, where the output is not a terminal.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// watch returns the source with its progress shown by the bar.
func (b *bar) watch() upload.Source { return upload.WithProgress(b.src, b.report) }

func (b *bar) report(p upload.Progress) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.live || b.over || time.Since(b.drawn) < redraw {
		return
	}
	b.draw(p.Sent)
}

// done ends the bar. An upload that failed leaves its line as it is: the
// reason is printed by the caller.
func (b *bar) done(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.over = true
	took := time.Since(b.start).Round(10 * time.Millisecond)
	switch {
	case err == nil && b.live:
		b.draw(b.src.Size)
		fmt.Fprintf(b.out, "  %v\n", took)
	case err == nil:
		fmt.Fprintf(b.out, "%s: %s: %s sent in %v\n", b.service, b.src.Name, program.Size(b.src.Size), took)
	case !b.drawn.IsZero():
		fmt.Fprintln(b.out)
	}
}

// draw writes over the line. All that it writes has one width, so that
// nothing of an earlier drawing remains.
func (b *bar) draw(sent int64) {
	b.drawn = time.Now()
	part := 1.0 // an empty file is sent as soon as it is opened
	if b.src.Size > 0 {
		part = float64(sent) / float64(b.src.Size)
	}
	full := int(part * barWidth)
	name := program.Pad(program.Cut(b.src.Name, nameWidth), nameWidth)
	fmt.Fprintf(b.out, "\r%-18s %s [%s%s] %3.0f%% %8s", b.service, name,
		strings.Repeat("#", full), strings.Repeat(".", barWidth-full), part*100, program.Size(b.src.Size))
}
