package docferry_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html/template"
	"log/slog"
	"strings"
	"testing"

	"github.com/docferry/docferry"
	jsonv2 "github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
)

const canary = "hunter2-correct-horse"

// holder has secrets in all places that a struct can have them exported.
type holder struct {
	Plain docferry.Secret
	Point *docferry.Secret
	List  []docferry.Secret
	Map   map[string]docferry.Secret
	Inner inner
	Any   any
}

type inner struct {
	Token docferry.Secret
	Attr  docferry.Secret `xml:"attr,attr"`
}

func newHolder() holder {
	s := docferry.Secret(canary)
	return holder{Plain: s, Point: &s, List: []docferry.Secret{s}, Map: map[string]docferry.Secret{"a": s},
		Inner: inner{s, s}, Any: s}
}

func TestSecretHidesInEveryVerb(t *testing.T) {
	s := docferry.Secret(canary)
	// The verbs p and w never ask the operand how it wants to look.
	for _, verb := range "vsqxXdTbcoOUeEfFgGt" {
		for _, flags := range []string{"", "+", "#", "-40", "040", " ", "8.3"} {
			format := "%" + flags + string(verb)
			for name, operand := range map[string]any{
				"secret": s, "pointer": &s, "slice": []docferry.Secret{s}, "map": map[docferry.Secret]docferry.Secret{s: s},
				"array": [1]docferry.Secret{s}, "struct": newHolder(), "pointer to struct": new(newHolder()),
			} {
				if got := fmt.Sprintf(format, operand); leaks(got) {
					t.Errorf("Sprintf(%q, %s) shows the secret: %s", format, name, got)
				}
			}
		}
	}
}

// leaks reports whether text holds the canary, as it is or in hexadecimal.
func leaks(text string) bool {
	text = strings.ToLower(text)
	return strings.Contains(text, canary) || strings.Contains(text, fmt.Sprintf("%x", canary)) ||
		strings.Contains(text, canary[:3])
}

func TestSecretReadsAs(t *testing.T) {
	for _, tt := range []struct {
		format string
		secret docferry.Secret
		want   string
	}{
		{"%v", canary, "[redacted]"},
		{"%s", canary, "[redacted]"},
		{"%d", canary, "[redacted]"},
		{"%x", canary, "[redacted]"},
		{"%#v", canary, `docferry.Secret("[redacted]")`},
		{"%v", "", ""},
		{"%#v", "", `docferry.Secret("")`},
	} {
		if got := fmt.Sprintf(tt.format, tt.secret); got != tt.want {
			t.Errorf("Sprintf(%q, %d bytes) = %q, want %q", tt.format, len(tt.secret), got, tt.want)
		}
	}
	if got := string(docferry.Secret(canary)); got != canary {
		t.Errorf("the conversion gives %q", got)
	}
	if got := fmt.Sprint(docferry.Secret(canary)) + fmt.Sprintln(docferry.Secret(canary)); got != "[redacted][redacted]\n" {
		t.Errorf("Print gives %q", got)
	}
	if got := docferry.Secret(canary).String(); got != "[redacted]" {
		t.Errorf("String() = %q", got)
	}
}

func TestSecretHidesInEncodings(t *testing.T) {
	h := newHolder()
	for name, encode := range map[string]func() ([]byte, error){
		"encoding/json":     func() ([]byte, error) { return json.Marshal(h) },
		"encoding/json/v2":  func() ([]byte, error) { return jsonv2.Marshal(h) },
		"encoding/xml":      func() ([]byte, error) { return xml.Marshal(h.Inner) },
		"html/template":     func() ([]byte, error) { return execute("{{.Plain}} {{.List}} {{.Map}} {{.Inner}}", h) },
		"template printf":   func() ([]byte, error) { return execute(`{{printf "%s %q %x" .Plain .Plain .Plain}}`, h) },
		"script in a page":  func() ([]byte, error) { return execute("<script>x = {{.}}</script>", h) },
		"address in a page": func() ([]byte, error) { return execute(`<a href="/?t={{.Plain}}">`, h) },
	} {
		got, err := encode()
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if leaks(string(got)) || len(got) == 0 {
			t.Errorf("%s shows the secret: %s", name, got)
		}
	}
}

func execute(text string, data any) ([]byte, error) {
	var b bytes.Buffer
	err := template.Must(template.New("").Parse(text)).Execute(&b, data)
	return b.Bytes(), err
}

func TestSecretHidesInLogs(t *testing.T) {
	h := newHolder()
	for name, handler := range map[string]func(b *bytes.Buffer) slog.Handler{
		"text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
		"json": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
	} {
		var b bytes.Buffer
		logger := slog.New(handler(&b))
		logger.LogAttrs(context.Background(), slog.LevelInfo, "m", slog.Any("secret", h.Plain), slog.Any("struct", h),
			slog.Any("list", h.List),
			slog.Any("map", h.Map), slog.Any("pointer", h.Point), slog.Group("group", "inner", h.Plain))
		if leaks(b.String()) || !strings.Contains(b.String(), "[redacted]") {
			t.Errorf("%s shows the secret: %s", name, b.String())
		}
	}
}

func TestSecretDecodes(t *testing.T) {
	var got struct{ Token docferry.Secret }
	if err := json.Unmarshal([]byte(`{"Token":"`+canary+`"}`), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(canary, string(got.Token)); diff != "" {
		t.Error(diff)
	}
}
