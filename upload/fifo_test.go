//go:build unix

package upload_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/docferry/docferry/internal/emulate"
	"github.com/docferry/docferry/upload"
)

// F48: opening a pipe waits for its writer. Nothing here may.
func TestFIFO(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	link := fifo + ".link"
	if err := errors.Join(syscall.Mkfifo(fifo, 0o600), os.Symlink(fifo, link)); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{fifo, link} {
		_, err := upload.File(path)
		if isSourceError(t, err, path, nil); !strings.Contains(err.Error(), "regular") {
			t.Error(err)
		}
		_, err = upload.FS(os.DirFS(filepath.Dir(path)), filepath.Base(path))
		isSourceError(t, err, filepath.Base(path), nil)
	}
	inBubble(t, func(s *service, _ *emulate.Desk) {
		src := changing(t, func(opened, _ int) bool { return opened == 2 }, func(name string) error {
			return errors.Join(os.Remove(name), syscall.Mkfifo(name, 0o600))
		})
		s.ends(background, src, ending{state: rolledBack, stage: upload.StageSend})
	})
}
