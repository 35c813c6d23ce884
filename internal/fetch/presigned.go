package fetch

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/exchange"
	"github.com/docferry/docferry/internal/redact"
	"github.com/docferry/docferry/internal/retry"
)

// getObject is the operation in errors and for the Observer.
const getObject = "GetObject"

// Fresh asks the service for another URL of the same content.
type Fresh func(context.Context) (docferry.Secret, error)

// Presigned opens the content at a presigned URL, of the given size if that is
// not -1. It sends no credentials and follows no redirect. If the storage
// refuses the URL for its age, at the start or when the download is resumed,
// fresh is asked for another one.
func Presigned(
	ctx context.Context, storage *exchange.Peer, raw docferry.Secret, fresh Fresh, size int64,
) (*docferry.Download, error) {
	o := &object{storage: storage, url: raw, size: size}
	return Get(ctx, Config{Service: storage.Service(), Operation: getObject, Size: size, Resumable: true,
		Policy: retry.Policy(storage.HTTP().Retry),
		Open: func(ctx context.Context, offset int64, validator string) (*http.Response, error) {
			resp, err := o.open(ctx, offset, validator)
			refused, ok := errors.AsType[*docferry.Error](err)
			if !ok || !exchange.Expired(refused) || fresh == nil {
				return resp, err
			}
			url, renewal := fresh(ctx)
			if renewal != nil {
				return nil, renewal
			}
			o.url = url
			return o.open(ctx, offset, validator)
		}})
}

// object is what is read from a storage.
type object struct {
	storage *exchange.Peer
	url     docferry.Secret
	size    int64
}

// open asks for the content from an offset on. It makes one exchange with a task of
// its own, since a resumed download has another offset and perhaps another URL.
func (o *object) open(ctx context.Context, offset int64, validator string) (*http.Response, error) {
	address, err := o.storage.CheckURL(getObject, "the download URL", o.url)
	if err != nil {
		return nil, err
	}
	get := &objectGet{storage: o.storage, address: address, offset: offset, validator: validator, size: o.size}
	_, err = exchange.Exchange{
		Peer: o.storage, Operation: getObject, Method: http.MethodGet, Route: "/{key}", Host: address.Host,
		Repeat: exchange.Safe, Secrets: redact.Query(address),
	}.Run(ctx, get)
	return get.answer, err
}

// objectGet is the task of one GET from a storage.
type objectGet struct {
	storage   *exchange.Peer
	address   *url.URL
	offset    int64
	validator string
	size      int64 // -1 if it is not known
	host      exchange.SignedHost
	answer    *http.Response // nil until one is good
}

// Build makes the request.
func (g *objectGet) Build(ctx context.Context) (*exchange.Request, error) {
	header := make(http.Header)
	g.host.Set(header, g.address)
	req := g.storage.NewRequest(ctx, http.MethodGet, g.address, header)
	req.Header.Set("Accept-Encoding", "identity")
	if g.offset > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", g.offset))
		req.Header.Set("If-Range", g.validator)
	}
	return req, nil
}

// Judge takes content, whole or the part that was asked for.
func (g *objectGet) Judge(answer *exchange.Answer) retry.Result {
	if answer.Status == http.StatusOK || answer.Status == http.StatusPartialContent && g.offset > 0 {
		if g.portal(answer.Response()) {
			return answer.Protocol("the answer is an HTML page that does not come from the storage")
		}
		g.answer = answer.Keep()
		return retry.Result{Verdict: retry.Done}
	}
	if result, ok := answer.Read(exchange.MaxSuccess); !ok {
		return result
	}
	if answer.Status/100 == 3 {
		return answer.Redirected()
	}
	return g.host.Judge(answer.RefuseStorage(), nil, g.address)
}

// portal reports whether an answer is the page of a captive portal or a proxy:
// an HTML page without any of the signs that a storage leaves, such as an ETag.
// It reads the start of the content, which is then read again.
func (g *objectGet) portal(resp *http.Response) bool {
	signed := resp.Header.Get("Etag") != "" || resp.Header.Get("X-Amz-Request-Id") != "" ||
		resp.Header.Get("X-Amz-Id-2") != ""
	if signed || g.size >= 0 && resp.ContentLength == g.size {
		return false
	}
	content := bufio.NewReaderSize(resp.Body, pageStart)
	start, _ := content.Peek(pageStart) // an error comes again
	resp.Body = struct {
		io.Reader
		io.Closer
	}{content, resp.Body}
	start = markup(bytes.ToLower(start))
	if exchange.MediaType(resp.Header) == "text/html" && bytes.HasPrefix(start, []byte("<")) {
		return true
	}
	return bytes.HasPrefix(start, []byte("<!doctype html")) || bytes.HasPrefix(start, []byte("<html"))
}

// pageStart is how much of an answer is looked at to tell a page.
const pageStart = 4096

// markup returns a text without what may precede the first element of a page: a
// byte order mark, blank lines, comments and an XML declaration.
func markup(text []byte) []byte {
	text = bytes.TrimSpace(exchange.TrimMark(bytes.TrimSpace(text)))
	for _, skip := range [][2]string{{"<?xml", "?>"}, {"<!--", "-->"}} {
		for bytes.HasPrefix(text, []byte(skip[0])) {
			_, rest, closed := bytes.Cut(text, []byte(skip[1]))
			if !closed {
				return text
			}
			text = bytes.TrimSpace(rest)
		}
	}
	return text
}
