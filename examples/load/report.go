package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"strconv"
	"strings"
	"time"
)

// result is what was measured. Of the last four one is there.
type result struct {
	Customers      int       `json:"customers"`
	EnteredSeconds float64   `json:"enteredSeconds"` // how long it took until all had entered
	Errors         int       `json:"errors"`
	FirstError     string    `json:"firstError,omitempty"`
	Lost           int       `json:"lost"` // connections
	Talk           *talk     `json:"talk,omitempty"`
	Idle           *idle     `json:"idle,omitempty"`
	History        []history `json:"history,omitempty"`
	Storm          *storm    `json:"storm,omitempty"`
}

type talk struct {
	percentiles

	Messages  int     `json:"messages"`
	PerSecond float64 `json:"perSecond"`
	Arrived   int     `json:"arrived"`
	Lost      int     `json:"lost"`
	Doubled   int     `json:"doubled"`
}

// percentiles are times from sending to arrival, in nanoseconds.
type percentiles struct {
	P50 time.Duration `json:"p50"`
	P90 time.Duration `json:"p90"`
	P99 time.Duration `json:"p99"`
	Max time.Duration `json:"max"`
}

// idle has bytes of each chat. Those of the heap and of stacks are parts of those
// that are resident; GrownBytes were resident before garbage was collected.
type idle struct {
	ResidentBytes int     `json:"residentBytes"`
	GrownBytes    int     `json:"grownBytes"`
	HeapBytes     int     `json:"heapBytes"`
	StackBytes    int     `json:"stackBytes"`
	Goroutines    float64 `json:"goroutines"`
}

// history is how many bytes a chat keeps after so many items.
type history struct {
	Items     int `json:"items"`
	KeptBytes int `json:"keptBytes"`
}

type storm struct {
	Seconds      float64 `json:"seconds"` // until all customers were back
	IdealSeconds float64 `json:"idealSeconds"`
	CallsEach    float64 `json:"callsEach"`
	Websockets   int     `json:"websockets"` // that the service has at the end
}

// percentiles returns those of the last so many messages, or of all.
func (w *crowd) percentiles(last int) percentiles {
	w.mu.Lock()
	all := slices.Clone(w.latencies)
	w.mu.Unlock()
	if last > 0 {
		all = all[max(0, len(all)-last):]
	}
	slices.Sort(all)
	at := func(p int) time.Duration { return percentile(all, p).Round(time.Microsecond) }
	return percentiles{P50: at(50), P90: at(90), P99: at(99), Max: at(100)}
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
	lines := []string{fmt.Sprintf("%d customers entered in %.1f s; %d connections lost, %d errors",
		r.Customers, r.EnteredSeconds, r.Lost, r.Errors)}
	if r.Errors > 0 {
		lines = append(lines, "the first error: "+r.FirstError)
	}
	if t := r.Talk; t != nil {
		lines = append(lines, fmt.Sprintf("%d messages, %.0f a second: %d arrived, %d lost, %d doubled",
			t.Messages, t.PerSecond, t.Arrived, t.Lost, t.Doubled),
			fmt.Sprintf("arrived after: p50 %v, p90 %v, p99 %v, at most %v", t.P50, t.P90, t.P99, t.Max))
	}
	if i := r.Idle; i != nil {
		lines = append(lines, fmt.Sprintf("each chat takes %.1f KB, and %.1f KB with garbage: %.1f KB of heap, %.1f KB of stacks, %.1f goroutines",
			kilobytes(i.ResidentBytes), kilobytes(i.GrownBytes), kilobytes(i.HeapBytes), kilobytes(i.StackBytes), i.Goroutines))
	}
	for _, h := range r.History {
		lines = append(lines, fmt.Sprintf("after %d items each chat keeps %.1f KB of them", h.Items, kilobytes(h.KeptBytes)))
	}
	if s := r.Storm; s != nil {
		lines = append(lines, fmt.Sprintf("all back after %.1f s, where %.1f s are ideal (%.2f times that), with %.2f calls each",
			s.Seconds, s.IdealSeconds, s.Seconds/s.IdealSeconds, s.CallsEach))
	}
	_, err := fmt.Fprintln(out, strings.Join(lines, "\n"))
	return err
}

func kilobytes(bytes int) float64 { return float64(bytes) / 1024 }

// memory is what the process has, in bytes. grown was resident before the rest was
// measured.
type memory struct{ grown, resident, heap, stacks, goroutines int }

// takeMemory measures the memory after a collection of garbage. What Go keeps for later
// is given back to the system, so that the figures do not depend on when that would have
// happened.
func takeMemory(s *site) memory {
	grown := resident()
	s.client.CloseIdleConnections()
	runtime.GC() // pools keep what they have until the second time
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return memory{grown, resident(), int(m.HeapAlloc), int(m.StackInuse), runtime.NumGoroutine()}
}

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
