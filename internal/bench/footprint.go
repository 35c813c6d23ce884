package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// footprint builds programs that make the same call of WorkDocs, and counts what
// they consist of. It is run in the folder of this module.
func (b *bench) footprint(ctx context.Context) error {
	fmt.Fprint(b.out, "\n| client | size of the program, MiB | above the floor, MiB "+
		"| modules | packages | packages that are not Go's own |\n|---|---:|---:|---:|---:|---:|\n")
	var floor float64
	for _, e := range []struct{ name, dir string }{
		{"net/http and AWS's signer", "floor"}, {"docferry", "docferry"}, {"SDK v1", "sdkv1"}, {"SDK v2", "sdkv2"},
	} {
		program := filepath.Join(b.dir, e.dir)
		from := "./footprint/" + e.dir
		args := append(append([]string{"build", "-o", program}, b.flags...), from)
		if _, err := goCommand(ctx, args...); err != nil {
			return err
		}
		info, err := os.Stat(program)
		if err != nil {
			return err
		}
		modules, packages, others, err := dependencies(ctx, from)
		if err != nil {
			return err
		}
		if floor == 0 {
			floor = float64(info.Size())
		}
		fmt.Fprintf(b.out, "| %s | %s | %s | %d | %d | %d |\n", e.name, mebibytes(float64(info.Size())),
			mebibytes(float64(info.Size())-floor), modules, packages, others)
	}
	return b.dependencyCosts(ctx)
}

// dependencies counts the modules and the packages that a program is built from,
// without itself.
func dependencies(ctx context.Context, program string) (modules, packages, others int, err error) {
	const each = "{{if not .Standard}}{{.Module.Path}}{{end}} {{.ImportPath}}"
	list, err := goCommand(ctx, "list", "-deps", "-f", each, program)
	if err != nil {
		return 0, 0, 0, err
	}
	seen := map[string]bool{}
	for line := range strings.Lines(list) {
		module, path, _ := strings.Cut(strings.TrimRight(line, "\n"), " ")
		switch {
		case strings.HasSuffix(path, strings.TrimPrefix(program, ".")): // the program itself
			continue
		case module != "":
			seen[module] = true
			others++
		}
		packages++
	}
	return len(seen), packages, others, nil
}

func goCommand(ctx context.Context, args ...string) (string, error) {
	var problems strings.Builder
	command := exec.CommandContext(ctx, "go", args...)
	command.Stderr = &problems
	out, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w: %s", args[0], err, problems.String())
	}
	return string(out), nil
}
