package workdocstest_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
)

func TestPages(t *testing.T) {
	f := newFixture(t)
	root := f.RootFolder()
	var want []string
	for i := range 7 {
		want = append(want, f.AddFolder(root, fmt.Sprintf("folder %d", i)))
	}
	for i := range 6 {
		id, _ := f.AddDocument(root, fmt.Sprintf("document %d", i), nil)
		want = append(want, id)
	}
	for name, test := range map[string]struct{ limit, cap, pages int }{
		"one page":        {0, 0, 1},
		"limited":         {5, 0, 3},
		"capped":          {0, 4, 4},
		"limit below cap": {3, 4, 5},
		"even":            {13, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			f.SetPageSize(test.cap)
			query := url.Values{}
			if test.limit > 0 {
				query.Set("limit", fmt.Sprint(test.limit))
			}
			var got []string
			for pages := 1; ; pages++ {
				a := f.want(f.call("GET", "/api/v1/folders/"+root+"/contents?"+strings.ReplaceAll(query.Encode(), "+", "%20"), ""),
					200, "")
				got = slices.Concat(got, a.texts("Folders", "Id"), a.texts("Documents", "Id"))
				marker := a.text("Marker")
				if marker == "" {
					equal(t, "pages", test.pages, pages)
					break
				}
				if !strings.ContainsAny(marker, ";%+") || !strings.Contains(marker, "ÿ") {
					t.Errorf("marker %q is too easy", marker)
				}
				query.Set("marker", marker)
			}
			equal(t, "entries", want, got)
		})
	}

	// A marker belongs to the operation that gave it.
	f.SetPageSize(1)
	a := f.want(f.call("GET", "/api/v1/folders/"+root+"/contents", ""), 200, "")
	path := "/api/v1/activities?organizationId=" + f.OrganizationID() + "&marker=" + url.QueryEscape(a.text("Marker"))
	f.want(f.call("GET", path, ""), 400, "InvalidArgumentException")
}
