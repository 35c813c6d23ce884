package upload_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/emulate"
	"github.com/docferry/docferry/upload"
)

const (
	formToken = "canary-form-token-0123456789"
	formKey   = "canary-form-key-0123456789"
)

// forms is a Multipart, its server, and a canary.
type forms struct {
	*testing.T
	*upload.Multipart
	srv    *formServer
	canary *canary
	finds  int
	sends  int
}

func newForms(t *testing.T) *forms {
	f := &forms{T: t, srv: newFormServer(t), canary: newCanary(t)}
	f.canary.hides(formToken, formKey, "canary-query")
	f.Multipart = &upload.Multipart{Service: "forms", URL: docferry.Secret(f.srv.URL + "/form?key=canary-query"),
		Accept: accept,
		Header: http.Header{"Authorization": {"Bearer " + formToken}, "X-Api-Key": {formKey}},
		HTTP:   docferry.HTTP{Retry: soon, Observer: f.canary.observer()}}
	t.Cleanup(f.CloseIdleConnections)
	f.CloseIdleConnections() // of which there are none yet
	return f
}

// faults makes the first posts go wrong.
func (f *forms) faults(faults ...emulate.Fault) {
	f.srv.fault = func(n int, w http.ResponseWriter, r *http.Request) bool {
		if n > len(faults) {
			return false
		}
		faults[n-1](http.HandlerFunc(f.srv.accept)).ServeHTTP(w, r)
		return true
	}
}

// asking gives the engine a Find that says what there is, or err.
func (f *forms) asking(err error) {
	f.Find = func(ctx context.Context, sent upload.Sent) (*upload.Result, error) {
		f.finds++
		if ctx.Err() != nil {
			f.Errorf("asked with a context that has ended: %v", ctx.Err())
		}
		f.srv.mu.Lock()
		defer f.srv.mu.Unlock()
		if n := len(f.srv.files); err == nil && n > 0 {
			return &upload.Result{ID: fmt.Sprint(n), Size: int64(len(f.srv.files[n-1]))}, nil
		}
		return nil, err
	}
}

// ends uploads, and compares what came of it and how many forms were sent.
func (f *forms) ends(ctx context.Context, src upload.Source, want ending, posts int) *upload.Error {
	f.Helper()
	result, err := f.Upload(ctx, src)
	f.canary.keeps(err)
	s := &service{T: f.T}
	ended := s.compare(err, want)
	if want.state == "" && err == nil {
		s.content = func(string) ([]byte, bool) {
			_, content, err := f.srv.get(result)
			return content, err == nil
		}
		s.stored(result, src)
	}
	f.srv.mu.Lock()
	defer f.srv.mu.Unlock()
	if f.srv.posts != posts {
		f.Errorf("%d forms were sent, want %d (%v)", f.srv.posts, posts, err)
	}
	return ended
}

func post(state upload.State, is error, left ...upload.Ref) ending {
	return ending{stage: upload.StageSend, state: state, is: is, left: left}
}

// A form is sent again only if it certainly had no effect.
func TestMultipartRepeats(t *testing.T) {
	for name, c := range map[string]struct {
		fault emulate.Fault
		want  ending
		posts int
	}{
		"429":                {emulate.Answer(429, ""), ending{}, 2},
		"503 with a code":    {emulate.Answer(503, "<Error><Code>Busy</Code></Error>"), ending{}, 2},
		"SlowDown":           {emulate.Answer(400, "<Error><Code>SlowDown</Code></Error>"), ending{}, 2},
		"503 of anybody":     {emulate.Answer(503, "busy"), post(unknown, docferry.ErrUnavailable), 1},
		"500":                {emulate.Answer(500, ""), post(unknown, docferry.ErrUnavailable), 1},
		"502":                {emulate.Answer(502, "<html>bad gateway</html>"), post(unknown, docferry.ErrUnavailable), 1},
		"answer lost":        {emulate.LoseAnswer(), post(unknown, upload.ErrOutcomeUnknown), 1},
		"answer cut":         {emulate.CutAnswer(1), post(unknown, upload.ErrOutcomeUnknown), 1},
		"request lost":       {emulate.LoseRequest(), post(unknown, upload.ErrOutcomeUnknown), 1},
		"400":                {emulate.Answer(400, denied), post(rolledBack, docferry.ErrInvalid), 1},
		"403 that tells all": {echo, post(rolledBack, docferry.ErrForbidden), 1},
		"307": {emulate.Answer(307, "", "Location", "http://elsewhere.test/"),
			post(rolledBack, docferry.ErrProtocol), 1},
		"a page of HTML": {emulate.Answer(200, "<html>sign in</html>"), post(unknown, docferry.ErrProtocol), 1},
		"fewer bytes":    {emulate.Answer(201, "9 5"), post(orphaned, upload.ErrIntegrity, upload.Ref{ID: "9"}), 1},
		"more bytes":     {emulate.Answer(201, "9 500"), post(orphaned, upload.ErrIntegrity, upload.Ref{ID: "9"}), 1},
	} {
		t.Run(name, func(t *testing.T) {
			f := newForms(t)
			f.faults(c.fault)
			f.ends(background, file, c.want, c.posts)
		})
	}
}

// echo refuses, and tells everybody what it got.
func echo(http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("X-Amz-Request-Id", r.URL.RawQuery)
		w.WriteHeader(http.StatusForbidden)
		text := fmt.Sprintf("%v %s %s", r.Header, r.Method, r.URL)
		_, _ = fmt.Fprintf(w, "<Error><Code>%s</Code><Message>%s</Message></Error>", r.URL.RawQuery,
			strings.NewReplacer("&", "&amp;", "<", "&lt;").Replace(text))
	})
}

// A connection that cannot be made is tried again, and one that cannot be
// made at all ends without effect.
func TestMultipartNotSent(t *testing.T) {
	for _, failures := range []int{1, 3, 4} {
		f := newForms(t)
		rt := &http.Transport{DisableCompression: true}
		dials := 0
		rt.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			if dials++; dials <= failures {
				return nil, &net.OpError{Op: "dial", Net: network, Err: errors.New("no route to " + address + "/?key=canary-query")}
			}
			return new(net.Dialer).DialContext(ctx, network, address)
		}
		f.HTTP.Transport = rt
		if failures < 4 {
			f.ends(background, file, ending{}, 1)
			continue
		}
		ended := f.ends(background, file, post(rolledBack, nil), 0)
		if unsent, ok := errors.AsType[*docferry.TransportError](ended); !ok || unsent.Sent || unsent.Attempts != 4 {
			t.Error(ended)
		}
	}
}

// TestMultipartFind is F78 and F79 for a service of any kind.
func TestMultipartFind(t *testing.T) {
	lost, dropped := emulate.LoseAnswer(), emulate.LoseRequest()
	for name, c := range map[string]struct {
		faults []emulate.Fault
		err    error // of Find
		want   ending
		posts  int
		finds  int
	}{
		"stored":      {[]emulate.Fault{lost}, nil, ending{}, 1, 1},
		"500, stored": {[]emulate.Fault{stored500}, nil, ending{}, 1, 1},
		"not there":   {[]emulate.Fault{dropped}, nil, post(unknown, upload.ErrOutcomeUnknown), 1, 2},
		"Find fails":  {[]emulate.Fault{lost}, errRefused, post(unknown, upload.ErrOutcomeUnknown), 1, 1},
		"refused":     {[]emulate.Fault{emulate.Answer(403, "")}, nil, post(rolledBack, docferry.ErrForbidden), 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			f := newForms(t)
			f.faults(c.faults...)
			f.asking(c.err)
			f.FindTime = time.Millisecond
			ended := f.ends(background, file, c.want, c.posts)
			if f.finds != c.finds {
				t.Errorf("asked %d times, want %d", f.finds, c.finds)
			}
			if c.err != nil && !errors.Is(ended, upload.ErrOutcomeUnknown) {
				t.Errorf("not an unknown outcome: %v", ended)
			}
		})
	}
}

// With SendAgain, a form that was not found is sent again, although the first
// may yet be stored. Nothing that happens to the second clears up the first.
func TestMultipartSendAgain(t *testing.T) {
	lost, dropped := emulate.LoseAnswer(), emulate.LoseRequest()
	for name, c := range map[string]struct {
		faults []emulate.Fault
		want   ending
		posts  int
		finds  int
	}{
		"not there":       {[]emulate.Fault{dropped}, ending{}, 2, 2},
		"not there twice": {[]emulate.Fault{dropped, dropped}, ending{}, 3, 4},
		"never there": {[]emulate.Fault{dropped, dropped, dropped, dropped},
			post(unknown, upload.ErrOutcomeUnknown), 3, 6},
		"not there, then lost": {[]emulate.Fault{dropped, lost}, ending{}, 2, 3},
		"not there, refused": {[]emulate.Fault{dropped, emulate.Answer(403, ""), emulate.Answer(403, "")},
			post(unknown, upload.ErrOutcomeUnknown), 3, 6},
	} {
		t.Run(name, func(t *testing.T) {
			f := newForms(t)
			f.faults(c.faults...)
			f.asking(nil)
			f.FindTime, f.SendAgain = time.Millisecond, true
			f.ends(background, file, c.want, c.posts)
			if f.finds != c.finds {
				t.Errorf("asked %d times, want %d", f.finds, c.finds)
			}
		})
	}
}

// A form that is stored a minute after its answer was lost is found, and not
// sent again meanwhile.
func TestMultipartStoredLate(t *testing.T) {
	for _, late := range []time.Duration{0, time.Second, time.Minute, 110 * time.Second, 3 * time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			began, sends, finds := time.Now(), 0, 0
			m := &upload.Multipart{
				Send: func(ctx context.Context, form *upload.Form) (*upload.Result, error) {
					sends++
					body, err := form.Open(ctx)
					if err != nil {
						return nil, err
					}
					defer body.Close()
					if _, err := io.Copy(io.Discard, body); err != nil {
						return nil, err
					}
					return nil, &docferry.TransportError{Sent: true, Err: io.ErrUnexpectedEOF}
				},
				Find: func(_ context.Context, sent upload.Sent) (*upload.Result, error) {
					if finds++; sent.SHA256 != fileSHA256 {
						t.Errorf("asked for the digest %s", sent.SHA256)
					}
					if time.Since(began) < late {
						return nil, nil
					}
					return &upload.Result{ID: "1", Size: file.Size}, nil
				},
			}
			result, err := m.Upload(t.Context(), file)
			found := late <= 2*time.Minute
			if (err == nil) != found || found && result.ID != "1" || !found && !errors.Is(err, upload.ErrOutcomeUnknown) {
				t.Errorf("stored after %v: %+v, %v", late, result, err)
			}
			if sends != 1 || finds > 17 {
				t.Errorf("stored after %v: sent %d times, looked for %d times", late, sends, finds)
			}
		})
	}
}

// stored500 stores the form, and says that it failed.
func stored500(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(&edited{w, func(http.Header) {}}, r)
		panic(http.ErrAbortHandler)
	})
}
