package upload

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/exchange"
)

// Presigned uploads in steps: it requests a URL from a service, PUTs the
// content there, and commits it. It is an [Uploader] for every service that
// works in this way; only Begin is required. Use a pointer, and one Presigned
// for many uploads: it is safe for concurrent use, and uploads share its
// connections. Do not change its fields after the first upload.
//
// If one of its functions returns an [*Error], the upload ends with that error.
// Use this in functions that know more about the ending than the engine can
// conclude from the cause.
//
// The PUT carries exactly the headers that the slot lists, the length, and a
// User-Agent: no credentials, no cookies. It follows no redirect, and the URL
// is sent byte for byte. It is retried according to HTTP.Retry. Whether the
// requests of Begin, Commit, Find and Abort are retried is up to these
// functions.
type Presigned struct {
	// Service names the destination in errors and to the Observer. "" means "upload".
	Service string
	// HTTP is only for the PUT.
	HTTP docferry.HTTP
	// MaxSize is the largest content in bytes; larger content is refused before
	// Begin. 0 means 5 GiB, the limit of S3 for one PUT.
	MaxSize int64

	// Begin asks the service where to PUT src. It may be called a second time in
	// one upload, if the first URL expired before it could be used. If it fails
	// after it has created something, it returns the slot along with the error, so
	// that Abort can remove it. If it may have created something, it returns an
	// error for which [docferry.OutcomeUnknown] is true, or an [*Error]; any other
	// error means that nothing was created.
	Begin func(ctx context.Context, src Source) (*Slot, error)
	// Accept reads the answer of status 2xx, 302 or 303 to a PUT: it returns nil if
	// the content is stored, and otherwise an error that says why not. It is for
	// storages without ETags, such as WebDAV servers. Nil accepts a status of 200,
	// 201 or 204 with an ETag or with a checksum of the content. A checksum of
	// other content is [ErrIntegrity] in any case.
	Accept func(status int, header http.Header, body []byte) error
	// CompareETag says that the storage's ETag is the MD5 of the content, as it is
	// for S3 without encryption by customer keys: a different ETag is
	// [ErrIntegrity]. Without it an ETag only shows that a storage answered,
	// because many storages have ETags of the same form that are not an MD5.
	CompareETag bool
	// CompareETagPlain is CompareETag for a URL of plain http only. Over https, TLS protects
	// the content, so no MD5 is computed, and a storage's MD5 is not compared.
	CompareETagPlain bool
	// Digests are the digests that are computed of a source that does not say so itself.
	Digests Digests
	// Refusal reads an answer that refuses a PUT, of a storage whose refusals this
	// package does not know. It returns Code, Message and Kind, of which
	// [docferry.ErrThrottled] and a RetryAfter make the PUT be sent again, or nil if
	// the usual reading is good enough. Nil means the usual reading, which knows the
	// refusals of S3, Google, Azure and WebDAV servers, and the common forms of JSON.
	Refusal func(status int, header http.Header, body []byte) *docferry.Error
	// Commit makes the content final. It is called only after the PUT succeeded.
	// Nil means that the PUT is the last step. After an error from outside this
	// module, the content is assumed to be possibly final.
	Commit func(ctx context.Context, slot *Slot, put Put) (*Result, error)
	// Find asks the service for the outcome of a Commit whose answer was lost. It
	// returns the result if the content is final, and nil without an error if it is
	// not final now: then Commit is called again, which must be harmless. If Find
	// is nil, there is no way to ask.
	Find func(ctx context.Context, slot *Slot, put Put) (*Result, error)
	// Abort removes what Begin created, and nothing that was there before. It is
	// called in these cases: Begin failed and returned a slot with an ID; the PUT
	// failed, or the source turned out to be wrong, before Commit; Commit was
	// refused and certainly did nothing. It is not called while the outcome of
	// Commit is unknown, nor after the storage refused the PUT because the name is
	// taken (status 409 or 412), unless Slot.Draft is set. If Commit is nil, Abort
	// is called only after a PUT that stored this upload's bytes, because there is
	// nothing else to remove.
	//
	// An error that matches [ErrOutcomeUnknown] says that the content may have
	// become final; then the upload ends in [StateUnknown].
	//
	// Its context outlives the caller's by CleanupTime. If Abort is nil, nothing
	// can be removed, and Left names what remains.
	Abort func(ctx context.Context, slot *Slot) error
	// CleanupTime bounds Abort and Find. 0 means 15 seconds.
	CleanupTime time.Duration

	storage lazyPeer
}

// Slot says where to PUT content.
type Slot struct {
	ID      string // of the document or attachment that was begun
	Version string // "" where there is none
	// Draft says that ID and Version name something that Begin created for this
	// upload only, so that Abort cannot remove anything else.
	Draft bool
	// URL is where to PUT. It must be https and public unless HTTP.AllowPrivate is set.
	URL docferry.Secret
	// Method is the method of the request, for services that ask for a POST of the
	// content. "" means PUT. A request by any method may be repeated, so a service
	// must not make a second thing of a second request to the same URL.
	Method string
	// Header is the complete header to send, with whatever the service lists for
	// this URL, even an Authorization. A Content-Length in it must be the source's
	// size. Headers that only frame the message, such as Transfer-Encoding, are left
	// out. A name listed twice must have the same value.
	Header map[string]string
	// Lifetime is how long the URL is valid, from when Begin returns. 0 means the
	// value of X-Amz-Expires in the URL, or no limit if there is none.
	Lifetime time.Duration
	// Left is what earlier attempts of Begin may have left at the service. The
	// result or the error of the upload names it.
	Left []Ref
}

func (s *Slot) refs() []Ref {
	if s == nil || s.ID == "" {
		return nil
	}
	return []Ref{{ID: s.ID, Version: s.Version}}
}

// Put describes the answer to a successful PUT.
type Put struct {
	Source Source      // what was sent
	SHA256 string      // of the bytes sent, in hexadecimal; "" with DigestsNone
	ETag   string      // as the storage gave it, quotes included
	Header http.Header // of the answer
}

// putObject is the operation in errors and for the Observer.
const putObject = "PutObject"

const (
	maxPut      = 5 << 30
	cleanupTime = 15 * time.Second
	// commits is how often Commit is called when its answers are lost and Find
	// reports each time that nothing was done.
	commits = 3
	// margin is how long a URL must still be valid to be used.
	margin = time.Second
)

// Upload implements [Uploader].
func (p *Presigned) Upload(ctx context.Context, src Source) (*Result, error) {
	run := &presignedRun{Presigned: p, src: src}
	if err := run.check(ctx); err != nil {
		return nil, &Error{Name: src.Name, Stage: StageSource, State: StateNotStarted, Err: err}
	}
	defer run.first.drop(ctx)
	put, err := run.send(ctx)
	if expired(err) {
		run.drop(ctx)
		run.renewed = true
		if put, err = run.send(ctx); expired(err) {
			return nil, run.giveUp(ctx, StageSend, err)
		}
	}
	if err != nil {
		return nil, err
	}
	return run.commit(ctx, *put)
}

// expired reports whether sending failed only because the URL had expired.
func expired(err error) bool {
	_, ended := errors.AsType[*Error](err)
	return errors.Is(err, ErrExpired) && !ended
}

// CloseIdleConnections closes the connections that are not in use.
func (p *Presigned) CloseIdleConnections() { p.storage.closeIdleConnections() }

// defaultService is the name of the destination if an engine has no Service.
const defaultService = "upload"

// peer returns the storage that the URLs lead to.
func (p *Presigned) peer() (*exchange.Peer, error) {
	return p.storage.get(func() (*exchange.Peer, error) {
		return exchange.NewStorage(cmp.Or(p.Service, defaultService), p.HTTP)
	})
}

// presignedRun is the state of one upload.
type presignedRun struct {
	*Presigned
	src      Source
	to       *exchange.Peer
	first    kept // the reader that look has opened
	slot     *Slot
	at       time.Time // when Begin returned the slot
	stored   bool      // the storage has the content of this slot, right or wrong
	unsure   bool      // it may have it
	taken    bool      // it holds other content under that name, and keeps it
	renewed  bool      // this is the second slot
	left     []Ref     // what could not be removed
	cleanup  error     // why
	doubtful bool      // what could not be removed may have become final
}

// check refuses what cannot succeed, and opens the source, to check that it can be read.
func (r *presignedRun) check(ctx context.Context) error {
	if err := r.src.validate(cmp.Or(r.Service, defaultService)); err != nil {
		return err
	}
	if r.Begin == nil {
		return &docferry.InputError{Service: cmp.Or(r.Service, defaultService), Operation: "Upload", Field: "Presigned.Begin",
			Reason: "is required"}
	}
	var err error
	if r.to, err = r.peer(); err != nil {
		return err
	}
	limit := r.MaxSize
	if limit <= 0 {
		limit = maxPut
	}
	if r.src.Size > limit {
		return &docferry.InputError{Service: cmp.Or(r.Service, defaultService), Operation: "Upload", Field: "Source.Size",
			Reason: fmt.Sprintf("is %d, more than the %d bytes that this destination takes", r.src.Size, limit)}
	}
	r.first, err = r.src.look(ctx)
	return err
}

// send gets the content into the storage. Its error is an *Error, or ErrExpired
// if a new slot may help.
func (r *presignedRun) send(ctx context.Context) (*Put, error) {
	if err := r.begin(ctx); err != nil {
		return nil, err
	}
	put, err := r.put(ctx)
	if err == nil {
		err = r.src.check(ctx)
	}
	switch {
	case err == nil:
		return put, nil
	case errors.Is(err, ErrExpired) && ctx.Err() == nil:
		return nil, err
	case r.Commit == nil && r.unsure:
		return nil, r.keep(StageSend, StateUnknown, err) // the PUT was the last step
	case r.Commit == nil && r.taken:
		return nil, r.end(&Error{Stage: StageSend, State: StateNotStarted, Err: err})
	case r.taken && !r.slot.Draft:
		return nil, r.keep(StageSend, StateOrphaned, err)
	default:
		return nil, r.giveUp(ctx, StageSend, err)
	}
}

// begin gets a slot.
func (r *presignedRun) begin(ctx context.Context) error {
	var err error
	r.stored, r.unsure, r.taken = false, false, false
	r.slot, err = r.Begin(ctx, r.src)
	r.at = time.Now()
	if r.slot != nil {
		r.left = append(r.left, r.slot.Left...)
	}
	if ended, ok := errors.AsType[*Error](err); ok {
		return r.end(ended)
	}
	switch {
	case err != nil && r.slot != nil && r.slot.ID != "":
		return r.giveUp(ctx, StageBegin, err)
	case docferry.OutcomeUnknown(err):
		return r.keep(StageBegin, StateUnknown, err)
	case err != nil:
		return r.keep(StageBegin, StateNotStarted, err)
	case r.slot == nil:
		return r.keep(StageBegin, StateNotStarted, errors.New("Presigned.Begin returned neither a slot nor an error"))
	}
	return nil
}

// lifetime returns how long the URL is valid, or 0 if there is no limit.
func (s *Slot) lifetime(query string) time.Duration {
	if s.Lifetime > 0 {
		return s.Lifetime
	}
	text := queryValue(query, "X-Amz-Expires")
	if text == "" {
		return 0
	}
	seconds, _ := strconv.ParseInt(text, 10, 32) // invalid: no limit
	return time.Duration(seconds) * time.Second
}

// presignedPut is the task of sending the content to one slot.
type presignedPut struct {
	delivery
	run      *presignedRun
	lifetime time.Duration // 0 if there is no limit
	compare  bool          // the ETag is to be the MD5
	body     *exactReader  // of the attempt that was begun last
	whole    bool          // an attempt before that one has read all of the source
	put      Put
}

// put sends the content.
func (r *presignedRun) put(ctx context.Context) (*Put, error) {
	address, header, err := r.target()
	if err != nil {
		return nil, err
	}
	p := &presignedPut{
		run: r, lifetime: r.slot.lifetime(address.RawQuery), put: Put{Source: r.src},
		compare: r.CompareETag || r.CompareETagPlain && address.Scheme == "http",
	}
	p.delivery = delivery{
		content: p, peer: r.to, operation: putObject, method: cmp.Or(r.slot.Method, http.MethodPut),
		repeat: exchange.Idempotent, refusal: r.Refusal, url: address, header: header, length: r.src.Size,
		asked: r.Accept != nil,
	}
	report, err := p.delivery.run(ctx)
	// Without its last byte, nothing is stored.
	if err := r.conclude(err, report.Doubt, p.whole || p.body.ended()); err != nil {
		return nil, err
	}
	return &p.put, nil
}

// ready implements content: a URL that has expired is not used.
func (p *presignedPut) ready() error {
	if p.lifetime > 0 && time.Since(p.run.at) > p.lifetime-margin {
		return ErrExpired
	}
	return nil
}

// open implements content. The first attempt gets the reader that was opened to check
// that the source can be read, if that reader could wait.
func (p *presignedPut) open(ctx context.Context) (io.ReadCloser, error) {
	p.whole = p.whole || p.body.ended()
	body, err := p.run.first.openOr(ctx, p.run.src)
	if err != nil {
		return nil, err
	}
	digests := p.run.src.Digests.or(p.run.Digests)
	withMD5 := p.compare || digests == DigestsUsual && !p.run.CompareETagPlain
	m, ok := body.source.(*memory)
	body.hashes.start(digests, withMD5 && !ok, p.run.src.Size)
	if ok && withMD5 {
		body.hashes.sums.memory = m.content
	}
	p.body = body
	return body, nil
}

// judge implements content.
func (p *presignedPut) judge(a *exchange.Answer) error {
	sums, whole := p.body.sums()
	if !whole {
		return errors.New("the storage answered before all of the content was sent")
	}
	if err := p.run.verify(a, sums, p.compare); err != nil {
		return err
	}
	p.put.SHA256, p.put.ETag, p.put.Header = sums.hex(), a.Header.Get("Etag"), a.Header
	return nil
}

// conclude notes what the end of the PUT says about the content at the storage. whole says
// that all of it may have been sent.
func (r *presignedRun) conclude(err error, doubt, whole bool) error {
	r.stored = err == nil || errors.Is(err, ErrIntegrity)
	r.unsure = whole && !r.stored && (doubt || unclear(err))
	if refused, ok := errors.AsType[*docferry.Error](err); ok {
		r.unsure = r.unsure || whole && refused.StatusCode == http.StatusSeeOther
		r.taken = !exchange.Passing(refused) &&
			(refused.StatusCode == http.StatusConflict || refused.StatusCode == http.StatusPreconditionFailed)
		if exchange.Expired(refused) {
			return fmt.Errorf("%w: %w", ErrExpired, err)
		}
	}
	return err
}
