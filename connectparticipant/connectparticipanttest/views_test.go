package connectparticipanttest_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
)

func TestDescribeView(t *testing.T) {
	srv := newServer(t)
	chat := srv.NewChat()
	token := connect(t, srv, chat, "CUSTOMER", "Ana")
	view := chat.Show(connectparticipanttest.View{
		ID: "form", ARN: "arn:aws:connect:::view/form", Name: "Form", Version: 3,
		Content: connectparticipanttest.ViewContent{InputSchema: "{}", Template: `{"a":1}`, Actions: []string{"Next"}},
	})
	route := "GET /participant/views/" + url.PathEscape(view)
	want := object{"View": object{
		"Id": "form", "Arn": "arn:aws:connect:::view/form", "Name": "Form", "Version": 3.0,
		"Content": object{"InputSchema": "{}", "Template": `{"a":1}`, "Actions": []any{"Next"}},
	}}
	if r := do(t, srv, route, token, nil); r.status != http.StatusOK || !cmp.Equal(want, r.body) {
		t.Errorf("%d %v", r.status, cmp.Diff(want, r.body))
	}
	other := connect(t, srv, srv.NewChat(), "CUSTOMER", "Eve")
	r := do(t, srv, route, other, nil)
	if r.status != http.StatusNotFound || r.code != "ResourceNotFoundException" || r.text("ResourceId") != view ||
		r.text("ResourceType") == "" {
		t.Errorf("from another chat: %d %s %v", r.status, r.code, r.body)
	}
	if r := do(t, srv, "GET /participant/views/"+strings.Repeat("x", 1001), token, nil); r.status != 400 ||
		!strings.Contains(r.text("Message"), "ViewToken") {
		t.Errorf("a long token: %d %v", r.status, r.body)
	}
}

func TestAuthentication(t *testing.T) {
	srv := newServer(t)
	clock := newClock(srv)
	chat := srv.NewChat()
	token := connect(t, srv, chat, "CUSTOMER", "Ana")
	id := chat.Authenticate()
	ask := object{"SessionId": id, "RedirectUri": "https://example.com/back?x=1&y=2"}

	clock.advance(time.Minute)
	signIn, err := url.Parse(must(t, srv, "GetAuthenticationUrl", token, ask).text("AuthenticationUrl"))
	if err != nil || signIn.Query().Get("redirect_uri") != "https://example.com/back?x=1&y=2" ||
		signIn.Query().Get("state") != id {
		t.Errorf("the URL is %v, %v", signIn, err)
	}
	for _, test := range []struct {
		changes object
		part    string
	}{
		{object{"SessionId": nil}, "SessionId: is required"},
		{object{"SessionId": "short"}, "SessionId"},
		{object{"SessionId": strings.Repeat("x", 36)}, "SessionId"},
		{object{"RedirectUri": nil}, "RedirectUri: is required"},
		{object{"RedirectUri": "back"}, "RedirectUri"},
		{object{"RedirectUri": "https://example.com/" + strings.Repeat("x", 1005)}, "RedirectUri"},
		{object{"RedirectUri": "https://example.com/" + strings.Repeat("/", 1000)}, "RedirectUri"},
	} {
		refused(t, srv, "GetAuthenticationUrl", token, with(ask, test.changes), 400, "ValidationException", test.part)
	}
	other := connect(t, srv, srv.NewChat(), "CUSTOMER", "Eve")
	refused(t, srv, "CancelParticipantAuthentication", other, object{"SessionId": id}, 400, "ValidationException",
		"SessionId")
	refused(t, srv, "CancelParticipantAuthentication", token, ask, 400, "ValidationException", "RedirectUri")

	clock.advance(time.Millisecond)
	refused(t, srv, "GetAuthenticationUrl", token, ask, 400, "ValidationException", "minute")

	id = chat.Authenticate()
	must(t, srv, "CancelParticipantAuthentication", token, object{"SessionId": id})
	must(t, srv, "CancelParticipantAuthentication", token, object{"SessionId": id})
	refused(t, srv, "GetAuthenticationUrl", token, with(ask, object{"SessionId": id}), 400, "ValidationException",
		"canceled")
}
