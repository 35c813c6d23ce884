package main

import (
	"net/http"
	"strings"
	"sync"

	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/docferry/docferry/workdocs/workdocstest"
)

// emulator is three test servers behind one address, and a page that shows what
// they keep.
type emulator struct {
	workdocs *workdocstest.Server
	connect  *connectparticipanttest.Server
	oracle   *oracledocstest.Server
	services []*service
	page     http.Handler

	calls  callLog
	faults faultBoard

	// exporting is held while an export runs, and lastExport is what the last one
	// has done.
	exporting  sync.Mutex
	lastExport *exported
	exportTo   *exportFolder // nil without -export
}

// service is a test server as the page and the log of calls see it.
type service struct {
	Name, Title string
	paths       []string
	server      testServer
	refuse      fault // answers 503 in the service's own form
}

// testServer is what the three test servers have in common.
type testServer interface {
	http.Handler
	Keep(operation string, fault fault) (stop func())
	Operations() []string
}

func newEmulator() *emulator {
	e := &emulator{workdocs: workdocstest.New(), connect: connectparticipanttest.New(), oracle: oracledocstest.New()}
	e.oracle.AllowChunked(true)          // Oracle's own command-line client uploads that way
	e.connect.AllowEventTokenReuse(true) // Amazon's own chat client sends its receipts that way
	const busy = "the emulator was told to refuse this"
	e.services = []*service{
		{"workdocs", "Amazon WorkDocs", workdocstest.Paths(), e.workdocs,
			workdocstest.Refuse(http.StatusServiceUnavailable, "ServiceUnavailableException", busy)},
		{"connect", "Amazon Connect", connectparticipanttest.Paths(), e.connect,
			connectparticipanttest.Refuse(http.StatusServiceUnavailable, "ServiceUnavailableException", busy)},
		{"oracle", "Oracle documents", oracledocstest.Paths(), e.oracle,
			oracledocstest.Refuse(http.StatusServiceUnavailable, "-1", busy)},
	}
	for _, s := range e.services {
		for _, operation := range s.server.Operations() {
			s.server.Keep(operation, e.calls.name(operation)) // first, so that every call has its name
		}
	}
	return e
}

// serviceNamed returns a service, or nil.
func (e *emulator) serviceNamed(name string) *service {
	for _, s := range e.services {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// ServeHTTP finds the server by the path. An http.ServeMux would clean that
// first, and the servers are strict about what exactly was sent.
func (e *emulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for _, s := range e.services {
		for _, path := range s.paths {
			if r.URL.Path == path || strings.HasPrefix(r.URL.Path, path+"/") {
				e.calls.serve(s.Name, s.server, w, r)
				return
			}
		}
	}
	if e.page != nil && (r.URL.Path == "/" || strings.HasPrefix(r.URL.Path, pagePath)) {
		e.page.ServeHTTP(w, r)
		return
	}
	http.Error(w, "none of the emulated services is at this path", http.StatusNotFound)
}

func (e *emulator) close() {
	e.workdocs.Close()
	e.connect.Close()
	e.oracle.Close()
}
