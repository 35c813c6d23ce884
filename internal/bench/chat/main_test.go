package main

import (
	"bytes"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestMain lets the test binary be the other processes too.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && (os.Args[1] == serveFlag || os.Args[1] == guestFlag) {
		os.Exit(program(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// small measures docferry, in a few seconds.
func small(t *testing.T) (*bench, client) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{self: self, log: io.Discard, sizes: sizes{
		chats: 3, patience: 30 * time.Second, settle: 300 * time.Millisecond,
		linger:   300 * time.Millisecond,
		admitted: 10, rate: 100, talkers: 5, latencyTimes: 500 * time.Millisecond,
	}}
	return b, client{name: "docferry", command: []string{self, guestFlag}}
}

func TestMemory(t *testing.T) {
	b, c := small(t)
	each, err := b.memory(t.Context(), c, 100)
	if err != nil || each < 1<<10 || each > 1<<20 {
		t.Errorf("%d bytes, %v", each, err)
	}
}

// The other faults take as long as it takes to notice a heartbeat without an answer.
func TestRecovery(t *testing.T) {
	b, c := small(t)
	r, err := b.recovery(t.Context(), c, faultDrop)
	if err != nil {
		t.Fatal(err)
	}
	if r.chats != 3 || r.lost != 3 || len(r.after) != 3 || r.ended != 0 || r.after[0] <= 0 || r.after[2] > 10*time.Second {
		t.Errorf("%+v", r.back)
	}
	if d := r.delivery; d.said < 6 || d.missing != 0 || d.doubled != 0 || d.unseen != 0 {
		t.Errorf("%+v", d)
	}
}

func TestStorm(t *testing.T) {
	b, c := small(t)
	r, err := b.storm(t.Context(), c, weather{chats: 20, retryAfter: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.after) != 20 || r.connections <= 1 || r.connections > 5 || r.transcripts < 1 {
		t.Errorf("%+v", r)
	}
}

func TestLatency(t *testing.T) {
	b, c := small(t)
	r, err := b.latency(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if r.said < 20 || r.arrived != r.said || r.median <= 0 || r.median > r.slow {
		t.Errorf("%+v", r)
	}
}

// A connection that a hole has swallowed carries nothing and stays open, and a new one
// works.
func TestHole(t *testing.T) {
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &hole{Listener: listener, open: make(map[*holed]bool)}
	t.Cleanup(func() { _ = h.Close() })
	dial := func() (client, server net.Conn) {
		client, err := new(net.Dialer).DialContext(t.Context(), "tcp", h.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = client.Close() })
		if server, err = h.Accept(); err != nil {
			t.Fatal(err)
		}
		return client, server
	}
	pass := func(from, to net.Conn) error {
		if _, err := from.Write([]byte("x")); err != nil {
			return err
		}
		if err := to.SetReadDeadline(time.Now().Add(100 * time.Millisecond)); err != nil {
			return err
		}
		_, err := to.Read(make([]byte, 1))
		return err
	}
	client, server := dial()
	if err := pass(client, server); err != nil {
		t.Errorf("before: %v", err)
	}
	h.swallow()
	if err := server.Close(); err != nil { // the client does not learn of it
		t.Error(err)
	}
	for name, err := range map[string]error{"up": pass(client, server), "down": pass(server, client)} {
		if !os.IsTimeout(err) {
			t.Errorf("%s: %v, want a timeout", name, err)
		}
	}
	if err := pass(dial()); err != nil {
		t.Errorf("a new connection: %v", err)
	}
}

func TestPrint(t *testing.T) {
	b := &bench{clients: []client{{name: "docferry"}, {name: "other"}}, sizes: sizes{
		memory: []int{7}, patience: 9 * time.Second, storms: []weather{{5, false}}, rate: 100, talkers: 2,
	}}
	seconds := []time.Duration{time.Second, 2 * time.Second, 4 * time.Second}
	one := figures{
		memory:   [][]int{{1024, 3 << 10}},
		recovery: []recovery{{fault: faultHole, back: back{chats: 3, after: seconds}, delivery: delivery{said: 8}}},
		storm:    []storm{{back: back{chats: 5, ended: 2}, connections: 1.5, transcripts: 2}},
		latency:  latency{said: 10, arrived: 9, median: time.Millisecond, slow: 2500 * time.Microsecond},
	}
	two := one
	two.recovery = []recovery{{fault: faultHole, back: back{chats: 5, ended: 1, after: seconds, deep: 4},
		delivery: delivery{said: 8, missing: 3, doubled: 2, unseen: 1}}}
	var out bytes.Buffer
	if err := b.print(&out, []figures{one, two}); err != nil {
		t.Fatal(err)
	}
	const want = `
| measured | docferry | other |
| --- | --- | --- |
| memory of an idle chat, of 7 | 1, 3 KB | 1, 3 KB |
| black hole: first message after | median 2.00 s (1.00 to 4.00 s) | median 2.00 s (1.00 to 4.00 s), 3 of 5 chats, 1 ended for good, 1 not within 9 s |
| black hole: chats told of a lost connection, of a failed deep heartbeat | 0, 0 | 0, 4 |
| black hole: messages said | 8 | 8 |
| black hole: missing as events, doubled as events, never seen | 0, 0, 0 | 3, 2, 1 |
| storm of 5 chats without Retry-After: back after | 0 of 5 chats, 2 ended for good, 3 not within 9 s | 0 of 5 chats, 2 ended for good, 3 not within 9 s |
| storm of 5 chats without Retry-After: calls a chat of CreateParticipantConnection | 1.50 | 1.50 |
| storm of 5 chats without Retry-After: calls a chat of GetTranscript | 2.00 | 2.00 |
| latency at 100 messages a second: p50, p99 | 1.00 ms, 2.50 ms | 1.00 ms, 2.50 ms |
| of those, arrived | 9 of 10 | 9 of 10 |
`
	if diff := cmp.Diff(strings.TrimPrefix(want, "\n"), out.String()); diff != "" {
		t.Error(diff)
	}
}
