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

// call is one request on its way through the server.
type call struct {
	r           *http.Request
	op          *operation
	version     string            // of the API
	path        map[string]string // values of the path's wildcards
	query, body *input
	form        *form
	user        *user     // who the request authenticates as
	now         time.Time // in whole seconds

	subject string // what an upload is called in errors, when not the item
	masked  bool   // login names of the caller are hidden, see login
}

// reply is what an operation answers.
type reply struct {
	status   int    // 200 when zero
	location string // path below the version, for the Location header
	body     object // gets an errorCode of "0"
	bare     bool   // the body gets no errorCode
	content  *content
}

// content is an answer that is no JSON.
type content struct {
	data        []byte
	contentType string
	fileName    string
	ranges      bool // Range may be asked for
}

// answer carries a call out. Everything is read before the state is locked,
// and the answer is encoded before it is unlocked.
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

// read takes in the query and the body and refuses what the operation does not
// know. A body that must be absent may be an empty object.
func (s *Server) read(c *call) error {
	query, err := url.ParseQuery(c.r.URL.RawQuery)
	if err != nil {
		return invalid("query", "is not properly escaped")
	}
	c.query = &input{values: map[string]any{}}
	for name, values := range query {
		if len(values) > 1 {
			return invalid(name, "is given twice")
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
	if c.op.body == "*" {
		names = nil
	}
	c.body = parseObject(data, names...)
	return c.body.err
}

// inputs is the query and the body as one. Where the versions disagree on the
// place of an input, clients of either version use both, so both are read.
func (c *call) inputs() *input {
	merged := &input{values: map[string]any{}}
	for _, in := range []*input{c.body, c.query} {
		maps.Copy(merged.values, in.values)
	}
	return merged
}

// url is the address of a path of the API version that the call uses.
func (c *call) url(path string) string {
	return origin(c.r) + apiRoot + "/" + c.version + path
}

// authenticate finds the account that a request is sent by.
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
