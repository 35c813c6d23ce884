package oracledocs_test

import (
	"slices"
	"testing"

	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/google/go-cmp/cmp"
)

func TestTags(t *testing.T) {
	for _, version := range []oracledocs.Version{oracledocs.V1_1, oracledocs.V1_2} {
		t.Run(string(version), func(t *testing.T) {
			ctx, srv := t.Context(), newServer(t)
			c := newClient(t, srv, version)
			folder := srv.AddFolder(oracledocstest.User, "self", "Reports")
			file := srv.AddFile(oracledocstest.User, folder, "a.txt", nil)
			check := func(direct bool, want ...string) {
				t.Helper()
				got := must(c.GetFileTags(ctx, oracledocs.GetFileTagsRequest{FileID: file, DirectAssigned: direct}))(t)
				slices.Sort(got.Tags)
				if diff := cmp.Diff(want, got.Tags); diff != "" {
					t.Errorf("the tags differ (-want +got):\n%s", diff)
				}
			}
			set := must(c.SetFileTags(ctx, oracledocs.SetFileTagsRequest{FileID: file, SetTags: []string{"a", "b"}}))(t)
			if !slices.Equal(set.IDList, []string{file}) || set.Type != "file" {
				t.Errorf("SetFileTags answers %+v", set)
			}
			check(true, "a", "b")
			must(c.EditFileTags(ctx, oracledocs.EditFileTagsRequest{FileID: file, AddTags: []string{"c"},
				RemoveTags: []string{"a"}}))(t)
			must(c.SetFolderTags(ctx, oracledocs.SetFolderTagsRequest{FolderID: folder, SetTags: []string{"x"}}))(t)
			must(c.EditFolderTags(ctx, oracledocs.EditFolderTagsRequest{FolderID: folder, AddTags: []string{"y"}}))(t)
			check(true, "b", "c")
			check(false, "b", "c", "x", "y")
			must(c.DeleteAllFileTags(ctx, oracledocs.DeleteAllFileTagsRequest{FileID: file}))(t)
			check(false, "x", "y")
			of := must(c.GetFolderTags(ctx, oracledocs.GetFolderTagsRequest{FolderID: folder, DirectAssigned: true}))(t)
			if diff := cmp.Diff([]string{"x", "y"}, of.Tags); diff != "" {
				t.Errorf("the tags of the folder differ (-want +got):\n%s", diff)
			}
			must(c.DeleteAllFolderTags(ctx, oracledocs.DeleteAllFolderTagsRequest{FolderID: folder}))(t)
			check(false)
		})
	}
}

func TestConversations(t *testing.T) {
	ctx, srv := t.Context(), newServer(t)
	c := newClient(t, srv, oracledocs.V1_2)
	folder := srv.AddFolder(oracledocstest.User, "self", "Reports")
	file := srv.AddFile(oracledocstest.User, folder, "a.txt", nil)

	about := must(c.CreateFolderConversation(ctx,
		oracledocs.CreateFolderConversationRequest{FolderID: folder, ConversationName: "All"}))(t)
	if about.ID != folder || about.ConversationName != "All" || about.ConversationID == "" ||
		about.ConversationAppLinkToken == "" {
		t.Errorf("CreateFolderConversation answers %+v", about)
	}
	inherited := must(c.GetFile(ctx, oracledocs.GetFileRequest{FileID: file}))(t)
	if inherited.ConversationID != about.ConversationID || !inherited.IsConversationInherited {
		t.Errorf("the file in the folder is %+v", inherited.File)
	}
	own := must(c.CreateFileConversation(ctx, oracledocs.CreateFileConversationRequest{FileID: file,
		ConversationName: "One"}))(t)
	now := must(c.GetFile(ctx, oracledocs.GetFileRequest{FileID: file}))(t)
	if now.ConversationID != own.ConversationID || now.IsConversationInherited {
		t.Errorf("the file with its own conversation is %+v", now.File)
	}
}
