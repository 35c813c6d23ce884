package connectparticipant_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
)

func TestChoose(t *testing.T) {
	const plainText, response = connectparticipant.ContentTypePlain, connectparticipant.ContentTypeInteractiveResponse
	panel := samples["part of a list"].message
	panel.Template = connectparticipant.Panel(panel.Template.(connectparticipant.ListPicker))
	utc := samples["time picker"].message
	times := utc.Template.(connectparticipant.TimePicker)
	times.TimeZoneOffset = 0
	utc.Template = times
	away := interactive{Template: connectparticipant.TimePicker{TimeZoneOffset: 60,
		Timeslots: []connectparticipant.Timeslot{{Date: "2020-10-31T17:00:05+02:00"}}}}
	for name, c := range map[string]struct {
		message           interactive
		choice            []int
		contentType, want string
	}{
		"list":                 {samples["list picker"].message, []int{1}, plainText, "Banana"},
		"panel":                {samples["panel"].message, []int{0}, plainText, "Talk to an agent"},
		"quick reply":          {samples["quick reply"].message, []int{1}, plainText, "Poor"},
		"time":                 {utc, []int{1}, plainText, "2020-11-15T13:00+00:00"},
		"time, elsewhere":      {samples["time picker"].message, []int{0}, plainText, "2020-10-31T09:30:00.00+00:00"},
		"time, from elsewhere": {away, []int{0}, plainText, "2020-10-31T16:00:05.00+00:00"},
		"carousel": {samples["carousel"].message, []int{1, 0}, plainText,
			`{"templateIdentifier":"template1","listTitle":"New York","selectionText":"Talk to agent"}`},
		"more of a list": {samples["part of a list"].message, []int{2}, response, `{"version":"1.0","data":{
			"actionName":"SHOW_MORE","preIndex":-1,"nextIndex":5,"listId":"serviceList","templateType":"ListPicker",
			"referenceId":"320435df"},"action":"SHOW_MORE"}`},
		"less of a panel": {panel, []int{0}, response, `{"version":"1.0","data":{
			"actionName":"PREVIOUS_OPTIONS","preIndex":-1,"nextIndex":5,"listId":"serviceList","templateType":"Panel",
			"referenceId":"320435df"},"action":"PREVIOUS_OPTIONS"}`},
	} {
		got, err := c.message.Choose(c.choice...)
		if err != nil || got.ContentType != c.contentType || got.ClientToken == "" {
			t.Errorf("%s: %+v, error %v", name, got, err)
			continue
		}
		if strings.HasPrefix(c.want, "{") {
			if diff := cmp.Diff(plain(t, c.want), plain(t, got.Content)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		} else if got.Content != c.want {
			t.Errorf("%s: %q, want %q", name, got.Content, c.want)
		}
	}
}

func TestChoicesThatCannotBeMade(t *testing.T) {
	carousel := samples["carousel"].message.Template.(connectparticipant.Carousel)
	carousel.OmitTitle = true
	dateless := connectparticipant.TimePicker{Timeslots: make([]connectparticipant.Timeslot, 1)}
	for name, c := range map[string]struct {
		template connectparticipant.InteractiveTemplate
		choice   []int
		want     string
	}{
		"no choice":         {samples["panel"].message.Template, nil, "has 0 indexes"},
		"two choices":       {samples["panel"].message.Template, []int{0, 1}, "has 2 indexes"},
		"below":             {samples["panel"].message.Template, []int{-1}, "is -1; the message has 2 entries"},
		"beyond":            {samples["time picker"].message.Template, []int{2}, "is 2; the message has 2 entries"},
		"a link":            {samples["panel"].message.Template, []int{1}, "is a link"},
		"no title":          {connectparticipant.QuickReply{Elements: []element{{}}}, []int{0}, "without a title"},
		"no date":           {dateless, []int{0}, "cannot be read"},
		"one in a carousel": {samples["carousel"].message.Template, []int{0}, "a carousel needs two"},
		"no such list":      {samples["carousel"].message.Template, []int{2, 0}, "is 2; the message has 2 entries"},
		"no such element":   {samples["carousel"].message.Template, []int{1, 1}, "is 1; the message has 1 entries"},
		"without a title":   {carousel, []int{0, 0}, "Template.OmitTitle is set"},
		"other in a carousel": {connectparticipant.Carousel{Elements: []interactive{
			{Template: connectparticipant.OtherTemplate{}}}}, []int{0, 0}, "is a connectparticipant.OtherTemplate"},
		"other":   {connectparticipant.OtherTemplate{}, []int{0}, "it is not known what to send"},
		"nothing": {nil, []int{0}, "it is not known what to send"},
	} {
		got, err := interactive{Template: c.template}.Choose(c.choice...)
		if _, ok := errors.AsType[*docferry.InputError](err); !ok || !strings.Contains(err.Error(), c.want) ||
			got != (connectparticipant.Message{}) {
			t.Errorf("%s: %+v, error %v; want %q", name, got, err, c.want)
		}
	}
}

func TestInteractiveResponse(t *testing.T) {
	r := connectparticipant.InteractiveResponse{Version: "1.0", Action: "Submit", Data: []byte(`{"name":"Ana"}`)}
	message, err := r.Message()
	const contentType = connectparticipant.ContentTypeInteractiveResponse
	if err != nil || message.ContentType != contentType || message.ClientToken == "" {
		t.Fatalf("%+v, error %v", message, err)
	}
	const want = `{"version":"1.0","action":"Submit","data":{"name":"Ana"}}`
	if diff := cmp.Diff(plain(t, want), plain(t, message.Content)); diff != "" {
		t.Error("encoded (-want +got):\n", diff)
	}
	item := connectparticipant.Item{ContentType: message.ContentType, Content: message.Content}
	got, err := item.InteractiveResponse()
	if diff := cmp.Diff(r, got); diff != "" || err != nil {
		t.Errorf("decoded: error %v (-want +got):\n%s", err, diff)
	}
	if _, err := got.ListPart(); err == nil || !strings.Contains(err.Error(), "Action must be SHOW_MORE") {
		t.Errorf("the part of a list that a form is: error %v", err)
	}
	got = connectparticipant.InteractiveResponse{Action: connectparticipant.ActionShowMore, Data: []byte("secret")}
	if _, err := got.ListPart(); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("a part of a list that is not JSON: error %v", err)
	}
	for want, r := range map[string]connectparticipant.InteractiveResponse{
		"Action is required":        {Data: []byte("{}")},
		"Data is not a JSON":        {Action: "a", Data: []byte(`[]`)},
		"Data is not a JSON ":       {Action: "a", Data: []byte(`{"secret"`)},
		"at most 12288 are allowed": {Action: strings.Repeat("a", 12288)},
		"cannot be encoded in JSON": {Action: "\xff"},
	} {
		_, err := r.Message()
		if _, ok := errors.AsType[*docferry.InputError](err); !ok || !strings.Contains(err.Error(), want) ||
			strings.Contains(err.Error(), "secret") {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	for _, item := range []connectparticipant.Item{
		{ContentType: connectparticipant.ContentTypeInteractive, Content: want},
		{ContentType: connectparticipant.ContentTypeInteractiveResponse, Content: "[]"},
	} {
		if _, err := item.InteractiveResponse(); err == nil {
			t.Errorf("%+v is a response", item)
		}
	}
}
