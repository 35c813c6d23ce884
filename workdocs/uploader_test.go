package workdocs_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/upload/uploadtest"
	"github.com/docferry/docferry/workdocs"
	"github.com/docferry/docferry/workdocs/workdocstest"
)

// bench is a client, its server, and a folder to upload to.
type bench struct {
	*testing.T
	srv    *workdocstest.Server
	client *workdocs.Client
	folder string
}

func newBench(t *testing.T, srv *workdocstest.Server, transport http.RoundTripper) *bench {
	t.Helper()
	client, err := workdocs.New(workdocs.Config{Endpoint: srv.URL, Credentials: srv.Credentials(),
		HTTP: docferry.HTTP{Transport: transport}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	return &bench{t, srv, client, srv.AddFolder(srv.RootFolder(), "Uploads")}
}

// inBubble runs test on a fake clock, against a server in memory.
func inBubble(t *testing.T, test func(b *bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		srv := workdocstest.New()
		defer func() {
			srv.Close()
			time.Sleep(time.Minute) // the server's connections take their time to close
		}()
		test(newBench(t, srv, srv))
	})
}

func (b *bench) uploader() upload.Uploader {
	return b.client.Uploader(workdocs.UploadTo{FolderID: b.folder})
}

// count counts the documents of the folder that are active, and the drafts.
func (b *bench) count() (active, drafts int) {
	b.Helper()
	for page, err := range b.client.FolderContentsPages(context.Background(),
		workdocs.DescribeFolderContentsRequest{FolderID: b.folder}) {
		if err != nil {
			b.Fatal(err)
		}
		active += len(page.Documents)
	}
	return active, len(b.srv.Drafts(b.folder))
}

func (b *bench) content(r *upload.Result) ([]byte, error) {
	content, ok := b.srv.Content(r.ID, r.Version)
	if !ok {
		return nil, fmt.Errorf("no document %s version %s", r.ID, r.Version)
	}
	return content, nil
}

func TestUploader(t *testing.T) {
	uploadtest.Test(t, func(tb testing.TB) *uploadtest.Harness {
		t := tb.(*testing.T)
		b := newBench(t, workdocstest.NewServer(t), nil)
		return &uploadtest.Harness{
			Uploader: b.uploader(), Content: b.content, Count: b.count,
			Existing: func(name string, content []byte) (*upload.Result, error) {
				id, version := b.srv.AddDocument(b.folder, name, content)
				return &upload.Result{ID: id, Version: version}, nil
			},
			LoseNext: func() { b.srv.Keep(update, workdocstest.LoseRequest()) },
			Name: func(r *upload.Result) (string, error) {
				d, err := b.client.GetDocument(context.Background(), workdocs.GetDocumentRequest{DocumentID: r.ID})
				if err != nil {
					return "", err
				}
				return d.Metadata.LatestVersionMetadata.Name, nil
			},
		}
	})
}

func TestUploaderToDocument(t *testing.T) {
	b := newBench(t, workdocstest.NewServer(t), nil)
	document, _ := b.srv.AddDocument(b.folder, "report.txt", []byte("first"))
	result, err := b.client.Uploader(workdocs.UploadTo{DocumentID: document}).
		Upload(context.Background(), upload.Bytes("report.txt", []byte("second")))
	if err != nil {
		t.Fatal(err)
	}
	got, err := b.content(result)
	if err != nil || string(got) != "second" || result.ID != document {
		t.Errorf("version %s of %s holds %q (%v)", result.Version, result.ID, got, err)
	}
	d, err := b.client.Download(context.Background(), workdocs.DownloadRequest{DocumentID: document})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if text, err := io.ReadAll(d); err != nil || string(text) != "second" {
		t.Errorf("the latest version reads %q (%v)", text, err)
	}
}

func TestUploaderWithoutDestination(t *testing.T) {
	b := newBench(t, workdocstest.NewServer(t), nil)
	for _, to := range []workdocs.UploadTo{{}, {FolderID: "a", DocumentID: "b"}} {
		_, err := b.client.Uploader(to).Upload(context.Background(), upload.Bytes("a.txt", nil))
		bad, ok := errors.AsType[*docferry.InputError](err)
		if !ok || bad.Field != "UploadTo.FolderID" {
			t.Errorf("%+v: %v", to, err)
		}
	}
	if calls := b.srv.Calls(); len(calls) != 0 {
		t.Errorf("sent %v", calls)
	}
}

// outcome is what a test of a fault expects.
type outcome struct {
	state          upload.State // "" for success
	stage          upload.Stage
	is             error // what the error wraps, if not nil
	active, drafts int
	left           int
	calls          []string // nil is not compared
}

// check uploads and compares what came of it.
func (b *bench) check(ctx context.Context, src upload.Source, want outcome) {
	b.Helper()
	before := len(b.srv.Calls())
	result, err := b.uploader().Upload(ctx, src)
	calls := b.srv.Calls()[before:]
	if want.state == "" {
		if err != nil {
			b.Errorf("failed: %v", err)
		} else if content, err := b.content(result); err != nil || int64(len(content)) != src.Size {
			b.Errorf("%d bytes are stored of %d (%v)", len(content), src.Size, err)
		}
	} else {
		ended, ok := errors.AsType[*upload.Error](err)
		if !ok {
			b.Fatalf("got %v and %v, want an *upload.Error", result, err)
		}
		if ended.State != want.state || ended.Stage != want.stage || len(ended.Left) != want.left {
			b.Errorf("ended %q at %q with %d left, want %q at %q with %d: %v",
				ended.State, ended.Stage, len(ended.Left), want.state, want.stage, want.left, err)
		}
		if want.is != nil && !errors.Is(err, want.is) {
			b.Errorf("the error does not wrap %v: %v", want.is, err)
		}
	}
	if active, drafts := b.count(); active != want.active || drafts != want.drafts {
		b.Errorf("%d active documents and %d drafts, want %d and %d (%v)", active, drafts, want.active, want.drafts, err)
	}
	if want.calls != nil {
		if diff := cmp.Diff(want.calls, calls); diff != "" {
			b.Errorf("calls (-want +got):\n%s", diff)
		}
	}
}

var (
	stored     = outcome{active: 1}
	file       = upload.Bytes("a.txt", []byte("some content"))
	initiate   = "InitiateDocumentVersionUpload"
	update     = "UpdateDocumentVersion"
	abort      = "AbortDocumentVersionUpload"
	background = context.Background()
)

func TestUploadInOrder(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.check(background, file, outcome{active: 1, calls: []string{initiate, "PutObject", update, "GetDocumentVersion"}})
	})
}

// TestUploadWaits is F06, F12 and F18: the service asks to wait.
func TestUploadWaits(t *testing.T) {
	for name, c := range map[string]struct {
		operation string
		fault     workdocstest.Fault
		wait      time.Duration
	}{
		"503 at begin": {initiate, workdocstest.Answer(503, `{}`, "X-Amzn-Errortype",
			"ServiceUnavailableException", "Retry-After", "2"), 2 * time.Second},
		"throttled by header": {initiate, workdocstest.Answer(400, `{}`, "X-Amzn-Errortype",
			"ThrottlingException:http://x/", "Retry-After", "3"), 3 * time.Second},
		"throttled by body": {initiate, workdocstest.Answer(400, `{"__type":"com.amazon#ThrottlingException"}`,
			"Retry-After", "3"), 3 * time.Second},
		"503 SlowDown at put": {"PutObject", workdocstest.Answer(503, `<Error><Code>SlowDown</Code></Error>`,
			"Retry-After", "5"), 5 * time.Second},
		"429 at commit":           {update, workdocstest.Answer(429, `{}`, "Retry-After", "1"), time.Second},
		"concurrent modification": {update, workdocstest.Refuse(409, workdocs.CodeConcurrentModification, "busy"), 0},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(b *bench) {
				b.srv.Next(c.operation, c.fault)
				b.srv.Next(c.operation, c.fault)
				began := time.Now()
				b.check(background, file, stored)
				if waited := time.Since(began); waited < 2*c.wait {
					t.Errorf("waited %v, want at least %v", waited, 2*c.wait)
				}
			})
		})
	}
}

// TestUploadRefused is F07, F09, F10 and F11: refusals that no repetition changes.
func TestUploadRefused(t *testing.T) {
	for code, c := range map[string]struct {
		status int
		is     error
	}{
		workdocs.CodeEntityAlreadyExists:        {409, docferry.ErrConflict},
		workdocs.CodeDraftUploadOutOfSync:       {409, docferry.ErrConflict},
		workdocs.CodeResourceAlreadyCheckedOut:  {409, docferry.ErrConflict},
		workdocs.CodeLimitExceeded:              {409, docferry.ErrQuota},
		workdocs.CodeStorageLimitWillExceed:     {413, docferry.ErrQuota},
		workdocs.CodeStorageLimitExceeded:       {409, docferry.ErrQuota},
		workdocs.CodeCustomMetadataLimit:        {429, docferry.ErrQuota},
		workdocs.CodeTooManyLabels:              {429, docferry.ErrQuota},
		workdocs.CodeFailedDependency:           {424, docferry.ErrUnavailable},
		workdocs.CodeUnauthorizedResourceAccess: {404, docferry.ErrForbidden},
	} {
		t.Run(code, func(t *testing.T) {
			inBubble(t, func(b *bench) {
				b.srv.Next(initiate, workdocstest.Refuse(c.status, code, "no"))
				b.check(background, file, outcome{state: upload.StateNotStarted, stage: upload.StageBegin, is: c.is,
					calls: []string{initiate}})
			})
		})
	}
}
