package transport

import (
	"io"
	"net"
	"os"
	"time"
)

// FileSource is a source that reads from a file. Its content may be sent by the kernel, which
// need not copy it into this program and back.
type FileSource interface {
	// File returns the file, which is at the first byte that was not read yet, and how many
	// bytes from there need not be read. It returns nil if all of them have to be.
	File() (file *os.File, n int64)
	// Skip says that n of them were sent.
	Skip(n int64)
}

// sectionSize is how much the kernel is asked to send at once.
const sectionSize = 1 << 20

// ReadFrom implements [io.ReaderFrom]. Net/http calls it with the body of a request over plain
// http. A Body around a file is sent by the kernel as far as that is possible.
func (c *movingConn) ReadFrom(r io.Reader) (sent int64, err error) {
	limited, ok := r.(*io.LimitedReader)
	if ok {
		if body, ok := limited.R.(*Body); ok {
			sent, err = c.sendSections(body, limited.N)
			limited.N -= sent
		}
	}
	if err != nil {
		return sent, err
	}
	n, err := io.Copy(struct{ io.Writer }{c}, r)
	return sent + n, err
}

// sendSections sends the body without reading it, until it is not a file or the rest has to
// be read: which finds out what is wrong, if something is. Like Write, it fails if there is
// no progress for stallLimit.
func (c *movingConn) sendSections(b *Body, limit int64) (sent int64, err error) {
	socket, ok := c.Conn.(*net.TCPConn)
	if !ok || !canSendFiles || !b.begin() {
		return 0, nil
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return 0, err
	}
	for n := int64(1); n > 0; {
		if err := c.SetWriteDeadline(time.Now().Add(stallLimit)); err != nil {
			return sent, err
		}
		// The function is called again when there is room in the socket.
		err := raw.Write(func(fd uintptr) bool {
			var full bool
			n, full = b.sendSection(fd, min(limit-sent, sectionSize))
			return !full
		})
		sent += n
		c.written.Add(n)
		if err != nil {
			return sent, err
		}
	}
	return sent, nil
}

// sendSection sends at most limit bytes to a socket, and reports whether that is full.
// As in Read, the source is in use only during the call, and how long that takes is not the
// other side's fault, while the time until there is room is.
func (b *Body) sendSection(socket uintptr, limit int64) (n int64, full bool) {
	b.busy <- struct{}{}
	defer b.release()
	source, ok := b.source.(FileSource)
	if b.closed.Load() || !ok {
		return 0, false
	}
	file, rest := source.File()
	if file == nil || min(limit, rest) <= 0 {
		return 0, false
	}
	b.read.Store(true)
	if b.watch != nil {
		b.watch.enter(elsewhere)
		defer b.watch.enter(taking)
	}
	n, full = sendFile(socket, file, min(limit, rest))
	source.Skip(n)
	return n, full
}
