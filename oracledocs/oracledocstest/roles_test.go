package oracledocstest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/docferry/docferry/oracledocs/oracledocstest"
)

func TestCredentials(t *testing.T) {
	srv, c := start(t)
	token := srv.AddToken(oracledocstest.User)
	for _, tc := range []struct {
		name, header string
		status       int
	}{
		{"none", "", 401},
		{"wrong password", "Basic ZG9jZmVycnk6eA==", 401},
		{"unknown user", "Basic eDp4", 401},
		{"wrong token", "Bearer x", 401},
		{"empty token", "Bearer ", 401},
		{"other scheme", "session", 401},
		{"bearer", "Bearer " + token, 200},
		{"bearer, lower case", "bearer " + token, 200},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := c.with("Authorization", tc.header).get("/folders/self")
			if got.status != tc.status {
				t.Fatalf("got %d %s, want %d", got.status, got.raw, tc.status)
			}
			if tc.status == 401 {
				if !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") || got.header.Get("WWW-Authenticate") == "" {
					t.Errorf("a refusal with %v", got.header)
				}
			}
		})
	}
	as(t, srv, "DocFerry", oracledocstest.Password).get("/folders/self/").ok(t)
}

// TestRoles tries operations of every rank with every role, given by a share,
// a public link and an applink.
func TestRoles(t *testing.T) {
	operations := []struct {
		name string
		need int
		call func(c caller, folder, file string) answer
	}{
		{"GetFile", 1, func(c caller, _, file string) answer { return c.get("/files/" + file) }},
		{"GetFolderContents", 1, func(c caller, folder, _ string) answer { return c.get("/folders/" + folder + "/items") }},
		{"DownloadFile", 2, func(c caller, _, file string) answer { return c.get("/files/" + file + "/data") }},
		{"UploadFile", 3, func(c caller, folder, _ string) answer { return c.file(folder, "a.txt", "2") }},
		{"CreateFolder", 3, func(c caller, folder, _ string) answer { return c.post("/folders/"+folder, `{"name":"n"}`) }},
		{"DeleteFile", 3, func(c caller, _, file string) answer { return c.delete("/files/"+file, "") }},
	}
	ways := map[string]func(srv *oracledocstest.Server, c caller, folder, role string) caller{
		"share": func(srv *oracledocstest.Server, c caller, folder, role string) caller {
			srv.Share(folder, "other", role)
			return c
		},
		"link": func(srv *oracledocstest.Server, c caller, folder, role string) caller {
			return c.with("linkid", srv.AddPublicLink(folder, role, ""))
		},
		"applink": func(srv *oracledocstest.Server, c caller, folder, role string) caller {
			id, token, _ := srv.AddApplink(folder, "other", role)
			return c.with("AppLinkID", id, "AccessToken", token)
		},
	}
	for way, give := range ways {
		for rank, role := range []string{"", "viewer", "downloader", "contributor"} {
			t.Run(way+" "+role, func(t *testing.T) {
				srv, _ := start(t)
				srv.AddUser("other", "secret")
				folder := srv.AddFolder(oracledocstest.User, "self", "shared")
				inner := srv.AddFolder(oracledocstest.User, folder, "inner")
				file := srv.AddFile(oracledocstest.User, inner, "a.txt", []byte("1"))
				c := as(t, srv, "other", "secret")
				if role != "" {
					c = give(srv, c, folder, role)
				}
				for _, op := range operations {
					got := op.call(c, inner, file)
					if allowed := rank >= op.need; allowed != (got.status < 300) {
						t.Errorf("%s: got %d %s", op.name, got.status, got.raw)
					} else if !allowed {
						got.want(t, 403, "-20")
					}
				}
			})
		}
	}
}

func TestPublicLink(t *testing.T) {
	srv, _ := start(t)
	srv.AddUser("other", "secret")
	file := srv.AddFile(oracledocstest.User, "self", "a.txt", []byte("1"))
	second := srv.AddFile(oracledocstest.User, "self", "b.txt", []byte("1"))
	link := srv.AddPublicLink(file, "viewer", "Pass word")
	c := as(t, srv, "other", "secret").with("LinkID", link)
	c.get("/files/"+file).want(t, 403, "-18")
	c.with("Cookie", "dAccessCode-"+link+"=wrong").get("/files/"+file).want(t, 403, "-18")
	c.with("Cookie", "dAccessCode-LF0=Pass word").get("/files/"+file).want(t, 403, "-18")
	open := c.with("Cookie", "dAccessCode-"+link+"=Pass word")
	open.get("/files/" + file).ok(t)
	open.get("/files/"+second).want(t, 403, "-20")
	c.with("LinkID", "LF0").get("/files/"+file).want(t, 400, "-26")
}

func TestApplink(t *testing.T) {
	srv, admin := start(t)
	clk := setClock(srv, "2024-01-01T00:00:00Z")
	srv.AddUser("other", "secret")
	srv.AddUser("third", "secret")
	file := srv.AddFile(oracledocstest.User, "self", "a.txt", []byte("1"))
	id, token, _ := srv.AddApplink(file, "other", "viewer")
	c := as(t, srv, "other", "secret")
	path := "/files/" + file
	c.with("appLinkID", id).get(path).want(t, 400, "-97")
	c.with("accessToken", token).get(path).want(t, 400, "-97")
	c.with("appLinkID", id, "accessToken", "x").get(path).want(t, 403, "-1")
	c.with("appLinkID", id, "accessToken", token).get(path).ok(t)
	as(t, srv, "third", "secret").with("appLinkID", id, "accessToken", token).get(path).want(t, 403, "-20")
	admin.get(path).ok(t)
	clk.at = clk.at.Add(15*time.Minute - time.Second)
	c.with("appLinkID", id, "accessToken", token).get(path).ok(t)
	clk.at = clk.at.Add(time.Second)
	c.with("appLinkID", id, "accessToken", token).get(path).want(t, 403, "-1")
}

func TestRouting(t *testing.T) {
	_, c := start(t)
	for _, tc := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/folders/self", 200}, {"GET", "/folders/self/", 200}, {"GET", "/folders/self//", 400},
		{"GET", "/folders//items", 400}, {"GET", "/folders/%73elf", 200}, {"GET", "/folders/%2573elf", 404},
		{"GET", "/folders/a%2Fb", 404}, {"GET", "/nothing", 404}, {"DELETE", "/folders/items", 400},
		{"PATCH", "/folders/self", 405}, {"GET", "/folders/self?x=1", 400}, {"GET", "/folders/items?limit=1&limit=2", 400},
		{"GET", "/folders/items?limit=0", 400}, {"GET", "/folders/items?limit=10001", 400},
		{"GET", "/folders/items?offset=-1", 400},
		{"GET", "/folders/items?orderby=size:asc", 400}, {"GET", "/folders/items?orderby=name:up", 400},
	} {
		if got := c.do(tc.method, tc.path, ""); got.status != tc.status && !(tc.method == "DELETE" && got.status == 404) {
			t.Errorf("%s %s: got %d %s, want %d", tc.method, tc.path, got.status, got.raw, tc.status)
		}
	}
	for _, path := range []string{"/documents/api/1.0/folders/self", "/documents/api/2/folders/self", "/elsewhere",
		"/documents/apix"} {
		c.base = strings.TrimSuffix(c.base, "/documents/api/1.2")
		c.get(path).want(t, http.StatusNotFound, "-1")
		c.base += "/documents/api/1.2"
	}
}

func TestBodies(t *testing.T) {
	_, c := start(t)
	for _, tc := range []struct {
		name, contentType, body string
		status                  int
		code                    string
	}{
		{"unknown member", "application/json", `{"name":"n","colour":"red"}`, 400, "-1"},
		{"wrong type", "application/json", `{"name":["n"]}`, 400, "-1"},
		{"no name", "application/json", `{}`, 400, "-97"},
		{"no body", "", ``, 400, "-97"},
		{"two objects", "application/json", `{"name":"n"}{}`, 400, "-1"},
		{"array", "application/json", `[]`, 400, "-1"},
		{"null", "application/json", `null`, 400, "-1"},
		{"null member", "application/json", `{"name":"n","description":null}`, 201, "0"},
		{"null for a name", "application/json", `{"name":null}`, 400, "-97"},
		{"unknown null", "application/json", `{"name":"n","colour":null}`, 400, "-1"},
		{"XML", "application/xml", `<name/>`, 415, "-1"},
		{"too long a name", "application/json", `{"name":"` + strings.Repeat("n", 256) + `"}`, 400, "-1"},
		{"forbidden character", "application/json", `{"name":"a*b"}`, 400, "-1"},
		{"control character", "application/json", `{"name":"a\u0007b"}`, 400, "-1"},
		{"dots", "application/json", `{"name":".."}`, 400, "-1"},
		{"too large", "application/json", `{"name":"` + strings.Repeat("n", 1<<20) + `"}`, 413, "-1"},
		{"good", "application/json; charset=utf-8", `{"name":"n","description":""}`, 201, "0"},
		{"as text", "text/plain;charset=UTF-8", `{"name":"n"}`, 201, "0"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c.with("Content-Type", tc.contentType).post("/folders/self", tc.body).want(t, tc.status, tc.code)
		})
	}
}
