// Package call turns the declaration of an operation and its request struct
// into a request, and the answer into its response struct. Package wire binds
// the structs to HTTP messages, and package exchange sends them.
package call

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/exchange"
	"github.com/docferry/docferry/internal/option"
	"github.com/docferry/docferry/internal/redact"
	"github.com/docferry/docferry/internal/wire"
)

// What repeating an operation does; see [exchange.Repeat].
const (
	Unsafe     = exchange.Unsafe
	Idempotent = exchange.Idempotent
	Safe       = exchange.Safe
)

// Op declares an operation.
type Op struct {
	Name   string // as the API names it
	Method string
	Route  string // path template: "/api/v1/documents/{DocumentId}"
	Repeat exchange.Repeat
	Only   string // the one version of the API that has it; "" if all do
}

// NewOp declares an operation. Its route is a method and a path template, as in
// "GET /api/v1/documents/{DocumentId}".
func NewOp(name, route string, repeat exchange.Repeat) *Op {
	method, path, _ := strings.Cut(route, " ")
	return &Op{Name: name, Method: method, Route: path, Repeat: repeat}
}

// In says that only one version of the API has the operation.
func (op *Op) In(version string) *Op {
	op.Only = version
	return op
}

// Authorize adds credentials to a request. The payload is nil where the body is
// streamed.
type Authorize func(ctx context.Context, req *http.Request, payload []byte) error

// Service is what sets one service apart from the others.
type Service struct {
	Base    *url.URL          // scheme, host and what comes before every route
	Vars    map[string]string // what routes hold unless the request has a member for it
	Dialect *wire.Dialect

	// Authorize adds credentials to a request, last before it is sent.
	Authorize Authorize

	// Renew is asked, at most once in a call, whether a refusal is due to the
	// credentials of the request that was refused, and whether there are others
	// now. It returns how to authorize the next attempts, or nil if that is no
	// use. Nil means that credentials cannot be renewed.
	Renew func(sent *http.Request, refused *docferry.Error) Authorize

	// Refusal reads a refusal from an answer, or returns nil if the answer is
	// a success. It fills Code, Message, RequestID, Detail and Kind. It also
	// reports whether the service has done nothing and may soon be asked again.
	Refusal func(*exchange.Answer) (refused *docferry.Error, again bool)

	// Doubtful reports whether an answer of 2xx that should be content may be a
	// refusal, judging by its header: only then is it shown to Refusal. Nil means
	// that a status of 2xx is enough.
	Doubtful func(*http.Response) bool
}

// Client sends the operations of one service. It is safe for concurrent use.
type Client struct {
	Service
	Peer *exchange.Peer
}

// Body is a body that is streamed. It is opened once for each attempt.
type Body interface {
	Open(ctx context.Context) (io.ReadCloser, error)
	ContentLength() int64
	ContentType() string
}

// Content says how content is read with [Open].
type Content struct {
	// Resume says that this call continues an earlier one. It leaves the
	// caller's docferry.Meta, which describes the first answer, alone.
	Resume bool
	// Validator names the content of which the rest is asked for; "" sends none.
	Validator string
	// Genuine is asked about an answer that reads as a refusal where content
	// should be. It reports whether it is the content all the same. Nil means
	// that it never is.
	// It needs a connection of its own while this answer occupies another, so
	// it has to end in bounded time.
	Genuine func(resp *http.Response, refused error) bool
	// Sized says that the caller learns the size of the content elsewhere if
	// the answer does not tell it, and so finds out what is no content.
	Sized bool
}

// Do calls an operation and decodes its answer.
func Do[Out any](ctx context.Context, c *Client, op *Op, request any, opts []docferry.CallOption) (*Out, error) {
	return Send[Out](ctx, c, op, request, nil, opts)
}

// Send calls an operation whose body is streamed and decodes its answer.
func Send[Out any](
	ctx context.Context, c *Client, op *Op, request any, body Body, opts []docferry.CallOption,
) (*Out, error) {
	out := new(Out)
	call, err := c.prepare(op, request, body, opts)
	if err != nil {
		return nil, err
	}
	call.out = out
	if err := call.run(ctx); err != nil {
		return nil, err
	}
	return out, nil
}

// Exec calls an operation whose answer holds nothing.
func Exec(ctx context.Context, c *Client, op *Op, request any, opts []docferry.CallOption) error {
	call, err := c.prepare(op, request, nil, opts)
	if err != nil {
		return err
	}
	call.out = &struct{}{}
	return call.run(ctx)
}

// Open calls an operation whose answer is content. The caller closes the body.
func Open(
	ctx context.Context, c *Client, op *Op, request any, get Content, opts []docferry.CallOption,
) (*http.Response, error) {
	call, err := c.prepare(op, request, nil, opts)
	if err != nil {
		return nil, err
	}
	call.content = &get
	if get.Resume {
		call.option.Done = nil
	}
	if err := call.run(ctx); err != nil {
		return nil, err
	}
	return call.answer, nil
}

// WithoutMeta returns the options for a call that serves an earlier one, such as
// asking for a fresh URL: it leaves the caller's docferry.Meta alone.
func WithoutMeta(opts []docferry.CallOption) []docferry.CallOption {
	return append(slices.Clip(opts), func(o *option.Call) { o.Done = nil })
}

// Strict returns the options for a call from whose answer the library concludes
// that something does not exist: an answer of which anything cannot be read fails.
func Strict(opts ...docferry.CallOption) []docferry.CallOption {
	return append(slices.Clip(opts), func(o *option.Call) { o.Strict = true })
}

// Reporting returns the options for a call that reports to the library too: see is
// called before the caller's docferry.Meta is filled.
func Reporting(opts []docferry.CallOption, see func(option.Report)) []docferry.CallOption {
	return append(slices.Clip(opts), func(o *option.Call) {
		done := o.Done
		o.Done = func(r option.Report) {
			see(r)
			if done != nil {
				done(r)
			}
		}
	})
}

// InputError says that a field of a request cannot be sent.
func (c *Client) InputError(operation, field, reason string) error {
	return c.Peer.InputError(operation, field, reason)
}

// prepare takes the request apart and checks all that can be checked before
// anything is sent.
func (c *Client) prepare(op *Op, request any, body Body, opts []docferry.CallOption) (*invocation, error) {
	inv := &invocation{client: c, op: op, body: body}
	for _, opt := range opts {
		if opt != nil {
			opt(&inv.option)
		}
	}
	if err := inv.encode(request); err != nil {
		if inv.option.Done != nil {
			inv.option.Done(option.Report{})
		}
		return nil, err
	}
	return inv, nil
}

// encode works out what is sent and where.
func (inv *invocation) encode(request any) error {
	c, op := inv.client, inv.op
	if op.Only != "" && op.Only != c.Dialect.Version {
		return c.InputError(op.Name, "Config.APIVersion",
			"is "+c.Dialect.Version+", which does not have this operation; only "+op.Only+" does")
	}
	msg, err := c.Dialect.Encode(request)
	if err != nil {
		if bad, ok := errors.AsType[*wire.FieldError](err); ok {
			return c.InputError(op.Name, bad.Field, bad.Reason)
		}
		return c.InputError(op.Name, "", redact.Text(err.Error()))
	}
	for name := range inv.option.Header {
		if !exchange.ValidHeaderName(name) {
			return c.InputError(op.Name, "WithHeader", redact.Text(strconv.Quote(name))+" is not a valid header name")
		}
		if _, taken := msg.Header.Get(name); taken || reserved(name) {
			return c.InputError(op.Name, "WithHeader", redact.Text(name)+" cannot be set by the caller")
		}
		if err := wire.CheckHeaderValue(inv.option.Header.Get(name)); err != nil {
			return c.InputError(op.Name, "WithHeader", err.Error())
		}
	}
	for name, value := range c.Vars {
		if _, ok := msg.Path.Get(name); !ok {
			msg.Path = append(msg.Path, wire.Value{Name: name, Text: value})
		}
	}
	path, escaped, err := wire.Expand(op.Route, msg.Path)
	if err != nil {
		return c.InputError(op.Name, "", err.Error())
	}
	inv.msg, inv.url = msg, *c.Base
	inv.url.Path = strings.TrimSuffix(c.Base.Path, "/") + path
	inv.url.RawPath = strings.TrimSuffix(c.Base.EscapedPath(), "/") + escaped
	inv.url.RawQuery = msg.Query.Escaped()
	return nil
}

// reserved reports whether a header belongs to the operation or carries
// credentials, so that the caller cannot set it.
func reserved(name string) bool {
	name = http.CanonicalHeaderKey(name)
	for _, prefix := range []string{"X-Amz-", "Content-", "Auth", "Cookie"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	switch name {
	case "Host", "User-Agent", "Accept-Encoding", "Accesstoken", "Refreshtoken", "Range", "If-Range":
		return true
	}
	return exchange.Reserved(name)
}
