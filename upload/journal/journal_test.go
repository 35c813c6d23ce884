package journal_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/upload/journal"
)

// open opens a journal, which the test closes.
func open(t *testing.T, name string) *journal.Journal {
	t.Helper()
	j, err := journal.Open(name, "run")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

// add appends records, and closes the journal.
func add(t *testing.T, name string, records ...journal.Record) {
	t.Helper()
	j := open(t, name)
	for _, r := range records {
		if err := j.Append(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

// want compares the last record of a path.
func want(t *testing.T, j *journal.Journal, path string, want *journal.Record) {
	t.Helper()
	got, ok, err := j.Last(path)
	switch {
	case err != nil:
		t.Errorf("Last(%q): %v", path, err)
	case ok != (want != nil):
		t.Errorf("Last(%q) finds a record: %v, want %v", path, ok, want != nil)
	case ok:
		if diff := cmp.Diff(*want, got, cmpopts.IgnoreFields(journal.Record{}, "Time")); diff != "" {
			t.Errorf("Last(%q) (-want +got):\n%s", path, diff)
		}
	}
}

var (
	begun = journal.Record{Path: "a/b.txt", State: journal.Begun, Size: 3, ModTime: time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC),
		Folder: "f", Name: "b.txt", Claim: upload.NewClaim()}
	stored = journal.Record{Path: "a/b.txt", State: journal.Stored, Size: 3, SHA256: "abc", Folder: "f", Document: "d",
		Name: "b.txt", ID: "d", Version: "2", Left: []upload.Ref{{ID: "d", Version: "1"}}}
	other = journal.Record{Path: "<&\u2028\x7f\"\n.txt", State: journal.Unknown, Folder: "f"}
	third = journal.Record{Path: "third", State: journal.Failed}
)

func TestRecordsAreReadBack(t *testing.T) {
	name := filepath.Join(t.TempDir(), "journal")
	add(t, name, begun, other)
	j := open(t, name)
	want(t, j, begun.Path, &begun)
	want(t, j, other.Path, &other)
	want(t, j, "none", nil)
	if err := j.Append(stored); err != nil {
		t.Fatal(err)
	}
	want(t, j, begun.Path, &stored)
	// The one has left something, the other's end is not known.
	doubts, err := j.Doubts()
	if err != nil || len(doubts) != 2 {
		t.Errorf("the doubts are %+v, %v", doubts, err)
	}
	settled := stored
	settled.Left = nil
	if err := j.Append(settled); err != nil {
		t.Fatal(err)
	}
	doubts, err = j.Doubts()
	if err != nil || len(doubts) != 1 || doubts[0].Path != other.Path {
		t.Errorf("the doubts are %+v, %v", doubts, err)
	}
	if err := j.Append(stored); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	j = open(t, name)
	want(t, j, begun.Path, &stored)
	if d := j.Damage(); len(d) > 0 {
		t.Errorf("damage: %+v", d)
	}
}

func TestRefusals(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "journal")
	add(t, name, begun)
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]error{
		"hello\n":     journal.ErrNotJournal,
		"hello":       journal.ErrNotJournal,
		`{"a":1}`:     journal.ErrNotJournal,
		"\x00\x00hel": journal.ErrNotJournal,
		// A header of version 2, with its checksum.
		"fdad48d2 {\"docferryJournal\":2,\"run\":\"run\"}\n": journal.ErrVersion,
	} {
		file := filepath.Join(dir, "other")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := journal.Open(file, "run")
		if !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", text, err, want)
		}
		if now, _ := os.ReadFile(file); string(now) != text {
			t.Errorf("%q was changed to %q", text, now)
		}
	}
	if _, err := journal.Open(name, "another"); !errors.Is(err, journal.ErrOtherRun) || strings.Contains(err.Error(), "\n") {
		t.Errorf("another run: %v", err)
	}
	if now, _ := os.ReadFile(name); !bytes.Equal(now, content) {
		t.Error("a refused journal was changed")
	}
	j := open(t, name)
	for _, r := range []journal.Record{{State: journal.Begun}, {Path: "a"}, {Path: "a", State: "odd"}} {
		if err := j.Append(r); err == nil {
			t.Errorf("%+v was taken", r)
		}
	}
	if _, err := journal.Open(filepath.Join(dir, "none", "journal"), "run"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
}

// F104: a record that was cut off anywhere is not there, and all others are.
func TestTornAtEveryByte(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "journal")
	add(t, name, begun, other, stored, third)
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	ends := []int{}
	for i, b := range content {
		if b == '\n' {
			ends = append(ends, i+1)
		}
	}
	for cut := range len(content) + 1 {
		for _, fill := range []int{0, 1, 700} { // a loss of power can leave zeros
			file := filepath.Join(dir, fmt.Sprintf("cut-%d-%d", cut, fill))
			torn := append(bytes.Clone(content[:cut]), make([]byte, fill)...)
			if err := os.WriteFile(file, torn, 0o600); err != nil {
				t.Fatal(err)
			}
			whole := 0
			for _, end := range ends {
				if cut >= end {
					whole++
				}
			}
			j := open(t, file)
			expected := map[string]*journal.Record{}
			for i, r := range []journal.Record{begun, other, stored, third} {
				if i+1 < whole {
					expected[r.Path] = &r
				}
			}
			for _, path := range []string{begun.Path, other.Path, third.Path} {
				want(t, j, path, expected[path])
			}
			atEnd := whole > 0 && cut == ends[whole-1]
			if d := j.Damage(); whole > 0 && (len(d) == 0) != (atEnd && fill == 0) || len(d) > 1 || len(d) == 1 && !d[0].Torn {
				t.Errorf("cut at %d, %d zeros: damage %+v", cut, fill, d)
			}
			if err := j.Append(third); err != nil {
				t.Fatal(err)
			}
			_ = j.Close()
			j = open(t, file)
			want(t, j, third.Path, &third)
			if d := j.Damage(); len(d) > 0 {
				t.Errorf("cut at %d, %d zeros: damage after the next record %+v", cut, fill, d)
			}
			_ = j.Close()
		}
	}
}

// F104: a record that cannot be read hides no other one.
func TestDamageIsIsolated(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "journal")
	add(t, name, begun, other, third)
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(content, []byte("\n"))
	for what, middle := range map[string][]byte{
		"a bit":       bytes.Replace(lines[2], []byte("unknown"), []byte("unknowm"), 1),
		"zeros":       make([]byte, len(lines[2])),
		"half":        append(bytes.Clone(lines[2][:20]), '\n'),
		"an old line": []byte("{}\n"),
		"much":        append(bytes.Repeat([]byte("x"), 3<<20), '\n'),
		"empty":       []byte("\n"),
	} {
		file := filepath.Join(dir, "damaged")
		damaged := bytes.Join([][]byte{lines[0], lines[1], middle, lines[3]}, nil)
		if err := os.WriteFile(file, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		j := open(t, file)
		want(t, j, begun.Path, &begun)
		want(t, j, other.Path, nil)
		want(t, j, third.Path, &third)
		if d := j.Damage(); len(d) != 1 || d[0].Offset != int64(len(lines[0])+len(lines[1])) || d[0].Torn ||
			d[0].Length != int64(len(middle)) {
			t.Errorf("%s: damage %+v", what, d)
		}
		_ = j.Close()
	}
}

// F105.
func TestOneAtATime(t *testing.T) {
	name := filepath.Join(t.TempDir(), "journal")
	j := open(t, name)
	if _, err := journal.Open(name, "run"); !errors.Is(err, journal.ErrInUse) {
		t.Errorf("a second one in the same process: %v", err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.v", "-test.run=^TestOpenElsewhere$", name)
	if out, err := cmd.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("in use: true")) {
		t.Errorf("another process: %v\n%s", err, out)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("a second Close: %v", err)
	}
	if err := j.Append(begun); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Append after Close: %v", err)
	}
	add(t, name, begun)
}

// TestOpenElsewhere is the other process of TestOneAtATime.
func TestOpenElsewhere(t *testing.T) {
	name := flag.Arg(0)
	if name == "" {
		t.Skip("it is only for TestOneAtATime")
	}
	_, err := journal.Open(name, "run")
	t.Logf("in use: %t (%v)", errors.Is(err, journal.ErrInUse), err)
}

// Many goroutines write at once, and what is long gets shorter.
func TestManyRecords(t *testing.T) {
	name := filepath.Join(t.TempDir(), "journal")
	j := open(t, name)
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			for n := range 300 {
				path := fmt.Sprint("file ", n%100, " of ", g)
				for _, state := range []journal.State{journal.Begun, journal.Stored} {
					if err := j.Append(journal.Record{Path: path, State: state, Size: int64(n)}); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	all.Wait()
	_ = j.Close()
	before, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // once to make it shorter, and once more from the shorter file
		j = open(t, name)
		if after, err := os.Stat(name); err != nil || after.Size()*5 > before.Size() {
			t.Errorf("the file has %d bytes, and had %d: %v", after.Size(), before.Size(), err)
		}
		for g := range 8 {
			for n := range 100 {
				path := fmt.Sprint("file ", n, " of ", g)
				want(t, j, path, &journal.Record{Path: path, State: journal.Stored, Size: int64(n + 200)})
			}
		}
		want(t, j, begun.Path, nil)
		_ = j.Close()
	}
	add(t, name, begun)
	j = open(t, name)
	want(t, j, begun.Path, &begun)
	if others, err := filepath.Glob(name + ".*"); err != nil || len(others) != 1 {
		t.Errorf("beside the journal there are %v, %v", others, err)
	}
}

// F104: on a full disk, no part of a record stays behind.
func TestFullDisk(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the limit of a file's size is set by a shell of Linux")
	}
	name := filepath.Join(t.TempDir(), "journal")
	add(t, name, begun)
	// The limit of the file's size stands for a full disk. It is in blocks of 512 or 1024 bytes.
	cmd := exec.CommandContext(t.Context(), "sh", "-c",
		"ulimit -f 8; trap '' XFSZ; exec \"$0\" -test.v -test.run='^TestFillDisk$' \"$1\"", os.Args[0], name)
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("full: true, and then: true")) {
		t.Fatalf("%v\n%s", err, out)
	}
	j := open(t, name)
	if d := j.Damage(); len(d) > 0 {
		t.Errorf("damage: %+v", d)
	}
	want(t, j, begun.Path, &begun)
	want(t, j, "0", &journal.Record{Path: "0", State: journal.Begun, Name: strings.Repeat("x", 100)})
}

// TestFillDisk is the other process of TestFullDisk.
func TestFillDisk(t *testing.T) {
	name := flag.Arg(0)
	if name == "" {
		t.Skip("it is only for TestFullDisk")
	}
	j := open(t, name)
	var err error
	n := 0
	for ; err == nil && n < 1000; n++ {
		err = j.Append(journal.Record{Path: fmt.Sprint(n), State: journal.Begun, Name: strings.Repeat("x", 100)})
	}
	_, ok, _ := j.Last(fmt.Sprint(n - 1))
	again := j.Append(journal.Record{Path: "after", State: journal.Begun, Name: strings.Repeat("x", 5000)})
	t.Logf("full: %t, and then: %t (%v)", err != nil && !ok, again != nil, err)
}
