package oracledocs_test

import (
	"testing"

	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/google/go-cmp/cmp"
)

func TestUsers(t *testing.T) {
	srv, v11, v12 := both(t)
	ann := srv.AddUser("ann", "secret", oracledocstest.WithDisplayName("Ann Lee"),
		oracledocstest.WithEmail("ann@example.com"))
	leads := srv.AddGroup("Ann's team", "ann")
	user := oracledocs.User{ID: ann, DisplayName: "Ann Lee", LoginName: "ann", Type: "user"}
	group := oracledocs.User{ID: leads, DisplayName: "Ann's team", Type: "group"}

	for name, c := range map[string]*session{"1.1": v11, "1.2": v12} {
		found := must(c.GetUsers(t.Context(), oracledocs.GetUsersRequest{Info: "ann"}))(t)
		if diff := cmp.Diff([]oracledocs.User{user, group}, found.Items); diff != "" || found.Count != 2 {
			t.Errorf("%s: found %d: %s", name, found.Count, diff)
		}
		one := must(c.GetUserWithEmail(t.Context(), oracledocs.GetUserWithEmailRequest{Email: "ann@example.com"}))(t)
		if diff := cmp.Diff([]oracledocs.User{user}, one.Items); diff != "" || one.Count != 1 {
			t.Errorf("%s: by address %d: %s", name, one.Count, diff)
		}
		none := must(c.GetUserWithEmail(t.Context(), oracledocs.GetUserWithEmailRequest{Email: "bob@example.com"}))(t)
		if none.Count != 0 || none.Items != nil {
			t.Errorf("%s: found %+v for an address that nobody has", name, none)
		}
	}
	must(v12.GetUsers(t.Context(), oracledocs.GetUsersRequest{Info: "a+b &c"}))(t)
	if got, want := v12.last(t).query, "info=a%2Bb%20%26c"; got != want {
		t.Errorf("sent the query %s, want %s", got, want)
	}
	v12.wantInputError(t, "Info", func() error {
		_, err := v12.GetUsers(t.Context(), oracledocs.GetUsersRequest{})
		return err
	})
	v12.wantInputError(t, "Email", func() error {
		_, err := v12.GetUserWithEmail(t.Context(), oracledocs.GetUserWithEmailRequest{})
		return err
	})
}
