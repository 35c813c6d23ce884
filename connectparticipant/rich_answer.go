package connectparticipant

import (
	"cmp"
	"fmt"
	"time"

	"github.com/docferry/docferry"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// InteractiveResponse is the content of a message of the type
// ContentTypeInteractiveResponse. Amazon's chat client sends one when a customer asks
// for another part of a list; see [ListPart]. What a customer chooses it sends as
// plain text; see [InteractiveMessage.Choose].
//
// A participant also answers a [View] with a response. Action is then one of
// ViewContent.Actions, and Data what the view asks for. That is not documented, so it
// is inferred that the form is this one.
type InteractiveResponse struct {
	Version string // empty means "1.0", the only version
	Action  string // what was chosen, such as ActionShowMore; required
	// Data is the rest of the response: a JSON object. Empty means that there is none.
	Data []byte
}

// ListPart is the Data of an [InteractiveResponse] that asks for another part of a list.
// Its fields are those of the [ListPicker] or [Panel] that has shown a part.
type ListPart struct {
	ActionName   string       `json:"actionName"` // ActionShowMore or ActionPreviousOptions
	PreIndex     *int64       `json:"preIndex,omitzero"`
	NextIndex    *int64       `json:"nextIndex,omitzero"`
	ListID       string       `json:"listId,omitzero"`
	TemplateType TemplateType `json:"templateType,omitzero"`
	ReferenceID  string       `json:"referenceId,omitzero"`
}

// responseWire is an InteractiveResponse as it is written in JSON.
type responseWire struct {
	Version string         `json:"version"`
	Data    jsontext.Value `json:"data,omitzero"`
	Action  string         `json:"action"`
}

// MarshalJSON encodes the response. It checks no limits; Message does.
func (r InteractiveResponse) MarshalJSON() ([]byte, error) {
	return json.Marshal(responseWire{Version: cmp.Or(r.Version, interactiveVersion), Data: r.Data, Action: r.Action})
}

// UnmarshalJSON decodes a response. A member of an unexpected form stays zero, and one
// that is not documented is passed over.
func (r *InteractiveResponse) UnmarshalJSON(text []byte) error {
	var wire responseWire
	if _, err := dialect.Decode(text, nil, &wire); err != nil {
		return err
	}
	*r = InteractiveResponse{Version: wire.Version, Action: wire.Action, Data: wire.Data}
	return nil
}

// ListPart decodes Data. The error is a [*docferry.InputError] if Action asks for
// something else than a part of a list, or if Data does not have the form.
func (r InteractiveResponse) ListPart() (ListPart, error) {
	var part ListPart
	if r.Action != ActionShowMore && r.Action != ActionPreviousOptions {
		return part, &docferry.InputError{Service: service, Operation: "InteractiveResponse.ListPart", Field: "Action",
			Reason: fmt.Sprintf("must be %s or %s", ActionShowMore, ActionPreviousOptions)}
	}
	if _, err := dialect.Decode(r.Data, nil, &part); err != nil {
		return ListPart{}, &docferry.InputError{Service: service, Operation: "InteractiveResponse.ListPart", Field: "Data",
			Reason: "does not have the documented form"}
	}
	return part, nil
}

// Message returns the response as a message for [Chat.Send], with a ClientToken of its
// own. The error is a [*docferry.InputError] if Action is missing, if Data is not a
// JSON object, or if the content would have more than 12,288 characters.
func (r InteractiveResponse) Message() (Message, error) {
	const operation = "InteractiveResponse.Message"
	if r.Action == "" {
		return Message{}, &docferry.InputError{Service: service, Operation: operation, Field: "Action",
			Reason: "is required"}
	}
	if data := jsontext.Value(r.Data); len(data) > 0 && (!data.IsValid() || data.Kind() != '{') {
		return Message{}, &docferry.InputError{Service: service, Operation: operation, Field: "Data",
			Reason: "is not a JSON object"}
	}
	return encoded(operation, ContentTypeInteractiveResponse, r, maxResponse)
}

// Choose returns the message for [Chat.Send] with which a customer answers this one,
// as Amazon's chat client sends it. It has a ClientToken of its own. The choice is the
// index of an element or of a time slot; for a [Carousel], which has lists as
// elements, it is the index of a list and that of an element of it.
//
// The answer is
//   - for an element: its Title, as plain text;
//   - for an element of a carousel: a JSON object with the TemplateIdentifier, the
//     Title of the list and that of the element, as plain text;
//   - for a time slot: its Date, as plain text, to which the TimeZoneOffset is added;
//   - for an element with an ActionDetail that is not in a carousel: an
//     [InteractiveResponse] with a [ListPart].
//
// The error is a [*docferry.InputError] if there is no such choice, if the element is
// a link, for which nothing is sent, or if it is unknown what to send: for an
// [OtherTemplate], and for a carousel with OmitTitle.
func (m InteractiveMessage) Choose(choice ...int) (Message, error) {
	switch t := m.Template.(type) {
	case ListPicker:
		return chooseElement(t, TemplateTypeListPicker, choice)
	case Panel:
		return chooseElement(ListPicker(t), TemplateTypePanel, choice)
	case QuickReply:
		return chooseElement(ListPicker{Elements: t.Elements}, TemplateTypeQuickReply, choice)
	case TimePicker:
		return t.choose(choice)
	case Carousel:
		return t.choose(choice)
	}
	return Message{}, noChoicef("Template", "is a %T: it is not known what to send for it", m.Template)
}

// noChoicef returns the error for a choice that cannot be made.
func noChoicef(field, format string, args ...any) error {
	return &docferry.InputError{Service: service, Operation: "InteractiveMessage.Choose", Field: field,
		Reason: fmt.Sprintf(format, args...)}
}

// pick returns what a choice of one index means.
func pick[T any](all []T, choice []int) (T, error) {
	var none T
	if len(choice) != 1 {
		return none, noChoicef("choice", "has %d indexes; this message needs one", len(choice))
	}
	if choice[0] < 0 || choice[0] >= len(all) {
		return none, noChoicef("choice", "is %d; the message has %d entries, which count from 0", choice[0], len(all))
	}
	return all[choice[0]], nil
}

func pickElement(all []InteractiveElement, choice []int) (InteractiveElement, error) {
	e, err := pick(all, choice)
	switch {
	case err != nil:
		return e, err
	case e.Type == ElementTypeHyperlink && e.URL != "":
		return e, noChoicef("choice", "is a link; nothing is sent for it")
	case e.Title == "":
		return e, noChoicef("choice", "is an element without a title, so there is nothing to send")
	}
	return e, nil
}

func chooseElement(l ListPicker, kind TemplateType, choice []int) (Message, error) {
	e, err := pickElement(l.Elements, choice)
	if err != nil {
		return Message{}, err
	}
	if e.ActionDetail != ActionShowMore && e.ActionDetail != ActionPreviousOptions || kind == TemplateTypeQuickReply {
		return NewMessage(ContentTypePlain, e.Title), nil
	}
	data, err := json.Marshal(ListPart{ActionName: e.ActionDetail, PreIndex: l.PreIndex, NextIndex: l.NextIndex,
		ListID: l.ListID, TemplateType: kind, ReferenceID: l.ReferenceID})
	if err != nil {
		return Message{}, noChoicef("Template", "cannot be encoded in JSON")
	}
	return InteractiveResponse{Action: e.ActionDetail, Data: data}.Message()
}

func (t TimePicker) choose(choice []int) (Message, error) {
	slot, err := pick(t.Timeslots, choice)
	if err != nil {
		return Message{}, err
	}
	begin, err := parseSlot(slot.Date)
	if err != nil {
		return Message{}, noChoicef("choice", "is a time slot whose Date cannot be read")
	}
	date := slot.Date
	if t.TimeZoneOffset != 0 {
		begin = begin.Add(time.Duration(t.TimeZoneOffset) * time.Minute)
		date = begin.UTC().Format("2006-01-02T15:04:05.00-07:00") // the digits that Amazon's client sends
	}
	return NewMessage(ContentTypePlain, date), nil
}

func (l Carousel) choose(choice []int) (Message, error) {
	if len(choice) != 2 {
		return Message{}, noChoicef("choice", "has %d indexes; a carousel needs two", len(choice))
	}
	if l.OmitTitle {
		return Message{}, noChoicef("Template.OmitTitle", "is set: it is not known what to send then")
	}
	m, err := pick(l.Elements, choice[:1])
	if err != nil {
		return Message{}, err
	}
	var list ListPicker
	switch t := m.Template.(type) {
	case ListPicker:
		list = t
	case Panel:
		list = ListPicker(t)
	default:
		return Message{}, noChoicef("choice", "is a %T: it is not known what to send for it in a carousel", m.Template)
	}
	e, err := pickElement(list.Elements, choice[1:])
	if err != nil {
		return Message{}, err
	}
	content, err := json.Marshal(struct {
		TemplateIdentifier string `json:"templateIdentifier"`
		ListTitle          string `json:"listTitle"`
		SelectionText      string `json:"selectionText"`
	}{m.TemplateIdentifier, list.Title, e.Title})
	if err != nil {
		return Message{}, noChoicef("Template", "cannot be encoded in JSON")
	}
	return NewMessage(ContentTypePlain, string(content)), nil
}
