package upload

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/redact"
)

var (
	// ErrSourceChanged means that the source did not hold exactly the bytes that it
	// was described with: it grew, shrank, or was replaced.
	ErrSourceChanged = errors.New("upload: the source changed")
	// ErrOutcomeUnknown means that the answer to the last step was lost, and that
	// whether the content is stored could not be determined from the service.
	ErrOutcomeUnknown = errors.New("upload: outcome unknown")
	// ErrIntegrity means that the service reports other content than was sent.
	ErrIntegrity = errors.New("upload: the service reports other content than was sent")
	// ErrExpired means that the presigned URL expired before the content was sent.
	ErrExpired = errors.New("upload: the presigned URL has expired")
)

// Stage is a step of an upload.
type Stage string

// The stages, in order. In a multipart upload, StageBegin is only the look at
// what is stored before, and there is no commit.
const (
	StageSource Stage = "source" // checking and opening the source
	StageBegin  Stage = "begin"  // asking the service where to send it
	StageSend   Stage = "send"   // sending the bytes
	StageCommit Stage = "commit" // making the content final
)

// State says how an upload that did not succeed has ended.
type State string

// No other ending exists.
const (
	StateNotStarted State = "not started" // nothing has happened at the service
	StateRolledBack State = "rolled back" // nothing remains at the service
	StateOrphaned   State = "orphaned"    // something unfinished remains, named in Left
	StateUnknown    State = "unknown"     // it may be stored; see Left
)

// Ref names something at a service.
type Ref struct {
	ID      string // of the document, file or attachment; "" if it is not known
	Version string // "" where there is none
}

// Error is the end of an upload that did not succeed.
type Error struct {
	Name    string // of the source
	Stage   Stage  // the stage that failed
	State   State  // how the upload has ended
	Err     error  // why
	Left    []Ref  // what remains, or may remain, at the service
	Cleanup error  // why the clean-up failed; nil if it worked or was not needed
}

// Error returns one line that names source, stage, cause and ending.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "upload %q: %s: %s (%s", e.Name, e.Stage, e.cause(), e.State)
	for _, ref := range e.Left {
		b.WriteString(", left: " + cmp.Or(ref.ID, "something whose ID is not known"))
		if ref.Version != "" {
			b.WriteString(" version " + ref.Version)
		}
	}
	if e.Cleanup != nil {
		fmt.Fprintf(&b, ", clean-up failed: %v", e.Cleanup)
	}
	b.WriteByte(')')
	return redact.Line(b.String())
}

// cause is the text of Err. Where the ending is known, it leaves out that a
// request of the last stage may have been carried out: whatever it did, it is
// undone or named in Left.
func (e *Error) cause() string {
	if e.Err == nil {
		return "failed"
	}
	text := e.Err.Error()
	if e.State == StateUnknown {
		return text
	}
	return strings.NewReplacer("no complete answer, and the request may have been carried out", "no complete answer",
		"an earlier attempt may have been carried out (", "an earlier attempt got no clear answer (").Replace(text)
}

// OutcomeUnknown reports whether the content may be stored; see
// [docferry.OutcomeUnknown].
func (e *Error) OutcomeUnknown() bool { return e.State == StateUnknown }

// Unwrap returns the cause. An ending in StateUnknown also is [ErrOutcomeUnknown].
func (e *Error) Unwrap() []error {
	if e.State == StateUnknown {
		return []error{e.Err, ErrOutcomeUnknown}
	}
	return []error{e.Err}
}

// SourceError says that a source cannot be read. It is never retried.
type SourceError struct {
	Name string // the file's, as it was given
	Err  error
}

// Error returns one line that names the source.
func (e *SourceError) Error() string {
	return redact.Line(fmt.Sprintf("source %q: %v", e.Name, e.Err))
}

// Is reports whether the source's own error is target, such as [fs.ErrNotExist]
// or [ErrSourceChanged]. It is never one of the kinds of refusal of package
// docferry, nor one of this package's other errors: these are about the
// destination, and a source may be a download from another service. For the
// same reason [errors.As] does not look into Err.
func (e *SourceError) Is(target error) bool {
	return !slices.Contains(ofDestination, target) && errors.Is(e.Err, target)
}

// ofDestination are the sentinels that describe the answer of a destination.
var ofDestination = []error{
	docferry.ErrInvalid, docferry.ErrUnauthenticated, docferry.ErrForbidden, docferry.ErrNotFound, docferry.ErrConflict,
	docferry.ErrQuota, docferry.ErrThrottled, docferry.ErrUnavailable, docferry.ErrProtocol,
	ErrOutcomeUnknown, ErrIntegrity, ErrExpired,
}

// OutcomeUnknown returns false, because a source's error says nothing about
// what the destination has done.
func (e *SourceError) OutcomeUnknown() bool { return false }

// unclear reports whether a step may have had its effect although it failed
// with err. An error from outside this module does not tell, so the step may
// have.
func unclear(err error) bool {
	if docferry.OutcomeUnknown(err) {
		return true
	}
	_, refused := errors.AsType[*docferry.Error](err)
	_, unsent := errors.AsType[*docferry.TransportError](err)
	_, input := errors.AsType[*docferry.InputError](err)
	_, source := errors.AsType[*SourceError](err)
	return err != nil && !refused && !unsent && !input && !source
}
