package flow

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/google/go-cmp/cmp"
)

func TestStart(t *testing.T) {
	var asked map[string]any
	answer := `{"ContactId":"c","ParticipantId":"p","ParticipantToken":"t"}`
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPut || r.URL.Path != "/contact/chat" {
			t.Errorf("the request is %s %s", r.Method, r.URL.Path)
		}
		_ = json.NewDecoder(r.Body).Decode(&asked)
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(answer))
	}))
	defer srv.Close()
	f := &Flow{instanceID: "i", flowID: "f", service: connect.New(connect.Options{
		Region: "us-west-2", BaseEndpoint: aws.String(srv.URL),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "a", SecretAccessKey: "s"}, nil
		})})}
	got, err := f.Start(t.Context(), "Bot")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Customer{Token: "t", ParticipantID: "p", ContactID: "c"}, got); diff != "" {
		t.Errorf("the customer (-want +got):\n%s", diff)
	}
	delete(asked, "ClientToken")
	want := map[string]any{"InstanceId": "i", "ContactFlowId": "f", "ParticipantDetails": map[string]any{"DisplayName": "Bot"}}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("the request (-want +got):\n%s", diff)
	}
	answer = `{}`
	if _, err := f.Start(t.Context(), "Bot"); err == nil {
		t.Error("an answer without a token is no error")
	}
}
