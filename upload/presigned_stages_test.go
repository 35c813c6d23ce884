package upload_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/emulate"
	"github.com/docferry/docferry/upload"
)

const expired = `<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>`

// What a storage does to a PUT, and what a service does to its steps.
var (
	refused      = emulate.Answer(403, denied)
	tooLate      = emulate.Answer(403, expired)
	wrongETag    = emulate.Answer(200, "", "Etag", `"d41d8cd98f00b204e9800998ecf8427e"`)
	errCleanup   = errors.New("the clean-up did not work")
	errUntyped   = errors.New("something went wrong")
	conflict     = &docferry.Error{Service: "vault", Operation: "Test", StatusCode: 409, Kind: docferry.ErrConflict}
	neverFind    = func(s *service) { s.Find = nil }
	neverAbort   = func(s *service) { s.Abort = nil }
	storageAlone = func(s *service) { s.Commit, s.Find, s.Abort = nil, nil, nil }
)

// failing makes the n-th call of a function fail, from 1; 0 is all of them.
func failing(call string, n int, err error) func(*service) {
	return func(s *service) {
		calls := 0
		fails := func() bool { calls++; return n == 0 || calls == n }
		switch call {
		case callBegin:
			next := s.Begin
			s.Begin = func(ctx context.Context, src upload.Source) (*upload.Slot, error) {
				if fails() {
					s.note(callBegin)
					return nil, err
				}
				return next(ctx, src)
			}
		case callCommit:
			next := s.Commit
			s.Commit = func(ctx context.Context, slot *upload.Slot, put upload.Put) (*upload.Result, error) {
				if fails() {
					s.note(callCommit)
					return nil, err
				}
				return next(ctx, slot, put)
			}
		case callFind:
			s.Find = func(context.Context, *upload.Slot, upload.Put) (*upload.Result, error) {
				s.note(callFind)
				return nil, err
			}
		case callAbort:
			next := s.Abort
			s.Abort = func(ctx context.Context, slot *upload.Slot) error {
				if fails() {
					s.note(callAbort)
					return err
				}
				return next(ctx, slot)
			}
		}
	}
}

// lostCommits makes the first n commits work and lose their answers.
func lostCommits(n int) func(*service) {
	return func(s *service) {
		next := s.Commit
		s.Commit = func(ctx context.Context, slot *upload.Slot, put upload.Put) (*upload.Result, error) {
			result, err := next(ctx, slot, put)
			if n--; n >= 0 {
				return nil, errLost
			}
			return result, err
		}
	}
}

// slotWith makes Begin return the slot as edit leaves it, along with err.
func slotWith(edit func(*upload.Slot), err error) func(*service) {
	return func(s *service) {
		next := s.Begin
		s.Begin = func(ctx context.Context, src upload.Source) (*upload.Slot, error) {
			slot, _ := next(ctx, src)
			edit(slot)
			return slot, err
		}
	}
}

// stageCase is a way in which an upload can go.
type stageCase struct {
	how     []func(*service)
	faults  []emulate.Fault // of the PUTs
	src     *upload.Source  // nil is file
	want    ending
	cleanup []error // what Error.Cleanup names
}

func run(t *testing.T, cases map[string]stageCase) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(s *service, desk *emulate.Desk) {
				for _, fault := range c.faults {
					desk.Next("PutObject", fault)
				}
				for _, how := range c.how {
					how(s)
				}
				src := file
				if c.src != nil {
					src = *c.src
				}
				_, ended := s.ends(background, src, c.want)
				if ended == nil {
					return
				}
				missed := func(err error) bool { return !strings.Contains(fmt.Sprint(ended.Cleanup), err.Error()) }
				if (ended.Cleanup == nil) != (c.cleanup == nil) || slices.ContainsFunc(c.cleanup, missed) {
					t.Errorf("Cleanup is %v, want %v", ended.Cleanup, c.cleanup)
				}
				text := ended.Error()
				cause := ended.Err.Error()
				if ended.State != upload.StateUnknown { // then the ending says more
					cause = strings.Replace(cause, ", and the request may have been carried out", "", 1)
				}
				if first, then := strings.Index(text, cause), strings.Index(text, "clean-up"); first < 0 || then >= 0 &&
					then < first {
					t.Errorf("%q does not begin with its cause", text)
				}
			})
		})
	}
}

func with(how ...func(*service)) []func(*service) { return how }

// at is an ending at a stage, for a cause, with calls.
func at(stage upload.Stage, state upload.State, is error, calls ...string) ending {
	return ending{stage: stage, state: state, is: is, calls: calls}
}

// leaving is the same with things that remain.
func (e ending) leaving(begun int, left ...upload.Ref) ending {
	e.begun, e.left = begun, left
	return e
}

const (
	notStarted = upload.StateNotStarted
	rolledBack = upload.StateRolledBack
	orphaned   = upload.StateOrphaned
	unknown    = upload.StateUnknown
)

func TestBeginEndings(t *testing.T) {
	stated := &upload.Error{Stage: upload.StageBegin, State: unknown, Err: errUntyped,
		Left: []upload.Ref{{ID: "x", Version: "1"}}}
	run(t, map[string]stageCase{
		"in order": {want: ending{calls: allStages}},
		"refused": {how: with(failing(callBegin, 0, errRefused)),
			want: at(upload.StageBegin, notStarted, docferry.ErrForbidden, callBegin)},
		"untyped": {how: with(failing(callBegin, 0, errUntyped)),
			want: at(upload.StageBegin, notStarted, errUntyped, callBegin)},
		"answer lost": {how: with(failing(callBegin, 0, errLost)),
			want: at(upload.StageBegin, unknown, upload.ErrOutcomeUnknown, callBegin)},
		"no slot": {how: with(failing(callBegin, 0, nil)), want: at(upload.StageBegin, notStarted, nil, callBegin)},
		"states an ending": {how: with(failing(callBegin, 0, stated)),
			want: at(upload.StageBegin, unknown, errUntyped, callBegin).leaving(0, stated.Left...)},
		"slot and error": {how: with(slotWith(func(*upload.Slot) {}, errRefused)),
			want: at(upload.StageBegin, rolledBack, docferry.ErrForbidden, callBegin, callAbort)},
		"slot and error, clean-up fails": {how: with(slotWith(func(*upload.Slot) {}, errRefused),
			failing(callAbort, 0, errCleanup)),
			want:    at(upload.StageBegin, orphaned, docferry.ErrForbidden, callBegin, callAbort).leaving(1, one...),
			cleanup: []error{errCleanup}},
		"slot without ID and error": {how: with(slotWith(func(s *upload.Slot) { s.ID = "" }, errRefused)),
			want: at(upload.StageBegin, notStarted, docferry.ErrForbidden, callBegin).leaving(1)},
		"slot without URL": {how: with(slotWith(func(s *upload.Slot) { s.URL = "" }, nil)),
			want: at(upload.StageSend, rolledBack, nil, callBegin, callAbort)},
		"empty slot": {how: with(slotWith(func(s *upload.Slot) { *s = upload.Slot{} }, nil), neverAbort),
			want: at(upload.StageSend, rolledBack, nil, callBegin).leaving(1)},
	})
	if stated.Name != "" {
		t.Errorf("the caller's error was changed: %+v", stated)
	}
}

func TestSendEndings(t *testing.T) {
	changed := file
	changed.Check = func() error { return upload.ErrSourceChanged }
	noID := slotWith(func(s *upload.Slot) { s.ID = "" }, nil)
	lost := emulate.LoseAnswer()
	run(t, map[string]stageCase{
		"refused": {faults: []emulate.Fault{refused},
			want: at(upload.StageSend, rolledBack, docferry.ErrForbidden, callBegin, callPut, callAbort)},
		"refused, clean-up fails": {faults: []emulate.Fault{refused}, how: with(failing(callAbort, 0, errCleanup)),
			cleanup: []error{errCleanup},
			want:    at(upload.StageSend, orphaned, docferry.ErrForbidden, callBegin, callPut, callAbort).leaving(1, one...)},
		"refused, no clean-up": {faults: []emulate.Fault{refused}, how: with(neverAbort),
			want: at(upload.StageSend, orphaned, docferry.ErrForbidden, callBegin, callPut).leaving(1, one...)},
		"refused by a storage alone": {faults: []emulate.Fault{refused}, how: with(storageAlone),
			want: at(upload.StageSend, rolledBack, docferry.ErrForbidden, callBegin, callPut).leaving(1)},
		"lost by a storage alone": {faults: []emulate.Fault{lost, lost, lost, lost}, how: with(storageAlone),
			want: at(upload.StageSend, unknown, upload.ErrOutcomeUnknown, callBegin, callPut, callPut, callPut,
				callPut).leaving(1, one...)},
		"lost, then refused by a storage alone": {faults: []emulate.Fault{lost, refused}, how: with(storageAlone),
			want: at(upload.StageSend, unknown, docferry.ErrForbidden, callBegin, callPut, callPut).leaving(1, one...)},
		"lost, then another wait than ours": {faults: []emulate.Fault{lost,
			emulate.Answer(503, "<Error><Code>SlowDown</Code></Error>", "Retry-After", "3600")}, how: with(storageAlone),
			want: at(upload.StageSend, unknown, docferry.ErrThrottled, callBegin, callPut, callPut).leaving(1, one...)},
		"wrong ETag by a storage alone": {faults: []emulate.Fault{wrongETag, wrongETag}, how: with(storageAlone),
			want: at(upload.StageSend, orphaned, upload.ErrIntegrity, callBegin, callPut, callPut).leaving(1, one...)},
		"source changed": {src: &changed, want: at(upload.StageSend, rolledBack, upload.ErrSourceChanged, callBegin, callPut,
			callAbort)},
		"source changed, storage alone": {src: &changed, how: with(storageAlone),
			want: at(upload.StageSend, orphaned, upload.ErrSourceChanged, callBegin, callPut).leaving(1, one...)},
		"source changed, storage alone, no ID": {src: &changed, how: with(storageAlone, noID),
			want: at(upload.StageSend, orphaned, upload.ErrSourceChanged, callBegin, callPut).leaving(1, upload.Ref{})},
		"source changed, clean-up without commit": {src: &changed, how: with(func(s *service) { s.Commit = nil }),
			want: at(upload.StageSend, rolledBack, upload.ErrSourceChanged, callBegin, callPut, callAbort)},
	})
}

// Cancelled in the middle of the body, a storage has nothing: it was told how
// much there would be.
func TestCancelledWithoutCommit(t *testing.T) {
	inBubble(t, func(s *service, _ *emulate.Desk) {
		storageAlone(s)
		ctx, cancel := context.WithCancel(background)
		src := upload.From("a.bin", 3<<20, func(context.Context) (io.ReadCloser, error) {
			return io.NopCloser(readerFunc(func(p []byte) (int, error) {
				cancel()
				time.Sleep(time.Millisecond) // let it be heard
				return len(p), nil
			})), nil
		})
		s.ends(ctx, src, at(upload.StageSend, rolledBack, context.Canceled, callBegin, callPut).leaving(1))
	})
}

// TestRenewal is F15 and F16: a new URL once, and what becomes of the old one.
func TestRenewal(t *testing.T) {
	both := []upload.Ref{{ID: "thing-1"}, {ID: "thing-2"}}
	again := []string{callBegin, callPut, callAbort, callBegin, callPut}
	short := slotWith(func(s *upload.Slot) { s.Lifetime = 10 * time.Second }, nil)
	busy := emulate.Answer(503, "<Error><Code>SlowDown</Code></Error>", "Retry-After", "20")
	run(t, map[string]stageCase{
		"once": {faults: []emulate.Fault{tooLate}, want: ending{calls: append(again, callCommit)}},
		"ExpiredToken": {faults: []emulate.Fault{emulate.Answer(400, "<Error><Code>ExpiredToken</Code></Error>")},
			want: ending{calls: append(again, callCommit)}},
		"twice": {faults: []emulate.Fault{tooLate, tooLate, tooLate},
			want: at(upload.StageSend, rolledBack, upload.ErrExpired, append(again, callAbort)...)},
		"during a wait": {faults: []emulate.Fault{busy}, how: with(short),
			want: ending{calls: append(again, callCommit)}},
		"before it is used": {how: with(slotWith(func(s *upload.Slot) { s.Lifetime = 1 }, nil)),
			want: at(upload.StageSend, rolledBack, upload.ErrExpired, callBegin, callAbort, callBegin, callAbort)},
		"first stays": {faults: []emulate.Fault{tooLate}, how: with(failing(callAbort, 1, errCleanup)),
			want: ending{calls: append(again, callCommit), begun: 1, left: one}},
		"first stays, no clean-up": {faults: []emulate.Fault{tooLate}, how: with(neverAbort),
			want: ending{calls: []string{callBegin, callPut, callBegin, callPut, callCommit}, begun: 1, left: one}},
		"storage alone": {faults: []emulate.Fault{tooLate}, how: with(storageAlone),
			want: ending{calls: []string{callBegin, callPut, callBegin, callPut}, begun: 2}},
		"storage alone, stored and lost": {faults: []emulate.Fault{emulate.LoseAnswer(), tooLate}, how: with(storageAlone),
			want: ending{calls: []string{callBegin, callPut, callPut, callBegin, callPut}, begun: 2, left: one}},
		"storage alone, stored and lost, one thing": {faults: []emulate.Fault{emulate.LoseAnswer(), tooLate},
			how:  with(storageAlone, slotWith(func(s *upload.Slot) { s.ID = "thing-2" }, nil)),
			want: ending{calls: []string{callBegin, callPut, callPut, callBegin, callPut}, begun: 2}},
		"storage alone, stored and lost, no URL": {faults: []emulate.Fault{emulate.LoseAnswer(), tooLate},
			how: with(storageAlone, slotWith(func(s *upload.Slot) {
				if s.ID == "thing-2" {
					s.URL = ""
				}
			}, nil)), want: at(upload.StageSend, unknown, nil, callBegin, callPut, callPut, callBegin).leaving(2, one...)},
		// The first PUT was the last step, and may have been carried out: no later refusal
		// makes that known, and nothing may be removed.
		"storage alone, lost, then refused": {faults: []emulate.Fault{emulate.LoseAnswer(), tooLate, refused},
			how: with(storageAlone), want: at(upload.StageSend, unknown, docferry.ErrForbidden, callBegin, callPut, callPut,
				callBegin, callPut).leaving(2, one...)},
		"storage alone, lost, then too late again": {faults: []emulate.Fault{emulate.LoseAnswer(), tooLate, tooLate},
			how: with(storageAlone), want: at(upload.StageSend, unknown, upload.ErrExpired, callBegin, callPut, callPut,
				callBegin, callPut).leaving(2, one...)},
		"storage alone, lost, no second URL": {faults: []emulate.Fault{emulate.LoseAnswer(), tooLate},
			how: with(storageAlone, failing(callBegin, 2, errRefused)), want: at(upload.StageBegin, unknown,
				docferry.ErrForbidden, callBegin, callPut, callPut, callBegin).leaving(1, one...)},
		"lost, clean-up without commit": {faults: []emulate.Fault{emulate.LoseAnswer(), tooLate, refused},
			how: with(func(s *service) { s.Commit, s.Find = nil, nil }), want: at(upload.StageSend, unknown,
				docferry.ErrForbidden, callBegin, callPut, callPut, callBegin, callPut).leaving(2, one...)},
		"second is refused": {faults: []emulate.Fault{tooLate}, how: with(failing(callBegin, 2, errRefused)),
			want: at(upload.StageBegin, rolledBack, docferry.ErrForbidden, callBegin, callPut, callAbort, callBegin)},
		"first stays, second is refused": {faults: []emulate.Fault{tooLate},
			how: with(failing(callBegin, 2, errRefused), failing(callAbort, 1, errCleanup)), cleanup: []error{errCleanup},
			want: at(upload.StageBegin, orphaned, docferry.ErrForbidden, callBegin, callPut, callAbort, callBegin).leaving(1,
				one...)},
		"first stays, second states an ending": {faults: []emulate.Fault{tooLate}, cleanup: []error{errCleanup},
			how: with(failing(callBegin, 2, &upload.Error{Stage: upload.StageBegin, State: notStarted, Err: errUntyped}),
				failing(callAbort, 1, errCleanup)),
			want: at(upload.StageBegin, orphaned, errUntyped, callBegin, callPut, callAbort, callBegin).leaving(1, one...)},
		"first stays, second is removed": {faults: []emulate.Fault{tooLate, refused},
			how: with(failing(callAbort, 1, errCleanup)), cleanup: []error{errCleanup},
			want: at(upload.StageSend, orphaned, docferry.ErrForbidden, append(again, callAbort)...).leaving(1, one...)},
		"both stay": {faults: []emulate.Fault{tooLate, refused}, how: with(failing(callAbort, 0, errUntyped),
			failing(callAbort, 1, errCleanup)), cleanup: []error{errCleanup, errUntyped},
			want: at(upload.StageSend, orphaned, docferry.ErrForbidden, append(again, callAbort)...).leaving(2, both...)},
	})
}
