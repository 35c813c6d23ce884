package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// process is one that obeys orders.
type process struct {
	cmd    *exec.Cmd
	orders io.WriteCloser
	encode func(any) error
	lines  *bufio.Reader
}

// start starts a process.
func start(ctx context.Context, dir string, command []string) (*process, error) {
	p := &process{cmd: exec.CommandContext(ctx, command[0], command[1:]...)} //nolint:gosec // the program's own commands
	p.cmd.Dir, p.cmd.Stderr = dir, os.Stderr
	var err error
	if p.orders, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	answers, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", command[0], err)
	}
	p.encode, p.lines = json.NewEncoder(p.orders).Encode, bufio.NewReader(answers)
	return p, nil
}

// read reads a line into v.
func (p *process) read(v any) error {
	text, err := p.lines.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("reading from %s: %w", p.cmd.Path, err)
	}
	return json.Unmarshal(text, v)
}

// close ends the process: it has no more orders.
func (p *process) close() {
	_ = p.orders.Close()
	_ = p.cmd.Wait()
}

// resident returns the bytes of memory that the process has.
func (p *process) resident() (int, error) {
	name := fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid)
	text, err := os.ReadFile(name) //nolint:gosec // the name is made of a number
	if err != nil {
		return 0, err
	}
	for l := range strings.Lines(string(text)) {
		if rest, found := strings.CutPrefix(l, "VmRSS:"); found {
			kb, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(rest), " kB"))
			return kb << 10, err
		}
	}
	return 0, fmt.Errorf("%s has no VmRSS", name)
}

// site is a server process and a client process, for one measurement.
type site struct {
	server, client *process

	url    string
	places []place
	lines  chan line     // what the chats tell
	done   chan line     // orders that the client has carried out
	ended  chan struct{} // closed when the client writes nothing more
	told   []line        // what was taken from lines
}

// open starts the processes and joins chats.
func (b *bench) open(ctx context.Context, c client, chats int) (*site, error) {
	s := &site{lines: make(chan line, 1<<16), done: make(chan line, 1), ended: make(chan struct{})}
	var err error
	if s.server, err = start(ctx, "", []string{b.self, serveFlag}); err != nil {
		return nil, err
	}
	if s.client, err = start(ctx, c.dir, c.command); err != nil {
		s.server.close()
		return nil, err
	}
	go s.receive()
	var began news
	if err := s.server.read(&began); err != nil {
		s.close()
		return nil, err
	}
	s.url = began.URL
	joined, err := s.order(order{Do: "join", Chats: chats})
	s.places = joined.Places
	return s, err
}

// receive reads what the client writes.
func (s *site) receive() {
	defer close(s.ended)
	for {
		var l line
		if s.client.read(&l) != nil {
			return
		}
		if l.Done != "" || l.Version != "" {
			s.done <- l
		} else {
			s.lines <- l
		}
	}
}

// order has the server do something.
func (s *site) order(o order) (n news, err error) {
	if err := s.server.encode(o); err != nil {
		return n, err
	}
	if err := s.server.read(&n); err != nil {
		return n, err
	}
	if n.Error != "" {
		err = errors.New(n.Error)
	}
	return n, err
}

// await waits until the client has carried out its last order, or has begun.
func (s *site) await(ctx context.Context) error {
	select {
	case l := <-s.done:
		if l.Error != "" {
			return fmt.Errorf("the client: %s", l.Error)
		}
		return nil
	case <-s.ended:
		return errors.New("the client has ended")
	case <-ctx.Done():
		return ctx.Err()
	}
}

// ask has the client do something.
func (s *site) ask(ctx context.Context, o order) error {
	if err := s.client.encode(o); err != nil {
		return err
	}
	return s.await(ctx)
}

// enter has the client enter all chats, and waits until their websockets are open.
func (s *site) enter(ctx context.Context, gap int) error {
	if err := s.ask(ctx, order{Do: "open", URL: s.url, Places: s.places, Gap: gap}); err != nil {
		return err
	}
	for range 600 {
		n, err := s.order(order{Do: "count"})
		if err != nil || n.Websockets == len(s.places) {
			return err
		}
		if err := pause(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
	return errors.New("not all websockets are open")
}

// listen takes what the chats tell for a time, or until enough returns true.
func (s *site) listen(ctx context.Context, d time.Duration, enough func(line) bool) error {
	over := time.NewTimer(d)
	defer over.Stop()
	for {
		select {
		case l := <-s.lines:
			s.told = append(s.told, l)
			if enough(l) {
				return nil
			}
		case <-over.C:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// close ends both processes.
func (s *site) close() {
	_ = s.client.orders.Close()
	for open := true; open; {
		select {
		case <-s.lines:
		case <-s.done:
		case <-s.ended:
			open = false
		}
	}
	s.client.close()
	s.server.close()
}

// pause waits.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// never is for listen: nothing is enough.
func never(line) bool { return false }
