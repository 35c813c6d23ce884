package uploadtest_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

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
	{"drops the last byte", "Sizes", func(ctx context.Context, m *uploadtest.Memory, src upload.Source) (*upload.Result, error) {
		return m.Upload(ctx, reread(src, func(b []byte) []byte { return b[:max(0, len(b)-1)] }))
	}},
	{"reports the digest of nothing", "Sizes", func(ctx context.Context, m *uploadtest.Memory, src upload.Source) (*upload.Result, error) {
		r, err := m.Upload(ctx, src)
		if err == nil {
			r.SHA256 = strings.Repeat("0", 64)
		}
		return r, err
	}},
	{"reports a size it did not count", "Sizes", func(ctx context.Context, m *uploadtest.Memory, src upload.Source) (*upload.Result, error) {
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
	{"stores what it could read of a failing source", "ReadFails", func(ctx context.Context, m *uploadtest.Memory, src upload.Source) (*upload.Result, error) {
		return m.Upload(ctx, reread(src, nil))
	}},
	{"does not notice a source that shrank", "Shrinks", func(ctx context.Context, m *uploadtest.Memory, src upload.Source) (*upload.Result, error) {
		return m.Upload(ctx, reread(src, nil))
	}},
	{"cuts a source that grew", "Grows", func(ctx context.Context, m *uploadtest.Memory, src upload.Source) (*upload.Result, error) {
		return m.Upload(ctx, wrapped(src, func(rc io.ReadCloser) io.ReadCloser {
			return readCloser{io.LimitReader(rc, src.Size), rc}
		}))
	}},
	{"never closes its reader", "Sizes", func(ctx context.Context, m *uploadtest.Memory, src upload.Source) (*upload.Result, error) {
		return m.Upload(ctx, wrapped(src, func(rc io.ReadCloser) io.ReadCloser { return io.NopCloser(rc) }))
	}},
	{"closes its reader twice", "Sizes", func(ctx context.Context, m *uploadtest.Memory, src upload.Source) (*upload.Result, error) {
		return m.Upload(ctx, wrapped(src, func(rc io.ReadCloser) io.ReadCloser { return twiceCloser{rc} }))
	}},
	{"ignores the context", "CancelledDuring", func(_ context.Context, m *uploadtest.Memory, src upload.Source) (*upload.Result, error) {
		return m.Upload(context.Background(), src)
	}},
	{"does not check the source afterwards", "ChangedAfterwards", func(ctx context.Context, m *uploadtest.Memory, src upload.Source) (*upload.Result, error) {
		src.Check = nil
		return m.Upload(ctx, src)
	}},
	{"swallows the cause", "ReadFails", func(ctx context.Context, m *uploadtest.Memory, src upload.Source) (*upload.Result, error) {
		r, err := m.Upload(ctx, src)
		if ended, ok := errors.AsType[*upload.Error](err); ok {
			ended.Err = errSwallowed
		}
		return r, err
	}},
	{"returns bare errors", "OpenFails", func(ctx context.Context, m *uploadtest.Memory, src upload.Source) (*upload.Result, error) {
		r, err := m.Upload(ctx, src)
		if ended, ok := errors.AsType[*upload.Error](err); ok {
			err = ended.Err
		}
		return r, err
	}},
	{"returns a result with its error", "OpenFails", func(ctx context.Context, m *uploadtest.Memory, src upload.Source) (*upload.Result, error) {
		r, err := m.Upload(ctx, src)
		if err != nil {
			r = &upload.Result{}
		}
		return r, err
	}},
	{"makes up a state", "OpenFails", func(ctx context.Context, m *uploadtest.Memory, src upload.Source) (*upload.Result, error) {
		r, err := m.Upload(ctx, src)
		if ended, ok := errors.AsType[*upload.Error](err); ok {
			ended.State = "well"
		}
		return r, err
	}},
	{"calls a rolled back upload not started", "BadInput", func(ctx context.Context, m *uploadtest.Memory, src upload.Source) (*upload.Result, error) {
		if src.Name == "" {
			src.Name = "unnamed"
		}
		return m.Upload(ctx, src)
	}},
	{"succeeds without storing", "Sizes", func(_ context.Context, _ *uploadtest.Memory, src upload.Source) (*upload.Result, error) {
		return uploadtest.NewMemory().Upload(context.Background(), src)
	}},
	{"keeps one buffer for all uploads", "Concurrent", func(ctx context.Context, m *uploadtest.Memory, src upload.Source) (*upload.Result, error) {
		shared.Store(&src)
		time.Sleep(time.Millisecond)
		return m.Upload(ctx, *shared.Load())
	}},
	{"stores it twice", "Sizes", func(ctx context.Context, m *uploadtest.Memory, src upload.Source) (*upload.Result, error) {
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
