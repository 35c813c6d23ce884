package workdocstest

import (
	"io"
	"net/http"
	"time"

	"github.com/docferry/docferry/internal/emulate"
)

// Fault stands between the network and an operation. It may answer itself,
// call next and pass the answer on, or call next and lose the answer.
type Fault = func(next http.Handler) http.Handler

// Refuse answers with the service's error of that status and code. Nothing is
// done. The message is left out of the two errors that have none in the API,
// UnauthorizedOperationException and DeactivatingLastSystemUserException. Each
// header is a name followed by its value, as in "Retry-After", "2".
func Refuse(status int, code, message string, header ...string) Fault {
	return func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			emulate.SetHeader(w.Header(), header)
			(&refusal{status: status, code: code, message: message}).write(w)
		})
	}
}

// Answer replaces the operation: nothing is done and this is the answer. Each
// header is a name followed by its value.
func Answer(status int, body string, header ...string) Fault {
	return emulate.Answer(status, body, header...)
}

// LoseRequest reads the request and closes the connection. Nothing is done.
func LoseRequest() Fault { return emulate.LoseRequest() }

// LoseAnswer lets the operation happen and closes the connection without a
// word of the answer.
func LoseAnswer() Fault { return emulate.LoseAnswer() }

// CutAnswer lets the operation happen, sends the answer's header and at most
// the first n bytes of its body, and closes the connection.
func CutAnswer(n int) Fault { return emulate.CutAnswer(n) }

// Hang reads the request and answers nothing until the caller gives up.
func Hang() Fault { return emulate.Hang() }

// EditAnswer lets the operation happen and lets edit change the members of its
// answer, a JSON object, which it may also add and delete.
func EditAnswer(edit func(members map[string]any)) Fault { return emulate.EditAnswer(edit) }

// Late answers with now at once and lets the operation happen after a delay, as
// behind a gateway that gives up on a service that does not:
//
//	srv.Next(operation, Late(time.Minute, Answer(504, "")))
//
// The fault now has to answer, or lose the request, without calling its next
// handler. [Server.Close] drops operations whose time has not come.
func Late(delay time.Duration, now Fault) Fault { return emulate.Late(delay, now) }

// Every applies a fault to every n-th call; it is for Keep.
func Every(n int, fault Fault) Fault { return emulate.Every(n, fault) }

// While applies a fault to the calls for which condition is true; it is for Keep.
func While(condition func(*http.Request) bool, fault Fault) Fault {
	return emulate.While(condition, fault)
}
