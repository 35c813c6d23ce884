package transfer

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/upload/tree"
)

// Copy copies all that is in a place into another one, and prints what it does. It
// returns an error unless everything is stored.
//
// When ctx ends, nothing new is begun, and the uploads in progress are finished.
func (o *Options) Copy(ctx context.Context, from, to *Place, stdout, stderr io.Writer) (err error) {
	if from.name == to.name {
		return errors.New("a folder cannot be copied into itself")
	}
	j, err := o.openJournal(from.name+" to "+to.name, stderr)
	if err != nil {
		return err
	}
	if j != nil {
		defer func() {
			if closing := j.Close(); err == nil {
				err = closing
			}
		}()
	}
	meter := upload.NewMeter()
	sum := &summary{dryRun: o.dryRun, resume: o.resume || o.journal == ""}
	out := o.screen(stdout, stderr, meter)
	told := make(chan struct{})
	untell := context.AfterFunc(ctx, func() {
		defer close(told)
		out.say("What is in progress is finished, and nothing new is begun. Interrupt again to stop at once.")
	})
	working := context.WithoutCancel(ctx)
	for outcome := range tree.Copy(working, to.to, from.files(working, sum.skip), tree.Options{
		Workers: o.workers, Journal: j, DryRun: o.dryRun, Compare: o.compare, Meter: meter,
		Include: o.include(to, sum), Source: out.begin, Stop: ctx.Done(),
	}) {
		out.end(outcome, sum.add(outcome))
	}
	if !untell() {
		<-told
	}
	sum.totals = meter.Totals()
	out.close(sum)
	return sum.err()
}

// include returns what decides that a file or folder is copied. The journal is not, since
// it changes meanwhile; nor is the folder that the copy leads to, which would be copied into
// itself without an end.
func (o *Options) include(to *Place, sum *summary) func(path string, d fs.DirEntry) bool {
	return func(path string, d fs.DirEntry) bool {
		if o.journal != "" && (same(d, o.journal) || same(d, o.journal+".lock")) {
			return false
		}
		if !d.IsDir() {
			return true
		}
		info, err := d.Info()
		if err == nil && to.is(info) {
			sum.skip(path, errors.New("it is the folder that the copy leads to"))
			return false
		}
		return true
	}
}

// same reports whether an entry is the file of a name.
func same(d fs.DirEntry, name string) bool {
	if d.Name() != filepath.Base(name) {
		return false
	}
	one, err := d.Info()
	if err != nil {
		return false
	}
	two, err := os.Lstat(name)
	return err == nil && os.SameFile(one, two)
}
