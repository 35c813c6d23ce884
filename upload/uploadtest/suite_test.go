package uploadtest_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/upload/uploadtest"
)

func TestMemory(t *testing.T) {
	uploadtest.Test(t, func(testing.TB) *uploadtest.Harness {
		m := uploadtest.NewMemory()
		return &uploadtest.Harness{Uploader: m, Content: m.Content, Count: m.Count}
	})
}

// mutant is the reference with one fault. The suite has to find it.
type mutant struct {
	name   string
	caught string // the check that has to find it
	upload func(ctx context.Context, m *uploadtest.Memory, src upload.Source) (*upload.Result, error)
}

var errSwallowed = errors.New("something went wrong")

var mutants = []mutant{
	{"drops the last byte", "Sizes", func(ctx context.Context, m *uploadtest.Memory, src upload.Source) (*upload.Result,
		error) {
		return m.Upload(ctx, reread(src, func(b []byte) []byte { return b[:max(0, len(b)-1)] }))
	}},
	{"reports the digest of nothing", "Sizes", func(ctx context.Context, m *uploadtest.Memory,
		src upload.Source) (*upload.Result, error) {
		r, err := m.Upload(ctx, src)
		if err == nil {
			r.SHA256 = strings.Repeat("0", 64)
		}
		return r, err
	}},
	{"reports a size it did not count", "Sizes",
		func(ctx context.Context, m *uploadtest.Memory, src upload.Source) (*upload.Result, error) {
			r, err := m.Upload(ctx, src)
			if err == nil {
				r.Size++
			}
			return r, err
		}},
	{"gives no ID", "Sizes", func(ctx context.Context, m *uploadtest.Memory, src upload.Source) (*upload.Result, error) {
		r, err := m.Upload(ctx, src)
		if err == nil {
			r.ID = ""
		}
		return r, err
	}},
	{"stores what it could read of a failing source", "ReadFails",
		func(ctx context.Context, m *uploadtest.Memory, src upload.Source) (*upload.Result, error) {
			return m.Upload(ctx, reread(src, nil))
		}},
	{"does not notice a source that shrank", "Shrinks",
		func(ctx context.Context, m *uploadtest.Memory, src upload.Source) (*upload.Result, error) {
			return m.Upload(ctx, reread(src, nil))
		}},
	{"cuts a source that grew", "Grows", func(ctx context.Context, m *uploadtest.Memory,
		src upload.Source) (*upload.Result, error) {
		return m.Upload(ctx, wrapped(src, func(rc io.ReadCloser) io.ReadCloser {
			return readCloser{io.LimitReader(rc, src.Size), rc}
		}))
	}},
	{"never closes its reader", "Sizes", func(ctx context.Context, m *uploadtest.Memory,
		src upload.Source) (*upload.Result, error) {
		return m.Upload(ctx, wrapped(src, func(rc io.ReadCloser) io.ReadCloser { return io.NopCloser(rc) }))
	}},
	{"closes its reader twice", "Sizes", func(ctx context.Context, m *uploadtest.Memory,
		src upload.Source) (*upload.Result, error) {
		return m.Upload(ctx, wrapped(src, func(rc io.ReadCloser) io.ReadCloser { return twiceCloser{rc} }))
	}},
	{"ignores the context", "CancelledDuring", func(_ context.Context, m *uploadtest.Memory,
		src upload.Source) (*upload.Result, error) {
		return m.Upload(context.Background(), src)
	}},
	{"does not check the source afterwards", "ChangedAfterwards",
		func(ctx context.Context, m *uploadtest.Memory, src upload.Source) (*upload.Result, error) {
			src.Check = nil
			return m.Upload(ctx, src)
		}},
	{"swallows the cause", "ReadFails", func(ctx context.Context, m *uploadtest.Memory, src upload.Source) (*upload.Result,
		error) {
		r, err := m.Upload(ctx, src)
		if ended, ok := errors.AsType[*upload.Error](err); ok {
			ended.Err = errSwallowed
		}
		return r, err
	}},
	{"returns bare errors", "OpenFails", func(ctx context.Context, m *uploadtest.Memory,
		src upload.Source) (*upload.Result, error) {
		r, err := m.Upload(ctx, src)
		if ended, ok := errors.AsType[*upload.Error](err); ok {
			err = ended.Err
		}
		return r, err
	}},
	{"returns a result with its error", "OpenFails",
		func(ctx context.Context, m *uploadtest.Memory, src upload.Source) (*upload.Result, error) {
			r, err := m.Upload(ctx, src)
			if err != nil {
				r = &upload.Result{}
			}
			return r, err
		}},
	{"makes up a state", "OpenFails", func(ctx context.Context, m *uploadtest.Memory, src upload.Source) (*upload.Result,
		error) {
		r, err := m.Upload(ctx, src)
		if ended, ok := errors.AsType[*upload.Error](err); ok {
			ended.State = "well"
		}
		return r, err
	}},
	{"calls a rolled back upload not started", "BadInput",
		func(ctx context.Context, m *uploadtest.Memory, src upload.Source) (*upload.Result, error) {
			if src.Name == "" {
				src.Name = "unnamed"
			}
			return m.Upload(ctx, src)
		}},
	{"succeeds without storing", "Sizes", func(_ context.Context, _ *uploadtest.Memory, src upload.Source) (*upload.Result,
		error) {
		return uploadtest.NewMemory().Upload(context.Background(), src)
	}},
	{"keeps one buffer for all uploads", "Concurrent",
		func(ctx context.Context, m *uploadtest.Memory, src upload.Source) (*upload.Result, error) {
			shared.Store(&src)
			time.Sleep(time.Millisecond)
			return m.Upload(ctx, *shared.Load())
		}},
	{"stores it twice", "Sizes", func(ctx context.Context, m *uploadtest.Memory, src upload.Source) (*upload.Result,
		error) {
		_, _ = m.Upload(ctx, src)
		return m.Upload(ctx, src)
	}},
}

func TestMutants(t *testing.T) {
	for _, mut := range mutants {
		t.Run(mut.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // the wait for a reader that is never closed costs nothing here
				err := uploadtest.Check(func() *uploadtest.Harness {
					m := uploadtest.NewMemory()
					return &uploadtest.Harness{Content: m.Content, Count: m.Count, Uploader: upload.Func(
						func(ctx context.Context, src upload.Source) (*upload.Result, error) { return mut.upload(ctx, m, src) })}
				})
				if err == nil || !strings.Contains(err.Error(), mut.caught+": ") {
					t.Errorf("the check %s let it pass; found: %v", mut.caught, err)
				}
			})
		})
	}
}

// reread returns a source with the content as far as it can be read, changed
// by edit, and the size to go with it.
func reread(src upload.Source, edit func([]byte) []byte) upload.Source {
	if src.Open == nil {
		return src
	}
	rc, err := src.Open(context.Background())
	if err != nil {
		return src
	}
	content, _ := io.ReadAll(io.LimitReader(rc, 4<<20))
	_ = rc.Close()
	if edit != nil {
		content = edit(content)
	}
	out := upload.Bytes(src.Name, content)
	out.Check = src.Check
	return out
}

func wrapped(src upload.Source, wrap func(io.ReadCloser) io.ReadCloser) upload.Source {
	open := src.Open
	if open != nil {
		src.Open = func(ctx context.Context) (io.ReadCloser, error) {
			rc, err := open(ctx)
			if err != nil {
				return nil, err
			}
			return wrap(rc), nil
		}
	}
	return src
}

type readCloser struct {
	io.Reader
	io.Closer
}

type twiceCloser struct{ io.ReadCloser }

func (c twiceCloser) Close() error { return errors.Join(c.ReadCloser.Close(), c.ReadCloser.Close()) }

// shared is what a mutant should keep to each upload.
var shared atomic.Pointer[upload.Source]

// shelf is a destination that shows names, and refuses those that are taken.
type shelf struct {
	mu      sync.Mutex
	content map[string][]byte // by name, which is the ID
	lose    bool
	// What the mutants do wrong.
	removesTaken, namesTaken, callsItRolledBack, replaces, trustsSize bool
}

func (s *shelf) Upload(ctx context.Context, src upload.Source) (*upload.Result, error) {
	m := uploadtest.NewMemory()
	result, err := m.Upload(ctx, src)
	if err != nil {
		return nil, err
	}
	content, _ := m.Content(result)
	result.ID = src.Name
	s.mu.Lock()
	defer s.mu.Unlock()
	older, taken := s.content[src.Name]
	refused := &upload.Error{Name: src.Name, Stage: upload.StageSend, State: upload.StateNotStarted,
		Err: &docferry.Error{StatusCode: 412, Kind: docferry.ErrConflict}}
	switch {
	case s.lose && s.trustsSize && len(older) == len(content):
		return result, nil
	case s.lose:
		return nil, &upload.Error{Name: src.Name, Stage: upload.StageSend, State: upload.StateUnknown,
			Err: io.ErrUnexpectedEOF}
	case taken && s.removesTaken:
		delete(s.content, src.Name)
		return nil, refused
	case taken && s.namesTaken:
		refused.Left = []upload.Ref{{ID: src.Name, Version: "1"}}
		refused.State = upload.StateOrphaned
		return nil, refused
	case taken && s.callsItRolledBack:
		refused.State = upload.StateRolledBack
		return nil, refused
	case taken && !s.replaces:
		return nil, refused
	}
	s.content[src.Name] = content
	return result, nil
}

func (s *shelf) harness() *uploadtest.Harness {
	return &uploadtest.Harness{Uploader: s,
		Content: func(r *upload.Result) ([]byte, error) {
			s.mu.Lock()
			defer s.mu.Unlock()
			content, ok := s.content[r.ID]
			if !ok {
				return nil, errors.New("there is nothing")
			}
			return content, nil
		},
		Count: func() (stored, unfinished int) {
			s.mu.Lock()
			defer s.mu.Unlock()
			return len(s.content), 0
		},
		Existing: func(name string, content []byte) (*upload.Result, error) {
			s.content[name] = content
			return &upload.Result{ID: name, Version: "1"}, nil
		},
		LoseNext: func() { s.lose = true },
	}
}

// Uploaders that do not respect what has a name already are found.
func TestMutantsOfTakenNames(t *testing.T) {
	for name, tt := range map[string]struct {
		shelf  func() *shelf
		caught string // "" for none
	}{
		"none":                                    {func() *shelf { return &shelf{} }, ""},
		"removes what has the name":               {func() *shelf { return &shelf{removesTaken: true} }, "TakenName: "},
		"replaces what has the name":              {func() *shelf { return &shelf{replaces: true} }, "TakenName: "},
		"names what was there before":             {func() *shelf { return &shelf{namesTaken: true} }, "TakenName: "},
		"calls a refusal rolled back":             {func() *shelf { return &shelf{callsItRolledBack: true} }, "TakenName: "},
		"takes an older thing of the size for it": {func() *shelf { return &shelf{trustsSize: true} }, "LostAnswer: "},
	} {
		var found []string
		for _, check := range []string{"TakenName: ", "LostAnswer: "} {
			err := uploadtest.Check(func() *uploadtest.Harness {
				s := tt.shelf()
				s.content = make(map[string][]byte)
				return s.harness()
			})
			if err != nil && strings.Contains(err.Error(), check) {
				found = append(found, check)
			}
		}
		if tt.caught == "" && len(found) > 0 || tt.caught != "" && !slices.Contains(found, tt.caught) {
			t.Errorf("%s: found by %q, want %q", name, found, tt.caught)
		}
	}
}
