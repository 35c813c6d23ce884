package oracledocs_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/docferry/docferry/upload"
	"github.com/google/go-cmp/cmp"
)

func TestFiles(t *testing.T) {
	for _, version := range []oracledocs.Version{oracledocs.V1_1, oracledocs.V1_2} {
		t.Run(string(version), func(t *testing.T) {
			ctx, srv := t.Context(), newServer(t)
			c := newClient(t, srv, version)
			folder := srv.AddFolder(oracledocstest.User, "self", "Reports")
			made := must(c.UploadFile(ctx, oracledocs.UploadFileRequest{
				ParentID: folder, Content: upload.Bytes("may.txt", []byte("May.")),
			}))(t)
			if made.Version != 1 || made.Size != 4 || made.Name != "may.txt" || made.ParentID != folder {
				t.Errorf("UploadFile answers %+v", made.File)
			}
			second := must(c.UploadFileVersion(ctx, oracledocs.UploadFileVersionRequest{
				FileID: made.ID, Content: upload.Bytes("may.txt", []byte("May, again.")),
			}))(t)
			if second.Version != 2 || second.ID != made.ID {
				t.Errorf("UploadFileVersion answers %+v", second.File)
			}
			for number, want := range map[int64]string{0: "May, again.", 1: "May.", 2: "May, again."} {
				got := read(c.DownloadFile(ctx, oracledocs.DownloadFileRequest{FileID: made.ID, Version: number}))(t)
				if string(got) != want {
					t.Errorf("version %d is %q, want %q", number, got, want)
				}
			}
			versions := must(c.GetFileVersions(ctx, oracledocs.GetFileVersionsRequest{FileID: made.ID}))(t)
			var numbers []int64
			for _, v := range versions.Items {
				numbers = append(numbers, v.Version)
			}
			slices.Sort(numbers)
			if diff := cmp.Diff([]int64{1, 2}, numbers); diff != "" {
				t.Errorf("the versions differ (-want +got):\n%s", diff)
			}
			renamed := must(c.EditFile(ctx, oracledocs.EditFileRequest{FileID: made.ID, Name: "May, all of it.txt"}))(t)
			if renamed.Name != "May, all of it.txt" {
				t.Errorf("EditFile answers %+v", renamed.File)
			}
			other := srv.AddFile(oracledocstest.User, "self", "june.txt", []byte("June."))
			infos := must(c.GetFilesInfo(ctx, oracledocs.GetFilesInfoRequest{IDList: []string{made.ID, other}}))(t)
			if len(infos.Items) != 2 || infos.Items[1].Name != "june.txt" {
				t.Errorf("GetFilesInfo answers %+v", infos.Items)
			}
		})
	}
}

func TestCopyAndMoveFile(t *testing.T) {
	ctx, srv := t.Context(), newServer(t)
	c := newClient(t, srv, oracledocs.V1_2)
	folder := srv.AddFolder(oracledocstest.User, "self", "Archive")
	file := srv.AddFile(oracledocstest.User, "self", "a.txt", []byte("one"))
	srv.AddFile(oracledocstest.User, "self", "a.txt", []byte("two"))

	copied := must(c.CopyFile(ctx, oracledocs.CopyFileRequest{FileID: file, DestinationID: folder, Version: 1}))(t)
	if copied.DestinationID != folder || copied.ID == file || !slices.Equal(copied.IDList, []string{file}) {
		t.Errorf("CopyFile answers %+v", copied)
	}
	if content, _ := srv.Content(copied.ID, 1); string(content) != "one" {
		t.Errorf("the copy of version 1 is %q", content)
	}
	_, err := c.MoveFile(ctx, oracledocs.MoveFileRequest{FileID: file, DestinationID: folder})
	if failed, ok := errors.AsType[*docferry.Error](err); !ok || failed.Code != oracledocs.CodeNameTaken {
		t.Errorf("moving to a taken name: %v", err)
	}
	moved := must(c.MoveFile(ctx, oracledocs.MoveFileRequest{FileID: file, DestinationID: folder,
		DuplicateResolution: oracledocs.DuplicateResolutionTimeStampSuffix}))(t)
	if moved.DestinationID != folder || !slices.Equal(moved.IDList, []string{file}) {
		t.Errorf("MoveFile answers %+v", moved)
	}
	now := must(c.GetFile(ctx, oracledocs.GetFileRequest{FileID: file}))(t)
	if now.ParentID != folder || now.Name == "a.txt" || !strings.HasPrefix(now.Name, "a") {
		t.Errorf("the moved file is %+v", now.File)
	}
}

// Without a version, 1.2 deletes the file and 1.1 its latest version. A second
// time, the latter deletes another version: it is not repeated.
func TestDeleteFile(t *testing.T) {
	tests := map[string]struct {
		version  oracledocs.Version
		delete   int64
		left     int // versions
		attempts int // of a call whose answer gets lost
	}{
		"1.1 latest":  {oracledocs.V1_1, 0, 1, 1},
		"1.1 version": {oracledocs.V1_1, 1, 1, 2},
		"1.2 all":     {oracledocs.V1_2, 0, 0, 2},
		"1.2 version": {oracledocs.V1_2, 2, 1, 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			ctx, srv := t.Context(), newServer(t)
			c := newClient(t, srv, test.version)
			file := srv.AddFile(oracledocstest.User, "self", "a.txt", []byte("one"))
			srv.AddFile(oracledocstest.User, "self", "a.txt", []byte("two"))
			req := oracledocs.DeleteFileRequest{FileID: file, Version: test.delete}

			srv.Next("DeleteFile", oracledocstest.LoseRequest())
			var meta docferry.Meta
			_, err := c.DeleteFile(ctx, req, docferry.WithMeta(&meta),
				docferry.WithRetry(docferry.Retry{Attempts: 2, MinWait: 1}))
			if meta.Attempts != test.attempts {
				t.Errorf("%d attempts, want %d", meta.Attempts, test.attempts)
			}
			if test.attempts == 1 {
				if !docferry.OutcomeUnknown(err) {
					t.Errorf("a lost call gave the error %v", err)
				}
				_, err = c.DeleteFile(ctx, req)
			}
			if err != nil {
				t.Fatal(err)
			}
			versions, err := c.GetFileVersions(ctx, oracledocs.GetFileVersionsRequest{FileID: file})
			switch {
			case test.left == 0:
				if !errors.Is(err, docferry.ErrNotFound) {
					t.Errorf("asking about a deleted file: %v", err)
				}
			case err != nil || len(versions.Items) != test.left:
				t.Errorf("%d versions are left (%v), want %d", len(versions.Items), err, test.left)
			}
		})
	}
}

func TestReservation(t *testing.T) {
	ctx, srv := t.Context(), newServer(t)
	c := newClient(t, srv, oracledocs.V1_2)
	file := srv.AddFile(oracledocstest.User, "self", "a.txt", []byte("one"))
	link := srv.AddPublicLink(file, "contributor", "longsecret")

	reserved := must(c.ReserveFile(ctx, oracledocs.ReserveFileRequest{FileID: file,
		LinkAccess: oracledocs.LinkAccess{LinkID: link, AccessCode: "longsecret"}}))(t)
	if reserved.ReservationDate.IsZero() || reserved.ReservedBy.ID == "" {
		t.Errorf("ReserveFile answers %+v", reserved)
	}
	now := must(c.GetFile(ctx, oracledocs.GetFileRequest{FileID: file}))(t)
	if now.ReservedBy.ID != reserved.ReservedBy.ID || now.ReservationTime.IsZero() {
		t.Errorf("the reserved file is %+v", now.File)
	}
	must(c.UnreserveFile(ctx, oracledocs.UnreserveFileRequest{FileID: file, ReservedByUserID: reserved.ReservedBy.ID}))(t)
	if now := must(c.GetFile(ctx, oracledocs.GetFileRequest{FileID: file}))(t); now.ReservedBy.ID != "" {
		t.Errorf("the released file is reserved by %+v", now.ReservedBy)
	}
}

func TestAllFileAccesses(t *testing.T) {
	ctx, srv := t.Context(), newServer(t)
	c := newClient(t, srv, oracledocs.V1_2)
	file := srv.AddFile(oracledocstest.User, "self", "a.txt", []byte("one"))
	for range 5 {
		read(c.DownloadFile(ctx, oracledocs.DownloadFileRequest{FileID: file}))(t)
	}
	before := len(srv.Calls())
	all := c.AllFileAccesses(ctx, oracledocs.GetFileAccessesRequest{FileID: file, Limit: 2})
	for range 2 { // a second range starts over
		kinds, err := collect(all, func(a oracledocs.FileAccess) string { return a.AccessType })
		if err != nil || len(kinds) != 5 {
			t.Errorf("accesses: %v, %v", kinds, err)
		}
	}
	if asked := len(srv.Calls()) - before; asked != 6 {
		t.Errorf("asked for %d pages, want 6", asked)
	}
}

func TestFileInputs(t *testing.T) {
	srv := newServer(t)
	c := newClient(t, srv, oracledocs.V1_2)
	many := slices.Repeat([]string{"D1"}, 101)
	tests := []struct {
		operation, field string
		call             func() error
	}{
		{"GetFilesInfo", "IDList", func() error {
			_, err := c.GetFilesInfo(t.Context(), oracledocs.GetFilesInfoRequest{IDList: many})
			return err
		}},
		{"GetFilesInfo", "IDList", func() error {
			_, err := c.GetFilesInfo(t.Context(), oracledocs.GetFilesInfoRequest{IDList: []string{"D1,D2"}})
			return err
		}},
		{"GetFilesInfo", "IDList", func() error {
			_, err := c.GetFilesInfo(t.Context(), oracledocs.GetFilesInfoRequest{})
			return err
		}},
		{"EditFile", "Name", func() error {
			_, err := c.EditFile(t.Context(), oracledocs.EditFileRequest{FileID: "D1", Name: "a\x00b"})
			return err
		}},
		{"UploadFile", "Source.Name", func() error {
			_, err := c.UploadFile(t.Context(), oracledocs.UploadFileRequest{ParentID: "F1", Content: upload.Bytes("a\nb", nil)})
			return err
		}},
		{"GetFileAccesses", "Offset", func() error {
			_, err := c.GetFileAccesses(t.Context(), oracledocs.GetFileAccessesRequest{FileID: "D1", Offset: -1})
			return err
		}},
		{"GetFileAccesses", "Limit", func() error {
			_, err := c.GetFileAccesses(t.Context(), oracledocs.GetFileAccessesRequest{FileID: "D1", Limit: -1})
			return err
		}},
		{"GetFile", "AppLinkID", func() error {
			_, err := c.GetFile(t.Context(), oracledocs.GetFileRequest{FileID: "D1", Access: oracledocs.Access{AppLinkID: "A"}})
			return err
		}},
		{"ReserveFile", "AccessCode", func() error {
			_, err := c.ReserveFile(t.Context(), oracledocs.ReserveFileRequest{FileID: "D1",
				LinkAccess: oracledocs.LinkAccess{AccessCode: "A"}})
			return err
		}},
		{"SetFileTags", "SetTags", func() error {
			_, err := c.SetFileTags(t.Context(), oracledocs.SetFileTagsRequest{FileID: "D1", SetTags: []string{"a,b"}})
			return err
		}},
	}
	for _, test := range tests {
		refused(t, srv, test.call(), test.operation, test.field)
	}
}
