package oracledocs_test

import (
	"errors"
	"net/url"
	"slices"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/google/go-cmp/cmp"
)

// shares lists who a folder is shared with, as name and role.
func shares(t *testing.T, c *session, folder string, currentOnly bool) map[string]oracledocs.Role {
	t.Helper()
	got := must(c.GetSharedFolderUsers(t.Context(),
		oracledocs.GetSharedFolderUsersRequest{FolderID: folder, CurrentOnly: currentOnly}))(t)
	if int(got.Count) != len(got.Items) || got.ID != folder || got.OwnedBy.LoginName != oracledocstest.User {
		t.Errorf("got %+v", got)
	}
	all := map[string]oracledocs.Role{}
	for _, share := range got.Items {
		all[share.User.DisplayName] = share.Role
	}
	return all
}

func TestShares(t *testing.T) {
	srv, v11, v12 := both(t)
	ann := srv.AddUser("ann", "ann-secret")
	srv.AddUser("bob", "secret")
	team := srv.AddGroup("team", "bob")
	top := srv.AddFolder(oracledocstest.User, "self", "Reports")
	folder := srv.AddFolder(oracledocstest.User, top, "May")
	srv.Share(top, "bob", "viewer")

	old := must(v11.ShareFolder(t.Context(), oracledocs.ShareFolderRequest{
		FolderID: folder, UserID: []string{ann}, Role: oracledocs.RoleManager, Message: "Have a look.",
	}))(t)
	if old.User.ID != ann || old.User.ProvisioningStatus != "active" || old.Role != oracledocs.RoleManager ||
		old.Members != nil {
		t.Errorf("in 1.1: %+v", old)
	}
	if got, want := v11.last(t).body, `{"userID":"`+ann+`","role":"manager","message":"Have a look."}`; got != want {
		t.Errorf("sent %s, want %s", got, want)
	}
	// Of several, one has the folder already: no error, but an outcome.
	several := must(v12.ShareFolder(t.Context(), oracledocs.ShareFolderRequest{
		FolderID: folder, UserID: []string{ann, team}, Role: oracledocs.RoleDownloader,
	}))(t)
	want := []oracledocs.ShareMember{
		{ID: ann, DisplayName: "ann", Type: "user", ProvisioningStatus: "active", Role: oracledocs.RoleDownloader},
		{ID: team, DisplayName: "team", Type: "group", IsSuccessful: true, Role: oracledocs.RoleDownloader},
	}
	if diff := cmp.Diff(want, several.Members); diff != "" {
		t.Error(diff)
	}
	_, err := v12.ShareFolder(t.Context(), oracledocs.ShareFolderRequest{FolderID: folder, UserID: []string{"ann"},
		Role: oracledocs.RoleViewer})
	if !errors.Is(err, docferry.ErrConflict) {
		t.Errorf("shared twice: %v", err)
	}

	must(v12.EditSharedFolderUserRole(t.Context(), oracledocs.EditSharedFolderUserRoleRequest{
		FolderID: folder, UserID: []string{"ann"}, Role: oracledocs.RoleContributor, Message: "More.",
	}))(t)
	own := map[string]oracledocs.Role{"ann": oracledocs.RoleContributor, "team": oracledocs.RoleDownloader}
	if diff := cmp.Diff(own, shares(t, v12, folder, true)); diff != "" {
		t.Error(diff)
	}
	if got := v12.last(t).query; got != "currentOnly=true" {
		t.Errorf("sent the query %s", got)
	}
	own["bob"] = oracledocs.RoleViewer
	if diff := cmp.Diff(own, shares(t, v11, folder, false)); diff != "" {
		t.Error(diff)
	}

	guest := logIn(t, srv, "ann", "ann-secret", oracledocs.V1_2)
	left := must(guest.RevokeCurrentUser(t.Context(), oracledocs.RevokeCurrentUserRequest{FolderID: folder}))(t)
	if left.ID != folder || left.Type != "share" {
		t.Errorf("left %+v", left)
	}
	gone := must(v12.UnshareFolder(t.Context(), oracledocs.UnshareFolderRequest{FolderID: folder,
		Message: "Over & done"}))(t)
	if gone.ID != folder {
		t.Errorf("unshared %+v", gone)
	}
	if sent := v12.last(t); sent.query != "message=Over%20%26%20done" || sent.body != "" {
		t.Errorf("sent %+v", sent)
	}
	if rest := shares(t, v12, folder, true); len(rest) > 0 {
		t.Errorf("still shared with %v", rest)
	}
}

// What version 1.2 takes in the query, version 1.1 takes in a body.
func TestRevokeUserInBothVersions(t *testing.T) {
	srv, v11, v12 := both(t)
	ann, bob := srv.AddUser("ann", "secret"), srv.AddUser("bob", "secret")
	folder := srv.AddFolder(oracledocstest.User, "self", "Reports")
	for _, login := range []string{"ann", "bob"} {
		srv.Share(folder, login, "viewer")
	}
	old := must(v11.RevokeUser(t.Context(), oracledocs.RevokeUserRequest{FolderID: folder, UserID: []string{ann},
		Message: "Bye."}))(t)
	if old.User.ID != ann {
		t.Errorf("in 1.1: %+v", old)
	}
	if sent := v11.last(t); sent.query != "" || sent.body != `{"userID":"`+ann+`","message":"Bye."}` {
		t.Errorf("1.1 sent %+v", sent)
	}
	now := must(v12.RevokeUser(t.Context(), oracledocs.RevokeUserRequest{FolderID: folder, UserID: []string{ann, bob},
		Message: "Bye."}))(t)
	if len(now.Members) != 2 || now.Members[0].IsSuccessful || !now.Members[1].IsSuccessful {
		t.Errorf("in 1.2: %+v", now.Members)
	}
	want := url.Values{"userID": {ann + "," + bob}, "message": {"Bye."}}
	sent := v12.last(t)
	if query, err := url.ParseQuery(sent.query); err != nil || !cmp.Equal(want, query) || sent.body != "" {
		t.Errorf("1.2 sent %+v", sent)
	}
	if _, err := v12.RevokeUser(t.Context(), oracledocs.RevokeUserRequest{FolderID: folder,
		UserID: []string{ann}}); !errors.Is(err, docferry.ErrNotFound) {
		t.Errorf("revoked twice: %v", err)
	}
	must(v11.UnshareFolder(t.Context(), oracledocs.UnshareFolderRequest{FolderID: folder, Message: "All."}))(t)
	if sent := v11.last(t); sent.query != "" || sent.body != `{"message":"All."}` {
		t.Errorf("1.1 sent %+v", sent)
	}
}

func TestSharesInputs(t *testing.T) {
	_, v11, v12 := both(t)
	share := func(c *session, users ...string) func() error {
		return func() error {
			_, err := c.ShareFolder(t.Context(), oracledocs.ShareFolderRequest{FolderID: "F1", UserID: users,
				Role: oracledocs.RoleViewer})
			return err
		}
	}
	v12.wantInputError(t, "UserID", share(v12))
	v12.wantInputError(t, "UserID", share(v12, "ann,bob"))
	v12.wantInputError(t, "UserID", share(v12, slices.Repeat([]string{"U1"}, 1001)...))
	v11.wantInputError(t, "UserID", share(v11, "ann", "bob"))
	v11.wantInputError(t, "UserID", func() error {
		_, err := v11.EditSharedFolderUserRole(t.Context(), oracledocs.EditSharedFolderUserRoleRequest{
			FolderID: "F1", UserID: []string{"ann", "bob"}, Role: oracledocs.RoleViewer})
		return err
	})
	v12.wantInputError(t, "UserID", func() error {
		_, err := v12.RevokeUser(t.Context(), oracledocs.RevokeUserRequest{FolderID: "F1", UserID: []string{"ann,bob"}})
		return err
	})
	v12.wantInputError(t, "Role", func() error {
		_, err := v12.ShareFolder(t.Context(), oracledocs.ShareFolderRequest{FolderID: "F1", UserID: []string{"ann"}})
		return err
	})
}

// One schema shows a share where a list of them should be.
func TestSharesForms(t *testing.T) {
	srv, _, v12 := both(t)
	const share = `{"type":"share","role":"manager","user":{"id":"U1","type":"user"}}`
	want := []oracledocs.Share{{Type: "share", Role: oracledocs.RoleManager,
		User: oracledocs.User{ID: "U1", Type: "user"}}}
	for _, items := range []string{share, "[" + share + "]"} {
		srv.Next("GetSharedFolderUsers", oracledocstest.Answer(200, `{"count":"1","items":`+items+`}`, "Content-Type",
			"application/json"))
		got := must(v12.GetSharedFolderUsers(t.Context(), oracledocs.GetSharedFolderUsersRequest{FolderID: "F1"}))(t)
		if diff := cmp.Diff(want, got.Items); diff != "" {
			t.Errorf("%s: %s", items, diff)
		}
	}
}
