package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"
)

// contestant is one way to do what a table is about.
type contestant struct {
	name    string
	measure func(context.Context) (sample, error)
}

// series are the samples of one contestant, by round.
type series struct {
	name    string
	samples []sample
}

// compete measures all contestants once in every round, so that the noise of the
// machine hits all alike. Each round begins with another one. There is a round
// before the first, which does not count: whatever is set up once is set up there.
func compete(ctx context.Context, rounds int, all []contestant) ([]series, error) {
	results := make([]series, len(all))
	for n := range all {
		results[n].name = all[n].name
	}
	for round := range rounds + 1 {
		for turn := range all {
			n := (turn + round) % len(all)
			s, err := all[n].measure(ctx)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", all[n].name, err)
			}
			if round > 0 {
				results[n].samples = append(results[n].samples, s)
			}
		}
	}
	return results, nil
}

// Measures of a sample, per operation.
func wall(s sample) float64   { return float64(s.Wall) / float64(s.Ops) }
func cpu(s sample) float64    { return float64(s.CPU) / float64(s.Ops) }
func allocs(s sample) float64 { return float64(s.Allocs) / float64(s.Ops) }
func heap(s sample) float64   { return float64(s.Bytes) / float64(s.Ops) }
func rate(s sample) float64   { return float64(s.Ops) / s.Wall.Seconds() }
func peak(s sample) float64   { return float64(s.Peak) }

// column is one column of a table. It is about a series and the floor.
type column struct {
	head string
	cell func(floor, s series) string
}

// value is the median of a measure, and its spread.
func value(head string, measure func(sample) float64, format func(float64) string) column {
	return column{head, func(_, s series) string {
		return spread(collect(s.samples, measure), format)
	}}
}

// ratio is the median of the ratios to the floor in the same round, and their
// spread.
func ratio(head string, measure func(sample) float64) column {
	return column{head, func(floor, s series) string {
		if floor.name == s.name {
			return "1"
		}
		ratios := make([]float64, len(s.samples))
		for n := range ratios {
			ratios[n] = measure(s.samples[n]) / measure(floor.samples[n])
		}
		return spread(ratios, func(v float64) string { return fmt.Sprintf("%.2f", v) })
	}}
}

// above is by how much the median of a measure is above the floor's.
func above(head string, measure func(sample) float64, format func(float64) string) column {
	return column{head, func(floor, s series) string {
		if floor.name == s.name {
			return format(median(collect(s.samples, measure)))
		}
		difference := median(collect(s.samples, measure)) - median(collect(floor.samples, measure))
		if difference < 0 {
			return "−" + format(-difference)
		}
		return "+" + format(difference)
	}}
}

func collect(samples []sample, measure func(sample) float64) []float64 {
	values := make([]float64, len(samples))
	for n, s := range samples {
		values[n] = measure(s)
	}
	return values
}

// spread shows the median, the least and the greatest of values.
func spread(values []float64, format func(float64) string) string {
	middle, low, high := format(median(values)), format(slices.Min(values)), format(slices.Max(values))
	if low == high {
		return middle
	}
	return fmt.Sprintf("%s (%s..%s)", middle, low, high)
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	half := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[half]
	}
	return (sorted[half-1] + sorted[half]) / 2
}

// Formats of values.
func microseconds(v float64) string { return fmt.Sprintf("%.1f", v/float64(time.Microsecond)) }
func milliseconds(v float64) string { return fmt.Sprintf("%.2f", v/float64(time.Millisecond)) }
func seconds(v float64) string      { return fmt.Sprintf("%.3f", v/float64(time.Second)) }
func whole(v float64) string        { return fmt.Sprintf("%.0f", math.Round(v)) }
func tenths(v float64) string       { return fmt.Sprintf("%.1f", v) }
func mebibytes(v float64) string    { return fmt.Sprintf("%.1f", v/(1<<20)) }

// table writes a table in Markdown. The first series is the floor. One without
// samples is a row that says that there is nothing to measure.
func table(w io.Writer, title string, results []series, columns ...column) {
	heading(w, title, columns)
	rowsOf(w, results, columns)
}

// heading begins a table.
func heading(w io.Writer, title string, columns []column) {
	fmt.Fprintf(w, "\n### %s\n\n| client |", title)
	for _, c := range columns {
		fmt.Fprintf(w, " %s |", c.head)
	}
	fmt.Fprintf(w, "\n|---|%s\n", strings.Repeat("---:|", len(columns)))
}

// rowsOf writes the rows of series with the same floor.
func rowsOf(w io.Writer, results []series, columns []column) {
	for _, s := range results {
		fmt.Fprintf(w, "| %s |", s.name)
		for _, c := range columns {
			cell := "–"
			if len(s.samples) > 0 {
				cell = c.cell(results[0], s)
			}
			fmt.Fprintf(w, " %s |", cell)
		}
		fmt.Fprintln(w)
	}
}
