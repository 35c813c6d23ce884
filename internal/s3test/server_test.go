// Package s3test uploads to, and downloads from, a server of S3's protocol that
// others wrote: versitygw, a gateway in front of a folder. Requests are signed
// with the vendor's library. So neither the server nor the signatures share
// code, and mistakes, with docferry or with its own test servers.
//
// The tests need the program, and are skipped without it:
//
//	go install github.com/versity/versitygw/cmd/versitygw@v1.8.0
//	go test . -versitygw "$(go env GOPATH)/bin/versitygw"
//
// With -short, the test that moves 1 GiB is skipped. This is a module of its
// own, so that nobody who imports docferry gets to see what it requires.
package s3test

import (
	"bytes"
	"context"
	"flag"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/docferry/docferry"
	"github.com/google/go-cmp/cmp"
)

var versitygw = flag.String("versitygw", "", "path of the program versitygw, which the tests start; none skips them")

// What the gateway is started with.
const (
	keyID  = "AKIAEXAMPLE"
	secret = "secret/example"
	region = "eu-west-1"
	bucket = "my-bucket"
)

// gateway is a running server with one bucket.
type gateway struct {
	endpoint string        // scheme, host and port
	folder   string        // what the bucket holds, as files
	http     docferry.HTTP // how to reach it
	client   *s3.Client    // the vendor's, with the right keys
}

// start starts a gateway, which ends with the test. scheme is http, or https
// with the flags for it in args and roots in tr.
func start(t *testing.T, scheme string, tr *http.Transport, args ...string) *gateway {
	t.Helper()
	if *versitygw == "" {
		t.Skip("there is no server: give the path of versitygw with the flag -versitygw; see the package's comment")
	}
	objects, metadata := t.TempDir(), t.TempDir()
	address := run(t, append(args, "posix", "--sidecar", metadata, objects))
	t.Cleanup(tr.CloseIdleConnections)
	g := &gateway{
		endpoint: scheme + "://" + address,
		folder:   filepath.Join(objects, bucket),
		// What is on this machine has to be allowed, even if it is https.
		http: docferry.HTTP{Transport: tr, AllowPrivate: true},
	}
	g.client = s3.New(s3.Options{
		BaseEndpoint: &g.endpoint, Region: region, UsePathStyle: true, HTTPClient: &http.Client{Transport: tr},
		Credentials: keys(keyID, secret),
	})
	if _, err := g.client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: new(bucket)}); err != nil {
		t.Fatal(err)
	}
	return g
}

// plain starts a gateway without TLS.
func plain(t *testing.T) *gateway {
	t.Helper()
	return start(t, "http", &http.Transport{ExpectContinueTimeout: 2 * time.Second})
}

func keys(id, secret string) aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: id, SecretAccessKey: secret}, nil
	})
}

// run starts the program, and returns the address at which it listens.
func run(t *testing.T, args []string) string {
	t.Helper()
	for n := range 5 { // somebody else may be given the port meanwhile
		address, ready := freeAddress(t), filepath.Join(socketFolder(t), strconv.Itoa(n))
		log := new(output)
		all := append([]string{"--port", address, "--port", ready, "--access", keyID, "--secret", secret,
			"--region", region, "--keep-alive", "--quiet"}, args...)
		cmd := exec.CommandContext(t.Context(), *versitygw, all...) // killed when the test is over
		cmd.Env = []string{}                                        // it also reads its settings from there
		cmd.Stdout, cmd.Stderr = log, log
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_ = cmd.Wait()
		}()
		t.Cleanup(func() { <-ended })
		if appears(t, ready, ended) {
			t.Cleanup(func() {
				if t.Failed() {
					t.Logf("the gateway says:\n%s", log)
				}
			})
			return address
		}
		t.Logf("the gateway ended:\n%s", log)
	}
	t.Fatal("the gateway did not start")
	return ""
}

// socketFolder makes a folder with a name that is short enough for sockets.
func socketFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "s3-*") //nolint:usetesting // whose folders have long names
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// appears waits for the gateway to open its second listener, a socket in the
// file system: the first is open by then. To dial the first until it answers
// could take its port away, as a connection to itself. appears reports false if
// the gateway has ended instead.
func appears(t *testing.T, socket string, ended <-chan struct{}) bool {
	t.Helper()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	late := time.After(30 * time.Second)
	for {
		if _, err := os.Stat(socket); err == nil {
			return true
		}
		select {
		case <-again.C:
		case <-ended:
			return false
		case <-late:
			t.Fatal("the gateway does not start to listen")
		}
	}
}

// output collects what the gateway prints.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// file is where the gateway keeps an object.
func (g *gateway) file(key string) string { return filepath.Join(g.folder, filepath.FromSlash(key)) }

// head returns what the gateway says of an object.
func (g *gateway) head(t *testing.T, key string) *s3.HeadObjectOutput {
	t.Helper()
	out, err := g.client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: new(bucket), Key: &key,
		ChecksumMode: "ENABLED"})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// files lists the files of the bucket's folder, apart from those that the
// gateway is still writing.
func (g *gateway) files(t *testing.T) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(g.folder, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.Name() == ".sgwtmp":
			return fs.SkipDir
		case d.IsDir():
			return nil
		}
		key, err := filepath.Rel(g.folder, name)
		found = append(found, filepath.ToSlash(key))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// holds fails the test unless the bucket's folder has exactly these files.
func (g *gateway) holds(t *testing.T, keys ...string) {
	t.Helper()
	slices.Sort(keys)
	if diff := cmp.Diff(keys, slices.Sorted(slices.Values(g.files(t)))); diff != "" {
		t.Errorf("what the bucket holds (-want +got):\n%s", diff)
	}
}
