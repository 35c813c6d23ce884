package main

import (
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
)

// isFleet makes the test binary the program, for the processes that the demo starts.
const isFleet = "DOCFERRY_TEST_IS_FLEET"

func TestMain(m *testing.M) {
	if os.Getenv(isFleet) != "" {
		main()
	}
	os.Exit(m.Run())
}

// Whatever is killed, each document is stored once, and the fleet keeps to its rate.
func TestDemo(t *testing.T) {
	t.Setenv(isFleet, "1")
	for _, to := range []string{"workdocs", "oracle"} {
		t.Run(to, func(t *testing.T) {
			o := &options{account: account{to: to}, documents: 200, workers: 4, kills: 10,
				killEvery: 200 * time.Millisecond, seed: 7, rate: 300, lease: time.Second}
			f, err := demo(t.Context(), o, t.Logf)
			if err != nil {
				t.Fatal(err)
			}
			t.Log(f)
			if f.stored != 200 || f.versions != 200 || f.drafts != 0 || f.deliveries < 200 || f.kills < 3 {
				t.Errorf("the figures are %v", f)
			}
			// Each worker may be late with one request, those that were killed too.
			if late := 4 + 5; f.peak > 300+1+late {
				t.Errorf("%d requests in a second", f.peak)
			}
		})
	}
}

// Three clients with ten requests at a time together send no more than one may.
func TestLimiter(t *testing.T) {
	f := newFleet(t, time.Second)
	if err := f.limiter().set(t.Context(), 100); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	begun := time.Now()
	for range 3 {
		nc, err := nats.Connect(f.nc.ConnectedUrl())
		if err != nil {
			t.Fatal(err)
		}
		defer nc.Close()
		q, err := openQueue(t.Context(), nc)
		if err != nil {
			t.Fatal(err)
		}
		for range 10 {
			all.Go(func() {
				for range 3 {
					if err := q.limiter().Wait(t.Context()); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	all.Wait()
	if took := time.Since(begun); took < 880*time.Millisecond || took > 10*time.Second {
		t.Errorf("90 requests at 100 a second took %v", took)
	}
}

func TestMistakes(t *testing.T) {
	for _, args := range [][]string{
		{"-nonsense"}, {"dance"}, {"demo", "word"}, {"demo", "-to", "nowhere"}, {"demo", "-workers", "0"},
		{"plan"}, {"plan", "-folder", "f"}, {"work"}, {"work", "-rate", "1"},
		{"work", "-from", t.TempDir(), "-nats", "nats://127.0.0.1:1"},
	} {
		var out strings.Builder
		err := run(t.Context(), args, &out)
		if err == nil || strings.Contains(err.Error(), "\n") || out.String() != "" {
			t.Errorf("%q: %v, output %q", args, err, out.String())
		}
	}
}
