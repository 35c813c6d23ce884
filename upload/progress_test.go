package upload_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/time/rate"

	"github.com/docferry/docferry/internal/emulate"
	"github.com/docferry/docferry/upload"
)

func TestSpool(t *testing.T) {
	content := noise(100_000)
	for _, limit := range []int64{100_000, 100_001, 1<<63 - 1} {
		dir := t.TempDir()
		src, remove, err := upload.Spool(t.Context(), "a.pdf", iotest.OneByteReader(bytes.NewReader(content)), dir, limit)
		if err != nil {
			t.Fatal(err)
		}
		if src.Name != "a.pdf" || src.ContentType != "application/pdf" || src.Size != 100_000 ||
			!bytes.Equal(read(t, src), content) {
			t.Errorf("limit %d: %+v", limit, src)
		}
		if n := len(entries(t, dir)); n != 1 {
			t.Errorf("%d files", n)
		}
		if err := remove(); err != nil || len(entries(t, dir)) != 0 {
			t.Errorf("%v, and %v are left", err, entries(t, dir))
		}
		_, err = src.Open(t.Context())
		isSourceError(t, err, err.(*upload.SourceError).Name, os.ErrNotExist)
	}
}

func entries(t *testing.T, dir string) []os.DirEntry {
	t.Helper()
	all, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// What cannot be spooled leaves no file.
func TestSpoolRefused(t *testing.T) {
	errDisk := errors.New("the disk is on fire")
	ended, cancel := context.WithCancel(background)
	cancel()
	during, cancelDuring := context.WithCancel(background)
	for name, c := range map[string]struct {
		ctx   context.Context
		r     io.Reader
		dir   string
		limit int64
		is    error
	}{
		"too long":         {background, bytes.NewReader(noise(1001)), "", 1000, nil},
		"endless":          {background, readerFunc(func(p []byte) (int, error) { return len(p), nil }), "", 1 << 20, nil},
		"nothing allowed":  {background, strings.NewReader("a"), "", 0, nil},
		"odd limit":        {background, strings.NewReader("a"), "", -1, nil},
		"fails":            {background, iotest.ErrReader(errDisk), "", 1000, errDisk},
		"cancelled before": {ended, strings.NewReader("a"), "", 1000, context.Canceled},
		"cancelled during": {during, io.MultiReader(strings.NewReader("a"),
			readerFunc(func([]byte) (int, error) { cancelDuring(); return 1, nil })), "", 1 << 20, context.Canceled},
		"no such folder": {background, strings.NewReader("a"), "missing", 1000, os.ErrNotExist},
	} {
		dir := t.TempDir()
		src, remove, err := upload.Spool(c.ctx, "a.txt", c.r, dir+"/"+c.dir, c.limit)
		isSourceError(t, err, "a.txt", c.is)
		if src.Open != nil || remove != nil || len(entries(t, dir)) != 0 {
			t.Errorf("%s: %+v, and %v are left", name, src, entries(t, dir))
		}
	}
}

// reports collects what a progress callback is told.
type reports struct {
	mu  sync.Mutex
	all []upload.Progress
}

func (r *reports) add(p upload.Progress) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, p)
}

// of returns the reports of one attempt, and wants them to start at 0 and to
// grow.
func (r *reports) of(t *testing.T, attempt int) []upload.Progress {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	var found []upload.Progress
	for _, p := range r.all {
		if p.Attempt == attempt {
			found = append(found, p)
		}
	}
	if len(found) == 0 || found[0].Sent != 0 || !slices.IsSortedFunc(found,
		func(a, b upload.Progress) int { return int(a.Sent - b.Sent) }) {
		t.Errorf("attempt %d: %+v", attempt, found)
	}
	return found
}

func TestProgress(t *testing.T) {
	for _, size := range []int64{0, 1, 1 << 20} {
		inBubble(t, func(s *service, desk *emulate.Desk) {
			desk.Next("PutObject", emulate.Answer(503, ""))
			var seen reports
			src := upload.WithProgress(upload.Bytes("a.bin", noise(int(size))), seen.add)
			if _, err := s.Upload(background, src); err != nil {
				t.Fatal(err)
			}
			for attempt := 1; attempt <= 2; attempt++ {
				all := seen.of(t, attempt)
				if diff := cmp.Diff(upload.Progress{Name: "a.bin", Attempt: attempt, Sent: size, Size: size},
					all[len(all)-1]); diff != "" {
					t.Errorf("the last report (-want +got):\n%s", diff)
				}
			}
			if last := seen.all[len(seen.all)-1]; last.Attempt != 2 {
				t.Errorf("%d attempts", last.Attempt)
			}
		})
	}
}

// TestProgressPanics is F110.
func TestProgressPanics(t *testing.T) {
	for _, at := range []int64{0, 50_000, 1 << 20} {
		inBubble(t, func(s *service, _ *emulate.Desk) {
			src := upload.WithProgress(upload.Bytes("a.bin", noise(1<<20)), func(p upload.Progress) {
				if p.Sent >= at {
					panic("the bar broke")
				}
			})
			_, ended := s.ends(background, src, ending{state: rolledBack, stage: upload.StageSend})
			if isSourceError(t, ended, "a.bin", nil); !strings.Contains(ended.Error(), "the bar broke") {
				t.Error(ended)
			}
		})
	}
}

// The panic stays inside for all who read the source.
func TestProgressPanicsInRead(t *testing.T) {
	rc, err := upload.WithProgress(file, func(upload.Progress) { panic("the bar broke") }).Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n, err := rc.Read(make([]byte, 10)); n != 0 || err == nil || !strings.Contains(err.Error(), "the bar broke") {
		t.Errorf("read %d bytes, %v", n, err)
	}
}

// One source may be in several uploads at once. Each has attempts of its own.
func TestProgressAtOnce(t *testing.T) {
	s, _ := overTCP(t)
	var seen reports
	src := upload.WithProgress(upload.Bytes("a.bin", noise(300_000)), seen.add)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if _, err := s.Upload(background, src); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	for attempt := 1; attempt <= 8; attempt++ {
		if all := seen.of(t, attempt); all[len(all)-1].Sent != src.Size {
			t.Errorf("attempt %d ends with %+v", attempt, all[len(all)-1])
		}
	}
}

// Decorating what cannot be opened leaves it so.
func TestDecoratedNothing(t *testing.T) {
	errGone := errors.New("gone")
	for _, open := range []func(context.Context) (io.ReadCloser, error){nil, func(context.Context) (io.ReadCloser,
		error) {
		return nil, nil
	}, func(context.Context) (io.ReadCloser, error) { return nil, errGone }} {
		src := upload.From("a.bin", 10, open)
		for _, decorated := range []upload.Source{upload.WithProgress(src, func(upload.Progress) {}),
			upload.WithThrottle(background, src, rate.NewLimiter(1, 1))} {
			s := newService(t, nowhere)
			_, ended := s.ends(background, decorated, ending{state: notStarted, stage: upload.StageSource})
			if strings.Contains(ended.Error(), "panic") {
				t.Error(ended)
			}
		}
	}
}

// measured is a limiter that keeps the most that was asked for at once.
type measured struct {
	*rate.Limiter
	most atomic.Int64
}

func (m *measured) WaitN(ctx context.Context, n int) error {
	raise(&m.most, int64(n))
	return m.Limiter.WaitN(ctx, n)
}

func TestThrottle(t *testing.T) {
	const perSecond, burst = 64 << 10, 16 << 10
	for _, uploads := range []int{1, 4} {
		inBubble(t, func(s *service, _ *emulate.Desk) {
			limiter := &measured{Limiter: rate.NewLimiter(perSecond, burst)}
			began := time.Now()
			var group sync.WaitGroup
			for range uploads {
				group.Go(func() {
					src := upload.WithThrottle(background, upload.Bytes("a.bin", noise(1<<20)), limiter)
					if _, err := s.Upload(background, src); err != nil {
						t.Error(err)
					}
				})
			}
			group.Wait()
			want := time.Duration(uploads)*(1<<20)*time.Second/perSecond - burst*time.Second/perSecond
			if took := time.Since(began); took < want || took > want+time.Second || limiter.most.Load() > burst {
				t.Errorf("%d MiB took %v, want %v; at most %d bytes at once", uploads, took, want, limiter.most.Load())
			}
		})
	}
}

func TestThrottleEndsWithItsContext(t *testing.T) {
	slow := func(ctx context.Context) upload.Source {
		return upload.WithThrottle(ctx, upload.Bytes("a.bin", noise(1<<20)), rate.NewLimiter(1, 16<<10))
	}
	inBubble(t, func(s *service, _ *emulate.Desk) {
		ctx, cancel := context.WithCancel(background)
		time.AfterFunc(5*time.Second, cancel)
		began := time.Now()
		s.ends(ctx, slow(ctx), ending{state: rolledBack, stage: upload.StageSend, is: context.Canceled})
		if took := time.Since(began); took != 5*time.Second {
			t.Errorf("it took %v", took)
		}
	})
	inBubble(t, func(s *service, _ *emulate.Desk) { // a wait that would be too long is not begun
		ctx, cancel := context.WithTimeout(background, 5*time.Second)
		defer cancel()
		began := time.Now()
		_, ended := s.ends(ctx, slow(ctx), ending{state: rolledBack, stage: upload.StageSend})
		if isSourceError(t, ended, "a.bin", nil); time.Since(began) > 5*time.Second {
			t.Errorf("it took %v", time.Since(began))
		}
	})
}

// A caller that gives up does not wait for a source that takes its time.
func TestCancelledWhileTheSourceHangs(t *testing.T) {
	inBubble(t, func(s *service, _ *emulate.Desk) {
		ctx, cancel := context.WithTimeout(background, 5*time.Second)
		defer cancel()
		closed := 0
		hang := make(chan struct{})
		src := upload.From("a.bin", 1<<20, func(context.Context) (io.ReadCloser, error) {
			return closer{readerFunc(func([]byte) (int, error) { <-hang; return 0, io.EOF }),
				func() error { closed++; return nil }}, nil
		})
		began := time.Now()
		s.ends(ctx, src, ending{state: rolledBack, stage: upload.StageSend, is: context.DeadlineExceeded})
		if took := time.Since(began); took > 7*time.Second {
			t.Errorf("it took %v", took)
		}
		if closed != 1 { // that of the look
			t.Errorf("closed %d times while it was read", closed-1)
		}
		close(hang)
		synctest.Wait()
		if closed != 2 {
			t.Errorf("closed %d times after its read came back", closed-1)
		}
	})
}
