package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/google/go-cmp/cmp"
)

// onDisk returns the files below dir with their content, and the folders with
// a slash behind their names.
func onDisk(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || name == ".":
			return err
		case d.IsDir():
			found[name+"/"] = ""
		case d.Type().IsRegular():
			text, err := os.ReadFile(filepath.Join(dir, name))
			found[name] = string(text)
			return err
		default:
			found[name] = d.Type().String()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// newExport returns an emulator that exports to a new folder.
func newExport(t *testing.T) (e *emulator, dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "new", "out")
	e = newEmulator()
	t.Cleanup(e.close)
	var err error
	if e.exportTo, err = openExport(dir); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.exportTo.root.Close() })
	return e, dir
}

func export(t *testing.T, e *emulator) (said string) {
	t.Helper()
	var stderr strings.Builder
	if err := e.export(&stderr); err != nil {
		t.Error(err)
	}
	return stderr.String()
}

func TestExport(t *testing.T) {
	e, dir := newExport(t)
	reports := e.workdocs.AddFolder(e.workdocs.RootFolder(), "Reports")
	e.workdocs.AddDocument(reports, "a.txt", []byte("A"))
	e.workdocs.AddFolder(e.workdocs.RootFolder(), "Empty")
	e.oracle.AddFile(oracledocstest.User, "self", "b.txt", []byte("old"))
	e.oracle.AddFile(oracledocstest.User, "self", "b.txt", []byte("B"))
	e.oracle.AddUser("grace", "secret")
	e.oracle.AddFile("grace", "self", "c.txt", []byte("C"))
	chat := e.connect.NewChat()
	chat.Say("Welcome")
	e.connect.NewChat() // in which nothing is said

	if said := export(t, e); said != "" {
		t.Errorf("stderr is %q", said)
	}
	got := onDisk(t, dir)
	transcript := "connect/" + chat.ContactID + "/transcript.json"
	if !strings.Contains(got[transcript], `"Content": "Welcome"`) {
		t.Errorf("the transcript is %q", got[transcript])
	}
	delete(got, transcript)
	want := map[string]string{
		"workdocs/": "", "workdocs/Reports/": "", "workdocs/Reports/a.txt": "A", "workdocs/Empty/": "",
		"oracle/": "", "oracle/b.txt": "B",
		"users/": "", "users/grace/": "", "users/grace/oracle/": "", "users/grace/oracle/c.txt": "C",
		"connect/": "", "connect/" + chat.ContactID + "/": "",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("on disk (-want +got):\n%s", diff)
	}

	// What was exported can be seeded again.
	again, said := seeded(t, filepath.Join(dir, "workdocs"))
	if all := stored(again); said != "" || !slices.Contains(all, "workdocs Administrator Reports/a.txt A") {
		t.Errorf("stderr %q, seeded again: %q", said, all)
	}
}

// A second export writes what is new, leaves what is the same, and puts what
// has changed beside the older file.
func TestExportReplacesNothing(t *testing.T) {
	e, dir := newExport(t)
	e.oracle.AddFile(oracledocstest.User, "self", "same.txt", []byte("S"))
	e.oracle.AddFile(oracledocstest.User, "self", "changed.tar.gz", []byte("old"))
	write(t, dir, "oracle/mine.txt", "of somebody else")
	e.oracle.AddFile(oracledocstest.User, "self", "mine.txt", []byte("of the emulator"))
	if said := export(t, e); strings.Count(said, "\n") != 1 ||
		!strings.Contains(said, `"oracle/mine.txt" is now "oracle/mine (2).txt"`) {
		t.Errorf("stderr is %q", said)
	}
	e.oracle.AddFile(oracledocstest.User, "self", "changed.tar.gz", []byte("new"))
	if said := export(t, e); !strings.Contains(said, `"oracle/changed.tar.gz" is now "oracle/changed.tar (2).gz"`) {
		t.Errorf("stderr is %q", said)
	}
	if got := e.lastExport; got.Written != 1 || got.Same != 2 || got.failed != 0 {
		t.Errorf("the second export: %+v", got)
	}
	want := map[string]string{"oracle/": "", "oracle/same.txt": "S", "oracle/changed.tar.gz": "old",
		"oracle/changed.tar (2).gz": "new", "oracle/mine.txt": "of somebody else", "oracle/mine (2).txt": "of the emulator"}
	if diff := cmp.Diff(want, onDisk(t, dir)); diff != "" {
		t.Errorf("on disk (-want +got):\n%s", diff)
	}
}

// Names come from clients. None of them leads out of the folder, and neither do
// links that are there already.
func TestExportStaysInside(t *testing.T) {
	e, dir := newExport(t)
	outside := t.TempDir()
	write(t, outside, "c.txt", "not to be touched")
	root := e.workdocs.RootFolder()
	up := e.workdocs.AddFolder(root, "..")
	e.workdocs.AddDocument(up, "../../up.txt", []byte("up"))
	e.workdocs.AddDocument(root, "/etc/passwd", []byte("absolute"))
	e.workdocs.AddDocument(root, "CON", []byte("a device of Windows"))
	linked := e.workdocs.AddFolder(root, "linked")
	e.workdocs.AddDocument(linked, "c.txt", []byte("within"))
	e.workdocs.AddDocument(root, "c.txt", []byte("beside"))
	e.workdocs.AddDocument(root, "five", []byte("12345")) // as long as the link there, and as what that leads to
	write(t, dir, "workdocs/other", "12345")
	for name, to := range map[string]string{"five": "other", "linked": outside, "c.txt": filepath.Join(outside, "c.txt")} {
		if err := os.Symlink(to, filepath.Join(dir, "workdocs", name)); err != nil {
			t.Skip("links cannot be made here:", err)
		}
	}
	export(t, e)
	if diff := cmp.Diff(map[string]string{"c.txt": "not to be touched"}, onDisk(t, outside)); diff != "" {
		t.Errorf("outside (-want +got):\n%s", diff)
	}
	link := fs.ModeSymlink.String()
	want := map[string]string{
		"workdocs/": "", "workdocs/__/": "", "workdocs/__/.._.._up.txt": "up", "workdocs/_etc_passwd": "absolute",
		"workdocs/_CON": "a device of Windows", "workdocs/linked": link, "workdocs/linked (2)/": "",
		"workdocs/linked (2)/c.txt": "within", "workdocs/c.txt": link, "workdocs/c (2).txt": "beside",
		"workdocs/other": "12345", "workdocs/five": link, "workdocs/five (2)": "12345",
	}
	if diff := cmp.Diff(want, onDisk(t, dir)); diff != "" {
		t.Errorf("on disk (-want +got):\n%s", diff)
	}
}

// What cannot be written is counted, and the rest is written all the same.
func TestExportFailure(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Log("as root, nothing is forbidden: a closed folder stands for one that cannot be written to")
	}
	e, _ := newExport(t)
	e.oracle.AddFile(oracledocstest.User, "self", "a.txt", []byte("A"))
	if err := e.exportTo.root.Close(); err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	if err := e.export(&stderr); err == nil || !strings.Contains(err.Error(), "1 FAILED") ||
		!strings.Contains(stderr.String(), `"oracle/a.txt" was not written: `) {
		t.Errorf("error %v, stderr %q", err, stderr.String())
	}
}

func TestExportOfAttachments(t *testing.T) {
	e, dir := newExport(t)
	chat := e.connect.NewChat()
	attach(t, e, chat, "note.txt", "N")
	export(t, e)
	if got := onDisk(t, dir)["connect/"+chat.ContactID+"/attachments/note.txt"]; got != "N" {
		t.Errorf("on disk: %v", onDisk(t, dir))
	}
}

func TestCandidates(t *testing.T) {
	long := strings.Repeat("é", 150)
	for name, want := range map[string][]string{
		"a.txt":         {"a.txt", "a (2).txt", "a (3).txt"},
		".profile":      {".profile", ".profile (2)", ".profile (3)"},
		"a/b":           {"a_b", "a_b (2)", "a_b (3)"},
		long + ".txt":   {strings.Repeat("é", 125) + ".txt", strings.Repeat("é", 123) + " (2).txt", strings.Repeat("é", 123) + " (3).txt"},
		"no extension.": {"no extension_", "no extension_ (2)", "no extension_ (3)"},
	} {
		var got []string
		for _, candidate := range candidates(name) {
			if got = append(got, candidate); len(got) == 3 {
				break
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", name, diff)
		}
	}
}

// The program exports when it is interrupted.
func TestExportFlag(t *testing.T) {
	seed, out := t.TempDir(), filepath.Join(t.TempDir(), "out")
	write(t, seed, "a.txt", "A")
	p := start(t, "-seed", seed, "-export", out)
	if !strings.Contains(p.guide, "written to "+out) {
		t.Errorf("the guide does not name the folder:\n%s", p.guide)
	}
	if code := p.end(); code != 0 {
		t.Errorf("exit %d", code)
	}
	want := map[string]string{"workdocs/": "", "workdocs/a.txt": "A", "oracle/": "", "oracle/a.txt": "A"}
	if diff := cmp.Diff(want, onDisk(t, out)); diff != "" {
		t.Errorf("on disk (-want +got):\n%s", diff)
	}
}
