//go:build !race && !goexperiment.jsonv2

package upload_test

import (
	"context"
	"io"
	"net/http"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/conformance"
	"github.com/docferry/docferry/upload"
)

// swallow is a storage that takes everything.
type swallow struct{}

// RoundTrip implements http.RoundTripper.
func (swallow) RoundTrip(r *http.Request) (*http.Response, error) {
	_, _ = io.Copy(io.Discard, r.Body)
	_ = r.Body.Close()
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Etag": {`"e"`}}, Request: r, Body: http.NoBody}, nil
}

// TestAllocations keeps what an upload costs, without the network.
func TestAllocations(t *testing.T) {
	u := &upload.Presigned{
		Begin: func(context.Context, upload.Source) (*upload.Slot, error) {
			return &upload.Slot{URL: "https://bucket.example/a?X-Amz-Signature=b"}, nil
		},
		HTTP: docferry.HTTP{Transport: swallow{}},
	}
	src := upload.Bytes("a.txt", make([]byte, 4096))
	conformance.KeptAllocs(t, "an upload of 4 KiB", 58, func() {
		if _, err := u.Upload(t.Context(), src); err != nil {
			t.Fatal(err)
		}
	})
}
