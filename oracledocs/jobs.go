package oracledocs

import (
	"context"
	"fmt"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
	"github.com/docferry/docferry/internal/redact"
)

// JobProgress is how far a job has come.
type JobProgress string

// How far jobs come. What makes a job blocked, and whether it goes on, is not
// documented.
const (
	JobProgressPending    JobProgress = "PENDING"
	JobProgressProcessing JobProgress = "PROCESSING"
	JobProgressSucceeded  JobProgress = "SUCCEEDED"
	JobProgressFailed     JobProgress = "FAILED"
	JobProgressAborted    JobProgress = "ABORTED"
	JobProgressBlocked    JobProgress = "BLOCKED"
)

// JobState is what all jobs say about themselves.
type JobState struct {
	Completed           bool        `json:"completed,omitzero"` // whether it has ended, well or not
	CompletedPercentage int64       `json:"completedPercentage,omitzero"`
	Progress            JobProgress `json:"progress,omitzero"`
}

// ended reports whether nothing more will happen.
func (s *JobState) ended() bool { return s.Completed || s.succeeded() || s.failed() }

func (s *JobState) succeeded() bool {
	return s.Progress == JobProgressSucceeded || s.Completed && s.Progress == ""
}

func (s *JobState) failed() bool {
	return s.Progress == JobProgressFailed || s.Progress == JobProgressAborted
}

// JobError says that a job has ended without success.
type JobError struct {
	Operation string   // that started the job: "ExtractZip"
	JobID     string   // of the job
	State     JobState // how it ended
	Message   string   // the service's text, on one line; "" if it gave none
}

// Error returns one line with the operation, the job and how it ended.
func (e *JobError) Error() string {
	text := fmt.Sprintf("%s %s: job %q ended as %q at %d %%", service, e.Operation, e.JobID, e.State.Progress, e.State.CompletedPercentage)
	if e.Message != "" {
		text += ": " + e.Message
	}
	return text
}

// Wait says how to wait for a job. The zero value waits until the job has
// ended or the context has.
type Wait struct {
	// Progress, if not nil, is called each time that the service was asked.
	Progress func(JobState)
	// Abort aborts the job if the context ends first. Aborting gets ten
	// seconds of its own.
	Abort bool
}

// How often the service is asked about a job, and how long aborting one may take.
const (
	firstPoll  = 500 * time.Millisecond
	lastPoll   = 10 * time.Second
	abortLimit = 10 * time.Second
)

// waiting is a job that is waited for.
type waiting struct {
	Wait
	op    *call.Op // that started it
	jobID string
	ask   func(context.Context) (state JobState, message string, err error)
	abort func(context.Context) error
}

// run asks about the job, ever less often, until it has ended.
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

// giveUp ends waiting with the context, and the job too if that was asked for.
func (w waiting) giveUp(ctx context.Context) error {
	gone := &docferry.TransportError{Service: service, Operation: w.op.Name, Attempts: 1, Sent: true,
		Err: fmt.Errorf("the job %q has not ended yet: %w", w.jobID, context.Cause(ctx))}
	if !w.Abort {
		return gone
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), abortLimit)
	defer cancel()
	if err := w.abort(ctx); err != nil {
		return fmt.Errorf("%w; aborting it failed: %w", gone, err)
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
