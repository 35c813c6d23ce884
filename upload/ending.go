package upload

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/docferry/docferry"
)

// commit makes the content final. Once the outcome of a commit is in doubt,
// only the success of a later one or the answer of Find decides. Nothing is
// removed, because the service may still carry out the doubtful commit.
func (r *presignedRun) commit(ctx context.Context, put Put) (*Result, error) {
	if r.Commit == nil {
		return r.result(&Result{}, put), nil
	}
	var doubt error // of the first commit that may have worked
	for n := 1; ; n++ {
		result, err := r.Commit(ctx, r.slot, put)
		if ended, ok := errors.AsType[*Error](err); ok {
			return nil, r.end(ended)
		}
		switch {
		case err == nil && result != nil:
			return r.result(result, put), nil
		case err == nil:
			err = fmt.Errorf("%w: Presigned.Commit returned neither a result nor an error", docferry.ErrProtocol)
			return nil, r.keep(StageCommit, StateUnknown, err)
		case errors.Is(err, ErrIntegrity):
			// It is committed, and wrong. The caller decides what to do with it.
			return nil, r.keep(StageCommit, StateOrphaned, err)
		case unclear(err) && doubt == nil:
			doubt = err
		}
		if doubt == nil && !isConflict(err) {
			return nil, r.giveUp(ctx, StageCommit, err)
		}
		err = cmp.Or(doubt, err)
		if r.Find == nil {
			return nil, r.settle(ctx, doubt, err)
		}
		// The end of the caller's context may be why the answer was lost.
		asking, cancel := r.outliving(ctx)
		found, lookErr := r.Find(asking, r.slot, put)
		cancel()
		if ended, ok := errors.AsType[*Error](lookErr); ok {
			return nil, r.end(ended)
		}
		switch {
		case lookErr == nil && found != nil:
			return r.result(found, put), nil
		case errors.Is(lookErr, ErrIntegrity):
			return nil, r.keep(StageCommit, StateOrphaned, lookErr)
		case lookErr != nil:
			return nil, r.keep(StageCommit, StateUnknown, both(err, lookErr))
		case ctx.Err() != nil || n == commits:
			return nil, r.settle(ctx, doubt, err)
		}
	}
}

// settle ends an upload whose commit did not succeed.
func (r *presignedRun) settle(ctx context.Context, doubt, err error) error {
	if doubt != nil {
		return r.keep(StageCommit, StateUnknown, err)
	}
	return r.giveUp(ctx, StageCommit, err)
}

// isConflict reports whether a commit was refused because of the state of the
// resource, which may be the effect of an earlier commit.
func isConflict(err error) bool {
	refused, ok := errors.AsType[*docferry.Error](err)
	return ok && refused.Kind == docferry.ErrConflict
}

// result completes the result of Commit or Find.
func (r *presignedRun) result(result *Result, put Put) *Result {
	result.ID = cmp.Or(result.ID, r.slot.ID)
	result.Version = cmp.Or(result.Version, r.slot.Version)
	result.Size, result.SHA256 = r.src.Size, put.SHA256
	left := slices.Concat(r.left, result.Left)
	result.Left = slices.DeleteFunc(left, func(ref Ref) bool { // an earlier URL may have been for the same version
		return ref == Ref{ID: result.ID, Version: result.Version}
	})
	return result
}

// both puts two errors on one line. Only the first is wrapped, because it is
// the reason for the failure; the second is a consequence.
func both(first, second error) error {
	return fmt.Errorf("%w; then %v", first, second) //nolint:errorlint // see above
}

// outliving returns a context that does not end with the caller's, but after a
// limited time.
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

// drop removes what the slot names, or adds it to what is left.
func (r *presignedRun) drop(ctx context.Context) {
	if r.Commit == nil && r.unsure {
		r.doubtful = true // the PUT was the last step, and may have been carried out
	}
	if r.Commit == nil && !r.stored && !r.slot.Draft {
		if r.unsure {
			r.left = append(r.left, r.slot.refs()...)
		}
		return // Begin made nothing, and the PUT is not known to have stored anything
	}
	if r.Abort != nil {
		err := r.abort(ctx)
		if err == nil {
			return
		}
		r.doubtful = r.doubtful || errors.Is(err, ErrOutcomeUnknown)
		if r.cleanup != nil {
			err = both(r.cleanup, err)
		}
		r.cleanup = err
	}
	if r.stored && r.slot.ID == "" {
		r.left = append(r.left, Ref{})
	}
	r.left = append(r.left, r.slot.refs()...)
}

// giveUp cleans up and returns the error for the caller.
func (r *presignedRun) giveUp(ctx context.Context, stage Stage, err error) error {
	r.drop(ctx)
	return r.end(&Error{Stage: stage, State: StateRolledBack, Err: err})
}

// keep ends the upload without a clean-up.
func (r *presignedRun) keep(stage Stage, state State, err error) error {
	return r.end(&Error{Stage: stage, State: state, Err: err, Left: r.slot.refs()})
}

// end completes an ending with what earlier slots left behind. The ending may
// be an [*Error] that one of the engine's functions returned.
func (r *presignedRun) end(stated *Error) *Error {
	e := *stated
	e.Name = r.src.Name
	e.Left = slices.Concat(r.left, e.Left)
	e.Cleanup = cmp.Or(e.Cleanup, r.cleanup)
	if r.doubtful && (e.State == StateRolledBack || e.State == StateNotStarted) {
		e.State = StateUnknown
	}
	clean := e.State == StateNotStarted || e.State == StateRolledBack
	switch {
	case clean && len(e.Left) > 0:
		e.State = StateOrphaned
	case clean && r.renewed:
		e.State = StateRolledBack
	}
	return &e
}
