package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/docferry/docferry/workdocs/workdocstest"
)

// exported says what an export has done.
type exported struct {
	Time time.Time
	// Written counts new files, Same those that were there already, with the same
	// content.
	Written, Same int
	// Notes are about files that have another name than they should, and about
	// those that could not be written.
	Notes  []string
	failed int
}

// String sums up the export in a line.
func (x *exported) String() string {
	text := fmt.Sprintf("%d files written, %d were there already", x.Written, x.Same)
	if x.failed > 0 {
		text += fmt.Sprintf(", %d FAILED", x.failed)
	}
	return text
}

// export writes what is stored to the folder of -export, and says on stderr
// what is not there under its own name.
func (e *emulator) export(stderr io.Writer) error {
	e.exporting.Lock()
	defer e.exporting.Unlock()
	x := &exporter{exported: &exported{Time: time.Now()}, top: e.exportTo.root, folders: map[string]string{}}
	for _, item := range e.workdocs.Items() {
		x.document(home(item.Owner, workdocstest.Administrator, "workdocs"), item.Path, item.Folder, func() ([]byte, bool) {
			return currentVersion(e.workdocs, item)
		})
	}
	for _, item := range e.oracle.Items() {
		x.document(home(item.Owner, oracledocstest.User, "oracle"), item.Path, item.Folder, func() ([]byte, bool) {
			return e.oracle.Content(item.ID, 0)
		})
	}
	for _, chat := range e.connect.Chats() {
		x.chat(e.connect, chat)
	}
	e.lastExport = x.exported
	for _, note := range x.Notes {
		fmt.Fprintf(stderr, "emulator: -export: %s\n", note)
	}
	if x.failed > 0 {
		return fmt.Errorf("-export: %s", x.exported)
	}
	return nil
}

// currentVersion returns the content that the document shows. A document that
// has only drafts has none.
func currentVersion(srv *workdocstest.Server, item workdocstest.Item) ([]byte, bool) {
	for _, v := range slices.Backward(item.Versions) {
		if !v.Draft {
			return srv.Content(item.ID, v.ID)
		}
	}
	return nil, false
}

// home returns where what a user has at a service goes. The user who all
// programs begin with has the service's own folder, so that -seed can read it.
func home(owner, first, service string) []string {
	if owner == first {
		return []string{service}
	}
	return []string{"users", owner, service}
}

// exportFolder is the folder of -export. Nothing is written outside of it,
// whatever links there are in it.
type exportFolder struct {
	name string
	root *os.Root
}

// openExport makes the folder if it does not exist.
func openExport(name string) (*exportFolder, error) {
	if err := os.MkdirAll(name, 0o777); err != nil {
		return nil, fmt.Errorf("-export: %w", err)
	}
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, fmt.Errorf("-export: %w", err)
	}
	return &exportFolder{name, root}, nil
}

// exporter is one export.
type exporter struct {
	*exported
	top *os.Root
	// folders has the folders that were made or found, by the names that the
	// services have for them, which may not be those on disk.
	folders map[string]string
}

// document writes a document or makes a folder below home.
func (x *exporter) document(home, names []string, folder bool, content func() ([]byte, bool)) {
	all := slices.Concat(home, names)
	if folder {
		x.must(all, x.folderError(all))
		return
	}
	data, ok := content()
	if ok {
		x.file(all, data)
	}
}

// chat writes the transcript and the completed attachments of a chat in which
// anything was said.
func (x *exporter) chat(srv *connectparticipanttest.Server, chat *connectparticipanttest.Chat) {
	if len(chat.Transcript()) == 0 {
		return
	}
	dir := []string{"connect", chat.ContactID}
	text, err := transcriptOf(chat)
	if err != nil { // it holds texts only
		x.must(dir, err)
		return
	}
	x.file(append(dir[:2:2], "transcript.json"), text)
	for _, a := range chat.Attachments() {
		if content, status, ok := srv.Attachment(a.AttachmentID); ok && status != "" {
			x.file(append(dir[:2:2], "attachments", a.AttachmentName), content)
		}
	}
}

// transcriptOf returns the items of a chat, as GetTranscript has them.
func transcriptOf(chat *connectparticipanttest.Chat) ([]byte, error) {
	text, err := json.MarshalIndent(chat.Transcript(), "", "  ")
	return append(text, '\n'), err
}

// must counts a failure, if there is one.
func (x *exporter) must(names []string, err error) {
	if err != nil {
		x.failed++
		x.Notes = append(x.Notes, fmt.Sprintf("%q was not written: %v", strings.Join(names, "/"), err))
	}
}

func (x *exporter) folderError(names []string) error {
	_, err := x.folder(names)
	return err
}

// folder returns the folder on disk for the given names, which it makes if need
// be.
func (x *exporter) folder(names []string) (string, error) {
	if len(names) == 0 {
		return ".", nil
	}
	key := strings.Join(names, "\x00")
	if dir, ok := x.folders[key]; ok {
		return dir, nil
	}
	parent, err := x.folder(names[:len(names)-1])
	if err != nil {
		return "", err
	}
	for n, name := range candidates(names[len(names)-1]) {
		dir := path.Join(parent, name)
		err := x.top.Mkdir(dir, 0o777)
		if errors.Is(err, fs.ErrExist) {
			// Something that is not a folder, such as a link, is left alone.
			if info, err := x.top.Lstat(dir); err != nil || !info.IsDir() {
				continue
			}
			err = nil
		}
		if err != nil {
			return "", err
		}
		x.renamed(n, names, dir)
		x.folders[key] = dir
		return dir, nil
	}
	return "", errTaken
}

// errTaken ends the search for a free name.
var errTaken = errors.New("its name and many like it are taken; empty the folder of -export")

// file writes a file, or finds that it is there. A file that has other content
// stays as it is.
func (x *exporter) file(names []string, content []byte) {
	parent, err := x.folder(names[:len(names)-1])
	if err != nil {
		x.must(names, err)
		return
	}
	dir, err := x.top.OpenRoot(parent)
	if err != nil {
		x.must(names, err)
		return
	}
	defer dir.Close()
	for n, name := range candidates(names[len(names)-1]) {
		if same(dir, name, content) {
			x.Same++
			return
		}
		d := &docferry.Download{Body: io.NopCloser(bytes.NewReader(content)), Size: int64(len(content))}
		err := d.Save(dir, name) // never replaces a file
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err == nil {
			x.Written++
			x.renamed(n, names, path.Join(parent, name))
		}
		x.must(names, err)
		return
	}
	x.must(names, errTaken)
}

// renamed notes that the first choice of a name was taken.
func (x *exporter) renamed(n int, names []string, as string) {
	if n > 0 {
		x.Notes = append(x.Notes, fmt.Sprintf("%q is now %q: something else has its name", strings.Join(names, "/"), as))
	}
}

// same reports whether dir has a regular file of this name with this content.
func same(dir *os.Root, name string, content []byte) bool {
	info, err := dir.Lstat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() != int64(len(content)) {
		return false
	}
	there, err := dir.ReadFile(name)
	return err == nil && bytes.Equal(there, content)
}

// candidates yields the names on disk to try for a name of a service: the safe
// one, then "name (2).txt" and so on.
func candidates(name string) func(yield func(int, string) bool) {
	return func(yield func(int, string) bool) {
		safe := docferry.SafeName(name)
		ext := path.Ext(safe)
		base := strings.TrimSuffix(safe, ext)
		if base == "" || len(ext) > 32 { // ".profile" has no extension
			base, ext = safe, ""
		}
		if !yield(0, safe) {
			return
		}
		for n := 2; n <= 1000; n++ {
			tail := fmt.Sprintf(" (%d)%s", n, ext)
			if !yield(n, cut(base, 255-len(tail))+tail) {
				return
			}
		}
	}
}

// cut shortens a text to so many bytes at most, not within a character.
func cut(text string, most int) string {
	for len(text) > most {
		_, size := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-size]
	}
	return text
}
