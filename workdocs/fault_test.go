package workdocs_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/workdocs"
	"github.com/docferry/docferry/workdocs/workdocstest"
)

// TestBeginUnanswered is F02, F03, F04 and F08: the answer to Initiate is lost,
// or cannot be read.
func TestBeginUnanswered(t *testing.T) {
	for name, fault := range map[string]workdocstest.Fault{
		"answer lost":        workdocstest.LoseAnswer(),
		"answer cut":         workdocstest.CutAnswer(20),
		"request lost":       workdocstest.LoseRequest(),
		"500 without effect": workdocstest.Answer(500, "oops"),
		"502 of a proxy":     workdocstest.Answer(502, "<html>bad gateway</html>"),
		"a page of HTML":     workdocstest.Answer(200, "<html>please sign in</html>"),
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(b *bench) {
				b.srv.Next(initiate, fault)
				b.check(background, file, stored)
			})
		})
	}
	t.Run("beside a foreign draft", func(t *testing.T) {
		inBubble(t, func(b *bench) {
			b.foreignDraft()
			time.Sleep(time.Minute) // it is older than the upload
			b.srv.Next(initiate, workdocstest.LoseAnswer())
			b.check(background, file, outcome{active: 1, drafts: 1})
		})
	})
	t.Run("beside a draft that could be it", func(t *testing.T) {
		inBubble(t, func(b *bench) {
			b.foreignDraft()
			b.srv.Next(initiate, workdocstest.LoseAnswer())
			b.check(background, file, outcome{active: 1, drafts: 1}) // its own bears its mark
		})
	})
	t.Run("and the search fails", func(t *testing.T) {
		inBubble(t, func(b *bench) {
			b.srv.Next(initiate, workdocstest.LoseAnswer())
			b.srv.Next("DescribeFolderContents", workdocstest.Refuse(403, workdocs.CodeUnauthorizedOperation, "no"))
			b.check(background, file, outcome{state: upload.StateUnknown, stage: upload.StageBegin, is: upload.ErrOutcomeUnknown,
				drafts: 1})
		})
	})
	t.Run("twice", func(t *testing.T) {
		inBubble(t, func(b *bench) {
			b.srv.Next(initiate, workdocstest.LoseAnswer())
			b.srv.Next(initiate, workdocstest.LoseAnswer())
			b.check(background, file, outcome{state: upload.StateRolledBack, stage: upload.StageBegin, is: io.EOF})
		})
	})
	t.Run("and then the name is taken", func(t *testing.T) {
		taken := workdocstest.Refuse(409, workdocs.CodeEntityAlreadyExists, "taken")
		inBubble(t, func(b *bench) { // the draft was found and aborted
			b.srv.Next(initiate, workdocstest.LoseAnswer())
			b.srv.Next(initiate, taken)
			b.check(background, file, outcome{state: upload.StateRolledBack, stage: upload.StageBegin, is: docferry.ErrConflict})
		})
		inBubble(t, func(b *bench) { // there was none, but one may still appear
			b.srv.Next(initiate, workdocstest.LoseRequest())
			b.srv.Next(initiate, taken)
			b.check(background, file, outcome{state: upload.StateUnknown, stage: upload.StageBegin,
				is: upload.ErrOutcomeUnknown})
		})
	})
	t.Run("and the caller gave up", func(t *testing.T) {
		inBubble(t, func(b *bench) {
			ctx, cancel := context.WithTimeout(background, time.Second)
			defer cancel()
			b.srv.Next(initiate, func(next http.Handler) http.Handler { // makes the draft, then hangs
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					next.ServeHTTP(discard{http.Header{}}, r)
					<-r.Context().Done()
				})
			})
			b.check(ctx, file, outcome{state: upload.StateRolledBack, stage: upload.StageBegin, is: context.DeadlineExceeded})
		})
	})
}

type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(int)             {}

// foreignDraft makes a draft of the name that the tests upload.
func (b *bench) foreignDraft() {
	b.Helper()
	_, err := b.client.InitiateDocumentVersionUpload(background, workdocs.InitiateDocumentVersionUploadRequest{
		ParentFolderID: b.folder, Name: "a.txt", ContentType: "text/plain"})
	if err != nil {
		b.Fatal(err)
	}
}

// TestBeginIncomplete is F05: an answer that lacks what the upload needs.
func TestBeginIncomplete(t *testing.T) {
	for name, edit := range map[string]func(string) string{
		"no URL": func(s string) string { return strings.Replace(s, `"UploadUrl"`, `"Other"`, 1) },
		"null URL": func(s string) string {
			return strings.Replace(s, `"UploadMetadata":{`, `"UploadMetadata":null,"Other":{`, 1)
		},
		"empty URL": func(s string) string { return strings.Replace(s, `"UploadUrl":"`, `"UploadUrl":"","Other":"`, 1) },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(b *bench) {
				b.srv.Next(initiate, edited(edit))
				b.check(background, file, outcome{state: upload.StateRolledBack, stage: upload.StageBegin, is: docferry.ErrProtocol,
					calls: []string{initiate, abort}})
			})
		})
	}
}

// edited changes the text of an answer.
func edited(edit func(string) string) workdocstest.Fault {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			rec := &recorder{discard: discard{w.Header()}}
			next.ServeHTTP(rec, r)
			w.Header().Del("Content-Length")
			w.WriteHeader(rec.status)
			_, _ = io.WriteString(w, edit(rec.body.String()))
		})
	}
}

type recorder struct {
	discard
	status int
	body   strings.Builder
}

func (r *recorder) WriteHeader(status int)      { r.status = status }
func (r *recorder) Write(p []byte) (int, error) { return r.body.Write(p) }

// TestPut is F15, F16, F19 to F25, F27 and F72: what a storage can do.
func TestPut(t *testing.T) {
	expired := `<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>`
	for name, c := range map[string]struct {
		fault workdocstest.Fault
		times int
		want  outcome
	}{
		"connection lost": {workdocstest.LoseRequest(), 1, stored},
		"answer lost":     {workdocstest.LoseAnswer(), 1, stored},
		"answer cut":      {workdocstest.CutAnswer(0), 1, stored},
		"500":             {workdocstest.Answer(500, ""), 1, stored},
		"always 500":      {workdocstest.Answer(500, ""), 4, rolledBack(docferry.ErrUnavailable)},
		"403": {workdocstest.Answer(403, "<Error><Code>AccessDenied</Code></Error>"), 1,
			rolledBack(docferry.ErrForbidden)},
		"expired once":   {workdocstest.Answer(403, expired), 1, stored},
		"expired twice":  {workdocstest.Answer(403, expired), 2, rolledBack(upload.ErrExpired)},
		"captive portal": {workdocstest.Answer(200, "<html>hello</html>"), 1, rolledBack(docferry.ErrProtocol)},
		"302": {workdocstest.Answer(302, "", "Location", "http://elsewhere.test/"), 1,
			rolledBack(docferry.ErrProtocol)},
		"307": {workdocstest.Answer(307, "", "Location", "http://elsewhere.test/"), 1,
			rolledBack(docferry.ErrProtocol)},
		"request timeout once": {workdocstest.Answer(400, "<Error><Code>RequestTimeout</Code></Error>"), 1, stored},
		"request timeout twice": {workdocstest.Answer(400, "<Error><Code>RequestTimeout</Code></Error>"), 2,
			rolledBack(docferry.ErrInvalid)},
		"501":             {workdocstest.Answer(501, ""), 1, rolledBack(nil)},
		"wrong ETag once": {workdocstest.Answer(200, "", "ETag", `"d41d8cd98f00b204e9800998ecf8427e"`), 1, stored},
		"wrong ETag twice": {workdocstest.Answer(200, "", "ETag", `"d41d8cd98f00b204e9800998ecf8427e"`), 2,
			rolledBack(upload.ErrIntegrity)},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(b *bench) {
				for range c.times {
					b.srv.Next("PutObject", c.fault)
				}
				b.check(background, file, c.want)
			})
		})
	}
}

func rolledBack(is error) outcome {
	return outcome{state: upload.StateRolledBack, stage: upload.StageSend, is: is}
}

// TestURLExpires is F16: the URL runs out while the storage wants to be left alone.
func TestURLExpires(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.srv.SetURLLifetime(10 * time.Second)
		b.srv.Next("PutObject", workdocstest.Answer(503, "<Error><Code>SlowDown</Code></Error>", "Retry-After", "20"))
		b.check(background, file, outcome{active: 1,
			calls: []string{initiate, "PutObject", abort, initiate, "PutObject", update, "GetDocumentVersion"}})
	})
}

// TestCommit is F54 to F60: the end of an upload gets no clear answer.
func TestCommit(t *testing.T) {
	prohibited := workdocstest.Refuse(409, workdocs.CodeProhibitedState, "not initialized")
	for name, c := range map[string]struct {
		faults map[string][]workdocstest.Fault
		want   outcome
	}{
		"answer lost":           {map[string][]workdocstest.Fault{update: {workdocstest.LoseAnswer()}}, stored},
		"request lost":          {map[string][]workdocstest.Fault{update: {workdocstest.LoseRequest()}}, stored},
		"500":                   {map[string][]workdocstest.Fault{update: {workdocstest.Answer(500, "")}}, stored},
		"done, then prohibited": {map[string][]workdocstest.Fault{update: {workdocstest.LoseAnswer(), prohibited}}, stored},
		"all answers lost and the read fails": {map[string][]workdocstest.Fault{
			update: {workdocstest.LoseAnswer(), workdocstest.LoseRequest(), workdocstest.LoseRequest(),
				workdocstest.LoseRequest()},
			"GetDocumentVersion": {workdocstest.LoseRequest(), workdocstest.LoseRequest(), workdocstest.LoseRequest(),
				workdocstest.LoseRequest()}},
			outcome{state: upload.StateUnknown, stage: upload.StageCommit, is: upload.ErrOutcomeUnknown, active: 1, left: 1}},
		"the read is refused with 404": {map[string][]workdocstest.Fault{
			update:               {workdocstest.LoseAnswer(), prohibited},
			"GetDocumentVersion": {workdocstest.Refuse(404, workdocs.CodeUnauthorizedResourceAccess, "no")}},
			outcome{state: upload.StateUnknown, stage: upload.StageCommit, is: upload.ErrOutcomeUnknown, active: 1, left: 1}},
		"refused": {map[string][]workdocstest.Fault{update: {workdocstest.Refuse(403, workdocs.CodeUnauthorizedOperation,
			"no")}},
			outcome{state: upload.StateRolledBack, stage: upload.StageCommit, is: docferry.ErrForbidden}},
		"smaller than sent": {map[string][]workdocstest.Fault{"GetDocumentVersion": {edited(func(s string) string {
			return strings.Replace(s, `"Size":12`, `"Size":11`, 1)
		})}}, outcome{state: upload.StateOrphaned, stage: upload.StageCommit, is: upload.ErrIntegrity, active: 1, left: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(b *bench) {
				for operation, faults := range c.faults {
					for _, fault := range faults {
						b.srv.Next(operation, fault)
					}
				}
				b.check(background, file, c.want)
				for _, call := range b.srv.Calls() {
					if call == abort && c.want.state != upload.StateRolledBack {
						t.Error("aborted, although it may have been committed")
					}
				}
			})
		})
	}
}

// TestAbort is F61 to F63.
func TestAbort(t *testing.T) {
	refusedPut := workdocstest.Answer(403, "")
	t.Run("cancelled during the PUT", func(t *testing.T) {
		inBubble(t, func(b *bench) {
			ctx, cancel := context.WithCancel(background)
			src := upload.From("a.txt", 1<<20, func(context.Context) (io.ReadCloser, error) {
				return io.NopCloser(readerFunc(func(p []byte) (int, error) { cancel(); return len(p), nil })), nil
			})
			b.check(ctx, src, outcome{state: upload.StateRolledBack, stage: upload.StageSend, is: context.Canceled})
		})
	})
	t.Run("fails for good", func(t *testing.T) {
		inBubble(t, func(b *bench) {
			b.srv.Next("PutObject", refusedPut)
			for range 4 {
				b.srv.Next(abort, workdocstest.Answer(500, ""))
			}
			b.check(background, file, outcome{state: upload.StateOrphaned, stage: upload.StageSend, is: docferry.ErrForbidden,
				drafts: 1, left: 1})
		})
	})
	t.Run("answer lost", func(t *testing.T) {
		inBubble(t, func(b *bench) {
			b.srv.Next("PutObject", refusedPut)
			b.srv.Next(abort, workdocstest.LoseAnswer())
			b.check(background, file, rolledBack(docferry.ErrForbidden))
		})
	})
	t.Run("hangs", func(t *testing.T) {
		inBubble(t, func(b *bench) {
			b.srv.Next("PutObject", refusedPut)
			b.srv.Next(abort, workdocstest.Hang())
			began := time.Now()
			_, err := b.uploader().Upload(background, file)
			ended, ok := errors.AsType[*upload.Error](err)
			if !ok || ended.State != upload.StateOrphaned || !errors.Is(ended.Cleanup, context.DeadlineExceeded) {
				t.Errorf("ended with %v", err)
			}
			if d := time.Since(began); d > time.Minute {
				t.Errorf("the clean-up took %v", d)
			}
		})
	})
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// A draft that is none any more when it is to be removed may have become active:
// that is not known, and certainly not rolled back.
func TestAbortOfWhatIsNoDraft(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.srv.Next("PutObject", workdocstest.Answer(403, ""))
		b.srv.Next(abort, workdocstest.Refuse(409, workdocs.CodeProhibitedState, "not initialized"))
		b.check(background, file, outcome{state: upload.StateUnknown, stage: upload.StageSend, is: upload.ErrOutcomeUnknown,
			drafts: 1, left: 1})
	})
}

// An answer to the beginning that is about something else proves nothing.
func TestBeginAnsweredAboutSomethingElse(t *testing.T) {
	for name, edit := range map[string]func(string) string{
		"not a draft": func(s string) string { return strings.Replace(s, `"INITIALIZED"`, `"ACTIVE"`, 1) },
		"no version":  func(s string) string { return strings.Replace(s, `"LatestVersionMetadata"`, `"Other"`, 1) },
	} {
		inBubble(t, func(b *bench) {
			b.srv.Next(initiate, edited(edit))
			_, err := b.uploader().Upload(background, file)
			ended, ok := errors.AsType[*upload.Error](err)
			if !ok || ended.State != upload.StateUnknown || slices.Contains(b.srv.Calls(), abort) {
				t.Errorf("%s: %v, after %v", name, err, b.srv.Calls())
			}
		})
	}
}
