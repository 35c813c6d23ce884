package oracledocstest_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/google/go-cmp/cmp"
)

func TestUploadNewFile(t *testing.T) {
	srv, c := start(t)
	clk := setClock(srv, "2024-05-06T07:08:09Z")
	got := c.file("self", "Report.txt", "one").want(t, http.StatusCreated, "0")
	id := got.str("id")
	if want := c.base + "/files/" + id; got.header.Get("Location") != want {
		t.Errorf("got Location %q, want %q", got.header.Get("Location"), want)
	}
	for name, want := range map[string]string{
		"parentID": "self", "name": "Report.txt", "type": "file", "size": "3", "version": "1", "mimeType": "text/plain",
		"createdTime": "2024-05-06T07:08:09Z",
	} {
		if got.str(name) != want {
			t.Errorf("got %s %q, want %q", name, got.str(name), want)
		}
	}
	clk.at = clk.at.AddDate(0, 0, 1)
	again := c.file("self", "REPORT.TXT", "two!").ok(t)
	if again.str("id") != id || again.str("version") != "2" || again.str("name") != "Report.txt" ||
		again.str("size") != "4" {
		t.Errorf("a taken name gave %s", again.raw)
	}
	if again.str("createdTime") != "2024-05-06T07:08:09Z" || again.str("modifiedTime") != "2024-05-07T07:08:09Z" {
		t.Errorf("times of a revision: %s", again.raw)
	}
	for version, want := range map[int]string{1: "one", 2: "two!", 0: "two!"} {
		if data, ok := srv.Content(id, version); !ok || string(data) != want {
			t.Errorf("version %d holds %q, want %q", version, data, want)
		}
	}
	list := c.get("/files/" + id + "/versions").ok(t)
	if diff := cmp.Diff([]string{"Report.txt", "Report.txt"}, list.names()); diff != "" {
		t.Error(diff)
	}
}

func TestUploadDuplicateResolution(t *testing.T) {
	srv, c := start(t)
	setClock(srv, "2024-05-06T07:08:09Z")
	c.file("self", "a.txt", "1").want(t, 201, "0")
	for _, tc := range []struct {
		resolution string
		status     int
		name       string
		version    string
	}{
		{"ResolveDuplicates", 201, "a(2).txt", "1"},
		{"ResolveDuplicates", 201, "a(3).txt", "1"},
		{"ReviseDuplicates", 200, "a.txt", "2"},
		{"SkipDuplicates", 200, "a.txt", "2"},
		{"TimeStampSuffix", 201, "a289000.txt", "1"},
	} {
		got := c.upload("/files/data",
			jsonPart("jsonInputParameters", `{"parentID":"self","duplicateResolution":"`+tc.resolution+`"}`),
			filePart("A.txt", "2"))
		got.want(t, tc.status, "0")
		if !strings.EqualFold(got.str("name"), tc.name) || got.str("version") != tc.version {
			t.Errorf("%s: got %s version %s, want %s version %s", tc.resolution, got.str("name"), got.str("version"), tc.name,
				tc.version)
		}
	}
}

func TestUploadVersionTakesName(t *testing.T) {
	_, c := start(t)
	id := c.file("self", "a.txt", "1").str("id")
	c.file("self", "b.txt", "1").want(t, 201, "0")
	for _, tc := range []struct{ send, want string }{
		{"c.txt", "c.txt"}, {"C.TXT", "C.TXT"}, {"B.txt", "B(2).txt"}, {"B(2).txt", "B(2).txt"},
	} {
		got := c.upload("/files/"+id+"/data", filePart(tc.send, "2")).ok(t)
		if got.str("name") != tc.want || got.str("id") != id {
			t.Errorf("sent %s, got %s, want %s", tc.send, got.str("name"), tc.want)
		}
	}
}

// TestUploadRefusals sends forms that the service would not take. Nothing is
// stored by any of them.
func TestUploadRefusals(t *testing.T) {
	srv, c := start(t)
	params := jsonPart("jsonInputParameters", `{"parentID":"self"}`)
	file := filePart("a.txt", "x")
	for _, tc := range []struct {
		name   string
		pieces []piece
		status int
		says   string
	}{
		{"file first", []piece{file, params}, 400, "jsonInputParameters"},
		{"no parameters", []piece{file}, 400, "jsonInputParameters"},
		{"no file", []piece{params}, 400, "primaryFile"},
		{"no filename", []piece{params, {`name="primaryFile"`, "", "x"}}, 400, "primaryFile"},
		{"empty filename", []piece{params, {`name="primaryFile"; filename=""`, "", "x"}}, 400, "primaryFile"},
		{"path", []piece{params, {`name="primaryFile"; filename="a/b"`, "", "x"}}, 400, "primaryFile"},
		{"control character", []piece{params, {"name=\"primaryFile\"; filename=\"a\x01\"", "", "x"}}, 400, ""},
		{"twice", []piece{params, file, file}, 400, "primaryFile"},
		{"unknown part", []piece{params, file, jsonPart("comment", "{}")}, 400, "comment"},
		{"unknown member", []piece{jsonPart("jsonInputParameters", `{"parentID":"self","size":1}`), file}, 400, "size"},
		{"typing slip", []piece{jsonPart("jsonInputParameters", `{"parentID ":"self"}`), file}, 400, "parentID"},
		{"no parent", []piece{jsonPart("jsonInputParameters", `{}`), file}, 400, "parentID"},
		{"parent of wrong type", []piece{jsonPart("jsonInputParameters", `{"parentID":1}`), file}, 400, "parentID"},
		{"bad JSON", []piece{jsonPart("jsonInputParameters", `{"parentID":`), file}, 400, "body"},
		{"wrong part type", []piece{{`name="jsonInputParameters"`, "text/html", `{"parentID":"self"}`}, file}, 400,
			"jsonInputParameters"},
		{"unknown resolution", []piece{jsonPart("jsonInputParameters", `{"parentID":"self","duplicateResolution":"x"}`),
			file}, 400, "duplicateResolution"},
		{"unknown folder", []piece{jsonPart("jsonInputParameters", `{"parentID":"F0"}`), file}, 404, "F0"},
		{"metadata not assigned", []piece{params, file, jsonPart("metadataValues", `{"collection":"C","f":"v"}`)}, 400,
			"collection"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := c.upload("/files/data", tc.pieces...)
			if got.status != tc.status || !strings.Contains(got.str("errorMessage"), tc.says) {
				t.Errorf("got %d %s, want %d naming %q", got.status, got.raw, tc.status, tc.says)
			}
		})
	}
	if names := c.get("/folders/items").ok(t).names(); len(names) > 0 {
		t.Errorf("stored %v", names)
	}
	if calls := srv.Calls(); calls[0] != "UploadFile" {
		t.Errorf("calls: %v", calls)
	}
}

func TestUploadNeedsLength(t *testing.T) {
	srv, c := start(t)
	send := func() answer {
		body := encodeForm(jsonPart("jsonInputParameters", `{"parentID":"self"}`), filePart("a.txt", "x"))
		r, err := http.NewRequest("POST", c.base+"/files/data/", io.MultiReader(strings.NewReader(body)))
		if err != nil {
			t.Fatal(err)
		}
		r.Header = c.with("Content-Type", formType).header.Clone()
		return c.send(r)
	}
	send().want(t, http.StatusLengthRequired, "-1")
	srv.AllowChunked(true)
	send().want(t, http.StatusCreated, "0")
}

// TestUploadCutShort ends the connection after every byte of an upload. Either
// nothing is stored or, when all was sent, everything.
func TestUploadCutShort(t *testing.T) {
	srv, c := start(t)
	body := encodeForm(jsonPart("jsonInputParameters", `{"parentID":"self"}`), filePart("a.txt", "content"))
	r, _ := http.NewRequest("POST", c.base+"/files/data", nil)
	r.Header = c.header.Clone()
	head := fmt.Sprintf("POST /documents/api/1.2/files/data HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n",
		r.Header.Get("Authorization"), formType, len(body))
	for n := range len(body) {
		conn, err := net.Dial("tcp", strings.TrimPrefix(srv.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(conn, head+body[:n])
		_ = conn.(*net.TCPConn).CloseWrite()
		_, _ = io.Copy(io.Discard, conn)
		_ = conn.Close()
	}
	if names := c.get("/folders/items").ok(t).names(); len(names) > 0 {
		t.Errorf("stored %v", names)
	}
}

func TestFileNames(t *testing.T) {
	_, c := start(t)
	for _, name := range []string{
		`a"b.txt`, `back\slash`, "semi;colon", "Ünï.txt", "smile😀", "a\u202eb", strings.Repeat("n", 300), "ß",
		"%41", "+ +",
	} {
		quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name)
		got := c.upload("/files/data", jsonPart("jsonInputParameters", `{"parentID":"self"}`),
			piece{`name="primaryFile"; filename="` + quoted + `"`, "", "x"}).want(t, 201, "0")
		if got.str("name") != name {
			t.Errorf("got %q, want %q", got.str("name"), name)
		}
	}
}

func TestDownload(t *testing.T) {
	srv, c := start(t)
	id := srv.AddFile(oracledocstest.User, "self", "räport.txt", []byte("0123456789"))
	srv.AddFile(oracledocstest.User, "self", "räport.txt", []byte("second"))
	path := "/files/" + id + "/data"
	got := c.get(path + "?version=1")
	if got.status != 200 || string(got.raw) != "0123456789" {
		t.Fatalf("got %d %q", got.status, got.raw)
	}
	for name, want := range map[string]string{
		"Content-Type": "text/plain", "Content-Length": "10", "Accept-Ranges": "bytes",
		"Content-Disposition": `attachment; filename*=utf-8''r%C3%A4port.txt`,
	} {
		if got.header.Get(name) != want {
			t.Errorf("got %s %q, want %q", name, got.header.Get(name), want)
		}
	}
	for _, tc := range []struct {
		ask, want string
		status    int
	}{
		{"bytes=0-3", "0123", 206}, {"bytes=4-", "456789", 206}, {"bytes=-3", "789", 206}, {"bytes=8-99", "89", 206},
		{"bytes=10-", "", 416}, {"bytes=-0", "", 416}, {"bytes=3-1", "0123456789", 200}, {"bytes=0-1,3-4", "0123456789", 200},
		{"lines=1-2", "0123456789", 200}, {"bytes=x-", "0123456789", 200},
	} {
		got := c.with("Range", tc.ask).get(path + "?version=1")
		if got.status != tc.status || tc.status != 416 && string(got.raw) != tc.want {
			t.Errorf("%s: got %d %q, want %d %q", tc.ask, got.status, got.raw, tc.status, tc.want)
		}
		if old := c.v11().with("Range", tc.ask).get(path + "?version=1"); old.status != 200 || len(old.raw) != 10 {
			t.Errorf("version 1.1 answered a range with %d", old.status)
		}
	}
	if got := c.get(path + "/"); string(got.raw) != "second" {
		t.Errorf("latest version: %q", got.raw)
	}
	c.get(path+"?version=7").want(t, 404, "-16")
	c.get(path+"?version=x").want(t, 400, "-1")
	c.get("/files/D0/data").want(t, 404, "-16")
}

func TestEmptyFile(t *testing.T) {
	_, c := start(t)
	id := c.file("self", "empty", "").want(t, 201, "0").str("id")
	got := c.with("Range", "bytes=0-").get("/files/" + id + "/data")
	if got.status != 416 {
		t.Errorf("range of nothing: %d", got.status)
	}
	if got = c.get("/files/" + id + "/data"); got.status != 200 || !bytes.Equal(got.raw, nil) {
		t.Errorf("got %d %q", got.status, got.raw)
	}
}
