// Package transfer is what the commands migrate and upload have in common: their flags,
// the addresses of folders, and a copy with progress, a journal and a summary.
package transfer

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/docferry/docferry/upload/journal"
	"github.com/docferry/docferry/upload/tree"
)

// Usage is what the flags do not say about themselves. It is a part of the help.
const Usage = `An address is workdocs:FOLDERID, oracle:FOLDERID (oracle:self is the home folder), or
the path of a folder of the disk. A file whose name is taken at TO becomes a new version
there, unless it is the same. Nothing is removed, and no link is followed.

Credentials come from the environment: WORKDOCS_TOKEN, or AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN; ORACLE_PASSWORD for the user of
-oracle-user, or ORACLE_TOKEN.

The first interrupt (Ctrl-C) lets the uploads that are in progress finish, and begins
nothing new. The second one ends the program at once. With -journal, a later run with
-resume finishes what was interrupted, or killed. The exit status is 0 only if everything
is stored.

`

// Options are the flags of both commands.
type Options struct {
	services

	workers                int
	compare                tree.Compare
	journal                string
	resume, dryRun, asJSON bool
}

// Register adds the flags.
func (o *Options) Register(flags *flag.FlagSet) {
	o.addFlags(flags)
	flags.IntVar(&o.workers, "n", 4, "`number` of files or folders that are worked on at a time")
	flags.Func("compare", "what tells that a file is the same as the one at TO: `content`, time (beside the size)\n"+
		"or size (default content)", o.setCompare)
	flags.StringVar(&o.journal, "journal", "", "`file` that remembers what is stored, so that -resume can go on")
	flags.BoolVar(&o.resume, "resume", false, "go on with the copy that the journal is of")
	flags.BoolVar(&o.dryRun, "dry-run", false, "print what would be done, and change nothing")
	flags.BoolVar(&o.asJSON, "json", false, "print an object in JSON for each outcome, and one for the summary")
}

func (o *Options) setCompare(word string) error {
	by, ok := map[string]tree.Compare{
		"content": tree.CompareContent, "time": tree.CompareTime, "size": tree.CompareSize,
	}[word]
	if !ok {
		return errors.New("it has to be content, time or size")
	}
	o.compare = by
	return nil
}

// openJournal opens the journal of a run, or returns nil if there is to be none.
func (o *Options) openJournal(run string, stderr io.Writer) (*journal.Journal, error) {
	_, err := os.Stat(o.journal)
	missing := errors.Is(err, fs.ErrNotExist)
	switch {
	case o.journal == "" && o.resume:
		return nil, errors.New("-resume needs the -journal of the copy to go on with")
	case o.journal == "" || missing && o.dryRun:
		return nil, nil //nolint:nilnil // there is none
	case err != nil && !missing:
		return nil, err
	case !missing && !o.resume:
		return nil, fmt.Errorf("the journal %s exists: go on with its copy with -resume, or name another file", o.journal)
	case missing && o.resume:
		fmt.Fprintf(stderr, "There is no journal %s yet, so the copy begins.\n", o.journal)
	}
	j, err := journal.Open(o.journal, run)
	if err != nil {
		return nil, err
	}
	if n := len(j.Damage()); n > 0 {
		fmt.Fprintf(stderr, "%d parts of the journal cannot be read. What they were about is compared.\n", n)
	}
	return j, nil
}
