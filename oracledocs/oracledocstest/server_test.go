package oracledocstest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/google/go-cmp/cmp"
)

func TestFaults(t *testing.T) {
	srv, c := start(t)
	srv.Next("UploadFile", oracledocstest.Refuse(503, "-1", "busy"))
	srv.Next("UploadFile", oracledocstest.Refuse(200, "-16", "gone"))
	srv.Next("UploadFile", oracledocstest.Answer(302, "", "Location", "/login"))
	if got := c.file("self", "a", "1").want(t, 503, "-1"); got.str("errorMessage") != "busy" ||
		got.str("title") != "busy" {
		t.Errorf("got %s", got.raw)
	}
	c.file("self", "a", "1").want(t, 200, "-16")
	no := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	body := encodeForm(jsonPart("jsonInputParameters", `{"parentID":"self"}`), filePart("a", "1"))
	post := func(ctx context.Context) (*http.Response, error) {
		r, _ := http.NewRequestWithContext(ctx, "POST", c.base+"/files/data", strings.NewReader(body))
		r.Header = c.with("Content-Type", formType).header.Clone()
		return no.Do(r)
	}
	res, err := post(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != 302 || res.Header.Get("Location") != "/login" {
		t.Errorf("got %v", res.Status)
	}
	srv.Next("UploadFile", oracledocstest.LoseRequest())
	srv.Next("UploadFile", oracledocstest.LoseAnswer())
	for want, names := range []string{"", "a"} {
		if res, err := post(t.Context()); err == nil {
			_ = res.Body.Close()
			t.Errorf("fault %d: got an answer", want)
		}
		if got := strings.Join(c.get("/folders/items").names(), ","); got != names {
			t.Errorf("fault %d: stored %q, want %q", want, got, names)
		}
	}
	srv.Next("UploadFile", oracledocstest.CutAnswer(10))
	if res, err = post(t.Context()); err != nil {
		t.Fatal(err)
	}
	if data, err := io.ReadAll(res.Body); err == nil || len(data) != 10 {
		t.Errorf("got %q, %v", data, err)
	}
	_ = res.Body.Close()
	srv.Next("UploadFile", oracledocstest.Hang())
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := post(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	c.file("self", "a", "3").ok(t)
}

// TestFakeClock uses the server inside a bubble, where no real time passes.
func TestFakeClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := oracledocstest.New()
		defer srv.Close()
		file := srv.AddFile(oracledocstest.User, "self", "a.txt", []byte("1"))
		do := func(method, path string) string {
			r, err := http.NewRequestWithContext(t.Context(), method, srv.URL+"/documents/api/1.2"+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.SetBasicAuth(oracledocstest.User, oracledocstest.Password)
			res, err := srv.RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			data, _ := io.ReadAll(res.Body)
			return string(data)
		}
		do("POST", "/files/"+file+"/pages")
		if got := do("GET", "/files/"+file+"/pages"); !strings.Contains(got, `"pages":"0"`) {
			t.Errorf("got %s", got)
		}
		time.Sleep(3 * time.Second)
		if got := do("GET", "/files/"+file+"/pages"); !strings.Contains(got, `"pages":"1"`) {
			t.Errorf("got %s", got)
		}
	})
}

func TestStandalone(t *testing.T) {
	srv := oracledocstest.New()
	w := httptest.NewRecorder()
	r := httptest.NewRequest("POST", "https://docs.example.com/documents/api/1.2/folders/self/",
		strings.NewReader(`{"name":"n"}`))
	r.SetBasicAuth(oracledocstest.User, oracledocstest.Password)
	srv.ServeHTTP(w, r)
	if got := w.Header().Get("Location"); w.Code != 201 ||
		!strings.HasPrefix(got, "https://docs.example.com/documents/api/1.2/folders/F") {
		t.Errorf("got %d, Location %q", w.Code, got)
	}
	srv.Close()
	srv.Close()
	if _, err := srv.RoundTrip(httptest.NewRequest("GET", srv.URL, nil)); err == nil {
		t.Error("a closed server answers")
	}
}

func TestSeedingMistakes(t *testing.T) {
	srv := oracledocstest.New()
	defer srv.Close()
	id, token, refresh := srv.AddApplink("x", "y", "z")
	got := []string{
		srv.AddUser(oracledocstest.User, "x"), srv.AddToken("x"), srv.AddFolder("x", "self", "n"),
		srv.AddFolder(oracledocstest.User, "F0", "n"), srv.AddFile("x", "self", "n", nil),
		srv.AddPublicLink("x", "viewer", ""),
		srv.AddGroup("g", "x"), srv.AddSite("x", "n"), id, token, refresh,
	}
	if diff := cmp.Diff(make([]string, len(got)), got); diff != "" {
		t.Error(diff)
	}
	srv.Share("x", "y", "z")
	srv.AddMetadata("C", nil, "x")
	if _, ok := srv.Content("x", 0); ok {
		t.Error("content of nothing")
	}
}

// TestToolkit sends what Oracle's command-line client needs besides the API.
func TestToolkit(t *testing.T) {
	srv, c := start(t)
	srv.AddGroup("Team")
	api := c
	c.base = srv.URL
	local := func(a answer) string {
		values, _ := a.body["LocalData"].(map[string]any)
		text, _ := values["StatusCode"].(string)
		return text
	}
	idc := "/documents/integration?IsJson=1&IdcService="
	if got := c.get(idc + "SCS_GET_TENANT_CONFIG"); local(got) != "0" {
		t.Errorf("got %s", got.raw)
	}
	if got := c.with("Authorization", "").get(idc + "SCS_GET_TENANT_CONFIG"); got.status != 401 {
		t.Errorf("got %d", got.status)
	}
	if got := c.get("/osn/social/api/v1/connections"); !strings.Contains(string(got.raw), owner(t, api)) {
		t.Errorf("got %s", got.raw)
	}
	if got := c.get("/osn/social/api/v1/groups?count=1&offset=0"); !strings.Contains(string(got.raw), `"name":"Team"`) {
		t.Errorf("got %s", got.raw)
	}
	folder := srv.AddFolder(oracledocstest.User, "self", "f")
	file := srv.AddFile(oracledocstest.User, folder, "a", []byte("1"))
	api.get("/files/" + file + "/data")
	if got := c.get(idc + "FLD_FILE_REVISIONS&item=fFileGUID:" + file); !strings.Contains(string(got.raw),
		`["a","1","1","1",`) {
		t.Errorf("got %s", got.raw)
	}
	if got := c.get(idc + "GET_ACTIVITY_HISTORY&item=fFileGUID:" + file); !strings.Contains(string(got.raw),
		`["1","download",`) {
		t.Errorf("got %s", got.raw)
	}
	api.delete("/files/"+file, "").ok(t)
	api.delete("/folders/"+folder, "").ok(t)
	if got := c.get(idc + "FLD_BROWSE_TRASH"); strings.Count(string(got.raw), file)+strings.Count(string(got.raw),
		folder) != 4 {
		t.Errorf("got %s", got.raw)
	}
	service := func(name, item string) string {
		return local(c.post(idc+name, `{"LocalData":{"IdcService":"`+name+`","items":"`+item+`"}}`))
	}
	if got := service("FLD_RESTORE", "fFileGUID:"+file); got != "0" {
		t.Errorf("got %s", got)
	}
	if got := api.get("/files/" + file).ok(t); got.str("parentID") != "self" {
		t.Errorf("restored to %s", got.raw)
	}
	if got := service("FLD_RESTORE", "fFileGUID:"+file); got != "-1" {
		t.Errorf("got %s", got)
	}
	if got := service("FLD_DELETE_FROM_TRASH", "fFolderGUID:"+folder); got != "0" {
		t.Errorf("got %s", got)
	}
	if got := api.get("/folders/lists?checkStatus=1&idList=" + folder).ok(t); !strings.Contains(string(got.raw),
		`"missing"`) {
		t.Errorf("got %s", got.raw)
	}
	api.delete("/files/"+file, "").ok(t)
	if got := service("FLD_EMPTY_TRASH", ""); got != "0" {
		t.Errorf("got %s", got)
	}
	if got := c.get(idc + "SCS_BROWSE_SITES"); got.status != 200 || local(got) != "-1" {
		t.Errorf("got %d %s", got.status, got.raw)
	}
}

// FuzzRequest sends requests of any kind to a server. It must answer.
func FuzzRequest(f *testing.F) {
	f.Add("GET", "/1.2/folders/search/items?querytext=a%3CMATCHES%3E%60b%60%3COR%3Ec", "", "")
	f.Add("POST", "/1.2/folders/self/_bulkCreate", "application/json", `{"folders":[{"name":"a"}]}`)
	f.Add("POST", "/1.1/files/data", formType, encodeForm(jsonPart("jsonInputParameters", `{"parentID":"self"}`),
		filePart("a", "b")))
	f.Add("POST", "/1.2/metadata/C", "", `{"fieldsArray":[{"fieldName":"f","isEnabled":1}]}`)
	f.Fuzz(func(t *testing.T, method, path, contentType, body string) {
		r, err := http.NewRequest(method, "http://x/documents/api"+path, strings.NewReader(body))
		if err != nil {
			t.Skip()
		}
		r.Header.Set("Content-Type", contentType)
		r.SetBasicAuth(oracledocstest.User, oracledocstest.Password)
		srv := oracledocstest.New()
		w := httptest.NewRecorder()
		srv.ServeHTTP(w, r)
		if w.Code < 200 || w.Code >= 500 {
			t.Errorf("answer %d %s", w.Code, w.Body)
		}
	})
}

// TestPagesMayCall calls as a browser does for a page.
func TestPagesMayCall(t *testing.T) {
	srv, c := start(t)
	page := c.with("Origin", "http://page.test")
	preflight := page.with("Access-Control-Request-Method", "PUT", "Access-Control-Request-Headers", "authorization")
	preflight.header.Del("Authorization") // browsers keep it back until they may send it
	a := preflight.do("OPTIONS", "/folders/self", "")
	if a.status/100 != 2 || a.header.Get("Access-Control-Allow-Origin") != "*" ||
		a.header.Get("Access-Control-Allow-Headers") != "authorization" {
		t.Errorf("the preflight: %d %v", a.status, a.header)
	}
	if calls := srv.Calls(); len(calls) != 0 {
		t.Errorf("a preflight counts as %v", calls)
	}
	a = page.get("/folders/self").ok(t)
	if a.header.Get("Access-Control-Allow-Origin") != "*" ||
		!strings.Contains(a.header.Get("Access-Control-Expose-Headers"), "Location") {
		t.Errorf("the answer: %v", a.header)
	}
	srv.SetCORS(false)
	preflight.do("OPTIONS", "/folders/self", "").want(t, 405, "-1")
	if a = page.get("/folders/self").ok(t); a.header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("the answer without permission: %v", a.header)
	}
}
