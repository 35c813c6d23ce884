package oracledocs_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/google/go-cmp/cmp"
)

func itemName(i oracledocs.FolderItem) string { return i.Name }

func TestSearch(t *testing.T) {
	ctx, srv := t.Context(), newServer(t)
	c := newClient(t, srv, oracledocs.V1_2)
	folder := srv.AddFolder(oracledocstest.User, "self", "Quarterly reports")
	file := srv.AddFile(oracledocstest.User, folder, "a.txt", []byte("a report of May"))
	srv.AddFile(oracledocstest.User, folder, "b.txt", []byte("a report of June"))
	srv.AddMetadata("Finance", []string{"Quarter"}, file)
	must(c.SetFileTags(ctx, oracledocs.SetFileTagsRequest{FileID: file, SetTags: []string{"spring"}}))(t)

	tests := map[string]struct {
		req  oracledocs.SearchItemsRequest
		want []string
	}{
		"words": {oracledocs.SearchItemsRequest{FullText: "report"}, []string{"a.txt", "b.txt"}},
		"wildcard": {oracledocs.SearchItemsRequest{FullText: "report*", Limit: 2},
			[]string{"a.txt", "b.txt", "Quarterly reports"}},
		"from":    {oracledocs.SearchItemsRequest{FullText: "report*", Offset: 1}, []string{"b.txt", "Quarterly reports"}},
		"tag":     {oracledocs.SearchItemsRequest{QueryText: "xTags<CONTAINS>`spring`"}, []string{"a.txt"}},
		"nothing": {oracledocs.SearchItemsRequest{FullText: "autumn"}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			for range 2 {
				names, err := collect(c.AllSearchItems(ctx, test.req), itemName)
				if diff := cmp.Diff(test.want, names); diff != "" || err != nil {
					t.Errorf("the matches differ, error %v (-want +got):\n%s", err, diff)
				}
			}
		})
	}
	within := oracledocs.SearchFolderItemsRequest{FolderID: folder, FullText: "report*", Limit: 1, Fields: "metadata"}
	names, err := collect(c.AllSearchFolderItems(ctx, within), itemName)
	if diff := cmp.Diff([]string{"a.txt", "b.txt"}, names); diff != "" || err != nil {
		t.Errorf("the matches in a folder differ, error %v (-want +got):\n%s", err, diff)
	}
	page := must(c.SearchFolderItems(ctx, within))(t)
	if page.TotalCount != 2 || page.Count != 1 || !page.HasMore || page.Items[0].Metadata == nil {
		t.Errorf("SearchFolderItems answers %+v", page)
	}
}

// What lies beyond the 10,000 matches that can be reached is not passed over
// silently, and no page reaches beyond them.
func TestSearchLimit(t *testing.T) {
	tests := map[string]struct {
		total, limit int
		hasMore      bool // whether the service says so
		items, pages int
		err          error
	}{
		"fewer, by total":    {450, 200, false, 450, 3, nil},
		"fewer, by has more": {450, 200, true, 450, 3, nil},
		"as many":            {10_000, 3000, false, 10_000, 4, nil},
		"more":               {12_000, 3000, false, 10_000, 4, docferry.ErrQuota},
		"more, by has more":  {12_000, 3000, true, 10_000, 4, docferry.ErrQuota},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			pages := 0
			c := answering(t, oracledocs.V1_2, func(req *http.Request) string {
				pages++
				offset, _ := strconv.Atoi(req.URL.Query().Get("offset"))
				limit, _ := strconv.Atoi(req.URL.Query().Get("limit"))
				if offset+limit > 10_000 {
					t.Errorf("asked for %d items from %d on", limit, offset)
				}
				items := []map[string]string{}
				for n := offset; n < min(offset+limit, test.total); n++ {
					items = append(items, map[string]string{"name": strconv.Itoa(n)})
				}
				body := map[string]any{"totalCount": strconv.Itoa(test.total), "items": items}
				if test.hasMore {
					body["totalCount"], body["hasMore"] = "0", fmt.Sprint(offset+limit < test.total)
				}
				text, err := json.Marshal(body)
				if err != nil {
					t.Error(err)
				}
				return string(text)
			})
			names, err := collect(c.AllSearchItems(t.Context(),
				oracledocs.SearchItemsRequest{FullText: "x", Limit: int64(test.limit)}), itemName)
			if len(names) != test.items || pages != test.pages || !errors.Is(err, test.err) {
				t.Errorf("%d items on %d pages, error %v, want %d on %d, error %v", len(names), pages, err, test.items, test.pages,
					test.err)
			}
		})
	}
}

func TestSearchInputs(t *testing.T) {
	srv := newServer(t)
	c, old := newClient(t, srv, oracledocs.V1_2), newClient(t, srv, oracledocs.V1_1)
	_, nothing := c.SearchItems(t.Context(), oracledocs.SearchItemsRequest{})
	_, negative := c.SearchFolderItems(t.Context(),
		oracledocs.SearchFolderItemsRequest{FolderID: "F1", FullText: "x", Offset: -1})
	_, fields := old.SearchItems(t.Context(), oracledocs.SearchItemsRequest{FullText: "x", Fields: "metadata"})
	refused(t, srv, nothing, "SearchItems", "FullText")
	refused(t, srv, negative, "SearchFolderItems", "Offset")
	refused(t, srv, fields, "SearchItems", "Fields")
}
