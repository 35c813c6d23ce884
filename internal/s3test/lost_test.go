package s3test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
)

// losing is a transport that loses the first answer.
type losing struct {
	http.RoundTripper
	requests int
}

func (l *losing) RoundTrip(r *http.Request) (*http.Response, error) {
	l.requests++
	resp, err := l.RoundTripper.RoundTrip(r)
	if err != nil || l.requests > 1 {
		return resp, err
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return nil, errors.Join(errors.New("connection reset by peer"), err, resp.Body.Close())
}

// The gateway stores the content, but its answer is lost. What the upload
// reports is true all the same, or unknown.
func TestLostAnswer(t *testing.T) {
	g := plain(t)
	lose := func() docferry.HTTP {
		return docferry.HTTP{Transport: &losing{RoundTripper: g.http.Transport}, AllowPrivate: true}
	}
	src := random("a.txt", 1, 2<<20)
	put := func(change func(*put)) func(*testing.T, string) upload.Uploader {
		return func(_ *testing.T, key string) upload.Uploader {
			to := g.to(key, change)
			to.HTTP = lose()
			return to
		}
	}
	form := func(t *testing.T, key string) *upload.Multipart {
		to := g.form(t, key, src, nil)
		to.HTTP = lose()
		return to
	}
	for name, c := range map[string]struct {
		to    func(t *testing.T, key string) upload.Uploader
		known bool
	}{
		"PUT, which is repeated": {put(nil), true},
		// The second attempt is refused, because the first has stored the content.
		"PUT that replaces nothing": {put(ifNew), false},
		"form":                      {func(t *testing.T, key string) upload.Uploader { return form(t, key) }, false},
		"form that is looked for": {func(t *testing.T, key string) upload.Uploader {
			to := form(t, key)
			to.Find = func(_ context.Context, sent upload.Sent) (*upload.Result, error) { return g.find(t, key, sent), nil }
			return to
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			result, err := c.to(t, name).Upload(t.Context(), src)
			if !c.known {
				if !errors.Is(err, upload.ErrOutcomeUnknown) || !docferry.OutcomeUnknown(err) {
					t.Errorf("%v: want %v", err, upload.ErrOutcomeUnknown)
				}
				result, err = describe(t, name, src), nil // which is what is stored
			}
			if err != nil {
				t.Fatal(err)
			}
			g.stored(t, name, src, result)
		})
	}
}

// find looks for what was sent, by the digest of the content.
func (g *gateway) find(t *testing.T, key string, sent upload.Sent) *upload.Result {
	t.Helper()
	object, err := g.client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: new(bucket), Key: &key})
	if err != nil {
		t.Error(err)
		return nil
	}
	defer object.Body.Close()
	sum, size := digest(t, object.Body)
	if sum != sent.SHA256 {
		t.Errorf("%s is stored, and %s is looked for", sum, sent.SHA256)
		return nil
	}
	return &upload.Result{ID: key, Size: size}
}
