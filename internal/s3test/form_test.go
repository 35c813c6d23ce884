package s3test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// post is a form to sign.
type post struct {
	s3.PutObjectInput
	signer   func(*s3.Options) // how; nil signs with the right keys
	fields   map[string]string // signed, besides the usual ones
	policy   []any             // more conditions
	expires  time.Duration
	unsigned []upload.Field // added to what is signed
}

// form returns an uploader that POSTs a form with a signed policy, as browsers
// do. change, if not nil, changes what is signed. The policy allows exactly the
// size of the source: the gateway derives it from the length of the form.
func (g *gateway) form(t *testing.T, key string, src upload.Source, change func(*post)) *upload.Multipart {
	t.Helper()
	p := post{PutObjectInput: s3.PutObjectInput{Bucket: new(bucket), Key: &key}, expires: time.Minute,
		fields: map[string]string{"Content-Type": src.ContentType, "success_action_status": "201"}}
	if change != nil {
		change(&p)
	}
	signed, err := s3.NewPresignClient(g.signer(p.signer)).PresignPostObject(t.Context(), &p.PutObjectInput,
		func(o *s3.PresignPostOptions) {
			o.Expires = p.expires
			o.Conditions = slices.Clone(p.policy)
			o.Conditions = append(o.Conditions, []any{"content-length-range", src.Size, src.Size})
			for name, value := range p.fields {
				o.Conditions = append(o.Conditions, map[string]string{name: value})
			}
		})
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(signed.Values, p.fields)
	to := &upload.Multipart{Service: "s3", HTTP: g.http, URL: docferry.Secret(signed.URL)}
	for _, name := range slices.Sorted(maps.Keys(signed.Values)) {
		to.Fields = append(to.Fields, upload.Field{Name: name, Content: []byte(signed.Values[name])})
	}
	to.Fields = append(to.Fields, p.unsigned...)
	to.Accept = func(status int, _ http.Header, body []byte) (*upload.Result, error) {
		var created struct{ Bucket, Key, ETag string }
		if err := xml.Unmarshal(body, &created); err != nil || status != http.StatusCreated {
			return nil, fmt.Errorf("status %d: %w", status, err)
		}
		return &upload.Result{ID: created.Key, Size: src.Size}, nil
	}
	return to
}

func TestFormSizes(t *testing.T) {
	g := plain(t)
	for i, size := range []int64{0, 1, 1<<20 - 1, 1 << 20, 1<<20 + 1, 5 << 20} {
		key := fmt.Sprintf("%d.bin", size)
		src := random(key, byte(i), size)
		result, err := g.form(t, key, src, nil).Upload(t.Context(), src)
		if err != nil {
			t.Fatal(err)
		}
		g.stored(t, key, src, result)
	}
}

// The name of the source is quoted, whatever is in it, and the key arrives as it is.
func TestFormKeys(t *testing.T) {
	g := plain(t)
	for i, key := range oddKeys {
		name := path.Base(key)
		if strings.ContainsFunc(name, unicode.IsControl) {
			name = "file.txt" // a form cannot carry the other
		}
		src := random(name, byte(i), 100)
		result, err := g.form(t, key, src, nil).Upload(t.Context(), src)
		if err != nil {
			t.Errorf("%q: %v", key, err)
			continue
		}
		g.stored(t, key, src, result)
	}
	g.holds(t, slices.Clone(oddKeys)...)
}

func TestFormFields(t *testing.T) {
	g := plain(t)
	src := random("report.pdf", 1, 4321)
	sum := sha256Of(content(t, src))
	result, err := g.form(t, "report.pdf", src, func(p *post) {
		p.fields["x-amz-meta-author"] = "Ada L."
		p.fields["x-amz-checksum-sha256"] = *sum
		p.fields["Content-Disposition"] = `attachment; filename="a b;c.pdf"`
	}).Upload(t.Context(), src)
	if err != nil {
		t.Fatal(err)
	}
	g.stored(t, "report.pdf", src, result)
	want := told{ContentType: "application/pdf", Metadata: map[string]string{"author": "Ada L."}, SHA256: *sum,
		Disposition: `attachment; filename="a b;c.pdf"`}
	if diff := cmp.Diff(want, g.told(t, "report.pdf"), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("what the gateway tells (-want +got):\n%s", diff)
	}
}

// The answers that storages give to a form that they have stored. One of them is
// only for those who know what it says.
func TestFormAnswers(t *testing.T) {
	g := plain(t)
	src := random("a.txt", 1, 1000)
	redirect := map[string]string{"success_action_redirect": "http://127.0.0.1:1/done?a=b"}
	for name, c := range map[string]struct {
		fields map[string]string
		accept func(int, http.Header, []byte) (*upload.Result, error)
		clear  bool
	}{
		"204, as by default": {nil, nil, true},
		"200":                {map[string]string{"success_action_status": "200"}, nil, true},
		"201":                {map[string]string{"success_action_status": "201"}, nil, true},
		"303":                {redirect, nil, false},
		"303 that is read": {redirect, func(status int, header http.Header, _ []byte) (*upload.Result, error) {
			if next, err := url.Parse(header.Get("Location")); err != nil || next.Query().Get("key") != "a.txt" {
				return nil, fmt.Errorf("status %d leads to %q", status, next)
			}
			return &upload.Result{Size: src.Size}, nil
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			to := g.form(t, "a.txt", src, func(p *post) { p.fields = c.fields })
			to.Accept = c.accept
			result, err := to.Upload(t.Context(), src)
			if !c.clear {
				if !errors.Is(err, upload.ErrOutcomeUnknown) {
					t.Errorf("%v: want %v", err, upload.ErrOutcomeUnknown)
				}
				result, err = describe(t, "", src), nil // which is what is stored
			}
			if err != nil {
				t.Fatal(err)
			}
			result.ID = "a.txt" // which the engine cannot know
			g.stored(t, "a.txt", src, result)
			if err := os.Remove(g.file("a.txt")); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestFormRefusals(t *testing.T) {
	g := plain(t)
	rolledBack := upload.StateRolledBack
	for name, c := range map[string]struct {
		sign func(*post)
		want refusal
	}{
		"wrong secret":   {func(p *post) { p.signer = wrongSecret }, refusal{403, "SignatureDoesNotMatch", rolledBack}},
		"expired":        {func(p *post) { p.expires = -time.Hour }, refusal{403, "AccessDenied", rolledBack}},
		"missing bucket": {func(p *post) { p.Bucket = new("no-such-bucket") }, refusal{404, "NoSuchBucket", rolledBack}},
		"field that is not signed": {
			func(p *post) { p.unsigned = []upload.Field{{Name: "x-amz-meta-extra", Content: []byte("1")}} },
			refusal{403, "AccessDenied", rolledBack},
		},
		"too large for the policy": {
			func(p *post) { p.policy = []any{[]any{"content-length-range", 0, 0}} },
			refusal{400, "EntityTooLarge", rolledBack},
		},
		"SHA-256 of other content": {
			func(p *post) { p.fields["x-amz-checksum-sha256"] = *sha256Of([]byte("other")) },
			refusal{400, "BadDigest", rolledBack},
		},
	} {
		for _, size := range []int64{1, drained, cut} {
			t.Run(fmt.Sprintf("%s, %d bytes", name, size), func(t *testing.T) {
				src := random("refused.txt", 1, size)
				_, err := g.form(t, "refused.txt", src, c.sign).Upload(t.Context(), src)
				if size == cut && lostRefusal(err) {
					return
				}
				if diff := cmp.Diff(c.want, refusalOf(t, err)); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		}
	}
	g.holds(t)
}

// lostRefusal reports whether an upload was rolled back because none of the
// forms was taken to its end. A form is sent three times at most, and each time
// the gateway's reason may be lost, as it closes the connection.
func lostRefusal(err error) bool {
	ended, ok := errors.AsType[*upload.Error](err)
	_, lost := errors.AsType[*docferry.TransportError](err)
	return ok && lost && ended.State == upload.StateRolledBack && !docferry.OutcomeUnknown(err)
}
