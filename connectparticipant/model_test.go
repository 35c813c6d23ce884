package connectparticipant_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
	"github.com/docferry/docferry/internal/chaos"
	"github.com/docferry/docferry/upload"
)

// TestModel compares what uploads report with what the server has, over random
// faults at random stages, late effects, and cancellation. No report may be
// false.
func TestModel(t *testing.T) {
	chaos.Model(t, runModel,
		"", upload.StateNotStarted, upload.StateOrphaned, upload.StateUnknown)
}

// modelRefusals are what the service, its storage, or a gateway may answer at
// any time.
var modelRefusals = []chaos.Refusal{
	{Status: 400, Header: http.Header{"X-Amzn-Errortype": {"ValidationException"}}, Body: `{}`},
	{Status: 403, Header: http.Header{"X-Amzn-Errortype": {"AccessDeniedException"}}, Body: `{}`},
	{Status: 403, Body: `<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>`},
	{Status: 409, Header: http.Header{"X-Amzn-Errortype": {"ConflictException"}}, Body: `{}`},
	{Status: 429, Header: http.Header{"X-Amzn-Errortype": {"ThrottlingException"}}, Body: `{}`},
	{Status: 500, Gateway: true}, {Status: 502, Body: "<html>bad gateway</html>", Gateway: true},
	{Status: 503, Gateway: true},
	{Status: 200, Body: "<html>please sign in</html>", Gateway: true},
}

// runModel makes one upload, and returns how it ended.
func runModel(t *testing.T, seed uint64) upload.State {
	rng := rand.New(rand.NewPCG(seed, 2))
	w := newWorld(t)
	network := chaos.New(w.srv, seed, []float64{0.1, 0.3, 0.6}[seed%3], modelRefusals)
	var mu sync.Mutex
	var started []string // the attachments that the server has started for us
	network.Answered = func(req *http.Request, status int, _ http.Header, body []byte) {
		var made struct {
			ID string `json:"AttachmentId"`
		}
		if strings.HasSuffix(req.URL.Path, startPath) && status == 200 && json.Unmarshal(body, &made) == nil {
			mu.Lock()
			defer mu.Unlock()
			if !slices.Contains(started, made.ID) {
				started = append(started, made.ID)
			}
		}
	}
	client, err := connectparticipant.New(connectparticipant.Config{Endpoint: w.srv.URL,
		HTTP: docferry.HTTP{Transport: network}})
	if err != nil {
		t.Fatal(err)
	}
	data := make([]byte, 1+rng.IntN(5000))
	for i := range data {
		data[i] = byte(rng.Uint32())
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	limit := time.Hour
	if rng.IntN(3) == 0 {
		limit = time.Duration(rng.IntN(20_000)) * time.Millisecond
	}
	stop := time.AfterFunc(limit, cancel)
	defer stop.Stop()
	result, err := client.Uploader(w.token).Upload(ctx, upload.Bytes("note.txt", data))
	cancel()
	network.Wait()
	defer func() {
		w.srv.Close()
		time.Sleep(time.Minute) // the server's connections take their time to close
	}()

	wrong := func(format string, args ...any) {
		t.Helper()
		t.Errorf("seed %d: %s\nresult %+v\nerror %v\nstarted %v", seed, fmt.Sprintf(format, args...), result, err, started)
	}
	var complete []string
	for _, id := range started {
		if _, status, _ := w.srv.Attachment(id); status != "" {
			complete = append(complete, id)
		}
	}
	if len(complete) > 1 {
		wrong("%d attachments are complete", len(complete))
	}
	if err == nil {
		stored, status, ok := w.srv.Attachment(result.ID)
		if !ok || status != "APPROVED" || !bytes.Equal(stored, data) || !slices.Equal(complete, []string{result.ID}) {
			wrong("what is reported as stored is not")
		}
		return ""
	}
	ended, ok := errors.AsType[*upload.Error](err)
	if !ok || errors.Is(err, upload.ErrOutcomeUnknown) != (ended.State == upload.StateUnknown) {
		wrong("it did not end as an upload does")
		return "?"
	}
	named := func(id string) bool { return slices.Contains(ended.Left, upload.Ref{ID: id}) }
	switch ended.State {
	case upload.StateNotStarted, upload.StateRolledBack:
		if len(started) > 0 || len(ended.Left) > 0 {
			wrong("attachments were started")
		}
	case upload.StateOrphaned:
		if len(complete) > 0 || slices.ContainsFunc(started, func(id string) bool { return !named(id) }) {
			wrong("%v are complete", complete)
		}
	case upload.StateUnknown:
		if len(complete) > 0 && !named(complete[0]) {
			wrong("%v is complete and not named", complete)
		}
	default:
		wrong("there is no such ending")
	}
	return ended.State
}

// A start that was carried out, and whose answer was lost, is not undone by the
// refusal of its repetition.
func TestLostStartThenRefused(t *testing.T) {
	for name, refusal := range map[string]connectparticipanttest.Fault{
		"denied":    connectparticipanttest.Refuse(403, connectparticipant.CodeAccessDenied, "no"),
		"throttled": throttle,
		"invalid":   connectparticipanttest.Refuse(400, connectparticipant.CodeValidation, "no"),
	} {
		inBubble(t, name, func(t *testing.T, w *world) {
			w.srv.Next("StartAttachmentUpload", lose)
			w.next(3, "StartAttachmentUpload", refusal)
			_, err := w.upload(t.Context())
			w.failed(err, upload.StageBegin, upload.StateUnknown, 0)
			if !docferry.OutcomeUnknown(err) {
				t.Errorf("the outcome passes for known: %v", err)
			}
		})
	}
}
