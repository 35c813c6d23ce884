package toxic

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
	"github.com/docferry/docferry/upload"
)

// connect is a Connect with a chat for one upload.
type connect struct {
	*connectparticipanttest.Server
	chat  *connectparticipanttest.Chat
	token docferry.Secret

	mu      sync.Mutex
	started map[string]bool // the attachments, by ID
}

func openConnect(t *testing.T, _ *rand.Rand) destination {
	t.Helper()
	c := &connect{Server: connectparticipanttest.New(), started: make(map[string]bool)}
	c.chat = c.NewChat()
	client, err := connectparticipant.New(connectparticipant.Config{Endpoint: c.URL,
		HTTP: docferry.HTTP{Transport: c.Server}})
	if err != nil {
		t.Error(err)
		return c
	}
	resp, err := client.CreateParticipantConnection(t.Context(), connectparticipant.CreateParticipantConnectionRequest{
		Type:             []connectparticipant.ConnectionType{connectparticipant.ConnectionTypeConnectionCredentials},
		ParticipantToken: docferry.Secret(c.chat.Join("CUSTOMER", "Ana"))})
	if err != nil {
		t.Error(err)
		return c
	}
	c.token = resp.ConnectionCredentials.ConnectionToken
	return c
}

// ServeHTTP notes which attachments are started: nothing lists them.
func (c *connect) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.HasSuffix(r.URL.Path, "/start-attachment-upload") {
		c.Server.ServeHTTP(w, r)
		return
	}
	copied := &copying{ResponseWriter: w}
	c.Server.ServeHTTP(copied, r)
	var answer struct {
		ID string `json:"AttachmentId"`
	}
	if json.Unmarshal(copied.body, &answer) == nil && answer.ID != "" {
		c.mu.Lock()
		c.started[answer.ID] = true
		c.mu.Unlock()
	}
}

// copying keeps a copy of an answer's body.
type copying struct {
	http.ResponseWriter
	body []byte
}

func (c *copying) Write(p []byte) (int, error) {
	c.body = append(c.body, p...)
	return c.ResponseWriter.Write(p)
}

func (c *connect) uploader(endpoint string, h docferry.HTTP) (upload.Uploader, error) {
	client, err := connectparticipant.New(connectparticipant.Config{Endpoint: endpoint, HTTP: h})
	if err != nil {
		return nil, err
	}
	return client.Uploader(c.token), nil
}

func (c *connect) sizes() []int { return []int{1, 900, 20_000, 60_000} }

// truth looks for each attachment in storage and in the transcript.
func (c *connect) truth() (truth, error) {
	shown := make(map[string]int)
	for _, item := range c.chat.Transcript() {
		for _, attachment := range item.Attachments {
			shown[attachment.AttachmentID]++
		}
	}
	found := truth{stored: make(map[upload.Ref][]byte)}
	c.mu.Lock()
	defer c.mu.Unlock()
	for id := range c.started {
		content, status, ok := c.Attachment(id)
		switch {
		case status == "" && shown[id] == 0:
			found.drafts = append(found.drafts, upload.Ref{ID: id})
		case status == "APPROVED" && ok && shown[id] == 1:
			found.stored[upload.Ref{ID: id}] = content
		default:
			return truth{}, fmt.Errorf("the attachment %s has the status %q and is shown %d times", id, status, shown[id])
		}
		delete(shown, id)
	}
	if len(shown) > 0 {
		return truth{}, fmt.Errorf("the chat shows attachments that were not started: %v", shown)
	}
	return found, nil
}
