package transfer

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/docferry/docferry/examples/internal/program"
	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/upload/tree"
)

// listed is how many failures a summary lists.
const listed = 100

// summary is what has become of all files.
type summary struct {
	dryRun bool
	resume bool // the same command goes on with an interrupted copy
	totals upload.Totals

	mu       sync.Mutex // guards what follows
	created  int64
	versions int64
	same     int64
	folders  int64
	bytes    int64 // of the new documents and versions
	failed   int64
	left     int64 // not begun because of an interrupt
	failures []error
}

// add counts an outcome, and reports whether it is of something that was begun.
func (s *summary) add(o tree.Outcome) (begun bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case errors.Is(o.Err, tree.ErrStopped):
		s.left++
		return false
	case o.Err != nil:
		s.fail(o.Err)
	case o.Action == tree.ActionFolder:
		s.folders++
	case o.Action == tree.ActionSkip:
		s.same++
	case o.Action == tree.ActionVersion:
		s.versions++
		s.bytes += o.Size
	case o.Action == tree.ActionCreate:
		s.created++
		s.bytes += o.Size
	}
	return true
}

// skip counts what has no place in the file system of the source.
func (s *summary) skip(path string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail(&tree.Error{Path: path, Err: err})
}

// fail counts a failure. The caller holds mu.
func (s *summary) fail(err error) {
	s.failed++
	if len(s.failures) < listed {
		s.failures = append(s.failures, err)
	}
}

// err returns what the program ends with.
func (s *summary) err() error {
	how := "go on with -resume"
	if s.resume {
		how = "run the command again to go on"
	}
	switch {
	case s.left > 0:
		return fmt.Errorf("%d files or folders were not begun, and %d failed; %s", s.left, s.failed, how)
	case s.failed > 0:
		return fmt.Errorf("%d files or folders failed", s.failed)
	}
	return nil
}

// print prints the summary for people.
func (s *summary) print(w io.Writer) {
	if s.dryRun {
		fmt.Fprint(w, "Nothing was changed. The copy would be: ")
	}
	fmt.Fprintf(w, "%d new files, %d new versions (%s), %d unchanged, %d new folders, %d failed, %d not begun\n",
		s.created, s.versions, program.Size(s.bytes), s.same, s.folders, s.failed, s.left)
	if !s.dryRun {
		fmt.Fprintf(w, "%s sent in %v", program.Size(s.totals.Sent), s.totals.Elapsed.Round(10*time.Millisecond))
		if s.totals.SentAgain > 0 {
			fmt.Fprintf(w, ", %s of it again after failures", program.Size(s.totals.SentAgain))
		}
		fmt.Fprintln(w)
	}
	for i, err := range s.failures {
		if i == 0 {
			fmt.Fprintln(w, "Not stored, or not for certain:")
		}
		fmt.Fprintln(w, " ", err)
	}
	if more := s.failed - int64(len(s.failures)); more > 0 {
		fmt.Fprintf(w, "  and %d more\n", more)
	}
}
