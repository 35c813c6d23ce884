package sigv4

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// service verifies signatures by a clock that is ahead of ours.
type service struct {
	ahead time.Duration
	age   string // says that its answers come out of a cache
	date  string // replaces its Date
}

// call sends a request, and once more if the signer has learnt from a refusal.
func (v *service) call(s *Signer, code string) (attempts int, err error) {
	for attempts = 1; ; attempts++ {
		now := time.Now().Add(v.ahead)
		if err = serve(s, request(http.MethodGet, "id", "", ""), "", now); err == nil || attempts == 4 {
			return attempts, err
		}
		if !s.Learn(code, v.header()) {
			return attempts, err
		}
	}
}

func (v *service) header() http.Header {
	h := http.Header{"Date": {time.Now().Add(v.ahead).UTC().Format(http.TimeFormat)}}
	if v.age != "" {
		h.Set("Age", v.age)
	}
	if v.date != "" {
		h.Set("Date", v.date)
	}
	return h
}

func TestWrongClockIsLearntAndHeals(t *testing.T) {
	for _, skew := range []time.Duration{20 * time.Minute, -20 * time.Minute, 5*time.Minute + time.Second,
		48 * time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			s, v := signer(), &service{ahead: skew}
			steps := []struct {
				name  string
				ahead time.Duration
				want  int
			}{{"first", skew, 2}, {"known", skew, 1}, {"corrected", 0, 2}, {"corrected and known", 0, 1},
				{"wrong again", skew, 2}}
			for _, step := range steps {
				v.ahead = step.ahead
				if n, err := v.call(s, "InvalidSignatureException"); err != nil || n != step.want {
					t.Errorf("skew %v, %s: %d attempts, %v", skew, step.name, n, err)
				}
				time.Sleep(time.Hour)
			}
		})
	}
}

func TestLearn(t *testing.T) {
	const skew = 20 * time.Minute
	for name, tt := range map[string]struct {
		code    string
		service service
		want    bool
	}{
		"exception":       {"RequestTimeTooSkewedException", service{ahead: skew}, true},
		"signature":       {"SignatureDoesNotMatch", service{ahead: -skew}, true},
		"access denied":   {"AccessDeniedException", service{ahead: skew}, true},
		"at the limit":    {"AuthFailure", service{ahead: tolerance + time.Second}, true},
		"small skew":      {"InvalidSignatureException", service{ahead: tolerance - 2*time.Second}, false},
		"no skew":         {"InvalidSignatureException", service{}, false},
		"other refusal":   {"EntityNotExistsException", service{ahead: skew}, false},
		"no code":         {"", service{ahead: skew}, false},
		"out of a cache":  {"InvalidSignatureException", service{ahead: -skew, age: "1200"}, false},
		"cached just now": {"InvalidSignatureException", service{ahead: -skew, age: "0"}, false},
		"no date":         {"InvalidSignatureException", service{ahead: skew, date: " "}, false},
		"bad date":        {"InvalidSignatureException", service{ahead: skew, date: "today"}, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := signer()
			if got := s.Learn(tt.code, tt.service.header()); got != tt.want {
				t.Errorf("%s: %v", name, got)
			}
			if changed := time.Until(s.now()).Abs() > time.Second; changed != tt.want {
				t.Errorf("%s: the clock is %v ahead", name, time.Until(s.now()))
			}
		})
	}
}

// Requests that were under way when the clock was set right are refused for
// the old time, and deserve another try as well; a refusal much later does not.
func TestLearnForRequestsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, v := signer(), &service{ahead: 20 * time.Minute}
		const code = "InvalidSignatureException"
		if !s.Learn(code, v.header()) {
			t.Fatal("the first refusal taught nothing")
		}
		time.Sleep(time.Second)
		if !s.Learn(code, v.header()) {
			t.Error("the refusal of a request that was signed before is final")
		}
		if s.Learn("EntityNotExistsException", v.header()) {
			t.Error("a refusal of another kind is not")
		}
		time.Sleep(settling)
		if s.Learn(code, v.header()) {
			t.Error("a refusal long after is not final")
		}
	})
}
