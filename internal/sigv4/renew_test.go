package sigv4

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// fetching hands out one set of credentials after the other.
type fetching struct {
	sets    []aws.Credentials
	fetched int
}

func (f *fetching) Retrieve(context.Context) (aws.Credentials, error) {
	if f.fetched == len(f.sets) {
		return aws.Credentials{}, errors.New("there are no more credentials")
	}
	f.fetched++
	return f.sets[f.fetched-1], nil
}

func session(id, token string) aws.Credentials {
	return aws.Credentials{AccessKeyID: id, SecretAccessKey: "secret", SessionToken: token}
}

func TestRenew(t *testing.T) {
	for name, tt := range map[string]struct {
		sets    []aws.Credentials
		want    bool
		fetched int
	}{
		"another session":       {[]aws.Credentials{session("AK1", "old"), session("AK1", "new")}, true, 2},
		"another key":           {[]aws.Credentials{session("AK1", ""), session("AK2", "")}, true, 2},
		"a key that begins so":  {[]aws.Credentials{session("AK12", ""), session("AK1", "")}, true, 2},
		"the same again":        {[]aws.Credentials{session("AK1", "old"), session("AK1", "old")}, false, 2},
		"no more":               {[]aws.Credentials{session("AK1", "old")}, false, 1},
		"empty ones afterwards": {[]aws.Credentials{session("AK1", "old"), {}}, false, 2},
	} {
		source := &fetching{sets: tt.sets}
		s := New(aws.NewCredentialsCache(source), "workdocs", "eu-west-1", "h.example")
		refused := httptest.NewRequest(http.MethodGet, "https://h.example/", nil)
		if err := s.Sign(t.Context(), refused, nil); err != nil {
			t.Fatal(err)
		}
		if got := s.Renew(refused); got != tt.want || source.fetched != tt.fetched {
			t.Errorf("%s: %v after %d were fetched", name, got, source.fetched)
		}
		// A second request that was signed with the same ones fetches no others.
		if tt.want && (!s.Renew(refused) || source.fetched != tt.fetched) {
			t.Errorf("%s, of another request: %d were fetched", name, source.fetched)
		}
	}
}
