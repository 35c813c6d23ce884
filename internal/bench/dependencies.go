package main

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// dependencyCosts tells what each module adds to a program that makes one call, and to
// one that uses everything. It adds up the sizes of the symbols whose names hold the path
// of the module, as the linker has left them in.
func (b *bench) dependencyCosts(ctx context.Context) error {
	programs := []string{"docferry", "all"}
	costs := make([]map[string]cost, len(programs))
	modules := map[string]bool{}
	for i, dir := range programs {
		var err error
		if costs[i], err = b.costsOf(ctx, dir); err != nil {
			return err
		}
		for module := range costs[i] {
			modules[module] = true
		}
	}
	fmt.Fprint(b.out, "\n| module | packages in the program with one call | their size, KiB "+
		"| packages in a program that uses everything | their size, KiB |\n|---|---:|---:|---:|---:|\n")
	for _, module := range slices.Sorted(maps.Keys(modules)) {
		fmt.Fprintf(b.out, "| %s |", module)
		for i := range programs {
			c := costs[i][module]
			fmt.Fprintf(b.out, " %d | %d |", c.packages, (c.bytes+512)>>10)
		}
		fmt.Fprintln(b.out)
	}
	return nil
}

// cost is what a module adds to a program.
type cost struct {
	packages int
	bytes    int64
}

// costsOf returns the costs in the program of a folder.
func (b *bench) costsOf(ctx context.Context, dir string) (map[string]cost, error) {
	from := "./footprint/" + dir
	list, err := goCommand(ctx, "list", "-deps", "-f", "{{if not .Standard}}{{.Module.Path}}{{end}}", from)
	if err != nil {
		return nil, err
	}
	costs := map[string]cost{}
	for module := range strings.Lines(list) {
		if module = strings.TrimSpace(module); module != "" && module != ownModule {
			c := costs[module]
			c.packages++
			costs[module] = c
		}
	}
	program := filepath.Join(b.dir, dir+"-with-symbols")
	if _, err := goCommand(ctx, "build", "-o", program, from); err != nil {
		return nil, err
	}
	symbols, err := goCommand(ctx, "tool", "nm", "-size", program)
	if err != nil {
		return nil, err
	}
	return costs, addSymbols(costs, symbols)
}

// ownModule is the module of this program, in which the measured programs are.
const ownModule = "github.com/docferry/docferry/internal/bench"

// addSymbols adds the sizes that go tool nm has written to the modules they belong to.
// What is zero at the start, and so not in the file, does not count.
func addSymbols(costs map[string]cost, symbols string) error {
	for line := range strings.Lines(symbols) {
		fields := strings.Fields(line)
		if len(fields) < 4 || !slices.Contains([]string{"T", "t", "R", "r", "D", "d"}, fields[2]) {
			continue
		}
		size, err := strconv.ParseInt(fields[1], 10, 64)
		if err != nil {
			return fmt.Errorf("go tool nm: %w", err)
		}
		if module := moduleOf(costs, strings.Join(fields[3:], " ")); module != "" {
			c := costs[module]
			c.bytes += size
			costs[module] = c
		}
	}
	return nil
}

// moduleOf returns the module that a symbol's name mentions first, or "".
func moduleOf(costs map[string]cost, symbol string) string {
	found, first := "", len(symbol)
	for module := range costs {
		// A path ends with a slash or a period; the linker writes other periods as %2e.
		for _, end := range []string{"/", "."} {
			if at := strings.Index(symbol, module+end); at >= 0 && at < first {
				found, first = module, at
			}
		}
	}
	return found
}
