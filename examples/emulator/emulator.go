package main

import (
	"net/http"
	"strings"

	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/docferry/docferry/workdocs/workdocstest"
)

// emulator is three test servers behind one address.
type emulator struct {
	workdocs *workdocstest.Server
	connect  *connectparticipanttest.Server
	oracle   *oracledocstest.Server
	routes   []route
}

type route struct {
	path    string
	handler http.Handler
}

func newEmulator() *emulator {
	e := &emulator{workdocs: workdocstest.New(), connect: connectparticipanttest.New(), oracle: oracledocstest.New()}
	e.oracle.AllowChunked(true)          // Oracle's own command-line client uploads that way
	e.connect.AllowEventTokenReuse(true) // Amazon's own chat client sends its receipts that way
	add := func(paths []string, handler http.Handler) {
		for _, path := range paths {
			e.routes = append(e.routes, route{path, handler})
		}
	}
	add(workdocstest.Paths(), e.workdocs)
	add(connectparticipanttest.Paths(), e.connect)
	add(oracledocstest.Paths(), e.oracle)
	return e
}

// ServeHTTP finds the server by the path. An http.ServeMux would clean that
// first, and the servers are strict about what exactly was sent.
func (e *emulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for _, to := range e.routes {
		if r.URL.Path == to.path || strings.HasPrefix(r.URL.Path, to.path+"/") {
			to.handler.ServeHTTP(w, r)
			return
		}
	}
	http.Error(w, "none of the emulated services is at this path", http.StatusNotFound)
}

func (e *emulator) close() {
	e.workdocs.Close()
	e.connect.Close()
	e.oracle.Close()
}
