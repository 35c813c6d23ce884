package upload

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/exchange"
	"github.com/docferry/docferry/internal/transport"
	"github.com/docferry/docferry/internal/wire"
)

// Multipart uploads with one POST of multipart/form-data. It is an [Uploader]
// for every service that accepts such forms: set URL, or a Send function. Use a
// pointer, and one Multipart for many uploads: it is safe for concurrent use,
// and uploads share its connections. Do not change its fields after the first
// upload.
//
// A repeated POST may store the content twice. So it is repeated only if the
// service certainly did nothing: it refused the form for the moment, or the
// form was not sent to its end, because no service stores a part of a form. A
// complete form whose answer was lost may be stored even minutes later, long
// after a gateway has given up. Then Find looks for it, for FindTime; if it is
// not found, the upload ends in [StateUnknown].
type Multipart struct {
	// Service names the destination in errors and to the Observer. "" means "upload".
	Service string
	// FileField is the name of the part with the content. "" means "file".
	FileField string
	// Fields are the other parts of the form.
	Fields []Field
	// MaxSize is the largest content in bytes; larger content is refused at once. 0 means no limit.
	MaxSize int64

	// URL is where to POST, with Header sent along, if Send is nil.
	URL    docferry.Secret
	Header http.Header
	HTTP   docferry.HTTP
	// Accept reads the answer of status 2xx, 302 or 303 to a POST to URL: it
	// returns the result, with the Size that the service says it stored, or an
	// error if the content is not stored after all; [ErrIntegrity] if other
	// content is. Nil accepts the statuses 200, 201 and 204, unless the body is
	// an HTML page or an error document.
	Accept func(status int, header http.Header, body []byte) (*Result, error)
	// Refusal reads an answer that refuses a POST to URL, of a service whose refusals
	// this package does not know. It returns Code, Message and Kind, of which
	// [docferry.ErrThrottled] and a RetryAfter make the form be sent again, or nil if
	// the usual reading is good enough; see Presigned.Refusal.
	Refusal func(status int, header http.Header, body []byte) *docferry.Error

	// Send sends the form, instead of a POST to URL. Its result has the Size that
	// the service says it stored. After an error from outside this module, the form
	// is assumed to be possibly stored.
	Send func(ctx context.Context, form *Form) (*Result, error)
	// Look, if not nil, is called before the first Send. Its error ends the upload
	// at [StageBegin]. Use it to note what Find must know.
	Look func(ctx context.Context, src Source) error
	// Find looks for a form that was sent completely and whose answer was lost. It
	// returns the result if the content is stored and certainly is this upload's:
	// only the content itself proves that, so it must be compared (see
	// Sent.SHA256). It returns nil without an error if the content is not there
	// now; then it is called again, after growing waits, until FindTime is over. An
	// error ends the upload in [StateUnknown]; an [*Error] ends it as that error
	// says. If Find is nil, there is no way to look.
	Find func(ctx context.Context, sent Sent) (*Result, error)
	// FindTime is for how long Find is called. 0 means 2 minutes. After that, or
	// when the caller's context ends, it is called one last time, for at most 15
	// seconds.
	FindTime time.Duration
	// SendAgain sends the form again if Find has not found it in FindTime, up
	// to three times altogether. Set it if a second copy is better than none:
	// the first may still be stored later.
	SendAgain bool
	// Digests are the digests that are computed of a source that does not say so itself.
	// DigestsNone has no effect if Find is set, which needs the SHA-256.
	Digests Digests

	target lazyPeer
}

// Sent describes a form whose answer was lost.
type Sent struct {
	Source Source
	SHA256 string // of the content, in lower-case hexadecimal
}

// How often, for how long and after which waits a form is looked for.
const (
	sends     = 3
	findTime  = 2 * time.Minute
	firstLook = 500 * time.Millisecond
	lastLook  = 15 * time.Second
)

// Upload implements [Uploader].
func (m *Multipart) Upload(ctx context.Context, src Source) (*Result, error) {
	r := &multipartRun{Multipart: m, src: src}
	send, err := m.sending()
	if err != nil {
		return nil, r.end(StageSource, StateNotStarted, err)
	}
	if r.form, err = m.form(ctx, src); err != nil {
		return nil, r.end(StageSource, StateNotStarted, err)
	}
	if m.Look != nil {
		if err := m.Look(ctx, src); err != nil {
			return nil, r.end(StageBegin, StateNotStarted, err)
		}
	}
	for n := 1; ; n++ {
		result, err := send(ctx, r.form)
		if err == nil && result == nil {
			err = fmt.Errorf("%w: Multipart.Send returned neither a result nor an error", docferry.ErrProtocol)
		}
		if err == nil {
			return r.check(ctx, result)
		}
		again, err := r.failed(ctx, err)
		if again == nil && err == nil { // the form may be sent again
			if n < sends && ctx.Err() == nil {
				continue
			}
			return nil, r.unsent()
		}
		return again, err
	}
}

// multipartRun is the state of one upload.
type multipartRun struct {
	*Multipart
	src  Source
	form *Form
	lost error // why the first complete form got no answer; nil if there was none
	last error // why the last form failed
}

// failed decides how an upload goes on whose form was not accepted: it returns
// a result, an ending, or neither if the form may be sent again.
func (r *multipartRun) failed(ctx context.Context, err error) (*Result, error) {
	r.last = err
	if ended, ok := errors.AsType[*Error](err); ok {
		return nil, r.stated(ended)
	}
	if errors.Is(err, ErrIntegrity) {
		return nil, &Error{Name: r.src.Name, Stage: StageSend, State: StateOrphaned, Err: err, Left: []Ref{{}}}
	}
	if unclear(err) && r.form.wasRead() && r.lost == nil {
		r.lost = err
	}
	switch {
	case r.lost == nil && unclear(err): // not sent completely
		return nil, nil
	case r.lost == nil:
		return nil, r.end(StageSend, StateRolledBack, err)
	case r.Find == nil && r.SendAgain && ctx.Err() == nil:
		return nil, nil
	case r.Find == nil:
		return nil, r.end(StageSend, StateUnknown, r.lost)
	}
	found, err := r.find(ctx)
	switch {
	case err != nil:
		return nil, err
	case found != nil:
		return r.check(ctx, found)
	case r.SendAgain && ctx.Err() == nil:
		return nil, nil
	}
	return nil, r.end(StageSend, StateUnknown, r.lost)
}

// find calls Find until it has an answer, for as long as FindTime allows. The
// last call is at the end of that time, or when the caller has given up.
func (r *multipartRun) find(ctx context.Context) (*Result, error) {
	sums, _ := r.form.last.Load().sums()
	sent := Sent{Source: r.src, SHA256: sums.hex()}
	deadline := time.Now().Add(cmp.Or(max(r.FindTime, 0), findTime))
	for wait := firstLook; ; wait = min(2*wait, lastLook) {
		left := time.Until(deadline)
		last := left <= 0 || ctx.Err() != nil
		if last {
			left = 0
		}
		asking, cancel := context.WithTimeout(context.WithoutCancel(ctx), left+cleanupTime)
		found, err := r.Find(asking, sent)
		cancel()
		if ended, ok := errors.AsType[*Error](err); ok {
			return nil, r.stated(ended)
		}
		switch {
		case err != nil:
			return nil, r.end(StageSend, StateUnknown, both(r.lost, err))
		case found != nil || last:
			return found, nil
		}
		timer := time.NewTimer(min(wait, left))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
		}
	}
}

// unsent returns the ending after the last attempt.
func (r *multipartRun) unsent() error {
	if r.lost != nil {
		return r.end(StageSend, StateUnknown, r.lost)
	}
	return r.end(StageSend, StateRolledBack, r.last)
}

func (r *multipartRun) end(stage Stage, state State, err error) error {
	return &Error{Name: r.src.Name, Stage: stage, State: state, Err: err}
}

// stated returns the ending that one of the engine's functions has returned as
// an [*Error].
func (r *multipartRun) stated(ended *Error) error {
	e := *ended
	e.Name = r.src.Name
	return &e
}

// form checks the source and makes the body. It opens the source once, to check
// that it can be read.
func (m *Multipart) form(ctx context.Context, src Source) (*Form, error) {
	if err := src.validate(cmp.Or(m.Service, defaultService)); err != nil {
		return nil, err
	}
	if m.MaxSize > 0 && src.Size > m.MaxSize {
		return nil, &docferry.InputError{Service: cmp.Or(m.Service, defaultService), Operation: "Upload",
			Field:  "Source.Size",
			Reason: fmt.Sprintf("is %d, more than the %d bytes that this destination takes", src.Size, m.MaxSize)}
	}
	field := m.FileField
	if field == "" {
		field = "file"
	}
	form, err := NewForm(src, field, m.Fields...)
	if err != nil {
		return nil, err
	}
	if m.Find == nil {
		form.digests = src.Digests.or(m.Digests)
	}
	first, err := src.look(ctx)
	first.drop(ctx) // Look and Send may take long, so each form opens the source anew
	return form, err
}

// check compares what the service stored with what was sent.
func (r *multipartRun) check(ctx context.Context, result *Result) (*Result, error) {
	orphaned := func(err error) error {
		return &Error{Name: r.src.Name, Stage: StageSend, State: StateOrphaned, Err: err,
			Left: append([]Ref{{ID: result.ID, Version: result.Version}}, result.Left...)}
	}
	if err := r.src.check(ctx); err != nil {
		return nil, orphaned(err)
	}
	if failed, ok := errors.AsType[*SourceError](r.lost); ok { // when it was closed, after all was sent
		return nil, orphaned(failed)
	}
	sums, whole := r.form.last.Load().sums()
	switch {
	case !whole:
		return nil, orphaned(fmt.Errorf("%w: it answered before all of the content was sent", ErrIntegrity))
	case result.Size != r.src.Size:
		return nil, orphaned(fmt.Errorf("%w: it stored %d bytes, not %d", ErrIntegrity, result.Size, r.src.Size))
	}
	result.SHA256 = sums.hex()
	return result, nil
}

// sending returns the function that sends a form. It refuses an engine without
// a valid destination.
func (m *Multipart) sending() (func(context.Context, *Form) (*Result, error), error) {
	if m.Send != nil {
		return m.Send, nil
	}
	bad := func(field, reason string) error {
		return &docferry.InputError{Service: cmp.Or(m.Service, defaultService), Operation: "Upload",
			Field: "Multipart." + field, Reason: reason}
	}
	address, err := transport.CheckURL(string(m.URL), true)
	if err != nil {
		return nil, bad("URL", err.Error())
	}
	for name, values := range m.Header {
		if !exchange.ValidHeaderName(name) || slices.ContainsFunc(values,
			func(v string) bool { return wire.CheckHeaderValue(v) != nil }) {
			return nil, bad("Header", fmt.Sprintf("has an entry %q whose name or value is not valid in HTTP", name))
		}
		other := func(v string) bool { return !transport.NamesHost(address, v) }
		if strings.EqualFold(name, "Host") && (name != "Host" || len(values) != 1 || other(values[0])) {
			return nil, bad("Header", "has a Host that does not fit Multipart.URL; leave it out")
		}
	}
	to, err := m.peer()
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, form *Form) (*Result, error) { return m.post(ctx, to, address, form) }, nil
}

// CloseIdleConnections closes the connections that are not in use.
func (m *Multipart) CloseIdleConnections() { m.target.closeIdleConnections() }

// peer returns the host of URL. The caller chose it, so it may be private.
func (m *Multipart) peer() (*exchange.Peer, error) {
	return m.target.get(func() (*exchange.Peer, error) {
		return exchange.NewPeer(cmp.Or(m.Service, defaultService), "X-Amz-Request-Id", m.HTTP)
	})
}

// post sends the form to URL.
func (m *Multipart) post(ctx context.Context, to *exchange.Peer, address *url.URL, form *Form) (*Result, error) {
	header := m.Header.Clone()
	if header == nil {
		header = make(http.Header)
	}
	header.Set("Content-Type", form.ContentType())
	p := &formPost{engine: m, form: form, result: &Result{Size: form.Source().Size}}
	d := &delivery{
		content: p, peer: to, operation: "Post", method: http.MethodPost, repeat: exchange.Unsafe, refusal: m.Refusal,
		url: address, header: header, length: form.ContentLength(), asked: m.Accept != nil,
	}
	if _, err := d.run(ctx); err != nil {
		return nil, err
	}
	return p.result, nil
}

// formPost is a form as the content of a delivery.
type formPost struct {
	engine *Multipart
	form   *Form
	result *Result // of the answer that was accepted
}

// ready implements content.
func (p *formPost) ready() error { return nil }

// open implements content.
func (p *formPost) open(ctx context.Context) (io.ReadCloser, error) { return p.form.Open(ctx) }

// judge implements content.
func (p *formPost) judge(a *exchange.Answer) error {
	if p.engine.Accept == nil {
		if !confirms(a.Status) {
			return fmt.Errorf(
				"status %d does not confirm that the content is stored; set Multipart.Accept to read it", a.Status)
		}
		return errorDocument(a.Body)
	}
	accepted, err := p.engine.Accept(a.Status, a.Header, a.Body)
	if err == nil && accepted == nil {
		err = errors.New("Multipart.Accept returned neither a result nor an error")
	}
	if err == nil {
		p.result = accepted
	}
	return err
}
