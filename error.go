package docferry

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/docferry/docferry/internal/redact"
	"github.com/docferry/docferry/internal/retry"
)

// Kinds of refusal, the same for all services. Test for them with [errors.Is].
var (
	// ErrInvalid means that the service found the request invalid. Sending it again
	// fails again.
	ErrInvalid = errors.New("docferry: the service found the request invalid")
	// ErrUnauthenticated means that credentials are missing, wrong or expired.
	ErrUnauthenticated = errors.New("docferry: not authenticated")
	// ErrForbidden means that the caller may not do this. WorkDocs also uses status 404 for it.
	ErrForbidden = errors.New("docferry: not allowed")
	// ErrNotFound means that something named in the request does not exist.
	ErrNotFound = errors.New("docferry: not found")
	// ErrConflict means that the resource is in the wrong state for the request, or that a name is
	// taken.
	ErrConflict = errors.New("docferry: conflict")
	// ErrQuota means that a permanent limit is reached. Waiting does not help.
	ErrQuota = errors.New("docferry: quota reached")
	// ErrThrottled means that there were too many requests. Waiting helps; see
	// Error.RetryAfter.
	ErrThrottled = errors.New("docferry: throttled")
	// ErrUnavailable means that the service, or something it depends on, is not
	// working.
	ErrUnavailable = errors.New("docferry: service unavailable")
	// ErrProtocol means that the answer is not what the API promises, such as a
	// page of HTML.
	ErrProtocol = errors.New("docferry: unexpected answer")
)

// ErrRetryBudget means that a call was not repeated although it could have been,
// because most requests to the service failed lately; see [Pace]. It is joined
// to the reason why the last attempt failed.
var ErrRetryBudget = retry.ErrBudget

// Error is a refusal of an operation by a service. It holds no URL, no token
// and no body, and is safe to log.
type Error struct {
	Service    string        // package that sent the request: "workdocs"
	Operation  string        // name in the API: "CreateFolder"
	Code       string        // the service's code, such as "EntityNotExistsException" or "-16"; "" if it gave none
	Message    string        // the service's text, on one line; "" if it gave none
	RequestID  string        // for the vendor's support; "" if it gave none
	StatusCode int           // HTTP status
	Attempts   int           // how often the request was sent
	RetryAfter time.Duration // how long the service asks to wait; 0 if it did not say
	Detail     any           // more about the error, in a type of the service's package; or nil
	Kind       error         // one of this package's sentinels, or nil
	// Earlier is set if an earlier attempt of the same call may have been carried
	// out. It says why that attempt got no clear answer. The refusal then does not
	// prove that nothing was done, and may even be a consequence: a repeated
	// deletion finds nothing to delete. OutcomeUnknown reports true.
	Earlier error
	// GaveUp is why the call was not repeated, although this refusal allows that and
	// attempts were left: [ErrRetryBudget], a deadline that is too early, or a
	// RetryAfter longer than HTTP.Retry allows. Otherwise it is nil.
	GaveUp error
}

// Error returns one line with service, operation, code, message and status.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(subject(e.Service, e.Operation))
	if e.Earlier != nil {
		fmt.Fprintf(&b, "an earlier attempt may have been carried out (%v); then ", e.Earlier)
	}
	switch {
	case e.Code != "" && e.Message != "":
		fmt.Fprintf(&b, "%s: %s", e.Code, e.Message)
	case e.Code != "" || e.Message != "":
		b.WriteString(e.Code + e.Message)
	case e.Kind != nil:
		b.WriteString(strings.TrimPrefix(e.Kind.Error(), "docferry: "))
	default:
		b.WriteString("refused")
	}
	fmt.Fprintf(&b, " (status %d", e.StatusCode)
	if e.RequestID != "" {
		b.WriteString(", request " + e.RequestID)
	}
	if e.Attempts > 1 {
		fmt.Fprintf(&b, ", %d attempts", e.Attempts)
	}
	if e.RetryAfter > 0 {
		fmt.Fprintf(&b, ", retry after %v", e.RetryAfter)
	}
	if e.GaveUp != nil {
		b.WriteString(", not repeated: " + strings.TrimPrefix(e.GaveUp.Error(), "docferry: "))
	}
	b.WriteByte(')')
	return redact.Line(b.String())
}

// Unwrap returns Kind, Earlier and GaveUp, for [errors.Is].
func (e *Error) Unwrap() []error {
	var wrapped []error
	for _, err := range []error{e.Kind, e.Earlier, e.GaveUp} {
		if err != nil {
			wrapped = append(wrapped, err)
		}
	}
	return wrapped
}

// OutcomeUnknown reports whether the service may have carried out the
// operation; see the function of this name.
func (e *Error) OutcomeUnknown() bool {
	if e.Earlier != nil {
		return true
	}
	switch e.Kind {
	case ErrProtocol: // an unreadable success; other statuses, such as redirects, did nothing
		return e.StatusCode < 300
	case ErrThrottled, ErrQuota:
		return false
	}
	// With a 503 and a code, the service itself says that it did nothing. Any other
	// server error may come from a proxy in front of it, and so may a 408.
	modelled := e.StatusCode == http.StatusServiceUnavailable && e.Code != ""
	return (e.StatusCode >= 500 || e.StatusCode == http.StatusRequestTimeout) && !modelled
}

// InputError says that a request was not sent because a part of it is invalid.
// Nothing has happened at the service.
type InputError struct {
	Service   string // "" if it is not about one service
	Operation string // name in the API, or of the Go function
	Field     string // the Go field or parameter that is wrong; "" if there is no particular one
	Reason    string // what is wrong with it, and what would be valid
	Err       error  // the cause, or the kind of refusal that this equals, for errors.Is; or nil
}

// Error returns one line that names the operation, the field and the reason.
func (e *InputError) Error() string {
	text := subject(e.Service, e.Operation)
	if e.Field != "" {
		text += e.Field + " "
	}
	text += e.Reason
	if e.Err != nil && !isKind(e.Err) { // a kind would only repeat the reason in general terms
		text += ": " + e.Err.Error()
	}
	return redact.Line(text)
}

// isKind reports whether an error is one of the sentinels of this package.
func isKind(err error) bool {
	return slices.Contains([]error{ErrInvalid, ErrUnauthenticated, ErrForbidden, ErrNotFound, ErrConflict, ErrQuota,
		ErrThrottled, ErrUnavailable, ErrProtocol}, err)
}

// Unwrap returns the cause.
func (e *InputError) Unwrap() error { return e.Err }

// OutcomeUnknown returns false.
func (e *InputError) OutcomeUnknown() bool { return false }

// TransportError says that there was no answer, or only a part of one: the
// connection failed, broke or timed out, or the context ended.
type TransportError struct {
	Service   string
	Operation string
	Attempts  int   // how often sending was tried
	Sent      bool  // whether the service may have carried the request out, in any attempt
	Err       error // the cause; its text holds no URL query and no credential
}

// Error returns one line that says whether the request may have arrived.
func (e *TransportError) Error() string {
	state := "not sent"
	if e.Sent {
		state = "no complete answer, and the request may have been carried out"
	}
	if e.Attempts > 1 {
		state += fmt.Sprintf(" (%d attempts)", e.Attempts)
	}
	return redact.Line(fmt.Sprintf("%s%s: %v", subject(e.Service, e.Operation), state, e.Err))
}

// Unwrap returns the cause.
func (e *TransportError) Unwrap() error { return e.Err }

// OutcomeUnknown reports whether the service may have carried out the request,
// in any attempt.
func (e *TransportError) OutcomeUnknown() bool { return e.Sent }

// subject returns the beginning of an error's text: service and operation, if
// they are known.
func subject(service, operation string) string {
	words := strings.TrimSpace(service + " " + operation)
	if words == "" {
		return ""
	}
	return words + ": "
}

// OutcomeUnknown reports whether the service may have carried out the operation
// although err was returned: an answer was lost or unreadable, or it was a
// server fault such as status 500, in any attempt of the call. If it returns
// false, nothing has happened and calling again is safe.
//
// In each branch of err's tree, the first error with a method OutcomeUnknown()
// bool decides, as the errors of this package have.
func OutcomeUnknown(err error) bool {
	switch e := err.(type) { //nolint:errorlint // this walks the tree itself
	case nil:
		return false
	case interface{ OutcomeUnknown() bool }:
		return e.OutcomeUnknown()
	case interface{ Unwrap() error }:
		return OutcomeUnknown(e.Unwrap())
	case interface{ Unwrap() []error }:
		return slices.ContainsFunc(e.Unwrap(), OutcomeUnknown)
	}
	return false
}
