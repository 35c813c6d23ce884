package connectparticipant_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
)

func TestEndpoints(t *testing.T) {
	for want, cfg := range map[string]connectparticipant.Config{
		"https://participant.connect.us-west-2.amazonaws.com":      {Region: "us-west-2"},
		"https://participant.connect.us-gov-west-1.amazonaws.com":  {Region: "us-gov-west-1", FIPS: true},
		"https://participant.connect-fips.us-east-1.amazonaws.com": {Region: "us-east-1", FIPS: true},
		"https://participant.connect.eu-central-1.api.aws":         {Region: "eu-central-1", DualStack: true},
		"https://participant.connect-fips.ca-central-1.api.aws":    {Region: "ca-central-1", FIPS: true, DualStack: true},
		"https://participant.connect.cn-north-1.amazonaws.com.cn":  {Region: "cn-north-1"},
		"http://127.0.0.1:8080/base":                               {Endpoint: "http://127.0.0.1:8080/base"},
	} {
		tap := &wiretap{next: nowhere{}}
		cfg.HTTP = docferry.HTTP{Transport: tap, Retry: docferry.Retry{Attempts: 1}}
		client, err := connectparticipant.New(cfg)
		if err != nil {
			t.Errorf("%s: %v", want, err)
			continue
		}
		_ = client.DisconnectParticipant(t.Context(), connectparticipant.DisconnectParticipantRequest{
			ConnectionToken: "token"})
		all := tap.all()
		if got := all[0].scheme + "://" + all[0].host + all[0].path; len(all) != 1 || got != want+"/participant/disconnect" {
			t.Errorf("%d requests, the first to %s, want %s", len(all), got, want)
		}
		client.CloseIdleConnections()
	}
}

// nowhere is a network that is down.
type nowhere struct{}

func (nowhere) RoundTrip(*http.Request) (*http.Response, error) { return nil, errors.New("down") }

func TestNewRefuses(t *testing.T) {
	for field, cfg := range map[string]connectparticipant.Config{
		"Config.Region":    {},
		"Config.Endpoint":  {Endpoint: "127.0.0.1:8080"},
		"Config.FIPS":      {Endpoint: "http://127.0.0.1:8080", FIPS: true},
		"Config.DualStack": {Endpoint: "http://127.0.0.1:8080", DualStack: true},
	} {
		_, err := connectparticipant.New(cfg)
		if bad, ok := errors.AsType[*docferry.InputError](err); !ok || bad.Field != field {
			t.Errorf("error %v, want an *InputError about %s", err, field)
		}
	}
}

// TestTimesReturn checks that a time is sent with all of its digits.
func TestTimesReturn(t *testing.T) {
	w := newWorld(t)
	for at, want := range map[time.Time]string{
		time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC):                       "2026-03-04T05:06:07.000Z",
		time.Date(2026, 3, 4, 5, 6, 7, 80e6, time.FixedZone("", 2*60*60)): "2026-03-04T03:06:07.080Z",
		time.Date(2026, 3, 4, 5, 6, 7, 123456000, time.UTC):               "2026-03-04T05:06:07.123456Z",
	} {
		w.wire.forget()
		_, err := w.GetTranscript(t.Context(), connectparticipant.GetTranscriptRequest{
			StartPosition: connectparticipant.StartPosition{AbsoluteTime: at}, ConnectionToken: w.token})
		if err != nil {
			t.Error(err)
		}
		position, _ := member(w.wire.all(), "StartPosition")[0].(map[string]any)
		if position["AbsoluteTime"] != want || len(position) != 1 {
			t.Errorf("%v is sent as %v, want %s", at, position, want)
		}
	}
}
