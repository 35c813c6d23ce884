package oracledocs_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
)

func TestApplinks(t *testing.T) {
	srv, _, admin := both(t)
	ann := srv.AddUser("ann", "ann-secret")
	guest := logIn(t, srv, "ann", "ann-secret", oracledocs.V1_2)
	now := time.Date(2023, 5, 3, 11, 0, 0, 0, time.UTC)
	srv.SetClock(func() time.Time { return now })
	folder := srv.AddFolder(oracledocstest.User, "self", "Reports")
	file := srv.AddFile(oracledocstest.User, folder, "may.txt", []byte("All is well."))

	ofFile := must(admin.CreateFileApplink(t.Context(), oracledocs.CreateFileApplinkRequest{
		FileID: file, AssignedUser: ann, Role: oracledocs.RoleContributor, UserLocale: "en-US",
		UserTimeZone: "Canada/Pacific",
	}))(t)
	if ofFile.ID != file || ofFile.Type != "applink" || ofFile.Role != oracledocs.RoleContributor ||
		!strings.HasSuffix(ofFile.AppLinkURL, file) {
		t.Errorf("got %+v", ofFile)
	}
	if got, want := admin.last(t).body, `{"assignedUser":"`+ann+`","role":"contributor","userLocale":"en-US","userTimeZone":"Canada/Pacific"}`; got != want {
		t.Errorf("sent %s, want %s", got, want)
	}
	if text := fmt.Sprintf("%+v", ofFile); strings.Contains(text, string(ofFile.AccessToken)) ||
		strings.Contains(text, string(ofFile.RefreshToken)) {
		t.Error("a token shows when the answer is printed")
	}
	ofFolder := must(admin.CreateFolderApplink(t.Context(), oracledocs.CreateFolderApplinkRequest{
		FolderID: folder, AssignedUser: "ann",
	}))(t)
	if ofFolder.Role != oracledocs.RoleViewer {
		t.Errorf("the role is %q without one in the request", ofFolder.Role)
	}

	get := func(access oracledocs.Access) error {
		_, err := guest.GetFile(t.Context(), oracledocs.GetFileRequest{FileID: file, Access: access})
		return err
	}
	if err := get(ofFile.Access()); err != nil {
		t.Errorf("with an applink: %v", err)
	}
	now = now.Add(16 * time.Minute)
	if err := get(ofFile.Access()); err == nil {
		t.Error("the access token works after 16 minutes")
	}
	fresh := must(guest.RefreshApplinkToken(t.Context(), oracledocs.RefreshApplinkTokenRequest{
		AppLinkID: ofFile.AppLinkID, AccessToken: ofFile.AccessToken, RefreshToken: ofFile.RefreshToken,
	}))(t)
	if fresh.AccessToken == "" || fresh.AccessToken == ofFile.AccessToken {
		t.Error("no new access token")
	}
	if sent := guest.last(t); sent.body != "" || sent.header.Get("refreshToken") != string(ofFile.RefreshToken) {
		t.Errorf("sent the body %q and the headers %v", sent.body, sent.header)
	}
	if err := get(oracledocs.Access{AppLinkID: ofFile.AppLinkID, AccessToken: fresh.AccessToken}); err != nil {
		t.Errorf("with the new token: %v", err)
	}
}

func TestRenewApplink(t *testing.T) {
	srv, _, admin := both(t)
	srv.AddUser("ann", "ann-secret")
	file := srv.AddFile(oracledocstest.User, "self", "may.txt", []byte("All is well."))
	made := must(admin.CreateFileApplink(t.Context(),
		oracledocs.CreateFileApplinkRequest{FileID: file, AssignedUser: "ann"}))(t)
	for _, version := range []oracledocs.Version{oracledocs.V1_1, oracledocs.V1_2} {
		guest := logIn(t, srv, "ann", "ann-secret", version)
		get := func(link oracledocs.Applink) error {
			_, err := guest.GetFile(t.Context(), oracledocs.GetFileRequest{FileID: file, Access: link.Access()})
			return err
		}
		old := made.Applink
		fresh := must(guest.RenewApplink(t.Context(), old))(t)
		if err := get(*fresh); err != nil {
			t.Errorf("with the new token: %v", err)
		}
		if err := get(old); !errors.Is(err, docferry.ErrForbidden) {
			t.Errorf("with the old token: %v", err)
		}
		if fresh.RefreshToken != old.RefreshToken || fresh.AppLinkURL != old.AppLinkURL || fresh.ID != file {
			t.Errorf("the applink was %+v and is %+v", old, fresh)
		}
		made.Applink = *fresh
	}
	if link, err := admin.RenewApplink(t.Context(), made.Applink); err == nil || link != nil {
		t.Errorf("somebody else got %+v, %v", link, err)
	}
	admin.wantInputError(t, "RefreshToken", func() error {
		_, err := admin.RenewApplink(t.Context(), oracledocs.Applink{AppLinkID: "L", AccessToken: "a"})
		return err
	})
}

func TestApplinksRefused(t *testing.T) {
	srv, _, admin := both(t)
	file := srv.AddFile(oracledocstest.User, "self", "may.txt", nil)

	_, err := admin.CreateFileApplink(t.Context(),
		oracledocs.CreateFileApplinkRequest{FileID: "D0", AssignedUser: "docferry"})
	if !errors.Is(err, docferry.ErrNotFound) {
		t.Errorf("no such file: %v", err)
	}
	whole := oracledocs.RefreshApplinkTokenRequest{AppLinkID: "L", AccessToken: "a", RefreshToken: "r"}
	for field, cut := range map[string]func(*oracledocs.RefreshApplinkTokenRequest){
		"AppLinkID":    func(r *oracledocs.RefreshApplinkTokenRequest) { r.AppLinkID = "" },
		"AccessToken":  func(r *oracledocs.RefreshApplinkTokenRequest) { r.AccessToken = "" },
		"RefreshToken": func(r *oracledocs.RefreshApplinkTokenRequest) { r.RefreshToken = "" },
	} {
		req := whole
		cut(&req)
		admin.wantInputError(t, field, func() error {
			_, err := admin.RefreshApplinkToken(t.Context(), req)
			return err
		})
	}
	admin.wantInputError(t, "AssignedUser", func() error {
		_, err := admin.CreateFileApplink(t.Context(), oracledocs.CreateFileApplinkRequest{FileID: file})
		return err
	})
	// The answer may be lost after the token has changed, so it is not asked
	// for twice.
	srv.Next("RefreshApplinkToken", oracledocstest.LoseAnswer())
	before := len(admin.sent)
	if _, err := admin.RefreshApplinkToken(t.Context(), whole); !docferry.OutcomeUnknown(err) {
		t.Errorf("got %v, want an unknown outcome", err)
	}
	if n := len(admin.sent) - before; n != 1 {
		t.Errorf("sent %d times", n)
	}
}
