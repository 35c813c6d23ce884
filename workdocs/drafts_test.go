package workdocs_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/workdocs"
	"github.com/docferry/docferry/workdocs/workdocstest"
)

// begin begins an upload for a user and leaves it.
func (b *bench) begin(name string, token docferry.Secret) {
	b.Helper()
	if _, err := b.asUser(token).InitiateDocumentVersionUpload(background, workdocs.InitiateDocumentVersionUploadRequest{
		ParentFolderID: b.folder, Name: name}); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) asUser(token docferry.Secret) *workdocs.Client {
	b.Helper()
	c, err := workdocs.New(workdocs.Config{Endpoint: b.srv.URL, AuthenticationToken: token,
		HTTP: docferry.HTTP{Transport: b.srv}})
	if err != nil {
		b.Fatal(err)
	}
	return c
}

func TestAbortDrafts(t *testing.T) {
	inBubble(t, func(b *bench) {
		alice, aliceToken := b.srv.AddUser("alice")
		bob, bobToken := b.srv.AddUser("bob")
		if _, err := b.client.AddResourcePermissions(background, workdocs.AddResourcePermissionsRequest{ResourceID: b.folder,
			Principals: []workdocs.SharePrincipal{
				{ID: alice, Type: workdocs.PrincipalTypeUser, Role: workdocs.RoleContributor},
				{ID: bob, Type: workdocs.PrincipalTypeUser, Role: workdocs.RoleContributor}}}); err != nil {
			t.Fatal(err)
		}
		b.begin("old of alice", docferry.Secret(aliceToken))
		b.begin("old of bob", docferry.Secret(bobToken))
		time.Sleep(time.Hour)
		before := time.Now()
		time.Sleep(time.Hour)
		b.begin("new of alice", docferry.Secret(aliceToken))
		b.srv.SetPageSize(1)

		aborted, err := b.asUser(docferry.Secret(aliceToken)).AbortDrafts(background,
			workdocs.DraftsRequest{FolderID: b.folder, Before: before})
		if err != nil || len(aborted) != 1 || aborted[0].Name != "old of alice" || aborted[0].CreatorID != alice {
			t.Errorf("aborted %+v (%v)", aborted, err)
		}
		if got := b.drafts(); !slices.Equal(got, []string{"new of alice", "old of bob"}) {
			t.Errorf("left are %q", got)
		}
		b.srv.Next(abort, workdocstest.Refuse(403, workdocs.CodeUnauthorizedOperation, "no"))
		aborted, err = b.client.AbortDrafts(background,
			workdocs.DraftsRequest{FolderID: b.folder, CreatorID: bob, Before: before})
		if !errors.Is(err, docferry.ErrForbidden) || len(aborted) != 0 {
			t.Errorf("a refused abort: aborted %+v (%v)", aborted, err)
		}
	})
}

// drafts returns the names of the drafts in the folder.
func (b *bench) drafts() []string {
	b.Helper()
	var names []string
	for page, err := range b.client.FolderContentsPages(background, workdocs.DescribeFolderContentsRequest{
		FolderID: b.folder, Include: "INITIALIZED"}) {
		if err != nil {
			b.Fatal(err)
		}
		for _, d := range page.Documents {
			names = append(names, d.LatestVersionMetadata.Name)
		}
	}
	slices.Sort(names)
	return names
}

func TestDraftsInput(t *testing.T) {
	inBubble(t, func(b *bench) {
		sent := len(b.srv.Calls())
		for field, req := range map[string]workdocs.DraftsRequest{
			"FolderID":  {CreatorID: "u", Before: time.Now()},
			"Before":    {FolderID: b.folder, CreatorID: "u"},
			"CreatorID": {FolderID: b.folder, Before: time.Now()},
		} {
			_, err := b.client.AbortDrafts(background, req)
			if bad, ok := errors.AsType[*docferry.InputError](err); !ok || bad.Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		if diff := cmp.Diff(sent, len(b.srv.Calls())); diff != "" {
			t.Errorf("requests were sent: %v", b.srv.Calls()[sent:])
		}
	})
}
