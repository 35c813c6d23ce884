//go:build !windows && (!unix || solaris || aix)

package journal

import (
	"errors"
	"fmt"
	"os"
)

// acquire fails: a journal that two processes write at once proves nothing.
func acquire(string) (*os.File, error) {
	return nil, fmt.Errorf("this system has no lock for it: %w", errors.ErrUnsupported)
}
