package upload_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/emulate"
	"github.com/docferry/docferry/upload"
)

// TestCommitEndings is F54 to F60 for a service of any kind. Nothing is
// removed while a commit may have worked.
func TestCommitEndings(t *testing.T) {
	thrice := []string{callBegin, callPut, callCommit, callFind, callCommit, callFind, callCommit, callFind}
	stated := &upload.Error{Stage: upload.StageCommit, State: orphaned, Err: upload.ErrIntegrity,
		Left: []upload.Ref{{ID: "x"}}}
	done := append(slices.Clone(allStages), callFind)
	cases := map[string]stageCase{
		"refused": {how: with(failing(callCommit, 0, errRefused)),
			want: at(upload.StageCommit, rolledBack, docferry.ErrForbidden, append(slices.Clone(allStages), callAbort)...)},
		"not sent": {how: with(failing(callCommit, 0, &docferry.TransportError{Err: errUntyped})),
			want: at(upload.StageCommit, rolledBack, errUntyped, append(slices.Clone(allStages), callAbort)...)},
		"answer lost": {how: with(lostCommits(1)), want: ending{calls: done}},
		"lost before it": {how: with(failing(callCommit, 1, errLost)),
			want: ending{calls: append(slices.Clone(done), callCommit)}},
		"does not say": {how: with(failing(callCommit, 1, errUntyped)),
			want: ending{calls: append(slices.Clone(done), callCommit)}},
		"wrapped refusal": {how: with(failing(callCommit, 0, fmt.Errorf("commit: %w", errRefused))),
			want: at(upload.StageCommit, rolledBack, docferry.ErrForbidden, append(slices.Clone(allStages), callAbort)...)},
		"conflict with it": {how: with(lostConflict), want: ending{calls: done}},
		"conflict": {how: with(failing(callCommit, 0, conflict)),
			want: at(upload.StageCommit, rolledBack, docferry.ErrConflict, append(slices.Clone(thrice), callAbort)...)},
		"conflict, no Find": {how: with(failing(callCommit, 0, conflict), neverFind),
			want: at(upload.StageCommit, rolledBack, docferry.ErrConflict, append(slices.Clone(allStages), callAbort)...)},
		"always lost": {how: with(failing(callCommit, 0, errLost)),
			want: at(upload.StageCommit, unknown, upload.ErrOutcomeUnknown, thrice...).leaving(1, one...)},
		"lost, no Find": {how: with(failing(callCommit, 0, errLost), neverFind),
			want: at(upload.StageCommit, unknown, upload.ErrOutcomeUnknown, allStages...).leaving(1, one...)},
		"no word, no Find": {how: with(failing(callCommit, 0, errUntyped), neverFind),
			want: at(upload.StageCommit, unknown, errUntyped, allStages...).leaving(1, one...)},
		"lost, Find fails": {how: with(failing(callCommit, 0, errLost), failing(callFind, 0, errUntyped)),
			want: at(upload.StageCommit, unknown, errLost, done...).leaving(1, one...)},
		"no result": {how: with(failing(callCommit, 0, nil)),
			want: at(upload.StageCommit, unknown, docferry.ErrProtocol, allStages...).leaving(1, one...)},
		"other content": {how: with(failing(callCommit, 0, upload.ErrIntegrity)),
			want: at(upload.StageCommit, orphaned, upload.ErrIntegrity, allStages...).leaving(1, one...)},
		"other content found": {how: with(failing(callCommit, 0, errLost), failing(callFind, 0, upload.ErrIntegrity)),
			want: at(upload.StageCommit, orphaned, upload.ErrIntegrity, done...).leaving(1, one...)},
		"states an ending": {how: with(failing(callCommit, 0, stated)),
			want: at(upload.StageCommit, orphaned, upload.ErrIntegrity, allStages...).leaving(1, upload.Ref{ID: "x"})},
		"refused, stays": {how: with(failing(callCommit, 0, errRefused), failing(callAbort, 0, errCleanup)),
			cleanup: []error{errCleanup},
			want: at(upload.StageCommit, orphaned, docferry.ErrForbidden,
				append(slices.Clone(allStages), callAbort)...).leaving(1, one...)},
		"always lost, first of two stays": {faults: []emulate.Fault{tooLate}, how: with(failing(callCommit, 0, errLost),
			failing(callAbort, 1, errCleanup), neverFind), cleanup: []error{errCleanup},
			want: at(upload.StageCommit, unknown, upload.ErrOutcomeUnknown, callBegin, callPut, callAbort, callBegin, callPut,
				callCommit).leaving(2, upload.Ref{ID: "thing-1"}, upload.Ref{ID: "thing-2"})},
	}
	run(t, cases)
}

// lostConflict makes the commit work, and then refuses it for having worked.
func lostConflict(s *service) {
	next := s.Commit
	s.Commit = func(ctx context.Context, slot *upload.Slot, put upload.Put) (*upload.Result, error) {
		if _, err := next(ctx, slot, put); err != nil {
			return nil, err
		}
		return nil, conflict
	}
}

// The result is completed by the engine: what a service does not say is what
// is known of the upload.
func TestResult(t *testing.T) {
	inBubble(t, func(s *service, _ *emulate.Desk) {
		s.Commit = func(_ context.Context, slot *upload.Slot, put upload.Put) (*upload.Result, error) {
			if put.ETag == "" || put.SHA256 == "" || put.Header.Get("Etag") != put.ETag || put.Source.Name != file.Name ||
				slot.ID != "thing-1" {
				t.Errorf("commit was told %+v of %+v", put, slot)
			}
			s.finish(slot.ID)
			return &upload.Result{Version: "7", Size: -1, SHA256: "?", Detail: 5}, nil
		}
		result, _ := s.ends(background, file, ending{})
		if result.ID != "thing-1" || result.Version != "7" || result.Detail != 5 {
			t.Errorf("%+v", result)
		}
	})
}

// TestCleanup is F61 and F62: cleaning up outlives the caller, in bounded time.
func TestCleanup(t *testing.T) {
	for _, limit := range []time.Duration{0, time.Second, time.Minute} {
		inBubble(t, func(s *service, desk *emulate.Desk) {
			desk.Next("PutObject", refused)
			s.CleanupTime = limit
			s.Abort = func(ctx context.Context, _ *upload.Slot) error {
				<-ctx.Done()
				return ctx.Err()
			}
			began := time.Now()
			_, ended := s.ends(background, file, at(upload.StageSend, orphaned, docferry.ErrForbidden, callBegin,
				callPut).leaving(1, one...))
			if limit == 0 {
				limit = 15 * time.Second
			}
			if took := time.Since(began); took != limit || !errors.Is(ended.Cleanup, context.DeadlineExceeded) {
				t.Errorf("it took %v: %v", took, ended)
			}
		})
	}
	for name, spoil := range map[string]func(s *service, cancel func()){
		"during Begin": func(s *service, cancel func()) {
			slotWith(func(*upload.Slot) { cancel() }, context.Canceled)(s)
		},
		"after Begin": func(s *service, cancel func()) { slotWith(func(*upload.Slot) { cancel() }, nil)(s) },
		"during Commit": func(s *service, cancel func()) {
			s.Commit = func(context.Context, *upload.Slot, upload.Put) (*upload.Result, error) {
				cancel()
				return nil, errLost
			}
		},
	} {
		t.Run("cancelled "+name, func(t *testing.T) {
			inBubble(t, func(s *service, _ *emulate.Desk) {
				ctx, cancel := context.WithCancel(background)
				spoil(s, cancel)
				_, err := s.Upload(ctx, file)
				s.canary.keeps(err)
				ended, ok := errors.AsType[*upload.Error](err)
				want, left := rolledBack, 0
				if name == "during Commit" { // which may yet be carried out
					want, left = unknown, 1
				}
				if _, begun := s.count(); !ok || ended.State != want || begun != left || len(ended.Left) != left {
					t.Errorf("%v, and %d things are left", err, begun)
				}
			})
		})
	}
	t.Run("cancelled, and the commit is found", func(t *testing.T) {
		inBubble(t, func(s *service, _ *emulate.Desk) {
			ctx, cancel := context.WithCancel(background)
			lostCommits(1)(s)
			next := s.Commit
			s.Commit = func(ctx context.Context, slot *upload.Slot, put upload.Put) (*upload.Result, error) {
				defer cancel()
				return next(ctx, slot, put)
			}
			s.ends(ctx, file, ending{calls: append(slices.Clone(allStages), callFind)})
		})
	})
}

// Nothing that is missing or odd makes an engine panic.
func TestZeroEngines(t *testing.T) {
	for name, u := range map[string]upload.Uploader{
		"Presigned": &upload.Presigned{}, "Multipart": &upload.Multipart{},
		"Multipart, odd URL": &upload.Multipart{URL: "ftp://forms.example/"},
		"Multipart, odd header": &upload.Multipart{URL: "http://127.0.0.1:1/",
			Header: map[string][]string{"X-A": {"canary\r\nX-B: 1"}}},
		"Multipart, odd name":  &upload.Multipart{URL: "http://127.0.0.1:1/", Header: map[string][]string{"X A": {"1"}}},
		"Multipart, odd field": &upload.Multipart{URL: "http://127.0.0.1:1/", Fields: []upload.Field{{Name: "a\r\nb"}}},
	} {
		for _, src := range []upload.Source{file, {}} {
			result, err := u.Upload(background, src)
			ended, ok := errors.AsType[*upload.Error](err)
			if _, local := errors.AsType[*docferry.InputError](err); result != nil || !ok || !local ||
				ended.State != notStarted || ended.Stage != upload.StageSource {
				t.Errorf("%s: %v, %v", name, result, err)
			}
		}
	}
}

// What is too large is refused before anything is begun.
func TestMaxSize(t *testing.T) {
	for _, c := range []struct{ max, size, want int64 }{{0, 5<<30 + 1, 5 << 30}, {10, 11, 10},
		{1 << 40, 1<<40 + 1, 1 << 40}, {0, 1<<63 - 1, 0}} {
		src := upload.From("a.bin", c.size, file.Open)
		s := newService(t, docferry.HTTP{})
		s.MaxSize = c.max
		_, ended := s.ends(background, src, ending{state: notStarted, stage: upload.StageSource, calls: nil})
		bad, ok := errors.AsType[*docferry.InputError](ended)
		if !ok || bad.Field != "Source.Size" || bad.Service != "vault" || len(s.made()) != 0 {
			t.Errorf("%d bytes: %v", c.size, ended)
		}
	}
	if _, err := (&upload.Multipart{URL: "http://127.0.0.1:1/"}).Upload(background,
		upload.From("a.bin", 1<<63-1, file.Open)); as[*docferry.InputError](err) == nil {
		t.Error(err)
	}
	_, err := (&upload.Multipart{URL: "http://127.0.0.1:1/", MaxSize: 3}).Upload(background, file)
	if bad, ok := errors.AsType[*docferry.InputError](err); !ok || bad.Field != "Source.Size" {
		t.Error(err)
	}
}
