package upload

import (
	"context"
	"crypto/md5"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/exchange"
)

// Presigned uploads in steps: ask a service for an URL, PUT the content
// there, and tell the service. It is an [Uploader] for every service that
// works so; only Begin is required. Use a pointer, and one Presigned for many
// uploads: it is safe for concurrent use, and uploads share its connections.
// Do not change its fields after the first upload.
//
// If one of its functions returns an [*Error], that is how the upload ends:
// for functions that know more of the ending than what follows from the cause.
//
// The PUT carries exactly the headers that the slot lists, the length, and a
// User-Agent: no credentials, no cookies. It follows no redirect, and the URL
// is sent byte for byte. It is repeated as HTTP.Retry says. What Begin,
// Commit, Find and Abort send is theirs to repeat.
type Presigned struct {
	// Service names the destination in errors and to the Observer.
	Service string
	// HTTP is for the PUT alone.
	HTTP docferry.HTTP
	// MaxSize is the largest content in bytes; more is refused before Begin.
	// 0 means 5 GiB, the most that S3 takes in one PUT.
	MaxSize int64

	// Begin asks for a place for src. It may be called a second time for one
	// upload, if the first URL ran out before it could be used. If it fails
	// after something was made, it returns the slot along with the error, so
	// that Abort can remove it.
	Begin func(ctx context.Context, src Source) (*Slot, error)
	// Commit makes the content final. It is called only after the PUT
	// succeeded. Nil means that the PUT was all. An error that is none of this
	// module's does not say what happened, so that it may be final all the same.
	Commit func(ctx context.Context, slot *Slot, put Put) (*Result, error)
	// Find asks the service what became of a Commit whose answer was lost. It
	// returns the result if the content is final, and nil without an error if
	// it is certainly not: then Commit is called again. Nil means that there
	// is no way to ask.
	Find func(ctx context.Context, slot *Slot, put Put) (*Result, error)
	// Abort removes what Begin made. It is called with a context that outlives
	// the caller's by CleanupTime, and never while the outcome of Commit is
	// unknown. Nil means that it cannot be removed: then Left names it, unless
	// Commit is nil too and the PUT stored nothing.
	Abort func(ctx context.Context, slot *Slot) error
	// CleanupTime bounds Abort. 0 means 15 seconds.
	CleanupTime time.Duration

	storage lazyPeer
}

// Slot is a place to PUT content to.
type Slot struct {
	ID      string // of the document or attachment that was begun
	Version string // "" where there is none
	// URL is where to PUT. It must be https and public unless HTTP.AllowPrivate is set.
	URL docferry.Secret
	// Header is what to send, exactly. A Content-Length in it must be the source's size.
	Header map[string]string
	// Lifetime is how long the URL works, from when Begin returns. 0 means what
	// X-Amz-Expires in the URL says, or for ever.
	Lifetime time.Duration
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
	SHA256 string      // of the bytes sent, in hexadecimal
	ETag   string      // as the storage gave it, quotes included
	Header http.Header // of the answer
}

// putObject is the operation in errors and for the Observer.
const putObject = "PutObject"

const (
	maxPut      = 5 << 30
	cleanupTime = 15 * time.Second
	// commits is how often Commit is called when its answers get lost and Find
	// says each time that nothing was done.
	commits = 3
	// margin is the life that an URL must have left to be used.
	margin = time.Second
)

// Upload implements [Uploader].
func (p *Presigned) Upload(ctx context.Context, src Source) (*Result, error) {
	run := &presignedRun{Presigned: p, src: src}
	if err := run.check(ctx); err != nil {
		return nil, &Error{Name: src.Name, Stage: StageSource, State: StateNotStarted, Err: err}
	}
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

// expired reports whether sending failed for the age of the URL alone.
func expired(err error) bool {
	_, ended := errors.AsType[*Error](err)
	return errors.Is(err, ErrExpired) && !ended
}

// CloseIdleConnections closes connections that no upload uses.
func (p *Presigned) CloseIdleConnections() { p.storage.closeIdleConnections() }

// peer is the storage that URLs lead to.
func (p *Presigned) peer() *exchange.Peer {
	return p.storage.get(func() *exchange.Peer { return exchange.NewStorage(p.Service, p.HTTP) })
}

// presignedRun is one upload.
type presignedRun struct {
	*Presigned
	src     Source
	slot    *Slot
	at      time.Time // when the slot was handed out
	stored  bool      // the storage has the content of this slot, right or wrong
	unsure  bool      // it may have it
	renewed bool      // this is the second slot
	left    []Ref     // what could not be removed
	cleanup error     // why
}

// check refuses what cannot succeed, and opens the source once to see that it
// can be read.
func (r *presignedRun) check(ctx context.Context) error {
	if err := r.src.validate(r.Service); err != nil {
		return err
	}
	if r.Begin == nil {
		return &docferry.InputError{Service: r.Service, Operation: "Upload", Field: "Presigned.Begin", Reason: "is required"}
	}
	limit := r.MaxSize
	if limit <= 0 {
		limit = maxPut
	}
	if r.src.Size > limit {
		return &docferry.InputError{Service: r.Service, Operation: "Upload", Field: "Source.Size",
			Reason: fmt.Sprintf("is %d, more than the %d bytes that this destination takes", r.src.Size, limit)}
	}
	return r.src.look(ctx)
}

// send takes the upload to the point where the storage has the content. Its
// error is an *Error, or ErrExpired if a new slot may help.
func (r *presignedRun) send(ctx context.Context) (*Put, error) {
	var err error
	r.stored, r.unsure = false, false
	r.slot, err = r.Begin(ctx, r.src)
	r.at = time.Now()
	if err == nil && r.slot == nil {
		err = errors.New("Begin returned no slot")
	}
	if ended, ok := errors.AsType[*Error](err); ok {
		return nil, r.end(ended)
	}
	if err != nil {
		if r.slot != nil && r.slot.ID != "" {
			return nil, r.giveUp(ctx, StageBegin, err)
		}
		return nil, r.keep(StageBegin, unchanged(err, StateNotStarted), err)
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
		return nil, r.keep(StageSend, StateUnknown, err) // the PUT was all there was to do
	default:
		return nil, r.giveUp(ctx, StageSend, err)
	}
}

// put sends the content.
func (r *presignedRun) put(ctx context.Context) (*Put, error) {
	address, header, err := r.target()
	if err != nil {
		return nil, err
	}
	lifetime := r.slot.Lifetime
	if lifetime <= 0 {
		seconds, _ := strconv.ParseInt(address.Query().Get("X-Amz-Expires"), 10, 32) // absent or odd: for ever
		lifetime = time.Duration(seconds) * time.Second
	}
	put := &Put{Source: r.src}
	var body *exactReader
	whole := false // some attempt read all of the source: without its last byte, nothing is stored
	d := &delivery{
		peer: r.peer(), operation: putObject, method: http.MethodPut, repeat: exchange.Idempotent,
		url: address, header: header, length: r.src.Size,
		open: func(ctx context.Context) (io.ReadCloser, error) {
			whole = whole || body.ended()
			var err error
			if body, err = r.src.open(ctx); err != nil {
				return nil, err
			}
			body.md5 = md5.New() // an ETag may be one
			return body, nil
		},
		ready: func() error {
			if lifetime > 0 && time.Since(r.at) > lifetime-margin {
				return ErrExpired
			}
			return nil
		},
		judge: func(a *exchange.Answer) error { return put.verify(a, body) },
	}
	report, err := d.run(ctx)
	whole = whole || body.ended()
	r.stored = err == nil || errors.Is(err, ErrIntegrity)
	r.unsure = whole && !r.stored && (report.Doubt || docferry.OutcomeUnknown(err))
	if refused, ok := errors.AsType[*docferry.Error](err); ok && tooOld(refused) {
		return nil, fmt.Errorf("%w: %w", ErrExpired, err)
	}
	if err != nil {
		return nil, err
	}
	return put, nil
}

// tooOld reports whether a storage refused an URL for its age.
func tooOld(e *docferry.Error) bool {
	return e.Code == "ExpiredToken" || e.Code == "ExpiredRequest" ||
		e.StatusCode == http.StatusForbidden && strings.Contains(e.Message, "expired")
}

// target checks what the service handed out before anything is sent there.
func (r *presignedRun) target() (*url.URL, http.Header, error) {
	bad := func(what string, err error) error { return r.peer().InputError(putObject, what, err.Error()) }
	address, err := r.peer().CheckURL(putObject, "the upload URL", r.slot.URL)
	if err != nil {
		return nil, nil, err
	}
	header, err := checkHeader(r.slot.Header)
	if err != nil {
		return nil, nil, bad("the upload header", err)
	}
	if host := header.Get("Host"); host != "" && !strings.EqualFold(host, address.Host) {
		return nil, nil, bad("the upload header", errors.New("Host is not the host of the URL"))
	}
	if length := header.Get("Content-Length"); length != "" && length != strconv.FormatInt(r.src.Size, 10) {
		return nil, nil, bad("Source.Size", errors.New("is not the length that the URL was signed for"))
	}
	if err := checkSigned(address, header); err != nil {
		return nil, nil, bad("the upload header", err)
	}
	header.Del("Host")
	header.Del("Content-Length")
	return address, header, nil
}

// checkSigned compares the headers to send with those that the URL's
// signature covers. A storage would refuse either difference, after the bytes.
func checkSigned(address *url.URL, header http.Header) error {
	list := address.Query().Get("X-Amz-SignedHeaders")
	if list == "" {
		return nil
	}
	signed := map[string]bool{"Host": true, "Content-Length": true}
	for name := range strings.SplitSeq(list, ";") {
		key := http.CanonicalHeaderKey(name)
		if _, known := header[key]; !known && !signed[key] {
			return fmt.Errorf("%s is signed, but the service did not say its value", key)
		}
		signed[key] = true
	}
	for key := range header {
		if strings.HasPrefix(key, "X-Amz-") && !signed[key] {
			return fmt.Errorf("%s is not covered by the URL's signature", key)
		}
	}
	return nil
}

// verify checks the answer to a PUT. Status 200 alone may come from anything
// between here and the storage.
func (p *Put) verify(a *exchange.Answer, body *exactReader) error {
	if a.Status != http.StatusOK && a.Status != http.StatusCreated && a.Status != http.StatusNoContent {
		return fmt.Errorf("status %d does not say that the content is stored", a.Status)
	}
	tag := a.Header.Get("Etag")
	if tag == "" {
		return errors.New("an answer without ETag, which does not come from a storage")
	}
	sha, md, whole := body.sums()
	if !whole {
		return errors.New("an answer before the content was sent")
	}
	plain := strings.Trim(strings.TrimPrefix(tag, "W/"), `"`)
	encryption := a.Header.Get("X-Amz-Server-Side-Encryption")
	if isMD5(plain) && (encryption == "" || encryption == "AES256") && a.Header.Get("X-Amz-Server-Side-Encryption-Customer-Algorithm") == "" &&
		!strings.EqualFold(plain, md) {
		return fmt.Errorf("%w: its ETag is not the MD5 of the content", ErrIntegrity)
	}
	p.SHA256, p.ETag, p.Header = sha, tag, a.Header
	return nil
}

func isMD5(s string) bool {
	return len(s) == 32 && strings.Trim(s, "0123456789abcdefABCDEF") == ""
}
