//go:build !linux

package transport

import "net"

// unsent returns nil: this system does not tell how much of what was written
// the other side has acknowledged. Only what is read of a body counts then.
func unsent(net.Conn) func() (int64, bool) { return nil }
