package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
)

// slot is a presigned URL. Nothing here looks at its signature.
func (j job) slot() string { return j.URL + "/bucket/key?X-Amz-Signature=0a1b2c" }

// put sends a file by a presigned PUT, with net/http alone.
func put(ctx context.Context, client *http.Client, to, file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, to, f)
	if err != nil {
		return err
	}
	req.ContentLength = info.Size()
	return finish(client, req)
}

func putFloor(ctx context.Context, j job) error { return put(ctx, j.plain(), j.slot(), j.File) }

func filesFloor(ctx context.Context, j job) error {
	client := j.plain()
	return j.often(func() error { return put(ctx, client, j.slot(), j.File) })
}

// presigned is docferry's engine for presigned URLs, and the URL is known.
func (j job) presigned(digests upload.Digests) *upload.Presigned {
	return &upload.Presigned{HTTP: j.docferry(), Digests: digests, Begin: func(context.Context, upload.Source) (*upload.Slot, error) {
		return &upload.Slot{URL: docferry.Secret(j.slot())}, nil
	}}
}

// send uploads a file and checks what is said to be stored.
func send(ctx context.Context, to upload.Uploader, file string, digests upload.Digests) error {
	src, err := upload.File(file)
	if err != nil {
		return err
	}
	stored, err := to.Upload(ctx, src)
	if err == nil && (stored.Size != src.Size || (stored.SHA256 == "") != (digests == upload.DigestsNone)) {
		err = errors.New("the result has not the size or the digest that it should")
	}
	return err
}

func putDocferry(digests upload.Digests) func(context.Context, job) error {
	return func(ctx context.Context, j job) error { return send(ctx, j.presigned(digests), j.File, digests) }
}

func filesDocferry(digests upload.Digests) func(context.Context, job) error {
	return func(ctx context.Context, j job) error {
		engine := j.presigned(digests)
		return j.often(func() error { return send(ctx, engine, j.File, digests) })
	}
}

// often does something as often as a job says, at least once.
func (j job) often(do func() error) error {
	for range max(1, j.Count) {
		if err := do(); err != nil {
			return err
		}
	}
	return nil
}

func formFloor(ctx context.Context, j job) error {
	client := j.plain()
	return j.often(func() error { return j.form(ctx, client) })
}

// form sends a file as multipart/form-data of known length: what stands around the
// file is written into memory, and the file is read in between.
func (j job) form(ctx context.Context, client *http.Client) error {
	f, err := os.Open(j.File)
	if err != nil {
		return err
	}
	defer f.Close()
	var around bytes.Buffer
	form := multipart.NewWriter(&around)
	if err := form.WriteField("parentID", "folder"); err != nil {
		return err
	}
	if _, err := form.CreateFormFile("file", filepath.Base(j.File)); err != nil {
		return err
	}
	head := bytes.Clone(around.Bytes())
	around.Reset()
	if err := form.Close(); err != nil {
		return err
	}
	body := io.MultiReader(bytes.NewReader(head), f, &around)
	length := int64(len(head)) + j.Size + int64(around.Len())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, j.URL+"/form", body)
	if err != nil {
		return err
	}
	req.ContentLength = length
	req.Header.Set("Content-Type", form.FormDataContentType())
	return finish(client, req)
}

func formDocferry(digests upload.Digests) func(context.Context, job) error {
	return func(ctx context.Context, j job) error {
		engine := &upload.Multipart{
			URL: docferry.Secret(j.URL + "/form"), HTTP: j.docferry(), Digests: digests,
			Fields: []upload.Field{{Name: "parentID", Content: []byte("folder")}},
			Accept: func(int, http.Header, []byte) (*upload.Result, error) { return &upload.Result{Size: j.Size}, nil },
		}
		return j.often(func() error { return send(ctx, engine, j.File, digests) })
	}
}

func putCurl(ctx context.Context, j job) (int64, error) {
	return curl(ctx, j, "-T", j.File, j.slot())
}

func formCurl(ctx context.Context, j job) (int64, error) {
	return curl(ctx, j, "-F", "parentID=folder", "-F", "file=@"+j.File, j.URL+"/form")
}

// curl runs curl and watches its memory.
func curl(ctx context.Context, j job, args ...string) (int64, error) {
	authority := filepath.Join(j.Dir, "authority.pem")
	if err := os.WriteFile(authority, []byte(j.CA), 0o600); err != nil {
		return 0, err
	}
	var peak int64
	child := exec.CommandContext(ctx, "curl",
		append([]string{"-q", "-fsS", "--http1.1", "--noproxy", "*", "-o", os.DevNull, "--cacert", authority}, args...)...)
	child.Stderr = os.Stderr
	if err := child.Start(); err != nil {
		return 0, err
	}
	ended := make(chan error, 1)
	go func() { ended <- child.Wait() }()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-ended:
			return peak, err
		case <-tick.C:
			peak = max(peak, peakMemory(child.Process.Pid))
		}
	}
}
