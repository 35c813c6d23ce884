package oracledocstest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/docferry/docferry/oracledocs/oracledocstest"
)

// caller sends plain requests as one account and reads whole answers.
type caller struct {
	t      *testing.T
	base   string // of one version of the API
	header http.Header
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	raw    []byte
	body   map[string]any // nil when the answer is no JSON object
}

func (a answer) str(name string) string { s, _ := a.body[name].(string); return s }

// names lists the names of the items of an answer.
func (a answer) names() []string {
	names := []string{}
	items, _ := a.body["items"].([]any)
	for _, it := range items {
		names = append(names, fmt.Sprint(it.(map[string]any)["name"]))
	}
	return names
}

// start makes a server and a caller of API 1.2 who is its administrator.
func start(t *testing.T) (*oracledocstest.Server, caller) {
	t.Helper()
	srv := oracledocstest.NewServer(t)
	return srv, as(t, srv, oracledocstest.User, oracledocstest.Password)
}

func as(t *testing.T, srv *oracledocstest.Server, user, password string) caller {
	r, _ := http.NewRequest("GET", srv.URL, nil)
	r.SetBasicAuth(user, password)
	return caller{t, srv.URL + "/documents/api/1.2", r.Header}
}

// with adds headers, given as names and values.
func (c caller) with(header ...string) caller {
	c.header = c.header.Clone()
	for i := 0; i+1 < len(header); i += 2 {
		c.header.Set(header[i], header[i+1])
	}
	return c
}

// v11 speaks version 1.1.
func (c caller) v11() caller {
	c.base = strings.TrimSuffix(c.base, "1.2") + "1.1"
	return c
}

func (c caller) do(method, path, body string) answer {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header = c.header.Clone()
	if body != "" && r.Header.Get("Content-Type") == "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return c.send(r)
}

func (c caller) send(r *http.Request) answer {
	c.t.Helper()
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	a := answer{status: res.StatusCode, header: res.Header, raw: raw}
	_ = json.Unmarshal(raw, &a.body)
	return a
}

func (c caller) get(path string) answer          { c.t.Helper(); return c.do("GET", path, "") }
func (c caller) post(path, body string) answer   { c.t.Helper(); return c.do("POST", path, body) }
func (c caller) put(path, body string) answer    { c.t.Helper(); return c.do("PUT", path, body) }
func (c caller) delete(path, body string) answer { c.t.Helper(); return c.do("DELETE", path, body) }

// want fails the test unless the answer has the status and error code.
func (a answer) want(t *testing.T, status int, code string) answer {
	t.Helper()
	if a.status != status || code != "" && a.str("errorCode") != code {
		t.Fatalf("got %d %s, want %d with errorCode %s", a.status, a.raw, status, code)
	}
	return a
}

func (a answer) ok(t *testing.T) answer { t.Helper(); return a.want(t, http.StatusOK, "0") }

// piece is a part of a form: its disposition after form-data, its type, its
// content.
type piece struct{ disposition, contentType, content string }

func jsonPart(name, content string) piece {
	return piece{fmt.Sprintf("name=%q", name), "", content}
}

func filePart(fileName, content string) piece {
	return piece{fmt.Sprintf("name=%q; filename=%q", "primaryFile", fileName), "text/plain", content}
}

func encodeForm(pieces ...piece) string {
	var b bytes.Buffer
	for _, p := range pieces {
		fmt.Fprintf(&b, "--frontier\r\nContent-Disposition: form-data; %s\r\n", p.disposition)
		if p.contentType != "" {
			fmt.Fprintf(&b, "Content-Type: %s\r\n", p.contentType)
		}
		fmt.Fprintf(&b, "\r\n%s\r\n", p.content)
	}
	b.WriteString("--frontier--\r\n")
	return b.String()
}

const formType = "multipart/form-data; boundary=frontier"

func (c caller) upload(path string, pieces ...piece) answer {
	c.t.Helper()
	return c.with("Content-Type", formType).do("POST", path, encodeForm(pieces...))
}

// file uploads a new file or revision to a folder.
func (c caller) file(parentID, name, content string) answer {
	c.t.Helper()
	return c.upload("/files/data", jsonPart("jsonInputParameters", `{"parentID":"`+parentID+`"}`), filePart(name, content))
}

// clock is a time that a test moves by hand.
type clock struct{ at time.Time }

func setClock(srv *oracledocstest.Server, text string) *clock {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	c := &clock{at}
	srv.SetClock(func() time.Time { return c.at })
	return c
}
