package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime/metrics"
	"slices"
	"strconv"
	"strings"
	"time"
)

// result is what was measured. Of the three parts one is there.
type result struct {
	Customers int    `json:"customers"`
	Errors    int    `json:"errors"`
	Lost      int    `json:"lost"` // connections
	Talk      *talk  `json:"talk,omitempty"`
	Idle      *idle  `json:"idle,omitempty"`
	Storm     *storm `json:"storm,omitempty"`
}

type talk struct {
	Messages  int     `json:"messages"`
	Arrived   int     `json:"arrived"`
	PerSecond float64 `json:"perSecond"`
	// From sending to arrival, in nanoseconds.
	P50 time.Duration `json:"p50"`
	P90 time.Duration `json:"p90"`
	P99 time.Duration `json:"p99"`
	Max time.Duration `json:"max"`
}

// idle has bytes of each chat. Those of the heap and of stacks are parts of those
// that are resident.
type idle struct {
	ResidentBytes int     `json:"residentBytes"`
	HeapBytes     int     `json:"heapBytes"`
	StackBytes    int     `json:"stackBytes"`
	Goroutines    float64 `json:"goroutines"`
}

type storm struct {
	Seconds      float64 `json:"seconds"` // until all customers were back
	IdealSeconds float64 `json:"idealSeconds"`
	CallsEach    float64 `json:"callsEach"`
	Websockets   int     `json:"websockets"` // that the service has at the end
}

// messages computes what there is to say of messages.
func (r *result) messages(w *crowd, d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := slices.Sorted(slices.Values(w.latencies))
	r.Talk = &talk{
		Messages: int(w.said.Load()), Arrived: int(w.arrived.Load()), PerSecond: float64(w.said.Load()) / d.Seconds(),
		P50: percentile(all, 50), P90: percentile(all, 90), P99: percentile(all, 99), Max: percentile(all, 100),
	}
}

// percentile returns the smallest value that at least p percent of sorted values do
// not exceed; 0 if there are none.
func percentile(sorted []time.Duration, p int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	rank := (len(sorted)*p + 99) / 100 // rounded up
	return sorted[max(rank, 1)-1]
}

// print shows the result.
func (r *result) print(out io.Writer, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(out).Encode(r)
	}
	lines := []string{fmt.Sprintf("%d customers, %d connections lost, %d errors", r.Customers, r.Lost, r.Errors)}
	if t := r.Talk; t != nil {
		lines = append(lines,
			fmt.Sprintf("%d messages, %.0f a second, %d of them arrived", t.Messages, t.PerSecond, t.Arrived),
			fmt.Sprintf("after: p50 %v, p90 %v, p99 %v, at most %v", t.P50.Round(time.Microsecond),
				t.P90.Round(time.Microsecond), t.P99.Round(time.Microsecond), t.Max.Round(time.Microsecond)))
	}
	if i := r.Idle; i != nil {
		lines = append(lines, fmt.Sprintf("%.1f KB resident for each chat: %.1f KB of heap, %.1f KB of stacks, %.1f goroutines",
			kilobytes(i.ResidentBytes), kilobytes(i.HeapBytes), kilobytes(i.StackBytes), i.Goroutines))
	}
	if s := r.Storm; s != nil {
		lines = append(lines, fmt.Sprintf("all back after %.1f s, where %.1f s are ideal (%.2f times that), with %.2f calls each",
			s.Seconds, s.IdealSeconds, s.Seconds/s.IdealSeconds, s.CallsEach))
	}
	_, err := fmt.Fprintln(out, strings.Join(lines, "\n"))
	return err
}

func kilobytes(bytes int) float64 { return float64(bytes) / 1024 }

// resident returns the bytes of memory that the process has: from the system on
// Linux, and elsewhere what Go has taken from it.
func resident() int {
	if text, err := os.ReadFile("/proc/self/status"); err == nil {
		for line := range strings.Lines(string(text)) {
			if rest, found := strings.CutPrefix(line, "VmRSS:"); found {
				kb, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(rest), " kB"))
				return kb << 10
			}
		}
	}
	samples := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(samples)
	return int(samples[0].Value.Uint64() - samples[1].Value.Uint64())
}

// status shows on one line of a terminal how far the program is. Elsewhere it shows
// nothing.
type status struct {
	out  io.Writer // nil if it is no terminal
	last time.Time
}

func newStatus(out io.Writer) *status {
	file, ok := out.(*os.File)
	if !ok {
		return &status{}
	}
	if info, err := file.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return &status{}
	}
	return &status{out: out}
}

// linef shows a line, at most ten times a second.
func (s *status) linef(format string, args ...any) {
	if s.out == nil || time.Since(s.last) < 100*time.Millisecond {
		return
	}
	s.last = time.Now()
	fmt.Fprintf(s.out, "\r\x1b[K"+format, args...)
}

// clear removes the line.
func (s *status) clear() {
	if s.out != nil {
		fmt.Fprint(s.out, "\r\x1b[K")
	}
}
