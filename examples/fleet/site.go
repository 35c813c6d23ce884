package main

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/docferry/docferry/workdocs/workdocstest"
)

// site is a test server on a loopback port, which notes when requests arrive.
type site struct {
	url, folder string
	environ     []string                   // the credentials of the workers
	stored      func() map[string]document // what is in the folder, by path
	close       func()
	handler     http.Handler

	mu       sync.Mutex
	arrivals []time.Time
}

// document is what a site has stored.
type document struct {
	versions [][]byte
	drafts   int
}

// startSite starts the test server of a service.
func startSite(service string) (*site, error) {
	s := &site{}
	var stop func()
	switch service {
	case "workdocs":
		stop = s.workDocs(workdocstest.New())
	case "oracle":
		stop = s.oracle(oracledocstest.New())
	default:
		return nil, fmt.Errorf("-to is %q; it has to be workdocs or oracle", service)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		stop()
		return nil, err
	}
	server := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second,
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(listener) // until it is closed
	}()
	s.url = "http://" + listener.Addr().String()
	s.close = func() {
		_ = server.Close()
		<-served
		stop()
	}
	return s, nil
}

// ServeHTTP implements [http.Handler].
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.arrivals = append(s.arrivals, time.Now())
	s.mu.Unlock()
	s.handler.ServeHTTP(w, r)
}

// peak returns how many requests have arrived, and how many in the busiest second.
func (s *site) peak() (requests, peak int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	first := 0
	for i, t := range s.arrivals {
		for t.Sub(s.arrivals[first]) >= time.Second {
			first++
		}
		peak = max(peak, i-first+1)
	}
	return len(s.arrivals), peak
}

func (s *site) workDocs(srv *workdocstest.Server) (stop func()) {
	_, token := srv.AddUser(workdocstest.Administrator)
	s.handler, s.environ, s.folder = srv, []string{"WORKDOCS_TOKEN=" + token}, srv.AddFolder(srv.RootFolder(), "Copies")
	s.stored = func() map[string]document {
		stored := make(map[string]document)
		for _, i := range srv.Items() {
			for _, v := range i.Versions {
				content, _ := srv.Content(i.ID, v.ID)
				add(stored, i.Path, content, v.Draft)
			}
		}
		return stored
	}
	return srv.Close
}

func (s *site) oracle(srv *oracledocstest.Server) (stop func()) {
	s.environ = []string{"ORACLE_USER=" + oracledocstest.User, "ORACLE_PASSWORD=" + oracledocstest.Password}
	s.handler, s.folder = srv, srv.AddFolder(oracledocstest.User, "self", "Copies")
	s.stored = func() map[string]document {
		stored := make(map[string]document)
		for _, i := range srv.Items() {
			for _, v := range i.Versions {
				content, _ := srv.Content(i.ID, v.Number)
				add(stored, i.Path, content, false)
			}
		}
		return stored
	}
	return srv.Close
}

// add adds a version of a document in the folder that is copied into.
func add(to map[string]document, names []string, content []byte, draft bool) {
	path := strings.Join(names[1:], "/")
	d := to[path]
	if draft {
		d.drafts++
	} else {
		d.versions = append(d.versions, content)
	}
	to[path] = d
}
