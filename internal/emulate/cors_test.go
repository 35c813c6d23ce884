package emulate

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCORS(t *testing.T) {
	exposing := http.Header{"Access-Control-Allow-Origin": {"*"}, "Access-Control-Expose-Headers": {exposed}}
	ask := http.Header{"Origin": {"http://page.test"}, "Access-Control-Request-Method": {"PUT"}}
	for name, test := range map[string]struct {
		off      bool
		method   string
		header   http.Header
		answered bool
		want     http.Header
	}{
		"no page":       {method: "GET", want: http.Header{}},
		"page":          {method: "GET", header: http.Header{"Origin": {"http://page.test"}}, want: exposing},
		"opaque origin": {method: "PUT", header: http.Header{"Origin": {"null"}}, want: exposing},
		"preflight": {method: "OPTIONS", header: ask, answered: true, want: http.Header{
			"Access-Control-Allow-Origin": {"*"}, "Access-Control-Allow-Methods": {"PUT"}}},
		"preflight with headers": {method: "OPTIONS", answered: true,
			header: http.Header{"Origin": {"x"}, "Access-Control-Request-Method": {"POST"},
				"Access-Control-Request-Headers": {"authorization,x-amz-bearer"}},
			want: http.Header{"Access-Control-Allow-Origin": {"*"}, "Access-Control-Allow-Methods": {"POST"},
				"Access-Control-Allow-Headers": {"authorization,x-amz-bearer"}}},
		"OPTIONS of a page": {method: "OPTIONS", header: http.Header{"Origin": {"x"}}, want: exposing},
		"no origin": {method: "OPTIONS", header: http.Header{"Access-Control-Request-Method": {"PUT"}},
			want: http.Header{}},
		"off":            {off: true, method: "GET", header: http.Header{"Origin": {"x"}}, want: http.Header{}},
		"preflight, off": {off: true, method: "OPTIONS", header: ask, want: http.Header{}},
	} {
		t.Run(name, func(t *testing.T) {
			var c CORS
			c.SetCORS(!test.off)
			r := httptest.NewRequest(test.method, "/", nil)
			if test.header != nil {
				r.Header = test.header
			}
			w := httptest.NewRecorder()
			if answered := c.Preflight(w, r); answered != test.answered {
				t.Errorf("answered is %v", answered)
			}
			if diff := cmp.Diff(test.want, w.Header()); diff != "" {
				t.Errorf("header (-want +got):\n%s", diff)
			}
			if test.answered && w.Code != http.StatusNoContent {
				t.Errorf("status %d", w.Code)
			}
		})
	}
}
