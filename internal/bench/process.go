package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/pprof"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// The first arguments by which this program starts itself.
const (
	roleServe = "serve" // the server
	roleWork  = "work"  // one job
)

// asChild does what a child process is for, if this is one.
func asChild(ctx context.Context, args []string) (bool, error) {
	switch {
	case len(args) == 2 && args[1] == roleServe:
		return true, serve(ctx, os.Stdin, os.Stdout)
	case len(args) == 2 && args[1] == roleWork:
		return true, work(ctx, os.Stdin, os.Stdout)
	}
	return false, nil
}

// startServer starts the server in a child process of its own, so that its time
// and its memory are not the clients'. The caller calls stop.
func startServer(ctx context.Context) (at site, stop func() error, err error) {
	self, err := os.Executable()
	if err != nil {
		return site{}, nil, err
	}
	child := exec.CommandContext(ctx, self, roleServe)
	child.Stderr, child.WaitDelay = os.Stderr, patience
	stdin, err := child.StdinPipe()
	if err != nil {
		return site{}, nil, err
	}
	stdout, err := child.StdoutPipe()
	if err != nil {
		return site{}, nil, err
	}
	if err := child.Start(); err != nil {
		return site{}, nil, err
	}
	stop = func() error {
		return errors.Join(stdin.Close(), child.Wait())
	}
	if err := json.NewDecoder(stdout).Decode(&at); err != nil {
		return site{}, nil, errors.Join(errStillborn, err, stop())
	}
	return at, stop, nil
}

// job is one measurement in a process of its own.
type job struct {
	Name    string `json:"name"` // of the function in jobs
	URL     string `json:"url"`
	CA      string `json:"ca"`   // trusted for https, as PEM
	File    string `json:"file"` // what to upload
	Dir     string `json:"dir"`  // for what is downloaded
	Size    int64  `json:"size"`
	Count   int    `json:"count"`
	Workers int    `json:"workers"`
	Site    site   `json:"site"`    // of the test servers
	Profile string `json:"profile"` // the file for a CPU profile; "" makes none
}

// sample is what one measurement has found. What a measurement does not look at
// is 0.
type sample struct {
	Ops    int           `json:"ops"`
	Wall   time.Duration `json:"wall"`
	CPU    time.Duration `json:"cpu"` // of the client, in user and system mode
	Allocs uint64        `json:"allocs"`
	Bytes  uint64        `json:"bytes"` // allocated
	Peak   int64         `json:"peak"`  // the most memory that was resident, in bytes
}

// run does a job in a child process and returns what it has cost.
func (j job) run(ctx context.Context) (sample, error) {
	self, err := os.Executable()
	if err != nil {
		return sample{}, err
	}
	order, err := json.Marshal(j)
	if err != nil {
		return sample{}, err
	}
	child := exec.CommandContext(ctx, self, roleWork)
	child.Stdin = bytes.NewReader(order)
	var problems strings.Builder
	child.Stderr = &problems
	out, err := child.Output()
	if err != nil {
		return sample{}, fmt.Errorf("%s: %w: %s", j.Name, err, problems.String())
	}
	var s sample
	return s, json.Unmarshal(out, &s)
}

// work is the child process of run.
func work(ctx context.Context, stdin io.Reader, stdout io.Writer) (err error) {
	var j job
	if err := json.NewDecoder(stdin).Decode(&j); err != nil {
		return err
	}
	do := jobs[j.Name]
	if do == nil {
		return fmt.Errorf("there is no job %q", j.Name)
	}
	if j.Profile != "" {
		f, err := os.Create(j.Profile)
		if err != nil {
			return err
		}
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer func() {
			pprof.StopCPUProfile()
			err = errors.Join(err, f.Close())
		}()
	}
	before, start := cpuTime(), time.Now()
	peak, err := do(ctx, j)
	s := sample{Ops: max(1, j.Count), Wall: time.Since(start), CPU: cpuTime() - before, Peak: peak}
	if err != nil {
		return err
	}
	if peak == 0 {
		s.Peak = peakMemory(os.Getpid())
	}
	return json.NewEncoder(stdout).Encode(s)
}

// cpuTime is the time that this process and those children that have ended have
// used.
func cpuTime() time.Duration {
	var sum time.Duration
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var usage syscall.Rusage
		if err := syscall.Getrusage(who, &usage); err == nil {
			sum += time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
		}
	}
	return sum
}

// peakMemory is the most memory that was resident in a process, in bytes, where
// there is a /proc; elsewhere it is 0. What getrusage says is no use: it never
// falls below what was resident in the parent when the process was started.
func peakMemory(pid int) int64 {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kilobytes, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
			if err != nil {
				return 0
			}
			return kilobytes << 10
		}
	}
	return 0
}
