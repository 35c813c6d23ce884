package workdocstest_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/docferry/docferry/workdocs/workdocstest"
)

func TestFaults(t *testing.T) {
	f := newFixture(t)
	root := f.RootFolder()
	path, body := "/api/v1/folders", func(name string) string { return `{"Name":"` + name + `","ParentFolderId":"` + root + `"}` }
	try := func(name string) (answer, error) {
		r := f.request("POST", path, body(name))
		f.sign(r, f.now)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			return answer{}, err
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		return answer{res.StatusCode, res.Header, string(text)}, err
	}
	exists := func(name string) bool {
		list := f.want(f.call("GET", "/api/v1/folders/"+root+"/contents", ""), 200, "")
		return strings.Contains(list.body, `"`+name+`"`)
	}

	f.Next("CreateFolder", workdocstest.Refuse(503, "ServiceUnavailableException", "later"))
	if a, err := try("refused"); err != nil || a.status != 503 || a.code() != "ServiceUnavailableException" ||
		a.text("Message") != "later" {
		t.Errorf("refused: %v, %v", a, err)
	}
	f.Next("CreateFolder", workdocstest.Answer(400, "<html>", "Retry-After", "3"))
	if a, err := try("answered"); err != nil || a.status != 400 || a.body != "<html>" ||
		a.header.Get("Retry-After") != "3" {
		t.Errorf("answered: %v, %v", a, err)
	}
	for name, test := range map[string]struct {
		fault workdocstest.Fault
		done  bool
	}{
		"request lost": {workdocstest.LoseRequest(), false},
		"answer lost":  {workdocstest.LoseAnswer(), true},
		"answer cut":   {workdocstest.CutAnswer(10), true},
	} {
		f.Next("CreateFolder", test.fault)
		if a, err := try(name); err == nil || len(a.body) > 10 {
			t.Errorf("%s: %v, %v", name, a, err)
		}
		if exists(name) != test.done {
			t.Errorf("%s: folder exists is %t", name, !test.done)
		}
	}
	if a, err := try("nothing left"); err != nil || a.status != 201 {
		t.Errorf("without a fault: %v, %v", a, err)
	}
	calls := f.Calls()
	if len(calls) != 9 || calls[0] != "CreateFolder" || calls[8] != "CreateFolder" {
		t.Errorf("calls: %v", calls)
	}
}

func TestStorageFaults(t *testing.T) {
	f := newFixture(t)
	begun := f.begin(f.RootFolder(), "a.txt")
	f.Next("PutObject", workdocstest.Answer(500, "<Error/>"))
	if a := f.put(begun, "x"); a.status != 500 {
		t.Errorf("got %d", a.status)
	}
	f.want(f.put(begun, "x"), 200, "")
	equal(t, "calls", []string{"InitiateDocumentVersionUpload", "PutObject", "PutObject"}, f.Calls())
}

// TestPagesMayCall calls the API and the storage host as a browser does for a
// page.
func TestPagesMayCall(t *testing.T) {
	f := newFixture(t)
	_, token, root := f.newUser("ada")
	begun := f.want(f.as(token, "POST", "/api/v1/documents", `{"Name":"a","ParentFolderId":"`+root+`"}`), 201, "")
	storage := strings.TrimPrefix(begun.text("UploadMetadata", "UploadUrl"), f.URL)
	browse := func(method, path string, header ...string) answer {
		r := f.request(method, path, "")
		r.Header.Set("Origin", "http://page.test")
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		return f.send(r)
	}
	before := len(f.Calls())
	for _, path := range []string{"/api/v1/me", storage} {
		a := browse("OPTIONS", path, "Access-Control-Request-Method", "PUT", "Access-Control-Request-Headers",
			"authentication")
		if a.status/100 != 2 || a.header.Get("Access-Control-Allow-Origin") != "*" ||
			a.header.Get("Access-Control-Allow-Headers") != "authentication" {
			t.Errorf("the preflight of %s: %d %v", path, a.status, a.header)
		}
	}
	equal(t, "calls of preflights", before, len(f.Calls()))
	a := f.want(browse("GET", "/api/v1/me", "Authentication", token), 200, "")
	equal(t, "origin", "*", a.header.Get("Access-Control-Allow-Origin"))
	if exposed := a.header.Get("Access-Control-Expose-Headers"); !strings.Contains(exposed, "X-Amzn-Requestid") ||
		!strings.Contains(exposed, "ETag") {
		t.Errorf("pages may read %q", exposed)
	}
	f.SetCORS(false)
	a = browse("OPTIONS", "/api/v1/me", "Access-Control-Request-Method", "GET")
	equal(t, "origin without permission", "", a.header.Get("Access-Control-Allow-Origin"))
	equal(t, "status without permission", 404, a.status)
}

// TestMemory runs a call that hangs on a fake clock, over connections in
// memory.
func TestMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := workdocstest.New()
		defer srv.Close()
		_, token := srv.AddUser("ada")
		srv.Next("GetCurrentUser", workdocstest.Hang())
		began := time.Now()
		for _, patient := range []bool{false, true} {
			ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
			r, err := http.NewRequestWithContext(ctx, "GET", srv.URL+"/api/v1/me", nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authentication", token)
			res, err := (&http.Client{Transport: srv}).Do(r)
			if (err == nil) != patient {
				t.Fatalf("second call is %t: %v", patient, err)
			}
			if err == nil {
				_, _ = io.Copy(io.Discard, res.Body)
				_ = res.Body.Close()
				if date := res.Header.Get("Date"); date != began.Add(time.Hour).UTC().Format(http.TimeFormat) {
					t.Errorf("date: %s", date)
				}
			}
			cancel()
		}
	})
}

func TestClose(t *testing.T) {
	srv := workdocstest.New()
	srv.Close()
	srv.Close()
	r := httptest.NewRequest("POST", srv.URL+"/api/v1/folders", strings.NewReader("{}"))
	if _, err := srv.RoundTrip(r); !errors.Is(err, net.ErrClosed) {
		t.Errorf("round trip after close: %v", err)
	}
	if srv.AddFolder(srv.RootFolder(), "still there") == "" {
		t.Error("the state is gone")
	}
}

// TestCloseWhileHanging closes a server in the middle of a call.
func TestCloseWhileHanging(t *testing.T) {
	f := newFixture(t)
	_, token := f.AddUser("ada")
	arrived, failed := make(chan struct{}), make(chan error)
	f.Next("GetCurrentUser", func(next http.Handler) http.Handler {
		close(arrived)
		return workdocstest.Hang()(next)
	})
	r := f.request("GET", "/api/v1/me", "")
	r.Header.Set("Authentication", token)
	go func() {
		_, err := http.DefaultClient.Do(r)
		failed <- err
	}()
	<-arrived
	f.Close()
	if err := <-failed; err == nil {
		t.Error("the call succeeded")
	}
}

// TestHandler mounts the server somewhere else: addresses follow the request.
func TestHandler(t *testing.T) {
	srv := workdocstest.New()
	defer srv.Close()
	mounted := httptest.NewTLSServer(srv)
	defer mounted.Close()
	f := &fixture{Server: srv, t: t}
	_, token := srv.AddUser("ada")
	me, w := httptest.NewRequest("GET", "/api/v1/me", nil), httptest.NewRecorder()
	me.Header.Set("Authentication", token)
	srv.ServeHTTP(w, me)
	root := answer{body: w.Body.String()}.text("User", "RootFolderId")
	r, _ := http.NewRequest("POST", mounted.URL+"/api/v1/documents",
		strings.NewReader(`{"Name":"a","ParentFolderId":"`+root+`"}`))
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	r.Header.Set("Authentication", token)
	res, err := mounted.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	begun := f.want(answer{res.StatusCode, res.Header, string(body)}, 201, "")
	if url := begun.text("UploadMetadata", "UploadUrl"); !strings.HasPrefix(url, mounted.URL+"/") {
		t.Errorf("upload URL: %s", url)
	}
}

func TestBodies(t *testing.T) {
	f := newFixture(t)
	valid := `{"Name":"x","ParentFolderId":"` + f.RootFolder() + `"}`
	for name, test := range map[string]struct {
		body, kind string
		status     int
		code       string
	}{
		"too large":     {strings.Repeat(" ", 1<<20) + valid, "application/json", 413, "RequestEntityTooLargeException"},
		"not JSON":      {valid[1:], "application/json", 400, "SerializationException"},
		"not an object": {"[]", "application/json", 400, "SerializationException"},
		"null":          {"null", "application/json", 400, "SerializationException"},
		"not UTF-8":     {"{\"Name\":\"\xff\"}", "application/json", 400, "SerializationException"},
		"form":          {valid, "application/x-www-form-urlencoded", 415, "UnsupportedMediaTypeException"},
		"as it must be": {valid, "application/json", 201, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := f.request("POST", "/api/v1/folders", test.body)
			r.Header.Set("Content-Type", test.kind)
			f.sign(r, f.now)
			if got := f.send(r); got.status != test.status || got.code() != test.code {
				t.Errorf("got %d %q %s", got.status, got.code(), got.body)
			}
		})
	}
}
