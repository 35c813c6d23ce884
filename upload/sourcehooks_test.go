package upload_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/emulate"
	"github.com/docferry/docferry/upload"
)

// A function of a source that hangs cannot hold up an upload whose context has
// ended: it is left behind.
func TestSourcesThatHang(t *testing.T) {
	for name, hang := range map[string]func(src *upload.Source, forever <-chan struct{}){
		"Open": func(src *upload.Source, forever <-chan struct{}) {
			src.Open = func(context.Context) (io.ReadCloser, error) { <-forever; return nil, io.EOF }
		},
		"Check": func(src *upload.Source, forever <-chan struct{}) {
			src.Check = func() error { <-forever; return nil }
		},
		"Read": func(src *upload.Source, forever <-chan struct{}) {
			src.Open = opens(readerFunc(func([]byte) (int, error) { <-forever; return 0, io.EOF }), nil)
		},
		"Read of an empty source": func(src *upload.Source, forever <-chan struct{}) {
			src.Size = 0
			src.Open = opens(readerFunc(func([]byte) (int, error) { <-forever; return 0, io.EOF }), nil)
		},
		"Close": func(src *upload.Source, forever <-chan struct{}) {
			src.Open = opens(nil, func() error { <-forever; return nil })
		},
	} {
		t.Run(name, func(t *testing.T) {
			for engine, upload := range bothEngines(t) {
				synctest.Test(t, func(t *testing.T) {
					forever := make(chan struct{})
					defer close(forever)
					src := file
					hang(&src, forever)
					ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
					defer cancel()
					began := time.Now()
					_, err := upload().Upload(ctx, src)
					if took := time.Since(began); err == nil || took < time.Hour || took > time.Hour+20*time.Second {
						t.Errorf("%s: %v after %v", engine, err, took)
					}
					if !errors.Is(err, context.DeadlineExceeded) {
						t.Errorf("%s: the error does not match the context's: %v", engine, err)
					}
				})
			}
		})
	}
}

// opens returns an Open whose readers read from r, or file if that is nil.
func opens(r io.Reader, end func() error) func(context.Context) (io.ReadCloser, error) {
	return func(context.Context) (io.ReadCloser, error) {
		reader := r
		if reader == nil {
			reader = bytes.NewReader([]byte("some content"))
		}
		if end == nil {
			return io.NopCloser(reader), nil
		}
		return closer{reader, end}, nil
	}
}

// bothEngines are both engines, with a storage that takes everything.
func bothEngines(t *testing.T) map[string]func() upload.Uploader {
	t.Helper()
	return map[string]func() upload.Uploader{
		"Presigned": func() upload.Uploader {
			s := &storage{status: 200, header: header("Etag", `"x"`)}
			p := &upload.Presigned{HTTP: docferry.HTTP{Transport: s, Retry: soon},
				Begin: func(context.Context, upload.Source) (*upload.Slot, error) {
					return &upload.Slot{ID: "thing", URL: "https://bucket.example.com/thing"}, nil
				},
				Abort: func(context.Context, *upload.Slot) error { return nil }}
			withCommit(p)
			return p
		},
		"Multipart": func() upload.Uploader {
			return &upload.Multipart{URL: "https://forms.example.com/",
				HTTP: docferry.HTTP{Transport: &storage{status: 201}, Retry: soon}}
		},
	}
}

// The context that Open gets is that of the attempt: it ends with it.
func TestOpenGetsTheContextOfItsAttempt(t *testing.T) {
	type key struct{}
	for engine, to := range bothEngines(t) {
		var last context.Context
		src := file
		src.Open = func(ctx context.Context) (io.ReadCloser, error) {
			last = ctx //nolint:fatcontext // it is what the test looks at
			return file.Open(ctx)
		}
		if _, err := to().Upload(context.WithValue(t.Context(), key{}, "value"), src); err != nil {
			t.Fatal(err)
		}
		if last.Value(key{}) != "value" || last.Err() == nil {
			t.Errorf("%s: value %v, error %v", engine, last.Value(key{}), last.Err())
		}
	}
}

// A source can be a download from another service. What that fails with says
// nothing of the destination, whatever its type.
func TestErrorsOfASourceAreItsOwn(t *testing.T) {
	for name, own := range map[string]error{
		"a lost answer": &docferry.TransportError{Service: "other", Sent: true, Err: io.ErrUnexpectedEOF},
		"a refusal": &docferry.Error{Service: "other", StatusCode: 403, Code: "ExpiredToken", Message: "expired",
			Kind: docferry.ErrForbidden},
		"a server fault":  &docferry.Error{Service: "other", StatusCode: 500, Kind: docferry.ErrUnavailable},
		"another upload":  &upload.Error{Name: "x", State: upload.StateUnknown, Err: upload.ErrIntegrity},
		"an expired URL":  upload.ErrExpired,
		"a broken URL":    &url.Error{Op: "Get", URL: "https://other.example.com/", Err: io.ErrUnexpectedEOF},
		"other content":   upload.ErrIntegrity,
		"a missing file":  fs.ErrNotExist,
		"a conflict":      docferry.ErrConflict,
		"an input error":  &docferry.InputError{Service: "other", Reason: "is required"},
		"unknown outcome": upload.ErrOutcomeUnknown,
	} {
		for where, src := range map[string]upload.Source{
			"Open":  upload.From("a.txt", 12, func(context.Context) (io.ReadCloser, error) { return nil, own }),
			"Read":  upload.From("a.txt", 12, opens(readerFunc(func([]byte) (int, error) { return 0, own }), nil)),
			"Close": upload.From("a.txt", 12, opens(nil, func() error { return own })),
			"Check": {Name: "a.txt", Size: 12, Open: file.Open, Check: func() error { return own }},
		} {
			for engine, to := range bothEngines(t) {
				_, err := to().Upload(t.Context(), src)
				ended, ok := errors.AsType[*upload.Error](err)
				source, is := errors.AsType[*upload.SourceError](err)
				if !ok || !is || source.Name != "a.txt" {
					t.Fatalf("%s, %s, %s: %v", name, where, engine, err)
				}
				if !errors.Is(source.Err, own) {
					t.Errorf("%s, %s, %s: the source's error is %v", name, where, engine, source.Err)
				}
				want := map[string]upload.State{"Open": notStarted, "Read": rolledBack, "Close": notStarted,
					"Check": rolledBack}[where]
				if engine == "Multipart" && where == "Check" {
					want = orphaned // the form is stored
				}
				if ended.State != want {
					t.Errorf("%s, %s, %s: ended as %s, want %s: %v", name, where, engine, ended.State, want, err)
				}
				_, refused := errors.AsType[*docferry.Error](err)
				_, lost := errors.AsType[*docferry.TransportError](err)
				_, broken := errors.AsType[*url.Error](err)
				if refused || lost || broken || docferry.OutcomeUnknown(err) {
					t.Errorf("%s, %s, %s: the source's error is taken for the destination's: %v", name, where, engine, err)
				}
				for _, kind := range []error{docferry.ErrForbidden, docferry.ErrConflict, upload.ErrExpired, upload.ErrIntegrity,
					upload.ErrOutcomeUnknown} {
					if errors.Is(err, kind) {
						t.Errorf("%s, %s, %s: matches %v: %v", name, where, engine, kind, err)
					}
				}
				if name == "a missing file" && !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("%s, %s: hides a cause of this machine: %v", where, engine, err)
				}
			}
		}
	}
}

// A source that reports at Close that its content was not right is believed,
// although all of it was sent.
func TestSourceThatFailsWhenItIsClosed(t *testing.T) {
	failed := errors.New("the checksum of the archive is wrong")
	for engine, to := range bothEngines(t) {
		opened := 0
		src := upload.From("a.txt", 12, func(context.Context) (io.ReadCloser, error) {
			opened++
			end := func() error {
				if opened > 1 { // the first only looks whether it can be opened
					return failed
				}
				return nil
			}
			return closer{bytes.NewReader([]byte("some content")), end}, nil
		})
		_, err := to().Upload(t.Context(), src)
		ended, ok := errors.AsType[*upload.Error](err)
		if !ok || !errors.Is(err, failed) {
			t.Fatalf("%s: %v", engine, err)
		}
		if want := map[string]upload.State{"Presigned": rolledBack, "Multipart": unknown}[engine]; ended.State != want ||
			opened != 2 {
			t.Errorf("%s: %v after opening it %d times, want %s", engine, err, opened, want)
		}
	}
}

// An empty source has to be empty.
func TestEmptySourceThatIsNot(t *testing.T) {
	inBubble(t, func(s *service, _ *emulate.Desk) {
		src := file
		src.Size = 0
		s.ends(background, src, ending{state: rolledBack, stage: upload.StageSend, is: upload.ErrSourceChanged})
	})
}
