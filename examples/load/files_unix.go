//go:build linux || darwin

package main

import (
	"fmt"
	"syscall"
)

// allowFiles makes sure that this process and the one it starts may have n open files
// each. Go raises the limit to the one that the system has set for the user; only root
// may go beyond that.
func allowFiles(n int) error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil || limit.Cur >= uint64(n) {
		return err
	}
	more := syscall.Rlimit{Cur: uint64(n), Max: max(limit.Max, uint64(n))}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &more); err != nil {
		return fmt.Errorf("so many customers take %d open files, and this process may have %d: choose a smaller -n, or raise "+
			"the limit (\"ulimit -Hn %d\" as root, LimitNOFILE of a systemd unit, --ulimit nofile=%d of a container): %w",
			n, limit.Cur, n, n, err)
	}
	return nil
}
