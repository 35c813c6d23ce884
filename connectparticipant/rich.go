package connectparticipant

// TemplateType is the type of an interactive message.
type TemplateType string

// Types of interactive messages. There are more, for the apps of other companies:
// they are decoded as an [OtherTemplate].
const (
	TemplateTypeListPicker TemplateType = "ListPicker"
	TemplateTypePanel      TemplateType = "Panel"
	TemplateTypeQuickReply TemplateType = "QuickReply"
	TemplateTypeTimePicker TemplateType = "TimePicker"
	TemplateTypeCarousel   TemplateType = "Carousel"
)

// InteractiveMessage is the content of a message of the type
// ContentTypeInteractive: a question that shows the customer what can be chosen.
// [Item.Interactive] reads one that was received.
//
// It is usually a flow that asks, with what a Lambda function returns to an Amazon
// Lex bot: [InteractiveMessage.MarshalJSON] encodes that. Message makes a message
// for [Chat.Send], but the reference of SendMessage does not list this content type
// among those that a participant can send, so the service may refuse it with
// docferry.ErrInvalid.
//
// Guide: https://docs.aws.amazon.com/connect/latest/adminguide/interactive-messages.html
type InteractiveMessage struct {
	// Template is the question: a [ListPicker], a [Panel], a [QuickReply], a
	// [TimePicker], a [Carousel], or an [OtherTemplate]; not a pointer to one.
	// Required.
	Template InteractiveTemplate
	// Reply is what is shown once the customer has chosen. Optional.
	Reply InteractiveReply
	// TemplateIdentifier names the element of a [Carousel] in what the customer sends
	// back. Required there, otherwise optional.
	TemplateIdentifier string
	// Version is the version of the template. Empty means "1.0", the only one.
	Version string
}

// InteractiveTemplate is the question of an [InteractiveMessage]. The types of this
// package that implement it are the only ones.
type InteractiveTemplate interface {
	// TemplateType returns the type of the template.
	TemplateType() TemplateType

	check(c *checker)
}

// InteractiveReply is shown once a customer has chosen.
type InteractiveReply struct {
	Title            string `json:"title"` // required, unless the whole reply is empty
	Subtitle         string `json:"subtitle,omitzero"`
	ImageType        string `json:"imageType,omitzero"` // "URL", if there is an image
	ImageData        string `json:"imageData,omitzero"` // the URL of an image
	ImageDescription string `json:"imageDescription,omitzero"`
}

// ListPicker is a list of 1 to 6 elements, which can have images. (A [Panel] is a
// list of up to 10, without images.)
type ListPicker struct {
	Title            string `json:"title"` // up to 400 characters; required
	Subtitle         string `json:"subtitle,omitzero"`
	ImageType        string `json:"imageType,omitzero"` // "URL", if there is an image
	ImageData        string `json:"imageData,omitzero"` // the URL of an image
	ImageDescription string `json:"imageDescription,omitzero"`
	// Elements are what can be chosen.
	Elements []InteractiveElement `json:"elements"`

	// ListID, ReferenceID, PreIndex and NextIndex are for a list that is longer than
	// what is shown of it. An element with an ActionDetail then asks for another part,
	// by sending these back; see [ListPart]. ListID is the whole list, ReferenceID
	// connects the messages that show parts of it, and the other two are where the
	// parts before and after this one begin.
	ListID      string `json:"listId,omitzero"`
	ReferenceID string `json:"referenceId,omitzero"`
	PreIndex    *int64 `json:"preIndex,omitzero"`
	NextIndex   *int64 `json:"nextIndex,omitzero"`
}

// Panel is a list of 1 to 10 elements, which are text alone. Its fields are those of a
// [ListPicker].
type Panel ListPicker

// QuickReply is a question with 2 to 5 short answers.
type QuickReply struct {
	Title string `json:"title"` // up to 400 characters; required
	// Elements are what can be chosen. Only their Title is used, of up to 200
	// characters.
	Elements []InteractiveElement `json:"elements"`
}

// InteractiveElement is what a customer can choose.
type InteractiveElement struct {
	Title            string `json:"title"`              // up to 400 characters; required
	Subtitle         string `json:"subtitle,omitzero"`  // up to 400 characters
	ImageType        string `json:"imageType,omitzero"` // "URL", if there is an image
	ImageData        string `json:"imageData,omitzero"` // the URL of an image
	ImageDescription string `json:"imageDescription,omitzero"`
	// ActionDetail makes this element ask for another part of a long list:
	// ActionShowMore or ActionPreviousOptions.
	ActionDetail string `json:"actionDetail,omitzero"`
	// Type is ElementTypeHyperlink for an element that opens URL and sends nothing.
	Type string `json:"type,omitzero"`
	URL  string `json:"url,omitzero"`
}

// Values of InteractiveElement.ActionDetail, and of InteractiveResponse.Action.
const (
	ActionShowMore        = "SHOW_MORE"
	ActionPreviousOptions = "PREVIOUS_OPTIONS"
)

// ElementTypeHyperlink is a value of InteractiveElement.Type.
const ElementTypeHyperlink = "hyperlink"

// TimePicker is a question with 1 to 20 times.
type TimePicker struct {
	Title            string `json:"title"`              // up to 400 characters; required
	Subtitle         string `json:"subtitle,omitzero"`  // up to 400 characters
	ImageType        string `json:"imageType,omitzero"` // "URL", if there is an image
	ImageData        string `json:"imageData,omitzero"` // the URL of an image
	ImageDescription string `json:"imageDescription,omitzero"`
	// TimeZoneOffset is added to the times that are shown, in minutes.
	TimeZoneOffset int64         `json:"timeZoneOffset,omitzero"`
	Location       *TimeLocation `json:"location,omitzero"` // optional
	Timeslots      []Timeslot    `json:"timeslots"`         // required
}

// TimeLocation is the place of an appointment.
type TimeLocation struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
	Title     string  `json:"title"` // required
	Radius    float64 `json:"radius,omitzero"`
}

// Timeslot is a time that can be chosen.
type Timeslot struct {
	Date     string `json:"date"`     // when it begins, such as time.Time.Format(TimeslotLayout); required
	Duration int64  `json:"duration"` // its length (in minutes, inferred); required
}

// TimeslotLayout is the layout of Timeslot.Date for [time.Time.Format]. Dates with
// seconds are accepted too.
const TimeslotLayout = "2006-01-02T15:04-07:00"

// Carousel shows 2 to 5 lists side by side.
type Carousel struct {
	Title string `json:"title"` // up to 400 characters; required
	// OmitTitle is the member omitTitleFromCarouselResponse, which leaves the title
	// out of what the customer sends back.
	OmitTitle bool `json:"omitTitleFromCarouselResponse,omitzero"`
	// Elements are messages with a [ListPicker] or a [Panel] and a TemplateIdentifier
	// each.
	Elements []InteractiveMessage `json:"elements"`
}

// OtherTemplate is a template that this package has no type for, such as one for the
// apps of other companies, or the one with which a flow shows a [View]. Nothing of it
// is checked.
type OtherTemplate struct {
	Type TemplateType // required
	// Content is the member content of the message, in JSON. Empty means that there is
	// none.
	Content []byte
}

// TemplateType implements InteractiveTemplate.
func (ListPicker) TemplateType() TemplateType { return TemplateTypeListPicker }

// TemplateType implements InteractiveTemplate.
func (Panel) TemplateType() TemplateType { return TemplateTypePanel }

// TemplateType implements InteractiveTemplate.
func (QuickReply) TemplateType() TemplateType { return TemplateTypeQuickReply }

// TemplateType implements InteractiveTemplate.
func (TimePicker) TemplateType() TemplateType { return TemplateTypeTimePicker }

// TemplateType implements InteractiveTemplate.
func (Carousel) TemplateType() TemplateType { return TemplateTypeCarousel }

// TemplateType implements InteractiveTemplate.
func (o OtherTemplate) TemplateType() TemplateType { return o.Type }
