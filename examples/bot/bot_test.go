package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
	"github.com/docferry/docferry/upload"
	"github.com/google/go-cmp/cmp"
)

type item = connectparticipanttest.Item

// scene is a bot in a chat on a server in memory. What the agent says comes from the
// server itself, so that all calls are the bot's.
type scene struct {
	t    *testing.T
	srv  *connectparticipanttest.Server
	chat *connectparticipanttest.Chat
	seat *seat
	dir  string
	bot  *bot
	log  lines
	done chan error
	stop context.CancelFunc
}

// lines are what a program has printed, from any goroutine.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) logf(format string, args ...any) { fmt.Fprintf(l, format+"\n", args...) }

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// inScene runs a test with a fake clock.
func inScene(t *testing.T, test func(s *scene)) {
	t.Helper()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := &scene{t: t, srv: connectparticipanttest.New(), dir: dir, done: make(chan error, 1)}
		defer s.srv.Close()
		s.chat = s.srv.NewChat()
		client, err := connectparticipant.New(connectparticipant.Config{Endpoint: s.srv.URL,
			HTTP: docferry.HTTP{Transport: s.srv}})
		if err != nil {
			t.Fatal(err)
		}
		token := s.chat.Join("CUSTOMER", "Bot")
		s.seat = &seat{client: client, token: docferry.Secret(token), participantID: s.chat.ParticipantID(token),
			contactID: s.chat.ContactID}
		test(s)
		select {
		case err := <-s.done:
			if err != nil {
				t.Errorf("the bot ends with %v\n%s", err, &s.log)
			}
		default:
			t.Errorf("the bot has not ended\n%s", &s.log)
		}
	})
}

// start lets the bot enter the chat.
func (s *scene) start() {
	s.t.Helper()
	ctx, stop := context.WithCancel(s.t.Context())
	s.stop = stop
	files, err := openFolder(s.dir)
	if err != nil {
		s.t.Fatal(err)
	}
	if s.bot, err = open(ctx, s.seat, files, s.log.logf); err != nil {
		s.t.Fatal(err)
	}
	go func() {
		defer files.Close()
		s.done <- s.bot.run(ctx)
	}()
}

// says adds a message of the agent.
func (s *scene) says(text string) item {
	return s.chat.Add(item{ContentType: "text/plain", Content: text, DisplayName: "Agent", ParticipantRole: "AGENT"})
}

// end waits until the bot has nothing more to do, ends the chat and waits for the bot.
func (s *scene) end() {
	time.Sleep(10 * time.Minute)
	s.chat.End()
	time.Sleep(time.Minute)
	synctest.Wait()
}

// answers returns what the bot has said and sent, in the order of the transcript.
func (s *scene) answers() []string {
	var said []string
	for _, i := range s.chat.Transcript() {
		if i.ParticipantID != s.seat.participantID || i.Type == "EVENT" {
			continue
		}
		said = append(said, i.Content)
		for _, a := range i.Attachments {
			said[len(said)-1] += a.AttachmentName
		}
	}
	return said
}

// want compares the answers.
func (s *scene) want(want ...string) {
	s.t.Helper()
	if diff := cmp.Diff(want, s.answers()); diff != "" {
		s.t.Errorf("the bot's answers (-want +got):\n%s%s", diff, &s.log)
	}
}

var (
	lose     = connectparticipanttest.LoseAnswer()
	throttle = connectparticipanttest.Refuse(http.StatusTooManyRequests, "ThrottlingException", "slow down")
)

// Whatever goes wrong, each message is answered once, in order, and no answer is.
func TestEachMessageIsAnsweredOnce(t *testing.T) {
	for name, test := range map[string]struct {
		fault  func(s *scene)
		before func(s *scene, n int) // each message
		resent int                   // at least
		drops  int64
	}{
		"nothing goes wrong": {},
		"every second answer of the service is lost": {fault: func(s *scene) {
			s.srv.Keep("SendMessage", connectparticipanttest.Every(2, lose))
		}},
		"all answers to a message are lost": {resent: 3, before: func(s *scene, n int) {
			if n%2 == 0 {
				for range 4 {
					s.srv.Next("SendMessage", lose)
				}
			}
		}},
		"requests and answers are lost in turn": {resent: 1, before: func(s *scene, _ int) {
			for range 3 {
				s.srv.Next("SendMessage", lose)
				s.srv.Next("SendMessage", connectparticipanttest.LoseRequest())
			}
		}},
		"the service throttles": {resent: 1, before: func(s *scene, _ int) {
			for range 7 {
				s.srv.Next("SendMessage", throttle)
			}
		}},
		"the service throttles all signals": {fault: func(s *scene) { s.srv.Keep("SendEvent", throttle) }},
		"websockets are dropped": {drops: 6, before: func(s *scene, _ int) {
			time.Sleep(10 * time.Second) // the last answer was sent over a new websocket
			s.srv.DropWebsockets()
		}},
		"tokens expire in time": {fault: func(s *scene) {
			s.srv.SetTokenLifetime(time.Minute)
			s.srv.SetWebsocketLifetime(time.Minute)
		}, before: func(*scene, int) { time.Sleep(5 * time.Minute) }},
		"tokens expire unexpectedly": {fault: func(s *scene) {
			s.srv.SetTokenLifetime(time.Minute)
			s.srv.Keep("CreateParticipantConnection", connectparticipanttest.EditAnswer(func(members map[string]any) {
				if made, ok := members["ConnectionCredentials"].(map[string]any); ok {
					made["Expiry"] = time.Now().Add(24 * time.Hour).Format(time.RFC3339)
				}
			}))
		}, before: func(*scene, int) { time.Sleep(5 * time.Minute) }},
	} {
		t.Run(name, func(t *testing.T) {
			inScene(t, func(s *scene) {
				if test.fault != nil {
					test.fault(s)
				}
				s.start()
				var want []string
				for n := range 6 {
					if test.before != nil {
						test.before(s, n)
					}
					s.says(fmt.Sprint("message ", n))
					want = append(want, fmt.Sprint("You said: message ", n))
				}
				s.end()
				s.want(want...)
				if s.bot.tally.answered != 6 || s.bot.tally.resent < test.resent || s.bot.drops.Load() < test.drops {
					t.Errorf("the summary is %q", s.bot.summary())
				}
			})
		})
	}
}

// The messages of the system and of other bots are not answered, nor what changes.
func TestWhatIsNotAnswered(t *testing.T) {
	inScene(t, func(s *scene) {
		s.start()
		s.chat.Say("Welcome.")
		s.chat.Add(item{ContentType: "text/plain", Content: "beep", ParticipantRole: "CUSTOM_BOT"})
		// The bot learns from the transcript that its receipt has arrived: the message is
		// delivered once more.
		s.srv.Next("SendEvent", func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				s.srv.DropWebsockets()
				next.ServeHTTP(w, r)
			})
		})
		s.says("first")
		time.Sleep(time.Minute)
		s.says("second")
		s.end()
		s.want("You said: first", "You said: second")
	})
}

// A message that is being processed is answered when that is over.
func TestProcessing(t *testing.T) {
	inScene(t, func(s *scene) {
		s.start()
		event := connectparticipant.Event{Kind: connectparticipant.ChatItemTypeMessage,
			Item: connectparticipant.Item{ID: "1", ParticipantRole: connectparticipant.ParticipantRoleAgent}}
		for _, step := range []struct {
			status connectparticipant.MessageProcessingStatus
			update bool
			want   bool
		}{
			{"", true, false}, {"PROCESSING", false, false}, {"PROCESSING", true, false}, {"", true, true}, {"", true, false},
			{"PROCESSING", false, false}, {"REJECTED", true, false}, {"", true, false}, {"FAILED", false, false},
		} {
			event.MessageMetadata.MessageProcessingStatus, event.Update = step.status, step.update
			if got := s.bot.wantsAnswer(event); got != step.want {
				t.Errorf("%+v: %t", step, got)
			}
		}
		s.end()
	})
}

func TestReceiptsAndTyping(t *testing.T) {
	inScene(t, func(s *scene) {
		s.start()
		said := s.says("hello")
		s.end()
		for _, i := range s.chat.Transcript() {
			if i.ID == said.ID && (i.MessageMetadata == nil || i.MessageMetadata.Receipts[0].ReadTimestamp == "") {
				t.Errorf("the message was not marked as read: %+v", i)
			}
		}
		if n := strings.Count(strings.Join(s.srv.Calls(), " "), "SendEvent"); n != 2 {
			t.Errorf("%d events were sent, want a receipt and that the bot is typing", n)
		}
	})
}

// An attachment is answered when its scan has ended, and stored as it was sent. A
// second one of the same name does not replace it.
func TestAttachments(t *testing.T) {
	inScene(t, func(s *scene) {
		s.srv.SetScan(func(name string, _ []byte) (string, time.Duration) {
			if name == "bad.csv" {
				return "REJECTED", time.Minute
			}
			return "APPROVED", time.Minute
		})
		s.start()
		agent, err := s.seat.client.Chat(s.t.Context(), docferry.Secret(s.chat.Join("AGENT", "Agent")))
		if err != nil {
			t.Fatal(err)
		}
		defer agent.Close()
		s.srv.Next("GetObject", connectparticipanttest.CutAnswer(5))
		var want []string
		for n := range 2 {
			text := fmt.Sprint("one,two,three\n", n)
			if _, err := agent.Uploader().Upload(s.t.Context(), upload.Bytes("a.csv", []byte(text))); err != nil {
				t.Fatal(err)
			}
			time.Sleep(2 * time.Minute)
			want = append(want, fmt.Sprintf("I have your file a.csv: %d bytes, SHA-256 %x.", len(text),
				sha256.Sum256([]byte(text))))
		}
		if _, err := agent.Uploader().Upload(s.t.Context(), upload.Bytes("bad.csv", []byte("bad"))); err != nil {
			t.Fatal(err)
		}
		s.says("meanwhile")
		s.end()
		s.want(append(want, "You said: meanwhile", "The scan has rejected your file bad.csv.")...)
		for name, content := range map[string]string{"a.csv": "one,two,three\n0", "a-2.csv": "one,two,three\n1"} {
			if got, err := os.ReadFile(filepath.Join(s.dir, name)); err != nil || string(got) != content {
				t.Errorf("%s holds %q, %v", name, got, err)
			}
		}
		if s.bot.tally.files != 2 || s.bot.tally.bytes != 30 {
			t.Errorf("the summary is %q", s.bot.summary())
		}
	})
}

// The bot says so if a file cannot be taken or sent, and goes on.
func TestFilesThatFail(t *testing.T) {
	inScene(t, func(s *scene) {
		s.start()
		s.srv.Next("PutObject", connectparticipanttest.Answer(403, ""))
		s.says("/file")
		time.Sleep(5 * time.Minute)
		s.says("/file")
		s.end()
		s.want("My file could not be sent. Please ask again later.", "week.csv")
	})
}

// An interrupt lets the answer be finished that is under way; then the bot leaves.
func TestInterrupt(t *testing.T) {
	inScene(t, func(s *scene) {
		s.start()
		s.srv.Next("SendMessage", throttle)
		s.says("one")
		synctest.Wait()
		s.stop()
		time.Sleep(time.Minute)
		synctest.Wait()
		s.want("You said: one")
		all := s.chat.Transcript()
		if left := all[len(all)-2]; !strings.HasSuffix(left.ContentType, "participant.left") {
			t.Errorf("the bot has not left the chat: %+v", left)
		}
	})
	t.Run("while the service does not answer", func(t *testing.T) {
		inScene(t, func(s *scene) {
			s.start()
			s.srv.Next("SendMessage", connectparticipanttest.Hang())
			s.says("one")
			synctest.Wait()
			s.stop()
			time.Sleep(grace + time.Second)
			synctest.Wait()
			s.want()
			if s.chat.Websockets() != 0 || !strings.Contains(strings.Join(s.srv.Calls(), " "), "DisconnectParticipant") {
				t.Error("the bot has not left the chat")
			}
		})
	})
}

// A second run goes on after the last item that the first one has answered.
func TestSecondRun(t *testing.T) {
	inScene(t, func(s *scene) {
		s.start()
		s.says("one")
		time.Sleep(time.Minute)
		synctest.Wait()
		s.seat.after = s.bot.tally.last
		_ = s.bot.chat.Close()
		if err := <-s.done; err != nil {
			t.Fatal(err)
		}
		s.says("two")
		s.start()
		s.end()
		s.want("You said: one", "You said: two")
	})
}
