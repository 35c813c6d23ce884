package workdocs_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/docferry/docferry"
	"github.com/docferry/docferry/workdocs"
)

// numbered hands out credentials whose session token is their number.
type numbered struct{ fetched int }

func (n *numbered) Retrieve(context.Context) (aws.Credentials, error) {
	n.fetched++
	return aws.Credentials{AccessKeyID: "AK", SecretAccessKey: "secret",
		SessionToken: fmt.Sprintf("session-%d", n.fetched)}, nil
}

// F118: credentials that end while they are cached are fetched again, once in a call,
// even where a call is made only once.
func TestCredentialsThatEnd(t *testing.T) {
	for name, tt := range map[string]struct {
		code            string
		status          int
		good            string // the session that the service accepts
		calls, fetched  int
		message         string // of the error; "" for success
		withoutTheCache bool
	}{
		"expired":             {"ExpiredTokenException", 403, "session-2", 2, 2, "", false},
		"expired, older code": {"ExpiredToken", 403, "session-2", 2, 2, "", false},
		"request expired":     {"RequestExpired", 400, "session-2", 2, 2, "", false},
		"once only":           {"ExpiredTokenException", 403, "session-3", 2, 2, "ExpiredTokenException", false},
		"another refusal": {"UnauthorizedOperationException", 403, "session-2", 1, 1, "UnauthorizedOperationException",
			false},
		"no cache": {"ExpiredTokenException", 403, "session-3", 2, 3, "", true},
	} {
		source, calls := new(numbered), 0
		var provider aws.CredentialsProvider = aws.NewCredentialsCache(source)
		if tt.withoutTheCache {
			provider = source
		}
		c, err := workdocs.New(workdocs.Config{Region: "eu-west-1", Credentials: provider, HTTP: docferry.HTTP{
			Retry: docferry.Retry{Attempts: 1},
			Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
				calls++
				if r.Header.Get("X-Amz-Security-Token") == tt.good {
					return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(`{"Metadata":{"Id":"f"}}`))}, nil
				}
				return &http.Response{StatusCode: tt.status, Header: http.Header{"X-Amzn-Errortype": {tt.code}},
					Body: io.NopCloser(strings.NewReader(`{"message":"no"}`))}, nil
			})}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.CreateFolder(t.Context(), workdocs.CreateFolderRequest{ParentFolderID: "p", Name: "n"})
		if (err == nil) != (tt.message == "") || err != nil && !strings.Contains(err.Error(), tt.message) {
			t.Errorf("%s: %v", name, err)
		}
		if calls != tt.calls || source.fetched != tt.fetched {
			t.Errorf("%s: %d calls, %d fetched", name, calls, source.fetched)
		}
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
