package workdocstest

import (
	"io"
	"net/http"
	"time"

	"github.com/docferry/docferry/internal/emulate"
)

// Fault is middleware between the network and an operation. It may answer by
// itself, call next and pass the answer on, or call next and lose the answer.
type Fault = func(next http.Handler) http.Handler

// Refuse answers with an error in the service's format, with this status and
// code. The operation is not carried out. The message is left out of the two
// errors that have none in the API, UnauthorizedOperationException and
// DeactivatingLastSystemUserException. Each header is a name followed by its
// value, as in "Retry-After", "2".
func Refuse(status int, code, message string, header ...string) Fault {
	return func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			emulate.SetHeader(w.Header(), header)
			(&refusal{status: status, code: code, message: message}).write(w)
		})
	}
}

// Answer sends this answer instead of carrying out the operation. Each header is
// a name followed by its value.
func Answer(status int, body string, header ...string) Fault {
	return emulate.Answer(status, body, header...)
}

// LoseRequest reads the request and closes the connection. The operation is not
// carried out.
func LoseRequest() Fault { return emulate.LoseRequest() }

// LoseAnswer carries out the operation, then closes the connection without
// sending any of the answer.
func LoseAnswer() Fault { return emulate.LoseAnswer() }

// CutAnswer carries out the operation, sends the answer's header and at most the
// first n bytes of its body, and closes the connection.
func CutAnswer(n int) Fault { return emulate.CutAnswer(n) }

// Hang reads the request and sends no answer until the caller gives up. The
// operation is not carried out.
func Hang() Fault { return emulate.Hang() }

// EditAnswer carries out the operation and passes the members of its answer, a
// JSON object, to edit, which may change, add and delete them.
func EditAnswer(edit func(members map[string]any)) Fault { return emulate.EditAnswer(edit) }

// Late answers with now at once and carries out the operation after a delay. It
// acts like a gateway that gives up on a service that is still at work:
//
//	srv.Next(operation, Late(time.Minute, Answer(504, "")))
//
// The fault now must answer, or lose the request, without calling its next
// handler. [Server.Close] drops operations whose time has not come.
func Late(delay time.Duration, now Fault) Fault { return emulate.Late(delay, now) }

// Every applies a fault to every n-th call. Use it with [Server.Keep].
func Every(n int, fault Fault) Fault { return emulate.Every(n, fault) }

// While applies a fault to the calls for which condition returns true. Use it
// with [Server.Keep].
func While(condition func(*http.Request) bool, fault Fault) Fault {
	return emulate.While(condition, fault)
}

// Beyond applies a fault to the calls beyond so many a second, as a service does that
// admits no more. As many may come at once at first, and after a second without any. A
// number below 1 counts as 1. The time is that of [time.Now], whatever the clock of the
// server is. Use it with [Server.Keep].
func Beyond(perSecond int, fault Fault) Fault { return emulate.Beyond(perSecond, fault) }
