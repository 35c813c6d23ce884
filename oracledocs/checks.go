package oracledocs

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/docferry/docferry/internal/call"
)

// maxIDs limits the IDs in operations that describe several items.
const maxIDs = 100

// checkPage refuses an offset or limit that is out of range.
func (c *Client) checkPage(op *call.Op, offset, limit int64) error {
	switch {
	case offset < 0:
		return c.core.InputError(op.Name, "Offset", "is negative")
	case limit < 0:
		return c.core.InputError(op.Name, "Limit", "is negative")
	}
	return nil
}

// checkCount refuses a list that is longer than an operation accepts.
func (c *Client) checkCount(op *call.Op, field string, n, most int) error {
	if n > most {
		return c.core.InputError(op.Name, field, fmt.Sprintf("has %d items; at most %d can be sent at once", n, most))
	}
	return nil
}

// checkControl refuses a name with control characters, which no system could display.
func (c *Client) checkControl(op *call.Op, field, name string) error {
	if strings.ContainsFunc(name, unicode.IsControl) {
		return c.core.InputError(op.Name, field, "has a control character")
	}
	return nil
}
