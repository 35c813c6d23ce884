package connectparticipant

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/docferry/docferry"
)

// tokenSource hands out connection tokens: a [Chat] renews its own, and a
// fixedToken is all that an uploader of the Client has.
type tokenSource interface {
	// ConnectionToken returns the token for the next request.
	ConnectionToken(ctx context.Context) (docferry.Secret, error)
	// replace returns another token, for the request that was refused with old.
	// If there is none, its error wraps the refusal.
	replace(ctx context.Context, old docferry.Secret, refused error) (docferry.Secret, error)
}

// fixedToken is a connection token that cannot be renewed.
type fixedToken struct{ token docferry.Secret }

func (f fixedToken) ConnectionToken(context.Context) (docferry.Secret, error) { return f.token, nil }

func (f fixedToken) replace(_ context.Context, _ docferry.Secret, refused error) (docferry.Secret, error) {
	return "", refused
}

// withToken calls do with a connection token. If the service refuses the token,
// withToken calls do once more, with a new one. Both calls must send the same
// request under the same ClientToken, so that the service carries it out once.
// (That a ClientToken identifies a request across connections of a participant
// is inferred.)
//
// A refusal usually means that nothing was done. Then the second call alone
// counts. But if an earlier attempt of the first call may have been carried out,
// only a success of the second settles it: see inDoubt.
func withToken[T any](ctx context.Context, tokens tokenSource, do func(token docferry.Secret) (T, error)) (T, error) {
	token, err := tokens.ConnectionToken(ctx)
	if err != nil {
		var none T
		return none, err
	}
	result, refused := do(token)
	if !errors.Is(refused, docferry.ErrForbidden) {
		return result, refused
	}
	fresh, err := tokens.replace(ctx, token, refused)
	if err != nil {
		return result, err
	}
	result, err = do(fresh)
	if err != nil && docferry.OutcomeUnknown(refused) {
		err = inDoubt(refused, err)
	}
	return result, err
}

// inDoubt returns the error of a call whose first request may have been carried
// out and whose second request failed. docferry.OutcomeUnknown reports true for
// it, whatever became of the second request.
func inDoubt(first, second error) error {
	const format = "%w; then, with a new connection token: "
	if err := fmt.Errorf(format+"%w", first, second); docferry.OutcomeUnknown(err) {
		return err
	}
	// Taken together they would be judged by the second alone, such as a
	// TransportError for a request that was not sent.
	return fmt.Errorf(format+"%v", first, second)
}

// ConnectionToken returns a connection token for those operations of the
// [Client] that Chat has no method for. Ask for it anew before each call: the
// Chat renews it before it expires. The error is [ErrChatEnded] if the service
// no longer admits the participant to the chat.
func (ch *Chat) ConnectionToken(ctx context.Context) (docferry.Secret, error) {
	token, due, expired := ch.credentials.at(time.Now())
	if !due {
		return token, nil
	}
	fresh, err := ch.renew(ctx, token)
	switch {
	case err == nil:
		return fresh, nil
	case errors.Is(err, docferry.ErrForbidden):
		return "", chatEnded(err)
	case !expired:
		return token, nil // it can still be used; the next call tries again
	}
	return "", err
}

// replace implements tokenSource.
func (ch *Chat) replace(ctx context.Context, old docferry.Secret, refused error) (docferry.Secret, error) {
	fresh, err := ch.renew(ctx, old)
	switch {
	case errors.Is(err, docferry.ErrForbidden):
		return "", chatEnded(refused)
	case err != nil:
		// The outcome of the call is that of its first request. The request for a
		// token has no part in it, so its error is not wrapped.
		return "", fmt.Errorf("%w; then renewing the token failed: %v", refused, err) //nolint:errorlint // it says nothing of the call
	}
	return fresh, nil
}

// credentials are the connection token of a Chat and its life.
type credentials struct {
	gate chan struct{} // holds an element while the token is being renewed

	mu    sync.Mutex // guards the fields below
	token docferry.Secret
	renew time.Time // when to renew the token; zero if its life is unknown
	end   time.Time // when the token expires; zero if its life is unknown
}

// at returns the token, and whether at the time now it is due to be renewed and
// whether it has expired.
func (c *credentials) at(now time.Time) (token docferry.Secret, due, expired bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.token, !c.renew.IsZero() && !now.Before(c.renew), !c.end.IsZero() && !now.Before(c.end)
}

// set stores a new token. A life of 0 means that it is unknown.
func (c *credentials) set(token docferry.Secret, life time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.token, c.renew, c.end = token, time.Time{}, time.Time{}
	if life > 0 {
		now := time.Now()
		c.renew, c.end = now.Add(soon(life)), now.Add(life)
	}
}

// renew replaces the token old, unless another goroutine has just done so. One
// goroutine renews at a time; the others wait for it and use its result.
func (ch *Chat) renew(ctx context.Context, old docferry.Secret) (docferry.Secret, error) {
	select {
	case ch.credentials.gate <- struct{}{}:
		defer func() { <-ch.credentials.gate }()
	case <-ctx.Done():
		return "", fmt.Errorf("connectparticipant: waiting for a new connection token: %w", ctx.Err())
	}
	token, _, _ := ch.credentials.at(time.Time{})
	if token != old {
		return token, nil
	}
	if _, _, err := ch.create(ctx, nil, ConnectionTypeConnectionCredentials); err != nil {
		return "", err
	}
	token, _, _ = ch.credentials.at(time.Time{})
	return token, nil
}

// create asks for a connection and stores its token. It returns the websocket
// and its life, if types ask for one; the life is 0 if it is unknown.
func (ch *Chat) create(
	ctx context.Context, opts []docferry.CallOption, types ...ConnectionType,
) (Websocket, time.Duration, error) {
	var meta docferry.Meta
	req := CreateParticipantConnectionRequest{Type: types, ParticipantToken: ch.participant}
	if ch.options.ConnectParticipant {
		req.ConnectParticipant = new(true)
	}
	made, err := ch.client.CreateParticipantConnection(ctx, req, append(opts, docferry.WithMeta(&meta))...)
	if err != nil {
		return Websocket{}, 0, err
	}
	token, websocket := made.ConnectionCredentials, made.Websocket
	if token.ConnectionToken == "" || websocket.URL == "" && slices.Contains(types, ConnectionTypeWebsocket) {
		return Websocket{}, 0, &docferry.Error{Service: service, Operation: createParticipantConnection.Name,
			RequestID: meta.RequestID, StatusCode: meta.StatusCode, Attempts: meta.Attempts, Kind: docferry.ErrProtocol,
			Message: "the answer lacks the connection token or the websocket URL"}
	}
	ch.credentials.set(token.ConnectionToken, remaining(token.Expiry, meta.Header))
	return websocket, remaining(websocket.ConnectionExpiry, meta.Header), nil
}

// remaining returns how long something lasts that expires at expiry, judged by
// the clock of the service, which the header of its answer shows, or else by the
// local clock. It returns 0 if that is unknown. It also returns 0 if the expiry
// has passed already: what the service has just handed out is valid, so one of
// the clocks must be wrong.
func remaining(expiry time.Time, answer http.Header) time.Duration {
	life := lifetime(expiry, answer)
	if life == 0 && !expiry.IsZero() {
		life = time.Until(expiry)
	}
	if life < time.Second {
		return 0
	}
	return life
}

// soon returns how long to use something before renewing it. That leaves a tenth
// of its life, but at most a minute, to do so.
func soon(life time.Duration) time.Duration { return life - min(life/10, time.Minute) }
