package upload_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/emulate"
	"github.com/docferry/docferry/internal/exchange"
	"github.com/docferry/docferry/upload"
)

func TestMultipartHooks(t *testing.T) {
	other := func(err error) func(*forms) {
		return func(f *forms) {
			f.Accept = func(int, http.Header, []byte) (*upload.Result, error) { return nil, err }
		}
	}
	sends := func(r *upload.Result, err error) func(*forms) {
		return func(f *forms) {
			f.Send = func(_ context.Context, form *upload.Form) (*upload.Result, error) {
				f.sends++
				if f.sends == 1 {
					body(f, form)
				} else if rc, err := form.Open(t.Context()); err == nil {
					_ = rc.Close()
				}
				return r, err
			}
		}
	}
	changed := file
	changed.Check = func() error { return upload.ErrSourceChanged }
	for name, c := range map[string]struct {
		how   func(*forms)
		src   upload.Source
		want  ending
		posts int
	}{
		"no Accept":           {func(f *forms) { f.Accept = nil }, file, ending{}, 1},
		"Accept does not":     {other(errUntyped), file, post(unknown, docferry.ErrProtocol), 1},
		"Accept says refused": {other(errRefused), file, post(rolledBack, docferry.ErrForbidden), 1},
		"Accept says corrupt": {other(fmt.Errorf("%w: a checksum", upload.ErrIntegrity)), file,
			post(orphaned, upload.ErrIntegrity, upload.Ref{}), 1},
		"Accept says nothing": {other(nil), file, post(unknown, docferry.ErrProtocol), 1},
		"Look fails": {func(f *forms) {
			f.Look = func(context.Context,
				upload.Source) error {
				return errRefused
			}
		}, file, ending{stage: upload.StageBegin, state: notStarted, is: docferry.ErrForbidden}, 0},
		"Send says nothing":     {sends(nil, nil), file, post(unknown, docferry.ErrProtocol), 0},
		"Send is refused":       {sends(nil, errRefused), file, post(rolledBack, docferry.ErrForbidden), 0},
		"Send loses the answer": {sends(nil, errLost), file, post(unknown, errLost), 0},
		"Send does not say":     {sends(nil, errUntyped), file, post(unknown, errUntyped), 0},
		"Send reads nothing": {func(f *forms) {
			f.Send = func(context.Context, *upload.Form) (*upload.Result, error) {
				return &upload.Result{ID: "1", Size: file.Size}, nil
			}
		}, file, post(orphaned, upload.ErrIntegrity, upload.Ref{ID: "1"}), 0},
		"Send breaks off": {func(f *forms) {
			f.Send = func(_ context.Context, form *upload.Form) (*upload.Result, error) {
				f.sends++
				return nil, errLost
			}
		}, file, post(rolledBack, errLost), 0},
		"Send asks itself again": {func(f *forms) {
			f.Send = func(_ context.Context, form *upload.Form) (*upload.Result, error) {
				body(f, form)
				_, _ = form.Open(t.Context())
				return nil, errLost
			}
		}, file, post(unknown, errLost), 0},
		"source changed": {func(*forms) {}, changed, post(orphaned, upload.ErrSourceChanged, upload.Ref{ID: "1"}), 1},
	} {
		t.Run(name, func(t *testing.T) {
			f := newForms(t)
			c.how(f)
			if c.want.state == "" {
				result, err := f.Upload(background, c.src)
				if err != nil || result.Size != c.src.Size || result.SHA256 == "" {
					t.Errorf("%+v, %v", result, err)
				}
				return
			}
			f.ends(background, c.src, c.want, c.posts)
		})
	}
}

// Cancelled, the caller is answered, but not before the service was asked.
func TestMultipartCancelled(t *testing.T) {
	for name, c := range map[string]struct {
		fault func(cancel func()) emulate.Fault
		want  ending
	}{
		"stored": {func(cancel func()) emulate.Fault {
			return func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
					next.ServeHTTP(discard{}, r)
					cancel()
					<-r.Context().Done()
				})
			}
		}, ending{}},
		"not there": {func(cancel func()) emulate.Fault {
			return func(http.Handler) http.Handler {
				return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
					_, _ = io.Copy(io.Discard, r.Body)
					cancel()
					<-r.Context().Done()
				})
			}
		}, post(unknown, context.Canceled)},
	} {
		t.Run(name, func(t *testing.T) {
			f := newForms(t)
			ctx, cancel := context.WithCancel(background)
			f.faults(c.fault(cancel))
			f.asking(nil)
			f.ends(ctx, file, c.want, 1)
		})
	}
}

// discard is a ResponseWriter that drops the answer.
type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) WriteHeader(int)             {}

func TestMultipartWire(t *testing.T) {
	for _, size := range []int{3, 2 << 20} {
		var head []string
		var form []byte
		srv := listen(t, func(_ int, c *conn) {
			var err error
			if head, form, err = c.receive(); err == nil {
				c.answer(200, "", "Connection: close")
			}
		})
		m := &upload.Multipart{URL: docferry.Secret(srv.URL + "/%2fform?a=%2B+"),
			Header: http.Header{"Authorization": {"Basic eHg="}, "X-Odd": {"1", "2"}},
			HTTP:   docferry.HTTP{UserAgent: "tool/1"}}
		content := noise(size)
		if _, err := m.Upload(background, upload.Bytes("a.bin", content)); err != nil {
			t.Fatal(err)
		}
		slices.Sort(head[1:])
		kind := head[slices.IndexFunc(head, func(s string) bool { return strings.HasPrefix(s, "Content-Type: ") })]
		want := []string{"POST /%2fform?a=%2B+ HTTP/1.1", "Authorization: Basic eHg=",
			fmt.Sprintf("Content-Length: %d", len(form)), kind,
			"Expect: 100-continue", "Host: " + strings.TrimPrefix(srv.URL, "http://"),
			"User-Agent: tool/1 docferry/" + exchange.Version, "X-Odd: 1", "X-Odd: 2"}
		if size < 1<<20 {
			want = slices.DeleteFunc(want, func(s string) bool { return strings.HasPrefix(s, "Expect") })
		}
		if diff := cmp.Diff(want, head); diff != "" {
			t.Errorf("on the wire (-want +got):\n%s", diff)
		}
		if !bytes.Contains(form, content) || !strings.HasPrefix(kind, "Content-Type: multipart/form-data; boundary=") {
			t.Errorf("%s, and %d bytes of form", kind, len(form))
		}
	}
}

// F80: a form that broke off before its end is not stored by any service, so it is
// sent again without asking.
func TestMultipartBreaksOff(t *testing.T) {
	content := noise(32 << 20) // more than connections hold
	for _, losses := range []int{2, 3} {
		var form []byte
		srv := listen(t, func(n int, c *conn) {
			if n <= losses {
				lines, _, _ := c.head()
				c.goOn(lines)
				_, _ = io.CopyN(io.Discard, c, 64<<10)
				_ = c.Conn.(*net.TCPConn).SetLinger(0)
				return
			}
			var err error
			if _, form, err = c.receive(); err == nil {
				c.answer(200, "", "Connection: close")
			}
		})
		m := &upload.Multipart{URL: docferry.Secret(srv.URL), HTTP: docferry.HTTP{Retry: soon}}
		_, err := m.Upload(background, upload.Bytes("a.bin", content))
		if losses == 2 && (err != nil || !bytes.Contains(form, content)) {
			t.Errorf("%v, and %d bytes of form", err, len(form))
		}
		if losses == 3 {
			(&service{T: t}).compare(err, post(rolledBack, nil))
		}
	}
}
