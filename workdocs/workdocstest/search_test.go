package workdocstest_test

import (
	"strings"
	"testing"
	"time"
)

func TestSearch(t *testing.T) {
	f := newFixture(t)
	root := f.RootFolder()
	folder := f.AddFolder(root, "quarterly reports")
	report, version := f.AddDocument(folder, "report.txt", []byte("The quick brown fox"))
	f.advance(time.Hour)
	f.AddDocument(root, "quick.png", make([]byte, 100))
	gone, _ := f.AddDocument(root, "quick gone.txt", nil)
	f.want(f.call("PATCH", "/api/v1/documents/"+gone, `{"ResourceState":"RECYCLED"}`), 200, "")
	f.begin(root, "quick draft.txt")
	f.want(f.call("PUT", "/api/v1/resources/"+report+"/labels", `{"Labels":["final"]}`), 200, "")
	f.want(f.call("POST", "/api/v1/documents/"+report+"/versions/"+version+"/comment", `{"Text":"Quick, but wrong"}`),
		201, "")
	user, token, _ := f.newUser("ada")
	f.share(folder, "USER", user, "VIEWER")

	for body, want := range map[string]string{
		`"QueryText":"quick"`:                                                                                                   "quick.png report.txt COMMENT",
		`"QueryText":"quick","QueryScopes":["NAME"]`:                                                                            "quick.png",
		`"QueryText":"quick","QueryScopes":["CONTENT"]`:                                                                         "report.txt COMMENT",
		`"QueryText":"quick fox"`:                                                                                               "report.txt",
		`"QueryText":"\"quick brown\""`:                                                                                         "report.txt",
		`"QueryText":"\"brown quick\""`:                                                                                         "",
		`"QueryText":"report"`:                                                                                                  "FOLDER report.txt",
		`"QueryText":"report","Filters":{"ResourceTypes":["FOLDER"]}`:                                                           "FOLDER",
		`"QueryText":"report","Filters":{"ResourceTypes":["DOCUMENT_VERSION"]}`:                                                 "VERSION",
		`"Filters":{"Labels":["final","x"]}`:                                                                                    "report.txt COMMENT",
		`"Filters":{"AncestorIds":["` + folder + `"]}`:                                                                          "report.txt COMMENT",
		`"Filters":{"ContentCategories":["IMAGE"]}`:                                                                             "quick.png",
		`"Filters":{"SizeRange":{"StartValue":20}}`:                                                                             "quick.png",
		`"Filters":{"SizeRange":{"StartValue":17,"EndValue":19},"ResourceTypes":["DOCUMENT"]}`:                                  "report.txt",
		`"Filters":{"CreatedRange":{"StartValue":1772366401},"ResourceTypes":["DOCUMENT"]}`:                                     "quick.png",
		`"Filters":{"ModifiedRange":{"EndValue":1772366401},"ResourceTypes":["DOCUMENT"]}`:                                      "report.txt",
		`"Filters":{"Principals":[{"Id":"` + user + `","Roles":["VIEWER"]}]}`:                                                   "FOLDER report.txt COMMENT",
		`"Filters":{"Principals":[{"Id":"` + user + `","Roles":["COOWNER"]}]}`:                                                  "",
		`"Filters":{"SearchCollectionTypes":["SHARED_WITH_ME"]}`:                                                                "",
		`"Filters":{"SearchCollectionTypes":["OWNED"],"ResourceTypes":["FOLDER"]}`:                                              "FOLDER",
		`"Filters":{"ContentCategories":["IMAGE"],"Labels":[],"SizeRange":{},"CreatedRange":null,"Principals":[]}`:              "quick.png",
		`"QueryText":"report","QueryScopes":[],"Filters":{},"OrderBy":null,"Limit":null`:                                        "FOLDER report.txt",
		`"Filters":{"TextLocales":["DE"]}`:                                                                                      "",
		`"QueryText":"quick","OrderBy":[{"Field":"NAME","Order":"DESC"}],"Filters":{"ResourceTypes":["DOCUMENT"]}`:              "report.txt quick.png",
		`"QueryText":"quick","OrderBy":[{"Field":"SIZE"}],"Filters":{"ResourceTypes":["DOCUMENT"]}`:                             "report.txt quick.png",
		`"QueryText":"quick","OrderBy":[{"Field":"CREATED_TIMESTAMP","Order":"DESC"}],"Filters":{"ResourceTypes":["DOCUMENT"]}`: "quick.png report.txt",
	} {
		got := f.want(f.call("POST", "/api/v1/search", `{"OrganizationId":"`+f.OrganizationID()+`",`+body+`}`), 200, "")
		equal(t, body, want, found(got))
	}

	got := f.want(f.as(token, "POST", "/api/v1/search", `{"QueryText":"quick","AdditionalResponseFields":[]}`), 200, "")
	equal(t, "web URL that was not asked for", any(nil), got.get("Items", 0, "WebUrl"))
	got = f.want(f.as(token, "POST", "/api/v1/search", `{"QueryText":"quick","AdditionalResponseFields":["WEBURL"]}`),
		200, "")
	equal(t, "as a viewer", "report.txt", found(got)) // who sees no comments
	if !strings.HasSuffix(got.text("Items", 0, "WebUrl"), report) {
		t.Errorf("web URL: %s", got.text("Items", 0, "WebUrl"))
	}
	got = f.want(f.as(token, "POST", "/api/v1/search", `{"Filters":{"SearchCollectionTypes":["SHARED_WITH_ME"]}}`),
		200, "")
	equal(t, "shared", "FOLDER report.txt", found(got))

	// Markers are digits here.
	var all []string
	marker := ""
	for range 3 {
		got := f.want(f.call("POST", "/api/v1/search",
			`{"OrganizationId":"`+f.OrganizationID()+`","Limit":1,"QueryText":"quick"`+marker+`}`), 200, "")
		all = append(all, found(got))
		marker = `,"Marker":"` + got.text("Marker") + `"`
	}
	equal(t, "pages", []string{"quick.png", "report.txt", "COMMENT"}, all)
	equal(t, "last marker", `,"Marker":""`, marker)
}

// found names the items of an answer: documents by name, others by type.
func found(a answer) string {
	var names []string
	for i, kind := range a.texts("Items", "ResourceType") {
		switch kind {
		case "DOCUMENT":
			kind = a.text("Items", i, "DocumentMetadata", "LatestVersionMetadata", "Name")
		case "DOCUMENT_VERSION":
			kind = "VERSION"
		}
		names = append(names, kind)
	}
	return strings.Join(names, " ")
}
