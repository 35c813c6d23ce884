package upload_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/emulate"
	"github.com/docferry/docferry/internal/storagehost"
	"github.com/docferry/docferry/upload"
)

// service is a service of a few lines: it begins things, hands out URLs to PUT
// them to, and makes them final. It keeps account of what it was asked, and of
// every secret that it hands out.
type service struct {
	*testing.T
	*upload.Presigned
	canary *canary
	// place returns the URL for a thing, and the header to send.
	place func(id string, src upload.Source) (address string, header map[string]string)
	// content returns what the storage has for a thing.
	content func(id string) ([]byte, bool)

	mu      sync.Mutex
	calls   []string
	begun   int
	lengths []string        // of the PUTs: as net/http sees it, as it was sent, and the transfer encoding
	things  map[string]bool // by ID; true if final
}

const (
	callBegin  = "begin"
	callPut    = "PUT"
	callCommit = "commit"
	callFind   = "find"
	callAbort  = "abort"
)

var background = context.Background()

// newService returns a service whose URLs place makes.
func newService(t *testing.T, h docferry.HTTP) *service {
	s := &service{T: t, canary: newCanary(t), things: make(map[string]bool)}
	h.Observer, h.AllowPrivate = s.canary.observer(), true
	s.Presigned = &upload.Presigned{Service: "vault", HTTP: h, CompareETag: true,
		Begin: s.begin, Commit: s.commit, Find: s.find, Abort: s.abort}
	t.Cleanup(s.CloseIdleConnections)
	return s
}

func (s *service) note(call string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, call)
}

func (s *service) begin(ctx context.Context, src upload.Source) (*upload.Slot, error) {
	s.note(callBegin)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.begun++
	id := "thing-" + strconv.Itoa(s.begun)
	s.things[id] = false
	s.mu.Unlock()
	address, header := s.place(id, src)
	s.canary.hidesURL(address)
	return &upload.Slot{ID: id, URL: docferry.Secret(address), Header: header}, nil
}

func (s *service) commit(ctx context.Context, slot *upload.Slot, _ upload.Put) (*upload.Result, error) {
	s.note(callCommit)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.finish(slot.ID)
	return &upload.Result{}, nil
}

func (s *service) finish(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.things[id] = true
}

func (s *service) find(_ context.Context, slot *upload.Slot, _ upload.Put) (*upload.Result, error) {
	s.note(callFind)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.things[slot.ID] {
		return &upload.Result{}, nil
	}
	return nil, nil
}

func (s *service) abort(ctx context.Context, slot *upload.Slot) error {
	s.note(callAbort)
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.things, slot.ID)
	return nil
}

// count counts the things that are final, and those that are not.
func (s *service) count() (final, begun int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, is := range s.things {
		if is {
			final++
		}
	}
	return final, len(s.things) - final
}

func (s *service) made() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// newStored returns a service with a real storage behind it, reached by way of h.
func newStored(t *testing.T, base string, host *storagehost.Host, h docferry.HTTP) *service {
	s := newService(t, h)
	const key = "canary-customer-key-0123456789"
	s.canary.hides(key)
	s.place = func(id string, src upload.Source) (string, map[string]string) {
		header := map[string]string{"Content-Type": src.ContentType, "Content-Length": strconv.FormatInt(src.Size, 10),
			"x-amz-server-side-encryption-customer-key": key}
		return host.PresignPut(base, id, header, time.Minute), header
	}
	s.content = func(id string) ([]byte, bool) {
		o, ok := host.Object(id)
		return o.Content, ok
	}
	return s
}

// noting tells the service of every PUT that arrives.
func noting(s **service, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		(*s).note(callPut)
		(*s).mu.Lock()
		(*s).lengths = append((*s).lengths, fmt.Sprint(r.ContentLength, r.Header["Content-Length"], r.TransferEncoding))
		(*s).mu.Unlock()
		next.ServeHTTP(w, r)
	})
}

// overTCP returns a service whose storage listens on loopback, and the desk
// for its faults.
func overTCP(t *testing.T) (*service, *emulate.Desk) {
	t.Helper()
	desk := new(emulate.Desk)
	host := storagehost.New(desk, time.Now)
	var s *service
	srv := httptest.NewServer(noting(&s, host))
	t.Cleanup(srv.Close)
	s = newStored(t, srv.URL, host, docferry.HTTP{})
	return s, desk
}

// inBubble runs test on a fake clock, with a service whose storage is in memory.
func inBubble(t *testing.T, test func(s *service, desk *emulate.Desk)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		desk := new(emulate.Desk)
		host := storagehost.New(desk, time.Now)
		var s *service
		memory := emulate.NewMemory(noting(&s, host))
		s = newStored(t, "http://vault.test", host, docferry.HTTP{Transport: memory})
		defer func() {
			_ = memory.Close()
			time.Sleep(time.Minute) // the server's connections take their time to close
		}()
		test(s, desk)
	})
}

// ending is what a test expects of an upload.
type ending struct {
	state upload.State // "" for success
	stage upload.Stage
	is    error // what the error wraps, if not nil
	left  []upload.Ref
	calls []string // nil is not compared
	begun int      // things that are begun and remain
}

// ends uploads, compares what came of it, and wants no secret told.
func (s *service) ends(ctx context.Context, src upload.Source, want ending) (*upload.Result, *upload.Error) {
	s.Helper()
	result, err := s.Upload(ctx, src)
	s.canary.keeps(err)
	ended := s.compare(err, want)
	if want.state == "" && err == nil {
		s.stored(result, src)
		if diff := cmp.Diff(want.left, result.Left, cmpopts.EquateEmpty()); diff != "" {
			s.Errorf("Result.Left (-want +got):\n%s", diff)
		}
	}
	if want.calls != nil {
		if diff := cmp.Diff(want.calls, s.made()); diff != "" {
			s.Errorf("calls (-want +got):\n%s", diff)
		}
	}
	if _, begun := s.count(); begun != want.begun {
		s.Errorf("%d things are begun and not finished, want %d (%v)", begun, want.begun, err)
	}
	return result, ended
}

func (s *service) compare(err error, want ending) *upload.Error {
	s.Helper()
	if want.state == "" {
		if err != nil {
			s.Errorf("failed: %v", err)
		}
		return nil
	}
	ended, ok := errors.AsType[*upload.Error](err)
	if !ok {
		s.Fatalf("got %v, want an *upload.Error", err)
	}
	if ended.State != want.state || ended.Stage != want.stage {
		s.Errorf("ended %q at %q, want %q at %q: %v", ended.State, ended.Stage, want.state, want.stage, err)
	}
	if diff := cmp.Diff(want.left, ended.Left); diff != "" {
		s.Errorf("Left (-want +got):\n%s", diff)
	}
	if want.is != nil && !errors.Is(err, want.is) {
		s.Errorf("the error does not wrap %v: %v", want.is, err)
	}
	return ended
}

// stored compares what the storage has with the source.
func (s *service) stored(result *upload.Result, src upload.Source) {
	s.Helper()
	got, ok := s.content(result.ID)
	want := read(s.T, src)
	if !ok || !bytes.Equal(got, want) {
		s.Errorf("%q: %d bytes are stored that are not the %d of the source", result.ID, len(got), len(want))
	}
	sum := sha256.Sum256(want)
	if result.SHA256 != hex.EncodeToString(sum[:]) || result.Size != src.Size {
		s.Errorf("result %+v of %d bytes with the digest %x", result, src.Size, sum)
	}
}

// noise is content in which no part can pass for another.
func noise(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(b)
	return b
}

// fileSHA256 is the digest of file.
const fileSHA256 = "290f493c44f5d63d06b374d0a5abd292fae38b92cab2fae5efefe1b0e9347f56"

var (
	file       = upload.Bytes("a.txt", []byte("some content"))
	allStages  = []string{callBegin, callPut, callCommit}
	one        = []upload.Ref{{ID: "thing-1"}}
	errRefused = &docferry.Error{Service: "vault", Operation: "Test", StatusCode: 403, Kind: docferry.ErrForbidden}
	errLost    = &docferry.TransportError{Service: "vault", Operation: "Test", Sent: true,
		Err: fmt.Errorf("connection reset")}
)

// read reads all of a source.
func read(t *testing.T, src upload.Source) []byte {
	t.Helper()
	rc, err := src.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer rc.Close()
	content, err := io.ReadAll(rc)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// nowhere is for uploads that send nothing.
var nowhere = docferry.HTTP{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
	panic("a request was sent to " + r.URL.Host)
})}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
