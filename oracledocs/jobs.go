package oracledocs

import (
	"context"
	"fmt"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
	"github.com/docferry/docferry/internal/redact"
)

// JobProgress is the progress of a job.
type JobProgress string

// Values of JobProgress. What blocks a job, and whether it continues, is not
// documented.
const (
	JobProgressPending    JobProgress = "PENDING"
	JobProgressProcessing JobProgress = "PROCESSING"
	JobProgressSucceeded  JobProgress = "SUCCEEDED"
	JobProgressFailed     JobProgress = "FAILED"
	JobProgressAborted    JobProgress = "ABORTED"
	JobProgressBlocked    JobProgress = "BLOCKED"
)

// JobState is the part of the status that all jobs have in common.
type JobState struct {
	Completed           bool        `json:"completed,omitzero,needed"` // whether it has ended, successfully or not
	CompletedPercentage int64       `json:"completedPercentage,omitzero"`
	Progress            JobProgress `json:"progress,omitzero,needed"`
}

// ended reports whether the job has ended.
func (s *JobState) ended() bool { return s.Completed || s.succeeded() || s.failed() }

func (s *JobState) succeeded() bool {
	return s.Progress == JobProgressSucceeded || s.Completed && s.Progress == ""
}

func (s *JobState) failed() bool {
	return s.Progress == JobProgressFailed || s.Progress == JobProgressAborted
}

// JobError reports that a job has ended without success.
type JobError struct {
	Operation string   // the operation that started the job: "ExtractZip"
	JobID     string   // of the job
	State     JobState // how it ended
	Message   string   // the service's text, on one line; "" if it gave none
}

// Error returns one line with the operation, the job and how it ended.
func (e *JobError) Error() string {
	text := fmt.Sprintf("%s %s: job %q ended as %q at %d %%", service, e.Operation, e.JobID, e.State.Progress,
		e.State.CompletedPercentage)
	if e.Message != "" {
		text += ": " + e.Message
	}
	return text
}

// Wait says how to wait for a job. The zero value waits until the job has
// ended or the context has.
type Wait struct {
	// Progress, if not nil, is called after each request for the job's status.
	Progress func(JobState)
	// Abort aborts the job if the context ends first. The request to abort has a
	// time limit of ten seconds.
	Abort bool
}

// How often a job's status is requested, and how long aborting a job may take.
const (
	firstPoll  = 500 * time.Millisecond
	lastPoll   = 10 * time.Second
	abortLimit = 10 * time.Second
)

// waiting is the state of waiting for a job.
type waiting struct {
	Wait
	op    *call.Op // the operation that started it
	jobID string
	ask   func(context.Context) (state JobState, message string, err error)
	abort func(context.Context) error
}

// run requests the status of the job, less and less often, until the job has
// ended.
func (w waiting) run(ctx context.Context) error {
	for delay := firstPoll; ; delay = min(delay*3/2, lastPoll) {
		state, message, err := w.ask(ctx)
		if err == nil {
			if w.Progress != nil {
				w.Progress(state)
			}
			if state.succeeded() {
				return nil
			}
			if state.ended() {
				return &JobError{Operation: w.op.Name, JobID: w.jobID, State: state, Message: redact.Text(message)}
			}
			err = wait(ctx, delay)
		}
		if ctx.Err() != nil {
			return w.giveUp(ctx)
		}
		if err != nil {
			return err
		}
	}
}

// giveUp stops waiting because the context has ended, and aborts the job if the
// caller wants that.
func (w waiting) giveUp(ctx context.Context) error {
	gone := &docferry.TransportError{Service: service, Operation: w.op.Name, Attempts: 1, Sent: true,
		Err: fmt.Errorf("the job %q had not ended when the wait did; wait for it again: %w", w.jobID, context.Cause(ctx))}
	if !w.Abort {
		return gone
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), abortLimit)
	defer cancel()
	if err := w.abort(ctx); err != nil {
		return fmt.Errorf("%w; then aborting the job failed: %w", gone, err)
	}
	return gone
}

// wait waits for a time, or for the end of ctx, which is an error.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
