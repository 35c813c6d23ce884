package upload_test

import (
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
)

// Types of HTTP/2 frames, and codes in them.
const (
	frameHeaders, frameReset, frameSettings, frameGoAway = 1, 3, 4, 7

	refusedStream, protocolError, noError = 7, 1, 0
)

// frame writes a frame.
func frame(w io.Writer, kind byte, stream uint32, payload ...uint32) {
	b := []byte{0, 0, byte(4 * len(payload)), kind, 0}
	b = binary.BigEndian.AppendUint32(b, stream)
	for _, word := range payload {
		b = binary.BigEndian.AppendUint32(b, word)
	}
	_, _ = w.Write(b)
}

// headers reads frames until one begins a request, and returns its stream.
func headers(r io.Reader) (stream uint32, err error) {
	for {
		var head [9]byte
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return 0, err
		}
		length := int64(head[0])<<16 | int64(head[1])<<8 | int64(head[2])
		if _, err := io.CopyN(io.Discard, r, length); err != nil {
			return 0, err
		}
		if head[3] == frameHeaders {
			return binary.BigEndian.Uint32(head[5:]), nil
		}
	}
}

// refusing returns a server of HTTP/2 whose first connection deals with a request
// as refuse says, frame by frame.
func refusing(t *testing.T, refuse func(w io.Writer, stream uint32), serve http.HandlerFunc) *httptest.Server {
	t.Helper()
	srv := httptest.NewUnstartedServer(serve)
	srv.EnableHTTP2 = true
	l := &firstIsOdd{Listener: srv.Listener, odd: func(raw net.Conn) {
		c := tls.Server(raw, &tls.Config{Certificates: srv.TLS.Certificates, NextProtos: []string{"h2"}})
		defer c.Close()
		if _, err := io.CopyN(io.Discard, c, int64(len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))); err != nil {
			return
		}
		frame(c, frameSettings, 0)
		stream, err := headers(c)
		if err != nil {
			return
		}
		refuse(c, stream)
		_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
		_, _ = io.Copy(io.Discard, c)
	}}
	srv.Listener = l
	srv.StartTLS()
	t.Cleanup(func() {
		srv.Close()
		l.group.Wait()
	})
	return srv
}

// firstIsOdd hands its first connection to odd.
type firstIsOdd struct {
	net.Listener
	odd   func(net.Conn)
	once  sync.Once
	group sync.WaitGroup
}

func (l *firstIsOdd) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	first := false
	l.once.Do(func() { first = true })
	if !first {
		return c, nil
	}
	l.group.Go(func() { l.odd(c) })
	return l.Listener.Accept()
}

// F116: a stream that a peer says it did not process is sent again, a form too; of one
// that it only broke off, nothing is known.
func TestHTTP2RefusedStream(t *testing.T) {
	for name, tt := range map[string]struct {
		refuse func(w io.Writer, stream uint32)
		sent   bool // again
	}{
		"refused stream": {func(w io.Writer, stream uint32) {
			frame(w, frameReset, stream, refusedStream)
			frame(w, frameGoAway, 0, stream, noError) // so that the next one takes another connection
		}, true},
		"going away": {func(w io.Writer, _ uint32) { frame(w, frameGoAway, 0, 0, noError) }, true},
		"going away with an error": {func(w io.Writer, _ uint32) { frame(w, frameGoAway, 0, 0, protocolError) },
			true},
		"internal error": {func(w io.Writer, stream uint32) { frame(w, frameReset, stream, 2) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			stored := 0
			srv := refusing(t, tt.refuse, func(_ http.ResponseWriter, r *http.Request) {
				file, _, err := r.FormFile("file")
				if err != nil || r.ProtoMajor != 2 {
					t.Errorf("%s: %v", r.Proto, err)
					return
				}
				if content, err := io.ReadAll(file); err != nil || string(content) != "some content" {
					t.Errorf("%q, %v", content, err)
				}
				stored++
			})
			up := &upload.Multipart{URL: docferry.Secret(srv.URL), HTTP: docferry.HTTP{Retry: soon,
				TLS: srv.Client().Transport.(*http.Transport).TLSClientConfig}}
			defer up.CloseIdleConnections()
			_, err := up.Upload(t.Context(), file)
			switch {
			case tt.sent && (err != nil || stored != 1):
				t.Errorf("stored %d times, %v", stored, err)
			case !tt.sent && (!docferry.OutcomeUnknown(err) || stored != 0):
				t.Errorf("stored %d times, %v", stored, err)
			}
		})
	}
}
