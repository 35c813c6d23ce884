package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
	"github.com/docferry/docferry/examples/internal/program"
	"github.com/google/go-cmp/cmp"
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
	if err := load(t.Context(), append(args, "-json"), &stdout, &stderr); err != nil {
		t.Fatal(err)
	}
	var r result
	if err := json.Unmarshal(stdout.Bytes(), &r); err != nil {
		t.Fatalf("%s: %v", &stdout, err)
	}
	if r.Errors != 0 || r.EnteredSeconds <= 0 {
		t.Errorf("%+v", r)
	}
	return r
}

func TestTalk(t *testing.T) {
	r := measured(t, "-n", "5", "-rate", "100", "-duration", "300ms", "-size", "1024")
	if r.Customers != 5 || r.Talk == nil || r.Talk.Messages != 30 || r.Talk.Arrived != 30 || r.Talk.Lost+r.Talk.Doubled != 0 ||
		r.Talk.P50 <= 0 || r.Talk.P50 > r.Talk.P99 || r.Talk.P99 > r.Talk.Max || r.Talk.PerSecond < 1 {
		t.Errorf("%+v, %+v", r, r.Talk)
	}
}

func TestIdle(t *testing.T) {
	r := measured(t, "-n", "20", "-idle", "-duration", "1ms")
	if r.Idle == nil || r.Idle.HeapBytes <= 0 || r.Idle.StackBytes <= 0 || r.Idle.Goroutines < 1.5 || r.Lost != 0 {
		t.Errorf("%+v, %+v", r, r.Idle)
	}
}

// What chats keep of a conversation grows with it, and then no more.
func TestHistory(t *testing.T) {
	const bound, noise = 64 << 10, 8 << 10
	r := measured(t, "-n", "5", "-history", "4000")
	if len(r.History) != 4 || r.History[3].Items != 4000 || r.History[0].KeptBytes < 20<<10 ||
		r.History[3].KeptBytes > bound || r.History[3].KeptBytes > r.History[0].KeptBytes+noise {
		t.Errorf("%+v", r)
	}
}

func TestStorm(t *testing.T) {
	r := measured(t, "-n", "40", "-storm", "1000")
	if r.Storm == nil || r.Lost != 40 || r.Storm.Websockets != 40 || r.Storm.CallsEach < 1 || r.Storm.IdealSeconds != 0.04 {
		t.Errorf("%+v, %+v", r, r.Storm)
	}
}

// The chats of a real flow are started, entered, and left at the end.
func TestFlow(t *testing.T) {
	srv := connectparticipanttest.NewServer(t)
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		chat := srv.NewChat()
		token := chat.Join("CUSTOMER", "a customer")
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"ContactId":%q,"ParticipantId":%q,"ParticipantToken":%q}`, chat.ContactID, chat.ParticipantID(token), token)
	}))
	defer service.Close()
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL_CONNECT": service.URL, "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s",
		"AWS_CA_BUNDLE": "", "AWS_PROFILE": "", "AWS_USE_FIPS_ENDPOINT": "false", "AWS_USE_DUALSTACK_ENDPOINT": "false",
	} {
		t.Setenv(name, value)
	}
	r := measured(t, "-n", "3", "-rate", "50", "-duration", "100ms", "-instance-id", "i", "-contact-flow-id", "f",
		"-region", "us-west-2", "-endpoint", srv.URL)
	if r.Talk.Arrived != 5 || len(srv.Chats()) != 3 {
		t.Errorf("%+v, %d chats", r.Talk, len(srv.Chats()))
	}
	for _, chat := range srv.Chats() {
		if !chat.Ended() {
			t.Error("a customer has not left")
		}
	}
}

// A message counts once, whatever else arrives.
func TestCounts(t *testing.T) {
	w := new(crowd)
	c := &customer{sent: map[string]*message{"lost": {}, "failed": {failed: true}}}
	w.all = []*customer{c}
	for _, content := range []string{"once", "twice"} {
		c.sent[content] = &message{at: time.Now()}
	}
	for _, content := range []string{"once", "twice", "twice", "of another"} {
		w.arrive(c, content)
	}
	if w.arrived.Load() != 2 || w.doubled.Load() != 1 || w.missing() != 1 || len(w.latencies) != 2 {
		t.Errorf("%d arrived, %d doubled, %d missing; latencies %v", w.arrived.Load(), w.doubled.Load(), w.missing(), w.latencies)
	}
}

func TestFiles(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("other systems may have no limit")
	}
	if err := allowFiles(10); err != nil {
		t.Error(err)
	}
	if err := allowFiles(math.MaxInt32); err == nil || !strings.Contains(err.Error(), "ulimit -Hn 2147483647") {
		t.Errorf("with too many: %v", err)
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
	for args, want := range map[string]string{
		"-n 0":                      "-n must be at least 1",
		"-rate 0":                   "-rate must be greater",
		"-duration 0s":              "-duration must be greater",
		"-size 1025":                "-size must be from 1 to 1024",
		"-idle -storm 5":            "choose one",
		"-history 7 -storm 5":       "choose one",
		"-history 5 -instance-id x": "cannot be used with chats",
		"-contact-flow-id x":        "belong together",
		"-storm -1":                 "must be greater",
		"more":                      "unexpected argument",
	} {
		var stdout, stderr bytes.Buffer
		err := load(t.Context(), strings.Fields(args), &stdout, &stderr)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", args, err, want)
		}
	}
}

func TestPrint(t *testing.T) {
	r := result{
		Customers: 2, EnteredSeconds: 1.2, Errors: 1, FirstError: "no", Lost: 3,
		Talk: &talk{Messages: 4, Arrived: 3, Lost: 1, PerSecond: 2,
			percentiles: percentiles{P50: 2 * time.Microsecond, Max: time.Second}},
		Idle:    &idle{ResidentBytes: 1536, GrownBytes: 2048, HeapBytes: 1024, Goroutines: 2},
		History: []history{{100, 2048}, {200, 4096}},
		Storm:   &storm{Seconds: 3, IdealSeconds: 2, CallsEach: 1.5},
	}
	var out bytes.Buffer
	if err := r.print(&out, false); err != nil {
		t.Fatal(err)
	}
	want := `2 customers entered in 1.2 s; 3 connections lost, 1 errors
the first error: no
4 messages, 2 a second: 3 arrived, 1 lost, 0 doubled
arrived after: p50 2µs, p90 0s, p99 0s, at most 1s
each chat takes 1.5 KB, and 2.0 KB with garbage: 1.0 KB of heap, 0.0 KB of stacks, 2.0 goroutines
after 100 items each chat keeps 2.0 KB of them
after 200 items each chat keeps 4.0 KB of them
all back after 3.0 s, where 2.0 s are ideal (1.50 times that), with 1.50 calls each
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}
