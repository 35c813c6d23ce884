package connectparticipant_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
	"github.com/docferry/docferry/upload"
)

const (
	startPath      = "/participant/start-attachment-upload"
	completePath   = "/participant/complete-attachment-upload"
	transcriptPath = "/participant/transcript"
)

// inBubble runs a test in a world where waiting takes no time.
func inBubble(t *testing.T, name string, test func(t *testing.T, w *world)) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) { test(t, newWorld(t)) })
	})
}

func (w *world) upload(ctx context.Context) (*upload.Result, error) {
	return w.Uploader(w.token).Upload(ctx, upload.Bytes("note.txt", content))
}

var (
	lose     = connectparticipanttest.LoseAnswer()
	drop     = connectparticipanttest.LoseRequest()
	conflict = connectparticipanttest.Refuse(http.StatusConflict, connectparticipant.CodeConflict, "is being uploaded")
	// slowDown is the storage's way to throttle.
	slowDown = connectparticipanttest.Answer(503, "<Error><Code>SlowDown</Code></Error>", "Retry-After", "10")
	throttle = connectparticipanttest.Refuse(http.StatusTooManyRequests, connectparticipant.CodeThrottling, "slow down")
)

// sameToken wants n requests to a path, all under the same ClientToken.
func (w *world) sameToken(path string, n int) {
	w.t.Helper()
	tokens := member(w.wire.to(path), "ClientToken")
	if len(tokens) != n || !same(tokens) {
		w.t.Errorf("%s was asked under the tokens %q, want one token %d times", path, tokens, n)
	}
}

func TestF67ThrottledStart(t *testing.T) {
	for name, header := range map[string][]string{"with Retry-After": {"Retry-After", "2"}, "without": nil} {
		inBubble(t, name, func(t *testing.T, w *world) {
			w.srv.SetAttachmentQuota(1) // a second start would be refused
			w.next(3, "StartAttachmentUpload",
				connectparticipanttest.Refuse(429, connectparticipant.CodeThrottling, "slow down", header...))
			began := time.Now()
			w.stored(w.upload(t.Context()))
			w.sameToken(startPath, 4)
			if took := time.Since(began); header != nil && took < 6*time.Second {
				t.Errorf("it took %v, and the service asked for 3 times 2 s", took)
			}
		})
	}
}

func TestF68LostStart(t *testing.T) {
	inBubble(t, "answer lost", func(t *testing.T, w *world) {
		w.srv.SetAttachmentQuota(1)
		w.srv.Next("StartAttachmentUpload", lose)
		w.stored(w.upload(t.Context()))
		w.sameToken(startPath, 2)
	})
	inBubble(t, "all answers lost", func(t *testing.T, w *world) {
		w.next(4, "StartAttachmentUpload", lose)
		_, err := w.upload(t.Context())
		w.failed(err, upload.StageBegin, upload.StateUnknown, 0)
		w.sameToken(startPath, 4)
		if n := len(w.wire.to(http.MethodPut)); n != 0 {
			t.Errorf("%d PUTs", n)
		}
	})
	inBubble(t, "answer without ID or URL", func(t *testing.T, w *world) {
		w.srv.Next("StartAttachmentUpload", without("AttachmentId"))
		_, err := w.upload(t.Context())
		w.failed(err, upload.StageBegin, upload.StateUnknown, 0)
		w.srv.Next("StartAttachmentUpload", without("UploadMetadata"))
		_, err = w.upload(t.Context())
		ended := w.failed(err, upload.StageBegin, upload.StateOrphaned, 1)
		refused, ok := errors.AsType[*docferry.Error](err)
		if !ok || refused.Kind != docferry.ErrProtocol || refused.RequestID == "" {
			t.Errorf("error %v, want one of kind ErrProtocol with a request id", err)
		}
		if _, _, ok := w.srv.Attachment(ended.Left[0].ID); !ok {
			t.Errorf("nothing is known of what is left, %+v", ended.Left)
		}
	})
}

func TestF69Quota(t *testing.T) {
	inBubble(t, "quota", func(t *testing.T, w *world) {
		w.srv.SetAttachmentQuota(1)
		w.stored(w.upload(t.Context()))
		w.wire.forget()
		_, err := w.upload(t.Context())
		w.failed(err, upload.StageBegin, upload.StateNotStarted, 0)
		if !errors.Is(err, docferry.ErrQuota) {
			t.Errorf("error %v, want ErrQuota", err)
		}
		if n := len(w.wire.all()); n != 1 {
			t.Errorf("%d requests, want 1", n)
		}
	})
}

// TestF70Denied is about tokens that the service refuses. A connection token cannot
// be renewed without the participant token, which an uploader does not have.
func TestF70Denied(t *testing.T) {
	for name, spoil := range map[string]func(w *world) docferry.Secret{
		"expired": func(w *world) docferry.Secret {
			time.Sleep(25 * time.Hour)
			return w.token
		},
		"chat ended": func(w *world) docferry.Secret {
			w.chat.End()
			return w.token
		},
		"participant token": func(w *world) docferry.Secret { return docferry.Secret(w.chat.Join("CUSTOMER", "Bo")) },
	} {
		inBubble(t, name, func(t *testing.T, w *world) {
			token := spoil(w)
			w.wire.forget()
			_, err := w.Uploader(token).Upload(t.Context(), upload.Bytes("note.txt", content))
			w.failed(err, upload.StageBegin, upload.StateNotStarted, 0)
			refused, ok := errors.AsType[*docferry.Error](err)
			if !ok || refused.Code != connectparticipant.CodeAccessDenied || !errors.Is(err, docferry.ErrForbidden) {
				t.Errorf("error %v, want %s", err, connectparticipant.CodeAccessDenied)
			}
			if n := len(w.wire.all()); n != 1 {
				t.Errorf("%d requests, want 1", n)
			}
		})
	}
	inBubble(t, "no token", func(t *testing.T, w *world) {
		_, err := w.Uploader("").Upload(t.Context(), upload.Bytes("note.txt", content))
		w.failed(err, upload.StageBegin, upload.StateNotStarted, 0)
		if bad, ok := errors.AsType[*docferry.InputError](err); !ok || bad.Field != "ConnectionToken" {
			t.Errorf("error %v, want an *InputError about ConnectionToken", err)
		}
	})
}

// without removes a member from an answer.
func without(name string) connectparticipanttest.Fault {
	return connectparticipanttest.EditAnswer(func(m map[string]any) { delete(m, name) })
}

// expiring edits the UrlExpiry of an upload. edit gets the value that the server
// sends and returns the one to send instead, or "" to leave it out.
func expiring(edit func(string) string) connectparticipanttest.Fault {
	return connectparticipanttest.EditAnswer(func(m map[string]any) {
		metadata := m["UploadMetadata"].(map[string]any)
		expiry := edit(metadata["UrlExpiry"].(string))
		metadata["UrlExpiry"] = expiry
		if expiry == "" {
			delete(metadata, "UrlExpiry")
		}
	})
}

func TestF71Expiry(t *testing.T) {
	const whole, fraction = "2006-01-02T15:04:05Z", "2006-01-02T15:04:05.000Z"
	in := func(d time.Duration, layout string) func(string) string {
		return func(string) string { return time.Now().Add(d).UTC().Format(layout) }
	}
	for name, c := range map[string]struct {
		expiry func(string) string
		starts int
	}{
		"missing":            {func(string) string { return "" }, 1},
		"garbage":            {func(string) string { return "soon" }, 1},
		"without a fraction": {in(time.Minute, whole), 1},
		"with a fraction":    {in(time.Minute, fraction), 1},
		"past":               {in(-time.Minute, fraction), 2},
		"past, whole":        {in(-time.Minute, whole), 2},
	} {
		inBubble(t, name, func(t *testing.T, w *world) {
			w.srv.Next("StartAttachmentUpload", expiring(c.expiry))
			result, err := w.upload(t.Context())
			w.stored(result, err)
			tokens := member(w.wire.to(startPath), "ClientToken")
			if len(tokens) != c.starts || len(w.wire.to(http.MethodPut)) != 1 {
				t.Fatalf("%d starts and %d PUTs, want %d and 1", len(tokens), len(w.wire.to(http.MethodPut)), c.starts)
			}
			if len(result.Left) != c.starts-1 {
				t.Errorf("%+v are left, want %d", result.Left, c.starts-1)
			}
			if c.starts > 1 && same(tokens) {
				t.Error("the second start has the ClientToken of the first")
			}
		})
	}
	inBubble(t, "always past", func(t *testing.T, w *world) {
		w.next(2, "StartAttachmentUpload", expiring(in(-time.Minute, fraction)))
		_, err := w.upload(t.Context())
		w.failed(err, upload.StageSend, upload.StateOrphaned, 2)
		if !errors.Is(err, upload.ErrExpired) {
			t.Errorf("error %v, want ErrExpired", err)
		}
	})
	// The URL is good for 15 minutes by its own query, but not by UrlExpiry.
	inBubble(t, "over before the second PUT", func(t *testing.T, w *world) {
		w.srv.Next("StartAttachmentUpload", expiring(in(5*time.Second, whole)))
		w.srv.Next("PutObject", slowDown)
		w.stored(w.upload(t.Context()))
		w.sameURLs(false)
	})
	// The service's clock is an hour slow: its own Date says what UrlExpiry means.
	inBubble(t, "clock of the service slow", func(t *testing.T, w *world) {
		late := expiring(in(time.Minute-time.Hour, whole))
		w.srv.Next("StartAttachmentUpload", func(next http.Handler) http.Handler {
			next = late(next)
			return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				rw.Header().Set("Date", time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat))
				next.ServeHTTP(rw, r)
			})
		})
		w.srv.Next("PutObject", slowDown)
		w.stored(w.upload(t.Context()))
		w.sameURLs(true)
		w.sameToken(startPath, 1)
	})
}

// sameURLs wants two PUTs, to the same URL or not.
func (w *world) sameURLs(want bool) {
	w.t.Helper()
	puts := w.wire.to(http.MethodPut)
	if len(puts) != 2 || (puts[0].query == puts[1].query) != want {
		w.t.Errorf("%d PUTs, want 2; to the same URL: %v", len(puts), want)
	}
}

func TestF72FailedPut(t *testing.T) {
	for name, fault := range map[string]connectparticipanttest.Fault{
		"403":         connectparticipanttest.Answer(403, "<Error><Code>AccessDenied</Code></Error>"),
		"500":         connectparticipanttest.Answer(500, ""),
		"timeout":     connectparticipanttest.Hang(),
		"answer lost": drop,
		"portal":      connectparticipanttest.Answer(200, "<html>Sign in</html>", "Content-Type", "text/html"),
		"redirect":    connectparticipanttest.Answer(307, "", "Location", "http://elsewhere.test/"),
	} {
		inBubble(t, name, func(t *testing.T, w *world) {
			w.next(4, "PutObject", fault)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			_, err := w.upload(ctx)
			ended := w.failed(err, upload.StageSend, upload.StateOrphaned, 1)
			if n := w.count("CompleteAttachmentUpload"); n != 0 {
				t.Errorf("the attachment was completed %d times", n)
			}
			if _, status, ok := w.srv.Attachment(ended.Left[0].ID); !ok || status != "" {
				t.Errorf("what is left, %+v, has the status %q", ended.Left, status)
			}
		})
	}
}

// TestF76Redirect checks that no token follows a redirect.
func TestF76Redirect(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		inBubble(t, http.StatusText(status), func(t *testing.T, w *world) {
			elsewhere := connectparticipanttest.Answer(status, "", "Location", "http://elsewhere.test"+startPath)
			w.srv.Next("StartAttachmentUpload", elsewhere)
			_, err := w.upload(t.Context())
			w.failed(err, upload.StageBegin, upload.StateNotStarted, 0)
			if !errors.Is(err, docferry.ErrProtocol) {
				t.Errorf("error %v, want ErrProtocol", err)
			}
			if all := w.wire.all(); len(all) != 1 || "http://"+all[0].host != w.srv.URL {
				t.Errorf("%d requests, the last to %s", len(all), all[len(all)-1].host)
			}
		})
	}
}

// TestF77NoCredentials checks, over a real connection, that credentials in the
// environment are not used.
func TestF77NoCredentials(t *testing.T) {
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"} {
		t.Setenv(name, "AKIAIOSFODNN7EXAMPLE")
	}
	w := newWorld(t)
	w.srv = connectparticipanttest.NewServer(t)
	w.wire.next = http.DefaultTransport
	w.Client = w.client(docferry.Retry{})
	w.chat = w.srv.NewChat()
	w.token = w.join("CUSTOMER", "Ana")
	w.stored(w.upload(t.Context()))
	for _, sent := range w.wire.all() {
		for _, name := range []string{"Authorization", "X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Content-Sha256"} {
			if sent.header.Get(name) != "" {
				t.Errorf("%s %s has the header %s", sent.method, sent.path, name)
			}
		}
		if bearer := sent.header.Get("X-Amz-Bearer"); (bearer == "") != (sent.method == http.MethodPut) {
			t.Errorf("%s %s: X-Amz-Bearer is there: %v", sent.method, sent.path, bearer != "")
		}
	}
}
