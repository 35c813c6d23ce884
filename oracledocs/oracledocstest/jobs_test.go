package oracledocstest_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/google/go-cmp/cmp"
)

func TestBulkDownload(t *testing.T) {
	srv, c := start(t)
	clk := setClock(srv, "2024-01-01T00:00:00Z")
	folder := srv.AddFolder(oracledocstest.User, "self", "f")
	inner := srv.AddFolder(oracledocstest.User, folder, "inner")
	srv.AddFile(oracledocstest.User, inner, "deep.txt", []byte("deep"))
	file := srv.AddFile(oracledocstest.User, folder, "a.txt", []byte("1"))
	gone := srv.AddFile(oracledocstest.User, folder, "gone.txt", []byte("1"))
	path := "/folders/" + folder + "/_download"
	c.post(path, `{"idList":"self"}`).want(t, 400, "-1")
	c.post(path, `{"idList":"D0"}`).want(t, 404, "-16")
	c.post("/folders/self/_download", `{"idList":"`+file+`"}`).want(t, 400, "-1")
	got := c.post(path, `{"idList":"`+inner+","+file+","+gone+`"}`).ok(t)
	if got.str("id") != "fFolderGUID:"+folder ||
		!strings.HasPrefix(got.str("idList"), "fFolderGUID:"+inner+",fFileGUID:") {
		t.Errorf("answer %s", got.raw)
	}
	path = strings.TrimPrefix(got.str("Location"), c.base)
	c.delete("/files/"+gone, "").ok(t)
	for _, want := range [][3]string{
		{"PENDING", "false", "0"}, {"PROCESSING", "false", "50"}, {"SUCCEEDED", "true", "100"},
	} {
		got := c.get(path).ok(t)
		state := [3]string{got.str("progress"), got.str("completed"), got.str("completedPercentage")}
		if state != want {
			t.Errorf("got %v, want %v", state, want)
		}
		if want[1] == "false" {
			c.get(path+"/package").want(t, 404, "-16")
		}
		clk.at = clk.at.Add(time.Second)
	}
	status := c.get(path).ok(t)
	missing := []any{map[string]any{"id": gone, "error": "Item not available"}}
	if diff := cmp.Diff(missing, status.body["items"]); diff != "" {
		t.Error(diff)
	}
	links, _ := status.body["links"].([]any)
	link, _ := links[0].(map[string]any)
	pack := c.get(strings.TrimPrefix(fmt.Sprint(link["href"]), c.base))
	z, err := zip.NewReader(bytes.NewReader(pack.raw), int64(len(pack.raw)))
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, f := range z.File {
		names = append(names, f.Name)
	}
	if diff := cmp.Diff([]string{"inner/", "inner/deep.txt", "a.txt"}, names); diff != "" {
		t.Error(diff)
	}
	part := c.with("Range", "bytes=0-1").get(path + "/package")
	if part.status != 206 || string(part.raw) != "PK" {
		t.Errorf("got %d %q", part.status, part.raw)
	}
}

func TestAbortJobs(t *testing.T) {
	srv, c := start(t)
	clk := setClock(srv, "2024-01-01T00:00:00Z")
	folder := srv.AddFolder(oracledocstest.User, "self", "f")
	file := srv.AddFile(oracledocstest.User, folder, "a.zip", archive(t, "x.txt", "1"))
	srv.AddUser("other", "secret")
	srv.Share(folder, "other", "contributor")
	other := as(t, srv, "other", "secret")

	location := c.post("/folders/"+folder+"/_download", `{"idList":"`+file+`"}`).str("Location")
	path := strings.TrimPrefix(location, c.base)
	other.get(path).want(t, 404, "-16")
	refused := other.delete(path, "").want(t, 404, "-16")
	want := map[string]string{"errorKey": "!csBulkdownloadUnableToAbortJob", "errorType": "folder", "parentID": folder}
	for name, text := range want {
		if refused.str(name) != text {
			t.Errorf("got %s %q, want %q", name, refused.str(name), text)
		}
	}
	c.delete(path, "").ok(t)
	clk.at = clk.at.Add(time.Minute)
	if got := c.get(path).ok(t); got.str("progress") != "ABORTED" || got.str("completed") != "true" {
		t.Errorf("aborted: %s", got.raw)
	}

	started := c.post("/files/"+file+"/_extract", "").ok(t)
	path = "/files/" + file + "/_extract/" + started.str("jobId")
	if want := strings.TrimPrefix(c.base, "http://") + path; started.str("Location") != want {
		t.Errorf("got Location %s, want %s", started.str("Location"), want)
	}
	refused = other.delete(path, "").want(t, 404, "-16")
	if refused.str("errorKey") != "!csExtractionUnableToAbortJob" || refused.str("parentID") != file {
		t.Errorf("refused with %s", refused.raw)
	}
	c.delete(path, "").ok(t)
	clk.at = clk.at.Add(time.Minute)
	if got := c.get(path).ok(t); got.str("progress") != "ABORTED" || got.str("filesCreated") != "0" {
		t.Errorf("aborted: %s", got.raw)
	}
}

func archive(t *testing.T, namesAndContents ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for i := 0; i+1 < len(namesAndContents); i += 2 {
		w, err := z.Create(namesAndContents[i])
		if err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write([]byte(namesAndContents[i+1]))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestExtract(t *testing.T) {
	for _, tc := range []struct {
		resolution string
		want       map[string]string
		names      []string
		content    string
	}{
		{"", map[string]string{"filesCreated": "2", "filesNameAdjusted": "1"}, []string{"A(2).txt", "a.txt", "dir"}, "old"},
		{"ReviseDuplicates", map[string]string{"filesCreated": "1", "filesVersioned": "1"}, []string{"a.txt", "dir"}, "new"},
		{"SkipDuplicates", map[string]string{"filesCreated": "1", "filesSkipped": "1"}, []string{"a.txt", "dir"}, "old"},
	} {
		t.Run(tc.resolution, func(t *testing.T) {
			srv, c := start(t)
			clk := setClock(srv, "2024-01-01T00:00:00Z")
			to := srv.AddFolder(oracledocstest.User, "self", "to")
			existing := srv.AddFile(oracledocstest.User, to, "a.txt", []byte("old"))
			file := srv.AddFile(oracledocstest.User, "self", "a.zip", archive(t,
				"A.txt", "new", "dir/b.txt", "b", "empty/", "", "../evil.txt", "x", "a/../b", "x", "bad?dir/c", "x"))
			body := `{"destinationID":"` + to + `"}`
			if tc.resolution != "" {
				body = `{"destinationID":"` + to + `","duplicateResolution":"` + tc.resolution + `"}`
			}
			job := c.post("/files/"+file+"/_extract", body).ok(t).str("jobId")
			if names := c.get("/folders/" + to + "/items").names(); len(names) != 1 {
				t.Errorf("extracted at once: %v", names)
			}
			clk.at = clk.at.Add(2 * time.Second)
			if data, _ := srv.Content(existing, 0); string(data) != tc.content {
				t.Errorf("the file that was there holds %q", data)
			}
			got := c.get("/files/" + file + "/_extract/" + job).ok(t)
			tc.want["progress"], tc.want["filesProcessed"], tc.want["filesIgnored"] = "SUCCEEDED", "5", "3"
			for name, want := range tc.want {
				if got.str(name) != want {
					t.Errorf("got %s %q, want %q", name, got.str(name), want)
				}
			}
			names := c.get("/folders/" + to + "/items").names()
			if diff := cmp.Diff(append(tc.names, "empty"), names); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestExtractNoZip(t *testing.T) {
	srv, c := start(t)
	clk := setClock(srv, "2024-01-01T00:00:00Z")
	file := srv.AddFile(oracledocstest.User, "self", "a.zip", []byte("no zip"))
	job := c.post("/files/"+file+"/_extract", "{}").ok(t).str("jobId")
	clk.at = clk.at.Add(time.Hour)
	if got := c.get("/files/" + file + "/_extract/" + job).ok(t); got.str("progress") != "FAILED" {
		t.Errorf("got %s", got.raw)
	}
	c.get("/files/"+file+"/_extract/ZX-0").want(t, 404, "-16")
}
