package transport

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// trickle is a body of which a byte comes after every pause, and no end. It returns when
// its context ends, as those of net/http do.
type trickle struct {
	ctx   context.Context
	pause time.Duration
}

func (b trickle) Read(p []byte) (int, error) {
	select {
	case <-time.After(b.pause):
		p[0] = 'x'
		return 1, nil
	case <-b.ctx.Done():
		return 0, b.ctx.Err()
	}
}

func (b trickle) Close() error { return nil }

// readAnswer sends a request to a peer whose answer trickles, calls prepare, and reads
// until there is an error. It returns that and how long the reading took.
func readAnswer(t *testing.T, pause time.Duration, limits Limits, prepare func(body io.Reader)) (time.Duration, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://peer.example/", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, _, err := Send(function(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Body: trickle{r.Context(), pause}}, nil
	}), req, limits)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	prepare(resp.Body)
	began := time.Now()
	_, err = io.Copy(io.Discard, resp.Body)
	return time.Since(began), err
}

// An answer that moves all the time still has to come to its end. That limit holds to
// the second, also if it is far shorter than the time that nothing may move.
func TestBound(t *testing.T) {
	for name, tt := range map[string]struct {
		stall, first, again time.Duration // again is the limit that replaces the first one later
		want                time.Duration
	}{
		"short":                   {0, 10 * time.Second, 0, 10 * time.Second},
		"long":                    {0, 5 * time.Minute, 0, 5 * time.Minute},
		"shorter than one look":   {time.Hour, 10 * time.Second, 0, 10 * time.Second},
		"replaced by a short one": {time.Hour, time.Hour, 7 * time.Second, 7 * time.Second},
		"replaced by a long one":  {0, time.Second, 3 * time.Minute, 3 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				took, err := readAnswer(t, 300*time.Millisecond, Limits{Stall: tt.stall}, func(body io.Reader) {
					Bound(body, tt.first)
					if tt.again > 0 {
						_, _ = body.Read(make([]byte, 1))
						Bound(body, tt.again)
					}
				})
				if took != tt.want || !errors.Is(err, os.ErrDeadlineExceeded) ||
					!strings.Contains(err.Error(), "was not complete after "+tt.want.String()) {
					t.Errorf("reading ended after %v, want %v: %v", took, tt.want, err)
				}
			})
		})
	}
}

// A caller may take any time between two reads. The limits begin anew with the next one.
func TestTimeBetweenReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		took, err := readAnswer(t, 50*time.Second, Limits{Stall: 40 * time.Second}, func(body io.Reader) {
			time.Sleep(time.Hour)
		})
		if took != 40*time.Second || err == nil || !strings.Contains(err.Error(), "for 40s; HTTP.StallTimeout allows more") {
			t.Errorf("reading ended after %v: %v", took, err)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		took, err := readAnswer(t, time.Second, Limits{Stall: time.Hour}, func(body io.Reader) {
			Bound(body, 30*time.Minute)
			time.Sleep(28 * time.Minute)
		})
		if took != 2*time.Minute || !stalled(err) {
			t.Errorf("reading ended after %v, although the answer had 30 minutes in all: %v", took, err)
		}
	})
}

// What a transport still does with the body of a request no longer matters when the
// answer is being read: it neither counts as progress nor as a stall.
func TestLateSendingDoesNotDisturb(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		body := NewBody(t.Context(), io.NopCloser(zeros{}))
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "http://peer.example/", body)
		if err != nil {
			t.Fatal(err)
		}
		req.Body = body
		resp, _, err := Send(function(func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusOK, Body: trickle{r.Context(), 2 * time.Hour}}, nil
		}), req, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			for range 20 { // a part of the request every ten seconds
				_, _ = body.Read(make([]byte, 1))
				time.Sleep(10 * time.Second)
			}
		}()
		began := time.Now()
		if _, err := io.Copy(io.Discard, resp.Body); !stalled(err) || time.Since(began) != time.Minute {
			t.Errorf("reading ended after %v: %v", time.Since(began), err)
		}
		<-ended
		_, _ = resp.Body.Close(), body.Close()
	})
}
