package connectparticipanttest

import (
	"slices"
	"time"
)

// SetClock makes the server read the time from now; the default is [time.Now].
// The server looks at the clock during every request. Call [Server.Tick] to
// make what is due happen without one.
func (s *Server) SetClock(now func() time.Time) { s.life.SetClock(now) }

// now returns the time by the server's clock.
func (s *Server) now() time.Time { return s.life.Now() }

// SetTokenLifetime sets how long connection tokens that are made from now on
// are valid. The default is one day.
func (s *Server) SetTokenLifetime(d time.Duration) {
	s.set(func(l *limits) { l.token = d })
}

// SetURLLifetime sets how long upload URLs that are made from now on are valid.
// The default is 15 minutes, which is inferred. Zero or less makes URLs that
// have already expired.
func (s *Server) SetURLLifetime(d time.Duration) {
	s.set(func(l *limits) { l.url = d })
}

// SetWebsocketLifetime sets how long websockets whose URLs are made from now on
// may stay open. The default is one hour, which is inferred.
func (s *Server) SetWebsocketLifetime(d time.Duration) {
	s.set(func(l *limits) { l.websocket = d })
}

// SetAttachmentLimit sets the size in bytes of the largest attachment. The
// default is 20 MiB.
func (s *Server) SetAttachmentLimit(bytes int64) {
	s.set(func(l *limits) { l.attachmentSize = bytes })
}

// SetAttachmentQuota sets how many attachments a chat may have, counting those
// whose upload was only started. The default is 0, which means no quota: the
// service does not document its own.
func (s *Server) SetAttachmentQuota(n int) {
	s.set(func(l *limits) { l.attachments = n })
}

// SetContentTypes sets the content types that an attachment may have. By
// default any type is accepted, because each instance of the service has its
// own list.
func (s *Server) SetContentTypes(types ...string) {
	s.set(func(l *limits) { l.contentTypes = slices.Clone(types) })
}

// SetPageSize caps the pages of GetTranscript at n items, whatever MaxResults
// says. Zero removes the cap.
func (s *Server) SetPageSize(n int) {
	s.set(func(l *limits) { l.page = n })
}

// ComposeNames makes the server keep the names of attachments from now on in
// Unicode's composed form, NFC, whatever form they come in. Otherwise it keeps
// them as they come; the service does not say what it does.
func (s *Server) ComposeNames(on bool) {
	s.set(func(l *limits) { l.composing = on })
}

// SetScan sets the result of scanning attachments. scan is called once for each
// completed attachment and returns the status that the attachment gets,
// APPROVED or REJECTED, and the time that the scan takes. If that is zero, the
// attachment is never IN_PROGRESS. By default every attachment is approved at
// once. scan must not call the server, whose lock is held.
func (s *Server) SetScan(scan func(name string, content []byte) (status string, delay time.Duration)) {
	s.lock()
	defer s.unlock()
	s.scan = scan
}

// SetProcessing sets the MessageProcessingStatus of messages that are sent from
// now on, such as PROCESSING. A message has none if process returns "". process
// must not call the server, whose lock is held.
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

// set changes the settings under the lock.
func (s *Server) set(change func(*limits)) {
	s.lock()
	defer s.unlock()
	change(&s.limits)
}
