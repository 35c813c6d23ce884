package workdocstest_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/docferry/docferry/workdocs/workdocstest"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 250e6, time.UTC)

// fixture is a server whose clock stands still, and a caller of it.
type fixture struct {
	*workdocstest.Server
	t   *testing.T
	now time.Time
}

func newFixture(t *testing.T) *fixture {
	f := &fixture{Server: workdocstest.NewServer(t), t: t, now: start}
	f.advance(0)
	return f
}

// advance moves the server's clock on.
func (f *fixture) advance(d time.Duration) {
	f.now = f.now.Add(d)
	now := f.now
	f.SetClock(func() time.Time { return now })
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// code returns the error code that the answer carries.
func (a answer) code() string {
	code, _, _ := strings.Cut(a.header.Get("X-Amzn-Errortype"), ":")
	return code
}

// get returns a member of the body, by its path.
func (a answer) get(path ...any) any {
	var at any
	if json.Unmarshal([]byte(a.body), &at) != nil {
		return nil
	}
	for _, step := range path {
		switch step := step.(type) {
		case string:
			m, _ := at.(map[string]any)
			at = m[step]
		case int:
			l, _ := at.([]any)
			if step >= len(l) {
				return nil
			}
			at = l[step]
		}
	}
	return at
}

func (a answer) text(path ...any) string {
	text, _ := a.get(path...).(string)
	return text
}

// texts returns a member of each item of a list.
func (a answer) texts(list string, path ...any) []string {
	items, _ := a.get(list).([]any)
	texts := []string{}
	for i := range items {
		texts = append(texts, a.text(append([]any{list, i}, path...)...))
	}
	return texts
}

func (f *fixture) request(method, path, body string) *http.Request {
	f.t.Helper()
	r, err := http.NewRequest(method, f.URL+path, strings.NewReader(body))
	if err != nil {
		f.t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return r
}

func (f *fixture) send(r *http.Request) answer {
	f.t.Helper()
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		f.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, string(body)}
}

// sign signs a request as the AWS SDK does.
func (f *fixture) sign(r *http.Request, at time.Time) {
	f.t.Helper()
	credentials, err := f.Credentials().Retrieve(context.Background())
	if err != nil {
		f.t.Fatal(err)
	}
	signWith(f.t, r, credentials, workdocstest.Region, at)
}

func signWith(t *testing.T, r *http.Request, credentials aws.Credentials, region string, at time.Time) {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	digest := sha256.Sum256(body)
	if err := v4.NewSigner().SignHTTP(context.Background(), credentials, r, hex.EncodeToString(digest[:]), "workdocs",
		region, at); err != nil {
		t.Fatal(err)
	}
}

// call calls an operation as the administrator.
func (f *fixture) call(method, path, body string) answer {
	f.t.Helper()
	r := f.request(method, path, body)
	f.sign(r, f.now)
	return f.send(r)
}

// as calls an operation as a user.
func (f *fixture) as(token, method, path, body string) answer {
	f.t.Helper()
	r := f.request(method, path, body)
	r.Header.Set("Authentication", token)
	return f.send(r)
}

// want fails the test unless the answer has that status and, if it is an
// error, that code.
func (f *fixture) want(a answer, status int, code string) answer {
	f.t.Helper()
	if a.status != status || a.code() != code {
		f.t.Fatalf("got %d %q %s, want %d %q", a.status, a.code(), a.body, status, code)
	}
	return a
}

// put sends content to the upload URL of an answer to
// InitiateDocumentVersionUpload.
func (f *fixture) put(begun answer, content string) answer {
	f.t.Helper()
	r, err := http.NewRequest(http.MethodPut, begun.text("UploadMetadata", "UploadUrl"), strings.NewReader(content))
	if err != nil {
		f.t.Fatal(err)
	}
	headers, _ := begun.get("UploadMetadata", "SignedHeaders").(map[string]any)
	for name, value := range headers {
		r.Header.Set(name, value.(string))
	}
	return f.send(r)
}

// newUser adds a user and returns the id and the token, with the id of the root
// folder.
func (f *fixture) newUser(name string) (id, token, root string) {
	f.t.Helper()
	id, token = f.AddUser(name)
	me := f.want(f.as(token, "GET", "/api/v1/me", ""), 200, "")
	return id, token, me.text("User", "RootFolderId")
}

// share gives a principal a role on a resource.
func (f *fixture) share(resource, kind, id, role string) answer {
	f.t.Helper()
	return f.want(f.call("POST", "/api/v1/resources/"+resource+"/permissions",
		`{"Principals":[{"Id":"`+id+`","Type":"`+kind+`","Role":"`+role+`"}]}`), 201, "")
}

// equal fails the test if two values differ.
func equal(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func versionPath(a answer) string {
	return "/api/v1/documents/" + a.text("Metadata", "Id") + "/versions/" + a.text("Metadata",
		"LatestVersionMetadata", "Id")
}

// begin begins the upload of a new document.
func (f *fixture) begin(folder, name string) answer {
	f.t.Helper()
	return f.want(f.call("POST", "/api/v1/documents",
		`{"Name":"`+name+`","ParentFolderId":"`+folder+`","ContentType":"text/plain"}`), 201, "")
}
