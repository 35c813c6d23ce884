package exchange

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"html"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/docferry/docferry/internal/retry"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// explanation is what the body of a refusal says, in whichever of the common
// forms: the XML of S3, Azure and WebDAV servers, the JSON of Google and of many
// other APIs, a page of HTML, or plain text.
type explanation struct {
	code, message, requestID string
	endpoint, region         string        // where the content is instead
	wait                     time.Duration // 0 if nothing is said about it
}

// maxPlain bounds the message that is taken from text or from a page.
const maxPlain = 300

// explain reads the body of a refusal.
func explain(a *Answer) explanation {
	text := bytes.TrimSpace(a.Body[:min(len(a.Body), MaxRefusal)])
	var said explanation
	switch {
	case len(text) == 0:
	case text[0] == '{' || text[0] == '[':
		var value any
		if json.Unmarshal(text, &value, anyJSON) == nil {
			said = fromJSON(value, a)
		}
	case text[0] == '<':
		said = fromMarkup(text)
	case MediaType(a.Header) == "text/plain" || MediaType(a.Header) == "":
		said.message = string(text[:min(len(text), maxPlain)])
	}
	said.code = cmp.Or(said.code, a.Header.Get("X-Ms-Error-Code"))
	said.region = cmp.Or(said.region, a.Header.Get("X-Amz-Bucket-Region"))
	return said
}

// elsewhere says where the content is instead, for the end of a message; "" if
// that is not known.
func (e explanation) elsewhere() string {
	text := ""
	// Some storages name their own region in every refusal.
	if e.endpoint == "" && !strings.HasSuffix(e.code, "Redirect") && e.code != "AuthorizationHeaderMalformed" {
		return ""
	}
	if e.endpoint != "" {
		text += "; the right endpoint is " + e.endpoint
	}
	if e.region != "" {
		text += "; the right region is " + e.region
	}
	return text
}

// MediaType is the type in a Content-Type header in lower case, without its
// parameters.
func MediaType(h http.Header) string {
	name, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(name))
}

// anyJSON reads what is not quite JSON as well: what a refusal says is worth showing
// although it names something twice.
var anyJSON = json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))

// The names under which the JSON of APIs says something, without case, "_" and
// "-", the best one first.
var (
	codeNames    = []string{"type", "errorcode", "code", "reason", "status", "error"}
	messageNames = []string{"message", "errormessage", "errordescription", "detail", "description", "title", "msg"}
	nestedNames  = []string{"error", "errors", "fault"}
)

// fromJSON reads JSON, at most some levels deep.
func fromJSON(value any, a *Answer) explanation {
	var said explanation
	read(value, a, 0, &said)
	return said
}

// maxNesting bounds how deep a refusal is read. No API nests its reasons deeper.
const maxNesting = 5

// read adds what value says to what is known.
func read(value any, a *Answer, depth int, said *explanation) {
	if list, ok := value.([]any); ok && len(list) > 0 {
		read(list[0], a, depth+1, said)
		return
	}
	object, ok := value.(map[string]any)
	if !ok || depth > maxNesting {
		return
	}
	members := make(map[string]any, len(object))
	for name, member := range object {
		members[strings.NewReplacer("_", "", "-", "").Replace(strings.ToLower(name))] = member
	}
	for _, name := range nestedNames { // what is nested is more precise
		switch members[name].(type) {
		case map[string]any, []any:
			read(members[name], a, depth+1, said)
		}
	}
	for _, name := range codeNames {
		if text := textOf(members[name]); said.code == "" && text != strconv.Itoa(a.Status) &&
			!strings.ContainsAny(text, " /") {
			said.code = text[strings.LastIndexByte(text, '#')+1:]
		}
	}
	for _, name := range messageNames {
		said.message = cmp.Or(said.message, textOf(members[name]))
	}
	said.requestID = cmp.Or(said.requestID, textOf(members["requestid"]))
	said.wait = max(said.wait, waitIn(members, a.Header))
	if details, ok := members["details"].([]any); ok { // of Google's errors, one by one
		for _, detail := range details[:min(len(details), 16)] {
			if object, ok := detail.(map[string]any); ok {
				var more explanation
				read(object, a, depth+1, &more)
				said.wait = max(said.wait, more.wait)
			}
		}
	}
}

// waitIn finds how long a refusal asks to wait.
func waitIn(members map[string]any, h http.Header) time.Duration {
	for _, name := range []string{"retryafter", "retryafterseconds", "retrydelay", "retryafterms",
		"retryaftermilliseconds"} {
		text := textOf(members[name])
		if text == "" {
			continue
		}
		unit := time.Second
		if strings.HasSuffix(name, "ms") || strings.HasSuffix(name, "milliseconds") {
			unit = time.Millisecond
		}
		if wait := cmp.Or(retry.Parse(strings.TrimSuffix(text, "s"), unit), retry.Until(text, h)); wait > 0 {
			return wait
		}
	}
	return 0
}

// textOf is a string or a number as text; "" for anything else.
func textOf(value any) string {
	switch value := value.(type) {
	case string:
		return strings.TrimSpace(value)
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64)
	}
	return ""
}

// fromMarkup reads XML or HTML.
func fromMarkup(text []byte) explanation {
	start := bytes.ToLower(text[:min(len(text), 1024)])
	if bytes.HasPrefix(start, []byte("<!doctype html")) || bytes.Contains(start, []byte("<html")) {
		return explanation{message: title(text)}
	}
	leaves := leavesOf(text)
	said := explanation{
		code:      cmp.Or(leaves["code"], leaves["exception"], leaves["errorcode"]), // exception is WebDAV's
		message:   cmp.Or(leaves["message"], leaves["errormessage"]),
		requestID: leaves["requestid"],
		endpoint:  leaves["endpoint"],
		region:    leaves["region"],
	}
	for _, more := range []string{"authenticationerrordetail", "details"} { // Azure's, Google's
		if leaves[more] != "" {
			said.message = strings.TrimPrefix(said.message+"; "+leaves[more], "; ")
		}
	}
	return said
}

// title is the title of a page, which is mostly the status of a proxy in words.
func title(page []byte) string {
	lower := bytes.ToLower(page)
	_, after, found := bytes.Cut(lower, []byte("<title"))
	if !found {
		return ""
	}
	rest := page[len(page)-len(after):]
	_, rest, _ = bytes.Cut(rest, []byte(">"))
	text, _, found := bytes.Cut(rest, []byte("<"))
	if !found {
		return ""
	}
	return fmt.Sprintf("a page with the title %q",
		strings.Join(strings.Fields(html.UnescapeString(string(text[:min(len(text), maxPlain)]))), " "))
}

// leavesOf returns the text of the first element of each name that has text, by
// its name in lower case without its namespace. It reads as much of the document
// as there is.
func leavesOf(document []byte) map[string]string {
	leaves := make(map[string]string)
	dec := xml.NewDecoder(bytes.NewReader(document))
	dec.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) {
		text, err := io.ReadAll(in)
		return bytes.NewReader(fromLatin1(text)), err
	}
	name, text := "", ""
	keep := func() {
		if text = strings.TrimSpace(text); text != "" && leaves[name] == "" {
			leaves[name] = text
		}
		text = ""
	}
	for {
		token, err := dec.Token()
		if err != nil {
			keep() // of an element that was cut off
			return leaves
		}
		switch token := token.(type) {
		case xml.StartElement:
			name, text = strings.ToLower(token.Name.Local), ""
		case xml.CharData:
			text += string(token)
		case xml.EndElement:
			keep()
			name = ""
		}
	}
}
