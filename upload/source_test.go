package upload_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"testing/iotest"
	"time"

	"github.com/docferry/docferry/internal/emulate"
	"github.com/docferry/docferry/upload"
)

// isSourceError wants err to name a source and to wrap a cause.
func isSourceError(t *testing.T, err error, name string, is error) {
	t.Helper()
	bad, ok := errors.AsType[*upload.SourceError](err)
	if !ok || bad.Name != name || is != nil && !errors.Is(err, is) || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v, want a SourceError of %q that wraps %v", err, name, is)
	}
}

func TestFile(t *testing.T) {
	name := write(t, []byte("content"))
	link := filepath.Join(t.TempDir(), "link.csv")
	if err := os.Symlink(name, link); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string][2]string{name: {"a.txt", "text/plain"}, link: {"link.csv", "text/csv"}} {
		src, err := upload.File(path)
		if err != nil {
			t.Fatal(err)
		}
		if src.Name != want[0] || src.ContentType != want[1] || src.Size != 7 || src.ModTime.IsZero() || src.Check() != nil {
			t.Errorf("%+v", src)
		}
		for range 2 {
			if got := read(t, src); string(got) != "content" {
				t.Errorf("reads %q", got)
			}
		}
	}
}

// TestFileRefused is F48.
func TestFileRefused(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	if err := errors.Join(os.Symlink(path("gone"), path("dangling")), os.Symlink(path("loop"), path("loop")),
		os.Mkdir(path("dir"), 0o700), os.WriteFile(path("secret"), nil, 0)); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		path string
		is   error
		word string
	}{
		"missing":         {path("gone"), fs.ErrNotExist, ""},
		"no name":         {"", fs.ErrNotExist, ""},
		"NUL":             {path("a\x00b"), nil, ""},
		"directory":       {path("dir"), nil, "directory"},
		"below a file":    {path("secret/a"), syscall.ENOTDIR, ""},
		"device":          {os.DevNull, nil, "regular"},
		"dangling link":   {path("dangling"), fs.ErrNotExist, ""},
		"link to itself":  {path("loop"), syscall.ELOOP, ""},
		"may not be read": {path("secret"), fs.ErrPermission, ""},
	} {
		if name == "may not be read" && os.Geteuid() == 0 {
			continue // root may
		}
		src, err := upload.File(c.path)
		isSourceError(t, err, c.path, c.is)
		if src.Open != nil || err != nil && !strings.Contains(err.Error(), c.word) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// fileChanges are what can happen to a file of 100 kB after it was described.
var fileChanges = map[string]func(name string) error{
	"grown": func(name string) error {
		f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		_, err = f.WriteString("more")
		return errors.Join(err, f.Close())
	},
	"truncated": func(name string) error { return os.Truncate(name, 50_000) },
	"emptied":   func(name string) error { return os.Truncate(name, 0) },
	"replaced": func(name string) error {
		other := name + ".new"
		return errors.Join(os.WriteFile(other, noise(100_000), 0o600), os.Chtimes(other, time.Unix(1, 0), time.Unix(1, 0)),
			os.Rename(other, name))
	},
	"touched": func(name string) error { return os.Chtimes(name, time.Unix(2, 0), time.Unix(2, 0)) },
	"deleted": os.Remove,
	"a directory": func(name string) error {
		return errors.Join(os.Remove(name), os.Mkdir(name, 0o700))
	},
}

// changing is a file that changes once, at a moment that is given by how often
// it was opened and how much was read since.
func changing(t *testing.T, now func(opened, read int) bool, change func(string) error) upload.Source {
	t.Helper()
	name := write(t, noise(100_000))
	if err := os.Chtimes(name, time.Unix(1, 0), time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	src, err := upload.File(name)
	if err != nil {
		t.Fatal(err)
	}
	opened, changed := 0, false
	see := func(read int) {
		if !changed && now(opened, read) {
			changed = true
			if err := change(name); err != nil {
				t.Error(err)
			}
		}
	}
	open := src.Open
	src.Open = func(ctx context.Context) (io.ReadCloser, error) {
		opened++
		see(-1)
		rc, err := open(ctx)
		if err != nil {
			return nil, err
		}
		n := 0
		return closer{readerFunc(func(p []byte) (int, error) {
			see(n)
			got, err := rc.Read(p[:min(len(p), 10_000)])
			n += got
			return got, err
		}), rc.Close}, nil
	}
	return src
}

// TestFileChanges is F42 to F45. A source is opened to see that it can be, and
// then for each PUT.
func TestFileChanges(t *testing.T) {
	for name, change := range fileChanges {
		is := upload.ErrSourceChanged
		switch name {
		case "deleted":
			is = fs.ErrNotExist
		case "a directory":
			is = nil
		}
		for moment, now := range map[string]func(opened, read int) bool{
			"before it begins":    func(opened, _ int) bool { return opened == 1 },
			"before the PUT":      func(opened, _ int) bool { return opened == 2 },
			"before it is read":   func(opened, read int) bool { return opened == 2 && read == 0 },
			"as it is read":       func(opened, read int) bool { return opened == 2 && read >= 50_000 },
			"when it was read":    func(opened, read int) bool { return opened == 2 && read == 100_000 },
			"before the next PUT": func(opened, _ int) bool { return opened == 3 },
		} {
			t.Run(name+" "+moment, func(t *testing.T) {
				inBubble(t, func(s *service, desk *emulate.Desk) {
					if moment == "before the next PUT" {
						desk.Next("PutObject", emulate.Answer(503, ""))
					}
					want := ending{state: rolledBack, stage: upload.StageSend, is: is}
					if moment == "before it begins" {
						want = ending{state: notStarted, stage: upload.StageSource, is: is}
					}
					_, ended := s.ends(background, changing(t, now, change), want)
					if _, ok := errors.AsType[*upload.SourceError](ended); !ok || slices.Contains(s.made(), callCommit) {
						t.Errorf("%v, after %v", ended, s.made())
					}
				})
			})
		}
	}
}

func TestFS(t *testing.T) {
	fsys := fstest.MapFS{"dir/a.pdf": {Data: []byte("content"), ModTime: time.Unix(5, 0)},
		"pipe": {Mode: fs.ModeNamedPipe}}
	src, err := upload.FS(fsys, "dir/a.pdf")
	if err != nil || src.Name != "a.pdf" || src.ContentType != "application/pdf" || src.Size != 7 ||
		!src.ModTime.Equal(time.Unix(5, 0)) {
		t.Fatalf("%+v, %v", src, err)
	}
	if got := read(t, src); string(got) != "content" {
		t.Errorf("reads %q", got)
	}
	for name, is := range map[string]error{"gone": fs.ErrNotExist, "dir": nil, "pipe": nil, "../a": nil, "/dir/a.pdf": nil,
		"": nil} {
		_, err := upload.FS(fsys, name)
		isSourceError(t, err, name, is)
	}
	delete(fsys, "dir/a.pdf")
	_, err = src.Open(t.Context())
	isSourceError(t, err, "dir/a.pdf", fs.ErrNotExist)
}

// lying is a file system whose files are of other sizes than it says.
type lying struct {
	fs.FS
	by int64
}

func (l lying) Stat(name string) (fs.FileInfo, error) {
	info, err := fs.Stat(l.FS, name)
	return lie{info, l.by}, err
}

type lie struct {
	fs.FileInfo
	by int64
}

func (l lie) Size() int64 { return l.FileInfo.Size() + l.by }

// TestFSThatLies is F123: a file system tells a wrong size.
func TestFSThatLies(t *testing.T) {
	honest := fstest.MapFS{"a.txt": {Data: noise(100_000)}}
	// Empty, it is said to be, as files of /proc are.
	_, err := upload.FS(lying{honest, -100_000}, "a.txt")
	isSourceError(t, err, "a.txt", nil)
	for _, by := range []int64{-99_999, -1, 0, 1, 1 << 20} {
		inBubble(t, func(s *service, _ *emulate.Desk) {
			src, err := upload.FS(lying{honest, by}, "a.txt")
			if err != nil {
				t.Fatal(err)
			}
			if by == 0 {
				s.ends(background, src, ending{})
				return
			}
			s.ends(background, src, ending{state: rolledBack, stage: upload.StageSend, is: upload.ErrSourceChanged})
		})
	}
}

// TestReaders is F45 to F47: sources whose readers are odd, or fail.
func TestReaders(t *testing.T) {
	content := noise(100_000)
	errDisk := errors.New("the disk is on fire")
	from := func(r io.Reader) func(context.Context) (io.ReadCloser, error) {
		return func(context.Context) (io.ReadCloser, error) { return io.NopCloser(r), nil }
	}
	for name, c := range map[string]struct {
		open  func(context.Context) (io.ReadCloser, error)
		is    error
		stage upload.Stage
	}{
		"endless": {from(readerFunc(func(p []byte) (int, error) { return len(p), nil })), upload.ErrSourceChanged,
			upload.StageSend},
		"never progresses": {from(readerFunc(func([]byte) (int, error) { return 0, nil })), io.ErrNoProgress,
			upload.StageSend},
		"stuck at the end": {from(io.MultiReader(bytes.NewReader(content),
			readerFunc(func([]byte) (int, error) { return 0, nil }))), io.ErrNoProgress, upload.StageSend},
		"fails": {from(iotest.ErrReader(errDisk)), errDisk, upload.StageSend},
		"fails with data": {from(readerFunc(func(p []byte) (int, error) { return len(p), errDisk })), errDisk,
			upload.StageSend},
		"fails at the end": {from(io.MultiReader(bytes.NewReader(content), iotest.ErrReader(errDisk))), errDisk,
			upload.StageSend},
		"times out": {from(iotest.TimeoutReader(bytes.NewReader(content))), iotest.ErrTimeout, upload.StageSend},
		"reads too much": {from(readerFunc(func(p []byte) (int, error) { return len(p) + 1, nil })), nil,
			upload.StageSend},
		"reads less than 0": {from(readerFunc(func([]byte) (int, error) { return -1, nil })), nil, upload.StageSend},
		"panics":            {from(readerFunc(func([]byte) (int, error) { panic("oh") })), nil, upload.StageSend},
		"cannot be opened": {func(context.Context) (io.ReadCloser, error) { return nil, errDisk }, errDisk,
			upload.StageSource},
		"opens nothing": {func(context.Context) (io.ReadCloser, error) { return nil, nil }, nil, upload.StageSource},
		"cannot be closed": {func(context.Context) (io.ReadCloser, error) {
			return closer{bytes.NewReader(content), func() error { return errDisk }}, nil
		}, errDisk, upload.StageSource},
		"panics at Close": {func(context.Context) (io.ReadCloser, error) {
			return closer{bytes.NewReader(content), func() error { panic("oh") }}, nil
		}, nil, upload.StageSource},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(s *service, _ *emulate.Desk) {
				state := rolledBack
				if c.stage == upload.StageSource {
					state = notStarted
				}
				_, ended := s.ends(background, upload.From("a.bin", 100_000, c.open),
					ending{state: state, stage: c.stage, is: c.is})
				isSourceError(t, ended, "a.bin", c.is)
			})
		})
	}
}

type closer struct {
	io.Reader
	close func() error
}

func (c closer) Close() error { return c.close() }
