package tree

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/docferry/docferry/internal/names"
	"github.com/docferry/docferry/upload"
)

// Memory is a [Destination] in memory, for tests of programs that copy. Like the
// services, it keeps all versions of a document, and takes names that differ in case or
// in their Unicode form for the same. Use [NewMemory] to make one.
type Memory struct {
	mu    sync.Mutex
	nodes map[string]*node
}

// node is a folder or a document.
type node struct {
	Entry

	children []*node // of a folder, in the order of their making
	byKey    map[string]*node
	versions [][]byte // of a document, the latest last
}

// memoryRoot is the ID of the root of a Memory.
const memoryRoot = "1"

// NewMemory returns an empty Memory.
func NewMemory() *Memory {
	return &Memory{nodes: map[string]*node{memoryRoot: {Entry: Entry{ID: memoryRoot, Folder: true}}}}
}

// Root implements [Reader].
func (m *Memory) Root() string { return memoryRoot }

// get returns the folder or document with an ID. The caller holds mu.
func (m *Memory) get(id string, folder bool) (*node, error) {
	n, ok := m.nodes[id]
	if !ok || n.Folder != folder {
		return nil, fmt.Errorf("nothing of its kind has the ID %q: %w", id, fs.ErrNotExist)
	}
	return n, nil
}

// List implements [Reader].
func (m *Memory) List(_ context.Context, folderID string) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		m.mu.Lock()
		folder, err := m.get(folderID, true)
		var entries []Entry
		if err == nil {
			for _, n := range folder.children {
				entries = append(entries, n.Entry)
			}
		}
		m.mu.Unlock()
		if err != nil {
			yield(Entry{}, err)
			return
		}
		for _, e := range entries {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// Open implements [Reader].
func (m *Memory) Open(_ context.Context, document Entry) (io.ReadCloser, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, err := m.get(document.ID, false)
	if err != nil {
		return nil, err
	}
	at, err := strconv.Atoi(document.Version)
	if err != nil || at < 1 || at > len(n.versions) {
		return nil, fmt.Errorf("there is no version %q: %w", document.Version, fs.ErrNotExist)
	}
	return io.NopCloser(bytes.NewReader(n.versions[at-1])), nil
}

// Versions returns the contents of a document, the latest last, or nil if there is no
// such document.
func (m *Memory) Versions(id string) [][]byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	if n, err := m.get(id, false); err == nil {
		return n.versions
	}
	return nil
}

// Name implements [Destination].
func (m *Memory) Name(name string, _ bool) (stored, key string, err error) {
	if names.CheckElement(name) != nil || strings.ContainsFunc(name, unicode.IsControl) {
		return "", "", fmt.Errorf("%q cannot be the name of a file", name)
	}
	return name, names.Key(name), nil
}

// child returns what has a name in a folder, or nil. The caller of it holds mu.
func (n *node) child(name string) *node { return n.byKey[names.Key(name)] }

// MakeFolder implements [Destination].
func (m *Memory) MakeFolder(_ context.Context, parentID, name string) (Entry, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	parent, err := m.get(parentID, true)
	if err != nil {
		return Entry{}, false, err
	}
	if n := parent.child(name); n != nil {
		if !n.Folder {
			return Entry{}, false, fmt.Errorf("%w: there is a document of the name", ErrCollision)
		}
		return n.Entry, false, nil
	}
	return m.add(parent, Entry{Name: name, Folder: true, Modified: time.Now()}).Entry, true, nil
}

// add adds something to a folder. The caller holds mu.
func (m *Memory) add(to *node, e Entry) *node {
	e.ID = strconv.Itoa(len(m.nodes) + 1)
	n := &node{Entry: e}
	m.nodes[e.ID] = n
	to.children = append(to.children, n)
	if to.byKey == nil {
		to.byKey = make(map[string]*node)
	}
	to.byKey[names.Key(e.Name)] = n
	return n
}

// Uploader implements [Destination].
func (m *Memory) Uploader(to Target) upload.Uploader {
	return upload.Func(func(ctx context.Context, src upload.Source) (*upload.Result, error) {
		var b bytes.Buffer
		sum, err := src.CopyTo(ctx, &b)
		if err != nil {
			return nil, notStored(src, err)
		}
		n, err := m.store(to, b.Bytes(), sum, src.ModTime)
		if err != nil {
			return nil, &upload.Error{Name: src.Name, Stage: upload.StageCommit, State: upload.StateRolledBack, Err: err}
		}
		return &upload.Result{ID: n.ID, Version: n.Version, Size: src.Size, SHA256: sum}, nil
	})
}

// store makes a document, or a version of one.
func (m *Memory) store(to Target, content []byte, sum string, modified time.Time) (Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	folder, err := m.get(to.FolderID, true)
	if err != nil {
		return Entry{}, err
	}
	n := folder.child(to.Name)
	switch {
	case n == nil && to.DocumentID == "":
		n = m.add(folder, Entry{Name: to.Name})
	case to.DocumentID == "":
		return Entry{}, fmt.Errorf("the name is taken: %w", fs.ErrExist)
	case n == nil || n.ID != to.DocumentID:
		return Entry{}, errors.New("the document to add a version to does not have this name")
	}
	n.versions = append(n.versions, content)
	n.Version, n.Size, n.SHA256, n.Modified = strconv.Itoa(len(n.versions)), int64(len(content)), sum, modified
	return n.Entry, nil
}
