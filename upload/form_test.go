package upload_test

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
)

// body opens a form and reads all of it, and wants it to be as long as it says.
func body(t testing.TB, form *upload.Form) []byte {
	t.Helper()
	rc, err := form.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer rc.Close()
	text, err := io.ReadAll(rc)
	if err != nil {
		t.Fatal(err)
	}
	if int64(len(text)) != form.ContentLength() {
		t.Errorf("the form is %d bytes long, and says %d", len(text), form.ContentLength())
	}
	return text
}

func boundary(t testing.TB, form *upload.Form) string {
	t.Helper()
	mediaType, params, err := mime.ParseMediaType(form.ContentType())
	if err != nil || mediaType != "multipart/form-data" || len(params) != 1 || len(params["boundary"]) < 40 ||
		len(params["boundary"]) > 70 {
		t.Fatalf("content type %q (%v)", form.ContentType(), err)
	}
	return params["boundary"]
}

func TestFormBytes(t *testing.T) {
	src := upload.Bytes(`a "b" \c;é.txt`, []byte("content\r\n--"))
	form, err := upload.NewForm(src, "primaryFile",
		upload.Field{Name: "jsonInputParameters", ContentType: "application/json", Content: []byte(`{"parentID":"self"}`)},
		upload.Field{Name: "last", Content: []byte("z"), After: true},
		upload.Field{Name: `odd"name`, Content: nil},
	)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.ReplaceAll(`--B
Content-Disposition: form-data; name="jsonInputParameters"
Content-Type: application/json

{"parentID":"self"}
--B
Content-Disposition: form-data; name="odd\"name"


--B
Content-Disposition: form-data; name="primaryFile"; filename="a \"b\" \\c;é.txt"
Content-Type: text/plain

content
--
--B
Content-Disposition: form-data; name="last"

z
--B--
`, "\n", "\r\n")
	first := body(t, form)
	if diff := cmp.Diff(want, strings.ReplaceAll(string(first), boundary(t, form), "B")); diff != "" {
		t.Errorf("form (-want +got):\n%s", diff)
	}
	for range 3 {
		if again := body(t, form); !bytes.Equal(first, again) {
			t.Errorf("opened again, the form is\n%s", again)
		}
	}
	other, err := upload.NewForm(src, "primaryFile")
	if err != nil || boundary(t, other) == boundary(t, form) {
		t.Errorf("two forms have one boundary (%v)", err)
	}
}

// part is what package mime/multipart reads of one.
type part struct {
	Name, File, Type, Content string
}

// parts reads a form as a server would.
func parts(t testing.TB, form *upload.Form) []part {
	t.Helper()
	r := multipart.NewReader(bytes.NewReader(body(t, form)), boundary(t, form))
	var all []part
	for {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(p)
		if err != nil {
			t.Fatal(err)
		}
		disposition, params, err := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
		if err != nil || disposition != "form-data" || len(p.Header) > 2 {
			t.Fatalf("header %q (%v)", p.Header, err)
		}
		all = append(all, part{params["name"], params["filename"], p.Header.Get("Content-Type"), string(content)})
	}
}

func TestFormIsReadBack(t *testing.T) {
	names := []string{`a.txt`, `"`, `\`, `\"`, `a\`, `"a"`, `a;b`, `a; filename="b"`, `a=b`, `a,b`, `a b`, ` a `, `é`,
		`日本語.txt`, `🎉`, `a%22b`, `%`, `'`, `a*`,
		"\u202etxt.exe", "a\u2028b", "e\u0301", `C:\dir\a.txt`, `../a`, `a/b`, `=?utf-8?q?a?=`, strings.Repeat("n", 300)}
	for _, name := range names {
		for _, content := range []string{"", "x", "\r\n", "--", "\r\n--", "\r\n--\r\n",
			strings.Repeat("\r\n--BOUNDARY--\r\n", 3)} {
			form, err := upload.NewForm(upload.Bytes(name, []byte(content)), name,
				upload.Field{Name: name, Content: []byte(content)},
				upload.Field{Name: name, Content: []byte(content), ContentType: "text/x", After: true})
			if err != nil {
				t.Fatal(err)
			}
			fileType := form.Source().ContentType
			want := []part{{name, "", "", content}, {name, name, fileType, content}, {name, "", "text/x", content}}
			if diff := cmp.Diff(want, parts(t, form)); diff != "" {
				t.Errorf("%q (-want +got):\n%s", name, diff)
			}
		}
	}
}

// Content that holds what separates parts is content all the same.
func TestFormOfForm(t *testing.T) {
	inner, err := upload.NewForm(upload.Bytes("a.txt", []byte("inner")), "file")
	if err != nil {
		t.Fatal(err)
	}
	content := body(t, inner)
	outer, err := upload.NewForm(upload.Bytes("b.txt", content), "file")
	if err != nil {
		t.Fatal(err)
	}
	if got := parts(t, outer); len(got) != 1 || got[0].Content != string(content) {
		t.Errorf("%q", got)
	}
}

func TestFormLength(t *testing.T) {
	for _, size := range []int{0, 1, 2, 511, 512, 4095, 4096, 4097, 32<<10 - 1, 32 << 10, 32<<10 + 1, 1 << 20} {
		form, err := upload.NewForm(upload.Bytes("a.bin", noise(size)), "file")
		if err != nil {
			t.Fatal(err)
		}
		if got := parts(t, form); len(got) != 1 || got[0].Content != string(noise(size)) {
			t.Errorf("%d bytes are not read back", size)
		}
	}
}

// A source that is longer or shorter than it was said to be ends the form
// before its tail.
func TestFormOfOtherLength(t *testing.T) {
	for _, by := range []int64{-1, 1, 100} {
		src := upload.Bytes("a.bin", noise(1000))
		src.Size += by
		form, err := upload.NewForm(src, "file")
		if err != nil {
			t.Fatal(err)
		}
		rc, err := form.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(rc)
		if !errors.Is(err, upload.ErrSourceChanged) || bytes.HasSuffix(text, []byte("--\r\n")) {
			t.Errorf("by %d bytes: %v", by, err)
		}
		_ = rc.Close()
	}
}

func TestFormRefused(t *testing.T) {
	ok := upload.Bytes("a.txt", nil)
	with := func(edit func(*upload.Source)) upload.Source {
		src := ok
		edit(&src)
		return src
	}
	for name, c := range map[string]struct {
		src   upload.Source
		file  string
		field upload.Field
		want  string
	}{
		"CR LF in a file name": {src: upload.Bytes("a\r\nb", nil), want: "Source.Name"},
		"NUL in a file name":   {src: upload.Bytes("a\x00b", nil), want: "Source.Name"},
		"C1 in a file name":    {src: upload.Bytes("a\u0085b", nil), want: "Source.Name"},
		"file name not UTF-8":  {src: upload.Bytes("a\xffb", nil), want: "Source.Name"},
		"no file name":         {src: upload.Bytes("", nil), want: "Source.Name"},
		"CR LF in a type": {src: with(func(s *upload.Source) { s.ContentType = "a/b\r\nX: 1" }),
			want: "Source.ContentType"},
		"type not ASCII": {src: with(func(s *upload.Source) { s.ContentType = "a/ü" }),
			want: "Source.ContentType"},
		"no size":            {src: with(func(s *upload.Source) { s.Size = -1 }), want: "Source.Size"},
		"no file field":      {src: ok, file: "-", want: "Field.Name"},
		"LF in a file field": {src: ok, file: "a\nb", want: "Field.Name"},
		"no field":           {src: ok, field: upload.Field{Content: []byte("a")}, want: "Field.Name"},
		"NUL in a field":     {src: ok, field: upload.Field{Name: "a\x00"}, want: "Field.Name"},
		"field not UTF-8":    {src: ok, field: upload.Field{Name: "\xff"}, want: "Field.Name"},
		"CR LF in a field's type": {src: ok, field: upload.Field{Name: "a", ContentType: "a\r\nb"},
			want: "Field.ContentType"},
		"type of a field, not ASCII": {src: ok, field: upload.Field{Name: "a", ContentType: "é"}, want: "Field.ContentType"},
	} {
		if c.file == "" {
			c.file = "file"
		}
		var fields []upload.Field
		if c.field.Name != "" || c.field.Content != nil {
			fields = append(fields, c.field)
		}
		_, err := upload.NewForm(c.src, strings.TrimPrefix(c.file, "-"), fields...)
		if bad, ok := errors.AsType[*docferry.InputError](err); !ok || bad.Field != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzForm compares with package mime/multipart: what it reads back is what
// went in, and what a form refuses is what no header can carry.
func FuzzForm(f *testing.F) {
	f.Add("a.txt", "file", "text/plain", "field", []byte("content"), []byte("value"))
	f.Add(`a"b\c`, `f"`, "", "x;y", []byte("\r\n--"), []byte("--\r\n"))
	f.Add("é\u202e", "ü", "a/b; charset=utf-8", "日本", []byte{0, 255}, []byte{})
	f.Add("a\r\nb", "", "\x00", "\xff", []byte(nil), []byte(nil))
	f.Fuzz(func(t *testing.T, name, fileField, contentType, field string, content, value []byte) {
		src := upload.Bytes(name, content)
		src.ContentType = contentType
		form, err := upload.NewForm(src, fileField, upload.Field{Name: field, ContentType: contentType, Content: value})
		good := printable(name) && printable(fileField) && printable(field) && headerValue(contentType)
		if (err == nil) != good {
			t.Fatalf("%q, %q, %q, %q: %v", name, fileField, contentType, field, err)
		}
		if err != nil {
			if _, ok := errors.AsType[*docferry.InputError](err); !ok || strings.ContainsFunc(err.Error(), unicode.IsControl) {
				t.Fatalf("%q", err)
			}
			return
		}
		fileType := contentType
		if fileType == "" {
			fileType = upload.DefaultContentType
		}
		// A header's value is read without the space around it.
		want := []part{{field, "", strings.Trim(contentType, " "), string(value)},
			{fileField, name, strings.Trim(fileType, " "), string(content)}}
		if diff := cmp.Diff(want, parts(t, form)); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

func printable(s string) bool {
	return s != "" && utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

func headerValue(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}
