package oracledocs_test

import (
	"errors"
	"testing"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/google/go-cmp/cmp"
)

func TestPublicLinks(t *testing.T) {
	srv, _, c := both(t)
	srv.SetClock(func() time.Time { return time.Date(2023, 5, 3, 11, 0, 0, 0, time.UTC) })
	folder := srv.AddFolder(oracledocstest.User, "self", "Reports")
	file := srv.AddFile(oracledocstest.User, folder, "may.txt", []byte("All is well."))
	expires := time.Date(2030, 1, 1, 0, 0, 1, 0, time.UTC)

	ofFile := must(c.CreateFilePublicLink(t.Context(), oracledocs.CreateFilePublicLinkRequest{
		FileID: file, AssignedUsers: []string{oracledocs.AssignedUsersServiceInstance}, ExpirationTime: expires,
		LinkName: "MyLinkOne", Password: "MyPassword", Role: oracledocs.RoleContributor,
	}))(t)
	if ofFile.ID != file || ofFile.LinkName != "MyLinkOne" || !ofFile.ExpirationTime.Equal(expires) ||
		ofFile.OwnedBy.LoginName != oracledocstest.User ||
		!cmp.Equal(ofFile.AssignedUsers, []string{"@serviceinstance"}) {
		t.Errorf("made %+v", ofFile)
	}
	want := `{"assignedUsers":"@serviceinstance","expirationTime":"2030-01-01T00:00:01Z","linkName":"MyLinkOne","password":"MyPassword","role":"contributor"}`
	if got := c.last(t).body; got != want {
		t.Errorf("sent %s, want %s", got, want)
	}
	srv.AddUser("ann", "secret")
	ofFolder := must(c.CreateFolderPublicLink(t.Context(), oracledocs.CreateFolderPublicLinkRequest{
		FolderID: folder, AssignedUsers: []string{oracledocstest.User, "ann"},
	}))(t)
	if !ofFolder.ExpirationTime.IsZero() || ofFolder.Role != oracledocs.RoleViewer || len(ofFolder.AssignedUsers) != 2 {
		t.Errorf("made %+v", ofFolder)
	}

	files := must(c.GetFilePublicLinks(t.Context(), oracledocs.GetFilePublicLinksRequest{FileID: file}))(t)
	if diff := cmp.Diff([]oracledocs.PublicLink{ofFile.PublicLink}, files.Items); diff != "" || files.Count != 1 ||
		files.Type != "file" {
		t.Errorf("got %+v: %s", files, diff)
	}
	folders := must(c.GetFolderPublicLinks(t.Context(), oracledocs.GetFolderPublicLinksRequest{FolderID: folder}))(t)
	if diff := cmp.Diff([]oracledocs.PublicLink{ofFolder.PublicLink}, folders.Items); diff != "" ||
		folders.Type != "folder" {
		t.Errorf("got %+v: %s", folders, diff)
	}

	edited := must(c.EditPublicLink(t.Context(), oracledocs.EditPublicLinkRequest{
		LinkID: ofFile.LinkID, AssignedUsers: []string{oracledocs.AssignedUsersEverybody}, Role: oracledocs.RoleDownloader,
		Password: "password2",
	}))(t)
	if got, want := c.last(t).body, `{"assignedUsers":"@everybody","password":"password2","role":"downloader"}`; got != want {
		t.Errorf("sent %s, want %s", got, want)
	}
	got := must(c.GetPublicLink(t.Context(), oracledocs.GetPublicLinkRequest{LinkID: ofFile.LinkID}))(t)
	if diff := cmp.Diff(edited.PublicLink, got.PublicLink); diff != "" || got.Role != oracledocs.RoleDownloader {
		t.Error(diff)
	}
	// The link opens the file to a stranger who knows the password.
	srv.AddUser("stranger", "secret")
	stranger := logIn(t, srv, "stranger", "secret", oracledocs.V1_2)
	content := read(stranger.DownloadFile(t.Context(), oracledocs.DownloadFileRequest{
		FileID: file, Access: oracledocs.Access{LinkID: ofFile.LinkID, AccessCode: "password2"}}))(t)
	if string(content) != "All is well." {
		t.Errorf("read %q through the link", content)
	}

	gone := must(c.DeletePublicLink(t.Context(), oracledocs.DeletePublicLinkRequest{LinkID: ofFile.LinkID}))(t)
	if gone.LinkID != ofFile.LinkID || gone.Type != "publiclink" {
		t.Errorf("deleted %+v", gone)
	}
	if _, err := c.GetPublicLink(t.Context(), oracledocs.GetPublicLinkRequest{LinkID: ofFile.LinkID}); !errors.Is(err,
		docferry.ErrNotFound) {
		t.Errorf("after it was deleted: %v", err)
	}
}

// An item without links is answered with an empty list or with a refusal.
func TestNoPublicLinks(t *testing.T) {
	srv, _, c := both(t)
	folder := srv.AddFolder(oracledocstest.User, "self", "Reports")
	file := srv.AddFile(oracledocstest.User, folder, "may.txt", nil)
	for name, fault := range map[string]oracledocstest.Fault{
		"an empty list": nil,
		"a refusal":     oracledocstest.Refuse(404, oracledocs.CodeNotFound, "no links"),
	} {
		if fault != nil {
			srv.Next("GetFilePublicLinks", fault)
			srv.Next("GetFolderPublicLinks", fault)
		}
		ofFile, err := c.GetFilePublicLinks(t.Context(), oracledocs.GetFilePublicLinksRequest{FileID: file})
		if err != nil || ofFile.ID != file || len(ofFile.Items) > 0 {
			t.Errorf("%s: %+v, %v", name, ofFile, err)
		}
		ofFolder, err := c.GetFolderPublicLinks(t.Context(), oracledocs.GetFolderPublicLinksRequest{FolderID: folder})
		if err != nil || ofFolder.ID != folder || len(ofFolder.Items) > 0 {
			t.Errorf("%s: %+v, %v", name, ofFolder, err)
		}
	}
	for code, kind := range map[string]error{oracledocs.CodeForbidden: docferry.ErrForbidden,
		oracledocs.CodeGeneral: docferry.ErrNotFound} {
		srv.Next("GetFilePublicLinks", oracledocstest.Refuse(404, code, "no"))
		if _, err := c.GetFilePublicLinks(t.Context(), oracledocs.GetFilePublicLinksRequest{FileID: file}); !errors.Is(err,
			kind) {
			t.Errorf("code %s: %v", code, err)
		}
	}
	c.wantInputError(t, "FileID", func() error {
		_, err := c.GetFilePublicLinks(t.Context(), oracledocs.GetFilePublicLinksRequest{})
		return err
	})
	c.wantInputError(t, "AssignedUsers", func() error {
		_, err := c.CreateFilePublicLink(t.Context(), oracledocs.CreateFilePublicLinkRequest{FileID: file})
		return err
	})
}
