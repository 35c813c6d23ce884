package tree_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"testing/fstest"

	"github.com/docferry/docferry/upload/tree"
)

// The second copy uploads what has changed, and nothing else.
func ExampleCopy() {
	ctx := context.Background()
	to := tree.NewMemory()
	from := fstest.MapFS{"notes.txt": {Data: []byte("one")}, "plans/may.txt": {Data: []byte("two")}}
	for range 2 {
		for outcome := range tree.Copy(ctx, to, from, tree.Options{Workers: 1}) {
			fmt.Println(outcome.Path, outcome.Action, outcome.Err)
		}
		from["notes.txt"].Data = []byte("changed")
	}
	// Output:
	// notes.txt create <nil>
	// plans make folder <nil>
	// plans/may.txt create <nil>
	// notes.txt new version <nil>
	// plans/may.txt skip <nil>
}

// Files of a disk are read through an os.Root, which no link leads out of.
func ExampleNewDir() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	root, err := os.OpenRoot(dir)
	if err != nil {
		log.Fatal(err)
	}
	defer root.Close()
	for outcome := range tree.Copy(ctx, tree.NewDir(root), fstest.MapFS{"a/b.txt": {Data: []byte("content")}}, tree.Options{}) {
		if outcome.Err != nil {
			log.Fatal(outcome.Err)
		}
	}
	content, err := os.ReadFile(filepath.Join(dir, "a", "b.txt"))
	fmt.Println(string(content), err)
	// Output: content <nil>
}
