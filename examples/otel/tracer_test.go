package otel_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/examples/otel"
	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/workdocs"
	"github.com/docferry/docferry/workdocs/workdocstest"
	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/attribute"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// The spans of an upload name its steps and attempts. None of them has a URL.
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
		attributes := attribute.NewSet(span.Attributes()...)
		resent, _ := attributes.Value("http.request.resend_count")
		status, _ := attributes.Value("http.response.status_code")
		names = append(names, fmt.Sprint(span.Name(), " ", resent.AsInt64(), " ", status.AsInt64(), " ", span.Status().Code))
		text := fmt.Sprint(span.Attributes(), span.Events(), span.Status())
		if strings.Contains(text, "://") || strings.Contains(text, "?") {
			t.Errorf("%s shows a URL: %s", span.Name(), text)
		}
	}
	want := []string{
		"workdocs.InitiateDocumentVersionUpload 0 201 Unset",
		"workdocs.PutObject 0 500 Error",
		"workdocs.PutObject 1 200 Unset",
		"workdocs.UpdateDocumentVersion 0 200 Unset",
		"workdocs.GetDocumentVersion 0 200 Unset",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
}
