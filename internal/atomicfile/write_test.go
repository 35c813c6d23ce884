package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// How Write names a file where the file system has no links.
func TestWithoutLinks(t *testing.T) {
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	check := func(want map[string]string) {
		t.Helper()
		got := map[string]string{}
		entries, err := fs.ReadDir(root.FS(), ".")
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			content, err := root.ReadFile(e.Name())
			if err != nil {
				t.Fatal(err)
			}
			got[e.Name()] = string(content)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("files (-want +got):\n%s", diff)
		}
	}
	for _, content := range []string{"first", "second"} {
		if err := root.WriteFile("temporary", []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		err := reserve(root, "temporary", "a.txt")
		if taken := errors.Is(err, fs.ErrExist); taken != (content == "second") || !taken && err != nil {
			t.Errorf("%s: %v", content, err)
		}
	}
	check(map[string]string{"a.txt": "first", "temporary": "second"})
	if err := reserve(root, "missing", "b.txt"); err == nil {
		t.Error("what is missing has got a name")
	}
	check(map[string]string{"a.txt": "first", "temporary": "second"})
}
