package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// display shows how far the program is: on a terminal on one line, which changes several
// times a second, and elsewhere on a new line now and then.
type display struct {
	out      io.Writer
	every    time.Duration
	terminal bool
}

func newDisplay(out io.Writer) *display {
	d := &display{out: out, every: 5 * time.Second}
	if file, ok := out.(*os.File); ok {
		if info, err := file.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			d.every, d.terminal = 200*time.Millisecond, true
		}
	}
	return d
}

// during shows what line returns until do has returned. A line must not be longer than a
// terminal is wide.
func (d *display) during(line func() string, do func()) {
	before, after := "", "\n"
	if d.terminal {
		before, after = "\r\x1b[K", ""
	}
	done := make(chan struct{})
	var showing sync.WaitGroup
	showing.Go(func() {
		tick := time.NewTicker(d.every)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				fmt.Fprint(d.out, before, line(), after)
			case <-done:
				fmt.Fprint(d.out, before)
				return
			}
		}
	})
	do()
	close(done)
	showing.Wait()
}
