package emulate

import (
	"fmt"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// mall is a shop with the life of a test server.
type mall struct {
	shop
	life *Server
}

func newMall() *mall {
	m := new(mall)
	m.life = New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.life.Serve("Sell", http.HandlerFunc(m.sell), w, r)
	}), []string{"Sell", "SellMany"})
	return m
}

func (m *mall) statuses(t *testing.T, n int) []int {
	t.Helper()
	var got []int
	for range n {
		got = append(got, buy(t, m.life, "http://shop.example", "tea").Status)
	}
	return got
}

// A kept fault applies until it is stopped. Those of Next go first.
func TestKeptFaults(t *testing.T) {
	m := newMall()
	defer m.life.Close()
	stop := m.life.Keep("Sell", Answer(503, ""))
	m.life.Next("Sell", Answer(501, ""))
	got := m.statuses(t, 3)
	stop()
	got = append(got, m.statuses(t, 1)...)
	m.life.Keep("Sell", Every(3, Answer(500, "")))
	got = append(got, m.statuses(t, 6)...)
	m.life.ClearFaults()
	odd := 0
	m.life.Keep("Sell", While(func(*http.Request) bool { odd++; return odd%2 == 1 }, Answer(429, "")))
	got = append(got, m.statuses(t, 4)...)
	want := []int{501, 503, 503, 201, 201, 201, 500, 201, 201, 500, 429, 201, 429, 201}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Of the calls, so many pass in each second, and as many at once after a pause.
func TestBeyond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMall()
		defer func() {
			m.life.Close()
			time.Sleep(time.Minute)
		}()
		m.life.Keep("Sell", Beyond(2, Answer(429, "")))
		var got []int
		for _, pause := range []time.Duration{0, 400 * time.Millisecond, 200 * time.Millisecond, time.Hour} {
			time.Sleep(pause)
			got = append(got, m.statuses(t, 3)...)
		}
		want := []int{201, 201, 429, 429, 429, 429, 201, 429, 429, 201, 201, 429}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

// What happens late happens once, after its time, with the request as it was.
func TestLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMall()
		defer func() {
			m.life.Close()
			time.Sleep(time.Minute)
		}()
		m.life.Next("Sell", Late(time.Minute, Answer(504, "")))
		m.life.Next("Sell", Late(time.Hour, LoseRequest()))
		if got := buy(t, m.life, "http://shop.example", "tea"); got.Status != 504 {
			t.Errorf("%+v", got)
		}
		if got := buy(t, m.life, "http://shop.example", "milk"); !got.Broken {
			t.Errorf("%+v", got)
		}
		for _, step := range []struct {
			wait time.Duration
			want []string
		}{{59 * time.Second, nil}, {2 * time.Second, []string{"tea"}}, {58 * time.Minute, []string{"tea"}},
			{2 * time.Minute, []string{"tea", "milk"}}} {
			time.Sleep(step.wait)
			synctest.Wait()
			if got := m.sales(); !slices.Equal(got, step.want) {
				t.Errorf("sold %q, want %q", got, step.want)
			}
		}
	})
}

// Closing the server drops what has not happened yet and ends what is happening.
func TestCloseEndsLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMall()
		m.life.Keep("Sell", Late(time.Minute, Answer(504, "")))
		m.life.Keep("Sell", While(func(r *http.Request) bool { return r.ContentLength == int64(len("milk")) }, Hang()))
		for _, what := range []string{"tea", "milk"} {
			if got := buy(t, m.life, "http://shop.example", what); got.Status != 504 {
				t.Errorf("%s: %+v", what, got)
			}
			time.Sleep(40 * time.Second)
		}
		time.Sleep(30 * time.Second) // tea was sold, milk hangs
		buy(t, m.life, "http://shop.example", "bread")
		m.life.Close()
		time.Sleep(time.Hour)
		if got := m.sales(); !slices.Equal(got, []string{"tea"}) {
			t.Errorf("sold %q", got)
		}
	})
}

// A kept fault can be stopped at any time, and more than once.
func TestStopIsSafe(t *testing.T) {
	m := newMall()
	defer m.life.Close()
	stopCleared := m.life.Keep("Sell", Answer(500, ""))
	m.life.ClearFaults()
	stopCleared()
	stop := m.life.Keep("Sell", Answer(501, ""))
	m.life.Keep("Sell", Answer(502, ""))
	got := m.statuses(t, 1)
	stop()
	stop()
	stopCleared()
	got = append(got, m.statuses(t, 1)...)
	if want := []int{501, 502}; !slices.Equal(got, want) {
		t.Errorf("statuses %v, want %v", got, want)
	}
}

// The operation that was probably meant is the one with the fewest edits.
func TestNearestOperation(t *testing.T) {
	d := Desk{Operations: []string{"CreateFolder", "CreateFolders", "GetFolder", "FLD_BROWSE_TRASH"}}
	for given, want := range map[string]string{
		"CreateFoldr":     "CreateFolder",
		"createfolders":   "CreateFolders",
		"GetFolders":      "GetFolder",
		"FLD_BROWSE_TRSH": "FLD_BROWSE_TRASH",
		"Upload":          "",
		"":                "",
	} {
		if got := d.nearest(given); got != want {
			t.Errorf("%q: %q, want %q", given, got, want)
		}
	}
}

// test is a test whose end can be looked at.
type test struct {
	testing.TB
	said     []string
	cleanups []func()
}

func (t *test) Helper()           {}
func (t *test) Cleanup(f func())  { t.cleanups = append(t.cleanups, f) }
func (t *test) Error(args ...any) { t.said = append(t.said, fmt.Sprint(args...)) }
func (t *test) Fatal(args ...any) {
	t.Error(args...)
	runtime.Goexit()
}

// run runs f as a test does, on a goroutine of its own, and its clean-ups.
func (t *test) run(f func()) {
	done := make(chan bool)
	go func() {
		defer close(done)
		f()
	}()
	<-done
	for _, f := range slices.Backward(t.cleanups) {
		f()
	}
}

// A fault for an operation that does not exist ends the test at once.
func TestFaultsForNoOperation(t *testing.T) {
	for _, give := range []func(*Server){
		func(s *Server) { s.Next("sell", Hang()) },
		func(s *Server) { s.Keep("sell", Hang()) },
	} {
		fake, reached := &test{TB: t}, false
		fake.run(func() {
			m := newMall()
			m.life.Listen(fake, m.life.Close)
			give(m.life)
			reached = true
		})
		if reached || !slices.Equal(fake.said, []string{`there is no operation "sell"; did you mean "Sell"?`}) {
			t.Errorf("went on: %v, said %q", reached, fake.said)
		}
		func() { // without a test
			defer func() {
				if text := fmt.Sprint(recover()); !strings.Contains(text, `there is no operation "sell"`) {
					t.Errorf("recovered %q", text)
				}
			}()
			give(newMall().life)
		}()
	}
}

// Faults that were never met fail the test; others do not.
func TestUnusedFaults(t *testing.T) {
	fake := &test{TB: t}
	fake.run(func() {
		m := newMall()
		url := m.life.Listen(fake, m.life.Close)
		m.life.Next("Sell", Answer(500, ""))
		m.life.Next("SellMany", Answer(500, ""))
		m.life.Next("SellMany", Answer(500, ""))
		m.life.Keep("SellMany", Answer(500, ""))
		resp, err := http.Post(url, "text/plain", strings.NewReader("tea"))
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
	})
	want := []string{"2 of the faults for SellMany never met a call; make the calls that they are for, or remove them"}
	if diff := cmp.Diff(want, fake.said); diff != "" {
		t.Error(diff)
	}
}
