package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"time"

	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/docferry/docferry/workdocs/workdocstest"
)

// site is where the server in the child process can be reached.
type site struct {
	HTTP  string `json:"http"`
	HTTPS string `json:"https"`
	CA    string `json:"ca"` // the authority of HTTPS, as PEM

	// The test servers, which keep what they get.
	WorkDocs string `json:"workdocs"`
	Token    string `json:"token"`  // of its administrator
	Folder   string `json:"folder"` // its root folder
	Oracle   string `json:"oracle"`
}

// The sizes of the listings.
const (
	transcriptItems = 100
	folderDocuments = 100
	mostDocuments   = 999 // that WorkDocs returns at once; Connect returns 100 items
)

// serve runs both servers until stdin ends, which it does when the parent ends,
// in whatever way. It writes the site to stdout as one line of JSON.
func serve(ctx context.Context, stdin io.Reader, stdout io.Writer) error {
	mux := routes()
	open := httptest.NewServer(mux)
	defer open.Close()
	closed := httptest.NewTLSServer(mux) // HTTP/1.1 only
	defer closed.Close()
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: closed.Certificate().Raw})
	wd, oc := workdocstest.New(), oracledocstest.New()
	defer wd.Close()
	defer oc.Close()
	documents, files := httptest.NewServer(wd), httptest.NewServer(oc)
	defer documents.Close()
	defer files.Close()
	_, token := wd.AddUser(workdocstest.Administrator)
	err := json.NewEncoder(stdout).Encode(site{HTTP: open.URL, HTTPS: closed.URL, CA: string(ca),
		WorkDocs: documents.URL, Token: token, Folder: wd.RootFolder(), Oracle: files.URL})
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() {
		_, err := io.Copy(io.Discard, stdin)
		ended <- err
	}()
	select {
	case err = <-ended:
	case <-ctx.Done():
	}
	for _, server := range []*httptest.Server{open, closed, documents, files} {
		server.CloseClientConnections()
	}
	return err
}

// routes are the operations with their canned answers, and the storage.
func routes() *http.ServeMux {
	mux := http.NewServeMux()
	for route, answer := range map[string]struct {
		status int
		body   string
	}{
		"POST /participant/start-attachment-upload": {http.StatusOK, startedAttachment()},
		"POST /api/v1/documents":                    {http.StatusCreated, begunVersion()},
	} {
		mux.Handle(route, canned(answer.status, answer.body))
	}
	mux.HandleFunc("POST /participant/transcript", listed(transcript, transcriptItems,
		func(r *http.Request) string { return r.Header.Get("X-Amz-Bearer") }))
	mux.HandleFunc("GET /api/v1/folders/{id}/contents", listed(folder, folderDocuments,
		func(r *http.Request) string { return r.PathValue("id") }))
	mux.HandleFunc("GET /api/v1/documents/{size}/versions/{version}", version)
	mux.HandleFunc("GET /content/{size}", content)
	mux.HandleFunc("PUT /", swallow)
	mux.HandleFunc("POST /form", swallow)
	return mux
}

// entries is the token, or the folder, with listings of n entries. All others have
// those of the usual length.
func entries(n int) string { return fmt.Sprint("entries-", n) }

// listed answers with the listing for a token or a folder.
func listed(answer func(length int) string, usual int, which func(*http.Request) string) http.HandlerFunc {
	answers := map[string]http.Handler{}
	for _, n := range []int{1, 10, usual, mostDocuments} {
		answers[entries(n)] = canned(http.StatusOK, answer(n))
	}
	return func(w http.ResponseWriter, r *http.Request) {
		handler := answers[which(r)]
		if handler == nil {
			handler = answers[entries(usual)]
		}
		handler.ServeHTTP(w, r)
	}
}

func canned(status int, body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return // the connection is gone
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Amzn-Requestid", "0e4c5a2d-6b9f-4d0a-9d66-0c7bbf0a4d51")
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}

// swallow takes content as S3 does and keeps nothing of it.
func swallow(w http.ResponseWriter, r *http.Request) {
	buffer := make([]byte, min(256<<10, max(4<<10, r.ContentLength)))
	if _, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, r.Body, buffer); err != nil {
		return
	}
	w.Header().Set("Etag", `"9b2cf535f27731c974343645a3985328"`)
}

// version describes a version whose content has the size that its document is
// named after.
func version(w http.ResponseWriter, r *http.Request) {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	canned(http.StatusOK, fmt.Sprintf(`{"Metadata":{"Id":"v","Name":"a.bin","ContentType":"application/octet-stream",`+
		`"Size":%s,"Status":"ACTIVE","Source":{"ORIGINAL":"%s://%s/content/%[1]s?X-Amz-Signature=s"}}}`,
		r.PathValue("size"), scheme, r.Host)).ServeHTTP(w, r)
}

// content sends random bytes, the same block again and again.
func content(w http.ResponseWriter, r *http.Request) {
	size, err := strconv.ParseInt(r.PathValue("size"), 10, 64)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Etag", `"9b2cf535f27731c974343645a3985328"`)
	block := make([]byte, 256<<10)
	_, _ = rand.Read(block) // it never fails
	for size > 0 {
		n, err := w.Write(block[:min(size, int64(len(block)))])
		if err != nil {
			return
		}
		size -= int64(n)
	}
}

func startedAttachment() string {
	return `{"AttachmentId":"d4e3c9a2-7c53-4a36-8b70-6f1b9e1ad0c5","UploadMetadata":{"Url":` +
		`"https://bucket.s3.us-west-2.amazonaws.com/chat/a?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0a1b2c",` +
		`"UrlExpiry":"2026-01-02T03:04:05.678Z","HeadersToInclude":{"Content-Type":"text/csv","Content-Length":"3",` +
		`"x-amz-acl":"bucket-owner-full-control"}}}`
}

func transcript(length int) string {
	items := make([]string, length)
	for n := range items {
		items[n] = fmt.Sprintf(`{"AbsoluteTime":"2026-01-02T03:04:05.678Z","Content":"message %d: thank you, that works",`+
			`"ContentType":"text/plain","Id":"item-%d","Type":"MESSAGE","ParticipantId":"p-%d","DisplayName":"Ana",`+
			`"ParticipantRole":"CUSTOMER"}`, n, n, n%2)
	}
	return `{"InitialContactId":"c","Transcript":[` + strings.Join(items, ",") + `],"NextToken":"next"}`
}

func begunVersion() string {
	return `{"Metadata":` + document(1) + `,"UploadMetadata":{"UploadUrl":` +
		`"https://bucket.s3.us-west-2.amazonaws.com/a?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0a1b2c",` +
		`"SignedHeaders":{"Content-Type":"application/pdf","x-amz-server-side-encryption":"AES256"}}}`
}

func folder(length int) string {
	documents := make([]string, length)
	for n := range documents {
		documents[n] = document(n)
	}
	return `{"Documents":[` + strings.Join(documents, ",") + `],"Folders":[],"Marker":"next"}`
}

func document(n int) string {
	return fmt.Sprintf(`{"Id":"document-%d","CreatorId":"user-1","ParentFolderId":"folder-1","CreatedTimestamp":1.7672E9,`+
		`"ModifiedTimestamp":1.7672E9,"LatestVersionMetadata":{"Id":"1767322645678-%d","Name":"report %d.pdf",`+
		`"ContentType":"application/pdf","Size":%d,"Signature":"9b2cf535","Status":"ACTIVE","CreatedTimestamp":1.7672E9,`+
		`"ModifiedTimestamp":1.7672E9,"ContentModifiedTimestamp":1.7672E9,"CreatorId":"user-1"},`+
		`"ResourceState":"ACTIVE","Labels":["a","b"]}`, n, n, n, 12345+n)
}

// errStillborn means that the child process ended before it wrote its site.
var errStillborn = errors.New("the server in the child process has not started")

// patience is how long the child process may take to start and to stop.
const patience = 20 * time.Second
