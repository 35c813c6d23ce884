package chaos

import (
	"flag"
	"testing"
	"testing/synctest"
)

var (
	modelRuns = flag.Int("model.runs", 1500, "how many random uploads TestModel makes")
	modelSeed = flag.Uint64("model.seed", 0, "the only run of TestModel, if not 0")
)

// Model calls run, which makes one upload and returns how it ended, with one seed
// after the other, each in a bubble of its own. The first seed that fails ends the
// test. Over many runs each of the expected endings must occur: otherwise the model
// shows nothing about it.
func Model[Ending ~string](t *testing.T, run func(t *testing.T, seed uint64) Ending, expected ...Ending) {
	t.Helper()
	Part(t, 1, run, expected...)
}

// Part is [Model] with one run for every so many, for runs that take long.
func Part[Ending ~string](
	t *testing.T, share int, run func(t *testing.T, seed uint64) Ending, expected ...Ending,
) {
	t.Helper()
	if *modelSeed != 0 {
		synctest.Test(t, func(t *testing.T) { run(t, *modelSeed) })
		return
	}
	endings := make(map[Ending]int)
	for seed := range uint64(*modelRuns / share) {
		synctest.Test(t, func(t *testing.T) { endings[run(t, seed+1)]++ })
		if t.Failed() {
			t.Fatalf("run it again with -model.seed=%d", seed+1)
		}
	}
	t.Logf("endings: %v", endings)
	for _, ending := range expected {
		if *modelRuns >= 1000 && endings[ending] == 0 {
			t.Errorf("no upload ended as %q, so the model shows nothing about that", ending)
		}
	}
}
