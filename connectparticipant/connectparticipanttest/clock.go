package connectparticipanttest

import "time"

// shortestWait is the least time between two looks at the clock. It keeps the
// timer from spinning while the clock stands still.
const shortestWait = 10 * time.Millisecond

// Tick makes everything happen that is due by the server's clock: scans end,
// and websockets that have expired are closed. Every request does the same, and
// so does a timer while a websocket is open.
func (s *Server) Tick() {
	s.lock()
	s.unlock()
}

// lock acquires the server's lock and brings the state up to date: websockets
// that have expired are closed, and scans that are due end. All code that holds
// the lock can therefore ignore what is due. unlock releases the lock.
func (s *Server) lock() {
	s.mu.Lock()
	if now := s.now(); !s.due.IsZero() && !now.Before(s.due) {
		s.catchUp(now)
	}
}

// unlock sets the timer to whatever is due next and releases the lock.
func (s *Server) unlock() {
	s.arm()
	s.mu.Unlock()
}

// expect notes that something will be due at a time. It may be over before that:
// due is never too late, but it can be too early. So what each call costs does not
// grow with the number of websockets; all of them are looked at only when due has
// come.
func (s *Server) expect(t time.Time) {
	if s.due.IsZero() || t.Before(s.due) {
		s.due = t
	}
}

// catchUp makes what is due happen, and notes when the rest will be due.
func (s *Server) catchUp(now time.Time) {
	s.due = time.Time{}
	for k := range s.websockets {
		if now.Before(k.deadline()) {
			s.expect(k.deadline())
			continue
		}
		k.expire()
	}
	pending := s.scans
	s.scans = nil
	for _, a := range pending {
		if now.Before(a.due) {
			s.expect(a.due)
			s.scans = append(s.scans, a)
			continue
		}
		a.settle()
	}
}

// arm sets the timer to the next thing that a websocket must be told. Without
// websockets there is no timer: what is due then happens with the next request.
func (s *Server) arm() {
	if s.timer != nil && s.timer.Stop() {
		s.work.Done()
	}
	s.timer = nil
	if s.closed || len(s.websockets) == 0 {
		return
	}
	s.work.Add(1)
	s.timer = time.AfterFunc(max(s.due.Sub(s.now()), shortestWait), func() {
		defer s.work.Done()
		s.Tick()
	})
}
