package journal_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/docferry/docferry/upload/journal"
)

// Whatever is in the file, it is refused and stays as it is, or it can be written and read.
func FuzzOpen(f *testing.F) {
	name := filepath.Join(f.TempDir(), "journal")
	j, err := journal.Open(name, "run")
	if err != nil {
		f.Fatal(err)
	}
	if err := j.Append(begun); err != nil {
		f.Fatal(err)
	}
	_ = j.Close()
	whole, err := os.ReadFile(name)
	if err != nil {
		f.Fatal(err)
	}
	header, _, _ := bytes.Cut(whole, []byte("\n"))
	f.Add(whole, []byte{})
	f.Add(header, []byte("\n{}\n00000000 {\"path\":\"a\"}\n\x00\x00"))
	f.Add([]byte{}, []byte{0, 0, 0})
	f.Fuzz(func(t *testing.T, first, rest []byte) {
		name := filepath.Join(t.TempDir(), "journal")
		content := append(bytes.Clone(first), rest...)
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
		j, err := journal.Open(name, "run")
		if err != nil {
			if now, _ := os.ReadFile(name); !bytes.Equal(now, content) {
				t.Errorf("it was refused (%v) and changed from %q to %q", err, content, now)
			}
			return
		}
		if err := j.Append(stored); err != nil {
			t.Fatal(err)
		}
		if _, err := j.Doubts(); err != nil {
			t.Error(err)
		}
		_ = j.Close()
		again := open(t, name)
		want(t, again, stored.Path, &stored)
		for _, d := range again.Damage() {
			if d.Torn {
				t.Errorf("its end is torn after it was written: %+v", d)
			}
		}
		_ = again.Close()
	})
}
