package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/upload"
)

// answers are the rules by which the bot answers messages.
type answers struct {
	now func() time.Time
}

// answer is a text or a file.
type answer struct {
	text string
	file *upload.Source // nil if the answer is the text
}

const help = "/help shows this. /time tells the time. /file sends you a file. " +
	"Send me a file, and I tell you its size and SHA-256. Anything else comes back as an echo."

// to returns the answer to a message.
func (a answers) to(message connectparticipant.Item) answer {
	switch message.ContentType {
	case connectparticipant.ContentTypePlain, connectparticipant.ContentTypeMarkdown:
	default:
		return answer{text: "I can only read text."}
	}
	switch text := strings.TrimSpace(message.Content); text {
	case "/help":
		return answer{text: help}
	case "/time":
		return answer{text: "It is " + a.now().UTC().Format(time.RFC1123) + "."}
	case "/file":
		return answer{file: a.file()}
	default:
		if strings.HasPrefix(text, "/") {
			command, _, _ := strings.Cut(text, " ")
			return answer{text: clip("I do not know " + command + ". " + help)}
		}
		return answer{text: clip("You said: " + text)}
	}
}

// file returns a small table, with the times of the next seven days.
func (a answers) file() *upload.Source {
	var table strings.Builder
	table.WriteString("day,date\n")
	for n := range 7 {
		day := a.now().UTC().AddDate(0, 0, n)
		fmt.Fprintf(&table, "%s,%s\n", day.Weekday(), day.Format(time.DateOnly))
	}
	src := upload.Bytes("week.csv", []byte(table.String()))
	return &src
}

// clip shortens a text to what a message of plain text may hold.
func clip(text string) string {
	const limit = 1024 // characters
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	return string([]rune(text)[:limit-1]) + "…"
}

// printable makes another participant's text safe for a terminal and for a line.
func printable(s string) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		quoted := strconv.QuoteRune(r)
		b.WriteString(quoted[1 : len(quoted)-1])
	}
	return b.String()
}
