//go:build !race && !goexperiment.jsonv2

package workdocs_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/conformance"
	"github.com/docferry/docferry/workdocs"
)

type answerWith string

// RoundTrip implements http.RoundTripper.
func (body answerWith) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
		Body: io.NopCloser(strings.NewReader(string(body)))}, nil
}

// alwaysAnswering returns a client to which every request is answered with the same body.
func alwaysAnswering(t *testing.T, body string) *workdocs.Client {
	t.Helper()
	keys := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "secret"}, nil
	})
	c, err := workdocs.New(workdocs.Config{Region: "us-west-2", Credentials: keys,
		HTTP: docferry.HTTP{Transport: answerWith(body)}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestAllocations keeps what calls cost, without the network.
func TestAllocations(t *testing.T) {
	const document = `{"Id":"d-%d","CreatorId":"u","ParentFolderId":"f","CreatedTimestamp":1.7e9,"ModifiedTimestamp":1.7e9,` +
		`"LatestVersionMetadata":{"Id":"v","Name":"report %d.pdf","ContentType":"application/pdf","Size":12345,"Status":"ACTIVE",` +
		`"CreatedTimestamp":1.7e9,"ModifiedTimestamp":1.7e9,"CreatorId":"u"},"ResourceState":"ACTIVE"}`
	begun := alwaysAnswering(t, `{"Metadata":`+fmt.Sprintf(document, 1, 1)+`,"UploadMetadata":{"UploadUrl":`+
		`"https://bucket.example/a?b=c","SignedHeaders":{"Content-Type":"application/pdf","x-amz-server-side-encryption":"AES256"}}}`)
	conformance.KeptAllocs(t, "InitiateDocumentVersionUpload", 87, func() {
		_, err := begun.InitiateDocumentVersionUpload(t.Context(), workdocs.InitiateDocumentVersionUploadRequest{
			Name: "report.pdf", ParentFolderID: "f", ContentType: "application/pdf", DocumentSizeInBytes: new(int64(12345))})
		if err != nil {
			t.Error(err)
		}
	})
	var documents []string
	for n := range 100 {
		documents = append(documents, fmt.Sprintf(document, n, n))
	}
	listed := alwaysAnswering(t, `{"Documents":[`+strings.Join(documents, ",")+`]}`)
	conformance.KeptAllocs(t, "DescribeFolderContents of 100 documents", 291, func() {
		got, err := listed.DescribeFolderContents(t.Context(), workdocs.DescribeFolderContentsRequest{FolderID: "f"})
		if err != nil || len(got.Documents) != 100 {
			t.Error(err)
		}
	})
}
