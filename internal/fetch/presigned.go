package fetch

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
	"github.com/docferry/docferry/internal/redact"
	"github.com/docferry/docferry/internal/retry"
	"github.com/docferry/docferry/internal/transport"
	"github.com/docferry/docferry/internal/version"
)

// Storage reads from presigned URLs. It sends no credentials and follows no
// redirect. It is safe for concurrent use.
type Storage struct {
	service  string
	http     docferry.HTTP
	governor retry.Governor
}

// NewStorage returns the storage that the service at endpoint hands out URLs
// for. What an endpoint on this machine hands out may be on it too.
func NewStorage(service string, endpoint *url.URL, h docferry.HTTP) *Storage {
	h.AllowPrivate = h.AllowPrivate || transport.Loopback(endpoint)
	if h.Transport == nil {
		h.Transport = transport.New(!h.AllowPrivate)
	}
	return &Storage{service: service, http: h}
}

// HTTP is how to talk to the storage, for uploads.
func (s *Storage) HTTP() docferry.HTTP { return s.http }

// Get opens the content at a presigned URL, of the given size if that is not -1.
func (s *Storage) Get(ctx context.Context, raw docferry.Secret, size int64) (*docferry.Download, error) {
	return Get(ctx, Config{Service: s.service, Operation: "GetObject", Size: size, Resumable: true,
		Open: func(ctx context.Context, offset int64, validator string) (*http.Response, error) {
			return s.open(ctx, raw, offset, validator)
		}})
}

// CloseIdleConnections closes connections that no download uses.
func (s *Storage) CloseIdleConnections() {
	if t, ok := s.http.Transport.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

func (s *Storage) open(ctx context.Context, raw docferry.Secret, offset int64, validator string) (*http.Response, error) {
	address, err := transport.CheckURL(string(raw), s.http.AllowPrivate)
	if err != nil {
		return nil, &docferry.InputError{Service: s.service, Operation: "GetObject", Field: "the download URL", Reason: err.Error()}
	}
	var answer *http.Response
	x := &call.Exchange{
		Service: s.service, Operation: "GetObject", Method: http.MethodGet, Route: "/{key}", Host: address.Host,
		RequestID: "X-Amz-Request-Id", HTTP: s.http, Policy: retry.Policy(s.http.Retry), Repeatable: true,
		Transport: s.http.Transport, Governor: &s.governor, Secrets: redact.Query(address),
	}
	x.Build = func(ctx context.Context) (*http.Request, *transport.Body, error) {
		u := *address
		req := (&http.Request{Method: http.MethodGet, URL: &u, Host: u.Host, Header: make(http.Header), Body: http.NoBody,
			Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}).WithContext(ctx)
		req.Header.Set("User-Agent", version.UserAgent(s.http.UserAgent))
		req.Header.Set("Accept-Encoding", "identity")
		if offset > 0 {
			req.Header.Set("Range", fmt.Sprintf("bytes=%d-", offset))
			req.Header.Set("If-Range", validator)
		}
		return req, nil, nil
	}
	x.Judge = func(resp *http.Response) (retry.Result, bool) {
		if resp.StatusCode == http.StatusOK || resp.StatusCode == http.StatusPartialContent && offset > 0 {
			answer = resp
			return retry.Result{Verdict: retry.Done}, true
		}
		a, result := x.Read(resp, 64<<10)
		switch {
		case result.Err != nil:
			return result, false
		case resp.StatusCode/100 == 3:
			return x.Redirected(a), false
		}
		return x.StorageRefusal(a), false
	}
	if err := x.Run(ctx); err != nil {
		return nil, err
	}
	return answer, nil
}
