package main

import (
	"context"
	"encoding/base64"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/workdocs"
)

func staticKeys(keys aws.Credentials) aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return keys, nil })
}

// fetch sends a request without following redirects. The header is given as
// names and values; the name Host sets the host.
func fetch(t *testing.T, rt http.RoundTripper, method, url, form string, header []string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	if form != "" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
		}
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := rt.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	return resp
}

// get returns what the running program answers at a path.
func (p *running) get(t *testing.T, path string) string {
	t.Helper()
	transport := new(http.Transport)
	defer transport.CloseIdleConnections()
	resp := fetch(t, transport, http.MethodGet, p.url(t)+path, "", nil)
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", path, resp.Status, err)
	}
	return string(text)
}

func basic(user, password string) string {
	return base64.StdEncoding.EncodeToString([]byte(user + ":" + password))
}

// attach uploads an attachment to a chat, as its customer.
func attach(t *testing.T, e *emulator, chat *connectparticipanttest.Chat, name, content string) {
	t.Helper()
	cp, err := connectparticipant.New(connectparticipant.Config{Endpoint: e.connect.URL,
		HTTP: docferry.HTTP{Transport: e.connect}})
	if err != nil {
		t.Fatal(err)
	}
	joined, err := cp.CreateParticipantConnection(t.Context(), connectparticipant.CreateParticipantConnectionRequest{
		Type:             []connectparticipant.ConnectionType{connectparticipant.ConnectionTypeConnectionCredentials},
		ParticipantToken: docferry.Secret(chat.Join("CUSTOMER", "Ana")),
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cp.Uploader(joined.ConnectionCredentials.ConnectionToken).
		Upload(t.Context(), upload.Bytes(name, []byte(content))); err != nil {
		t.Fatal(err)
	}
}

// draft begins the upload of a document, and leaves it at that.
func draft(t *testing.T, e *emulator, name string) {
	t.Helper()
	wd, err := workdocs.New(workdocs.Config{Endpoint: e.workdocs.URL, Credentials: e.workdocs.Credentials(),
		HTTP: docferry.HTTP{Transport: e.workdocs}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wd.InitiateDocumentVersionUpload(t.Context(), workdocs.InitiateDocumentVersionUploadRequest{
		ParentFolderID: e.workdocs.RootFolder(), Name: name}); err != nil {
		t.Fatal(err)
	}
}

// site is an emulator that is served over loopback, without the program.
type site struct {
	*emulator
	url    string
	stderr buffer
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{emulator: newEmulator()}
	s.page = s.newPage([]string{"emulator.example.com"}, &s.stderr)
	server := httptest.NewUnstartedServer(s)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // a broken connection is a fault, not news
	server.Start()
	s.url = server.URL
	t.Cleanup(s.close)
	t.Cleanup(server.Close)
	return s
}

func (s *site) get(t *testing.T, path string) (string, *http.Response) {
	t.Helper()
	return s.send(t, http.MethodGet, path, "")
}

// send returns the text of an answer too.
func (s *site) send(t *testing.T, method, path, form string, header ...string) (string, *http.Response) {
	t.Helper()
	transport := new(http.Transport)
	t.Cleanup(transport.CloseIdleConnections)
	resp := fetch(t, transport, method, s.url+path, form, header)
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text), resp
}
