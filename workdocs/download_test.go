package workdocs_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/workdocs"
	"github.com/docferry/docferry/workdocs/workdocstest"
)

// TestDownload is F99 and F101: what can go wrong on the way down. Whatever
// does, a short file never gets its name.
func TestDownload(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789abcdef"), 1<<14)
	for name, c := range map[string]struct {
		faults []workdocstest.Fault // of the storage
		err    error                // nil for success
	}{
		"whole":       {nil, nil},
		"broken once": {[]workdocstest.Fault{workdocstest.CutAnswer(100000)}, nil},
		"broken twice": {[]workdocstest.Fault{workdocstest.CutAnswer(100000),
			workdocstest.CutAnswer(50000)}, nil},
		"never a byte more": {[]workdocstest.Fault{workdocstest.CutAnswer(10), workdocstest.CutAnswer(0),
			workdocstest.CutAnswer(0), workdocstest.CutAnswer(0), workdocstest.CutAnswer(0)}, io.ErrUnexpectedEOF},
		"refused": {[]workdocstest.Fault{workdocstest.Answer(403,
			"<Error><Code>AccessDenied</Code></Error>")}, docferry.ErrForbidden},
		"another size": {[]workdocstest.Fault{workdocstest.Answer(200, "short", "ETag", `"x"`)},
			docferry.ErrProtocol},
		"a redirect": {[]workdocstest.Fault{workdocstest.Answer(302, "", "Location",
			"http://elsewhere.test/")}, docferry.ErrProtocol},
		"other content after a break": {[]workdocstest.Fault{workdocstest.CutAnswer(1000), replaced}, docferry.ErrProtocol},
		"503 first": {[]workdocstest.Fault{workdocstest.Answer(503,
			"<Error><Code>SlowDown</Code></Error>")}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(b *bench) {
				document, _ := b.srv.AddDocument(b.folder, "big.bin", content)
				for _, fault := range c.faults {
					b.srv.Next("GetObject", fault)
				}
				dir := t.TempDir()
				err := b.save(dir, document)
				if !errors.Is(err, c.err) {
					t.Errorf("got %v, want %v", err, c.err)
				}
				got, read := os.ReadFile(filepath.Join(dir, "big.bin"))
				switch {
				case c.err == nil && !bytes.Equal(got, content):
					t.Errorf("saved %d bytes of %d", len(got), len(content))
				case c.err != nil && read == nil:
					t.Errorf("a file of %d bytes was left", len(got))
				}
				if entries, _ := os.ReadDir(dir); c.err != nil && len(entries) > 0 {
					t.Errorf("%s was left", entries[0].Name())
				}
			})
		})
	}
}

// replaced answers as a storage does whose object is another one by now.
func replaced(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Del("Range")
		w.Header().Set("ETag", `"another"`)
		_, _ = io.WriteString(w, strings.Repeat("x", 1<<18))
	})
}

func (b *bench) save(dir, document string) error {
	b.Helper()
	d, err := b.client.Download(background, workdocs.DownloadRequest{DocumentID: document})
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		b.Fatal(err)
	}
	defer root.Close()
	return d.Save(root, "big.bin")
}

func TestDownloadVersions(t *testing.T) {
	inBubble(t, func(b *bench) {
		document, first := b.srv.AddDocument(b.folder, "a.txt", []byte("first"))
		if _, err := b.client.Uploader(workdocs.UploadTo{DocumentID: document}).Upload(background, file); err != nil {
			t.Fatal(err)
		}
		for version, want := range map[string]string{"": "some content", first: "first"} {
			d, err := b.client.Download(background, workdocs.DownloadRequest{DocumentID: document, VersionID: version})
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(d)
			if err != nil || string(got) != want || d.Size != int64(len(want)) {
				t.Errorf("version %q reads %q of %d bytes (%v)", version, got, d.Size, err)
			}
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}

// TestDownloadURL is the rest of F101: a URL that must not be followed is not.
func TestDownloadURL(t *testing.T) {
	for _, url := range []string{"http://storage.example.com/x", "https://169.254.169.254/latest",
		"https://user@storage.example.com/x", "ftp://x/", ""} {
		var asked []string
		client, err := workdocs.New(workdocs.Config{Region: "eu-west-1", AuthenticationToken: "token",
			HTTP: docferry.HTTP{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				asked = append(asked, r.URL.Host)
				body := `{"Metadata":{"Id":"v","Status":"ACTIVE","Size":3,"Source":{"ORIGINAL":` + strconv.Quote(url) + `}}}`
				return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
			})}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.Download(background, workdocs.DownloadRequest{DocumentID: "d", VersionID: "v"})
		if err == nil || len(asked) != 1 || url != "" && strings.Contains(err.Error(), url) {
			t.Errorf("%q: asked %v, got %v", url, asked, err)
		}
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
