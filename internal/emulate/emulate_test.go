package emulate

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// shop sells under the operation "Sell", through a desk.
type shop struct {
	desk Desk
	mu   sync.Mutex
	sold []string
}

func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.desk.Serve("Sell", http.HandlerFunc(s.sell), w, r)
}

func (s *shop) sell(w http.ResponseWriter, r *http.Request) {
	text, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	s.sold = append(s.sold, string(text))
	s.mu.Unlock()
	w.Header().Set("X-Shop", "open")
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, "thanks")
}

// sales returns what was sold.
func (s *shop) sales() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.sold)
}

func (s *shop) open(t *testing.T) (address string) {
	t.Helper()
	srv := httptest.NewUnstartedServer(s)
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.Start()
	t.Cleanup(srv.Close)
	return srv.URL
}

// answer is what a customer gets.
type answer struct {
	Status int
	Shop   string
	Text   string
	Broken bool // while the answer was read, or before
}

func buy(t *testing.T, rt http.RoundTripper, address, what string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(what))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := rt.RoundTrip(req)
	if err != nil {
		return answer{Broken: true}
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header.Get("X-Shop"), string(text), err != nil}
}

func TestFaults(t *testing.T) {
	for name, tt := range map[string]struct {
		fault Fault
		want  answer
		sold  bool
	}{
		"answer": {Answer(503, "closed", "X-Shop", "shut", "odd one out"), answer{503, "shut", "closed", false},
			false},
		"lose the request":   {LoseRequest(), answer{Broken: true}, false},
		"lose the answer":    {LoseAnswer(), answer{Broken: true}, true},
		"cut at once":        {CutAnswer(0), answer{201, "open", "", true}, true},
		"cut in the middle":  {CutAnswer(3), answer{201, "open", "tha", true}, true},
		"cut at the end":     {CutAnswer(6), answer{201, "open", "thanks", true}, true},
		"cut beyond the end": {CutAnswer(60), answer{201, "open", "thanks", true}, true},
		"passes to the other": {func(next http.Handler) http.Handler { return next },
			answer{201, "open", "thanks", false}, true},
	} {
		s := new(shop)
		address := s.open(t)
		rt := new(http.Transport)
		s.desk.Next("Sell", tt.fault)
		s.desk.Next("Other", LoseRequest())
		if diff := cmp.Diff(tt.want, buy(t, rt, address, "tea")); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if sold := s.sales(); (len(sold) == 1) != tt.sold {
			t.Errorf("%s: sold %q", name, sold)
		}
		// The fault is used up.
		if diff := cmp.Diff(answer{201, "open", "thanks", false}, buy(t, rt, address, "milk")); diff != "" ||
			!slices.Contains(s.sales(), "milk") {
			t.Errorf("%s, the next one: %s", name, diff)
		}
		if diff := cmp.Diff([]string{"Sell", "Sell"}, s.desk.Calls()); diff != "" {
			t.Errorf("%s: calls: %s", name, diff)
		}
		rt.CloseIdleConnections()
	}
}

func TestHangLastsUntilTheCallerGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(shop)
		m := NewMemory(s)
		defer m.Close()
		s.desk.Next("Sell", Hang())
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Hour)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://shop.example", strings.NewReader("tea"))
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if _, err := m.RoundTrip(req); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 10*time.Hour ||
			len(s.sales()) != 0 {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}

// Faults for one operation are used up in order, and a fault may use the desk.
func TestFaultsInOrder(t *testing.T) {
	s := new(shop)
	address := s.open(t)
	rt := new(http.Transport)
	defer rt.CloseIdleConnections()
	s.desk.Next("Sell", Answer(501, ""))
	s.desk.Next("Sell", func(next http.Handler) http.Handler {
		s.desk.Next("Sell", Answer(503, "")) // behind those that wait already
		if n := len(s.desk.Calls()); n != 2 {
			t.Errorf("%d calls", n)
		}
		return Answer(502, "")(next)
	})
	var got []int
	for range 4 {
		got = append(got, buy(t, rt, address, "tea").Status)
	}
	if diff := cmp.Diff([]int{501, 502, 503, 201}, got); diff != "" {
		t.Error(diff)
	}
	calls := s.desk.Calls()
	calls[0] = "changed"
	if s.desk.Calls()[0] != "Sell" {
		t.Error("the record can be changed from outside")
	}
}

// Many at once: each fault hits one call.
func TestDeskInConcurrentUse(t *testing.T) {
	s := new(shop)
	m := NewMemory(s)
	defer m.Close()
	const calls, faults = 50, 20
	for range faults {
		s.desk.Next("Sell", Answer(503, ""))
	}
	statuses := make(chan int, calls)
	var wg sync.WaitGroup
	for range calls {
		wg.Go(func() { statuses <- buy(t, m, "http://shop.example", "tea").Status })
	}
	wg.Wait()
	close(statuses)
	count := map[int]int{}
	for status := range statuses {
		count[status]++
	}
	if diff := cmp.Diff(map[int]int{503: faults, 201: calls - faults}, count); diff != "" {
		t.Error(diff)
	}
}

// Memory answers for every host, keeps its connections, and leaves nothing
// behind when it is closed: a bubble fails where a goroutine remains.
func TestMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(shop)
		m := NewMemory(s)
		for _, address := range []string{"http://shop.example", "http://127.0.0.1:1/x", "http://[::1]/"} {
			if diff := cmp.Diff(answer{201, "open", "thanks", false}, buy(t, m, address, "tea")); diff != "" {
				t.Errorf("%s: %s", address, diff)
			}
		}
		s.desk.Next("Sell", Hang())
		under := make(chan answer)
		go func() { under <- buy(t, m, "http://shop.example", "tea") }()
		synctest.Wait()
		for range 2 {
			if err := m.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		}
		if got := <-under; !got.Broken {
			t.Errorf("a request under way got %+v", got)
		}
		if _, err := m.dial(t.Context(), "", ""); err != net.ErrClosed {
			t.Errorf("a connection after Close: %v", err)
		}
		if got := buy(t, m, "http://shop.example", "tea"); !got.Broken {
			t.Errorf("a request after Close got %+v", got)
		}
	})
}

func TestMemoryClosedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := NewMemory(new(shop))
		if err := m.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		if got := buy(t, m, "http://shop.example", "tea"); !got.Broken {
			t.Errorf("a request after Close got %+v", got)
		}
	})
}

func TestMemoryDialEndsWithTheContext(t *testing.T) {
	m := &Memory{conns: make(chan net.Conn), closed: make(chan struct{})} // nobody accepts
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.dial(ctx, "tcp", "h:1"); err != context.Canceled {
		t.Errorf("%v", err)
	}
	if l := (listener{m}); l.Addr().Network() != "memory" || l.Addr().String() != "memory" {
		t.Error("the listener has another address")
	}
}
