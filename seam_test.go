package docferry_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"
	"golang.org/x/time/rate"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/workdocs"
)

// TestStub checks that a stub of the kind that many programs use fits as the
// Transport of each client, that the addresses are those of the vendors, and
// that a *rate.Limiter fits as the Limit.
func TestStub(t *testing.T) {
	stub := httpmock.NewMockTransport()
	stub.RegisterResponder(http.MethodGet, "https://workdocs.eu-west-1.amazonaws.com/api/v1/folders/f",
		httpmock.NewStringResponder(200, `{"Metadata":{"Name":"Reports"}}`))
	stub.RegisterResponder(http.MethodPost, "https://participant.connect.us-west-2.amazonaws.com/participant/message",
		httpmock.NewStringResponder(200, `{"Id":"m"}`))
	stub.RegisterResponder(http.MethodGet, "https://docs.example.com/documents/api/1.2/folders/self",
		httpmock.NewStringResponder(200, `{"id":"F1","errorCode":"0"}`))
	h := docferry.HTTP{Transport: stub, Limit: rate.NewLimiter(rate.Inf, 1)}

	wd, err := workdocs.New(workdocs.Config{Region: "eu-west-1", AuthenticationToken: "token", HTTP: h})
	if err != nil {
		t.Fatal(err)
	}
	if f, err := wd.GetFolder(t.Context(), workdocs.GetFolderRequest{FolderID: "f"}); err != nil ||
		f.Metadata.Name != "Reports" {
		t.Errorf("WorkDocs: %+v, %v", f, err)
	}
	cp, err := connectparticipant.New(connectparticipant.Config{Region: "us-west-2", HTTP: h})
	if err != nil {
		t.Fatal(err)
	}
	if m, err := cp.SendMessage(t.Context(), connectparticipant.SendMessageRequest{ConnectionToken: "token",
		ContentType: "text/plain", Content: "hello"}); err != nil || m.ID != "m" {
		t.Errorf("Connect: %+v, %v", m, err)
	}
	oc, err := oracledocs.New(oracledocs.Config{BaseURL: "https://docs.example.com", HTTP: h})
	if err != nil {
		t.Fatal(err)
	}
	if f, err := oc.GetFolder(t.Context(), oracledocs.GetFolderRequest{FolderID: "self"}); err != nil || f.ID != "F1" {
		t.Errorf("Oracle: %+v, %v", f, err)
	}
	if n := stub.GetTotalCallCount(); n != 3 {
		t.Errorf("%d requests for 3 calls", n)
	}
}

// TestLimiterRefuses gives a limiter less time than it needs: the call fails
// at once and sends nothing.
func TestLimiterRefuses(t *testing.T) {
	stub := httpmock.NewMockTransport()
	stub.RegisterNoResponder(httpmock.NewStringResponder(200, `{"Metadata":{}}`))
	limiter := rate.NewLimiter(rate.Every(time.Hour), 1)
	c, err := workdocs.New(workdocs.Config{Region: "eu-west-1", AuthenticationToken: "token",
		HTTP: docferry.HTTP{Transport: stub, Limit: limiter}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	req := workdocs.GetFolderRequest{FolderID: "f"}
	if _, err := c.GetFolder(ctx, req); err != nil {
		t.Error(err)
	}
	_, err = c.GetFolder(ctx, req)
	if lost, ok := errors.AsType[*docferry.TransportError](err); !ok || lost.Sent {
		t.Errorf("got %v", err)
	}
	if n := stub.GetTotalCallCount(); n != 1 {
		t.Errorf("%d requests were sent, want 1", n)
	}
}
