package workdocstest_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/docferry/docferry/workdocs/workdocstest"
)

// requests are one of each operation. {D} stands for a document, {V} for its
// version, {W} for a draft of it, {F} for a folder, {U} for a user, {G} for a
// group, {O} for the organization, {P} for the path of an upload URL and {Q} for
// the one of a download URL.
const requests = `
DELETE /api/v1/documents/{D}/versions/{W}
POST /api/v1/users/{U}/activation
POST /api/v1/resources/{D}/permissions {"Principals":[{"Id":"{U}","Type":"USER","Role":"VIEWER"}],"NotificationOptions":{"SendEmail":true}}
POST /api/v1/documents/{D}/versions/{V}/comment {"Text":"Well done","Visibility":"PUBLIC","NotifyCollaborators":false}
PUT /api/v1/resources/{D}/customMetadata?versionid={V} {"CustomMetadata":{"quarter":"Q2"}}
POST /api/v1/folders {"Name":"Reports","ParentFolderId":"{F}"}
PUT /api/v1/resources/{D}/labels {"Labels":["urgent","may"]}
POST /api/v1/organizations/{O}/subscriptions {"Endpoint":"https://example.com/hook","Protocol":"HTTPS","SubscriptionType":"ALL"}
POST /api/v1/users {"OrganizationId":"{O}","Username":"bea","GivenName":"Bea","Surname":"B","Password":"Secret-123"}
DELETE /api/v1/users/{U}/activation
DELETE /api/v1/documents/{D}/versions/{V}/comment/none
DELETE /api/v1/resources/{D}/customMetadata?deleteAll=true&keys=a&keys=b
DELETE /api/v1/documents/{D}
DELETE /api/v1/documentVersions/{D}/versions/{V}?deletePriorVersions=true
DELETE /api/v1/folders/{F}
DELETE /api/v1/folders/{F}/contents
DELETE /api/v1/resources/{D}/labels?labels=urgent&deleteAll=false
DELETE /api/v1/organizations/{O}/subscriptions/none
DELETE /api/v1/users/{U}
GET /api/v1/activities?organizationId={O}&limit=5&startTime=2026-01-02T03:04:05Z&activityTypes=DOCUMENT_RENAMED
GET /api/v1/documents/{D}/versions/{V}/comments?limit=1&marker=x
GET /api/v1/documents/{D}/versions?include=ACTIVE,INITIALIZED&fields=SOURCE&limit=1
GET /api/v1/folders/{F}/contents?sort=NAME&order=DESCENDING&limit=1&type=ALL&include=INITIALIZED
GET /api/v1/groups?searchQuery=e&organizationId={O}&limit=1
GET /api/v1/organizations/{O}/subscriptions?limit=1
GET /api/v1/resources/{D}/permissions?principalId={U}&limit=1
GET /api/v1/me/root?limit=1
GET /api/v1/users?organizationId={O}&query=a&include=ALL&order=ASCENDING&sort=USER_NAME&fields=STORAGE_METADATA
GET /api/v1/me
GET /api/v1/documents/{D}?includeCustomMetadata=true
GET /api/v1/documents/{D}/path?limit=1&fields=NAME
GET /api/v1/documents/{D}/versions/{V}?fields=SOURCE&includeCustomMetadata=true
GET /api/v1/folders/{F}?includeCustomMetadata=true
GET /api/v1/folders/{F}/path?fields=NAME&limit=2
GET /api/v1/resources?userId={U}&collectionType=SHARED_WITH_ME&limit=1
POST /api/v1/documents {"Id":"{D}","Name":"a.txt","ParentFolderId":"{F}","ContentType":"text/plain","DocumentSizeInBytes":3}
DELETE /api/v1/resources/{D}/permissions
DELETE /api/v1/resources/{D}/permissions/{U}?type=USER
POST /api/v1/documentVersions/restore/{D}
POST /api/v1/search {"QueryText":"a","Limit":1,"OrderBy":[{"Field":"NAME","Order":"ASC"}],"Filters":{"TextLocales":["EN"],"ResourceTypes":["DOCUMENT"],"SizeRange":{"StartValue":0,"EndValue":9},"CreatedRange":{"StartValue":1.5},"Principals":[{"Id":"{U}","Roles":["VIEWER"]}]}}
PATCH /api/v1/documents/{D} {"Name":"b.txt","ParentFolderId":"{F}","ResourceState":"RECYCLED"}
PATCH /api/v1/documents/{D}/versions/{W} {"VersionStatus":"ACTIVE"}
PATCH /api/v1/folders/{F} {"Name":"Old","ResourceState":"ACTIVE"}
PATCH /api/v1/users/{U} {"GivenName":"Beatrix","StorageRule":{"StorageType":"QUOTA","StorageAllocatedInBytes":1}}
PUT {P} abc
GET {Q}
GET /api/v1/nothing
`

// FuzzRequest sends requests of any kind, by callers of each kind, to a server
// that has one of everything. The server must answer each, and a refusal must have
// the service's form.
func FuzzRequest(f *testing.F) {
	for line := range strings.Lines(strings.TrimSpace(requests)) {
		method, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		path, body, _ := strings.Cut(rest, " ")
		for caller := range byte(3) {
			f.Add(caller, method, path, body)
		}
	}
	f.Fuzz(func(t *testing.T, caller byte, method, path, body string) {
		w := newFuzzed(t)
		r, err := http.NewRequest(method, w.srv.URL+w.names.Replace(path), strings.NewReader(w.names.Replace(body)))
		if err != nil || r.URL.Host != strings.TrimPrefix(w.srv.URL, "http://") {
			t.Skip("this is not a request of HTTP")
		}
		storage := r.URL.Path == w.upload.Path || r.URL.Path == w.download.Path
		if body != "" && !storage {
			r.Header.Set("Content-Type", "application/json")
		}
		switch {
		case storage:
		case caller%3 == 0:
			signWith(t, r, credentials(t, w.srv), workdocstest.Region, time.Now())
		case caller%3 == 1:
			r.Header.Set("Authentication", w.token)
		}
		answer := httptest.NewRecorder()
		w.srv.ServeHTTP(answer, r)
		checkFuzzed(t, answer, strings.HasPrefix(r.URL.Path, "/api/"))
	})
}

// checkFuzzed fails the test unless the service might give this answer.
func checkFuzzed(t *testing.T, answer *httptest.ResponseRecorder, operation bool) {
	switch {
	case answer.Code < 200 || answer.Code >= 500:
		t.Errorf("the answer is %d %s", answer.Code, answer.Body)
	case answer.Code < 300 || !operation:
	case answer.Header().Get("X-Amzn-Errortype") == "" || !json.Valid(answer.Body.Bytes()):
		t.Errorf("the refusal is %d %v %s", answer.Code, answer.Header(), answer.Body)
	}
}

// fuzzed is a server that has one of everything. names replaces what requests has
// in braces.
type fuzzed struct {
	srv              *workdocstest.Server
	token            string
	upload, download *url.URL
	names            *strings.Replacer
}

// credentials returns what the server accepts signatures of.
func credentials(t *testing.T, srv *workdocstest.Server) aws.Credentials {
	t.Helper()
	c, err := srv.Credentials().Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func newFuzzed(t *testing.T) fuzzed {
	srv := workdocstest.New()
	t.Cleanup(srv.Close)
	user, token := srv.AddUser("ada@example.com")
	group := srv.AddGroup("Editors", user)
	folder := srv.AddFolder(srv.RootFolder(), "Plans")
	document, version := srv.AddDocument(folder, "a.txt", []byte("abc"))
	f := fuzzed{srv: srv, token: token}
	begun := f.signed(t, "POST", "/api/v1/documents", `{"Id":"`+document+`","ParentFolderId":"`+folder+`"}`)
	f.upload = address(t, begun.text("UploadMetadata", "UploadUrl"))
	got := f.signed(t, "GET", "/api/v1/documents/"+document+"/versions/"+version+"?fields=SOURCE", "")
	f.download = address(t, got.text("Metadata", "Source", "ORIGINAL"))
	f.names = strings.NewReplacer("{D}", document, "{V}", version, "{F}", folder, "{U}", user, "{G}", group,
		"{W}", begun.text("Metadata", "LatestVersionMetadata", "Id"), "{O}", srv.OrganizationID(),
		"{P}", f.upload.RequestURI(), "{Q}", f.download.RequestURI())
	return f
}

// signed calls an operation as the administrator.
func (f fuzzed) signed(t *testing.T, method, path, body string) answer {
	t.Helper()
	r := httptest.NewRequest(method, f.srv.URL+path, bytes.NewReader([]byte(body)))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	signWith(t, r, credentials(t, f.srv), workdocstest.Region, time.Now())
	w := httptest.NewRecorder()
	f.srv.ServeHTTP(w, r)
	if w.Code/100 != 2 {
		t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	return answer{w.Code, w.Header(), w.Body.String()}
}

func address(t *testing.T, raw string) *url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil || raw == "" {
		t.Fatalf("there is no URL, %v", err)
	}
	return u
}
