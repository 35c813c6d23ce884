package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/docferry/docferry"
	"github.com/docferry/docferry/workdocs"
)

// fetch writes the content of a job to w, with net/http alone.
func (j job) fetch(ctx context.Context, w io.Writer) (err error) {
	from := fmt.Sprintf("%s/content/%d?X-Amz-Signature=s", j.URL, j.Size)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, from, http.NoBody)
	if err != nil {
		return err
	}
	resp, err := j.plain().Do(req)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	n, err := io.Copy(w, resp.Body)
	if err == nil && (resp.StatusCode != http.StatusOK || n != j.Size) {
		err = fmt.Errorf("%s, and %d bytes instead of %d", resp.Status, n, j.Size)
	}
	return err
}

func readFloor(ctx context.Context, j job) error { return j.fetch(ctx, io.Discard) }

// saveFloor makes a file that is on disk when it returns, as Save does.
func saveFloor(ctx context.Context, j job) error {
	f, err := os.Create(j.inDir())
	if err != nil {
		return err
	}
	if err := j.fetch(ctx, f); err != nil {
		return errors.Join(err, f.Close())
	}
	return errors.Join(f.Sync(), f.Close())
}

// download opens the download of a version in WorkDocs. It takes a call of the
// service to learn the URL, which the floor is given.
func (j job) download(ctx context.Context) (*docferry.Download, error) {
	client, err := workdocs.New(workdocs.Config{
		Region: region, Endpoint: j.URL, HTTP: j.docferry(),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return keys, nil }),
	})
	if err != nil {
		return nil, err
	}
	return client.Download(ctx, workdocs.DownloadRequest{DocumentID: strconv.FormatInt(j.Size, 10), VersionID: "v"})
}

func readDocferry(ctx context.Context, j job) (err error) {
	content, err := j.download(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, content.Close()) }()
	n, err := io.Copy(io.Discard, content)
	if err == nil && n != j.Size {
		err = fmt.Errorf("%d bytes were read, not %d", n, j.Size)
	}
	return err
}

func saveDocferry(ctx context.Context, j job) (err error) {
	dir, err := os.OpenRoot(j.Dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dir.Close()) }()
	content, err := j.download(ctx)
	if err != nil {
		return err
	}
	return content.Save(dir, filepath.Base(j.inDir()))
}
