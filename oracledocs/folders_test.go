package oracledocs_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/google/go-cmp/cmp"
)

func TestFolders(t *testing.T) {
	for _, version := range []oracledocs.Version{oracledocs.V1_1, oracledocs.V1_2} {
		t.Run(string(version), func(t *testing.T) {
			ctx, srv := t.Context(), newServer(t)
			c := newClient(t, srv, version)
			first := must(c.CreateFolder(ctx, oracledocs.CreateFolderRequest{FolderID: oracledocs.Self, Name: "Mine",
				Description: "All"}))(t)
			second := must(c.CreateFolder(ctx, oracledocs.CreateFolderRequest{FolderID: oracledocs.Self, Name: "MINE"}))(t)
			if first.ParentID != oracledocs.Self || first.Type != "folder" || second.Name != "MINE(2)" {
				t.Errorf("CreateFolder answers %+v and %+v", first.Folder, second.Folder)
			}
			edited := must(c.EditFolder(ctx, oracledocs.EditFolderRequest{FolderID: first.ID, Name: "Ours"}))(t)
			if edited.Name != "Ours" || edited.Description != "All" {
				t.Errorf("EditFolder answers %+v", edited.Folder)
			}
			edited = must(c.EditFolder(ctx, oracledocs.EditFolderRequest{FolderID: first.ID, Description: new("")}))(t)
			if edited.Name != "Ours" || edited.Description != "" {
				t.Errorf("EditFolder without a description answers %+v", edited.Folder)
			}
			copied := must(c.CopyFolder(ctx, oracledocs.CopyFolderRequest{FolderID: first.ID, DestinationID: second.ID}))(t)
			if copied.ID == first.ID || !slices.Equal(copied.IDList, []string{first.ID}) {
				t.Errorf("CopyFolder answers %+v", copied)
			}
			moved := must(c.MoveFolder(ctx, oracledocs.MoveFolderRequest{FolderID: first.ID, DestinationID: second.ID,
				DuplicateResolution: oracledocs.DuplicateResolutionTimeStampSuffix}))(t)
			if moved.DestinationID != second.ID {
				t.Errorf("MoveFolder answers %+v", moved)
			}
			got := must(c.GetFolder(ctx, oracledocs.GetFolderRequest{FolderID: first.ID}))(t)
			if got.ParentID != second.ID || got.ModifiedTime.IsZero() || got.OwnedBy.LoginName != oracledocstest.User {
				t.Errorf("GetFolder answers %+v", got.Folder)
			}
			must(c.DeleteFolder(ctx, oracledocs.DeleteFolderRequest{FolderID: second.ID}))(t)
			_, err := c.GetFolder(ctx, oracledocs.GetFolderRequest{FolderID: first.ID})
			if !errors.Is(err, docferry.ErrNotFound) {
				t.Errorf("asking about what is in a deleted folder: %v", err)
			}
		})
	}
}

func TestFolderContents(t *testing.T) {
	ctx, srv := t.Context(), newServer(t)
	c := newClient(t, srv, oracledocs.V1_2)
	folder := srv.AddFolder(oracledocstest.User, "self", "Reports")
	for _, name := range []string{"a.txt", "b.txt", "c.txt"} {
		srv.AddFile(oracledocstest.User, folder, name, []byte(name))
	}
	srv.AddFolder(oracledocstest.User, folder, "d")

	page := must(c.GetFolderContents(ctx, oracledocs.GetFolderContentsRequest{FolderID: folder, Limit: 3,
		OrderBy: "name:desc"}))(t)
	if page.ID != folder || page.Count != 3 || page.TotalResults != 4 || !page.HasMore {
		t.Errorf("GetFolderContents answers %+v", page)
	}
	dir, file := &page.Items[0], &page.Items[1]
	if !dir.IsFolder() || dir.File() != nil || dir.Folder().Name != "d" {
		t.Errorf("the folder is %+v", dir)
	}
	if file.IsFolder() || file.Folder() != nil || file.File().Name != "c.txt" || file.File().Size != 5 ||
		file.File().Version != 1 {
		t.Errorf("the file is %+v", file)
	}
	all := c.AllFolderContents(ctx, oracledocs.GetFolderContentsRequest{FolderID: folder, Limit: 3})
	for range 2 {
		names, err := collect(all, func(i oracledocs.FolderItem) string { return i.Name })
		if diff := cmp.Diff([]string{"a.txt", "b.txt", "c.txt", "d"}, names); diff != "" || err != nil {
			t.Errorf("the items differ, error %v (-want +got):\n%s", err, diff)
		}
	}
	found := must(c.GetFolderContents(ctx, oracledocs.GetFolderContentsRequest{FolderID: folder, FilterName: "b.txt"}))(t)
	if found.TotalResults != 1 || found.Items[0].Name != "b.txt" {
		t.Errorf("with a filter, GetFolderContents answers %+v", found)
	}
	names, err := collect(c.AllHomeFolderContents(ctx, oracledocs.GetHomeFolderContentsRequest{Limit: 1}),
		func(i oracledocs.FolderItem) string { return i.Name })
	if diff := cmp.Diff([]string{"Reports"}, names); diff != "" || err != nil {
		t.Errorf("the home folder differs, error %v (-want +got):\n%s", err, diff)
	}
}

// An iterator asks for pages as it gets to them, passes errors on and does not
// go round for ever.
func TestPaging(t *testing.T) {
	item := func(n int) string { return fmt.Sprintf(`{"id":"D%d","type":"file"}`, n) }
	tests := map[string]struct {
		answers []string
		take    int // 0 means all
		ids     []string
		kind    error
		asked   []string // offsets
	}{
		"nothing": {answers: []string{`{"hasMore":"0"}`}, asked: []string{""}},
		"two pages": {answers: []string{`{"hasMore":"1","items":[` + item(1) + `,` + item(2) + `]}`,
			`{"hasMore":"0","items":[` + item(3) + `]}`}, ids: []string{"D1", "D2", "D3"}, asked: []string{"", "2"}},
		"stopped": {answers: []string{`{"hasMore":"1","items":[` + item(1) + `,` + item(2) + `]}`}, take: 2,
			ids: []string{"D1", "D2"}, asked: []string{""}},
		"for ever": {answers: []string{`{"hasMore":"1","items":[` + item(1) + `]}`, `{"hasMore":"1"}`}, ids: []string{"D1"},
			kind: docferry.ErrProtocol, asked: []string{"", "1"}},
		"refused": {answers: []string{`{"hasMore":"1","items":[` + item(1) + `]}`, `{"errorCode":"-16"}`},
			ids: []string{"D1"}, kind: docferry.ErrNotFound, asked: []string{"", "1"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var asked []string
			c := answering(t, oracledocs.V1_2, func(req *http.Request) string {
				asked = append(asked, req.URL.Query().Get("offset"))
				return test.answers[min(len(asked), len(test.answers))-1]
			})
			var ids []string
			var failed []error
			for item, err := range c.AllFolderContents(t.Context(), oracledocs.GetFolderContentsRequest{FolderID: "F1"}) {
				if err != nil {
					failed = append(failed, err)
					continue
				}
				if ids = append(ids, item.ID); len(ids) == test.take {
					break
				}
			}
			if diff := cmp.Diff(test.ids, ids); diff != "" {
				t.Errorf("the items differ (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.asked, asked); diff != "" {
				t.Errorf("the offsets differ (-want +got):\n%s", diff)
			}
			if (test.kind != nil) != (len(failed) == 1) || len(failed) == 1 && !errors.Is(failed[0], test.kind) {
				t.Errorf("errors %v, want one that is %v", failed, test.kind)
			}
		})
	}
}

func TestFoldersInfo(t *testing.T) {
	ctx, srv := t.Context(), newServer(t)
	c := newClient(t, srv, oracledocs.V1_2)
	folder := srv.AddFolder(oracledocstest.User, "self", "Reports")
	srv.AddFolder(oracledocstest.User, folder, "d")
	srv.AddFile(oracledocstest.User, folder, "a.txt", nil)
	gone := srv.AddFolder(oracledocstest.User, "self", "Gone")
	must(c.DeleteFolder(ctx, oracledocs.DeleteFolderRequest{FolderID: gone}))(t)

	ids := []string{folder, gone, "F0"}
	if _, err := c.GetFoldersInfo(ctx, oracledocs.GetFoldersInfoRequest{IDList: ids}); !errors.Is(err,
		docferry.ErrNotFound) {
		t.Errorf("asking about folders that do not exist: %v", err)
	}
	infos := must(c.GetFoldersInfo(ctx, oracledocs.GetFoldersInfoRequest{IDList: ids, CheckStatus: true}))(t)
	var states []oracledocs.FolderStatus
	for _, info := range infos.Items {
		states = append(states, info.Status)
	}
	want := []oracledocs.FolderStatus{oracledocs.FolderStatusExists, oracledocs.FolderStatusInTrash,
		oracledocs.FolderStatusMissing}
	if diff := cmp.Diff(want, states); diff != "" {
		t.Errorf("the states differ (-want +got):\n%s", diff)
	}
	if first := infos.Items[0]; first.ChildFileCount != 1 || first.ChildFolderCount != 1 {
		t.Errorf("the folder is %+v", first)
	}
}

func TestFolderOwnershipAndBulk(t *testing.T) {
	ctx, srv := t.Context(), newServer(t)
	c := newClient(t, srv, oracledocs.V1_2)
	made := must(c.BulkCreateFolders(ctx, oracledocs.BulkCreateFoldersRequest{FolderID: oracledocs.Self,
		Folders: []oracledocs.NewFolder{
			{Name: "a", Description: "first"}, {Name: "b"},
		}}))(t)
	if len(made.Items) != 2 || made.Items[0].Description != "first" || made.Items[1].Name != "b" {
		t.Fatalf("BulkCreateFolders answers %+v", made)
	}
	other := srv.AddUser("other@example.com", "password")
	given := must(c.ChangeFolderOwnership(ctx, oracledocs.ChangeFolderOwnershipRequest{FolderID: made.Items[0].ID,
		TargetUserID: other}))(t)
	if given.TargetUserID != other || given.ID != made.Items[0].ID {
		t.Errorf("ChangeFolderOwnership answers %+v", given)
	}
	if now := must(c.GetFolder(ctx, oracledocs.GetFolderRequest{FolderID: made.Items[0].ID}))(t); now.OwnedBy.ID != other {
		t.Errorf("the folder is owned by %+v", now.OwnedBy)
	}
}

func TestFolderInputs(t *testing.T) {
	srv := newServer(t)
	c, old := newClient(t, srv, oracledocs.V1_2), newClient(t, srv, oracledocs.V1_1)
	bulk := func(folders []oracledocs.NewFolder) error {
		_, err := c.BulkCreateFolders(t.Context(), oracledocs.BulkCreateFoldersRequest{FolderID: "F1", Folders: folders})
		return err
	}
	contents := func(req oracledocs.GetFolderContentsRequest) error {
		_, err := c.GetFolderContents(t.Context(), req)
		return err
	}
	_, named := c.CreateFolder(t.Context(), oracledocs.CreateFolderRequest{FolderID: "F1", Name: "a\nb"})
	_, edited := c.EditFolder(t.Context(), oracledocs.EditFolderRequest{FolderID: "F1", Name: "a\u0085b"})
	_, home := c.GetHomeFolderContents(t.Context(), oracledocs.GetHomeFolderContentsRequest{Offset: -1})
	_, many := c.GetFoldersInfo(t.Context(), oracledocs.GetFoldersInfoRequest{IDList: slices.Repeat([]string{"F1"}, 101)})
	_, status := old.GetFoldersInfo(t.Context(),
		oracledocs.GetFoldersInfoRequest{IDList: []string{"F1"}, CheckStatus: true})
	_, owner := old.ChangeFolderOwnership(t.Context(),
		oracledocs.ChangeFolderOwnershipRequest{FolderID: "F1", TargetUserID: "U1"})
	tests := []struct {
		err              error
		operation, field string
	}{
		{named, "CreateFolder", "Name"},
		{edited, "EditFolder", "Name"},
		{contents(oracledocs.GetFolderContentsRequest{}), "GetFolderContents", "FolderID"},
		{contents(oracledocs.GetFolderContentsRequest{FolderID: ".."}), "GetFolderContents", "FolderID"},
		{contents(oracledocs.GetFolderContentsRequest{FolderID: "F1", Limit: -1}), "GetFolderContents", "Limit"},
		{home, "GetHomeFolderContents", "Offset"},
		{many, "GetFoldersInfo", "IDList"},
		{status, "GetFoldersInfo", "CheckStatus"},
		{owner, "ChangeFolderOwnership", "Config.APIVersion"},
		{bulk(nil), "BulkCreateFolders", "Folders"},
		{bulk([]oracledocs.NewFolder{}), "BulkCreateFolders", "Folders"},
		{bulk(slices.Repeat([]oracledocs.NewFolder{{Name: "a"}}, 51)), "BulkCreateFolders", "Folders"},
		{bulk([]oracledocs.NewFolder{{Name: "a"}, {}}), "BulkCreateFolders", "Folders[1].Name"},
		{bulk([]oracledocs.NewFolder{{Name: "a\x7f"}}), "BulkCreateFolders", "Folders[0].Name"},
	}
	for _, test := range tests {
		refused(t, srv, test.err, test.operation, test.field)
	}
}
