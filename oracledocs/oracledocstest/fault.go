package oracledocstest

import (
	"net/http"

	"github.com/docferry/docferry/internal/emulate"
)

// Fault stands between the network and an operation. It may answer itself,
// call next and pass the answer on, or call next and lose the answer.
type Fault = func(next http.Handler) http.Handler

// Refuse answers with an error body of the service and does nothing. The code
// is an error code such as "-16"; a status of 200 with a code other than "0"
// is possible too, as the real service is able to send it.
func Refuse(status int, code, message string) Fault {
	return func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			drain(r)
			(&problem{status: status, code: code, key: "!csRefused", message: message}).write(w)
		})
	}
}

// Answer replaces the operation: nothing is done and this is the answer. Each
// header is a name and its value.
func Answer(status int, body string, header ...string) Fault {
	return emulate.Answer(status, body, header...)
}

// LoseRequest reads the request and closes the connection; nothing is done.
func LoseRequest() Fault { return emulate.LoseRequest() }

// LoseAnswer lets the operation happen and closes the connection without a
// word of the answer.
func LoseAnswer() Fault { return emulate.LoseAnswer() }

// CutAnswer lets the operation happen, sends the answer's header and at most
// its first n bytes, and closes the connection.
func CutAnswer(n int) Fault { return emulate.CutAnswer(n) }

// Hang reads the request and answers nothing until the caller gives up.
func Hang() Fault { return emulate.Hang() }
