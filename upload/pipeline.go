package upload

import (
	"sync"
	"sync/atomic"
)

// Content of more than inTurn bytes is hashed beside the sending, in at most partCount parts
// of partSize bytes at a time. Below that, handing over costs more than it gains.
const (
	inTurn    = 4 << 20
	partSize  = 128 << 10
	partCount = 3
)

// pipeline hashes content while it is sent. What is written is copied into a part, because
// the buffer that it came in is used again. A part that is full goes to a goroutine, which
// hashes one after the other, and ends when there is none left. Only one goroutine may
// write, hand and wait at a time.
type pipeline struct {
	hash    func([]byte)
	filling []byte         // the part that is written to; nil if there is none
	made    int            // how many parts there are
	free    chan []byte    // those to be filled
	full    chan []byte    // those to be hashed, in order
	waiting atomic.Int32   // how many were handed over and are not hashed
	busy    sync.WaitGroup // the same, to be waited for
}

func newPipeline(hash func([]byte)) *pipeline {
	return &pipeline{hash: hash, free: make(chan []byte, partCount), full: make(chan []byte, partCount)}
}

// write copies content. Where hashing is slower than sending, it waits for a free part.
func (p *pipeline) write(content []byte) {
	for len(content) > 0 {
		if p.filling == nil {
			p.filling = p.next()
		}
		n := min(len(content), partSize-len(p.filling))
		p.filling = append(p.filling, content[:n]...)
		content = content[n:]
		if len(p.filling) == partSize {
			p.hand()
		}
	}
}

// next returns an empty part.
func (p *pipeline) next() []byte {
	if p.made < partCount && len(p.free) == 0 {
		p.made++
		return make([]byte, 0, partSize)
	}
	return <-p.free
}

// hand has what was written since the last time hashed.
func (p *pipeline) hand() {
	if p.filling == nil {
		return
	}
	p.busy.Add(1)
	p.full <- p.filling // there is room for all parts
	p.filling = nil
	if p.waiting.Add(1) == 1 {
		go p.work()
	}
}

// work hashes parts until there are none. The part that is handed over next starts it again.
func (p *pipeline) work() {
	for more := true; more; {
		part := <-p.full
		p.hash(part)
		p.free <- part[:0] // there is room for all parts
		more = p.waiting.Add(-1) > 0
		p.busy.Done()
	}
}

// wait returns when all that was handed over is hashed.
func (p *pipeline) wait() { p.busy.Wait() }
