package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// The keys of all clients, which are AWS's own example.
const (
	accessKey = "AKIDEXAMPLE"
	secretKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
	region    = "us-west-2"
)

var keys = aws.Credentials{AccessKeyID: accessKey, SecretAccessKey: secretKey}

// presign returns the URL for a PUT of an object. Each document has its own, since
// minio-go signs each request too.
func (j job) presign(ctx context.Context, signer *v4.Signer, key string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, j.URL+"/bucket/"+key+"?X-Amz-Expires=900", http.NoBody)
	if err != nil {
		return "", err
	}
	to, _, err := signer.PresignHTTP(ctx, keys, req, "UNSIGNED-PAYLOAD", "s3", region, time.Now(),
		func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	return to, err
}

// share lets the workers do all documents of a job, and returns their errors.
func (j job) share(do func(n int) error) error {
	numbers := make(chan int)
	failed := make([]error, j.Workers)
	var workers sync.WaitGroup
	for worker := range j.Workers {
		workers.Go(func() {
			for n := range numbers {
				failed[worker] = errors.Join(failed[worker], do(n))
			}
		})
	}
	for n := range j.Count {
		numbers <- n
	}
	close(numbers)
	workers.Wait()
	return errors.Join(failed...)
}

func nameOf(n int) string { return fmt.Sprintf("document-%06d.bin", n) }

func smallFloor(ctx context.Context, j job) error {
	client, signer, content := j.plain(), v4.NewSigner(), make([]byte, j.Size)
	return j.share(func(n int) error {
		to, err := j.presign(ctx, signer, nameOf(n))
		if err != nil {
			return err
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodPut, to, bytes.NewReader(content))
		if err != nil {
			return err
		}
		return finish(client, req)
	})
}

func smallDocferry(ctx context.Context, j job) error {
	signer, content := v4.NewSigner(), make([]byte, j.Size)
	engine := &upload.Presigned{
		HTTP: j.docferry(),
		Begin: func(ctx context.Context, src upload.Source) (*upload.Slot, error) {
			to, err := j.presign(ctx, signer, src.Name)
			return &upload.Slot{URL: docferry.Secret(to)}, err
		},
	}
	var sources iter.Seq[upload.Source] = func(yield func(upload.Source) bool) {
		for n := range j.Count {
			if !yield(upload.Bytes(nameOf(n), content)) {
				return
			}
		}
	}
	stored := 0
	for outcome := range upload.Each(ctx, engine, j.Workers, sources) {
		if outcome.Err != nil {
			return outcome.Err
		}
		stored++
	}
	if stored != j.Count {
		return fmt.Errorf("%d documents are stored, not %d", stored, j.Count)
	}
	return nil
}

// minio is a client of minio-go, as it comes.
func (j job) minio() (*minio.Client, error) {
	at, err := url.Parse(j.URL)
	if err != nil {
		return nil, err
	}
	return minio.New(at.Host, &minio.Options{
		Creds: credentials.NewStaticV4(accessKey, secretKey, ""), Region: region, Secure: at.Scheme == "https",
		Transport: j.plain().Transport,
	})
}

func smallMinio(ctx context.Context, j job) error {
	client, err := j.minio()
	if err != nil {
		return err
	}
	content := make([]byte, j.Size)
	return j.share(func(n int) error {
		_, err := client.PutObject(ctx, "bucket", nameOf(n), bytes.NewReader(content), j.Size, minio.PutObjectOptions{})
		return err
	})
}
