package transfer

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"

	"golang.org/x/term" //nolint:depguard // of this module

	"github.com/docferry/docferry/examples/internal/program"
	"github.com/docferry/docferry/examples/internal/site"
	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/upload/tree"
)

// screen shows how a copy goes.
type screen interface {
	// begin is called before a file is uploaded, from several goroutines. It returns the
	// source to upload.
	begin(path string, info fs.FileInfo, src upload.Source) upload.Source
	// end is called for each outcome. Those of what was not begun are many.
	end(o tree.Outcome, begun bool)
	// say shows a sentence.
	say(sentence string)
	close(s *summary)
}

// screen returns the one that suits the output.
func (o *Options) screen(out, stderr io.Writer, meter *upload.Meter) screen {
	if o.asJSON {
		e := json.NewEncoder(out)
		e.SetEscapeHTML(false)
		return objects{e, stderr}
	}
	if f, ok := out.(*os.File); ok && !o.dryRun && term.IsTerminal(int(f.Fd())) {
		return newLive(out, meter)
	}
	return lines{out, stderr}
}

// lines shows a line for each outcome that is of interest.
type lines struct{ out, stderr io.Writer }

func (lines) begin(_ string, _ fs.FileInfo, src upload.Source) upload.Source { return src }
func (l lines) say(sentence string)                                          { fmt.Fprintln(l.stderr, sentence) }
func (l lines) close(s *summary)                                             { s.print(l.out) }

func (l lines) end(o tree.Outcome, begun bool) {
	path := site.Printable(o.Path)
	if o.Target != o.Path {
		path += " as " + site.Printable(o.Target)
	}
	switch {
	case !begun:
	case o.Err != nil:
		fmt.Fprintln(l.out, "failed:", o.Err)
	case o.Action == tree.ActionFolder:
		fmt.Fprintf(l.out, "%s %s\n", o.Action, path)
	case o.Action != tree.ActionSkip:
		fmt.Fprintf(l.out, "%s %s, %s: %s\n", o.Action, path, program.Size(o.Size), o.Reason)
	}
}

// objects shows an object in JSON for each outcome.
type objects struct {
	*json.Encoder

	stderr io.Writer
}

func (objects) begin(_ string, _ fs.FileInfo, src upload.Source) upload.Source { return src }
func (j objects) say(sentence string)                                          { fmt.Fprintln(j.stderr, sentence) }

func (j objects) print(v any) {
	if err := j.Encode(v); err != nil {
		j.say("The output cannot be written: " + err.Error())
	}
}

func (j objects) end(o tree.Outcome, _ bool) {
	line := struct {
		Path    string      `json:"path"`
		Target  string      `json:"target"`
		Action  tree.Action `json:"action"`
		Reason  string      `json:"reason,omitzero"`
		Size    int64       `json:"size"`
		ID      string      `json:"id,omitzero"`
		Version string      `json:"version,omitzero"`
		SHA256  string      `json:"sha256,omitzero"`
		Error   string      `json:"error,omitzero"`
	}{Path: o.Path, Target: o.Target, Action: o.Action, Reason: o.Reason, Size: o.Size, ID: o.ID, Version: o.Version}
	if o.Result != nil {
		line.SHA256 = o.Result.SHA256
	}
	if o.Err != nil {
		line.Error = o.Err.Error()
	}
	j.print(line)
}

func (j objects) close(s *summary) {
	var line struct {
		Summary struct {
			DryRun   bool     `json:"dryRun"`
			Created  int64    `json:"created"`
			Versions int64    `json:"versions"`
			Same     int64    `json:"unchanged"`
			Folders  int64    `json:"folders"`
			Bytes    int64    `json:"bytes"`
			Failed   int64    `json:"failed"`
			Left     int64    `json:"notBegun"`
			Sent     int64    `json:"sent"`
			Elapsed  int64    `json:"milliseconds"`
			Failures []string `json:"failures,omitzero"`
		} `json:"summary"`
	}
	l := &line.Summary
	l.DryRun, l.Created, l.Versions, l.Same, l.Folders = s.dryRun, s.created, s.versions, s.same, s.folders
	l.Bytes, l.Failed, l.Left = s.bytes, s.failed, s.left
	l.Sent, l.Elapsed = s.totals.Sent, s.totals.Elapsed.Milliseconds()
	for _, err := range s.failures {
		l.Failures = append(l.Failures, err.Error())
	}
	j.print(line)
}
