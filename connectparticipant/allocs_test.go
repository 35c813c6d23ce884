//go:build !race && !goexperiment.jsonv2

package connectparticipant

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/conformance"
)

// answering returns a client to which every request is answered with the same body.
func answering(t *testing.T, body string) *Client {
	t.Helper()
	header := http.Header{"Content-Type": {"application/json"}}
	c, err := New(Config{Region: "us-west-2", HTTP: docferry.HTTP{Transport: roundTrip(
		func(r *http.Request) (*http.Response, error) {
			_, _ = io.Copy(io.Discard, r.Body)
			_ = r.Body.Close()
			return &http.Response{StatusCode: http.StatusOK, Header: header, Request: r,
				Body: io.NopCloser(strings.NewReader(body))}, nil
		})}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestAllocations keeps what calls cost, without the network.
func TestAllocations(t *testing.T) {
	started := answering(t, `{"AttachmentId":"a","UploadMetadata":{"Url":"https://bucket.example/a?b=c",`+
		`"UrlExpiry":"2026-01-02T03:04:05.678Z","HeadersToInclude":{"Content-Type":"text/csv"}}}`)
	conformance.KeptAllocs(t, "StartAttachmentUpload", 33, func() {
		_, err := started.StartAttachmentUpload(t.Context(), StartAttachmentUploadRequest{ConnectionToken: "t",
			AttachmentName: "a.csv", ContentType: "text/csv", AttachmentSizeInBytes: 3, ClientToken: "x"})
		if err != nil {
			t.Error(err)
		}
	})
	var items []string
	for n := range 100 {
		items = append(items, fmt.Sprintf(`{"AbsoluteTime":"2026-01-02T03:04:05.678Z","Content":"message %d","ContentType":`+
			`"text/plain","Id":"item-%d","Type":"MESSAGE","ParticipantId":"p","DisplayName":"Ana","ParticipantRole":"CUSTOMER"}`, n, n))
	}
	listed := answering(t, `{"InitialContactId":"c","Transcript":[`+strings.Join(items, ",")+`]}`)
	conformance.KeptAllocs(t, "GetTranscript of 100 items", 251, func() {
		got, err := listed.GetTranscript(t.Context(), GetTranscriptRequest{ConnectionToken: "t", MaxResults: 100})
		if err != nil || len(got.Transcript) != 100 {
			t.Error(err)
		}
	})
}
