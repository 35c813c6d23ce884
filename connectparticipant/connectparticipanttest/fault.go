package connectparticipanttest

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"

	"github.com/docferry/docferry/internal/emulate"
)

// Fault stands between the network and an operation's handler; see
// [Server.Next]. It may answer by itself, or call next and keep, change or
// lose what next answers.
type Fault = func(next http.Handler) http.Handler

// Refuse answers with one of the service's errors; nothing is done. Each
// header is a name and its value, as in "Retry-After", "2".
func Refuse(status int, code, message string, header ...string) Fault {
	return func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			for i := 0; i+1 < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			(&failure{status: status, code: code, message: message}).write(w)
		})
	}
}

// Answer answers with any status and body; nothing is done. Each header is a
// name and its value.
func Answer(status int, body string, header ...string) Fault {
	return emulate.Answer(status, body, header...)
}

// EditAnswer lets the operation happen and lets edit change the members of its
// answer, which it may also add and delete.
func EditAnswer(edit func(members map[string]any)) Fault {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			rec := httptest.NewRecorder()
			next.ServeHTTP(rec, r)
			members := map[string]any{}
			if err := json.Unmarshal(rec.Body.Bytes(), &members); err != nil {
				http.Error(w, "the answer to edit is no JSON object", http.StatusInternalServerError)
				return
			}
			edit(members)
			maps.Copy(w.Header(), rec.Header())
			answer(w, rec.Code, members)
		})
	}
}

// LoseRequest closes the connection without an answer; nothing is done.
func LoseRequest() Fault { return emulate.LoseRequest() }

// LoseAnswer lets the operation happen and closes the connection without an
// answer.
func LoseAnswer() Fault { return emulate.LoseAnswer() }

// CutAnswer lets the operation happen and closes the connection after n bytes
// of the answer's body.
func CutAnswer(n int) Fault { return emulate.CutAnswer(n) }

// Hang answers nothing until the caller gives up; nothing is done.
func Hang() Fault { return emulate.Hang() }
