package upload

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/exchange"
	"github.com/docferry/docferry/internal/transport"
	"github.com/docferry/docferry/internal/wire"
)

// Multipart uploads with one POST of multipart/form-data. It is an [Uploader]
// for every service that takes such forms: give it an URL, or a Send of your
// own. Use a pointer, and one Multipart for many uploads: it is safe for
// concurrent use, and uploads share its connections. Do not change its fields
// after the first upload.
//
// A POST is repeated only when it certainly had no effect.
type Multipart struct {
	// Service names the destination in errors and to the Observer.
	Service string
	// FileField is the name of the part with the content. "" means "file".
	FileField string
	// Fields are the other parts of the form.
	Fields []Field
	// MaxSize is the largest content in bytes; more is refused at once. 0 means no limit.
	MaxSize int64

	// URL is where to POST, with Header sent along, if Send is nil.
	URL    docferry.Secret
	Header http.Header
	HTTP   docferry.HTTP
	// Accept reads the answer of status 2xx to a POST to URL: it returns the
	// result, with the Size that the service says it stored, or an error if the
	// content is not stored after all; [ErrIntegrity] if other content is. Nil
	// accepts every such answer.
	Accept func(status int, header http.Header, body []byte) (*Result, error)

	// Send sends the form in some other way than to URL. Its result has the
	// Size that the service says it stored. An error that is none of this
	// module's does not say what happened: the form may have been stored.
	Send func(ctx context.Context, form *Form) (*Result, error)
	// Look, if not nil, is called before the first Send. Its error ends the
	// upload. It is there for what Find has to know.
	Look func(ctx context.Context, src Source) error
	// Find asks the service what became of a form whose answer was lost. It
	// returns the result if the content is stored, and nil without an error
	// if it is certainly not: then it is sent again. Nil means that there is
	// no way to ask. Its context outlives the caller's by 15 seconds.
	Find func(ctx context.Context, src Source) (*Result, error)

	target lazyPeer
}

// sends is how often a form is sent when its answers get lost and Find says
// each time that nothing was stored.
const sends = 3

// Upload implements [Uploader].
func (m *Multipart) Upload(ctx context.Context, src Source) (*Result, error) {
	fail := func(stage Stage, state State, err error) error {
		return &Error{Name: src.Name, Stage: stage, State: state, Err: err}
	}
	send, err := m.sending()
	if err != nil {
		return nil, fail(StageSource, StateNotStarted, err)
	}
	form, err := m.form(ctx, src)
	if err != nil {
		return nil, fail(StageSource, StateNotStarted, err)
	}
	if m.Look != nil {
		if err := m.Look(ctx, src); err != nil {
			return nil, fail(StageBegin, StateNotStarted, err)
		}
	}
	for n := 1; ; n++ {
		result, err := send(ctx, form)
		if err == nil && result == nil {
			err = fmt.Errorf("%w: Send returned no result", docferry.ErrProtocol)
			return nil, fail(StageSend, StateUnknown, err)
		}
		if err == nil {
			return m.check(ctx, form, result)
		}
		if errors.Is(err, ErrIntegrity) {
			return nil, &Error{Name: src.Name, Stage: StageSend, State: StateOrphaned, Err: err, Left: []Ref{{}}}
		}
		if !unclear(err) {
			return nil, fail(StageSend, StateRolledBack, err)
		}
		if !form.wasRead() { // nobody stores a part of a form
			if ctx.Err() != nil || n == sends {
				return nil, fail(StageSend, StateRolledBack, err)
			}
			continue
		}
		if m.Find == nil {
			return nil, fail(StageSend, StateUnknown, err)
		}
		asking, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTime)
		found, lookErr := m.Find(asking, src)
		cancel()
		switch {
		case lookErr == nil && found != nil:
			return m.check(ctx, form, found)
		case lookErr != nil:
			return nil, fail(StageSend, StateUnknown, both(err, lookErr))
		case ctx.Err() != nil || n == sends:
			return nil, fail(StageSend, StateRolledBack, err)
		}
	}
}

// form checks the source and makes the body. It opens the source once to see
// that it can be read.
func (m *Multipart) form(ctx context.Context, src Source) (*Form, error) {
	if err := src.validate(m.Service); err != nil {
		return nil, err
	}
	if m.MaxSize > 0 && src.Size > m.MaxSize {
		return nil, &docferry.InputError{Service: m.Service, Operation: "Upload", Field: "Source.Size",
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
	return form, src.look(ctx)
}

// check compares what the service stored with what was sent.
func (m *Multipart) check(ctx context.Context, form *Form, result *Result) (*Result, error) {
	src := form.Source()
	orphaned := func(err error) error {
		return &Error{Name: src.Name, Stage: StageSend, State: StateOrphaned, Err: err,
			Left: []Ref{{ID: result.ID, Version: result.Version}}}
	}
	if err := src.check(ctx); err != nil {
		return nil, orphaned(err)
	}
	sha, _, whole := form.last.Load().sums()
	switch {
	case !whole:
		return nil, orphaned(fmt.Errorf("%w: it answered before the content was sent", ErrIntegrity))
	case result.Size != src.Size:
		return nil, orphaned(fmt.Errorf("%w: it stored %d bytes of %d", ErrIntegrity, result.Size, src.Size))
	}
	result.SHA256 = sha
	return result, nil
}

// sending returns what sends a form. It refuses what cannot be sent anywhere.
func (m *Multipart) sending() (func(context.Context, *Form) (*Result, error), error) {
	if m.Send != nil {
		return m.Send, nil
	}
	address, err := transport.CheckURL(string(m.URL), true)
	if err != nil {
		return nil, &docferry.InputError{Service: m.Service, Operation: "Upload", Field: "Multipart.URL", Reason: err.Error()}
	}
	for name, values := range m.Header {
		if !exchange.ValidHeaderName(name) || slices.ContainsFunc(values, func(v string) bool { return wire.CheckHeaderValue(v) != nil }) {
			return nil, &docferry.InputError{Service: m.Service, Operation: "Upload", Field: "Multipart.Header",
				Reason: fmt.Sprintf("has a character in %q that a header cannot carry", name)}
		}
	}
	return func(ctx context.Context, form *Form) (*Result, error) { return m.post(ctx, address, form) }, nil
}

// CloseIdleConnections closes connections that no upload uses.
func (m *Multipart) CloseIdleConnections() { m.target.closeIdleConnections() }

// peer is what URL leads to. The address is the caller's own choice.
func (m *Multipart) peer() *exchange.Peer {
	return m.target.get(func() *exchange.Peer { return exchange.NewPeer(m.Service, "X-Amz-Request-Id", m.HTTP) })
}

// post sends the form to URL.
func (m *Multipart) post(ctx context.Context, address *url.URL, form *Form) (*Result, error) {
	result := &Result{Size: form.Source().Size}
	header := m.Header.Clone()
	if header == nil {
		header = make(http.Header)
	}
	header.Set("Content-Type", form.ContentType())
	d := &delivery{
		peer: m.peer(), operation: "Post", method: http.MethodPost, repeat: exchange.Unsafe,
		url: address, header: header, length: form.ContentLength(), open: form.Open,
		judge: func(a *exchange.Answer) error {
			if m.Accept == nil {
				return nil
			}
			accepted, err := m.Accept(a.Status, a.Header, a.Body)
			if err == nil && accepted == nil {
				err = errors.New("Accept returned no result")
			}
			if err == nil {
				result = accepted
			}
			return err
		},
	}
	if _, err := d.run(ctx); err != nil {
		return nil, err
	}
	return result, nil
}
