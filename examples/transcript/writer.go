package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"github.com/docferry/docferry/connectparticipant"
)

// writer writes the items of a transcript.
type writer struct {
	stdout, stderr io.Writer
	json           bool
	saver          *saver // nil if attachments are not to be saved
}

// write writes the whole transcript. It goes on after an attachment that could not
// be saved, and says at the end how many there were.
func (w *writer) write(ctx context.Context, chat *connectparticipant.Chat) error {
	show := w.line
	if w.json {
		show = w.object
	}
	failed := 0
	for item, err := range chat.Transcript(ctx) {
		if err != nil {
			return err
		}
		if err := show(item); err != nil {
			return err
		}
		if w.saver == nil {
			continue
		}
		for _, a := range item.Attachments {
			if err := w.saver.save(ctx, a); err != nil {
				failed++
				fmt.Fprintf(w.stderr, "transcript: attachment %s: %v\n", printable(a.AttachmentName), err)
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
	}
	switch failed {
	case 0:
		return nil
	case 1:
		return errors.New("an attachment was not saved")
	}
	return fmt.Errorf("%d attachments were not saved", failed)
}

// object writes an item as a line of JSON.
func (w *writer) object(item connectparticipant.Item) error {
	enc := json.NewEncoder(w.stdout)
	enc.SetEscapeHTML(false)
	return enc.Encode(item)
}

// line writes an item for people to read. What does not fit on one line goes on
// below it, indented.
func (w *writer) line(item connectparticipant.Item) error {
	text := describe(item)
	if text == "" {
		return nil
	}
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = printable(strings.TrimSuffix(lines[i], "\r"))
	}
	when := item.AbsoluteTime.UTC().Format(time.DateTime)
	indent := strings.Repeat(" ", len(when))
	if item.AbsoluteTime.IsZero() { // it could not be read
		when = indent
	}
	_, err := fmt.Fprintf(w.stdout, "%s  %s\n", when, strings.Join(lines, "\n"+indent+"  "))
	return err
}

// describe says what an item is. It returns "" for what is of no interest to a
// reader.
func describe(item connectparticipant.Item) string {
	who := item.DisplayName
	if who == "" {
		who = strings.ToLower(string(item.ParticipantRole))
	}
	switch {
	case len(item.Attachments) > 0:
		var files []string
		for _, a := range item.Attachments {
			files = append(files, fmt.Sprintf("%s (%s)", a.AttachmentName, strings.ToLower(string(a.Status))))
		}
		return who + " sends " + strings.Join(files, ", ")
	case item.ContentType == connectparticipant.ContentTypeInteractive:
		return who + ": " + question(item)
	case item.Type == connectparticipant.ChatItemTypeMessage:
		return who + ": " + item.Content
	}
	switch item.ContentType {
	case connectparticipant.ContentTypeParticipantJoined:
		return who + " joins"
	case connectparticipant.ContentTypeParticipantLeft:
		return who + " leaves"
	case connectparticipant.ContentTypeTransferSucceeded:
		return "the chat has a new agent"
	case connectparticipant.ContentTypeTransferFailed:
		return "no other agent has taken the chat"
	case connectparticipant.ContentTypeChatEnded:
		return "the chat has ended"
	case connectparticipant.ContentTypeMessageDelivered, connectparticipant.ContentTypeMessageRead,
		connectparticipant.ContentTypeConnectionAcknowledged:
		return ""
	}
	return "something happens: " + item.ContentType
}

// question returns the question of an interactive message and what can be chosen, or
// the content as it is if that is of another kind.
func question(item connectparticipant.Item) string {
	message, err := item.Interactive()
	if err != nil {
		return item.Content
	}
	switch t := message.Template.(type) {
	case connectparticipant.ListPicker:
		return t.Title + choices(t.Elements)
	case connectparticipant.Panel:
		return t.Title + choices(t.Elements)
	case connectparticipant.QuickReply:
		return t.Title + choices(t.Elements)
	case connectparticipant.TimePicker:
		return fmt.Sprintf("%s (%d times)", t.Title, len(t.Timeslots))
	case connectparticipant.Carousel:
		return fmt.Sprintf("%s (%d lists)", t.Title, len(t.Elements))
	}
	return item.Content
}

// choices returns the titles of what can be chosen.
func choices(elements []connectparticipant.InteractiveElement) string {
	var text strings.Builder
	for _, e := range elements {
		text.WriteString(" [" + e.Title + "]")
	}
	return text.String()
}

// printable returns a text with the characters replaced that are unsafe on a
// terminal. Other participants have chosen the text, and an escape sequence in it
// could rewrite what the terminal shows.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) && r != '\t' {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}
