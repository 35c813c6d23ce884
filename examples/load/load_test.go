package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/docferry/docferry/examples/internal/program"
)

// TestMain lets the test binary be the other process too.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == serveFlag {
		program.Main(func(ctx context.Context, _ []string, stdout, stderr io.Writer) int {
			return program.Code(ctx, "load", serve(ctx, os.Stdin, stdout), stderr)
		})
	}
	os.Exit(m.Run())
}

// measured runs the program and returns its result.
func measured(t *testing.T, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), append(args, "-json"), &stdout, &stderr); code != 0 {
		t.Fatalf("exit code %d: %s", code, &stderr)
	}
	var r result
	if err := json.Unmarshal(stdout.Bytes(), &r); err != nil {
		t.Fatalf("%s: %v", &stdout, err)
	}
	return r
}

func TestTalk(t *testing.T) {
	r := measured(t, "-n", "5", "-rate", "100", "-duration", "300ms", "-size", "1024")
	if r.Customers != 5 || r.Errors != 0 || r.Talk == nil || r.Talk.Messages < 5 || r.Talk.Arrived != r.Talk.Messages ||
		r.Talk.P50 <= 0 || r.Talk.P50 > r.Talk.Max {
		t.Errorf("%+v, %+v", r, r.Talk)
	}
}

func TestIdle(t *testing.T) {
	profile := filepath.Join(t.TempDir(), "heap")
	r := measured(t, "-n", "20", "-idle", "-duration", "1ms", "-memprofile", profile)
	if r.Idle == nil || r.Idle.HeapBytes <= 0 || r.Idle.StackBytes <= 0 || r.Idle.Goroutines < 1.5 || r.Lost != 0 {
		t.Errorf("%+v, %+v", r, r.Idle)
	}
	if info, err := os.Stat(profile); err != nil || info.Size() == 0 {
		t.Errorf("the profile: %v", err)
	}
}

func TestStorm(t *testing.T) {
	r := measured(t, "-n", "40", "-storm", "1000")
	if r.Storm == nil || r.Lost != 40 || r.Storm.Websockets != 40 || r.Storm.CallsEach < 1 || r.Storm.IdealSeconds != 0.04 {
		t.Errorf("%+v, %+v", r, r.Storm)
	}
}

func TestPercentile(t *testing.T) {
	var ten []time.Duration
	for n := range 10 {
		ten = append(ten, time.Duration(n+1))
	}
	for _, test := range []struct {
		values []time.Duration
		p      int
		want   time.Duration
	}{
		{nil, 50, 0}, {ten[:1], 50, 1}, {ten[:1], 99, 1}, {ten, 50, 5}, {ten, 51, 6}, {ten, 90, 9}, {ten, 91, 10},
		{ten, 99, 10}, {ten, 100, 10}, {ten, 0, 1}, {ten[:2], 50, 1}, {ten[:3], 50, 2},
	} {
		if got := percentile(test.values, test.p); got != test.want {
			t.Errorf("of %v, %d percent are up to %d, want %d", test.values, test.p, got, test.want)
		}
	}
}

func TestRefusesFlags(t *testing.T) {
	tokens := filepath.Join(t.TempDir(), "tokens")
	if err := os.WriteFile(tokens, []byte("one\n\ntwo\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for args, want := range map[string]string{
		"-n 0":                       "-n must be at least 1",
		"-rate 0":                    "-rate must be greater",
		"-duration 0s":               "-duration must be greater",
		"-size 1025":                 "-size must be from 1 to 1024",
		"-idle -storm 5":             "choose one",
		"-storm 5 -tokens x":         "cannot be used with -tokens",
		"-storm -1":                  "-storm must be greater",
		"-n 3 -tokens " + tokens:     "has 2 tokens; -n asks for 3",
		"-tokens " + tokens + "none": "no such file",
		"more":                       "unexpected argument",
	} {
		var stdout, stderr bytes.Buffer
		code := run(t.Context(), strings.Fields(args), &stdout, &stderr)
		if text := stderr.String(); code != 1 || !strings.Contains(text, want) || strings.Count(text, "\n") != 1 {
			t.Errorf("%s: exit code %d, %q, want %q", args, code, text, want)
		}
	}
}

func TestPrint(t *testing.T) {
	r := result{
		Customers: 2, Errors: 1, Lost: 3,
		Talk:  &talk{Messages: 4, Arrived: 3, PerSecond: 2, P50: 1500 * time.Nanosecond, Max: time.Second},
		Idle:  &idle{ResidentBytes: 1536, HeapBytes: 1024, Goroutines: 2},
		Storm: &storm{Seconds: 3, IdealSeconds: 2, CallsEach: 1.5},
	}
	var out bytes.Buffer
	if err := r.print(&out, false); err != nil {
		t.Fatal(err)
	}
	const want = `2 customers, 3 connections lost, 1 errors
4 messages, 2 a second, 3 of them arrived
after: p50 2µs, p90 0s, p99 0s, at most 1s
1.5 KB resident for each chat: 1.0 KB of heap, 0.0 KB of stacks, 2.0 goroutines
all back after 3.0 s, where 2.0 s are ideal (1.50 times that), with 1.50 calls each
`
	if out.String() != want {
		t.Errorf("got\n%s", &out)
	}
}
