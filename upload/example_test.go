package upload_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
)

// exampleStorage is a service of no vendor: it takes content by PUT, and says
// on out what it got.
func exampleStorage(out io.Writer) *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		w.Header().Set("ETag", `"1"`)
		_, _ = fmt.Fprintf(out, "%s %s: %d bytes, %s\n", r.Method, r.URL.Path, n, r.Header.Get("Content-Type"))
	}))
}

// Any service that hands out presigned URLs becomes a destination. Begin asks
// it for one; what else there is to do goes into Commit and Abort.
func ExamplePresigned() {
	srv := exampleStorage(os.Stdout)
	defer srv.Close()
	to := &upload.Presigned{
		Service: "storage",
		HTTP:    docferry.HTTP{AllowPrivate: true}, // since the URL is not https
		Begin: func(_ context.Context, src upload.Source) (*upload.Slot, error) {
			return &upload.Slot{ID: "42", URL: docferry.Secret(srv.URL + "/" + src.Name + "?signature=s3cr3t"),
				Header: map[string]string{"Content-Type": src.ContentType}}, nil
		},
	}
	stored, err := to.Upload(context.Background(), upload.Bytes("may.txt", []byte("All is well.\n")))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(stored.ID, stored.Size, stored.SHA256[:8])
	// Output:
	// PUT /may.txt: 13 bytes, text/plain
	// 42 13 fc80289e
}

// Any service that takes a form becomes a destination, too.
func ExampleMultipart() {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		file, header, err := r.FormFile("document")
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		content, _ := io.ReadAll(file)
		_ = json.NewEncoder(w).Encode(map[string]any{"id": r.FormValue("folder") + "/" + header.Filename,
			"size": len(content)})
	}))
	defer srv.Close()
	to := &upload.Multipart{
		Service: "desk", URL: docferry.Secret(srv.URL), HTTP: docferry.HTTP{AllowPrivate: true},
		FileField: "document",
		Fields:    []upload.Field{{Name: "folder", Content: []byte("Reports")}},
		Accept: func(_ int, _ http.Header, body []byte) (*upload.Result, error) {
			var answer struct {
				ID   string
				Size int64
			}
			if err := json.Unmarshal(body, &answer); err != nil {
				return nil, err
			}
			return &upload.Result{ID: answer.ID, Size: answer.Size}, nil // the size is compared
		},
	}
	stored, err := to.Upload(context.Background(), upload.Bytes("may.txt", []byte("All is well.")))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(stored.ID, stored.Size)
	// Output: Reports/may.txt 12
}

// Many sources go to one uploader, a few at a time. An outcome comes for each
// of them, whatever becomes of the others.
func ExampleEach() {
	memory := upload.Func(func(_ context.Context, src upload.Source) (*upload.Result, error) {
		if strings.HasSuffix(src.Name, ".tmp") {
			return nil, &upload.Error{Name: src.Name, Stage: upload.StageSource, State: upload.StateNotStarted,
				Err: errors.New("not wanted here")}
		}
		return &upload.Result{ID: src.Name, Size: src.Size}, nil
	})
	sources := []upload.Source{
		upload.Bytes("april.txt", []byte("All was well.")),
		upload.Bytes("may.txt", []byte("All is well.")),
		upload.Bytes("~june.tmp", nil),
	}
	var lines []string
	for outcome := range upload.Each(context.Background(), memory, 2, slices.Values(sources)) {
		if outcome.Err != nil {
			lines = append(lines, outcome.Err.Error())
			continue
		}
		lines = append(lines, fmt.Sprint(outcome.Source.Name, ": ", outcome.Result.Size, " bytes"))
	}
	slices.Sort(lines) // they come in the order in which they end
	fmt.Println(strings.Join(lines, "\n"))
	// Output:
	// april.txt: 13 bytes
	// may.txt: 12 bytes
	// upload "~june.tmp": source: not wanted here (not started)
}

// Progress is told as the content is read; it is over when Upload returns.
func ExampleWithProgress() {
	srv := exampleStorage(os.Stdout)
	defer srv.Close()
	to := &upload.Presigned{HTTP: docferry.HTTP{AllowPrivate: true},
		Begin: func(context.Context, upload.Source) (*upload.Slot, error) {
			return &upload.Slot{URL: docferry.Secret(srv.URL + "/may.txt"),
				Header: map[string]string{"Content-Type": "text/plain"}}, nil
		}}
	var sent atomic.Int64 // the transport reads
	src := upload.WithProgress(upload.Bytes("may.txt", make([]byte, 100_000)),
		func(p upload.Progress) { sent.Store(p.Sent) })
	if _, err := to.Upload(context.Background(), src); err != nil {
		log.Fatal(err)
	}
	fmt.Println(sent.Load(), "of", src.Size)
	// Output:
	// PUT /may.txt: 100000 bytes, text/plain
	// 100000 of 100000
}

// A reader whose length nobody knows goes through a temporary file.
func ExampleSpool() {
	src, remove, err := upload.Spool(context.Background(), "may.txt", strings.NewReader("All is well."), "", 1<<20)
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = remove() }()
	content, err := src.Open(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	defer content.Close()
	hash := sha256.New()
	n, err := io.Copy(hash, content)
	fmt.Println(n, src.Size, src.ContentType, err)
	// Output: 12 12 text/plain <nil>
}

func ExampleFile() {
	_, err := upload.File("no such file.txt")
	fmt.Println(errors.Is(err, os.ErrNotExist))
	// Output: true
}
