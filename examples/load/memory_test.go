//go:build !race

package main

import "testing"

// TestMemory keeps what an idle chat takes over TLS, on the client's side. The bound is 15%
// above what was measured. Stacks are a part of it: each is of 8 KB, not 4, as soon as what
// waits on it takes too much.
func TestMemory(t *testing.T) {
	const most = 30 << 10
	r := measured(t, "-n", "200", "-idle", "-duration", "1ms")
	if each := r.Idle.HeapBytes + r.Idle.StackBytes; each > most || each < most/2 {
		t.Errorf("%d bytes of heap and %d of stacks for each chat, want at most %d together", r.Idle.HeapBytes, r.Idle.StackBytes, most)
	}
}
