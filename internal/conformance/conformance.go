// Package conformance holds the package of a service against a file of facts
// about its API: every operation, member, type, enum and error is there, under
// its name and with its type, goes where the API wants it, and nothing else is
// there. It is for tests only.
//
//	conformance.Service{Name: "workdocs", ...}.Test(t)
//
// A service whose facts have another form uses the parts that are exported.
package conformance

import (
	"net/http"
	"reflect"
	"testing"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/golden"
)

// Service is a package to test. The tests run in its directory.
type Service struct {
	// Name is the name of the package.
	Name string
	// Count is how many operations the API has.
	Count int
	// Reference is the address of the API's reference, up to the name of a page.
	Reference string
	// Client makes a *Client that sends as h says.
	Client func(t testing.TB, h docferry.HTTP) any
	// Kinds are the kinds of refusals by code, and ErrorDetail is a zero one.
	Kinds       map[string]error
	ErrorDetail any
	// Examples are values for the enums in requests.
	Examples []any
	// Time is how the service writes a time in JSON.
	Time func(time.Time) any
	// ShortTypes says that types lose the suffix Type, unless a member that
	// holds them is named so too.
	ShortTypes bool
	// Words are parts of an enum's values that have a spelling of their own in
	// Go names, such as "WEBURL": "WebURL".
	Words map[string]string
}

// file has the facts, in every service's directory.
const file = "testdata/operations.json"

// suite is what the tests of one service share.
type suite struct {
	Service
	*facts
	source *Source
	client reflect.Type // *Client
}

// Test runs all checks as subtests.
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
	} {
		t.Run(test.name, test.run)
	}
}

// Golden compares all that each operation sends with its file in
// testdata/golden; see package golden.
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

// Each calls every operation, with all members set, on a client that sends as
// h says, and gives what comes of it to seen.
func (s Service) Each(t *testing.T, h docferry.HTTP, seen func(operation string, err error)) {
	t.Helper()
	c := s.suite(t)
	for _, name := range c.names() {
		_, err := c.do(t, h, name, c.fullRequest(t, name))
		seen(name, err)
	}
}

func (s Service) suite(t testing.TB) *suite {
	t.Helper()
	return &suite{Service: s, facts: loadFacts(t), source: ParseSource(t),
		client: reflect.TypeOf(s.Client(t, docferry.HTTP{}))}
}
