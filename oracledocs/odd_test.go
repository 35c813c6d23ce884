package oracledocs_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/oracledocs"
)

// A page with an entry that cannot be read is still as long as it is at the
// service: the next page begins behind it, and no item comes twice.
func TestOddEntriesAndOffsets(t *testing.T) {
	pages := map[string]string{
		"":  `{"items":[{"id":"1","name":"a\ud83d.txt"},"x",null],"hasMore":"1","totalCount":"6"}`,
		"0": `{"items":[{"id":"1","name":"a\ud83d.txt"},"x",null],"hasMore":"1","totalCount":"6"}`,
		"3": `{"items":[[7],7],"hasMore":true,"totalCount":6.0}`,
		"5": `{"items":[{"id":6,"createdTime":"soon","size":"1e1"}],"hasMore":"no","totalCount":"6"}`,
	}
	var offsets []string
	c := answering(t, oracledocs.V1_2, func(r *http.Request) string {
		offsets = append(offsets, r.URL.Query().Get("offset"))
		return pages[offsets[len(offsets)-1]]
	})
	id := func(i oracledocs.FolderItem) string { return fmt.Sprint(i.ID, " ", i.Name, " ", i.Size) }
	want := []string{"1 a\ufffd.txt 0", "6  10"}
	var meta docferry.Meta
	names, err := collect(c.AllFolderContents(t.Context(), oracledocs.GetFolderContentsRequest{FolderID: "F"},
		docferry.WithMeta(&meta)), id)
	if diff := cmp.Diff(want, names); diff != "" || err != nil {
		t.Errorf("%v, %s", err, diff)
	}
	if diff := cmp.Diff([]string{"/items/0/createdTime"}, meta.Unread); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"", "3", "5"}, offsets); diff != "" {
		t.Errorf("offsets: %s", diff)
	}
	names, err = collect(c.AllSearchItems(t.Context(), oracledocs.SearchItemsRequest{FullText: "a"}), id)
	if diff := cmp.Diff(want, names); diff != "" || err != nil {
		t.Errorf("search: %v, %s", err, diff)
	}
}

// The accesses to a file have no flag: a page that is as long as asked for has a next
// one, also if one of its entries cannot be read.
func TestOddEntryOfFullPage(t *testing.T) {
	n := 0
	c := answering(t, oracledocs.V1_2, func(*http.Request) string {
		n++
		return []string{`{"items":[{"version":"1"},"x"]}`, `{"items":[{"version":"2"}]}`}[n-1]
	})
	versions, err := collect(c.AllFileAccesses(t.Context(), oracledocs.GetFileAccessesRequest{FileID: "D", Limit: 2}),
		func(a oracledocs.FileAccess) string { return fmt.Sprint(a.Version) })
	if diff := cmp.Diff([]string{"1", "2"}, versions); diff != "" || err != nil {
		t.Errorf("%v, %s", err, diff)
	}
}

// What says whether a listing goes on has to be read.
func TestOddPage(t *testing.T) {
	for _, body := range []string{
		`{"items":[{"name":"a"}],"hasMore":"perhaps"}`, `{"items":[{"name":"a"}],"hasMore":{}}`,
		`{"items":"a","hasMore":"0"}`,
		`{"items":[{"name":"a"}],"totalCount":"many"}`, `{"items":[{"name":"a"}],"hasMore":"1"`,
	} {
		c := answering(t, oracledocs.V1_2, func(*http.Request) string { return body })
		names, err := collect(c.AllSearchItems(t.Context(), oracledocs.SearchItemsRequest{FullText: "a"}), itemName)
		if !errors.Is(err, docferry.ErrProtocol) || names != nil {
			t.Errorf("%s: %q, %v", body, names, err)
		}
	}
}

// A job whose progress cannot be read has not succeeded.
func TestOddJob(t *testing.T) {
	for _, body := range []string{
		`{"completed":"1","progress":{}}`, `{"completed":true,"progress":["FAILED"]}`, `{"completed":"perhaps"}`,
	} {
		c := answering(t, oracledocs.V1_2, func(*http.Request) string { return body })
		_, err := c.WaitExtract(t.Context(), oracledocs.GetExtractionStatusRequest{FileID: "D", JobID: "J"},
			oracledocs.Wait{})
		if !errors.Is(err, docferry.ErrProtocol) {
			t.Errorf("%s: %v", body, err)
		}
	}
	c := answering(t, oracledocs.V1_2, func(*http.Request) string { return `{"jobId":{},"errorCode":"0"}` })
	if _, err := c.ExtractZip(t.Context(), oracledocs.ExtractZipRequest{FileID: "D"}); !errors.Is(err,
		docferry.ErrProtocol) {
		t.Errorf("a job without a readable ID: %v", err)
	}
}

// An odd member of a refusal does not hide what the others say.
func TestOddRefusal(t *testing.T) {
	for body, want := range map[string]oracledocs.ErrorDetail{
		`{"errorKey":["!a"],"errorCode":-16,"errorMessage":"a\ud83d","title":{},"id":7,"name":"\ud83d"}`: {ID: "7",
			Name: "\ufffd"},
		"{\"type\":[],\"errorCode\":\"-16\",\"errorMessage\":\"a\xff\",\"errorKey\":\"!a\"}": {Key: "!a"},
		`{"ERRORCODE":-16,"errormessage":"a\udc00","parentid":"F","id":[null]}`:              {ParentID: "F"},
	} {
		c := answering(t, oracledocs.V1_2, func(*http.Request) string { return body })
		_, err := c.GetFile(t.Context(), oracledocs.GetFileRequest{FileID: "D"})
		refused, ok := errors.AsType[*docferry.Error](err)
		if !ok || refused.Code != oracledocs.CodeNotFound || refused.Message != "a\ufffd" {
			t.Errorf("%s: %v", body, err)
			continue
		}
		if diff := cmp.Diff(&want, refused.Detail); diff != "" {
			t.Errorf("%s: %s", body, diff)
		}
	}
}

// A file with odd members is read without them. Members come in any letter case, and
// those that come twice count once.
func TestOddFile(t *testing.T) {
	const body = `{"ID":"D","createdTime":"soon","modifiedTime":"2017-04-04T12:45:52Z","size":"large","Version":"3.0",` +
		`"createdBy":"Ada","ownedBy":{"id":{},"displayName":"Bob"},"renditions":[{"name":"small"},null],"name":"a","name":"b",` +
		`"errorCode":"0","tags":[{}]}`
	c := answering(t, oracledocs.V1_2, func(*http.Request) string { return body })
	var meta docferry.Meta
	file, err := c.GetFile(t.Context(), oracledocs.GetFileRequest{FileID: "D"}, docferry.WithMeta(&meta))
	if err != nil {
		t.Fatal(err)
	}
	want := oracledocs.File{ID: "D", Name: "b", Version: 3, ModifiedTime: time.Date(2017, 4, 4, 12, 45, 52, 0, time.UTC),
		OwnedBy: oracledocs.User{DisplayName: "Bob"}}
	if diff := cmp.Diff(want, file.File); diff != "" {
		t.Error(diff)
	}
	unread := "/createdTime /size /createdBy /ownedBy/id /renditions/1"
	if got := strings.Join(meta.Unread, " "); got != unread || len(file.Renditions) != 1 {
		t.Errorf("unread %s, renditions %+v", got, file.Renditions)
	}
}

// The API of a version comes alone or in a list, and with odd members in both.
func TestOddAPIVersion(t *testing.T) {
	for body, unread := range map[string]string{
		`{"version":"1.2","isLatest":{},"links":[{"href":"h"}]}`:                     "/isLatest",
		`{"items":[{"version":"1.2","isLatest":"perhaps","links":[{"href":"h"}]}]}`:  "/items/0/isLatest",
		`{"items":[7,{"version":1.2,"links":[{"href":"h"},null]}],"links":"no one"}`: "/items/0 /items/1/links/1 /links",
	} {
		c := answering(t, oracledocs.V1_2, func(*http.Request) string { return body })
		var meta docferry.Meta
		got, err := c.GetAPIVersion(t.Context(), oracledocs.GetAPIVersionRequest{Version: "1.2"}, docferry.WithMeta(&meta))
		if err != nil || strings.Join(meta.Unread, " ") != unread {
			t.Errorf("%s: unread %q, %v", body, meta.Unread, err)
			continue
		}
		want := []oracledocs.APIVersion{{Version: "1.2", Links: []oracledocs.APILink{{Href: "h"}}}}
		if diff := cmp.Diff(want, got.Items); diff != "" {
			t.Errorf("%s: %s", body, diff)
		}
	}
}

// The longest page that the service gives is read: ten thousand items with users and
// metadata, and with members that are null.
func TestFullPage(t *testing.T) {
	const user = `{"id":"U0123456789ABCDEF0123456789AB","displayName":"Ada Lovelace","type":"user"}`
	const item = `{"id":"D0123456789ABCDEF0123456789ABCDEF","parentID":"F0123456789ABCDEF0123456789ABCDEF","name":"report.txt",` +
		`"type":"file","size":"12345","version":"3","mimeType":"text/plain","createdTime":"2017-04-04T12:45:52Z",` +
		`"modifiedTime":"2017-04-04T12:45:52Z","createdBy":` + user + `,"modifiedBy":` + user + `,"ownedBy":` + user + `,` +
		`"reservedBy":null,"reservationTime":null,"virusStatus":null,"metadata":{"A":{"B":"c"}},"errorCode":"0"}`
	body := `{"items":[` + strings.Repeat(item+",", 9999) + item + `],"hasMore":"0"}`
	c := answering(t, oracledocs.V1_2, func(*http.Request) string { return body })
	page, err := c.GetFolderContents(t.Context(), oracledocs.GetFolderContentsRequest{FolderID: "F", Limit: 10_000})
	if err != nil || len(page.Items) != 10_000 || page.Items[9999].OwnedBy.DisplayName != "Ada Lovelace" {
		t.Fatalf("%d bytes: %v", len(body), err)
	}
}
