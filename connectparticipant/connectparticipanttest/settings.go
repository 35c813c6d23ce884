package connectparticipanttest

import (
	"slices"
	"time"
)

// SetClock makes the server take the time from now, [time.Now] otherwise. Every
// request looks at the clock; call [Server.Tick] to make what is due happen
// without one.
func (s *Server) SetClock(now func() time.Time) { s.life.SetClock(now) }

func (s *Server) now() time.Time { return s.life.Now() }

// SetTokenLifetime sets how long a connection token made from now on is valid:
// one day otherwise.
func (s *Server) SetTokenLifetime(d time.Duration) {
	s.set(func(l *limits) { l.token = d })
}

// SetURLLifetime sets how long an upload URL made from now on is valid: 15
// minutes otherwise, which is inferred. Nothing or less makes URLs that have
// expired.
func (s *Server) SetURLLifetime(d time.Duration) {
	s.set(func(l *limits) { l.url = d })
}

// SetWebsocketLifetime sets how long a websocket made from now on lives: one
// hour otherwise, which is inferred.
func (s *Server) SetWebsocketLifetime(d time.Duration) {
	s.set(func(l *limits) { l.websocket = d })
}

// SetAttachmentLimit sets the size of the largest attachment: 20 MiB otherwise.
func (s *Server) SetAttachmentLimit(bytes int64) {
	s.set(func(l *limits) { l.attachmentSize = bytes })
}

// SetAttachmentQuota sets how many attachments a chat may have; started ones
// count. There is no quota otherwise, and for 0: the service does not say what
// its own is.
func (s *Server) SetAttachmentQuota(n int) {
	s.set(func(l *limits) { l.attachments = n })
}

// SetContentTypes sets the types that an attachment may have: any otherwise,
// for the service lets each instance choose.
func (s *Server) SetContentTypes(types ...string) {
	s.set(func(l *limits) { l.contentTypes = slices.Clone(types) })
}

// SetPageSize caps the pages of GetTranscript, whatever MaxResults says; 0
// takes the cap away.
func (s *Server) SetPageSize(n int) {
	s.set(func(l *limits) { l.page = n })
}

// SetScan sets what becomes of a completed attachment: scan returns the status
// that it will have, APPROVED or REJECTED, and after how long, and is called
// once for each. With no delay the attachment never is IN_PROGRESS. Otherwise
// every attachment is approved at once. scan must not call the server.
func (s *Server) SetScan(scan func(name string, content []byte) (status string, delay time.Duration)) {
	s.lock()
	defer s.unlock()
	s.scan = scan
}

// SetProcessing sets the MessageProcessingStatus of a message that is sent from
// now on, such as PROCESSING; none if process returns "". process must not call
// the server.
func (s *Server) SetProcessing(process func(content string) (status string)) {
	s.lock()
	defer s.unlock()
	s.process = process
}

// AllowEventTokenReuse tells whether a participant may send another event with
// the ClientToken of an earlier one. Otherwise that is refused, so that a
// client which mixes its tokens up is found out. The service lets it pass: its
// own chat client, amazon-connect-chatjs, sends all receipts of a kind with one
// token, so a server that is meant for it has to allow it. The same event with
// the same token is one event either way.
func (s *Server) AllowEventTokenReuse(allow bool) {
	s.set(func(l *limits) { l.eventTokenReuse = allow })
}

// SetCORS tells whether pages in a browser, of any origin, may call the server
// and its storage. They may otherwise, as they may call the service.
func (s *Server) SetCORS(on bool) { s.life.SetCORS(on) }

func (s *Server) set(change func(*limits)) {
	s.lock()
	defer s.unlock()
	change(&s.limits)
}
