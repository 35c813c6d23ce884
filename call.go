package docferry

import (
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"

	"github.com/docferry/docferry/internal/option"
	"github.com/docferry/docferry/internal/retry"
)

// CallOption changes one call of an operation.
type CallOption func(*option.Call)

// Meta describes the answer to a call.
type Meta struct {
	RequestID  string      // for the vendor's support; "" if there was none
	StatusCode int         // HTTP status; 0 if there was no answer
	Attempts   int         // how often the request was sent
	Header     http.Header // of the answer; nil if there was none

	// Unread names what could not be read of an answer, and is nil for almost all.
	// The rest of the answer was delivered. Each is a path such as
	// "/Users/3/CreatedTimestamp", a JSON pointer (RFC 6901): that member is zero, or
	// that entry of a list or map is left out. So a time that is zero for this reason
	// can be told from one that the answer does not have. A position counts the
	// entries that were left out before it. There are at most 100 paths, and long
	// ones are cut. They hold names from the answer, but no values.
	Unread []string
}

// Format implements [fmt.Formatter] for all verbs. It shows only the names in
// Header, because the values, such as cookies, may be credentials.
func (m Meta) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "{RequestID:%q StatusCode:%d Attempts:%d Header:%v Unread:%q}", m.RequestID, m.StatusCode,
		m.Attempts, m.names(), m.Unread)
}

// LogValue implements [slog.LogValuer], with the names in Header only.
func (m Meta) LogValue() slog.Value {
	return slog.GroupValue(slog.String("request", m.RequestID), slog.Int("status", m.StatusCode),
		slog.Int("attempts", m.Attempts), slog.Any("header", m.names()),
		slog.Any("unread", m.Unread))
}

func (m Meta) names() []string { return slices.Sorted(maps.Keys(m.Header)) }

// WithMeta fills m when the call returns, whether or not it failed. Use one
// Meta for one call at a time. In a range over a listing, m describes the page
// that was requested last, to which the current item belongs.
func WithMeta(m *Meta) CallOption {
	return func(o *option.Call) {
		o.Done = func(r option.Report) {
			*m = Meta{RequestID: r.RequestID, StatusCode: r.Status, Attempts: r.Attempts, Header: r.Header,
				Unread: r.Unread}
		}
	}
}

// WithRetry replaces the client's Retry for this call.
func WithRetry(r Retry) CallOption {
	return func(o *option.Call) {
		p := retry.Policy(r)
		o.Retry = &p
	}
}

// WithHeader sends one more header, such as Accept-Language. It is not
// signed. Headers that carry credentials, frame the message or belong to the
// operation are refused with an InputError.
func WithHeader(name, value string) CallOption {
	return func(o *option.Call) {
		if o.Header == nil {
			o.Header = make(http.Header)
		}
		o.Header.Set(name, value)
	}
}
