package oracledocs

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/exchange"
	"github.com/docferry/docferry/internal/wire"
)

// Auth authenticates requests. See [BasicAuth], [BearerToken] and
// [RenewableToken].
type Auth interface {
	// authorization returns the value of the Authorization header. refused is the
	// token that the service has just refused; "" if it has not.
	authorization(ctx context.Context, refused string) (string, error)
}

// BasicAuth sends a user name and a password with each request. Oracle
// documents it for version 1.1; servers accept it for version 1.2 too.
func BasicAuth(user string, password docferry.Secret) Auth {
	return basicAuth{user, password}
}

type basicAuth struct {
	user     string
	password docferry.Secret
}

func (a basicAuth) authorization(context.Context, string) (string, error) {
	switch {
	case a.user == "":
		return "", authError("BasicAuth", "needs a user name")
	case strings.Contains(a.user, ":"):
		return "", authError("BasicAuth", "cannot send a user name that has a colon")
	}
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(a.user+":"+string(a.password))), nil
}

// BearerToken sends an OAuth 2 access token with each request. The function is
// called for each attempt, so it should cache the token, and it must be safe
// for concurrent use. A TokenSource of golang.org/x/oauth2 is adapted like
// this:
//
//	oracledocs.BearerToken(func(context.Context) (string, error) {
//		t, err := source.Token()
//		if err != nil {
//			return "", err
//		}
//		return t.AccessToken, nil
//	})
//
// If the service refuses a token, the function is called once more in that call,
// and the request is sent again if it returns another one. To be told which
// token was refused, so that it is not taken from a cache again, use
// [RenewableToken].
func BearerToken(token func(context.Context) (string, error)) Auth {
	if token == nil {
		return bearerToken(nil)
	}
	return bearerToken(func(ctx context.Context, _ string) (string, error) { return token(ctx) })
}

// RenewableToken is like [BearerToken], but tells the function which token the
// service has just refused, because it was revoked or has expired early. It is
// "" if none was. The function should not return that token again; if it does,
// the refusal is final. Several calls can have the same token refused at once.
func RenewableToken(token func(ctx context.Context, refused string) (string, error)) Auth {
	return bearerToken(token)
}

type bearerToken func(ctx context.Context, refused string) (string, error)

func (token bearerToken) authorization(ctx context.Context, refused string) (string, error) {
	if token == nil {
		return "", authError("BearerToken", "needs a function; it got nil")
	}
	value, err := token(ctx, refused)
	switch {
	case err != nil:
		return "", fmt.Errorf("the function given to BearerToken failed: %w", err)
	case value == "":
		return "", errors.New("the function given to BearerToken returned an empty token")
	case wire.CheckHeaderValue(value) != nil:
		return "", authError("BearerToken", "got a token with a control character, which a header cannot carry")
	}
	return "Bearer " + value, nil
}

func authError(field, reason string) error {
	return exchange.Local(&docferry.InputError{Service: service, Operation: "authorize", Field: field, Reason: reason})
}
