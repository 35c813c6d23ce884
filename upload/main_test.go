package upload_test

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestMain fails if a goroutine of an upload or of its connections is left
// when all tests are over. Those that are about to end get a moment.
func TestMain(m *testing.M) {
	code := m.Run()
	if code == 0 {
		for tries := 0; left() != ""; tries++ {
			if tries == 100 {
				fmt.Fprintf(os.Stderr, "goroutines are left:\n\n%s\n", left())
				code = 1
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
	os.Exit(code)
}

// left returns the stacks of goroutines that belong to uploads.
func left() string {
	buf := make([]byte, 1<<20)
	var found []string
	for _, stack := range strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n")[1:] { // the first is this one
		if strings.Contains(stack, "net/http.") || strings.Contains(stack, "docferry/upload") {
			found = append(found, stack)
		}
	}
	return strings.Join(found, "\n\n")
}
