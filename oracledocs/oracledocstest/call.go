package oracledocstest

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// call is one request on its way through the server. It belongs to one
// goroutine.
type call struct {
	// r is the request as it arrives at the operation, behind any fault.
	r  *http.Request
	op *operation
	// version is that of the API, and path has the values of the wildcards in
	// the route.
	version     string
	path        map[string]string
	query, body *input
	form        *form
	// user is the account whose credentials the request has.
	user *user
	// now is the time of the call, in whole seconds, for everything that it
	// changes.
	now time.Time

	// subject is the name that errors give the file of an upload, which may not
	// exist yet. If it is empty, errors use the name of the item.
	subject string
	// masked hides the caller's login name, which happens over an applink; see
	// login.
	masked bool
}

// reply is what an operation answers. A reply with content is sent as it is and
// has no body.
type reply struct {
	// status is 200 if it is zero.
	status int
	// location is a path below the version. It becomes an absolute URL in the
	// Location header, as in the documented examples.
	location string
	body     object // gets an errorCode of "0"
	// bare leaves out the errorCode of "0" that all other bodies get.
	bare    bool
	content *content
}

// content is an answer that is not JSON, such as the bytes of a file.
type content struct {
	data        []byte
	contentType string
	fileName    string
	// ranges is set if the request may ask for a part with a Range header.
	ranges bool
}

// answer carries out a call. The request is read completely before the state is
// locked, so that a slow upload blocks no other call. The answer is encoded
// before the state is unlocked, because it may refer to parts of the state that
// the next call changes.
func (s *Server) answer(c *call, w http.ResponseWriter) {
	if c.user = s.authenticate(c.r); c.user == nil {
		drain(c.r)
		unauthorized().write(w)
		return
	}
	if err := s.read(c); err != nil {
		drain(c.r)
		writeError(w, err)
		return
	}
	s.mu.Lock()
	s.settle()
	c.now = s.clock()
	rep, err := c.op.run(s, c)
	var encoded bytes.Buffer
	if err == nil && rep.content == nil {
		// Success is errorCode "0" in a flat object with the payload. Only the
		// catalogue of the API answers without it.
		if !rep.bare {
			rep.body["errorCode"] = "0"
		}
		enc := json.NewEncoder(&encoded)
		enc.SetEscapeHTML(false)
		err = enc.Encode(rep.body)
	}
	s.mu.Unlock()
	if err != nil {
		writeError(w, err)
		return
	}
	if rep.content != nil {
		rep.content.write(w, c.r)
		return
	}
	if rep.location != "" {
		w.Header().Set("Location", c.url(rep.location))
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(max(rep.status, http.StatusOK))
	_, _ = w.Write(encoded.Bytes())
}

// read parses the query and the body, and refuses names that the operation does
// not have in this version. Where an operation has no body, an empty object is
// accepted too.
func (s *Server) read(c *call) error {
	query, err := url.ParseQuery(c.r.URL.RawQuery)
	if err != nil {
		return invalid("query", "is not properly escaped")
	}
	c.query = &input{values: map[string]any{}}
	for name, values := range query {
		// Two values of one parameter are refused: it is unknown which one
		// would count.
		if len(values) > 1 {
			return invalid(name, "is given more than once")
		}
		c.query.values[name] = values[0]
	}
	c.query.only(allowed(c.op.query, c.version)...)
	if c.query.err != nil {
		return c.query.err
	}
	if c.op.body == "form" {
		c.form, err = s.readForm(c.r)
		return err
	}
	data, err := readJSON(c.r)
	if err != nil {
		return err
	}
	names := allowed(c.op.body, c.version)
	// Metadata is set by members with the names of fields, so any name may
	// occur.
	if c.op.body == "*" {
		names = nil
	}
	c.body = parseObject(data, names...)
	return c.body.err
}

// inputs merges the query and the body into one input. Where versions 1.1 and
// 1.2 disagree about the place of an input, clients of either version use both
// places, so the server reads both. The query wins.
func (c *call) inputs() *input {
	merged := &input{values: map[string]any{}}
	for _, in := range []*input{c.body, c.query} {
		maps.Copy(merged.values, in.values)
	}
	return merged
}

// url returns the absolute URL of a path, in the API version that the call
// uses.
func (c *call) url(path string) string {
	return origin(c.r) + apiRoot + "/" + c.version + path
}

// authenticate returns the account that sent a request, or nil if the
// credentials are missing or wrong. It accepts HTTP Basic and bearer tokens in
// both versions: Basic is documented for 1.1 only, but many clients use it with
// 1.2.
func (s *Server) authenticate(r *http.Request) *user {
	s.mu.Lock()
	defer s.mu.Unlock()
	if login, password, ok := r.BasicAuth(); ok {
		if u := s.users[foldName(login)]; u != nil && u.password == password {
			return u
		}
		return nil
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "Bearer") {
		return s.tokens[token]
	}
	return nil
}
