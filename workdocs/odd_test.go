package workdocs_test

import (
	"errors"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/workdocs"
	"github.com/docferry/docferry/workdocs/workdocstest"
)

// answering returns a client whose service gives these answers, one after another.
func answering(t *testing.T, status int, bodies ...string) *workdocs.Client {
	t.Helper()
	client, err := workdocs.New(workdocs.Config{Region: "eu-west-1", Credentials: keys, HTTP: docferry.HTTP{
		Transport: roundTrip(func(*http.Request) (*http.Response, error) {
			body := bodies[0]
			bodies = bodies[1:]
			return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
		})}})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// One bad entry of 500 does not cost the others. A time that cannot be read can be
// told from one that is missing, in each page of the listing.
func TestOddListing(t *testing.T) {
	users := slices.Repeat([]string{`{"Id":"u","CreatedTimestamp":1456700000}`}, 500)
	users[17], users[400], users[401] = `null`, `{"Id":"odd","CreatedTimestamp":"soon"}`, `{"Id":"none"}`
	client := answering(t, 200, `{"Users":[`+strings.Join(users, ",")+`],"Marker":5}`,
		`{"Users":["x",{"Id":7,"GivenName":"a\ud83d.txt","Storage":[]}]}`)
	var meta docferry.Meta
	var ids, unread []string
	for user, err := range client.AllUsers(t.Context(), workdocs.DescribeUsersRequest{OrganizationID: "d-1"},
		docferry.WithMeta(&meta)) {
		if err != nil {
			t.Fatal(err)
		}
		if user.ID != "u" {
			ids = append(ids, user.ID+" "+user.GivenName)
			unread = append(unread, strings.Join(meta.Unread, " "))
			if !user.CreatedTimestamp.IsZero() {
				t.Errorf("%s was created at %v", user.ID, user.CreatedTimestamp)
			}
			continue
		}
		if !user.CreatedTimestamp.Equal(time.Unix(1456700000, 0)) {
			t.Errorf("created at %v", user.CreatedTimestamp)
		}
	}
	if diff := cmp.Diff([]string{"odd ", "none ", "7 a\ufffd.txt"}, ids); diff != "" {
		t.Error(diff)
	}
	first := "/Users/17 /Users/400/CreatedTimestamp"
	if diff := cmp.Diff([]string{first, first, "/Users/0 /Users/1/Storage"}, unread); diff != "" {
		t.Error(diff)
	}
}

// What says whether a listing goes on has to be read: it must not seem complete.
func TestOddMarker(t *testing.T) {
	for _, body := range []string{
		`{"Users":[{"Id":"u"}],"Marker":{}}`, `{"Users":[{"Id":"u"}],"Marker":["m"]}`, `{"Users":"u","Marker":"m"}`,
		`{"Users":[{"Id":"u"}],"Marker":"m"`,
	} {
		client := answering(t, 200, body)
		var failures []error
		for user, err := range client.AllUsers(t.Context(), workdocs.DescribeUsersRequest{OrganizationID: "d-1"}) {
			if failures = append(failures, err); user.ID != "" {
				t.Errorf("%s: user %q", body, user.ID)
			}
		}
		if len(failures) != 1 || !errors.Is(failures[0], docferry.ErrProtocol) {
			t.Errorf("%s: %v", body, failures)
		}
	}
}

// An odd member of a refusal does not hide what the others say.
func TestOddRefusal(t *testing.T) {
	for body, want := range map[string]struct {
		message string
		ids     []string
	}{
		`{"Code":"UnauthorizedResourceAccessException","Message":"a\ud83d","EntityIds":["x",{},null,7]}`: {"a\ufffd",
			[]string{"x", "7"}},
		"{\"__type\":\"UnauthorizedResourceAccessException\",\"message\":\"a\xff\",\"EntityIds\":{}}":   {"a\ufffd", nil},
		`{"Code":"UnauthorizedResourceAccessException","Message":{"a":1},"EntityIds":["x"]}`:            {"", []string{"x"}},
		`{"EntityIds":"x","Code":"UnauthorizedResourceAccessException","Message":"m"}`:                  {"m", nil},
		`{"EntityIds":["x"],"Code":["a"],"__type":"UnauthorizedResourceAccessException","Message":"m"}`: {"m", []string{"x"}},
	} {
		_, err := answering(t, 403, body).GetDocument(t.Context(), workdocs.GetDocumentRequest{DocumentID: "d"})
		refused, ok := errors.AsType[*docferry.Error](err)
		if !ok || refused.Kind != docferry.ErrForbidden || refused.Message != want.message {
			t.Errorf("%s: %v", body, err)
			continue
		}
		var ids []string
		if detail, ok := refused.Detail.(*workdocs.ErrorDetail); ok {
			ids = detail.EntityIDs
		}
		if diff := cmp.Diff(want.ids, ids); diff != "" {
			t.Errorf("%s: %s", body, diff)
		}
	}
}

// An upload goes on without what it does not need. Without what it needs, it begins
// again, and so does not send anything to the wrong place.
func TestOddBeginning(t *testing.T) {
	replace := func(old, odd string) workdocstest.Fault {
		return edited(func(s string) string {
			if !strings.Contains(s, old) {
				t.Errorf("the answer has no %s: %s", old, s)
			}
			return strings.Replace(s, old, odd, 1)
		})
	}
	once := []string{initiate, "PutObject", update, "GetDocumentVersion"}
	again := []string{initiate, "DescribeFolderContents", abort, initiate, "PutObject", update, "GetDocumentVersion"}
	for name, tt := range map[string]struct {
		old, odd string
		calls    []string
	}{
		"time":                {`"CreatedTimestamp":`, `"CreatedTimestamp":"soon","Other":`, once},
		"name":                {`"Name":`, `"Name":{},"Other":`, once},
		"URL":                 {`"UploadUrl":`, `"UploadUrl":{},"Other":`, again},
		"headers":             {`"SignedHeaders":`, `"SignedHeaders":"x","Other":`, again},
		"a header":            {`"SignedHeaders":{`, `"SignedHeaders":{"X-Amz-Odd":{},`, again},
		"where to upload":     {`"UploadMetadata":`, `"UploadMetadata":"x","Other":`, again},
		"the answer, cut off": {`"UploadUrl":`, `"Name":{},"Uplo`, again},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(b *bench) {
				b.srv.Next(initiate, replace(tt.old, tt.odd))
				b.check(background, file, outcome{active: 1, calls: tt.calls})
			})
		})
	}
	t.Run("size of what is stored", func(t *testing.T) {
		inBubble(t, func(b *bench) {
			b.srv.Next("GetDocumentVersion", replace(`"Size":12`, `"Size":"large"`))
			b.check(background, file, outcome{state: upload.StateUnknown, stage: upload.StageCommit, is: docferry.ErrProtocol,
				active: 1, left: 1})
		})
	})
	t.Run("entry that may be the lost draft", func(t *testing.T) {
		inBubble(t, func(b *bench) {
			b.srv.Next(initiate, workdocstest.LoseAnswer())
			b.srv.Next("DescribeFolderContents", replace(`"LatestVersionMetadata":{`, `"LatestVersionMetadata":7,"Other":{`))
			b.check(background, file, outcome{state: upload.StateUnknown, stage: upload.StageBegin, is: upload.ErrOutcomeUnknown,
				drafts: 1})
		})
	})
}

// Drafts are not aborted for a user whose ID cannot be read: others would match.
func TestOddCurrentUser(t *testing.T) {
	client := answering(t, 200, `{"User":{"Id":{}}}`,
		`{"Documents":[{"Id":"d","LatestVersionMetadata":{"Id":"v","Status":"INITIALIZED","CreatorId":[],"CreatedTimestamp":1}}]}`)
	aborted, err := client.AbortDrafts(t.Context(), workdocs.DraftsRequest{FolderID: "f", Before: time.Now(),
		AuthenticationToken: "token"})
	if !errors.Is(err, docferry.ErrProtocol) || !strings.Contains(err.Error(), "lacks the ID of the user") ||
		aborted != nil {
		t.Errorf("%+v, %v", aborted, err)
	}
}

// A download does not need the size that WorkDocs reports, but the URL.
func TestOddDownload(t *testing.T) {
	for body, want := range map[string]string{
		`{"Metadata":{"Id":"v","Source":{"ORIGINAL":{}}}}`: "the version has no ORIGINAL source",
		`{"Metadata":{"Id":"v","Source":"https://x"}}`:     "the version has no ORIGINAL source",
		`{"Metadata":"v"}`: "the version has no ORIGINAL source",
	} {
		_, err := answering(t, 200, body).Download(t.Context(), workdocs.DownloadRequest{DocumentID: "d", VersionID: "v"})
		if !errors.Is(err, docferry.ErrProtocol) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", body, err)
		}
	}
	_, err := answering(t, 200, `{"Metadata":{"LatestVersionMetadata":{"Id":[]}}}`).Download(t.Context(),
		workdocs.DownloadRequest{DocumentID: "d"})
	if !errors.Is(err, docferry.ErrProtocol) || !strings.Contains(err.Error(), "lacks the ID of the latest version") {
		t.Error(err)
	}
}

// A short answer of empty items must not take a thousand times its length; a full
// page must be read.
func TestLargeSearchAnswer(t *testing.T) {
	const item = `{"ResourceType":"DOCUMENT","WebUrl":"https://a.example.com/1","DocumentMetadata":{"Id":"d","CreatorId":"u",` +
		`"LatestVersionMetadata":{"Id":"v","Name":"a.txt"},"Labels":["a","b"]}}`
	search := func(item string, n int) (int, uint64, error) {
		client := answering(t, 200, `{"Items":[`+strings.Join(slices.Repeat([]string{item}, n), ",")+`]}`)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		page, err := client.SearchResources(t.Context(), workdocs.SearchResourcesRequest{QueryText: "a"})
		runtime.ReadMemStats(&after)
		if err != nil {
			return 0, (after.TotalAlloc - before.TotalAlloc) >> 20, err
		}
		return len(page.Items), 0, nil
	}
	if n, mib, err := search("{}", 65_000); !errors.Is(err, docferry.ErrProtocol) || mib > 8 {
		t.Errorf("%d items, %d MiB, %v", n, mib, err)
	}
	if n, _, err := search(item, 999); n != 999 {
		t.Errorf("%d items, %v", n, err)
	}
}
