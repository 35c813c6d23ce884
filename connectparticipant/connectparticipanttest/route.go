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

// bodyLimit is far above the largest request that the service documents.
const bodyLimit = 1 << 20

// operation says where an operation is found, which token opens it and what
// it does.
type operation struct {
	name   string
	route  string
	bearer tokenKind
	serve  func(*Server, *call) (any, *refusal)
}

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

// call is a request on its way through an operation.
type call struct {
	operation string
	request   *http.Request
	path      map[string]string // values of the route's wildcards
	in        *input
	who       *participant
}

// match finds the operation for a request and the values of its wildcards.
func match(r *http.Request) (operation, map[string]string, bool) {
	given := strings.Split(r.Method+" "+r.URL.EscapedPath(), "/")
	for _, op := range operations {
		if path, ok := matchRoute(strings.Split(op.route, "/"), given); ok {
			return op, path, true
		}
	}
	return operation{}, nil, false
}

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

// handler serves one operation.
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

// perform looks at the credential first, as the service does, and then does
// what is asked.
func (s *Server) perform(op operation, c *call, body []byte) (result any, no *refusal) {
	s.lock()
	defer s.unlock()
	if c.who, no = s.admit(op.bearer, c.request); no != nil {
		return nil, no
	}
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

// replayKey is what a ClientToken is unique within: that it outlives the
// participant's connection is inferred. fingerprint is that of the request, if
// the same token may come with another one.
type replayKey struct{ operation, participant, token, fingerprint string }

// replay is what a ClientToken stands for.
type replay struct {
	fingerprint string
	result      any
}

// once does what is asked, unless the participant has had it done under the
// same ClientToken before: then the answer is the earlier one. That a token
// must not return with another request is inferred; see AllowEventTokenReuse.
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
	result, no := do()
	if no == nil {
		s.replays[key] = replay{fingerprint, result}
	}
	return result, no
}

// timestamp writes a time as the service does.
func timestamp(t time.Time) string {
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}
