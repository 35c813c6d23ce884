package oracledocs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/chaos"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/docferry/docferry/upload"
)

// TestModel compares what uploads report with what the server has stored, over
// random faults at random stages, late effects, other users who act at the same
// time, and cancellation. No report may be false.
func TestModel(t *testing.T) {
	chaos.Model(t, func(t *testing.T, seed uint64) upload.State { return newModel(t, seed).run() },
		"", upload.StateNotStarted, upload.StateUnknown)
}

// model is one run.
type model struct {
	*testing.T
	seed   uint64
	rng    *rand.Rand
	srv    *oracledocstest.Server
	net    *chaos.Transport
	folder string
	to     oracledocs.UploadTo

	content []byte // to upload

	mu     sync.Mutex
	ours   int                   // how many of our uploads the server has stored
	others map[upload.Ref][]byte // the versions of other users
	before map[upload.Ref][]byte // those of them that were there before the upload
	forget string                // a member that answers to our uploads lack; "" for none
}

// refusals are what the service or a gateway may answer at any time.
var refusals = []chaos.Refusal{
	{Status: 400, Body: `{"errorCode":"-1","errorMessage":"no"}`}, {Status: 401},
	{Status: 403, Body: `{"errorCode":"-20"}`},
	{Status: 404, Body: `{"errorCode":"-16"}`}, {Status: 409, Body: `{"errorCode":"-17"}`},
	{Status: 429, Header: http.Header{"Retry-After": {"2"}}},
	{Status: 500, Gateway: true}, {Status: 502, Body: "<html>bad gateway</html>", Gateway: true},
	{Status: 503, Gateway: true}, {Status: 504, Gateway: true},
	{Status: 200, Body: `{"errorCode":"-20","errorMessage":"no"}`},
}

func newModel(t *testing.T, seed uint64) *model {
	m := &model{T: t, seed: seed, rng: rand.New(rand.NewPCG(seed, 2)), srv: oracledocstest.New(),
		others: make(map[upload.Ref][]byte)}
	m.net = chaos.New(m.srv, seed, []float64{0.1, 0.3, 0.6}[seed%3], refusals)
	m.net.Answered = func(req *http.Request, status int, _ http.Header, _ []byte) {
		if req.Method == http.MethodPost && strings.HasSuffix(req.URL.Path, "/data") && status/100 == 2 {
			m.mu.Lock()
			m.ours++
			m.mu.Unlock()
		}
	}
	m.folder = m.srv.AddFolder(oracledocstest.User, "self", "Uploads")
	m.to.FolderID = m.folder
	m.content = make([]byte, []int{0, 1, 12, 5000}[m.rng.IntN(4)])
	for i := range m.content {
		m.content[i] = byte(m.rng.Uint32())
	}
	if m.rng.IntN(6) == 0 {
		m.forget = []string{"id", "version", "size"}[m.rng.IntN(3)]
	}
	before := m.rng.IntN(2) == 0
	if before {
		name := "a.txt"
		if m.rng.IntN(3) == 0 {
			name = "A.TXT"
		}
		was := []byte("before")
		if m.rng.IntN(3) == 0 {
			was = m.content
		}
		id := m.store(name, was)
		if m.rng.IntN(2) == 0 {
			m.to = oracledocs.UploadTo{FileID: id}
		}
	}
	if m.to.FolderID != "" {
		switch m.rng.IntN(8) {
		case 0:
			m.to.MustBeNew = true
		case 1:
			m.to.DuplicateResolution = oracledocs.DuplicateResolutionSkipDuplicates
		case 2:
			m.to.DuplicateResolution = oracledocs.DuplicateResolutionResolveDuplicates
		case 3:
			m.to.DuplicateResolution = oracledocs.DuplicateResolutionTimeStampSuffix
		case 4:
			m.to.DuplicateResolution = oracledocs.DuplicateResolutionReviseDuplicates
		}
	}
	m.to.SendAgain = m.rng.IntN(6) == 0
	m.before = maps.Clone(m.others)
	m.to.FindTime = []time.Duration{0, time.Second, 20 * time.Second}[m.rng.IntN(3)] // late effects take up to 90 s
	return m
}

// forgetful takes a member from the answers to our uploads.
func (m *model) forgetful(req *http.Request) (*http.Response, error) {
	resp, err := m.net.RoundTrip(req)
	if err != nil || m.forget == "" || req.Method != http.MethodPost || resp.StatusCode/100 != 2 {
		return resp, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	var members map[string]any
	if err == nil && json.Unmarshal(text, &members) == nil {
		delete(members, m.forget)
		if text, err = json.Marshal(members); err != nil {
			return nil, err
		}
	}
	rest := io.Reader(bytes.NewReader(text))
	if err != nil {
		rest = io.MultiReader(rest, iotest.ErrReader(err)) // the answer was cut
	}
	resp.Body, resp.ContentLength = io.NopCloser(rest), -1
	return resp, nil
}

// store lets another user store a version.
func (m *model) store(name string, content []byte) string {
	id := m.srv.AddFile(oracledocstest.User, m.folder, name, content)
	m.mu.Lock()
	defer m.mu.Unlock()
	for version := 1; ; version++ {
		ref := upload.Ref{ID: id, Version: strconv.Itoa(version)}
		if _, ok := m.srv.Content(id, version); !ok {
			return id
		}
		if _, known := m.others[ref]; !known {
			if now, _ := m.srv.Content(id, version); bytes.Equal(now, content) {
				m.others[ref] = content
			}
		}
	}
}

// run makes one upload, and returns how it ended.
func (m *model) run() upload.State {
	content := m.content
	client, err := oracledocs.New(oracledocs.Config{BaseURL: m.srv.URL,
		HTTP: docferry.HTTP{Transport: roundTrip(m.forgetful)},
		Auth: oracledocs.BasicAuth(oracledocstest.User, oracledocstest.Password)})
	if err != nil {
		m.Fatal(err)
	}
	var colleagues sync.WaitGroup
	for range m.rng.IntN(3) {
		foreign := bytes.Clone(content) // of the same size, sometimes the same
		if len(foreign) > 0 && m.rng.IntN(4) > 0 {
			foreign[0]++
		}
		when := time.Duration(m.rng.IntN(5000)) * time.Millisecond
		colleagues.Go(func() {
			time.Sleep(when)
			m.store("a.txt", foreign)
		})
	}
	ctx, cancel := context.WithCancel(context.Background())
	limit := time.Hour
	if m.rng.IntN(3) == 0 {
		limit = time.Duration(m.rng.IntN(60_000)) * time.Millisecond
	}
	stop := time.AfterFunc(limit, cancel)
	result, err := client.Uploader(m.to).Upload(ctx, upload.Bytes("a.txt", content))
	stop.Stop()
	cancel()
	colleagues.Wait()
	m.net.Wait()
	state := m.judge(result, err, content)
	m.srv.Close()
	time.Sleep(time.Minute) // the server's connections take their time to close
	return state
}

// judge compares a report with the truth.
func (m *model) judge(result *upload.Result, err error, content []byte) upload.State {
	wrong := func(format string, args ...any) {
		m.Helper()
		m.Errorf("seed %d, to %+v: %s\nresult %+v\nerror %v\nours stored: %d", m.seed, m.to, fmt.Sprintf(format, args...),
			result, err, m.ours)
	}
	for ref, before := range m.others {
		version, _ := strconv.Atoi(ref.Version)
		if now, ok := m.srv.Content(ref.ID, version); !ok || !bytes.Equal(now, before) {
			wrong("another user's %v is gone or changed", ref)
		}
	}
	if m.ours > 1 && !m.to.SendAgain && m.to.DuplicateResolution != oracledocs.DuplicateResolutionSkipDuplicates {
		wrong("it was stored more than once")
	}
	left := func(named []upload.Ref) {
		m.Helper()
		for _, ref := range named {
			if _, was := m.before[ref]; was {
				wrong("%v, which was there before, is named as left", ref)
			}
		}
	}
	if err == nil {
		left(result.Left)
		// Where the look was refused, a file that was skipped is judged by its content.
		skips := m.to.DuplicateResolution == oracledocs.DuplicateResolutionSkipDuplicates
		if _, was := m.before[upload.Ref{ID: result.ID, Version: result.Version}]; was && !skips {
			wrong("what was there before is reported as stored")
		}
		version, _ := strconv.Atoi(result.Version)
		if stored, ok := m.srv.Content(result.ID, version); !ok || !bytes.Equal(stored, content) {
			wrong("what is reported as stored is not")
		}
		return ""
	}
	ended, ok := errors.AsType[*upload.Error](err)
	if !ok || errors.Is(err, upload.ErrOutcomeUnknown) != (ended.State == upload.StateUnknown) {
		wrong("it did not end as an upload does")
		return "?"
	}
	left(ended.Left)
	skipped := m.to.DuplicateResolution == oracledocs.DuplicateResolutionSkipDuplicates &&
		errors.Is(err, docferry.ErrConflict)
	if (ended.State == upload.StateNotStarted || ended.State == upload.StateRolledBack) && m.ours > 0 && !skipped {
		wrong("it is stored")
	}
	for _, ref := range ended.Left {
		if _, theirs := m.others[ref]; theirs && !bytes.Equal(m.others[ref], content) && ended.State != upload.StateUnknown {
			wrong("%v, which is another user's, is named as left", ref)
		}
	}
	if !slices.Contains([]upload.State{upload.StateNotStarted, upload.StateRolledBack, upload.StateOrphaned,
		upload.StateUnknown}, ended.State) {
		wrong("there is no such ending")
	}
	return ended.State
}
