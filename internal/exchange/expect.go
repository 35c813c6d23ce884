package exchange

import (
	"net/http"
	"sync"

	"github.com/docferry/docferry/internal/transport"
)

// expectations remembers the hosts that are not worth asking for their consent
// before a body is sent, because something between here and there answers 417,
// drops the connection, or never answers, so that every upload loses time. The
// zero value is ready. It is safe for concurrent use.
type expectations struct {
	mu    sync.Mutex
	hosts map[string]bool
}

// maxHosts bounds how many hosts are remembered. Storages have few.
const maxHosts = 1000

// vain reports whether it is known that a host does not consent.
func (e *expectations) vain(host string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.hosts[host]
}

// learn draws the conclusion from an attempt that asked for consent, or that did
// not ask because an earlier one had failed with the question. resp is nil if
// there was no answer.
func (e *expectations) learn(host string, asked, plainly bool, trace transport.Trace, resp *http.Response) {
	switch {
	case resp == nil:
		return
	case asked && resp.StatusCode == http.StatusExpectationFailed:
	case asked && trace.Begun && !trace.Continued: // the body was sent when the wait was over
	case plainly && !asked: // without the question there is an answer
	default:
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.hosts == nil {
		e.hosts = make(map[string]bool)
	}
	if len(e.hosts) < maxHosts {
		e.hosts[host] = true
	}
}
