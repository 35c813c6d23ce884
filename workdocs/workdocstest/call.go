package workdocstest

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"time"
	"unicode/utf8"
)

// bodyLimit is the size in bytes of the largest body that the Server reads.
const bodyLimit = 1 << 20

// call is one request to an operation. user, signed and the readers path, query
// and body are set before the operation runs.
type call struct {
	op  *operation
	now time.Time
	// base is the scheme and host that the request was sent to, for presigned
	// URLs.
	base string
	// user is the caller. signed says that the call has the organization's
	// credentials and nothing else, which permits everything.
	user   *user
	signed bool

	path  path
	query query
	body  object
	input *input
	// cap is the largest number of items on a page, if it is not 0.
	cap int
}

// perform runs an operation and returns its answer, which is nil if the
// operation has none. The body is read before the state is locked, so that a
// slow request blocks no other; from then on operations run one at a time.
func (s *Server) perform(
	op *operation, segments map[string]string, w http.ResponseWriter, r *http.Request,
) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyLimit))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return nil, refuse("RequestEntityTooLargeException", "the body is larger than %d bytes", bodyLimit)
	} else if err != nil {
		return nil, refuse("SerializationException", "the body ends early")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &call{op: op, now: s.time(), base: "http://" + r.Host, input: new(input), cap: s.pageSize}
	if r.TLS != nil {
		c.base = "https://" + r.Host
	}
	if err := s.authenticate(c, r, body); err != nil {
		return nil, err
	}
	if err := c.parse(segments, r, body); err != nil {
		return nil, err
	}
	answer, err := op.run(s, c)
	if err != nil || answer == nil {
		return nil, err
	}
	// The lock is still held, because the answer may share slices with the
	// state.
	return encode(answer)
}

// encode writes JSON as the service does, without escaping characters for HTML.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}

// parse splits the request into path, query and body. The operation checks the
// members as it reads them.
func (c *call) parse(segments map[string]string, r *http.Request, body []byte) error {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return refuse("SerializationException", "the query string is malformed")
	}
	c.path = path{c.input, segments}
	c.query = query{c.input, values}
	c.body = object{input: c.input}
	if len(body) == 0 {
		return nil
	}
	// A request without a body needs no content type.
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		return refuse("UnsupportedMediaTypeException", "the body must be application/json")
	}
	// The package json replaces invalid UTF-8 instead of refusing it, so that
	// is checked apart.
	if err := json.Unmarshal(body, &c.body.members); err != nil || c.body.members == nil || !utf8.Valid(body) {
		return refuse("SerializationException", "the body is not a JSON object")
	}
	c.body.dropNulls()
	return nil
}

// valid returns an error if a member is invalid or does not belong to the
// operation. Call it once, after all members have been read, because a member
// that was not read counts as unknown, and before anything is changed.
func (c *call) valid() error {
	c.query.finish()
	c.body.finish()
	if c.input.refused != nil {
		return c.input.refused
	}
	return nil
}

// requestID returns a random UUID.
func requestID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
