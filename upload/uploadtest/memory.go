package uploadtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
)

// Memory is an [upload.Uploader] that keeps content in memory. It is safe for
// concurrent use. Use [NewMemory] to make one; the zero value cannot store anything.
type Memory struct {
	mu      sync.Mutex
	content map[string][]byte
}

// NewMemory returns an empty Memory.
func NewMemory() *Memory { return &Memory{content: make(map[string][]byte)} }

// Upload implements [upload.Uploader]. IDs are "1", "2" and so on, and every upload
// makes a new object, even if the name is taken. A source that is not valid is
// refused with a [docferry.InputError] in an [upload.Error].
func (m *Memory) Upload(ctx context.Context, src upload.Source) (*upload.Result, error) {
	if err := check(src); err != nil {
		return nil, &upload.Error{Name: src.Name, Stage: upload.StageSource, State: upload.StateNotStarted, Err: err}
	}
	content, err := read(ctx, src)
	if err == nil && src.Check != nil {
		err = src.Check()
	}
	if err != nil {
		return nil, &upload.Error{Name: src.Name, Stage: upload.StageSend, State: upload.StateRolledBack, Err: err}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	id := strconv.Itoa(len(m.content) + 1)
	m.content[id] = content
	sum := sha256.Sum256(content)
	return &upload.Result{ID: id, Version: "1", Size: src.Size, SHA256: hex.EncodeToString(sum[:])}, nil
}

// Content returns the content that an upload has stored, given its result. It is the
// stored slice itself, not a copy. It fails if there is nothing with that ID.
func (m *Memory) Content(r *upload.Result) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	content, ok := m.content[r.ID]
	if !ok {
		return nil, fmt.Errorf("nothing is stored as %q", r.ID)
	}
	return content, nil
}

// Count returns the number of stored objects. The number of unfinished ones is always
// 0, because Upload stores an object in a single step.
func (m *Memory) Count() (stored, unfinished int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.content), 0
}

// check returns an error if a field of the source is not valid.
func check(src upload.Source) error {
	bad := func(field, reason string) error {
		return &docferry.InputError{Operation: "Upload", Field: "Source." + field, Reason: reason}
	}
	switch {
	case src.Name == "":
		return bad("Name", "is required")
	case strings.ContainsFunc(src.Name, unicode.IsControl):
		return bad("Name", "has a control character")
	case src.Size < 0:
		return bad("Size", "is negative")
	case src.Open == nil:
		return bad("Open", "is required")
	}
	return nil
}

// read reads the whole source. It fails if the source has more or fewer bytes than
// its Size, if ctx ends, or if 100 reads in a row return nothing.
func read(ctx context.Context, src upload.Source) (content []byte, err error) {
	rc, err := src.Open(ctx)
	if err != nil {
		return nil, &upload.SourceError{Name: src.Name, Err: err}
	}
	defer func() {
		if closing := rc.Close(); err == nil {
			err = closing
		}
	}()
	var buf bytes.Buffer
	chunk := make([]byte, 32<<10)
	for idle := 0; ; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		n, err := rc.Read(chunk)
		buf.Write(chunk[:n])
		if idle++; n > 0 {
			idle = 0
		}
		switch {
		case int64(buf.Len()) > src.Size, errors.Is(err, io.EOF) && int64(buf.Len()) < src.Size:
			return nil, &upload.SourceError{Name: src.Name, Err: upload.ErrSourceChanged}
		case errors.Is(err, io.EOF):
			return buf.Bytes(), nil
		case err == nil && idle > 100:
			err = io.ErrNoProgress
		}
		if err != nil {
			return nil, &upload.SourceError{Name: src.Name, Err: err}
		}
	}
}
