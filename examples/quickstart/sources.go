package main

import (
	_ "embed"
	"os"
	"path/filepath"
	"strings"

	"github.com/docferry/docferry/upload"
)

// readme stands in for the project's own where that is not at hand, as after
// "go install".
//
//go:embed README.md
var readme []byte

const module = "module github.com/docferry/docferry"

// openSources finds out whether every file can be read, before anything is
// sent anywhere.
func openSources(names []string) ([]upload.Source, error) {
	if len(names) == 0 {
		if names = projectReadme(); names == nil {
			return []upload.Source{upload.Bytes("README.md", readme)}, nil
		}
	}
	var all []upload.Source
	for _, name := range names {
		src, err := upload.File(name)
		if err != nil {
			return nil, err
		}
		all = append(all, src)
	}
	return all, nil
}

// projectReadme looks for the README.md of this project from the current
// directory upwards. That of another project is not ours to send.
func projectReadme() []string {
	dir, err := os.Getwd()
	for err == nil {
		mod, _ := os.ReadFile(filepath.Join(dir, "go.mod"))
		if first, _, _ := strings.Cut(string(mod), "\n"); strings.TrimSpace(first) == module {
			name := filepath.Join(dir, "README.md")
			if _, err := os.Stat(name); err != nil {
				return nil
			}
			return []string{name}
		}
		if filepath.Dir(dir) == dir {
			return nil
		}
		dir = filepath.Dir(dir)
	}
	return nil
}
