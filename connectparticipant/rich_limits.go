package connectparticipant

import (
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/docferry/docferry"
)

// The documented limits of interactive messages. The service itself does not check
// the lengths of titles; Amazon's chat client cuts those that are longer.
const (
	maxTitle      = 400   // characters
	maxQuickReply = 200   // characters
	maxContent    = 16384 // characters of a message of any type
	maxResponse   = 12288 // characters of a response
)

// Message checks the message against the documented limits and returns it for
// [Chat.Send], with a ClientToken of its own. The error is a [*docferry.InputError]
// that names the field that is wrong. See [InteractiveMessage] for who can send it.
func (m InteractiveMessage) Message() (Message, error) {
	c := checker{operation: "InteractiveMessage.Message"}
	c.message(m, false)
	if c.err != nil {
		return Message{}, c.err
	}
	return encoded(c.operation, ContentTypeInteractive, m, maxContent)
}

// encoded returns a message whose content is v in JSON.
func encoded(operation, contentType string, v interface{ MarshalJSON() ([]byte, error) }, limit int) (Message, error) {
	content, err := v.MarshalJSON()
	if err != nil {
		return Message{}, &docferry.InputError{Service: service, Operation: operation,
			Reason: "the content cannot be encoded in JSON: a text of it is not UTF-8, or a part of it is not JSON"}
	}
	if n := utf8.RuneCount(content); n > limit {
		return Message{}, &docferry.InputError{Service: service, Operation: operation,
			Reason: fmt.Sprintf("the content has %d characters in JSON; at most %d are allowed", n, limit)}
	}
	return NewMessage(contentType, string(content)), nil
}

// checker checks the fields of a message, up to the first that is wrong.
type checker struct {
	operation string
	path      string // of the field that is being checked, with a dot at its end
	err       error
}

// wrongf notes that a field is wrong, unless another one was before.
func (c *checker) wrongf(field, format string, args ...any) {
	if c.err == nil {
		c.err = &docferry.InputError{Service: service, Operation: c.operation, Field: c.path + field,
			Reason: fmt.Sprintf(format, args...)}
	}
}

// text checks a text with up to limit characters, or of any length if that is 0.
func (c *checker) text(field, value string, limit int, required bool) {
	switch n := utf8.RuneCountInString(value); {
	case required && n == 0:
		c.wrongf(field, "is required")
	case limit > 0 && n > limit:
		c.wrongf(field, "has %d characters; at most %d are allowed", n, limit)
	}
}

// count checks the length of a list.
func (c *checker) count(field string, n, least, most int) {
	if n < least || n > most {
		c.wrongf(field, "has %d entries; %d to %d are allowed", n, least, most)
	}
}

// each checks the entries of a list.
func (c *checker) each(field string, n int, check func(i int)) {
	path := c.path
	for i := range n {
		c.path = fmt.Sprintf("%s%s[%d].", path, field, i)
		check(i)
	}
	c.path = path
}

// message checks a message, or an element of a carousel.
func (c *checker) message(m InteractiveMessage, within bool) {
	switch m.Template.(type) {
	case nil:
		c.wrongf("Template", "is required")
		return
	case ListPicker, Panel:
	default:
		if within {
			c.wrongf("Template", "is a %T; a carousel can have a ListPicker or a Panel", m.Template)
		}
	}
	path := c.path
	c.path += "Template."
	m.Template.check(c)
	c.path = path
	if within {
		c.text("TemplateIdentifier", m.TemplateIdentifier, 0, true)
	}
	if m.Version != "" && m.Version != interactiveVersion {
		c.wrongf("Version", "must be %s or empty", interactiveVersion)
	}
	if m.Reply != (InteractiveReply{}) {
		c.text("Reply.Title", m.Reply.Title, 0, true)
	}
}

// elements checks what can be chosen.
func (c *checker) elements(all []InteractiveElement, least, most, limit int) {
	c.count("Elements", len(all), least, most)
	c.each("Elements", len(all), func(i int) {
		e := all[i]
		c.text("Title", e.Title, limit, true)
		c.text("Subtitle", e.Subtitle, maxTitle, false)
		switch e.ActionDetail {
		case "", ActionShowMore, ActionPreviousOptions:
		default:
			c.wrongf("ActionDetail", "must be %s or %s", ActionShowMore, ActionPreviousOptions)
		}
		if e.Type == ElementTypeHyperlink {
			c.text("URL", e.URL, 0, true)
		}
	})
}

func (l ListPicker) check(c *checker) { l.checkUpTo(c, 6) }

func (p Panel) check(c *checker) { ListPicker(p).checkUpTo(c, 10) }

func (l ListPicker) checkUpTo(c *checker, most int) {
	c.text("Title", l.Title, maxTitle, true)
	c.text("Subtitle", l.Subtitle, maxTitle, false)
	c.elements(l.Elements, 1, most, maxTitle)
}

func (q QuickReply) check(c *checker) {
	c.text("Title", q.Title, maxTitle, true)
	c.elements(q.Elements, 2, 5, maxQuickReply)
}

func (t TimePicker) check(c *checker) {
	c.text("Title", t.Title, maxTitle, true)
	c.text("Subtitle", t.Subtitle, maxTitle, false)
	c.count("Timeslots", len(t.Timeslots), 1, 20)
	c.each("Timeslots", len(t.Timeslots), func(i int) {
		if _, err := parseSlot(t.Timeslots[i].Date); err != nil {
			c.wrongf("Date", "is not a time of the form %s", TimeslotLayout)
		}
		if t.Timeslots[i].Duration <= 0 {
			c.wrongf("Duration", "must be positive")
		}
	})
	if t.Location != nil {
		c.text("Location.Title", t.Location.Title, 0, true)
	}
}

func (l Carousel) check(c *checker) {
	c.text("Title", l.Title, maxTitle, true)
	c.count("Elements", len(l.Elements), 2, 5)
	c.each("Elements", len(l.Elements), func(i int) { c.message(l.Elements[i], true) })
}

func (o OtherTemplate) check(c *checker) { c.text("Type", string(o.Type), 0, true) }

// parseSlot reads the date of a time slot.
func parseSlot(date string) (time.Time, error) {
	for _, layout := range []string{TimeslotLayout, "2006-01-02T15:04Z07:00", time.RFC3339} {
		if t, err := time.Parse(layout, date); err == nil {
			return t, nil
		}
	}
	return time.Time{}, errors.New("not a time")
}
