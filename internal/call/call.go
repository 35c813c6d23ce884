// Package call turns an operation's declaration and its request struct into
// sent requests and a decoded answer: build, limit, authorize, send, judge,
// repeat, decode.
package call

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/redact"
	"github.com/docferry/docferry/internal/retry"
	"github.com/docferry/docferry/internal/transport"
	"github.com/docferry/docferry/internal/wire"
)

// Repeat says what repeating an operation does. The HTTP verb does not tell.
type Repeat int

// Unsafe is the zero value: what nobody has thought about is not repeated
// unless it certainly had no effect.
const (
	Unsafe     Repeat = iota // a second time makes a second thing
	Idempotent               // a second time changes nothing more
	Safe                     // it only reads
)

// Op declares an operation.
type Op struct {
	Name   string // as the API names it
	Method string
	Route  string // path template: "/api/v1/documents/{DocumentId}"
	Repeat Repeat
	Only   string // the one version of the API that has it; "" if all do
}

// In says that only one version of the API has the operation.
func (op *Op) In(version string) *Op {
	op.Only = version
	return op
}

// New declares an operation. Its route is a method and a path template, as in
// "GET /api/v1/documents/{DocumentId}".
func New(name, route string, repeat Repeat) *Op {
	method, path, _ := strings.Cut(route, " ")
	return &Op{Name: name, Method: method, Route: path, Repeat: repeat}
}

// Answer is a complete answer of a service.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Service is what sets one service apart from the others.
type Service struct {
	Name    string            // of its package
	Base    *url.URL          // scheme, host and what comes before every route
	Vars    map[string]string // what routes hold unless the request has a member for it
	Dialect *wire.Dialect

	// Authorize adds credentials to a request, last before it is sent. The
	// payload is nil where the body is streamed.
	Authorize func(ctx context.Context, req *http.Request, payload []byte) error

	// Refusal reads a refusal from an answer, or returns nil if the answer is
	// a success. It fills Code, Message, RequestID, Detail and Kind. It also
	// reports whether the service has done nothing and may soon be asked again.
	Refusal func(Answer) (refused *docferry.Error, again bool)

	// Doubtful reports whether an answer of 2xx that should be content may be a
	// refusal, to go by its header: only then is it shown to Refusal. Nil means
	// that a status of 2xx is enough.
	Doubtful func(*http.Response) bool

	// RequestID is the header that names a request to the vendor's support.
	RequestID string
}

// Client sends the operations of one service. It is safe for concurrent use.
type Client struct {
	Service
	http     docferry.HTTP
	base     http.RoundTripper
	governor retry.Governor
}

// NewClient returns a client for a service.
func NewClient(s Service, h docferry.HTTP) *Client {
	c := &Client{Service: s, http: h, base: h.Transport}
	if c.base == nil {
		c.base = transport.New(false)
	}
	return c
}

// CloseIdleConnections closes connections that no call uses, if the transport
// can.
func (c *Client) CloseIdleConnections() {
	if t, ok := c.base.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// Body is a body that is streamed. It is opened once per attempt.
type Body interface {
	Open() (io.ReadCloser, error)
	ContentLength() int64
	ContentType() string
}

// Do calls an operation and decodes its answer.
func Do[Out any](ctx context.Context, c *Client, op *Op, request any, opts []docferry.CallOption) (*Out, error) {
	return Send[Out](ctx, c, op, request, nil, opts)
}

// Send calls an operation whose body is streamed and decodes its answer.
func Send[Out any](ctx context.Context, c *Client, op *Op, request any, body Body, opts []docferry.CallOption) (*Out, error) {
	out := new(Out)
	call, err := c.prepare(op, request, body, opts)
	if err != nil {
		return nil, err
	}
	call.accept = func(a Answer) error { return c.Dialect.Decode(a.Body, a.Header, out) }
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
	call.accept = func(a Answer) error { return c.Dialect.Decode(a.Body, a.Header, &struct{}{}) }
	return call.run(ctx)
}

// Open calls an operation whose answer is content. The caller closes the body.
func Open(ctx context.Context, c *Client, op *Op, request any, opts []docferry.CallOption) (*http.Response, error) {
	call, err := c.prepare(op, request, nil, opts)
	if err != nil {
		return nil, err
	}
	call.stream = true
	if err := call.run(ctx); err != nil {
		return nil, err
	}
	return call.answer, nil
}

// InputError says that a field of a request cannot be sent.
func (c *Client) InputError(operation, field, reason string) error {
	return &docferry.InputError{Service: c.Name, Operation: operation, Field: field, Reason: reason}
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
			inv.option.Done("", 0, 0, nil)
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
	inv.msg = msg
	for name := range inv.option.Header {
		if !validName(name) {
			return c.InputError(op.Name, "WithHeader", redact.Text(strconv.Quote(name))+" is no name of a header")
		}
		if _, taken := msg.Header[name]; taken || reserved(name) {
			return c.InputError(op.Name, "WithHeader", redact.Text(name)+" is not for the caller to set")
		}
		if err := wire.CheckHeaderValue(inv.option.Header.Get(name)); err != nil {
			return c.InputError(op.Name, "WithHeader", err.Error())
		}
	}
	for name, value := range c.Vars {
		if _, ok := msg.Path[name]; !ok {
			msg.Path[name] = value
		}
	}
	path, escaped, err := wire.Expand(op.Route, msg.Path)
	if err != nil {
		return c.InputError(op.Name, "", err.Error())
	}
	u := *c.Base
	u.Path, u.RawPath = strings.TrimSuffix(c.Base.Path, "/")+path, strings.TrimSuffix(c.Base.EscapedPath(), "/")+escaped
	u.RawQuery = strings.ReplaceAll(msg.Query.Encode(), "+", "%20")
	inv.url = &u
	return nil
}

// validName reports whether a header can have the name: net/http refuses others
// at a point where it looks like a failure of the connection.
func validName(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}

// reserved lists headers that carry credentials, frame the message, belong to
// the operation, or make net/http repeat a request on its own.
func reserved(name string) bool {
	name = http.CanonicalHeaderKey(name)
	for _, prefix := range []string{"X-Amz-", "Proxy-", "Content-", "Auth", "Cookie"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	switch name {
	case "Host", "Connection", "Transfer-Encoding", "Te", "Trailer", "Upgrade", "Expect", "Keep-Alive",
		"Idempotency-Key", "X-Idempotency-Key", "User-Agent", "Accept-Encoding",
		"Accesstoken", "Refreshtoken", "Range", "If-Range":
		return true
	}
	return false
}
