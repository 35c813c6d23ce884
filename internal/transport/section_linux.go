package transport

import (
	"errors"
	"os"
	"syscall"
)

const canSendFiles = true

// sendFile sends at most limit bytes of a file, from where it is, to a socket that does not
// block, and moves on in the file. It sends nothing if the socket is full, at the end of the
// file, and after an error, which reading the file or writing to the socket finds again.
func sendFile(socket uintptr, file *os.File, limit int64) (n int64, full bool) {
	from, err := file.SyscallConn()
	if err != nil {
		return 0, false
	}
	var sent int
	failed := from.Control(func(fd uintptr) {
		for {
			sent, err = syscall.Sendfile(int(socket), int(fd), nil, int(limit))
			if !errors.Is(err, syscall.EINTR) {
				return
			}
		}
	})
	if failed != nil || err != nil {
		return 0, errors.Is(err, syscall.EAGAIN)
	}
	return int64(sent), false
}
