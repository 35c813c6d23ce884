package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"unicode"
)

// screen is where lines are shown, one at a time.
type screen struct {
	out  io.Writer
	live bool // a terminal, where a line can be drawn over

	mu    sync.Mutex
	drawn bool // the cursor stands behind a line of progress
}

// linef shows a line.
func (s *screen) linef(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.drawn {
		fmt.Fprint(s.out, "\r\x1b[K")
	}
	s.drawn = false
	fmt.Fprintf(s.out, format+"\n", args...)
}

// progressf shows a line that the next one takes the place of. Only a terminal
// shows it at all.
func (s *screen) progressf(format string, args ...any) {
	if !s.live {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Fprintf(s.out, "\r\x1b[K"+format, args...)
	s.drawn = true
}

// printable makes another participant's text safe for a terminal.
func printable(s string) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		quoted := strconv.QuoteRune(r)
		b.WriteString(quoted[1 : len(quoted)-1])
	}
	return b.String()
}

// isTerminal asks for a character device that is not the null device.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(info, null)
}
