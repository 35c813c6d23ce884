package journal_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/docferry/docferry/upload/journal"
)

// A program that uploads by itself notes what it begins, and how that ended. What is in
// doubt at the next run has to be looked for at the service.
func Example() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	name := filepath.Join(dir, "journal")

	first, err := journal.Open(name, "photos to the archive")
	if err != nil {
		log.Fatal(err)
	}
	for _, r := range []journal.Record{
		{Path: "a.jpg", State: journal.Begun}, {Path: "a.jpg", State: journal.Stored, ID: "17"},
		{Path: "b.jpg", State: journal.Begun}, // and here the program is killed
	} {
		if err := first.Append(r); err != nil {
			log.Fatal(err)
		}
	}
	if err := first.Close(); err != nil {
		log.Fatal(err)
	}

	second, err := journal.Open(name, "photos to the archive")
	if err != nil {
		log.Fatal(err)
	}
	defer second.Close()
	for _, path := range []string{"a.jpg", "b.jpg", "c.jpg"} {
		r, ok, err := second.Last(path)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s: %t %q %q\n", path, ok, r.State, r.ID)
	}
	// Output:
	// a.jpg: true "stored" "17"
	// b.jpg: true "begun" ""
	// c.jpg: false "" ""
}
