// Package toxic uploads to the test servers of the three services over real
// connections that Toxiproxy spoils, and compares what each upload reports with
// what the server has stored. It is a module of its own, so that nobody who
// imports docferry gets to see Toxiproxy.
//
//	go test -uploads 3000 -seed 7
//	go test -run TestUploads/workdocs -seed 7 -only 123 -v
//
// A seed fixes what is uploaded where, and what is wrong with each connection.
// It cannot fix the time that everything takes, so an upload that failed once
// may pass when it is repeated: repeat it with -count.
//
// The tests TestModel of the services are the other half. They decide for each
// request what happens to it, on a fake clock; here it happens to bytes, between
// the real net/http on both sides.
package toxic

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/docferry/docferry/upload"
)

var (
	seed    = flag.Uint64("seed", 1, "what the random draws follow from")
	uploads = flag.Int("uploads", 300, "how many uploads to make to each service")
	only    = flag.Int("only", -1, "the only upload to make to each service, if not negative")
)

// workers is how many uploads to one service are under way at the same time.
// Nearly all of their time is spent waiting.
const workers = 16

// longest is how long an upload may take. An attachment whose completion was
// lost is looked for in the transcript for 7 seconds, up to three times.
const longest = 45 * time.Second

// shares are the bounds within which the endings of the uploads to a service
// must be, so that the test cannot pass by reporting nothing but doubt, or with
// a network that does no harm. They are far from what is measured, which the
// test logs: about 0.65 of the uploads succeed and 0.25 end unknown.
const (
	leastStored   = 0.35
	leastFailed   = 0.03
	mostUnknown   = 0.50
	enoughUploads = 100 // fewer say nothing about shares
)

func TestUploads(t *testing.T) {
	for stream, service := range []struct {
		name string
		open func(*testing.T, *rand.Rand) destination
	}{
		{"workdocs", openWorkDocs},
		{"oracledocs", openOracle},
		{"connectparticipant", openConnect},
	} {
		t.Run(service.name, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			endings := make(map[upload.State]int)
			each(func(n int) {
				rng := rand.New(rand.NewPCG(*seed, uint64(stream)<<32|uint64(n)))
				ending := uploadOnce(t, n, rng, service.open(t, rng))
				mu.Lock()
				defer mu.Unlock()
				endings[ending]++
			})
			compareShares(t, endings)
		})
	}
}

// each calls f with the number of each upload, some at the same time.
func each(f func(n int)) {
	if *only >= 0 {
		f(*only)
		return
	}
	numbers := make(chan int)
	var working sync.WaitGroup
	for range workers {
		working.Go(func() {
			for n := range numbers {
				f(n)
			}
		})
	}
	for n := range *uploads {
		numbers <- n
	}
	close(numbers)
	working.Wait()
}

// uploadOnce makes one upload, judges its report, and returns how it ended.
func uploadOnce(t *testing.T, n int, rng *rand.Rand, to destination) upload.State {
	defer to.Close()
	at := serve(t, to)
	network := newRoad(at.address, rng)
	uploader, err := to.uploader("http://"+at.address, network.http())
	if err != nil {
		t.Error(err)
		at.settle(network)
		return "?"
	}
	content := randomBytes(rng, to.sizes())
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if rng.IntN(8) == 0 { // the caller is impatient
		stop := time.AfterFunc(time.Duration(rng.IntN(100_000))*time.Microsecond, cancel)
		defer stop.Stop()
	}
	j := judgement{content: content, to: to}
	hangs := time.AfterFunc(longest, cancel)
	j.result, j.err = uploader.Upload(ctx, upload.Bytes("a.txt", content))
	if !hangs.Stop() {
		j.blame("it had not returned after %v, and was cancelled", longest)
	}
	cancel()
	at.settle(network) // what is under way is carried out, or lost
	ending := j.judge()
	if len(j.wrong) > 0 {
		t.Errorf("%s\nresult %+v\nerror %v\nconnections:\n%srun it again with -run %s -seed %d -only %d",
			strings.Join(j.wrong, "\n"), j.result, j.err, network, t.Name(), *seed, n)
	}
	return ending
}

// randomBytes returns content of one of the sizes.
func randomBytes(rng *rand.Rand, sizes []int) []byte {
	content := make([]byte, sizes[rng.IntN(len(sizes))])
	for i := range content {
		content[i] = byte(rng.Uint32())
	}
	return content
}

// compareShares fails if too many uploads ended in one way.
func compareShares(t *testing.T, endings map[upload.State]int) {
	all := 0
	for _, n := range endings {
		all += n
	}
	share := func(n int) float64 { return float64(n) / float64(all) }
	stored, unknown := share(endings[succeeded]), share(endings[upload.StateUnknown])
	t.Logf("stored %.2f, unknown %.2f of %d uploads: %v", stored, unknown, all, endings)
	if all < enoughUploads {
		return
	}
	if stored < leastStored {
		t.Errorf("only %.2f of the uploads succeeded, want at least %.2f", stored, leastStored)
	}
	if unknown > mostUnknown {
		t.Errorf("%.2f of the uploads ended unknown, want at most %.2f", unknown, mostUnknown)
	}
	if failed := 1 - stored - unknown; failed < leastFailed {
		t.Errorf("only %.2f of the uploads failed provenly, want at least %.2f", failed, leastFailed)
	}
}

// TestMain fails if a goroutine is left when all tests are over, be it of an
// upload, of its connections, or of a proxy. Those that are about to end get a
// moment.
func TestMain(m *testing.M) {
	code := m.Run()
	for tries := 0; code == 0 && left() != ""; tries++ {
		if tries == 100 {
			fmt.Fprintf(os.Stderr, "goroutines are left:\n\n%s\n", left())
			code = 1
		}
		time.Sleep(20 * time.Millisecond)
	}
	os.Exit(code)
}

// left returns the stacks of the goroutines that this test has made.
func left() string {
	buf := make([]byte, 1<<20)
	var found []string
	for _, stack := range strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n")[1:] { // the first is this one
		for _, of := range []string{"net/http.", "docferry/", "toxiproxy/"} {
			if strings.Contains(stack, of) {
				found = append(found, stack)
				break
			}
		}
	}
	return strings.Join(found, "\n\n")
}
