package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/workdocs"
)

// place is a service that documents are seeded into. They go through its API, as
// those of any client do, so it refuses what it would refuse otherwise.
type place interface {
	fmt.Stringer
	// folder makes a folder in another one and returns its ID.
	folder(ctx context.Context, parent, name string) (id string, err error)
	uploader(folder string) upload.Uploader
}

// seed stores the files below dir at WorkDocs and Oracle, and says on stderr
// what it skips and what a service refuses. An error means that nothing more
// can be done, for example because dir does not exist.
func (e *emulator) seed(ctx context.Context, dir string, stderr io.Writer) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("-seed: %w", err)
	}
	defer root.Close()
	amazon, err := workdocs.New(workdocs.Config{Endpoint: e.workdocs.URL, Credentials: e.workdocs.Credentials(),
		HTTP: docferry.HTTP{Transport: e.workdocs}})
	if err != nil {
		return fmt.Errorf("-seed: %w", err)
	}
	oracle, err := oracledocs.New(oracledocs.Config{BaseURL: e.oracle.URL,
		Auth: oracledocs.BasicAuth(oracledocstest.User, oracledocstest.Password),
		HTTP: docferry.HTTP{Transport: e.oracle}})
	if err != nil {
		return fmt.Errorf("-seed: %w", err)
	}
	s := &seeder{files: root.FS(), stderr: stderr}
	return s.walk(ctx, ".", []target{{atWorkDocs{amazon}, e.workdocs.RootFolder()}, {atOracle{oracle}, "self"}})
}

// target is a folder at a service.
type target struct {
	place
	id string
}

type seeder struct {
	files  fs.FS
	stderr io.Writer
}

// walk stores what is in dir in each of the targets.
func (s *seeder) walk(ctx context.Context, dir string, to []target) error {
	if len(to) == 0 { // each has refused the folder, and was reported
		return nil
	}
	entries, err := fs.ReadDir(s.files, dir)
	if err != nil && dir == "." {
		return fmt.Errorf("-seed: %w", err)
	}
	if err != nil {
		s.reportf("cannot read %q: %v", dir, err)
	}
	for _, entry := range entries {
		name := path.Join(dir, entry.Name())
		switch {
		case entry.IsDir():
			if err := s.walk(ctx, name, s.folders(ctx, name, to)); err != nil {
				return err
			}
		case entry.Type().IsRegular():
			s.file(ctx, name, to)
		default:
			s.reportf("skipped %s %q", kind(entry.Type()), name)
		}
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("-seed: %w", err)
		}
	}
	return nil
}

// folders makes a folder in each of the targets, and returns those that were
// made.
func (s *seeder) folders(ctx context.Context, name string, to []target) []target {
	var made []target
	for _, t := range to {
		id, err := t.folder(ctx, t.id, path.Base(name))
		if err != nil {
			s.reportf("%s did not take the folder %q: %v", t, name, err)
			continue
		}
		made = append(made, target{t.place, id})
	}
	return made
}

func (s *seeder) file(ctx context.Context, name string, to []target) {
	src, err := upload.FS(s.files, name) //nolint:contextcheck // a file on disk opens without a context
	if err != nil {
		s.reportf("cannot read %q: %v", name, err)
		return
	}
	for _, t := range to {
		if _, err := t.uploader(t.id).Upload(ctx, src); err != nil {
			s.reportf("%s did not take the file %q: %v", t, name, err)
		}
	}
}

func (s *seeder) reportf(format string, args ...any) {
	fmt.Fprintf(s.stderr, "emulator: -seed: "+format+"\n", args...)
}

// kind says in a word what is neither a file nor a folder.
func kind(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeSymlink != 0:
		return "the link"
	case mode&fs.ModeDevice != 0:
		return "the device"
	case mode&fs.ModeNamedPipe != 0:
		return "the pipe"
	case mode&fs.ModeSocket != 0:
		return "the socket"
	default:
		return "the special file"
	}
}

type atWorkDocs struct{ client *workdocs.Client }

func (atWorkDocs) String() string { return "WorkDocs" }

func (w atWorkDocs) folder(ctx context.Context, parent, name string) (string, error) {
	made, err := w.client.CreateFolder(ctx, workdocs.CreateFolderRequest{ParentFolderID: parent, Name: name})
	if err != nil {
		return "", err
	}
	return made.Metadata.ID, nil
}

func (w atWorkDocs) uploader(folder string) upload.Uploader {
	return w.client.Uploader(workdocs.UploadTo{FolderID: folder})
}

type atOracle struct{ client *oracledocs.Client }

func (atOracle) String() string { return "Oracle" }

// folder refuses a name that is taken, because Oracle would choose another one.
// Names of a folder on disk that differ in case are one to Oracle.
func (o atOracle) folder(ctx context.Context, parent, name string) (string, error) {
	made, err := o.client.CreateFolder(ctx, oracledocs.CreateFolderRequest{FolderID: parent, Name: name})
	switch {
	case err != nil:
		return "", err
	case made.Name == name:
		return made.ID, nil
	}
	err = errors.New("another folder has this name, perhaps in another case of its letters")
	if _, failed := o.client.DeleteFolder(ctx, oracledocs.DeleteFolderRequest{FolderID: made.ID}); failed != nil {
		err = fmt.Errorf("%w; there is an empty folder %q now: %w", err, made.Name, failed)
	}
	return "", err
}

// uploader refuses a name that is taken, which would be a new version otherwise.
func (o atOracle) uploader(folder string) upload.Uploader {
	return o.client.Uploader(oracledocs.UploadTo{FolderID: folder,
		DuplicateResolution: oracledocs.DuplicateResolutionSkipDuplicates})
}
