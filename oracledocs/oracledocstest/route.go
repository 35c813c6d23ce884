package oracledocstest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// release is a set of versions of the API.
type release int

const (
	v11 release = 1 << iota
	v12
	both = v11 | v12
)

var releases = map[string]release{"1.1": v11, "1.2": v12}

// via is the set of ways into an operation besides the caller's own rights.
type via int

const (
	viaLink via = 1 << iota // a public link
	viaApp                  // an applink
	viaAny  = viaLink | viaApp
	viaNone = via(0)
)

// operation is one line of the table of operations.
type operation struct {
	name     string
	route    string // method and path, below the version
	versions release
	via      via
	// query and body name what may be sent; a name that begins with "1.2:" is
	// known to that version alone. The body "form" is multipart/form-data, "*"
	// a JSON object with members of any name.
	query, body string
	root        bool // stands above the versions
	run         func(*Server, *call) (*reply, error)

	method   string
	segments []string
}

// allowed lists the names that a version knows.
func allowed(names, version string) []string {
	all := []string{}
	for name := range strings.FieldsSeq(names) {
		limit, rest, limited := strings.Cut(name, ":")
		if limited && limit != version {
			continue
		}
		if limited {
			name = rest
		}
		all = append(all, name)
	}
	return all
}

// routes is the table of operations with their paths taken apart.
func routes() []operation {
	table := slices.Clone(operations)
	for i := range table {
		method, path, _ := strings.Cut(table[i].route, " /")
		table[i].method = method
		if path != "" {
			table[i].segments = strings.Split(path, "/")
		}
	}
	return table
}

const apiRoot = "/documents/api"

// route finds the operation that a request asks for. An operation that its
// version does not have counts as not found, an unknown version likewise.
func (s *Server) route(r *http.Request) (*operation, *call, *refusal) {
	rest, ok := strings.CutPrefix(r.URL.EscapedPath(), apiRoot)
	if !ok || rest != "" && rest[0] != '/' {
		return nil, nil, noResource(r)
	}
	segments, ok := decodePath(rest)
	if !ok {
		return nil, nil, invalid("path", "is not properly escaped")
	}
	c, root := &call{version: "1.2"}, len(segments) == 0
	if !root {
		c.version, segments = segments[0], segments[1:]
	}
	if len(segments) > 0 && segments[0] == "catalog" { // the catalogue's former name
		segments[0] = "metadata-catalog"
	}
	var found *operation
	methods := []string{}
	for i := range s.table {
		op := &s.table[i]
		if op.root != root || op.versions&releases[c.version] == 0 || !op.matches(segments) {
			continue
		}
		if op.method != r.Method {
			methods = append(methods, op.method)
		} else if found == nil || op.moreLiteral(found) {
			found = op
		}
	}
	if found == nil {
		return nil, nil, notFound(r, methods)
	}
	c.op, c.path = found, found.bind(segments)
	return found, c, nil
}

// decodePath splits a path and decodes each segment once. One slash at the end
// is as good as none.
func decodePath(path string) ([]string, bool) {
	path = strings.TrimSuffix(strings.TrimPrefix(path, "/"), "/")
	if path == "" {
		return nil, true
	}
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		decoded, err := url.PathUnescape(segment)
		if err != nil || decoded == "" {
			return nil, false
		}
		segments[i] = decoded
	}
	return segments, true
}

func wildcard(segment string) bool { return strings.HasPrefix(segment, "{") }

// matches reports whether the route of the operation fits a path.
func (op *operation) matches(segments []string) bool {
	if len(op.segments) != len(segments) {
		return false
	}
	for i, want := range op.segments {
		if want != segments[i] && !wildcard(want) {
			return false
		}
	}
	return true
}

// moreLiteral reports whether op is the better match of two that both fit: the
// one whose path is spelled out at the first place where they differ.
func (op *operation) moreLiteral(other *operation) bool {
	for i, segment := range op.segments {
		if wildcard(segment) != wildcard(other.segments[i]) {
			return !wildcard(segment)
		}
	}
	return false
}

// bind returns the values of the parameters in a path.
func (op *operation) bind(segments []string) map[string]string {
	path := map[string]string{}
	for i, segment := range op.segments {
		if wildcard(segment) {
			path[strings.Trim(segment, "{}")] = segments[i]
		}
	}
	return path
}

func noResource(r *http.Request) *refusal {
	return &refusal{
		status: http.StatusNotFound, code: codeGeneral,
		key: "!csResourceNotFound", message: "There is no resource " + r.Method + " " + r.URL.EscapedPath() + ".",
	}
}

// notFound answers for a path that no operation has, or not with this method.
func notFound(r *http.Request, methods []string) *refusal {
	p := noResource(r)
	if len(methods) > 0 {
		p.status = http.StatusMethodNotAllowed
		p.header = http.Header{"Allow": {strings.Join(methods, ", ")}}
	}
	return p
}
