package main

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// faultNames are what the faults are called in the table.
var faultNames = map[string]string{
	faultDrop: "dropped websocket", faultHole: "black hole", faultZombie: "zombie websocket",
}

// print prints the table, in which all clients have the same rows.
func (b *bench) print(out io.Writer, all []figures) error {
	heads := []string{"measured"}
	for _, c := range b.clients {
		heads = append(heads, c.name)
	}
	rows := [][]string{heads, strings.Fields(strings.Repeat("--- ", len(heads)))}
	row := func(name string, cell func(figures) string) {
		cells := []string{name}
		for _, f := range all {
			cells = append(cells, cell(f))
		}
		rows = append(rows, cells)
	}
	for i, n := range b.sizes.memory {
		row(fmt.Sprintf("memory of an idle chat, of %d", n), func(f figures) string {
			var each []string
			for _, bytes := range f.memory[i] {
				each = append(each, fmt.Sprintf("%.0f", float64(bytes)/1024))
			}
			return strings.Join(each, ", ") + " KB"
		})
	}
	for i, r := range all[0].recovery {
		name := faultNames[r.fault]
		row(name+": first message after", func(f figures) string { return f.recovery[i].times(b.patience) })
		row(name+": chats told of a lost connection, of a failed deep heartbeat", func(f figures) string {
			return fmt.Sprintf("%d, %d", f.recovery[i].lost, f.recovery[i].deep)
		})
		row(name+": messages said", func(f figures) string { return fmt.Sprint(f.recovery[i].said) })
		row(name+": missing as events, doubled as events, never seen", func(f figures) string {
			d := f.recovery[i].delivery
			return fmt.Sprintf("%d, %d, %d", d.missing, d.doubled, d.unseen)
		})
	}
	for i, w := range b.storms {
		name := fmt.Sprintf("storm of %d chats: ", w.chats)
		if !w.retryAfter {
			name = fmt.Sprintf("storm of %d chats without Retry-After: ", w.chats)
		}
		row(name+"back after", func(f figures) string { return f.storm[i].times(b.patience) })
		row(name+"calls a chat of CreateParticipantConnection", func(f figures) string {
			return fmt.Sprintf("%.2f", f.storm[i].connections)
		})
		row(name+"calls a chat of GetTranscript", func(f figures) string {
			return fmt.Sprintf("%.2f", f.storm[i].transcripts)
		})
	}
	if b.talkers > 0 {
		b.latencies(row)
	}
	for _, cells := range rows {
		if _, err := fmt.Fprintf(out, "| %s |\n", strings.Join(cells, " | ")); err != nil {
			return err
		}
	}
	return nil
}

// latencies makes the rows of the latency.
func (b *bench) latencies(row func(string, func(figures) string)) {
	row(fmt.Sprintf("latency at %.0f messages a second: p50, p99", b.rate), func(f figures) string {
		return fmt.Sprintf("%.2f ms, %.2f ms", milliseconds(f.latency.median), milliseconds(f.latency.slow))
	})
	row("of those, arrived", func(f figures) string { return fmt.Sprintf("%d of %d", f.latency.arrived, f.latency.said) })
}

// times says when the chats delivered again: the first, the one in the middle and the
// last.
func (r back) times(patience time.Duration) string {
	var parts []string
	if n := len(r.after); n > 0 {
		parts = append(parts, fmt.Sprintf("median %.2f s (%.2f to %.2f s)",
			percentile(r.after, 50).Seconds(), r.after[0].Seconds(), r.after[n-1].Seconds()))
	}
	if len(r.after) < r.chats {
		parts = append(parts, fmt.Sprintf("%d of %d chats", len(r.after), r.chats))
	}
	if r.ended > 0 {
		parts = append(parts, fmt.Sprintf("%d ended for good", r.ended))
	}
	if rest := r.chats - len(r.after) - r.ended; rest > 0 {
		parts = append(parts, fmt.Sprintf("%d not within %.0f s", rest, patience.Seconds()))
	}
	return strings.Join(parts, ", ")
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
