package connectparticipant

import (
	"cmp"
	"errors"

	"github.com/docferry/docferry"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// interactiveVersion is the version of all templates.
const interactiveVersion = "1.0"

// interactiveWire is an InteractiveMessage as it is written in JSON.
type interactiveWire struct {
	TemplateType       TemplateType        `json:"templateType"`
	Version            string              `json:"version"`
	TemplateIdentifier string              `json:"templateIdentifier,omitzero"`
	Data               interactiveWireData `json:"data"`
}

type interactiveWireData struct {
	Reply   InteractiveReply `json:"replyMessage,omitzero"`
	Content jsontext.Value   `json:"content,omitzero"`
}

// errNoTemplate is the error of encoding a message that asks nothing.
var errNoTemplate = errors.New("connectparticipant: InteractiveMessage.Template is required")

// MarshalJSON encodes the message as the service documents it. It checks no limits;
// Message does.
func (m InteractiveMessage) MarshalJSON() ([]byte, error) {
	var content jsontext.Value
	switch t := m.Template.(type) {
	case nil:
		return nil, errNoTemplate
	case OtherTemplate:
		content = t.Content
	default:
		var err error
		if content, err = json.Marshal(t); err != nil {
			return nil, err
		}
	}
	return json.Marshal(interactiveWire{TemplateType: m.Template.TemplateType(),
		Version: cmp.Or(m.Version, interactiveVersion), TemplateIdentifier: m.TemplateIdentifier,
		Data: interactiveWireData{Reply: m.Reply, Content: content}})
}

// UnmarshalJSON decodes a message. A member of an unexpected form stays zero, and one
// that is not documented is passed over.
func (m *InteractiveMessage) UnmarshalJSON(text []byte) error {
	read, err := decodeInteractive(text, false)
	if err == nil {
		*m = read
	}
	return err
}

// decodeInteractive decodes a message. A carousel within a carousel, which is not
// documented, is an OtherTemplate, so that nothing nests without end.
func decodeInteractive(text []byte, within bool) (InteractiveMessage, error) {
	var wire interactiveWire
	if _, err := dialect.Decode(text, nil, &wire); err != nil {
		return InteractiveMessage{}, err
	}
	m := InteractiveMessage{Reply: wire.Data.Reply, TemplateIdentifier: wire.TemplateIdentifier, Version: wire.Version}
	content := wire.Data.Content
	var err error
	switch kind := wire.TemplateType; {
	case kind == TemplateTypeListPicker:
		m.Template, err = decodeContent[ListPicker](content)
	case kind == TemplateTypePanel:
		m.Template, err = decodeContent[Panel](content)
	case kind == TemplateTypeQuickReply:
		m.Template, err = decodeContent[QuickReply](content)
	case kind == TemplateTypeTimePicker:
		m.Template, err = decodeContent[TimePicker](content)
	case kind == TemplateTypeCarousel && !within:
		m.Template, err = decodeCarousel(content)
	default:
		m.Template = OtherTemplate{Type: kind, Content: content}
	}
	return m, err
}

func decodeContent[T any](content jsontext.Value) (T, error) {
	var t T
	_, err := dialect.Decode(content, nil, &t)
	return t, err
}

func decodeCarousel(content jsontext.Value) (Carousel, error) {
	wire, err := decodeContent[struct {
		Title     string           `json:"title"`
		OmitTitle bool             `json:"omitTitleFromCarouselResponse"`
		Elements  []jsontext.Value `json:"elements"`
	}](content)
	c := Carousel{Title: wire.Title, OmitTitle: wire.OmitTitle}
	for _, element := range wire.Elements {
		if m, err := decodeInteractive(element, true); err == nil { // an odd element does not cost the others
			c.Elements = append(c.Elements, m)
		}
	}
	return c, err
}

// Interactive decodes the content of an item of the type ContentTypeInteractive. The
// error is a [*docferry.InputError] if the item has another type, or if its content
// is not such a message. A member of an unexpected form stays zero; Content has it.
func (i *Item) Interactive() (InteractiveMessage, error) {
	var m InteractiveMessage
	err := i.decodeAs("Interactive", ContentTypeInteractive, &m)
	return m, err
}

// InteractiveResponse decodes the content of an item of the type
// ContentTypeInteractiveResponse. The error is a [*docferry.InputError] if the item
// has another type, or if its content is not such a response.
func (i *Item) InteractiveResponse() (InteractiveResponse, error) {
	var r InteractiveResponse
	err := i.decodeAs("InteractiveResponse", ContentTypeInteractiveResponse, &r)
	return r, err
}

// decodeAs decodes the content of an item that must have a type.
func (i *Item) decodeAs(operation, contentType string, to interface{ UnmarshalJSON(text []byte) error }) error {
	if i.ContentType != contentType {
		return &docferry.InputError{Service: service, Operation: operation, Field: "Item.ContentType",
			Reason: "must be " + contentType}
	}
	if err := to.UnmarshalJSON([]byte(i.Content)); err != nil {
		return &docferry.InputError{Service: service, Operation: operation, Field: "Item.Content",
			Reason: "does not have the documented form"}
	}
	return nil
}
