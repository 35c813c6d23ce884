package oracledocs_test

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"strings"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/docferry/docferry/upload"
	"github.com/google/go-cmp/cmp"
)

// formParts are the parts of a form as it was sent, in order.
func formParts(t *testing.T, sent sentRequest) (parts []string) {
	t.Helper()
	_, params, err := mime.ParseMediaType(sent.header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	form := multipart.NewReader(strings.NewReader(sent.body), params["boundary"])
	for {
		part, err := form.NextRawPart()
		if err == io.EOF {
			return parts
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, part.Header.Get("Content-Disposition")+" "+part.Header.Get("Content-Type")+" "+string(content))
	}
}

func TestClientApplications(t *testing.T) {
	srv, _, c := both(t)
	made := must(c.CreateClientApplication(t.Context(), oracledocs.CreateClientApplicationRequest{
		Name: "testApp", IsEnabled: new(false), File: upload.Bytes("actions.txt", []byte(`{"actions":[]}`)),
	}))(t)
	if made.ID == "" || made.Name != "testApp" || made.IsEnabled || !strings.HasSuffix(made.Location, made.ID) {
		t.Errorf("made %+v", made)
	}
	want := []string{
		`form-data; name="metadata" application/json {"name":"testApp","isEnabled":"false"}`,
		`form-data; name="file"; filename="actions.txt" application/json {"actions":[]}`,
	}
	if diff := cmp.Diff(want, formParts(t, c.last(t))); diff != "" {
		t.Error(diff)
	}

	content := func() string {
		return string(read(c.DownloadClientApplicationFile(t.Context(),
			oracledocs.DownloadClientApplicationFileRequest{ID: made.ID}))(t))
	}
	if got := content(); got != `{"actions":[]}` {
		t.Errorf("read %s", got)
	}
	updates := map[string]struct {
		req   oracledocs.UpdateClientApplicationRequest
		parts []string
	}{
		"flag": {oracledocs.UpdateClientApplicationRequest{IsEnabled: new(true)},
			[]string{`form-data; name="metadata" application/json {"isEnabled":"true"}`}},
		"file": {oracledocs.UpdateClientApplicationRequest{File: upload.Bytes("a.json", []byte(`{"v":2}`))},
			[]string{`form-data; name="file"; filename="a.json" application/json {"v":2}`}},
		"both": {oracledocs.UpdateClientApplicationRequest{IsEnabled: new(true),
			File: upload.Bytes("a.json", []byte(`{"v":3}`))},
			[]string{`form-data; name="metadata" application/json {"isEnabled":"true"}`,
				`form-data; name="file"; filename="a.json" application/json {"v":3}`}},
	}
	for name, update := range updates {
		srv.Next("UpdateClientApplication", oracledocstest.LoseAnswer()) // it is sent again, whole
		update.req.ID = made.ID
		got := must(c.UpdateClientApplication(t.Context(), update.req))(t)
		if got.ID != made.ID || got.IsEnabled != (update.req.IsEnabled != nil) && name != "file" {
			t.Errorf("%s: %+v", name, got)
		}
		if diff := cmp.Diff(update.parts, formParts(t, c.last(t))); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if got := content(); got == `{"actions":[]}` {
		t.Error("the file has not changed")
	}

	got := must(c.GetClientApplication(t.Context(), oracledocs.GetClientApplicationRequest{ID: made.ID, Links: true}))(t)
	if got.Name != "testApp" || !got.IsEnabled || len(got.Links) != 2 || got.Links[0].Rel != "self" {
		t.Errorf("got %+v", got)
	}
	list := must(c.ListClientApplications(t.Context(), oracledocs.ListClientApplicationsRequest{}))(t)
	if list.Count != 1 || list.TotalResults != 1 || list.HasMore || len(list.Items) != 1 || list.Links != nil {
		t.Errorf("listed %+v", list)
	}
	gone := must(c.DeleteClientApplication(t.Context(), oracledocs.DeleteClientApplicationRequest{ID: made.ID}))(t)
	if gone.ID != made.ID || gone.Type != "clientApplication" {
		t.Errorf("deleted %+v", gone)
	}
	_, err := c.GetClientApplication(t.Context(), oracledocs.GetClientApplicationRequest{ID: made.ID})
	refused, ok := errors.AsType[*docferry.Error](err)
	if !ok || refused.Code != oracledocs.CodeNotFound {
		t.Fatalf("after it was deleted: %v", err)
	}
	if detail, ok := refused.Detail.(*oracledocs.ErrorDetail); !ok || detail.ErrorType != "clientApplication" ||
		detail.Keys()[0].Key != "csAFAppDoesNotExist" {
		t.Errorf("the detail is %+v", refused.Detail)
	}
}

func TestAllClientApplications(t *testing.T) {
	srv, _, c := both(t)
	for _, name := range []string{"a", "b"} {
		must(c.CreateClientApplication(t.Context(), oracledocs.CreateClientApplicationRequest{
			Name: name, File: upload.Bytes("a.json", []byte(`{}`)),
		}))(t)
	}
	all := c.AllClientApplications(t.Context(), oracledocs.ListClientApplicationsRequest{Links: true})
	name := func(app oracledocs.ClientApplication) string { return app.Name }
	if names, err := collect(all, name); err != nil || !cmp.Equal(names, []string{"a", "b"}) {
		t.Errorf("got %v, %v", names, err)
	}
	if got := c.last(t).query; got != "links=true" {
		t.Errorf("sent the query %s", got)
	}
	srv.Next("ListClientApplications", oracledocstest.Answer(200, `{"hasMore":1}`, "Content-Type", "application/json"))
	if names, err := collect(all, name); !errors.Is(err, docferry.ErrProtocol) || names != nil {
		t.Errorf("with more to come: %v, %v", names, err)
	}
}

func TestClientApplicationsInputs(t *testing.T) {
	_, v11, c := both(t)
	file := upload.Bytes("a.json", []byte(`{}`))
	create := func(c *session, req oracledocs.CreateClientApplicationRequest) func() error {
		return func() error { _, err := c.CreateClientApplication(t.Context(), req); return err }
	}
	update := func(req oracledocs.UpdateClientApplicationRequest) func() error {
		return func() error { _, err := c.UpdateClientApplication(t.Context(), req); return err }
	}
	c.wantInputError(t, "Name", create(c, oracledocs.CreateClientApplicationRequest{File: file}))
	c.wantInputError(t, "Name", create(c, oracledocs.CreateClientApplicationRequest{Name: "a\x00b", File: file}))
	c.wantInputError(t, "File", create(c, oracledocs.CreateClientApplicationRequest{Name: "a"}))
	c.wantInputError(t, "Source.Open", create(c,
		oracledocs.CreateClientApplicationRequest{Name: "a", File: upload.Source{Name: "a.json"}}))
	c.wantInputError(t, "Source.Open", update(oracledocs.UpdateClientApplicationRequest{ID: "1",
		File: upload.Source{Name: "a.json"}}))
	c.wantInputError(t, "File", update(oracledocs.UpdateClientApplicationRequest{ID: "1"}))
	c.wantInputError(t, "ID", update(oracledocs.UpdateClientApplicationRequest{IsEnabled: new(true)}))
	v11.wantInputError(t, "Config.APIVersion", create(v11,
		oracledocs.CreateClientApplicationRequest{Name: "a", File: file}))
	v11.wantInputError(t, "Config.APIVersion", func() error {
		_, err := v11.DownloadClientApplicationFile(t.Context(), oracledocs.DownloadClientApplicationFileRequest{ID: "1"})
		return err
	})
}
