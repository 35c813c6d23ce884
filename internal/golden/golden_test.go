package golden_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/docferry/docferry/internal/golden"
	"github.com/google/go-cmp/cmp"
)

type color string

type part struct {
	Name  string
	Parts []part
}

type whole struct {
	ID      string
	Color   color
	Colors  []color
	Size    *int64
	Ratio   float64
	Hidden  bool
	At      time.Time
	Tags    []string
	Labels  map[string]color
	Any     any
	Part    part
	Func    func()
	private string //nolint:unused // Fill has to pass over it
}

func TestFill(t *testing.T) {
	var got whole
	golden.Fill(&got, color("RED"))
	want := whole{
		ID: "ID+1", Color: "RED", Colors: []color{"RED"}, Size: new(int64(4)), Ratio: 5.5, Hidden: true,
		At:   time.Date(2009, time.November, 10, 23, 0, 2, 5e8, time.UTC),
		Tags: []string{"Tags1+1", "Tags2+1"}, Labels: map[string]color{"LabelsKey+1": "RED"}, Any: "Any+1",
		Part: part{Name: "Name+1", Parts: []part{{}}},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(whole{})); diff != "" {
		t.Errorf("Fill differs (-want +got):\n%s", diff)
	}
}

// failures keeps what a test would have failed with.
type failures struct {
	testing.TB
	texts []string
}

func (f *failures) Helper() {}
func (f *failures) Errorf(format string, args ...any) {
	f.texts = append(f.texts, fmt.Sprintf(format, args...))
}

// send returns a function that posts a body to a path.
func send(path, contentType, body string) func(http.RoundTripper) {
	return func(rt http.RoundTripper) {
		req, _ := http.NewRequest("POST", "https://example.com"+path, strings.NewReader(body))
		req.Header.Set("Content-Type", contentType)
		req.Header.Set("Authorization", "changes")
		resp, err := rt.RoundTrip(req)
		if err == nil {
			_, _ = io.Copy(io.Discard, resp.Body)
		}
	}
}

func TestRequest(t *testing.T) {
	const (
		asJSON = "POST /a?b=c%20d\nHost: example.com\nContent-Type: application/json\n\n{\n\t\"x\": [\n\t\t1\n\t]\n}\n"
		asForm = "POST /a\nHost: example.com\nContent-Type: multipart/form-data; boundary=boundary\n\n--boundary\nx\n--boundary--\n"
		noBody = "POST /a\nHost: example.com\nContent-Type: text/plain\n"
	)
	twice := func(rt http.RoundTripper) {
		send("/a", "text/plain", "")(rt)
		send("/a", "text/plain", "")(rt)
	}
	tests := []struct {
		name string
		file string // "" for none
		send func(http.RoundTripper)
		fail string // what the failure holds, "" for none
	}{
		{"JSON", asJSON, send("/a?b=c%20d", "application/json", `{"x":[1]}`), ""},
		{"form", asForm, send("/a", "multipart/form-data; boundary=5ca1ab1e", "--5ca1ab1e\r\nx\r\n--5ca1ab1e--\r\n"), ""},
		{"no body", noBody, send("/a", "text/plain", ""), ""},
		{"another", noBody, send("/b", "text/plain", ""), "differs from"},
		{"no file", "", send("/a", "text/plain", ""), "-update"},
		{"none", noBody, func(http.RoundTripper) {}, "sent 0 requests"},
		{"two", noBody, twice, "sent 2 requests"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			if test.file != "" {
				write(t, filepath.Join(dir, "Op.http"), test.file)
			}
			f := &failures{TB: t}
			golden.Request(f, dir, "Op", test.send)
			switch {
			case test.fail == "" && len(f.texts) > 0:
				t.Error(f.texts)
			case test.fail != "" && (len(f.texts) != 1 || !strings.Contains(f.texts[0], test.fail)):
				t.Errorf("failures %q, want one with %q", f.texts, test.fail)
			}
		})
	}
}

func TestOnly(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"A.http", "B.http", "A.txt"} {
		write(t, filepath.Join(dir, name), "")
	}
	f := &failures{TB: t}
	golden.Only(f, dir, []string{"A", "C"})
	if len(f.texts) != 2 {
		t.Errorf("failures %q, want one about A.txt and one about B.http", f.texts)
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
