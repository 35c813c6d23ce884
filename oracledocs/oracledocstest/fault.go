package oracledocstest

import (
	"net/http"
	"time"

	"github.com/docferry/docferry/internal/emulate"
)

// Fault stands between the network and an operation. It may answer itself, call
// next and pass its answer on, or call next and lose its answer.
type Fault = func(next http.Handler) http.Handler

// Refuse answers with an error body of the service, and the operation does
// nothing. The code is an error code such as "-16". A status of 200 with a code
// other than "0" is possible too, since the service reports success by both
// together. Each header is a name followed by its value, as in "Retry-After",
// "2".
func Refuse(status int, code, message string, header ...string) Fault {
	return func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			drain(r)
			emulate.SetHeader(w.Header(), header)
			(&refusal{status: status, code: code, key: "!csRefused", message: message}).write(w)
		})
	}
}

// Answer answers with the given status and body, and the operation does
// nothing. Each header is a name followed by its value.
func Answer(status int, body string, header ...string) Fault {
	return emulate.Answer(status, body, header...)
}

// LoseRequest reads the request and closes the connection. The operation does
// nothing. A client cannot tell this from [LoseAnswer].
func LoseRequest() Fault { return emulate.LoseRequest() }

// LoseAnswer lets the operation happen and closes the connection before the
// first byte of the answer.
func LoseAnswer() Fault { return emulate.LoseAnswer() }

// CutAnswer lets the operation happen, sends the header of the answer and at
// most the first n bytes of its body, and then closes the connection.
func CutAnswer(n int) Fault { return emulate.CutAnswer(n) }

// Hang reads the request and sends no answer until the client gives up. The
// operation does nothing.
func Hang() Fault { return emulate.Hang() }

// EditAnswer lets the operation happen and lets edit change the answer, which
// must be a JSON object. edit may add, replace and delete members.
func EditAnswer(edit func(members map[string]any)) Fault { return emulate.EditAnswer(edit) }

// Late answers with now at once and lets the operation happen after a delay, as
// behind a gateway that gives up on a service that does not:
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
