package transport

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
)

var discard = log.New(io.Discard, "", 0)

// listen counts the connections that are made to loopback.
func listen(t *testing.T) (port string, accepted *atomic.Int64) {
	t.Helper()
	accepted = new(atomic.Int64)
	address := script(t, func(net.Conn) { accepted.Add(1) })
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	return port, accepted
}

func TestGuardRefusesAddresses(t *testing.T) {
	port, accepted := listen(t)
	guarded, open := New(Options{PublicOnly: true}), New(Options{})
	for _, host := range []string{"127.0.0.1", "127.9.9.9", "[::ffff:127.0.0.1]"} {
		_, sent, err := send(t, t.Context(), guarded, "http://"+host+":"+port)
		if !errors.Is(err, ErrPrivate) || sent || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: sent %v, %v", host, sent, err)
		}
	}
	if accepted.Load() != 0 {
		t.Errorf("%d connections were made", accepted.Load())
	}
	if _, _, err := send(t, t.Context(), open, "http://127.0.0.1:"+port); err == nil || errors.Is(err, ErrPrivate) {
		t.Errorf("without the guard: %v", err)
	}
}

// A public name that leads to a private address is refused when it is dialed.
func TestGuardRefusesNamesThatLeadToPrivateAddresses(t *testing.T) {
	port, accepted := listen(t)
	for name, address := range map[string]string{"loopback.example.test": "127.0.0.1", "inside.example.test": "10.0.0.1",
		"metadata.example.test": "169.254.169.254"} {
		resolve(t, address)
		_, sent, err := send(t, t.Context(), New(Options{PublicOnly: true}), "http://"+name+":"+port)
		if !errors.Is(err, ErrPrivate) || sent {
			t.Errorf("%s: sent %v, %v", name, sent, err)
		}
	}
	if accepted.Load() != 0 {
		t.Errorf("%d connections were made", accepted.Load())
	}
	resolve(t, "127.0.0.1")
	_, _, err := send(t, t.Context(), New(Options{}), "http://loopback.example.test:"+port)
	if err == nil || accepted.Load() != 1 {
		t.Errorf("the name does not lead where the test thinks: %v, %d connections", err, accepted.Load())
	}
}

// resolve makes all names resolve to one address until the test ends.
func resolve(t *testing.T, address string) {
	t.Helper()
	before := net.DefaultResolver
	t.Cleanup(func() { net.DefaultResolver = before })
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		go answer(server, netip.MustParseAddr(address))
		return client, nil
	}}
}

// answer is a name server with one address for all names, over a stream.
func answer(c net.Conn, address netip.Addr) {
	defer c.Close()
	for {
		var length [2]byte
		if _, err := io.ReadFull(c, length[:]); err != nil {
			return
		}
		query := make([]byte, binary.BigEndian.Uint16(length[:]))
		if _, err := io.ReadFull(c, query); err != nil {
			return
		}
		question := query[12:]
		for question[0] != 0 {
			question = question[1+question[0]:]
		}
		isA := question[2] == 1
		end := len(query) - len(question) + 5
		reply := append([]byte(nil), query[:end]...)
		copy(reply[2:], []byte{0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}) // an answer, no error, one question
		if isA {
			reply[7] = 1
			reply = append(reply, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4)
			reply = append(reply, address.AsSlice()...)
		}
		if _, err := c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(reply))), reply...)); err != nil {
			return
		}
	}
}

func TestLasting(t *testing.T) {
	port, _ := listen(t)
	_, _, private := send(t, t.Context(), New(Options{PublicOnly: true}), "http://127.0.0.1:"+port)
	other := httptest.NewUnstartedServer(nil)
	other.Config.ErrorLog = discard
	other.StartTLS()
	defer other.Close()
	_, _, unproven := send(t, t.Context(), New(Options{}), other.URL)
	other.Close()
	_, _, refused := send(t, t.Context(), New(Options{}), other.URL)
	for name, tt := range map[string]struct {
		err  error
		want bool
	}{
		"private":        {private, true},
		"certificate":    {unproven, true},
		"no such name":   {fmt.Errorf("x: %w", &net.DNSError{IsNotFound: true}), true},
		"names time out": {&net.DNSError{IsTimeout: true}, false},
		"refused":        {refused, false},
		"end":            {io.EOF, false},
	} {
		if tt.err == nil || Lasting(tt.err) != tt.want {
			t.Errorf("%s: Lasting(%v) = %v", name, tt.err, !tt.want)
		}
	}
}

// What goes over the wire is not unpacked and not sent through a proxy.
func TestNewUsesNoProxyAndNoCompression(t *testing.T) {
	rt := New(Options{})
	if rt.Proxy != nil || !rt.DisableCompression || rt.ExpectContinueTimeout == 0 ||
		rt.TLSHandshakeTimeout == 0 || rt.MaxResponseHeaderBytes == 0 {
		t.Errorf("%+v", rt)
	}
}
