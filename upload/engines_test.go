package upload_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/upload/uploadtest"
)

func (s *service) harness() *uploadtest.Harness {
	return &uploadtest.Harness{Uploader: s, Count: s.count, Content: func(r *upload.Result) ([]byte, error) {
		content, ok := s.content(r.ID)
		if !ok {
			return nil, fmt.Errorf("no %q", r.ID)
		}
		return content, nil
	}}
}

func TestPresigned(t *testing.T) {
	uploadtest.Test(t, func(tb testing.TB) *uploadtest.Harness {
		s, _ := overTCP(tb.(*testing.T))
		return s.harness()
	})
}

// Storage alone, without a service in front of it: what is PUT is there.
func TestPresignedWithoutCommit(t *testing.T) {
	uploadtest.Test(t, func(tb testing.TB) *uploadtest.Harness {
		s, _ := overTCP(tb.(*testing.T))
		s.Commit, s.Find, s.Abort = nil, nil, nil
		h := s.harness()
		h.Count = func() (stored, unfinished int) {
			_, begun := s.count()
			for i := range begun {
				if _, ok := s.content("thing-" + strconv.Itoa(i+1)); ok {
					stored++
				}
			}
			return stored, 0
		}
		return h
	})
}

// formServer takes forms, by package mime/multipart.
type formServer struct {
	*httptest.Server

	mu    sync.Mutex
	names []string // by ID, from 1
	files [][]byte
	posts int
	// fault, if not nil, may answer a post instead.
	fault func(n int, w http.ResponseWriter, r *http.Request) bool
}

func newFormServer(t testing.TB) *formServer {
	s := &formServer{}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	return s
}

func (s *formServer) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.posts++
	n := s.posts
	s.mu.Unlock()
	if s.fault == nil || !s.fault(n, w, r) {
		s.accept(w, r)
	}
}

// accept stores the file of a form and says so.
func (s *formServer) accept(w http.ResponseWriter, r *http.Request) {
	id, size, err := s.take(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusCreated)
	_, _ = fmt.Fprintf(w, "%d %d", id, size)
}

// take stores the file of a form.
func (s *formServer) take(r *http.Request) (id, size int, err error) {
	if len(r.TransferEncoding) > 0 || r.ContentLength <= 0 {
		return 0, 0, errors.New("the length is not declared")
	}
	form, err := r.MultipartReader()
	if err != nil {
		return 0, 0, err
	}
	for {
		part, err := form.NextPart()
		if err != nil {
			return 0, 0, err
		}
		if part.FormName() != "file" {
			continue
		}
		content, err := io.ReadAll(part)
		if err == nil {
			_, err = io.Copy(io.Discard, r.Body)
		}
		if err != nil {
			return 0, 0, err
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.names, s.files = append(s.names, part.FileName()), append(s.files, content)
		return len(s.files), len(content), nil
	}
}

// accept reads the answers of a formServer.
func accept(_ int, _ http.Header, body []byte) (*upload.Result, error) {
	id, size, _ := strings.Cut(string(body), " ")
	n, err := strconv.ParseInt(size, 10, 64)
	return &upload.Result{ID: id, Size: n}, err
}

func (s *formServer) get(r *upload.Result) (name string, content []byte, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := strconv.Atoi(r.ID)
	if err != nil || n < 1 || n > len(s.files) {
		return "", nil, fmt.Errorf("no file %q", r.ID)
	}
	return s.names[n-1], s.files[n-1], nil
}

func (s *formServer) harness(m *upload.Multipart) *uploadtest.Harness {
	return &uploadtest.Harness{
		Uploader: m,
		Content: func(r *upload.Result) ([]byte, error) {
			_, content, err := s.get(r)
			return content, err
		},
		Count: func() (stored, unfinished int) {
			s.mu.Lock()
			defer s.mu.Unlock()
			return len(s.files), 0
		},
		Name: func(r *upload.Result) (string, error) {
			name, _, err := s.get(r)
			return name, err
		},
	}
}

func TestMultipart(t *testing.T) {
	uploadtest.Test(t, func(tb testing.TB) *uploadtest.Harness {
		srv := newFormServer(tb)
		m := &upload.Multipart{Service: "forms", URL: docferry.Secret(srv.URL), Accept: accept,
			Fields: []upload.Field{{Name: "first", Content: []byte("1")}, {Name: "last", Content: []byte("2"), After: true}}}
		tb.Cleanup(m.CloseIdleConnections)
		return srv.harness(m)
	})
}

// The form goes out by the caller's own means.
func TestMultipartSend(t *testing.T) {
	uploadtest.Test(t, func(tb testing.TB) *uploadtest.Harness {
		srv := newFormServer(tb)
		m := &upload.Multipart{Service: "forms", Send: func(ctx context.Context, form *upload.Form) (*upload.Result, error) {
			body, err := form.Open(ctx)
			if err != nil {
				return nil, err
			}
			req, err := http.NewRequestWithContext(ctx, http.MethodPost, srv.URL, body)
			if err != nil {
				return nil, errors.Join(err, body.Close())
			}
			req.ContentLength = form.ContentLength()
			req.Header.Set("Content-Type", form.ContentType())
			resp, err := srv.Client().Do(req)
			if err != nil {
				return nil, err
			}
			defer resp.Body.Close()
			answer, err := io.ReadAll(resp.Body)
			if err != nil {
				return nil, err
			}
			return accept(resp.StatusCode, resp.Header, answer)
		}}
		return srv.harness(m)
	})
}
