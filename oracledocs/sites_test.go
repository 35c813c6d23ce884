package oracledocs_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
)

func TestCreateSites(t *testing.T) {
	srv, v11, v12 := both(t)
	source := srv.AddSite(oracledocstest.User, "Intranet")
	template := srv.AddTemplate(oracledocstest.User, "Plain")

	made := must(v12.CreateSiteFromSite(t.Context(), oracledocs.CreateSiteFromSiteRequest{
		SiteID: source, Name: "Site Sample", Description: "Made from one", CopyUpdates: true,
	}))(t)
	if made.Name != "Site Sample" || made.ID == "" || made.CreatedBy.LoginName != oracledocstest.User ||
		made.CreatedTime.IsZero() ||
		!strings.HasSuffix(made.Location, made.ID) {
		t.Errorf("made %+v", made)
	}
	if got, want := v12.last(t).body, `{"name":"Site Sample","description":"Made from one","copyUpdates":"1"}`; got != want {
		t.Errorf("sent %s, want %s", got, want)
	}
	must(v12.CreateSiteFromTemplate(t.Context(), oracledocs.CreateSiteFromTemplateRequest{
		TemplateID: template, Name: "From template",
	}))(t)
	if got, want := v12.last(t).body, `{"name":"From template"}`; got != want {
		t.Errorf("sent %s, want %s", got, want)
	}

	_, err := v12.CreateSiteFromTemplate(t.Context(),
		oracledocs.CreateSiteFromTemplateRequest{TemplateID: source, Name: "X"})
	if !errors.Is(err, docferry.ErrNotFound) {
		t.Errorf("a site as a template: %v", err)
	}
	_, err = v12.CreateSiteFromSite(t.Context(), oracledocs.CreateSiteFromSiteRequest{SiteID: source, Name: "site sample"})
	if !errors.Is(err, docferry.ErrConflict) {
		t.Errorf("a name that is taken: %v", err)
	}
	for name, field := range map[string]string{"": "Name", "a\x01b": "Name", "ok": "Config.APIVersion"} {
		c := v12
		if name == "ok" {
			c = v11
		}
		c.wantInputError(t, field, func() error {
			_, err := c.CreateSiteFromSite(t.Context(), oracledocs.CreateSiteFromSiteRequest{SiteID: source, Name: name})
			return err
		})
		c.wantInputError(t, field, func() error {
			_, err := c.CreateSiteFromTemplate(t.Context(),
				oracledocs.CreateSiteFromTemplateRequest{TemplateID: template, Name: name})
			return err
		})
	}
}
