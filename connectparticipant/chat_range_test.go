package connectparticipant_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/upload"
)

// All that a Chat offers is used at once, while its connection breaks again and
// again. The race detector watches.
func TestChatInConcurrentUse(t *testing.T) {
	inBubble(t, "until it is closed", func(t *testing.T, w *world) {
		const messages = 200
		w.srv.SetTokenLifetime(time.Minute)
		ch := w.enter("CUSTOMER", "Bea")
		var users sync.WaitGroup
		use := func(do func(n int) error) {
			users.Go(func() {
				for n := range messages {
					time.Sleep(time.Second)
					if err := do(n); err != nil {
						t.Error(err)
					}
				}
			})
		}
		use(func(n int) error { _, err := ch.SendMessage(t.Context(), fmt.Sprint(n)); return err })
		use(func(int) error { return ch.Typing(t.Context()) })
		use(func(int) error { _, err := ch.ConnectionToken(t.Context()); return err })
		use(func(n int) error {
			if n%10 != 0 {
				return nil
			}
			_, err := ch.Uploader().Upload(t.Context(), upload.Bytes("note.txt", content))
			return err
		})
		use(func(int) error { return secondRange(t.Context(), ch) })
		use(func(n int) error {
			if n%7 == 0 {
				w.srv.DropWebsockets()
			}
			return nil
		})

		got := make(chan []string)
		go func() { got <- contents(t, ch) }()
		users.Wait()
		time.Sleep(time.Minute) // long enough to connect once more, on the clock of the bubble
		for range 3 {
			users.Go(func() { _ = ch.Close() })
		}
		users.Wait()
		said := <-got
		if len(said) != messages {
			t.Fatalf("%d of %d messages were delivered", len(said), messages)
		}
		for n, content := range said {
			if content != fmt.Sprint(n) {
				t.Fatalf("message %d is %q", n, content)
			}
		}
	})
}

// contents returns the messages of a chat, until that is closed.
func contents(t *testing.T, ch *connectparticipant.Chat) (contents []string) {
	for e, err := range ch.Events(t.Context()) {
		if err != nil {
			t.Error(err)
		}
		if e.Kind == connectparticipant.ChatItemTypeMessage {
			contents = append(contents, e.Content)
		}
	}
	return contents
}

// secondRange returns an error unless a range is refused because another one is
// under way.
func secondRange(ctx context.Context, ch *connectparticipant.Chat) error {
	for e, err := range ch.Events(ctx) {
		const want = "connectparticipant Events: another range over Events is under way; end it first"
		if _, ok := errors.AsType[*docferry.InputError](err); !ok || err.Error() != want {
			return fmt.Errorf("a second range yielded the event %s and the error %w", e.Raw, err)
		}
	}
	return nil
}

// However a range ends, the next one takes over what it knows.
func TestChatRangeIsLeftByForce(t *testing.T) {
	inBubble(t, "a panic", func(t *testing.T, w *world) {
		ch := w.enter("CUSTOMER", "Bea")
		func() {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			for range ch.Events(t.Context()) { //nolint:errcheck // it does not get that far
				panic("in the loop")
			}
		}()
		w.follow(ch).joined(1)
	})
	inBubble(t, "the end of its goroutine", func(t *testing.T, w *world) {
		ch := w.enter("CUSTOMER", "Bea")
		var ranging sync.WaitGroup
		ranging.Go(func() {
			for range ch.Events(t.Context()) { //nolint:errcheck // it does not get that far
				runtime.Goexit()
			}
		})
		ranging.Wait()
		w.follow(ch).joined(1)
	})
}

func TestChatTakesOptionsOnce(t *testing.T) {
	w := newWorld(t)
	_, err := w.Chat(t.Context(), docferry.Secret(w.chat.Join("CUSTOMER", "Bea")),
		connectparticipant.ChatOptions{}, connectparticipant.ChatOptions{After: "x"})
	bad, ok := errors.AsType[*docferry.InputError](err)
	if !ok || bad.Operation != "Chat" || bad.Field != "opts" || len(w.wire.all()) != 0 {
		t.Errorf("error %v after %d requests", err, len(w.wire.all()))
	}
}
