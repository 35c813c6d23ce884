package upload_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/upload/uploadtest"
)

// Each item goes to its own destination, and errors of the sequence are outcomes.
func TestEachItem(t *testing.T) {
	broken := errors.New("broken")
	one, two := uploadtest.NewMemory(), uploadtest.NewMemory()
	items := func(yield func(upload.Item, error) bool) {
		for n := range 9 {
			src := upload.Bytes(fmt.Sprint(n), []byte("content"))
			src.Value = n * n
			item, err := upload.Item{Source: src, To: one}, error(nil)
			switch n % 3 {
			case 1:
				item.To = two
			case 2:
				err = broken
			}
			if n == 8 {
				item.To, err = nil, nil
			}
			if !yield(item, err) {
				return
			}
		}
	}
	results := map[*uploadtest.Memory]int{}
	var failed []int
	for o := range upload.EachItem(t.Context(), 3, items) {
		if o.Source.Value != o.Index*o.Index {
			t.Errorf("the outcome %d has the value %v", o.Index, o.Source.Value)
		}
		if o.Err != nil {
			e, ok := errors.AsType[*upload.Error](o.Err)
			if !ok || e.State != upload.StateNotStarted || o.Index < 8 && !errors.Is(o.Err, broken) {
				t.Errorf("the outcome %d: %v", o.Index, o.Err)
			}
			failed = append(failed, o.Index)
			continue
		}
		m := one
		if o.Index%3 == 1 {
			m = two
		}
		if _, err := m.Content(o.Result); err != nil {
			t.Error(err)
		}
		results[m]++
	}
	slices.Sort(failed)
	if diff := cmp.Diff([]int{2, 5, 8}, failed); diff != "" || results[one] != 3 || results[two] != 3 {
		t.Errorf("failed (-want +got):\n%s, results: %v", diff, results)
	}
}

// A sequence that waits does not hold back outcomes.
func TestEachItemOfSlowSequence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		m := uploadtest.NewMemory()
		items := func(yield func(upload.Item, error) bool) {
			for n := range 3 {
				if !yield(upload.Item{Source: upload.Bytes(fmt.Sprint(n), nil), To: m}, nil) {
					return
				}
				time.Sleep(time.Hour)
			}
		}
		var at []time.Duration
		for o := range upload.EachItem(t.Context(), 2, items) {
			if o.Err != nil {
				t.Error(o.Err)
			}
			at = append(at, time.Since(start))
		}
		if diff := cmp.Diff([]time.Duration{0, time.Hour, 2 * time.Hour}, at); diff != "" {
			t.Errorf("outcomes came at (-want +got):\n%s", diff)
		}
		if over := time.Since(start); over != 3*time.Hour {
			t.Errorf("it took %v", over)
		}
	})
}

// A sequence that panics does so in the range loop, and one that is stopped ends.
func TestEachItemOfSequenceThatPanics(t *testing.T) {
	defer func() {
		if v := recover(); v != "ouch" {
			t.Errorf("recovered %v", v)
		}
	}()
	items := func(yield func(upload.Item, error) bool) {
		yield(upload.Item{Source: upload.Bytes("a", nil), To: uploadtest.NewMemory()}, nil)
		panic("ouch")
	}
	for o := range upload.EachItem(t.Context(), 1, items) {
		if o.Err != nil {
			t.Error(o.Err)
		}
	}
	t.Error("it did not panic")
}

func TestMeter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := upload.NewMeter()
		content := make([]byte, 1000)
		slow := func(context.Context) (io.ReadCloser, error) {
			time.Sleep(time.Second)
			return io.NopCloser(&lumps{left: len(content)}), nil
		}
		// Each upload reads its source twice; the last one fails.
		to := upload.Func(func(ctx context.Context, src upload.Source) (*upload.Result, error) {
			for range 2 {
				rc, err := src.Open(ctx)
				if err != nil {
					return nil, err
				}
				if _, err := io.Copy(io.Discard, rc); err != nil {
					return nil, err
				}
				if err := rc.Close(); err != nil {
					return nil, err
				}
			}
			if src.Name == "3" {
				return nil, errors.New("no")
			}
			return &upload.Result{}, nil
		})
		items := func(yield func(upload.Item, error) bool) {
			for n := range 4 {
				yield(upload.Item{Source: upload.From(fmt.Sprint(n), 1000, slow), To: to}, nil)
			}
		}
		for o := range upload.EachItem(t.Context(), 1, m.Items(items)) {
			m.Count(o)
		}
		got := m.Totals()
		want := upload.Totals{Files: 4, Bytes: 4000, Stored: 3, Failed: 1, StoredBytes: 3000, Sent: 8000, SentAgain: 4000,
			Elapsed: 8 * time.Second, Rate: 1000}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("after eight seconds (-want +got):\n%s", diff)
		}
		m.Expect(1, 1000)
		if got := m.Totals(); got.Left != time.Second {
			t.Errorf("with one more, %v are left", got.Left)
		}
		time.Sleep(time.Minute)
		if got := m.Totals(); got.Rate != 0 || got.Left != -1 {
			t.Errorf("a minute later: %+v", got)
		}
		m.Skip(1000)
		if got := m.Totals(); got.Left != 0 || got.Skipped != 1 {
			t.Errorf("at the end: %+v", got)
		}
	})
}

// The time that is left falls while a file is sent.
func TestMeterLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := upload.NewMeter()
		m.Expect(2, 2000)
		rc, err := m.Source(upload.Bytes("a", make([]byte, 1000))).Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		if _, err := io.ReadFull(rc, make([]byte, 500)); err != nil {
			t.Fatal(err)
		}
		if got := m.Totals().Left; got != 3*time.Second {
			t.Errorf("%v are left, want 3s", got)
		}
		if err := rc.Close(); err != nil {
			t.Fatal(err)
		}
		if got := m.Totals().Left; got != 4*time.Second {
			t.Errorf("after an attempt that failed, %v are left, want 4s", got)
		}
	})
}

// lumps reads as many bytes as are left, ten at a time.
type lumps struct{ left int }

func (l *lumps) Read(p []byte) (int, error) {
	if l.left == 0 {
		return 0, io.EOF
	}
	n := min(10, l.left, len(p))
	l.left -= n
	return n, nil
}
