package main

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
)

// jobs are what is measured in a process of its own, by name. Each returns the
// peak of the memory of another process, if that did the work; otherwise 0.
var jobs = map[string]func(context.Context, job) (int64, error){
	"hash":           own(hashFile(sha256.New())),
	"hash/md5":       own(hashFile(sha256.New(), md5.New())),
	"put/floor":      own(putFloor),
	"put/docferry":   own(putDocferry(upload.DigestsUsual)),
	"put/sha256":     own(putDocferry(upload.DigestsSHA256)),
	"put/none":       own(putDocferry(upload.DigestsNone)),
	"put/curl":       putCurl,
	"form/floor":     own(formFloor),
	"form/docferry":  own(formDocferry(upload.DigestsUsual)),
	"form/none":      own(formDocferry(upload.DigestsNone)),
	"form/curl":      formCurl,
	"files/floor":    own(filesFloor),
	"files/docferry": own(filesDocferry(upload.DigestsUsual)),
	"files/sha256":   own(filesDocferry(upload.DigestsSHA256)),
	"files/none":     own(filesDocferry(upload.DigestsNone)),
	"small/floor":    own(smallFloor),
	"small/docferry": own(smallDocferry),
	"small/minio":    own(smallMinio),
	"read/floor":     own(readFloor),
	"read/docferry":  own(readDocferry),
	"save/floor":     own(saveFloor),
	"tree/minio":     own(treeMinio),
	"tree/oracle":    own(treeOracle),
	"tree/workdocs":  own(treeWorkDocs),
	"tree/journal":   own(treeJournal),
	"save/docferry":  own(saveDocferry),
}

// own is a job that is done in the process which runs it.
func own(do func(context.Context, job) error) func(context.Context, job) (int64, error) {
	return func(ctx context.Context, j job) (int64, error) { return 0, do(ctx, j) }
}

// hashFile reads a file and computes its digests.
func hashFile(digests ...io.Writer) func(context.Context, job) error {
	return func(_ context.Context, j job) (err error) {
		f, err := os.Open(j.File)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		n, err := io.Copy(io.MultiWriter(digests...), f)
		if err == nil && n != j.Size {
			err = fmt.Errorf("%d bytes were hashed, not %d", n, j.Size)
		}
		return err
	}
}

// trust is the TLS configuration with the server's authority.
func (j job) trust() *tls.Config {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(j.CA))
	return &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
}

// plain is the http.Client of the floor.
func (j job) plain() *http.Client {
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig: j.trust(), MaxIdleConnsPerHost: 64, DisableCompression: true,
		ExpectContinueTimeout: time.Second, TLSHandshakeTimeout: 10 * time.Second,
	}}
}

// docferry is how docferry's engines send. URLs of loopback have to be allowed,
// and the authority trusted; everything else is as it comes.
func (j job) docferry() docferry.HTTP {
	return docferry.HTTP{TLS: j.trust(), AllowPrivate: true}
}

// finish sends a request and reads the answer to its end.
func finish(client *http.Client, req *http.Request) (err error) {
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %s", req.Method, req.URL.Path, resp.Status)
	}
	return nil
}

// inDir returns a name for a file that does not exist yet, in the folder of a job.
func (j job) inDir() string {
	return filepath.Join(j.Dir, fmt.Sprintf("%d.bin", time.Now().UnixNano()))
}
