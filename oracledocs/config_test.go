package oracledocs_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/google/go-cmp/cmp"
)

func TestConfig(t *testing.T) {
	srv, v11, v12 := both(t)
	for name, c := range map[string]*session{"1.1": v11, "1.2": v12} {
		talk := must(c.GetCollaborationConfig(t.Context(), oracledocs.GetCollaborationConfigRequest{}))(t)
		for _, address := range []string{talk.CListURL, talk.ClientURL, talk.OAuthCListURL, talk.OAuthClientURL, talk.RestURL,
			talk.ServiceURL} {
			if !strings.HasPrefix(address, srv.URL) {
				t.Errorf("%s: the address %q is not of the server", name, address)
			}
		}
		none := must(c.GetCDNConfig(t.Context(), oracledocs.GetCDNConfigRequest{}))(t)
		if none.Items != nil {
			t.Errorf("%s: domains without a network: %v", name, none.Items)
		}
	}
	srv.AddDeliveryDomain("www.example.com", "Delivery")
	cdn := must(v12.GetCDNConfig(t.Context(), oracledocs.GetCDNConfigRequest{}))(t)
	want := []oracledocs.CDNConfig{{Type: "config", Domain: "www.example.com", Description: "Delivery"}}
	if diff := cmp.Diff(want, cdn.Items); diff != "" {
		t.Error(diff)
	}
}

func TestEmailNotificationConfig(t *testing.T) {
	srv, v11, v12 := both(t)
	isOff := func() bool {
		got := must(v12.GetEmailNotificationConfig(t.Context(), oracledocs.GetEmailNotificationConfigRequest{}))(t)
		return got.DisableEmailNotifications
	}
	set := func(off bool) error {
		_, err := v12.SetEmailNotificationConfig(t.Context(),
			oracledocs.SetEmailNotificationConfigRequest{DisableEmailNotifications: off})
		return err
	}
	if isOff() {
		t.Error("e-mail is off at first")
	}
	for _, off := range []bool{true, false} {
		if err := set(off); err != nil || isOff() != off {
			t.Errorf("set to %v: %v", off, err)
		}
	}
	if got := v12.sent[len(v12.sent)-2].body; got != `{"disableEmailNotifications":"false"}` {
		t.Errorf("sent %s", got)
	}
	if refused, ok := errors.AsType[*docferry.Error](set(false)); !ok || refused.StatusCode != 400 {
		t.Errorf("set to what it is: %v", refused)
	}
	// Asking again would be refused although the first time did it.
	srv.Next("SetEmailNotificationConfig", oracledocstest.LoseAnswer())
	if err := set(true); !docferry.OutcomeUnknown(err) {
		t.Errorf("a lost answer: %v", err)
	}
	v11.wantInputError(t, "Config.APIVersion", func() error {
		_, err := v11.GetEmailNotificationConfig(t.Context(), oracledocs.GetEmailNotificationConfigRequest{})
		return err
	})
	v11.wantInputError(t, "Config.APIVersion", func() error {
		_, err := v11.SetEmailNotificationConfig(t.Context(), oracledocs.SetEmailNotificationConfigRequest{})
		return err
	})
}
