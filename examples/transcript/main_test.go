package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
	"github.com/docferry/docferry/upload"
)

func read(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, &out, &errs)
	return code, out.String(), errs.String()
}

// serve starts a server that the program knows nothing of but its flags.
func serve(t *testing.T) (srv *connectparticipanttest.Server, room *connectparticipanttest.Chat, flags []string) {
	t.Helper()
	srv = connectparticipanttest.NewServer(t)
	room = srv.NewChat()
	return srv, room, []string{"-endpoint", srv.URL, "-participant-token", room.Join("AGENT", "Ben")}
}

// attach uploads attachments to a chat as a customer.
func attach(
	t *testing.T, srv *connectparticipanttest.Server, room *connectparticipanttest.Chat, files ...upload.Source,
) {
	t.Helper()
	client, err := connectparticipant.New(connectparticipant.Config{Endpoint: srv.URL,
		HTTP: docferry.HTTP{Transport: srv}})
	if err != nil {
		t.Fatal(err)
	}
	chat, err := client.Chat(t.Context(), docferry.Secret(room.Join("CUSTOMER", "Ana")))
	if err != nil {
		t.Fatal(err)
	}
	defer chat.Close()
	for _, file := range files {
		if _, err := chat.Uploader().Upload(t.Context(), file); err != nil {
			t.Fatal(err)
		}
	}
}

// saved returns the files of a directory, without the IDs in their names.
func saved(t *testing.T, dir string) map[string]int {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found[ids.ReplaceAllString(filepath.Base(file), "ID")+" "+string(content)]++
	}
	return found
}

var (
	times = regexp.MustCompile(`(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`)
	ids   = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)
)

func TestDemo(t *testing.T) {
	const want = `TIME  Ana joins
TIME  SYSTEM_MESSAGE: Welcome! An agent will be with you in a moment.
TIME  Ana: Hello, my parcel has not come.
                     Its papers are below.
TIME  Ana sends parcel.csv (approved)
TIME  Ben joins
`
	dir := filepath.Join(t.TempDir(), "new", "directory")
	code, stdout, stderr := read(t, "-attachments", dir)
	if code != 0 || stderr != "" {
		t.Errorf("exit %d, stderr %q", code, stderr)
	}
	if diff := cmp.Diff(want, times.ReplaceAllString(stdout, "TIME")); diff != "" {
		t.Error("stdout (-want +got):\n", diff)
	}
	files := map[string]int{"ID-parcel.csv " + strings.Repeat("weight,3.5\n", 200): 1}
	if diff := cmp.Diff(files, saved(t, dir)); diff != "" {
		t.Error("files (-want +got):\n", diff)
	}
}

func TestLines(t *testing.T) {
	srv, room, flags := serve(t)
	srv.SetPageSize(2)
	say := func(name, kind, contentType, content string) {
		room.Add(connectparticipanttest.Item{DisplayName: name, ParticipantRole: "CUSTOMER", Type: kind,
			ContentType: contentType, Content: content})
	}
	say("Ana\x1b[2J", "MESSAGE", "text/plain", "one\r\n\u202etwo\n")
	say("", "MESSAGE", "text/markdown", "*three*")
	ask := func(kind, content string) {
		say("BOT", "MESSAGE", connectparticipant.ContentTypeInteractive,
			`{"templateType":"`+kind+`","data":{"content":{"title":"Which?",`+content+`}}}`)
	}
	ask("QuickReply", `"elements":[{"title":"Good\u0007"},{"title":"Poor"}]`)
	ask("TimePicker", `"timeslots":[{},{}]`)
	const panel = `{"templateType":"Panel","data":{"content":{}}}`
	ask("Carousel", `"elements":[`+panel+","+panel+`]`)
	ask("AppleForm", `"pages":[]`)
	say("BOT", "MESSAGE", connectparticipant.ContentTypeInteractive, "not JSON")
	say("Ben", "EVENT", connectparticipant.ContentTypeTransferSucceeded, "")
	say("Ben", "EVENT", connectparticipant.ContentTypeTransferFailed, "")
	say("Ben", "EVENT", connectparticipant.ContentTypeMessageRead, `{"messageId":"m"}`)
	say("Ben", "EVENT", connectparticipant.ContentTypeParticipantIdle, "")
	say("Ana", "EVENT", connectparticipant.ContentTypeParticipantLeft, "")
	const want = `TIME  Ana` + "\ufffd" + `[2J: one
                     ` + "\ufffd" + `two
                     ` + `
TIME  customer: *three*
TIME  BOT: Which? [Good` + "\ufffd" + `] [Poor]
TIME  BOT: Which? (2 times)
TIME  BOT: Which? (2 lists)
TIME  BOT: {"templateType":"AppleForm","data":{"content":{"title":"Which?","pages":[]}}}
TIME  BOT: not JSON
TIME  the chat has a new agent
TIME  no other agent has taken the chat
TIME  something happens: application/vnd.amazonaws.connect.event.participant.idle
TIME  Ana leaves
TIME  Ben joins
`
	code, stdout, stderr := read(t, flags...)
	if code != 0 || stderr != "" {
		t.Errorf("exit %d, stderr %q", code, stderr)
	}
	if diff := cmp.Diff(want, times.ReplaceAllString(stdout, "TIME")); diff != "" {
		t.Error("stdout (-want +got):\n", diff)
	}
}

func TestJSON(t *testing.T) {
	_, room, flags := serve(t)
	room.Say("a <b> & \"c\"\n")
	t.Setenv(tokenVariable, flags[3]) // instead of the flag
	code, stdout, stderr := read(t, "-json", flags[0], flags[1])
	if code != 0 || stderr != "" {
		t.Errorf("exit %d, stderr %q", code, stderr)
	}
	// Both in one type, since a time can be written in more ways than one.
	var got, want []connectparticipant.Item
	for line := range strings.Lines(stdout) {
		var item connectparticipant.Item
		if err := json.Unmarshal([]byte(line), &item); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		got = append(got, item)
	}
	all, err := json.Marshal(room.Transcript())
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(all, &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" || len(got) != 2 {
		t.Error("items (-want +got):\n", diff)
	}
	if !strings.Contains(stdout, "a <b> &") {
		t.Errorf("characters are escaped that need not be: %s", stdout)
	}
}

// Two attachments of one name become two files, and a second run adds nothing. One
// that fails does not keep the others from being saved.
func TestAttachments(t *testing.T) {
	srv, room, flags := serve(t)
	verdict := "APPROVED"
	srv.SetScan(func(name string, _ []byte) (string, time.Duration) { return verdict, 0 })
	attach(t, srv, room, upload.Bytes("a.txt", []byte("first")), upload.Bytes("a.txt", []byte("second")))
	dir := t.TempDir()
	args := slices.Concat(flags, []string{"-attachments", dir})
	srv.Next("GetAttachment", connectparticipanttest.Refuse(404, connectparticipant.CodeResourceNotFound, "gone"))
	code, _, stderr := read(t, args...)
	if code != 1 || strings.Count(stderr, "\n") != 2 || !strings.Contains(stderr, "transcript: attachment a.txt: ") ||
		!strings.Contains(stderr, "transcript: an attachment was not saved\n") {
		t.Errorf("exit %d, stderr %q", code, stderr)
	}
	if diff := cmp.Diff(map[string]int{"ID-a.txt second": 1}, saved(t, dir)); diff != "" {
		t.Error("files (-want +got):\n", diff)
	}
	for range 2 {
		if code, _, stderr := read(t, args...); code != 0 || stderr != "" {
			t.Errorf("exit %d, stderr %q", code, stderr)
		}
		if diff := cmp.Diff(map[string]int{"ID-a.txt first": 1, "ID-a.txt second": 1}, saved(t, dir)); diff != "" {
			t.Error("files (-want +got):\n", diff)
		}
	}
	if n := strings.Count(strings.Join(srv.Calls(), " ")+" ", "GetAttachment "); n != 3 {
		t.Errorf("%d requests for downloads, want one for each file and one that failed", n)
	}
	verdict = "REJECTED"
	attach(t, srv, room, upload.Bytes("bad.txt", []byte("bad")), upload.Bytes("worse.txt", []byte("worse")))
	code, _, stderr = read(t, args...)
	if code != 1 || !strings.Contains(stderr, "attachment bad.txt: it cannot be downloaded: its status is REJECTED\n") ||
		!strings.HasSuffix(stderr, "transcript: 2 attachments were not saved\n") {
		t.Errorf("exit %d, stderr %q", code, stderr)
	}
}

// brokenPipe fails, as a pipe does whose reader has gone.
type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestFailures(t *testing.T) {
	t.Setenv(tokenVariable, "")
	srv, room, flags := serve(t)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string][]string{
		"see -h":                     {"-x"},
		`"chat" is not expected`:     {"chat"},
		"needs -region or -endpoint": {"-participant-token", "x"},
		"a participant token is":     {"-endpoint", srv.URL},
		"AccessDeniedException":      {"-endpoint", srv.URL, "-participant-token", "nobody"},
		"not a directory":            slices.Concat(flags, []string{"-attachments", file}),
		"Config.Endpoint must be":    {"-endpoint", "nonsense", "-participant-token", "x"},
	} {
		code, stdout, stderr := read(t, args...)
		if code != 1 || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, want) {
			t.Errorf("%q: exit %d, stdout %q, stderr %q, want %q", args, code, stdout, stderr, want)
		}
	}
	if code, stdout, _ := read(t, "-h"); code != 0 || !strings.Contains(stdout, "Usage: transcript") {
		t.Errorf("exit %d, stdout %q", code, stdout)
	}
	var errs bytes.Buffer
	if code := run(t.Context(), flags, brokenPipe{}, &errs); code != 1 || !strings.Contains(errs.String(), "broken pipe") {
		t.Errorf("exit %d, stderr %q", code, &errs)
	}
	// A transcript that cannot be read to its end.
	srv.SetPageSize(1)
	room.Say("one")
	room.Say("two")
	srv.Next("GetTranscript", connectparticipanttest.EditAnswer(func(map[string]any) { room.End() }))
	code, stdout, stderr := read(t, flags...)
	if code != 1 || strings.Count(stdout, "\n") != 1 || !strings.Contains(stderr, "the chat has ended for this ") {
		t.Errorf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}
