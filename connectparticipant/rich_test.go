package connectparticipant_test

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
)

type (
	interactive = connectparticipant.InteractiveMessage
	element     = connectparticipant.InteractiveElement
)

const fruits = "https://interactive-msg.s3-us-west-2.amazonaws.com/fruit_34.3kb.jpg"

var oscar = &connectparticipant.TimeLocation{Latitude: 47.616299, Longitude: -122.4311, Title: "Oscar", Radius: 1}

// samples are messages as the administrator guide and Amazon's own programs have them.
var samples = map[string]struct {
	json    string
	message interactive
}{
	"list picker": {
		`{"templateType":"ListPicker","version":"1.0","data":{
			"replyMessage":{"title":"Thanks for selecting!","subtitle":"Produce selected","imageType":"URL",
				"imageData":"` + fruits + `","imageDescription":"Select a produce to buy"},
			"content":{"title":"What produce would you like to buy?","subtitle":"Tap to select option",
				"imageType":"URL","imageData":"` + fruits + `","imageDescription":"Select a produce to buy",
				"elements":[{"title":"Apple","subtitle":"$1.00","imageType":"URL","imageData":"` + fruits + `"},
					{"title":"Banana"}]}}}`,
		interactive{Version: "1.0",
			Reply: connectparticipant.InteractiveReply{Title: "Thanks for selecting!", Subtitle: "Produce selected",
				ImageType: "URL", ImageData: fruits, ImageDescription: "Select a produce to buy"},
			Template: connectparticipant.ListPicker{Title: "What produce would you like to buy?",
				Subtitle: "Tap to select option", ImageType: "URL", ImageData: fruits,
				ImageDescription: "Select a produce to buy",
				Elements: []element{{Title: "Apple", Subtitle: "$1.00", ImageType: "URL", ImageData: fruits},
					{Title: "Banana"}}}},
	},
	"part of a list": {
		`{"templateType":"ListPicker","version":"1.0","data":{"content":{"title":"Which service?",
			"elements":[{"title":"Previous options","actionDetail":"PREVIOUS_OPTIONS"},{"title":"Audiologist"},
				{"title":"Show more","actionDetail":"SHOW_MORE"}],
			"listId":"serviceList","referenceId":"320435df","preIndex":-1,"nextIndex":5}}}`,
		interactive{Version: "1.0", Template: connectparticipant.ListPicker{Title: "Which service?",
			Elements: []element{{Title: "Previous options", ActionDetail: connectparticipant.ActionPreviousOptions},
				{Title: "Audiologist"}, {Title: "Show more", ActionDetail: connectparticipant.ActionShowMore}},
			ListID: "serviceList", ReferenceID: "320435df", PreIndex: new(int64(-1)), NextIndex: new(int64(5))}},
	},
	"panel": {
		`{"templateType":"Panel","version":"1.0","templateIdentifier":"uuid","data":{"content":{
			"title":"How can I help you?","subtitle":"Tap to select option",
			"elements":[{"title":"Talk to an agent"},{"title":"Our page","type":"hyperlink","url":"https://example.com"}]}}}`,
		interactive{Version: "1.0", TemplateIdentifier: "uuid", Template: connectparticipant.Panel{
			Title: "How can I help you?", Subtitle: "Tap to select option",
			Elements: []element{{Title: "Talk to an agent"},
				{Title: "Our page", Type: connectparticipant.ElementTypeHyperlink, URL: "https://example.com"}}}},
	},
	"quick reply": {
		`{"templateType":"QuickReply","version":"1.0","data":{"replyMessage":{"title":"Thanks for selecting!"},
			"content":{"title":"How was your experience?","elements":[{"title":"Great"},{"title":"Poor"}]}}}`,
		interactive{Version: "1.0", Reply: connectparticipant.InteractiveReply{Title: "Thanks for selecting!"},
			Template: connectparticipant.QuickReply{Title: "How was your experience?",
				Elements: []element{{Title: "Great"}, {Title: "Poor"}}}},
	},
	"time picker": {
		`{"templateType":"TimePicker","version":"1.0","data":{"content":{"title":"Schedule appointment",
			"timeZoneOffset":-450,"location":{"latitude":47.616299,"longitude":-122.4311,"title":"Oscar","radius":1},
			"timeslots":[{"date":"2020-10-31T17:00+00:00","duration":60},{"date":"2020-11-15T13:00+00:00","duration":60}]}}}`,
		interactive{Version: "1.0", Template: connectparticipant.TimePicker{Title: "Schedule appointment",
			TimeZoneOffset: -450,
			Location:       oscar,
			Timeslots: []connectparticipant.Timeslot{{Date: "2020-10-31T17:00+00:00", Duration: 60},
				{Date: "2020-11-15T13:00+00:00", Duration: 60}}}},
	},
	"carousel": {
		`{"templateType":"Carousel","version":"1.0","data":{"content":{"title":"View our popular destinations",
			"elements":[
				{"templateIdentifier":"template0","templateType":"Panel","version":"1.0","data":{"content":{
					"title":"California","elements":[{"title":"Book flights"},{"title":"Book hotels"}]}}},
				{"templateIdentifier":"template1","templateType":"ListPicker","version":"1.0","data":{"content":{
					"title":"New York","elements":[{"title":"Talk to agent"}]}}}]}}}`,
		interactive{Version: "1.0", Template: connectparticipant.Carousel{Title: "View our popular destinations",
			Elements: []interactive{
				{Version: "1.0", TemplateIdentifier: "template0", Template: connectparticipant.Panel{Title: "California",
					Elements: []element{{Title: "Book flights"}, {Title: "Book hotels"}}}},
				{Version: "1.0", TemplateIdentifier: "template1", Template: connectparticipant.ListPicker{Title: "New York",
					Elements: []element{{Title: "Talk to agent"}}}},
			}}},
	},
	"another template": {
		`{"templateType":"AppleForm","version":"1.0","data":{"content":{"pages":[1,2]}}}`,
		interactive{Version: "1.0",
			Template: connectparticipant.OtherTemplate{Type: "AppleForm", Content: []byte(`{"pages":[1,2]}`)}},
	},
}

// plain decodes JSON, so that two texts can be compared whatever their form.
func plain(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return v
}

func TestInteractiveSamples(t *testing.T) {
	for name, sample := range samples {
		message, err := sample.message.Message()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if message.ContentType != connectparticipant.ContentTypeInteractive || message.ClientToken == "" {
			t.Errorf("%s: the message is %+v", name, message)
		}
		if diff := cmp.Diff(plain(t, sample.json), plain(t, message.Content)); diff != "" {
			t.Errorf("%s, encoded (-want +got):\n%s", name, diff)
		}
		item := connectparticipant.Item{ContentType: connectparticipant.ContentTypeInteractive, Content: sample.json}
		got, err := item.Interactive()
		if diff := cmp.Diff(sample.message, got); diff != "" || err != nil {
			t.Errorf("%s, decoded: error %v (-want +got):\n%s", name, err, diff)
		}
		unversioned := sample.message
		unversioned.Version = ""
		if again, err := unversioned.Message(); err != nil || again.Content != message.Content {
			t.Errorf("%s, without a version: error %v, %s", name, err, again.Content)
		}
		// encoding/json, which Lambda functions use.
		text, err := json.Marshal(sample.message)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var again interactive
		if err := json.Unmarshal(text, &again); err != nil || !cmp.Equal(sample.message, again) {
			t.Errorf("%s: encoding/json makes it %+v, error %v", name, again, err)
		}
	}
}

func TestOddInteractiveMessages(t *testing.T) {
	for name, c := range map[string]struct {
		json string
		want interactive
	}{
		"odd members": {
			`{"templateType":"ListPicker","version":1,"new":{},"data":{"replyMessage":7,"content":{"title":["x"],
				"nextIndex":"5","new":1,"elements":["x",{"title":"a","url":{}},null]}}}`,
			interactive{Version: "1", Template: connectparticipant.ListPicker{NextIndex: new(int64(5)),
				Elements: []element{{Title: "a"}}}},
		},
		"odd elements of a carousel": {
			`{"templateType":"Carousel","data":{"content":{"elements":["x",
				{"templateType":"Carousel","data":{"content":{"elements":[]}}},{"templateType":"Panel","data":{"content":{}}}]}}}`,
			interactive{Template: connectparticipant.Carousel{Elements: []interactive{
				{Template: connectparticipant.OtherTemplate{Type: "Carousel", Content: []byte(`{"elements":[]}`)}},
				{Template: connectparticipant.Panel{}}}}},
		},
		"no template": {`{"data":{}}`, interactive{Template: connectparticipant.OtherTemplate{}}},
	} {
		item := connectparticipant.Item{ContentType: connectparticipant.ContentTypeInteractive, Content: c.json}
		got, err := item.Interactive()
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%s: error %v (-want +got):\n%s", name, err, diff)
		}
	}
	for _, item := range []connectparticipant.Item{
		{ContentType: connectparticipant.ContentTypePlain, Content: samples["panel"].json},
		{ContentType: connectparticipant.ContentTypeInteractive, Content: "secret"},
		{ContentType: connectparticipant.ContentTypeInteractive, Content: `{"templateType":"Panel"}`},
		{ContentType: connectparticipant.ContentTypeInteractive, Content: `{"templateType":"Carousel","data":{"content":7}}`},
	} {
		_, err := item.Interactive()
		if _, ok := errors.AsType[*docferry.InputError](err); !ok || strings.Contains(err.Error(), "secret") {
			t.Errorf("%+v: error %v, want an InputError without the content", item, err)
		}
	}
}

func TestInteractiveLimits(t *testing.T) {
	long := func(n int) string { return strings.Repeat("é", n) }
	times := func(n int, s connectparticipant.Timeslot) (all []connectparticipant.Timeslot) {
		for range n {
			all = append(all, s)
		}
		return all
	}
	elements := func(n int) (all []element) {
		for range n {
			all = append(all, element{Title: long(200)})
		}
		return all
	}
	hour := connectparticipant.Timeslot{Date: time.Now().Format(connectparticipant.TimeslotLayout), Duration: 60}
	slide := interactive{TemplateIdentifier: "a", Template: connectparticipant.Panel{Title: "a", Elements: elements(1)}}
	type (
		list     = connectparticipant.ListPicker
		panel    = connectparticipant.Panel
		reply    = connectparticipant.QuickReply
		picker   = connectparticipant.TimePicker
		place    = connectparticipant.TimeLocation
		slot     = connectparticipant.Timeslot
		carousel = connectparticipant.Carousel
		other    = connectparticipant.OtherTemplate
	)
	nan := &place{Title: "a", Latitude: math.NaN()}
	inner := func(template connectparticipant.InteractiveTemplate) carousel {
		return carousel{Title: "a", Elements: []interactive{slide, {TemplateIdentifier: "b", Template: template}}}
	}
	for name, c := range map[string]struct {
		template connectparticipant.InteractiveTemplate
		field    string // that is wrong, within Template; "" if none is
	}{
		"list":           {list{Title: long(400), Elements: elements(6)}, ""},
		"list, empty":    {list{Title: "a"}, "Elements"},
		"list, full":     {list{Title: "a", Elements: elements(7)}, "Elements"},
		"list, title":    {list{Title: long(401), Elements: elements(1)}, "Title"},
		"list, untitled": {list{Elements: elements(1)}, "Title"},
		"list, subtitle": {list{Title: "a", Subtitle: long(401), Elements: elements(1)}, "Subtitle"},

		"element, title": {list{Title: "a", Elements: []element{{Title: "a"}, {}}}, "Elements[1].Title"},
		"element, subtitle": {list{Title: "a", Elements: []element{{Title: "a", Subtitle: long(401)}}},
			"Elements[0].Subtitle"},
		"element, action": {list{Title: "a", Elements: []element{{Title: "a", ActionDetail: "MORE"}}},
			"Elements[0].ActionDetail"},
		"element, link": {list{Title: "a", Elements: []element{{Title: "a", Type: "hyperlink"}}}, "Elements[0].URL"},

		"panel":       {panel{Title: "a", Elements: elements(10)}, ""},
		"panel, full": {panel{Title: "a", Elements: elements(11)}, "Elements"},

		"reply, one":  {reply{Title: "a", Elements: elements(1)}, "Elements"},
		"reply, five": {reply{Title: "a", Elements: elements(5)}, ""},
		"reply, six":  {reply{Title: "a", Elements: elements(6)}, "Elements"},
		"reply, long": {reply{Title: "a", Elements: []element{{Title: long(201)}, {Title: "a"}}}, "Elements[0].Title"},

		"times":           {picker{Title: "a", Timeslots: times(20, hour)}, ""},
		"times, none":     {picker{Title: "a"}, "Timeslots"},
		"times, full":     {picker{Title: "a", Timeslots: times(21, hour)}, "Timeslots"},
		"times, date":     {picker{Title: "a", Timeslots: times(1, slot{Date: "noon", Duration: 1})}, "Timeslots[0].Date"},
		"times, duration": {picker{Title: "a", Timeslots: times(1, slot{Date: hour.Date})}, "Timeslots[0].Duration"},
		"times, place":    {picker{Title: "a", Timeslots: times(1, hour), Location: &place{Latitude: 1}}, "Location.Title"},
		"times, nowhere":  {picker{Title: "a", Timeslots: times(1, hour), Location: nan}, "the content"},

		"carousel":      {carousel{Title: "a", Elements: []interactive{slide, slide}}, ""},
		"carousel, one": {carousel{Title: "a", Elements: []interactive{slide}}, "Elements"},
		"carousel, name": {carousel{Title: "a", Elements: []interactive{slide, {Template: slide.Template}}},
			"Elements[1].TemplateIdentifier"},
		"carousel, kind":  {inner(reply{Title: "a", Elements: elements(2)}), "Elements[1].Template"},
		"carousel, inner": {inner(panel{Title: "a", Elements: elements(11)}), "Elements[1].Template.Elements"},

		"other":     {other{}, "Type"},
		"large":     {other{Type: "a", Content: []byte(`"` + long(16310) + `"`)}, ""},
		"too large": {other{Type: "a", Content: []byte(`"` + long(16384) + `"`)}, "the content"},
		"not JSON":  {other{Type: "a", Content: []byte("x")}, "the content"},
		"not UTF-8": {panel{Title: "\xff", Elements: elements(1)}, "the content"},
	} {
		field := c.field
		if field != "" && field != "the content" {
			field = "Template." + field
		}
		checkLimit(t, name, interactive{Template: c.template}, field)
	}
}

func TestInteractiveLimitsOfAllTemplates(t *testing.T) {
	template := samples["panel"].message.Template
	untitled := connectparticipant.InteractiveReply{Subtitle: "a"}
	checkLimit(t, "nothing", interactive{}, "Template")
	checkLimit(t, "version", interactive{Version: "2.0", Template: template}, "Version")
	checkLimit(t, "reply", interactive{Reply: untitled, Template: template}, "Reply.Title")
}

// FuzzInteractive reads what a service may send as a message, and answers it.
func FuzzInteractive(f *testing.F) {
	for _, sample := range samples {
		f.Add(sample.json, 0, 1)
	}
	f.Fuzz(func(t *testing.T, content string, first, second int) {
		item := connectparticipant.Item{ContentType: connectparticipant.ContentTypeInteractive, Content: content}
		m, err := item.Interactive()
		if err != nil {
			return
		}
		for _, choice := range [][]int{{first}, {first, second}} {
			answer, err := m.Choose(choice...)
			if _, ok := errors.AsType[*docferry.InputError](err); (err == nil) != (answer.Content != "") || err != nil && !ok {
				t.Errorf("the answer %+v, error %v", answer, err)
			}
		}
		message, err := m.Message()
		if err != nil {
			return
		}
		item.Content = message.Content
		if again, err := item.Interactive(); err != nil || again.Template.TemplateType() != m.Template.TemplateType() {
			t.Errorf("%s\nis read as %+v, error %v", message.Content, again, err)
		}
	})
}

// checkLimit wants a message to be refused for a field, for "the content" as a whole,
// or not at all, if field is empty.
func checkLimit(t *testing.T, name string, m interactive, field string) {
	t.Helper()
	message, err := m.Message()
	if field == "" {
		if err != nil || message.Content == "" {
			t.Errorf("%s: error %v", name, err)
		}
		return
	}
	wrong, ok := errors.AsType[*docferry.InputError](err)
	if !ok || message != (connectparticipant.Message{}) {
		t.Errorf("%s: %+v, error %v", name, message, err)
		return
	}
	if wrong.Field != field && (wrong.Field != "" || !strings.HasPrefix(wrong.Reason, field)) {
		t.Errorf("%s: error %v, want one about %s", name, err, field)
	}
}

// A flow asks, the customer answers, and the agent sees it.
func TestInteractiveChat(t *testing.T) {
	inBubble(t, "", func(t *testing.T, w *world) {
		customer, agent := w.enter("CUSTOMER", "Bea"), w.enter("AGENT", "Ben")
		v, other := w.follow(customer), w.follow(agent)
		v.joined(3)
		other.joined(3)
		ask := func(m interactive) interactive {
			content, err := m.Message()
			if err != nil {
				t.Fatal(err)
			}
			w.chat.Add(connectparticipanttest.Item{Type: "MESSAGE", ContentType: content.ContentType,
				Content: content.Content, ParticipantRole: "SYSTEM"})
			other.kind(connectparticipant.ChatItemTypeMessage)
			event := v.kind(connectparticipant.ChatItemTypeMessage)
			asked, err := event.Interactive()
			if diff := cmp.Diff(m, asked); diff != "" || err != nil {
				t.Fatalf("error %v (-sent +received):\n%s", err, diff)
			}
			return asked
		}
		answer := func(m interactive, choice ...int) connectparticipant.Event {
			message, err := m.Choose(choice...)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := customer.Send(t.Context(), message); err != nil {
				t.Fatal(err)
			}
			v.kind(connectparticipant.ChatItemTypeMessage)
			return other.kind(connectparticipant.ChatItemTypeMessage)
		}
		list := ask(samples["part of a list"].message)
		if e := answer(list, 1); e.Content != "Audiologist" || e.ContentType != connectparticipant.ContentTypePlain {
			t.Errorf("the agent sees %s", e.Raw)
		}
		more := answer(list, 2)
		got, err := more.InteractiveResponse()
		if err != nil || got.Action != connectparticipant.ActionShowMore || got.Version != "1.0" {
			t.Errorf("the agent sees %s, error %v", more.Raw, err)
		}
		part, err := got.ListPart()
		want := connectparticipant.ListPart{ActionName: "SHOW_MORE", PreIndex: new(int64(-1)), NextIndex: new(int64(5)),
			ListID: "serviceList", TemplateType: "ListPicker", ReferenceID: "320435df"}
		if diff := cmp.Diff(want, part); diff != "" || err != nil {
			t.Errorf("error %v (-want +got):\n%s", err, diff)
		}
		carousel := ask(samples["carousel"].message)
		const chosen = `{"templateIdentifier":"template0","listTitle":"California","selectionText":"Book hotels"}`
		if e := answer(carousel, 0, 1); e.Content != chosen || e.ContentType != connectparticipant.ContentTypePlain {
			t.Errorf("the agent sees %s", e.Raw)
		}
	})
}
