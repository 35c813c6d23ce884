package upload_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
)

func keptAs(etag string, body io.Reader) *http.Response {
	resp := &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Etag": {etag}}}
	if body != nil {
		resp.Body = io.NopCloser(body)
	}
	return resp
}

// TestOddTransports is what no socket does: a transport of the caller's own
// does not keep to everything that net/http does.
func TestOddTransports(t *testing.T) {
	broken := io.MultiReader(strings.NewReader("<Res"), iotest.ErrReader(io.ErrUnexpectedEOF))
	read := func(r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
	}
	ctx, cancel := context.WithCancel(background)
	for name, c := range map[string]struct {
		ctx    context.Context
		answer func(n int, r *http.Request) (*http.Response, error)
		want   ending
		calls  int
	}{
		"cancelled as the answer comes": {ctx, func(_ int, r *http.Request) (*http.Response, error) {
			read(r)
			cancel()
			return keptAs("opaque", nil), nil
		}, ending{}, 1},
		"no body": {background, func(_ int, r *http.Request) (*http.Response, error) {
			read(r)
			return keptAs("opaque", nil), nil
		}, ending{}, 1},
		"broken body": {background, func(n int, r *http.Request) (*http.Response, error) {
			read(r)
			if n == 1 {
				return keptAs("opaque", broken), nil
			}
			return keptAs("opaque", strings.NewReader("")), nil
		}, ending{}, 2},
		"endless body": {background, func(_ int, r *http.Request) (*http.Response, error) {
			read(r)
			return keptAs("opaque", readerFunc(func(p []byte) (int, error) { return len(p), nil })), nil
		}, at(upload.StageSend, unknown, docferry.ErrProtocol).leaving(1, one...), 1},
		"answered unread": {background, func(_ int, r *http.Request) (*http.Response, error) {
			return keptAs("opaque", nil), r.Body.Close()
		}, at(upload.StageSend, rolledBack, docferry.ErrProtocol), 1},
		"lost unread": {background, func(_ int, r *http.Request) (*http.Response, error) {
			return nil, errors.Join(errUntyped, r.Body.Close())
		}, at(upload.StageSend, rolledBack, errUntyped), 4},
		"lost": {background, func(_ int, r *http.Request) (*http.Response, error) {
			read(r)
			return nil, errUntyped
		}, at(upload.StageSend, unknown, errUntyped).leaving(1, one...), 4},
		"neither answer nor error": {background, func(_ int, r *http.Request) (*http.Response, error) {
			read(r)
			return nil, nil
		}, at(upload.StageSend, unknown, nil).leaving(1, one...), 4},
		"no body, refused": {background, func(_ int, r *http.Request) (*http.Response, error) {
			read(r)
			return &http.Response{StatusCode: http.StatusForbidden}, nil
		}, at(upload.StageSend, rolledBack, docferry.ErrForbidden), 1},
	} {
		t.Run(name, func(t *testing.T) {
			rt := &counting{answer: c.answer} // httpmock itself may answer for a context that has ended
			s := newPeered(t, "https://bucket.example", docferry.HTTP{Transport: rt, Retry: soon})
			storageAlone(s)
			_, err := s.Upload(c.ctx, file)
			s.canary.keeps(err)
			s.compare(err, c.want)
			if n := int(rt.calls.Load()); n != c.calls {
				t.Errorf("%d requests, want %d", n, c.calls)
			}
		})
	}
}

// counting is a transport that gives what answer says to the n-th request, from 1.
type counting struct {
	calls  atomic.Int64
	answer func(n int, r *http.Request) (*http.Response, error)
}

func (c *counting) RoundTrip(r *http.Request) (*http.Response, error) {
	return c.answer(int(c.calls.Add(1)), r)
}
