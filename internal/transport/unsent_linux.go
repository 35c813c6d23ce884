package transport

import (
	"net"
	"syscall"
	"unsafe"
)

// unsent returns a function that says how much of what was written to c the
// other side has not acknowledged yet, or nil if c does not tell.
func unsent(c net.Conn) func() (int64, bool) {
	socket, ok := c.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return nil
	}
	return func() (int64, bool) {
		var queued int32
		var failed syscall.Errno
		err := raw.Control(func(fd uintptr) {
			_, _, failed = syscall.Syscall(syscall.SYS_IOCTL, fd, syscall.TIOCOUTQ,
				uintptr(unsafe.Pointer(&queued))) //nolint:gosec // where the system is to write
		})
		return int64(queued), err == nil && failed == 0
	}
}
