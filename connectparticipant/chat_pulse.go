package connectparticipant

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/docferry/docferry"
)

// The service closes a websocket on which nothing is sent, so a heartbeat is due
// every heartbeatTime. It answers each. What is not answered within answerTime
// shows that the connection is dead: so that is noticed after at most the sum of
// both.
//
// A heartbeat is answered by the gateway alone. The deep heartbeat, which is sent
// beside it, is answered by what delivers the chat behind the gateway: if its
// answer is missing, or has another status than 200, the websocket is open but
// brings nothing. Both are what the vendor's own websocket manager sends; neither
// is in the reference of the API.
const (
	heartbeatTime = 10 * time.Second
	answerTime    = 8 * time.Second
)

// beats are the times of heartbeats, which tests on real sockets make shorter.
type beats struct{ every, answer time.Duration }

// deepHeartbeats knows whether the service answers deep heartbeats at all. Since
// they are not documented, that is not taken for granted: until one was answered,
// a missing answer counts against the first websocket only.
type deepHeartbeats struct {
	mu       sync.Mutex
	answered bool
	missed   bool
}

// answer notes an answer.
func (d *deepHeartbeats) answer() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.answered = true
}

// miss notes a missing answer. It reports whether that counts.
func (d *deepHeartbeats) miss() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	counts := d.answered || !d.missed
	d.missed = true
	return counts
}

// pulse sends the heartbeats of a socket and ends the socket when their answers
// are missing. It has a timer but no goroutine of its own.
type pulse struct {
	socket  *socket
	times   beats
	deep    *deepHeartbeats
	running sync.WaitGroup // the function of the timer, while it runs

	mu       sync.Mutex // guards the fields below
	timer    *time.Timer
	ended    bool
	asked    time.Time // when the last heartbeat was sent
	heard    time.Time // when the last frame arrived
	pinging  bool      // the last deep heartbeat was not answered yet
	blocked  bool      // frames are not being read at the moment
	free     time.Time // since when they are read without a break
	beats    int       // heartbeats that were sent
	answers  int       // heartbeats that were answered
	draining bool
	cause    error // why the pulse has ended the socket
}

// begin starts the heartbeats.
func (p *pulse) begin(s *socket, times beats, deep *deepHeartbeats) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.socket, p.times, p.deep = s, times, deep
	p.free = time.Now()
	p.next(times.every, p.beat)
}

// next lets do run after a time, unless the socket is being drained: then there
// are no further heartbeats. The mutex must be held.
func (p *pulse) next(after time.Duration, do func()) {
	if !p.draining {
		p.schedule(after, do)
	}
}

// schedule sets the timer. The mutex must be held.
func (p *pulse) schedule(after time.Duration, do func()) {
	if p.ended {
		return
	}
	p.running.Add(1)
	p.timer = time.AfterFunc(after, func() {
		defer p.running.Done()
		do()
	})
}

// end stops the heartbeats and waits until none is being sent.
func (p *pulse) end() {
	p.mu.Lock()
	p.ended = true
	if p.timer != nil && p.timer.Stop() {
		p.running.Done() // it will not run
		p.timer = nil
	}
	p.mu.Unlock()
	p.running.Wait()
}

// beat sends a heartbeat of either kind.
func (p *pulse) beat() {
	p.mu.Lock()
	p.asked, p.pinging = time.Now(), true
	p.beats++
	p.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), p.times.answer)
	defer cancel()
	for _, topic := range []string{topicPing, topicHeartbeat} {
		if err := p.socket.write(ctx, `{"topic":"`+topic+`"}`); err != nil {
			p.kill(err)
			return
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.next(p.times.answer-time.Since(p.asked), p.check)
}

// check looks whether the last heartbeats were answered. That can be seen only if
// frames were read all the time.
func (p *pulse) check() {
	p.mu.Lock()
	watched := !p.blocked && !p.free.After(p.asked)
	silent, pinging := p.heard.Before(p.asked), p.pinging
	p.mu.Unlock()
	switch {
	case watched && silent:
		p.kill(p.missed("heartbeat"))
		return
	case watched && pinging && p.deep.miss():
		p.kill(p.missed("deep heartbeat"))
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.next(p.times.every-p.times.answer, p.beat)
}

// missed returns the error for a heartbeat without an answer.
func (p *pulse) missed(heartbeat string) error {
	return broken(fmt.Errorf("the service did not answer a %s within %v: %w", heartbeat, p.times.answer, os.ErrDeadlineExceeded))
}

// kill ends the socket.
func (p *pulse) kill(cause error) {
	p.mu.Lock()
	if p.cause == nil {
		p.cause = cause
	}
	p.mu.Unlock()
	p.socket.conn.CloseNow()
}

// reason returns why the socket has ended: err, unless the pulse has ended it.
func (p *pulse) reason(err error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cause != nil {
		return p.cause
	}
	return err
}

// block notes that frames are not read, or that they are read again.
func (p *pulse) block(blocked bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.blocked, p.free = blocked, time.Now()
}

// hear notes that a frame has arrived. own reports whether the frame answers a
// heartbeat, so that the pulse alone needs it. The error says why the socket ends
// with this frame, if it does.
func (p *pulse) hear(f frame) (own bool, end error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.heard = time.Now()
	switch f.Topic {
	case topicHeartbeat:
		p.answers++
		if p.draining && p.answers >= p.beats {
			return true, broken(net.ErrClosed)
		}
		return true, nil
	case topicPing:
		if f.StatusCode != 0 && f.StatusCode != http.StatusOK {
			return true, socketError(docferry.ErrUnavailable,
				fmt.Sprintf("the service answered a deep heartbeat with status %d", f.StatusCode))
		}
		p.pinging = false
		p.deep.answer()
		return true, nil
	}
	return false, nil
}

// drain sends one more heartbeat: its answer comes after everything that was sent
// before. See socket.drain.
func (p *pulse) drain(limit time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.timer != nil && p.timer.Stop() {
		p.running.Done()
	}
	p.draining = true
	p.beats++
	p.schedule(0, func() {
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		if err := p.socket.write(ctx, `{"topic":"`+topicHeartbeat+`"}`); err != nil {
			p.kill(err)
			return
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.schedule(limit, func() { p.kill(broken(os.ErrDeadlineExceeded)) })
	})
}
