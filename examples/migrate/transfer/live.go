package transfer

import (
	"fmt"
	"io"
	"io/fs"
	"path"
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

// live shows the totals, and below them a bar for each upload in progress.
type live struct {
	out   io.Writer
	meter *upload.Meter
	bars  *mpb.Progress
	total *mpb.Bar

	mu    sync.Mutex // guards what follows
	files map[string]*mpb.Bar
}

func newLive(out io.Writer, meter *upload.Meter, options ...mpb.ContainerOption) *live {
	l := &live{out: out, meter: meter, files: make(map[string]*mpb.Bar)}
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

func (l *live) begin(file string, _ fs.FileInfo, src upload.Source) upload.Source {
	name := program.Pad(program.Cut(site.Printable(path.Base(file)), nameWidth), nameWidth)
	bar := l.bars.AddBar(src.Size, mpb.BarRemoveOnComplete(), mpb.PrependDecorators(decor.Name(name+" ")),
		mpb.AppendDecorators(decor.Name(" "+program.Size(src.Size))))
	l.mu.Lock()
	defer l.mu.Unlock()
	l.files[file] = bar
	return upload.WithProgress(src, func(p upload.Progress) {
		// A bar that is full would be over, but the service has yet to confirm the file.
		bar.SetCurrent(max(0, min(p.Sent, p.Size-1)))
	})
}

func (l *live) end(o tree.Outcome, begun bool) {
	l.mu.Lock()
	if bar := l.files[o.Path]; bar != nil {
		bar.Abort(true)
		delete(l.files, o.Path)
	}
	l.mu.Unlock()
	if o.Err != nil && begun {
		fmt.Fprintf(l.bars, "failed: %s\n", site.Printable(o.Err.Error()))
	}
}

func (l *live) say(sentence string) { fmt.Fprintln(l.bars, sentence) }

func (l *live) close(s *summary) {
	l.total.Abort(true)
	l.bars.Wait()
	s.print(l.out)
}
