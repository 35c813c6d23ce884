package main

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// A user who lets other machines in is told so; others are not.
func TestWarning(t *testing.T) {
	p := start(t, "-addr", "0.0.0.0:0")
	p.complains = true
	if said := p.stderr.String(); strings.Count(said, "\n") != 1 || !strings.Contains(said, "can be reached from other machines") {
		t.Errorf("stderr is %q", said)
	}
	if !strings.HasPrefix(p.url(t), "http://127.0.0.1:") {
		t.Errorf("it is at %s", p.url(t))
	}
	start(t, "-addr", "localhost:0") // start fails the test if anything is on stderr
}

// A container is stopped with SIGTERM. The export happens then too.
func TestSigterm(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no SIGTERM")
	}
	dir := t.TempDir()
	program, out := filepath.Join(dir, "emulator"), filepath.Join(dir, "out")
	if text, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	write(t, dir, "seed/a.txt", "A")
	var stderr buffer
	cmd := exec.CommandContext(t.Context(), program, "-addr", "127.0.0.1:0", "-seed", filepath.Join(dir, "seed"), "-export", out)
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for guide := bufio.NewScanner(stdout); guide.Scan() && !strings.HasSuffix(guide.Text(), "ends it."); {
		// The program catches signals by the time its guide is complete.
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil || stderr.String() != "" {
		t.Errorf("%v, stderr %q", err, stderr.String())
	}
	if text, err := os.ReadFile(filepath.Join(out, "workdocs", "a.txt")); err != nil || string(text) != "A" {
		t.Errorf("exported %q: %v", text, err)
	}
}

// A slow call happens late, and not at all if its caller gives up.
func TestSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		done := 0
		h := slow(5 * time.Second)(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { done++ }))
		began := time.Now()
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
		if took := time.Since(began); done != 1 || took != 5*time.Second {
			t.Errorf("done %d times after %v", done, took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		defer func() {
			if broken := recover(); broken != http.ErrAbortHandler || done != 1 || time.Since(began) != 6*time.Second {
				t.Errorf("ended with %v, done %d times, after %v", broken, done, time.Since(began))
			}
		}()
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil))
	})
}
