package connectparticipant_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
	"github.com/docferry/docferry/upload"
)

// strict returns a client with which every refusal fails the test.
func (w *world) strict() *connectparticipant.Client {
	observer := docferry.Observer{Done: func(_ context.Context, a docferry.Attempt) {
		if a.Status >= 300 || a.Err != nil {
			w.t.Errorf("%s: status %d, error %v", a.Operation, a.Status, a.Err)
		}
	}}
	client, err := connectparticipant.New(connectparticipant.Config{
		Endpoint: w.srv.URL, HTTP: docferry.HTTP{Transport: w.wire, Observer: observer}})
	if err != nil {
		w.t.Fatal(err)
	}
	return client
}

func TestChatRenewsBeforeExpiry(t *testing.T) {
	inBubble(t, "a day", func(t *testing.T, w *world) {
		w.srv.SetTokenLifetime(3 * time.Hour)
		w.srv.SetWebsocketLifetime(time.Hour)
		ch := w.enterWith(w.strict(), "CUSTOMER", "Bea")
		v := w.follow(ch)
		v.joined(2)
		w.wire.forget()
		done := make(chan struct{})
		go func() {
			defer close(done)
			for i := range 24 * 6 {
				time.Sleep(10 * time.Minute)
				if i%2 == 0 {
					w.chat.Say(fmt.Sprint(i))
				} else if _, err := ch.SendMessage(t.Context(), fmt.Sprint(i)); err != nil {
					t.Error(err)
				}
			}
		}()
		for i := range 24 * 6 {
			v.says(fmt.Sprint(i))
		}
		<-done
		if n := len(w.wire.to(connectionPath)); n != 24 {
			t.Errorf("%d connections in a day, want one an hour", n)
		}
	})
	inBubble(t, "without a wait", func(t *testing.T, w *world) {
		w.srv.SetWebsocketLifetime(time.Hour)
		v := w.follow(w.enterWith(w.over(w.wire, docferry.Retry{MinWait: time.Hour, MaxWait: time.Hour}), "CUSTOMER", "Bea"))
		v.joined(2)
		for range 10 {
			began := time.Now()
			time.AfterFunc(59*time.Minute+time.Second, func() { w.chat.Say("now") })
			v.says("now")
			if took := time.Since(began); took > time.Hour {
				t.Errorf("it took %v", took)
			}
		}
	})
	inBubble(t, "by the local clock, if the service does not send its own", func(t *testing.T, w *world) {
		w.srv.SetWebsocketLifetime(time.Hour)
		net := newNetwork(roundTrip(func(r *http.Request) (*http.Response, error) {
			resp, err := w.wire.RoundTrip(r)
			if err == nil {
				resp.Header.Del("Date")
			}
			return resp, err
		}))
		v := w.follow(w.enterWith(w.over(net, docferry.Retry{}), "CUSTOMER", "Bea"))
		v.joined(2)
		time.AfterFunc(59*time.Minute+30*time.Second, func() { w.chat.Say("now") })
		v.says("now")
		if n := net.opened(); n != 2 {
			t.Errorf("%d websockets", n)
		}
	})
	inBubble(t, "not all the time", func(t *testing.T, w *world) {
		w.next(1000, "CreateParticipantConnection", connectparticipanttest.EditAnswer(func(members map[string]any) {
			soon := time.Now().Add(2 * time.Second).UTC().Format(time.RFC3339)
			members["Websocket"].(map[string]any)["ConnectionExpiry"] = soon
		}))
		net := newNetwork(w.wire)
		v := w.follow(w.enterWith(w.over(net, docferry.Retry{}), "CUSTOMER", "Bea"))
		v.joined(2)
		time.AfterFunc(10*time.Minute, func() { w.chat.Say("now") })
		v.says("now")
		if n := net.opened(); n < 30 || n > 61 {
			t.Errorf("%d websockets in 10 minutes", n)
		}
	})
	inBubble(t, "only the token", func(t *testing.T, w *world) {
		w.srv.SetTokenLifetime(10 * time.Minute)
		ch := w.enterWith(w.strict(), "CUSTOMER", "Bea") // nobody ranges over it
		w.wire.forget()
		for range 10 {
			time.Sleep(7 * time.Minute)
			if err := ch.Typing(t.Context()); err != nil {
				t.Fatal(err)
			}
			if _, err := ch.Uploader().Upload(t.Context(), upload.Bytes("note.txt", content)); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(w.wire.to(connectionPath)); n != 5 {
			t.Errorf("%d connections, want one for each second message", n)
		}
	})
	inBubble(t, "by many at once", func(t *testing.T, w *world) {
		w.srv.SetTokenLifetime(10 * time.Minute)
		ch := w.enterWith(w.strict(), "CUSTOMER", "Bea")
		w.wire.forget()
		time.Sleep(time.Hour)
		errs := make(chan error)
		for range 20 {
			go func() { errs <- ch.Typing(t.Context()) }()
		}
		for range 20 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		if n := len(w.wire.to(connectionPath)); n != 1 {
			t.Errorf("%d connections, want 1", n)
		}
	})
}

// F70: a connection token that has expired is renewed once; a chat that has ended,
// and a token of the wrong kind, are typed errors.
func TestF70ExpiredEndedOrWrong(t *testing.T) {
	noExpiry := connectparticipanttest.EditAnswer(func(members map[string]any) {
		delete(members["ConnectionCredentials"].(map[string]any), "Expiry")
	})
	for name, edit := range map[string]connectparticipanttest.Fault{
		"missing": noExpiry,
		"garbage": connectparticipanttest.EditAnswer(func(members map[string]any) {
			members["ConnectionCredentials"].(map[string]any)["Expiry"] = "soon"
		}),
		"in the past": connectparticipanttest.EditAnswer(func(members map[string]any) {
			members["ConnectionCredentials"].(map[string]any)["Expiry"] = "1999-01-01T00:00:00Z"
		}),
	} {
		inBubble(t, "expired, and its expiry "+name, func(t *testing.T, w *world) {
			w.srv.SetTokenLifetime(10 * time.Minute)
			w.srv.Next("CreateParticipantConnection", edit)
			ch := w.enter("CUSTOMER", "Bea")
			w.wire.forget()
			time.Sleep(time.Hour)
			if _, err := ch.SendMessage(t.Context(), "once"); err != nil {
				t.Fatal(err)
			}
			w.sameToken(messagePath, 2)
			if n := len(w.wire.to(connectionPath)); n != 1 {
				t.Errorf("%d connections were asked for", n)
			}
		})
	}
	inBubble(t, "expired between two requests of an upload", func(t *testing.T, w *world) {
		w.srv.SetTokenLifetime(10 * time.Minute)
		w.srv.Next("CreateParticipantConnection", noExpiry)
		ch := w.enter("CUSTOMER", "Bea")
		slow := upload.WithProgress(upload.Bytes("note.txt", content), func(upload.Progress) {
			time.Sleep(11 * time.Minute / 10)
		})
		time.Sleep(9 * time.Minute)
		if _, err := ch.Uploader().Upload(t.Context(), slow); err != nil {
			t.Fatal(err)
		}
		if all := w.attachments(); len(all) != 1 {
			t.Errorf("%d attachments", len(all))
		}
	})
	inBubble(t, "ended", func(t *testing.T, w *world) {
		ch := w.enter("CUSTOMER", "Bea")
		w.chat.End()
		w.wire.forget()
		_, err := ch.SendMessage(t.Context(), "too late")
		if !errors.Is(err, connectparticipant.ErrChatEnded) || !errors.Is(err, docferry.ErrForbidden) {
			t.Errorf("error %v", err)
		}
		w.safeError(err)
		_, err = ch.Uploader().Upload(t.Context(), upload.Bytes("note.txt", content))
		w.failed(err, upload.StageBegin, upload.StateNotStarted, 0)
		if !errors.Is(err, connectparticipant.ErrChatEnded) {
			t.Errorf("error %v", err)
		}
		if n := len(w.wire.all()); n != 4 {
			t.Errorf("%d requests, want 2 for each try", n)
		}
		time.Sleep(25 * time.Hour) // now the token is due too
		if _, err := ch.ConnectionToken(t.Context()); !errors.Is(err, connectparticipant.ErrChatEnded) {
			t.Errorf("error %v", err)
		}
	})
	inBubble(t, "the connection token for the participant's", func(t *testing.T, w *world) {
		_, err := w.Chat(t.Context(), w.token)
		if !errors.Is(err, docferry.ErrForbidden) || errors.Is(err, connectparticipant.ErrChatEnded) {
			t.Errorf("error %v", err)
		}
		w.safeError(err)
		if n := len(w.wire.all()); n != 1 {
			t.Errorf("%d requests", n)
		}
	})
	inBubble(t, "no token", func(t *testing.T, w *world) {
		_, err := w.Chat(t.Context(), "")
		if _, ok := errors.AsType[*docferry.InputError](err); !ok || len(w.wire.all()) != 0 {
			t.Errorf("error %v after %d requests", err, len(w.wire.all()))
		}
	})
	inBubble(t, "due, and another call is renewing it", func(t *testing.T, w *world) {
		w.srv.SetTokenLifetime(10 * time.Minute)
		ch := w.enter("CUSTOMER", "Bea")
		time.Sleep(time.Hour)
		w.next(4, "CreateParticipantConnection", connectparticipanttest.Hang())
		slow, stop := context.WithTimeout(t.Context(), time.Hour)
		defer stop()
		first := make(chan error)
		go func() { first <- ch.Typing(slow) }()
		synctest.Wait()
		quick, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		began := time.Now()
		if err := ch.Typing(quick); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != time.Minute {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
		if err := <-first; !errors.Is(err, os.ErrDeadlineExceeded) || slow.Err() != nil {
			t.Errorf("error %v", err)
		}
	})
	inBubble(t, "due, and the service is out of order", func(t *testing.T, w *world) {
		w.srv.SetTokenLifetime(10 * time.Minute)
		ch := w.enter("CUSTOMER", "Bea")
		time.Sleep(9*time.Minute + 30*time.Second)
		w.next(4, "CreateParticipantConnection", outOfOrder)
		if err := ch.Typing(t.Context()); err != nil {
			t.Errorf("the token still was good: %v", err)
		}
		time.Sleep(time.Minute)
		w.next(4, "CreateParticipantConnection", outOfOrder)
		if err := ch.Typing(t.Context()); !errors.Is(err, docferry.ErrUnavailable) {
			t.Errorf("error %v", err)
		}
	})
}

// answerTime is how long an answer to a heartbeat is waited for.
const answerTime = 8 * time.Second

func TestChatHeartbeats(t *testing.T) {
	inBubble(t, "go on while the loop does something else", func(t *testing.T, w *world) {
		net := newNetwork(w.wire)
		v := w.follow(w.enterWith(w.over(net, docferry.Retry{}), "CUSTOMER", "Bea"))
		v.joined(1)
		before := net.writes()
		time.Sleep(10 * time.Minute)
		if n := net.writes() - before; n < 2*59 || n > 2*61 {
			t.Errorf("%d heartbeats of two kinds in 10 minutes", n)
		}
		v.joined(1)
		w.chat.Say("still here")
		v.says("still here")
		if n := net.opened(); n != 1 {
			t.Errorf("%d websockets", n)
		}
	})
	inBubble(t, "are missed", func(t *testing.T, w *world) {
		net := newNetwork(w.wire)
		v := w.follow(w.enterWith(w.over(net, docferry.Retry{}), "CUSTOMER", "Bea"))
		v.joined(2)
		for range 3 {
			began := time.Now()
			time.AfterFunc(time.Minute, func() {
				net.kill()
				w.chat.Say("into the void")
			})
			v.says("into the void")
			if took := time.Since(began) - time.Minute; took < answerTime || took > 20*time.Second {
				t.Errorf("it was noticed after %v", took)
			}
		}
		if n := net.opened(); n != 4 {
			t.Errorf("%d websockets, want one for each break", n)
		}
	})
	inBubble(t, "keep quiet chats open", func(t *testing.T, w *world) {
		w.srv.SetWebsocketLifetime(100 * time.Hour)
		net := newNetwork(w.wire)
		v := w.follow(w.enterWith(w.over(net, docferry.Retry{}), "CUSTOMER", "Bea"))
		v.joined(2)
		time.AfterFunc(20*time.Hour, func() { w.chat.Say("at last") })
		v.says("at last")
		if n := net.opened(); n != 1 {
			t.Errorf("%d websockets", n)
		}
	})
}

// A service that does not answer the subscription is not waited for.
func TestChatSubscriptionFails(t *testing.T) {
	for name, test := range map[string]struct {
		script func(ctx context.Context, conn *websocket.Conn)
		within time.Duration
		want   error
	}{
		"no answer": {say(), 20 * time.Second, context.DeadlineExceeded},
		"failure": {say(`{"topic":"aws/subscribe","content":{"status":"failure","topics":["aws/chat"]}}`), 0,
			docferry.ErrUnavailable},
		"nonsense": {say(`{"topic":"aws/subscribe","content":7}`), 0, docferry.ErrUnavailable},
		"broken":   {func(context.Context, *websocket.Conn) {}, 0, nil},
	} {
		inBubble(t, name, func(t *testing.T, w *world) {
			began := time.Now()
			client := w.over(w.rogue(test.script), docferry.Retry{})
			_, err := client.Chat(t.Context(), docferry.Secret(w.chat.Join("CUSTOMER", "Bea")))
			if err == nil || test.want != nil && !errors.Is(err, test.want) || time.Since(began) > test.within {
				t.Errorf("after %v: %v", time.Since(began), err)
			}
			w.safeError(err)
			synctest.Wait()
		})
	}
}
