// Package conformance compares the package of a service with a file of facts about
// the service's API, testdata/operations.json. It checks that the package has every
// operation, member, type, enum and error of the API, under the right name and
// with the right type, that each member is sent in the right place, and that the
// package has nothing that the API does not have. It is for tests only.
//
//	conformance.Service{Name: "workdocs", ...}.Test(t)
//
// The facts are written from the service's reference, never generated from the
// code, so a mistake has to be made twice to go unnoticed. The code is looked at in
// three ways: its source is parsed, for what reflection cannot see, such as comments
// and constants ([ParseSource]); its types are compared by reflection; and every
// operation is called with a transport that records the request and makes up an
// answer.
//
// Oracle's facts have another form, because its API has no common model. Its tests
// use the exported parts of this package.
package conformance

import (
	"net/http"
	"reflect"
	"testing"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/golden"
)

// Service describes the package to test. The tests must run in the directory of
// that package, because they parse its source and read its facts.
type Service struct {
	// Name is the name of the package.
	Name string
	// Count is how many operations the API has.
	Count int
	// Reference is the address of the API's reference, up to the name of a page.
	Reference string
	// Client returns a new *Client of the package that uses h.
	Client func(t testing.TB, h docferry.HTTP) any
	// Kinds has the sentinel error for each error code.
	Kinds map[string]error
	// ErrorDetail is a zero value of the package's struct for the members of errors.
	ErrorDetail any
	// Examples has a valid value of each enum that occurs in requests.
	Examples []any
	// Time returns a time as the service writes it in JSON.
	Time func(time.Time) any
	// ShortTypes means that Go names of types omit the suffix "Type", unless a
	// member of that type has the suffix in its own name.
	ShortTypes bool
	// Words maps parts of enum values to their spelling in Go names, where it does
	// not follow from the rule: "WEBURL": "WebURL".
	Words map[string]string
	// Own names the types with constants that belong to this library and not to the
	// API.
	Own []string
}

// file is the path of the facts, relative to the service's directory.
const file = "testdata/operations.json"

// suite is the state that the tests of one service share: the facts, and the
// three views of the code that are compared with them.
type suite struct {
	Service
	*facts
	source *Source
	// client is the type *Client.
	client reflect.Type
}

// Test runs all checks as subtests. They are independent of one another, so one
// mistake may show up in several.
func (s Service) Test(t *testing.T) {
	t.Helper()
	c := s.suite(t)
	for _, test := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"Facts", c.testFacts},
		{"Declarations", c.testDeclarations},
		{"Methods", c.testMethods},
		{"Types", c.testTypes},
		{"Enums", c.testEnums},
		{"Errors", c.testErrors},
		{"NothingElse", c.testNothingElse},
		{"Listings", c.testListings},
		{"Docs", c.testDocs},
		{"Examples", c.testExamples},
		{"MembersSent", c.testMembersSent},
		{"RequiredMembers", c.testRequiredMembers},
		{"Responses", c.testResponses},
		{"Iterators", c.testIterators},
		{"OddParts", c.testOddParts},
	} {
		t.Run(test.name, test.run)
	}
}

// Golden compares the request that each operation sends, with all members set, with
// its file in testdata/golden. See package golden.
func (s Service) Golden(t *testing.T) {
	t.Helper()
	const dir = "testdata/golden"
	c := s.suite(t)
	for _, name := range c.names() {
		golden.Request(t, dir, name, func(rt http.RoundTripper) {
			if _, err := c.do(t, docferry.HTTP{Transport: rt}, name, c.fullRequest(t, name)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	golden.Only(t, dir, c.names())
}

// Each calls every operation, with all members set, on a client that uses h. It
// passes the error of each, or nil, to seen.
func (s Service) Each(t *testing.T, h docferry.HTTP, seen func(operation string, err error)) {
	t.Helper()
	c := s.suite(t)
	for _, name := range c.names() {
		_, err := c.do(t, h, name, c.fullRequest(t, name))
		seen(name, err)
	}
}

// suite reads the facts and parses the source.
func (s Service) suite(t testing.TB) *suite {
	t.Helper()
	return &suite{Service: s, facts: loadFacts(t), source: ParseSource(t),
		client: reflect.TypeOf(s.Client(t, docferry.HTTP{}))}
}
