package upload

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/docferry/docferry"
)

// commit makes the content final. While the outcome of a commit is unknown it
// asks the service, and removes nothing.
func (r *presignedRun) commit(ctx context.Context, put Put) (*Result, error) {
	if r.Commit == nil {
		return r.result(&Result{}, put), nil
	}
	for n := 1; ; n++ {
		result, err := r.Commit(ctx, r.slot, put)
		if ended, ok := errors.AsType[*Error](err); ok {
			return nil, r.ended(ended)
		}
		switch {
		case err == nil && result != nil:
			return r.result(result, put), nil
		case err == nil:
			err = fmt.Errorf("%w: Commit returned no result", docferry.ErrProtocol)
			return nil, r.keep(StageCommit, StateUnknown, err)
		case errors.Is(err, ErrIntegrity):
			// It is committed, and wrong. What to do with it is the caller's to say.
			return nil, r.keep(StageCommit, StateOrphaned, err)
		case !r.doubtful(err):
			return nil, r.giveUp(ctx, StageCommit, err)
		case r.Find == nil:
			return nil, r.keep(StageCommit, StateUnknown, err)
		}
		// The caller's context may be what lost the answer.
		asking, cancel := r.outliving(ctx)
		found, lookErr := r.Find(asking, r.slot, put)
		cancel()
		switch {
		case lookErr == nil && found != nil:
			return r.result(found, put), nil
		case errors.Is(lookErr, ErrIntegrity):
			return nil, r.keep(StageCommit, StateOrphaned, lookErr)
		case lookErr != nil:
			return nil, r.keep(StageCommit, StateUnknown, both(err, lookErr))
		case ctx.Err() != nil || n == commits:
			return nil, r.giveUp(ctx, StageCommit, err)
		}
	}
}

// doubtful reports whether a failed commit may have worked: its answer was
// lost, or a repetition of it was refused for what the first may have done.
func (r *presignedRun) doubtful(err error) bool {
	if docferry.OutcomeUnknown(err) {
		return true
	}
	refused, ok := errors.AsType[*docferry.Error](err)
	return ok && refused.Kind == docferry.ErrConflict && r.Find != nil
}

// result completes what Commit or Find said.
func (r *presignedRun) result(result *Result, put Put) *Result {
	result.ID = cmp.Or(result.ID, r.slot.ID)
	result.Version = cmp.Or(result.Version, r.slot.Version)
	result.Size, result.SHA256, result.Left = r.src.Size, put.SHA256, r.left
	return result
}

// both puts two errors on one line, the one that came first in front.
func both(first, second error) error { return fmt.Errorf("%w; then %w", first, second) }

// outliving returns a context that does not end with the caller's, but in
// bounded time.
func (p *Presigned) outliving(ctx context.Context) (context.Context, context.CancelFunc) {
	limit := p.CleanupTime
	if limit <= 0 {
		limit = cleanupTime
	}
	return context.WithTimeout(context.WithoutCancel(ctx), limit)
}

// abort removes what Begin made.
func (r *presignedRun) abort(ctx context.Context) error {
	ctx, cancel := r.outliving(ctx)
	defer cancel()
	return r.Abort(ctx, r.slot)
}

// giveUp cleans up and returns the error for the caller.
func (r *presignedRun) giveUp(ctx context.Context, stage Stage, err error) error {
	cleanup := r.drop(ctx)
	if len(r.left) > 0 {
		return &Error{Name: r.src.Name, Stage: stage, State: StateOrphaned, Err: err, Left: r.left, Cleanup: cleanup}
	}
	return &Error{Name: r.src.Name, Stage: stage, State: StateRolledBack, Err: err}
}

// drop removes what the slot names, or counts it among what is left.
func (r *presignedRun) drop(ctx context.Context) (cleanup error) {
	if r.Abort != nil {
		if cleanup = r.abort(ctx); cleanup == nil {
			return nil
		}
	}
	r.left = append(r.left, r.slot.refs()...)
	return cleanup
}

// ended completes the ending that one of the engine's functions stated.
func (r *presignedRun) ended(e *Error) *Error {
	e.Name = r.src.Name
	e.Left = append(r.left, e.Left...)
	return e
}

// keep ends the upload without a clean-up.
func (r *presignedRun) keep(stage Stage, state State, err error) error {
	return &Error{Name: r.src.Name, Stage: stage, State: state, Err: err, Left: append(r.left, r.slot.refs()...)}
}
