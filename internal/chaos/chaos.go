// Package chaos is the network and the service at their worst, for tests that
// compare what an upload reports with what a server has stored.
//
// A [Transport] stands between a client and a server. For each request it
// decides at random, but reproducibly, what goes wrong: the request is lost
// whole or in its middle, the answer is lost or cut off, something in between
// refuses, nothing answers, or the request is carried out long after the client
// has given up.
package chaos

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Transport is an [http.RoundTripper]. It is safe for concurrent use; requests
// are judged one after the other, so that a seed gives the same run again.
type Transport struct {
	Server http.RoundTripper
	// Rate is the share of requests that something happens to.
	Rate float64
	// Refusals are answers that a service or something in front of it may give.
	Refusals []Refusal
	// Answered, if not nil, sees each request that the server carried out, with
	// the server's answer.
	Answered func(req *http.Request, status int, header http.Header, body []byte)

	mu   sync.Mutex
	rng  *rand.Rand
	late sync.WaitGroup
}

// Refusal is an answer that is given instead of the server's.
type Refusal struct {
	Status int
	Header http.Header
	Body   string
	// Gateway says that something in front of the service gives this answer,
	// which may do so although the service has carried the request out.
	Gateway bool
}

// New returns a Transport whose decisions follow from seed.
func New(server http.RoundTripper, seed uint64, rate float64, refusals []Refusal) *Transport {
	return &Transport{Server: server, Rate: rate, Refusals: refusals, rng: rand.New(rand.NewPCG(seed, 1))}
}

// Wait waits until all requests that were carried out late have been.
func (t *Transport) Wait() { t.late.Wait() }

// fate is what happens to a request.
type fate int

const (
	passes fate = iota
	losesRequest
	losesMiddle // of the body
	losesAnswer
	cutsAnswer
	refused
	refusedAfterwards // the server carried it out, and a gateway answers
	late              // the server carries it out after the answer
	hangs
	fates
)

var errReset = errors.New("connection reset by peer")

// RoundTrip implements [http.RoundTripper].
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	t.mu.Lock()
	what, draw := passes, t.rng.Float64()
	if draw < t.Rate {
		what = fate(1 + t.rng.IntN(int(fates)-1))
	}
	part, delay := t.rng.Float64(), time.Duration(1+t.rng.IntN(90))*time.Second
	refusal := t.Refusals[t.rng.IntN(len(t.Refusals))]
	t.mu.Unlock()

	var body []byte
	if req.Body != nil {
		defer req.Body.Close()
		if what == losesMiddle && req.ContentLength > 0 {
			_, _ = io.CopyN(io.Discard, req.Body, int64(part*float64(req.ContentLength)))
			return nil, errReset
		}
		var err error
		if body, err = io.ReadAll(req.Body); err != nil {
			return nil, err
		}
	}
	carryOut := func(ctx context.Context) (*http.Response, []byte, error) { return t.carryOut(ctx, req, body) }
	switch what {
	case losesRequest, losesMiddle:
		return nil, errReset
	case refused:
		return refusal.response(req), nil
	case hangs:
		<-req.Context().Done()
		return nil, req.Context().Err()
	case late:
		t.late.Go(func() {
			time.Sleep(delay)
			_, _, _ = carryOut(context.Background())
		})
		if part < 0.5 {
			return nil, errReset
		}
		return Refusal{Status: http.StatusGatewayTimeout, Body: "<html>gateway timeout</html>"}.response(req), nil
	}
	resp, answer, err := carryOut(req.Context())
	if err != nil {
		return nil, err
	}
	switch what {
	case refusedAfterwards:
		if refusal.Gateway {
			return refusal.response(req), nil
		}
		return nil, errReset
	case losesAnswer:
		return nil, errReset
	case cutsAnswer:
		n := int(part * float64(len(answer)))
		resp.Body = io.NopCloser(io.MultiReader(bytes.NewReader(answer[:n]), broken{}))
	}
	return resp, nil
}

// carryOut sends a request to the server and reads its answer.
func (t *Transport) carryOut(ctx context.Context, req *http.Request, body []byte) (*http.Response, []byte, error) {
	again := req.Clone(ctx)
	if again.Body = http.NoBody; len(body) > 0 {
		again.Body = io.NopCloser(bytes.NewReader(body))
	}
	resp, err := t.Server.RoundTrip(again)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, nil, err
	}
	if t.Answered != nil {
		t.Answered(req, resp.StatusCode, resp.Header, answer)
	}
	resp.Body = io.NopCloser(bytes.NewReader(answer))
	return resp, answer, nil
}

func (r Refusal) response(req *http.Request) *http.Response {
	header := r.Header.Clone()
	if header == nil {
		header = make(http.Header)
	}
	return &http.Response{StatusCode: r.Status, Header: header, Request: req,
		Body: io.NopCloser(strings.NewReader(r.Body)), ContentLength: int64(len(r.Body))}
}

// broken is the rest of an answer that was cut off.
type broken struct{}

// Read implements [io.Reader].
func (broken) Read([]byte) (int, error) { return 0, errReset }
