package otel_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/examples/otel"
	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/workdocs"
	"github.com/docferry/docferry/workdocs/workdocstest"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// The spans of an upload name its steps and attempts. None of them has the
// signature of the presigned URL.
func TestSpans(t *testing.T) {
	recorder := tracetest.NewSpanRecorder()
	tracer := sdk.NewTracerProvider(sdk.WithSpanProcessor(recorder)).Tracer("test")
	srv := workdocstest.NewServer(t)
	srv.Next("PutObject", workdocstest.Answer(500, ""))
	client, err := workdocs.New(workdocs.Config{Endpoint: srv.URL, Credentials: srv.Credentials(),
		HTTP: docferry.HTTP{Observer: otel.Observer(tracer)}})
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	if _, err := client.Uploader(workdocs.UploadTo{FolderID: srv.RootFolder()}).
		Upload(t.Context(), upload.Bytes("a.txt", []byte("content"))); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, span := range recorder.Ended() {
		names = append(names, span.Name()+" "+span.Status().Code.String())
		if text := fmt.Sprint(span.Attributes(), span.Events(), span.Status()); strings.Contains(text, "X-Amz-Signature") {
			t.Errorf("%s shows the signature of a URL: %s", span.Name(), text)
		}
	}
	want := []string{"workdocs.InitiateDocumentVersionUpload Unset", "workdocs.PutObject Error", "workdocs.PutObject Unset",
		"workdocs.UpdateDocumentVersion Unset", "workdocs.GetDocumentVersion Unset"}
	if !slices.Equal(names, want) {
		t.Errorf("spans %q, want %q", names, want)
	}
}
