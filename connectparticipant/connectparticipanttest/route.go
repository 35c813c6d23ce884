package connectparticipanttest

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// bodyLimit is the size in bytes of the largest body that the server reads. It
// is far above the largest request that the documented limits allow.
const bodyLimit = 1 << 20

// operation is a line of the table of operations. bearer is the token that the
// operation requires.
type operation struct {
	name   string
	route  string
	bearer tokenKind
	serve  func(*Server, *call) (any, *refusal)
}

// operations has all operations of the API, by name.
var operations = []operation{
	{"CancelParticipantAuthentication", "POST /participant/cancel-authentication", connectionToken, (*Server).cancelParticipantAuthentication},
	{"CompleteAttachmentUpload", "POST /participant/complete-attachment-upload", connectionToken, (*Server).completeAttachmentUpload},
	{"CreateParticipantConnection", "POST /participant/connection", participantToken, (*Server).createParticipantConnection},
	{"DescribeView", "GET /participant/views/{ViewToken}", connectionToken, (*Server).describeView},
	{"DisconnectParticipant", "POST /participant/disconnect", departingToken, (*Server).disconnectParticipant},
	{"GetAttachment", "POST /participant/attachment", connectionToken, (*Server).getAttachment},
	{"GetAuthenticationUrl", "POST /participant/authentication-url", connectionToken, (*Server).getAuthenticationURL},
	{"GetTranscript", "POST /participant/transcript", connectionToken, (*Server).getTranscript},
	{"SendEvent", "POST /participant/event", connectionToken, (*Server).sendEvent},
	{"SendMessage", "POST /participant/message", connectionToken, (*Server).sendMessage},
	{"StartAttachmentUpload", "POST /participant/start-attachment-upload", connectionToken, (*Server).startAttachmentUpload},
}

// call is one request to an operation. in and who are set once the request has
// been admitted.
type call struct {
	operation string
	request   *http.Request
	path      map[string]string // values of the route's wildcards
	in        *input
	who       *participant
}

// match returns the operation that a request is for, and the values of the
// wildcards in its route.
func match(r *http.Request) (operation, map[string]string, bool) {
	given := strings.Split(r.Method+" "+r.URL.EscapedPath(), "/")
	for _, op := range operations {
		if path, ok := matchRoute(strings.Split(op.route, "/"), given); ok {
			return op, path, true
		}
	}
	return operation{}, nil, false
}

// matchRoute compares a request with a route, segment by segment. Segments are
// decoded after they were split, so that an escaped slash does not end a
// segment.
func matchRoute(want, given []string) (map[string]string, bool) {
	if len(want) != len(given) {
		return nil, false
	}
	path := map[string]string{}
	for i, segment := range given {
		value, err := url.PathUnescape(segment)
		switch name, wild := strings.CutPrefix(want[i], "{"); {
		case err != nil || wild && value == "":
			return nil, false
		case wild:
			path[strings.TrimSuffix(name, "}")] = value
		case value != want[i]:
			return nil, false
		}
	}
	return path, true
}

// handler returns the handler of one operation. The body is read before the
// state is locked, so that a slow request blocks no other.
func (s *Server) handler(op operation, path map[string]string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, no := readBody(r)
		if no != nil {
			no.write(w)
			return
		}
		result, no := s.perform(op, &call{operation: op.name, request: r, path: path}, body)
		if no != nil {
			no.write(w)
			return
		}
		answer(w, http.StatusOK, result)
	})
}

// readBody reads a request body up to the limit.
func readBody(r *http.Request) ([]byte, *refusal) {
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, bodyLimit))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return nil, &refusal{status: http.StatusRequestEntityTooLarge, code: "RequestEntityTooLargeException", message: "the body is too large"}
	}
	if err != nil {
		return nil, invalid("the body could not be read")
	}
	return body, nil
}

// perform checks the credential before anything else, as the service does, and
// then carries out the operation. The server's lock is held throughout, so
// operations run one at a time.
func (s *Server) perform(op operation, c *call, body []byte) (result any, no *refusal) {
	s.lock()
	defer s.unlock()
	if c.who, no = s.admit(op.bearer, c.request); no != nil {
		return nil, no
	}
	// No operation has parameters in the query.
	for name := range c.request.URL.Query() {
		return nil, invalid(name + ": is not a parameter of this request")
	}
	if kind, _, _ := mime.ParseMediaType(c.request.Header.Get("Content-Type")); len(body) > 0 && kind != "application/json" {
		return nil, invalid("Content-Type: must be application/json")
	}
	if c.in, no = readInput(body); no != nil {
		return nil, no
	}
	return op.serve(s, c)
}

// replayKey identifies the use of a ClientToken. It is inferred that the token
// belongs to the participant rather than to one of the participant's
// connections. fingerprint is that of the request where the same token may come
// with another one, and otherwise empty.
type replayKey struct{ operation, participant, token, fingerprint string }

// replay is the answer that a ClientToken stands for, and the request that it
// was given to.
type replay struct {
	fingerprint string
	result      any
}

// once carries out a request, unless the participant has already had it carried
// out with the same ClientToken: then it returns the earlier answer. A request
// that was refused leaves the token unused. That a token is refused if it comes
// with another request is inferred; see AllowEventTokenReuse.
func (s *Server) once(c *call, token, fingerprint string, do func() (any, *refusal)) (any, *refusal) {
	if token == "" {
		return do()
	}
	key := replayKey{operation: c.operation, participant: c.who.id, token: token}
	if c.operation == "SendEvent" && s.limits.eventTokenReuse {
		key.fingerprint = fingerprint
	}
	if earlier, ok := s.replays[key]; ok {
		if earlier.fingerprint != fingerprint {
			return nil, invalid("ClientToken: was used before, for another request")
		}
		return earlier.result, nil
	}
	// Only an answer is kept, so that a request that was refused can be
	// repeated.
	result, no := do()
	if no == nil {
		s.replays[key] = replay{fingerprint, result}
	}
	return result, no
}

// timestamp writes a time as the service does: in UTC, with milliseconds.
func timestamp(t time.Time) string {
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}
