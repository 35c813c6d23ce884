package fetch

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/exchange"
	"github.com/docferry/docferry/internal/redact"
	"github.com/docferry/docferry/internal/retry"
)

const getObject = "GetObject"

// Presigned opens the content at a presigned URL, of the given size if that is
// not -1. It sends no credentials and follows no redirect.
func Presigned(ctx context.Context, storage *exchange.Peer, raw docferry.Secret, size int64) (*docferry.Download, error) {
	return Get(ctx, Config{Service: storage.Service(), Operation: getObject, Size: size, Resumable: true,
		Open: func(ctx context.Context, offset int64, validator string) (*http.Response, error) {
			return openObject(ctx, storage, raw, offset, validator)
		}})
}

func openObject(ctx context.Context, storage *exchange.Peer, raw docferry.Secret, offset int64, validator string) (*http.Response, error) {
	address, err := storage.CheckURL(getObject, "the download URL", raw)
	if err != nil {
		return nil, err
	}
	get := &objectGet{storage: storage, address: address, offset: offset, validator: validator}
	_, err = exchange.Exchange{
		Peer: storage, Operation: getObject, Method: http.MethodGet, Route: "/{key}", Host: address.Host,
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
	answer    *http.Response // nil until one is good
}

// Build makes the request.
func (g *objectGet) Build(ctx context.Context) (*exchange.Request, error) {
	req := g.storage.NewRequest(ctx, http.MethodGet, g.address, nil)
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
		g.answer = answer.Keep()
		return retry.Result{Verdict: retry.Done}
	}
	if result, ok := answer.Read(exchange.MaxSuccess); !ok {
		return result
	}
	if answer.Status/100 == 3 {
		return answer.Redirected()
	}
	return answer.RefuseStorage()
}
