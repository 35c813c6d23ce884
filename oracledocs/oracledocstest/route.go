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

// releases has the versions by the names that paths spell them with.
var releases = map[string]release{"1.1": v11, "1.2": v12}

// via is the set of links that can give access to an operation, besides the
// caller's own rights.
type via int

const (
	viaLink via = 1 << iota // a public link
	viaApp                  // an applink
	viaAny  = viaLink | viaApp
	viaNone = via(0)
)

// operation is one line of the table of operations.
type operation struct {
	// name is that of the API, with Go's initialisms, as clients of this module
	// have it.
	name string
	// route is the method and the path below the version. A segment in braces
	// is a wildcard.
	route    string
	versions release
	// via is the set of links that the documentation of the operation mentions.
	via via
	// query and body name what may be sent; a name that begins with "1.2:" is
	// known to that version alone. The body "form" is multipart/form-data, "*"
	// a JSON object with members of any name.
	query, body string
	// root is set for the operation whose path has no version.
	root bool
	run  func(*Server, *call) (*reply, error)

	method   string
	segments []string
}

// allowed returns the names from a list of the table that a version knows.
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

// routes returns the table of operations with method and path split up.
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

// apiRoot is the path that the documentation gives for all versions of the API.
const apiRoot = "/documents/api"

// route finds the operation that a request asks for. An operation that the
// requested version does not have is not found, and neither is any path of an
// unknown version. Of two operations that match, the one with the more literal
// path wins, so that /metadata/searchFields is not taken for a collection.
func (s *Server) route(r *http.Request) (*operation, *call, *refusal) {
	rest, ok := strings.CutPrefix(r.URL.EscapedPath(), apiRoot)
	if !ok || rest != "" && rest[0] != '/' {
		return nil, nil, noResource(r)
	}
	segments, ok := decodePath(rest)
	if !ok {
		return nil, nil, invalid("path", "is not properly escaped")
	}
	// The path of the list of versions has none, and counts as one of 1.2.
	c, root := &call{version: "1.2"}, len(segments) == 0
	if !root {
		c.version, segments = segments[0], segments[1:]
	}
	// The catalogue has an alias, which the documentation mentions.
	if len(segments) > 0 && segments[0] == "catalog" {
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
			// The methods are for the Allow header of a 405.
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

// decodePath splits a path and decodes each segment once, so that an escaped
// slash stays inside its segment. A trailing slash is ignored: several examples
// in the documentation and Oracle's toolkit use one.
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

// wildcard reports whether a segment of a route stands for any value.
func wildcard(segment string) bool { return strings.HasPrefix(segment, "{") }

// matches reports whether the operation's route matches a path.
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

// moreLiteral reports whether op is the better of two operations that match:
// the one that has a literal segment at the first place where the other has a
// wildcard.
func (op *operation) moreLiteral(other *operation) bool {
	for i, segment := range op.segments {
		if wildcard(segment) != wildcard(other.segments[i]) {
			return !wildcard(segment)
		}
	}
	return false
}

// bind returns the values of the route's wildcards in a path.
func (op *operation) bind(segments []string) map[string]string {
	path := map[string]string{}
	for i, segment := range op.segments {
		if wildcard(segment) {
			path[strings.Trim(segment, "{}")] = segments[i]
		}
	}
	return path
}

// noResource is the answer for a path that does not exist. Its key is inferred.
func noResource(r *http.Request) *refusal {
	return &refusal{
		status: http.StatusNotFound, code: codeGeneral,
		key: "!csResourceNotFound", message: "There is no resource " + r.Method + " " + r.URL.EscapedPath() + ".",
	}
}

// notFound is the answer if no operation matches. If one does with another
// method, the status is 405 and the answer lists the methods. That is how HTTP
// has it; the service does not document its answer.
func notFound(r *http.Request, methods []string) *refusal {
	p := noResource(r)
	if len(methods) > 0 {
		p.status = http.StatusMethodNotAllowed
		p.header = http.Header{"Allow": {strings.Join(methods, ", ")}}
	}
	return p
}
