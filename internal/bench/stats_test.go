package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestCompeteTakesTurns(t *testing.T) {
	var order []string
	count := 0
	enter := func(name string) contestant {
		return contestant{name, func(context.Context) (sample, error) {
			order = append(order, name)
			count++
			return sample{Ops: count}, nil
		}}
	}
	results, err := compete(t.Context(), 2, []contestant{enter("a"), enter("b"), enter("c")})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(order, ""); got != "abcbcacab" {
		t.Errorf("the order was %s", got)
	}
	var got [][]int // the first round does not count
	for _, s := range results {
		got = append(got, []int{s.samples[0].Ops, s.samples[1].Ops})
	}
	if diff := cmp.Diff([][]int{{6, 8}, {4, 9}, {5, 7}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestCompeteEndsWithAnError(t *testing.T) {
	broken := errors.New("broken")
	a := contestant{"a", func(context.Context) (sample, error) { return sample{}, broken }}
	_, err := compete(t.Context(), 1, []contestant{a})
	if !errors.Is(err, broken) || !strings.HasPrefix(err.Error(), "a: ") {
		t.Error(err)
	}
}

func TestMedian(t *testing.T) {
	for want, values := range map[float64][]float64{2: {3, 1, 2}, 2.5: {4, 1, 3, 2}, 7: {7}} {
		if got := median(values); got != want {
			t.Errorf("the median of %v is %v, not %v", values, got, want)
		}
	}
}

// The ratio is that of the same round, so noise that hits a whole round cancels.
func TestTable(t *testing.T) {
	took := func(peak int64, times ...time.Duration) (samples []sample) {
		for _, d := range times {
			samples = append(samples, sample{Ops: 10, Wall: d, Peak: peak << 20})
		}
		return samples
	}
	var out strings.Builder
	table(&out, "Title", []series{
		{"floor", took(20, 10*time.Microsecond, 1000*time.Microsecond, 30*time.Microsecond)},
		{"a", took(15, 20*time.Microsecond, 2000*time.Microsecond, 60*time.Microsecond)},
		{"b", took(21, 10*time.Microsecond, 2000*time.Microsecond, 45*time.Microsecond)},
		{"absent", nil},
	}, value("µs", wall, microseconds), ratio("× floor", wall), value("rate", rate, whole),
		above("MiB", peak, mebibytes))
	want := `
### Title

| client | µs | × floor | rate | MiB |
|---|---:|---:|---:|---:|
| floor | 3.0 (1.0..100.0) | 1 | 333333 (10000..1000000) | 20.0 |
| a | 6.0 (2.0..200.0) | 2.00 | 166667 (5000..500000) | −5.0 |
| b | 4.5 (1.0..200.0) | 1.50 (1.00..2.00) | 222222 (5000..1000000) | +1.0 |
| absent | – | – | – | – |
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestSizes(t *testing.T) {
	for want, size := range map[string]int64{"1 GiB": 1 << 30, "64 MiB": 64 << 20, "100 bytes": 100} {
		if got := sizeOf(size); got != want {
			t.Errorf("%d bytes are %q, not %q", size, got, want)
		}
	}
}
