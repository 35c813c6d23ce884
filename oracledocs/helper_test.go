package oracledocs_test

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"io"
	"iter"
	"net/http"
	"strings"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
)

// newClient returns a client of the server's first user.
func newClient(t *testing.T, srv *oracledocstest.Server, version oracledocs.Version) *oracledocs.Client {
	t.Helper()
	return clientOf(t, srv, version, oracledocstest.User, oracledocstest.Password)
}

func clientOf(
	t *testing.T, srv *oracledocstest.Server, version oracledocs.Version, login, password string,
) *oracledocs.Client {
	t.Helper()
	c, err := oracledocs.New(oracledocs.Config{
		BaseURL: srv.URL, Auth: oracledocs.BasicAuth(login, docferry.Secret(password)),
		APIVersion: version, HTTP: docferry.HTTP{Transport: srv},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// newServer returns a server without a socket.
func newServer(t *testing.T) *oracledocstest.Server {
	t.Helper()
	srv := oracledocstest.New()
	t.Cleanup(srv.Close)
	return srv
}

// answering returns a client whose service answers with what a function says.
func answering(t *testing.T, version oracledocs.Version, answer func(*http.Request) string) *oracledocs.Client {
	t.Helper()
	c, err := oracledocs.New(oracledocs.Config{BaseURL: "https://docs.example.com", APIVersion: version,
		HTTP: docferry.HTTP{
			Transport: roundTrip(func(req *http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
					Body: io.NopCloser(strings.NewReader(answer(req)))}, nil
			})}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// must returns a value and ends the test if there is an error with it.
func must[T any](value T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// read reads a download to its end and closes it.
func read(d *docferry.Download, err error) func(testing.TB) []byte {
	return func(t testing.TB) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		content, err := io.ReadAll(d)
		if err != nil {
			t.Error(err)
		}
		if d.Size >= 0 && int64(len(content)) != d.Size {
			t.Errorf("read %d bytes, want %d", len(content), d.Size)
		}
		return content
	}
}

// collect ranges over items and returns what each of them is called.
func collect[Item any](items iter.Seq2[Item, error], name func(Item) string) (names []string, err error) {
	for item, failed := range items {
		if failed != nil {
			return names, failed
		}
		names = append(names, name(item))
	}
	return names, nil
}

// refused checks that a call was refused before it was sent, because of a field.
func refused(t *testing.T, srv *oracledocstest.Server, err error, operation, field string) {
	t.Helper()
	bad, ok := errors.AsType[*docferry.InputError](err)
	if !ok || bad.Operation != operation || bad.Field != field {
		t.Errorf("error %v, want an InputError of %s that names %s", err, operation, field)
	}
	if calls := srv.Calls(); len(calls) > 0 {
		t.Errorf("sent %v", calls)
	}
}

// picture is an image of so many pixels.
func picture(t *testing.T, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// widthOf is the width of an image.
func widthOf(t *testing.T, content []byte) int {
	t.Helper()
	conf, _, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	return conf.Width
}
