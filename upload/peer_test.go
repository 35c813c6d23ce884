package upload_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/transport"
	"github.com/docferry/docferry/upload"
)

// peer is a server that does to each connection what a test says. Connections
// are numbered from 1.
type peer struct {
	serve func(n int, c *conn)
	conns atomic.Int32
	group sync.WaitGroup
	URL   string
}

// conn is the server's end of a connection.
type conn struct {
	net.Conn
	*bufio.Reader
}

func (c *conn) Read(p []byte) (int, error) { return c.Reader.Read(p) }

func (p *peer) accept(c net.Conn) {
	n := int(p.conns.Add(1))
	p.group.Go(func() {
		defer c.Close()
		p.serve(n, &conn{c, bufio.NewReader(c)})
	})
}

// listen starts a peer on loopback, for the time of the test.
func listen(t *testing.T, serve func(n int, c *conn)) *peer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &peer{serve: serve, URL: "http://" + l.Addr().String()}
	p.group.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			p.accept(c)
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		p.group.Wait()
	})
	return p
}

// pipes returns a peer behind connections in memory, and the transport that
// leads there with all the limits of the real one. It fits in a bubble.
func pipes(t *testing.T, serve func(n int, c *conn)) docferry.HTTP {
	p := &peer{serve: serve}
	rt := transport.New(transport.Options{})
	rt.DialContext = func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		p.accept(server)
		return transport.Moving(client), nil
	}
	t.Cleanup(func() {
		rt.CloseIdleConnections()
		p.group.Wait()
	})
	return docferry.HTTP{Transport: rt}
}

// head reads a request up to its body.
func (c *conn) head() (lines []string, length int64, err error) {
	for {
		line, err := c.ReadString('\n')
		if err != nil {
			return lines, length, err
		}
		line = strings.TrimSuffix(line, "\r\n")
		if line == "" {
			return lines, length, nil
		}
		if text, ok := strings.CutPrefix(line, "Content-Length: "); ok {
			length, _ = strconv.ParseInt(text, 10, 64)
		}
		lines = append(lines, line)
	}
}

// goOn tells a client that waits for it to send the body.
func (c *conn) goOn(lines []string) {
	for _, line := range lines {
		if line == "Expect: 100-continue" {
			_, _ = io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n")
		}
	}
}

// receive reads a whole request.
func (c *conn) receive() (lines []string, body []byte, err error) {
	lines, length, err := c.head()
	if err != nil {
		return lines, nil, err
	}
	c.goOn(lines)
	body = make([]byte, length)
	_, err = io.ReadFull(c, body)
	return lines, body, err
}

// answer writes a response.
func (c *conn) answer(status int, body string, header ...string) {
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %d Whatever\r\nContent-Length: %d\r\n", status, len(body))
	for _, line := range header {
		b.WriteString(line + "\r\n")
	}
	b.WriteString("\r\n" + body)
	_, _ = io.WriteString(c, b.String())
}

// newPeered returns a service whose one URL leads to a peer.
func newPeered(t *testing.T, base string, h docferry.HTTP) *service {
	s := newService(t, h)
	s.place = func(id string, _ upload.Source) (string, map[string]string) {
		return base + "/" + id + "?X-Amz-Signature=canary-signature-0123456789&X-Amz-Security-Token=canary%2Ftoken%2B0123456789%3D", nil
	}
	return s
}

// shelf is where a peer puts what it accepts.
type shelf struct {
	mu      sync.Mutex
	content map[string][]byte
}

func (s *shelf) put(lines []string, body []byte) {
	_, target, _ := strings.Cut(lines[0], " ")
	path, _, _ := strings.Cut(target, "?")
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.content == nil {
		s.content = make(map[string][]byte)
	}
	s.content[strings.TrimPrefix(path, "/")] = body
}

func (s *shelf) get(id string) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	body, ok := s.content[id]
	return body, ok
}
