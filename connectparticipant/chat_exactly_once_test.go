package connectparticipant_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
)

// TestChatDeliversEachItemOnce is the proof of the live chat: with 100 breaks at
// random points, each of 10,000 messages is delivered once and in order.
func TestChatDeliversEachItemOnce(t *testing.T) {
	messages, drops := 10_000, 100
	if testing.Short() {
		messages, drops = 1000, 10
	}
	synctest.Test(t, func(t *testing.T) {
		srv := connectparticipanttest.New()
		defer srv.Close()
		room := srv.NewChat()
		client, err := connectparticipant.New(connectparticipant.Config{
			Endpoint: srv.URL, HTTP: docferry.HTTP{Transport: srv}})
		if err != nil {
			t.Fatal(err)
		}
		ana, err := client.Chat(t.Context(), docferry.Secret(room.Join("CUSTOMER", "Ana")))
		if err != nil {
			t.Fatal(err)
		}
		defer ana.Close()
		ben, err := client.Chat(t.Context(), docferry.Secret(room.Join("AGENT", "Ben")))
		if err != nil {
			t.Fatal(err)
		}
		defer ben.Close()

		dropped := 0
		go func() {
			dropped = converse(t.Context(), t, srv, room, ben, messages, drops)
			for room.Websockets() < 1 { // so that the end is delivered
				time.Sleep(time.Millisecond)
			}
			room.End()
		}()
		var got []string
		for event, err := range ana.Events(t.Context()) {
			if err != nil {
				t.Fatalf("after %d events: %v", len(got), err)
			}
			got = append(got, event.ID)
			if event.Update {
				t.Errorf("event %d is an update", len(got))
			}
		}
		var want []string
		for _, item := range room.Transcript() {
			want = append(want, item.ID)
		}
		if dropped != drops || len(want) < messages {
			t.Errorf("%d drops and %d items, want %d and %d", dropped, len(want), drops, messages)
		}
		if len(got) != len(want) {
			t.Errorf("%d events of %d items", len(got), len(want))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("events (-transcript +delivered):\n%.2000s", diff)
		}
	})
}

// converse sends messages, some by ben and most by the system, and drops the
// websockets in between. It returns how many times it has dropped one.
func converse(ctx context.Context, t *testing.T, srv *connectparticipanttest.Server, room *connectparticipanttest.Chat,
	ben *connectparticipant.Chat, messages, drops int) (dropped int) {
	rng := rand.New(rand.NewPCG(4, 100))
	dropAt := map[int]bool{}
	for len(dropAt) < drops {
		dropAt[rng.IntN(messages)] = true
	}
	for i := range messages {
		if dropAt[i] {
			for room.Websockets() < 1 {
				time.Sleep(time.Millisecond)
			}
			srv.DropWebsockets()
			dropped++
		}
		if rng.IntN(20) == 0 {
			if _, err := ben.SendMessage(ctx, fmt.Sprint("message ", i)); err != nil {
				t.Error(err)
			}
		} else {
			room.Say(fmt.Sprint("message ", i))
		}
		if rng.IntN(4) == 0 {
			time.Sleep(time.Duration(rng.IntN(50)) * time.Millisecond)
		}
	}
	return dropped
}
