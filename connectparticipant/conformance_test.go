package connectparticipant

import (
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
	"github.com/docferry/docferry/internal/conformance"
)

var api = conformance.Service{
	Name:      service,
	Count:     11,
	Reference: "https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_",
	Client: func(t testing.TB, h docferry.HTTP) any {
		t.Helper()
		c, err := New(Config{Region: "us-west-2", HTTP: h})
		if err != nil {
			t.Fatal(err)
		}
		return c
	},
	Kinds:       kinds,
	ErrorDetail: ErrorDetail{},
	Examples:    []any{ConnectionTypeConnectionCredentials, ScanDirectionBackward, SortKeyAscending},
	Time:        func(at time.Time) any { return at.UTC().Format("2006-01-02T15:04:05.000Z") },
	Words:       map[string]string{"WEBRTC": "WebRTC"},
	Own:         []string{"ConnectionState", "TemplateType"},
}

func TestConformance(t *testing.T) { api.Test(t) }

func TestGoldenRequests(t *testing.T) { api.Golden(t) }

// TestServerKnowsOperations checks that the test server serves every
// operation: it takes exception to the token, not to the address.
func TestServerKnowsOperations(t *testing.T) {
	srv := connectparticipanttest.New()
	t.Cleanup(srv.Close)
	overHTTP := roundTrip(func(r *http.Request) (*http.Response, error) {
		r = r.Clone(r.Context())
		r.URL.Scheme = "http"
		return srv.RoundTrip(r)
	})
	api.Each(t, docferry.HTTP{Transport: overHTTP}, func(operation string, err error) {
		if refused, ok := errors.AsType[*docferry.Error](err); !ok || refused.Code != CodeAccessDenied {
			t.Errorf("%s: error %v, want %s", operation, err, CodeAccessDenied)
		}
		if !slices.Contains(srv.Calls(), operation) {
			t.Errorf("the test server does not know %s", operation)
		}
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
