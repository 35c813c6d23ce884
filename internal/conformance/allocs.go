package conformance

import "testing"

// KeptAllocs fails the test if do makes over a tenth more allocations than it made
// when the figure was written down, and if it makes a fifth fewer: then the figure
// has to be lowered, so that what was gained is kept.
func KeptAllocs(t *testing.T, name string, kept int, do func()) {
	t.Helper()
	do() // what is set up once does not count
	switch now := int(testing.AllocsPerRun(100, do)); {
	case now > kept+kept/10:
		t.Errorf("%s makes %d allocations; it made %d", name, now, kept)
	case now < kept-kept/5:
		t.Errorf("%s makes %d allocations, which is fewer than the %d that are written down: write %[2]d", name, now, kept)
	default:
		t.Logf("%s makes %d allocations", name, now)
	}
}
