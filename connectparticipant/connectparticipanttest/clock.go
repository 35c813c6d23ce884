package connectparticipanttest

import "time"

// shortestWait bounds how often the timer looks at a clock that stands still.
const shortestWait = 10 * time.Millisecond

// Tick makes everything happen that is due by the server's clock: scans end,
// and websockets whose time is up are closed. A request does the same, and
// while a websocket is open so does a timer.
func (s *Server) Tick() {
	s.lock()
	s.unlock()
}

// lock takes the server's lock after which all state is up to date. unlock
// gives it back.
func (s *Server) lock() {
	s.mu.Lock()
	now := s.now()
	for k := range s.websockets {
		k.expire(now)
	}
	pending := s.scans
	s.scans = nil
	for _, a := range pending {
		if now.Before(a.due) {
			s.scans = append(s.scans, a)
			continue
		}
		a.settle()
	}
}

func (s *Server) unlock() {
	s.arm()
	s.mu.Unlock()
}

// arm sets the timer to the next thing that a websocket must be told. Without
// websockets there is no one to tell.
func (s *Server) arm() {
	if s.timer != nil && s.timer.Stop() {
		s.work.Done()
	}
	s.timer = nil
	if s.closed || len(s.websockets) == 0 {
		return
	}
	var next time.Time
	sooner := func(t time.Time) {
		if next.IsZero() || t.Before(next) {
			next = t
		}
	}
	for k := range s.websockets {
		sooner(k.deadline())
	}
	for _, a := range s.scans {
		sooner(a.due)
	}
	s.work.Add(1)
	s.timer = time.AfterFunc(max(next.Sub(s.now()), shortestWait), func() {
		defer s.work.Done()
		s.Tick()
	})
}
