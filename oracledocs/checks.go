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
		return c.core.InputError(op.Name, "Offset", fmt.Sprintf("is %d; it counts from 0", offset))
	case limit < 0:
		return c.core.InputError(op.Name, "Limit", fmt.Sprintf("is %d; leave it 0 for the default of the service", limit))
	}
	return nil
}

// checkCount refuses a list that is longer than an operation accepts.
func (c *Client) checkCount(op *call.Op, field string, n, most int) error {
	if n > most {
		return c.core.InputError(op.Name, field,
			fmt.Sprintf("has %d items; one request takes at most %d, so send several", n, most))
	}
	return nil
}

// checkControl refuses a name with control characters, which no system could display.
func (c *Client) checkControl(op *call.Op, field, name string) error {
	if strings.ContainsFunc(name, unicode.IsControl) {
		return c.core.InputError(op.Name, field, "has a control character; remove it")
	}
	return nil
}
