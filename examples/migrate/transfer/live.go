package transfer

import (
	"fmt"
	"io"
	"io/fs"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"       //nolint:depguard // of this module
	"github.com/vbauerster/mpb/v8/decor" //nolint:depguard // of this module

	"github.com/docferry/docferry/examples/internal/program"
	"github.com/docferry/docferry/examples/internal/site"
	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/upload/tree"
)

// nameWidth is the width of a file's name before its bar.
const nameWidth = 30

// live shows the totals, and below them a bar for each upload that takes a while.
type live struct {
	out      io.Writer
	meter    *upload.Meter
	bars     *mpb.Progress
	total    *mpb.Bar
	patience time.Duration // with an upload, before it gets a bar

	mu    sync.Mutex // guards what follows
	files map[string]*file
}

// file is an upload in progress.
type file struct {
	name  string
	size  int64
	begun time.Time
	bar   *mpb.Bar // nil if there is none yet
}

func newLive(out io.Writer, meter *upload.Meter, options ...mpb.ContainerOption) *live {
	l := &live{out: out, meter: meter, patience: 200 * time.Millisecond, files: make(map[string]*file)}
	l.bars = mpb.New(append(options, mpb.WithOutput(out))...)
	l.total = l.bars.New(0, builder(l.fill), mpb.BarPriority(-1), mpb.BarFillerTrim())
	return l
}

// builder is the filler that it builds.
type builder mpb.BarFillerFunc

// Build implements [mpb.BarFillerBuilder].
func (b builder) Build() mpb.BarFiller { return mpb.BarFillerFunc(b) }

// fill writes the totals.
func (l *live) fill(w io.Writer, s decor.Statistics) error {
	t := l.meter.Totals()
	text := fmt.Sprintf("%d of %d files, %s of %s, %s/s", t.Stored+t.Skipped, t.Files, program.Size(t.StoredBytes),
		program.Size(t.Bytes), program.Size(int64(t.Rate)))
	if t.Left > 0 {
		text += fmt.Sprintf(", %v left", t.Left.Round(time.Second))
	}
	if t.Failed > 0 {
		text += fmt.Sprintf(", %d failed", t.Failed)
	}
	_, err := io.WriteString(w, program.Cut(text, s.AvailableWidth))
	return err
}

func (l *live) begin(path string, _ fs.FileInfo, src upload.Source) upload.Source {
	l.mu.Lock()
	defer l.mu.Unlock()
	f := &file{name: site.Printable(src.Name), size: src.Size, begun: time.Now()}
	l.files[path] = f
	return upload.WithProgress(src, func(p upload.Progress) { l.progress(path, f, p.Sent) })
}

// progress shows how far an upload is.
func (l *live) progress(path string, f *file, sent int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.files[path] != f { // the upload is over, but its connection is not
		return
	}
	if f.bar == nil && time.Since(f.begun) >= l.patience {
		name := program.Pad(program.Cut(f.name, nameWidth), nameWidth)
		f.bar = l.bars.AddBar(f.size, mpb.PrependDecorators(decor.Name(name+" ")),
			mpb.AppendDecorators(decor.Name(" "+program.Size(f.size))))
	}
	if f.bar != nil {
		// A bar that is full would be over, but the service has yet to confirm the file.
		f.bar.SetCurrent(max(0, min(sent, f.size-1)))
	}
}

func (l *live) end(o tree.Outcome, begun bool) {
	l.mu.Lock()
	if f := l.files[o.Path]; f != nil && f.bar != nil {
		f.bar.Abort(true)
	}
	delete(l.files, o.Path)
	l.mu.Unlock()
	if o.Err != nil && begun {
		fmt.Fprintln(l.bars, "failed:", o.Err)
	}
}

func (l *live) say(sentence string) { fmt.Fprintln(l.bars, sentence) }

func (l *live) close(s *summary) {
	l.total.Abort(true)
	l.bars.Wait()
	s.print(l.out)
}
