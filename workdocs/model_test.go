package workdocs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/chaos"
	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/workdocs"
	"github.com/docferry/docferry/workdocs/workdocstest"
)

// TestModel compares what uploads report with what the server has stored, over
// random faults at random stages, late effects, other users who act at the same
// time, and cancellation. No report may be false.
func TestModel(t *testing.T) {
	chaos.Model(t, func(t *testing.T, seed uint64) upload.State { return newModel(t, seed).run() },
		"", upload.StateRolledBack, upload.StateUnknown)
}

// model is one run.
type model struct {
	*testing.T
	seed   uint64
	rng    *rand.Rand
	srv    *workdocstest.Server
	net    *chaos.Transport
	direct *workdocs.Client // without faults
	to     workdocs.UploadTo
	folder string

	mu      sync.Mutex
	ours    []upload.Ref // the drafts that our requests have made at the server
	foreign map[upload.Ref][]byte
}

// refusals are what WorkDocs, its storage, or a gateway may answer at any time.
var refusals = []chaos.Refusal{
	{Status: 400, Header: http.Header{"X-Amzn-Errortype": {"InvalidArgumentException"}}, Body: `{}`},
	{Status: 400, Header: http.Header{"X-Amzn-Errortype": {"ThrottlingException"}}, Body: `{}`},
	{Status: 401, Body: `{"message":"who are you"}`},
	{Status: 403, Header: http.Header{"X-Amzn-Errortype": {"UnauthorizedOperationException"}}, Body: `{}`},
	{Status: 403, Body: `<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>`},
	{Status: 404, Header: http.Header{"X-Amzn-Errortype": {"UnauthorizedResourceAccessException"}}, Body: `{}`},
	{Status: 409, Header: http.Header{"X-Amzn-Errortype": {"ConcurrentModificationException"}}, Body: `{}`},
	{Status: 409, Header: http.Header{"X-Amzn-Errortype": {"ProhibitedStateException"}}, Body: `{}`},
	{Status: 429, Header: http.Header{"Retry-After": {"2"}}},
	{Status: 500, Gateway: true}, {Status: 502, Body: "<html>bad gateway</html>", Gateway: true},
	{Status: 503, Gateway: true},
	{Status: 503, Header: http.Header{"X-Amzn-Errortype": {"ServiceUnavailableException"}}, Body: `{}`},
	{Status: 200, Body: "<html>please sign in</html>", Gateway: true},
}

func newModel(t *testing.T, seed uint64) *model {
	m := &model{T: t, seed: seed, rng: rand.New(rand.NewPCG(seed, 2)), srv: workdocstest.New(),
		foreign: make(map[upload.Ref][]byte)}
	m.net = chaos.New(m.srv, seed, []float64{0.1, 0.3, 0.6}[seed%3], refusals)
	m.net.Answered = m.answered
	m.direct = m.client(m.srv)
	m.folder = m.srv.AddFolder(m.srv.RootFolder(), "Uploads")
	m.to.FolderID = m.folder
	if m.rng.IntN(3) == 0 {
		document, version := m.srv.AddDocument(m.folder, "a.txt", []byte("before"))
		m.to = workdocs.UploadTo{DocumentID: document}
		m.foreign[upload.Ref{ID: document, Version: version}] = []byte("before")
	}
	return m
}

func (m *model) client(rt http.RoundTripper) *workdocs.Client {
	c, err := workdocs.New(workdocs.Config{Endpoint: m.srv.URL, Credentials: m.srv.Credentials(),
		HTTP: docferry.HTTP{Transport: rt}})
	if err != nil {
		m.Fatal(err)
	}
	return c
}

// answered notes the drafts that the server has made for us.
func (m *model) answered(req *http.Request, status int, _ http.Header, body []byte) {
	if req.Method != http.MethodPost || status != http.StatusCreated {
		return
	}
	var made struct {
		Metadata struct {
			ID      string `json:"Id"`
			Version struct {
				ID string `json:"Id"`
			} `json:"LatestVersionMetadata"`
		}
	}
	if json.Unmarshal(body, &made) == nil && made.Metadata.Version.ID != "" {
		m.mu.Lock()
		m.ours = append(m.ours, upload.Ref{ID: made.Metadata.ID, Version: made.Metadata.Version.ID})
		m.mu.Unlock()
	}
}

// colleague begins a version of the same name, and perhaps finishes it.
func (m *model) colleague(content []byte, modified, created time.Time, finish bool) {
	req := workdocs.InitiateDocumentVersionUploadRequest{ParentFolderID: m.to.FolderID, ID: m.to.DocumentID, Name: "a.txt",
		ContentType: "text/plain; charset=utf-8", ContentModifiedTimestamp: modified, ContentCreatedTimestamp: created,
		DocumentSizeInBytes: new(int64(len(content)))}
	if finish && m.to.DocumentID == "" {
		req.Name = "b.txt"
	}
	begun, err := m.direct.InitiateDocumentVersionUpload(context.Background(), req)
	if err != nil {
		return // the name is taken by then
	}
	ref := upload.Ref{ID: begun.Metadata.ID, Version: begun.Metadata.LatestVersionMetadata.ID}
	m.mu.Lock()
	m.foreign[ref] = nil
	m.mu.Unlock()
}

// run makes one upload, and returns how it ended.
func (m *model) run() upload.State {
	content := make([]byte, []int{0, 1, 12, 5000}[m.rng.IntN(4)])
	for i := range content {
		content[i] = byte(m.rng.Uint32())
	}
	src := upload.Bytes("a.txt", content)
	if m.rng.IntN(2) == 0 {
		src.ModTime = time.Now().Add(-time.Hour).Truncate(time.Millisecond)
	}
	var others sync.WaitGroup
	for range m.rng.IntN(3) {
		when, finish := time.Duration(m.rng.IntN(5000))*time.Millisecond, m.rng.IntN(2) == 0
		if m.rng.IntN(2) == 0 {
			when = 0
		}
		var created time.Time // some clients say it
		if m.rng.IntN(2) == 0 {
			created = time.Now().Add(-time.Duration(m.rng.IntN(7200)) * time.Second)
		}
		others.Go(func() {
			time.Sleep(when)
			m.colleague(content, src.ModTime, created, finish)
		})
		synctest.Wait()
	}
	ctx, cancel := context.WithCancel(context.Background())
	limit := 30 * time.Minute
	if m.rng.IntN(3) == 0 {
		limit = time.Duration(m.rng.IntN(20_000)) * time.Millisecond
	}
	stop := time.AfterFunc(limit, cancel)
	result, err := m.client(m.net).Uploader(m.to).Upload(ctx, src)
	stop.Stop()
	cancel()
	m.mu.Lock()
	made := slices.Clone(m.ours) // before what is yet to come
	m.mu.Unlock()
	others.Wait()
	m.net.Wait()
	defer func() {
		m.srv.Close()
		time.Sleep(time.Minute) // the server's connections take their time to close
	}()
	return m.judge(result, err, content, made)
}

// judge compares a report with the truth.
func (m *model) judge(result *upload.Result, err error, content []byte, made []upload.Ref) upload.State {
	wrong := func(format string, args ...any) {
		m.Helper()
		m.Errorf("seed %d: %s\nresult %+v\nerror %v\nours %v", m.seed, fmt.Sprintf(format, args...), result, err, m.ours)
	}
	var active, drafts []upload.Ref
	for _, ref := range m.ours {
		switch m.status(ref) {
		case workdocs.DocumentStatusActive:
			active = append(active, ref)
		case workdocs.DocumentStatusInitialized:
			drafts = append(drafts, ref)
		}
	}
	for ref, before := range m.foreign {
		if now, ok := m.srv.Content(ref.ID, ref.Version); before != nil && (!ok || !bytes.Equal(now, before)) ||
			m.status(ref) == "" {
			wrong("the colleague's %v is gone or changed", ref)
		}
	}
	if err == nil {
		at := upload.Ref{ID: result.ID, Version: result.Version}
		if stored, ok := m.srv.Content(at.ID, at.Version); !ok || !bytes.Equal(stored, content) ||
			m.status(at) != workdocs.DocumentStatusActive {
			wrong("what is reported as stored is not")
		}
		if len(active) != 1 || active[0] != at {
			wrong("%d versions are active", len(active))
		}
		m.unnamed(drafts, made, result.Left, wrong)
		return ""
	}
	ended, ok := errors.AsType[*upload.Error](err)
	if !ok || !errors.Is(err, upload.ErrOutcomeUnknown) != (ended.State != upload.StateUnknown) {
		wrong("it did not end as an upload does")
		return "?"
	}
	switch ended.State {
	case upload.StateNotStarted, upload.StateRolledBack:
		if len(active)+len(drafts) > 0 || len(ended.Left) > 0 {
			wrong("%v are active and %v drafts", active, drafts)
		}
	case upload.StateOrphaned:
		if len(active) > 0 {
			wrong("%v are active", active)
		}
		m.unnamed(drafts, made, ended.Left, wrong)
	case upload.StateUnknown:
		for _, ref := range active {
			if !slices.Contains(ended.Left, ref) {
				wrong("%v is active and not named", ref)
			}
		}
	default:
		wrong("there is no such ending")
	}
	return ended.State
}

// unnamed reports drafts that were there when the upload ended and are not named.
func (m *model) unnamed(drafts, made, left []upload.Ref, wrong func(string, ...any)) {
	for _, ref := range drafts {
		unknown := upload.Ref{ID: m.to.DocumentID}
		if slices.Contains(made, ref) && !slices.Contains(left, ref) && !slices.Contains(left, unknown) {
			wrong("the draft %v is not named", ref)
		}
	}
}

// status is that of a version, "" if there is none.
func (m *model) status(ref upload.Ref) workdocs.DocumentStatus {
	read, err := m.direct.GetDocumentVersion(context.Background(),
		workdocs.GetDocumentVersionRequest{DocumentID: ref.ID, VersionID: ref.Version})
	if errors.Is(err, docferry.ErrNotFound) {
		return ""
	}
	if err != nil {
		m.Fatal(err)
	}
	return read.Metadata.Status
}
