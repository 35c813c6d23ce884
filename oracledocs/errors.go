package oracledocs

import (
	"bytes"
	"net/http"
	"strings"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/exchange"
	"github.com/docferry/docferry/internal/wire"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Codes in docferry.Error.Code of the service's refusals. The comment of each
// names the sentinel that it matches with [errors.Is]; for other codes the
// status decides.
const (
	CodeGeneral             = "-1"  // the status decides
	CodeNotFound            = "-16" // ErrNotFound: item, job or application
	CodeNameTaken           = "-17" // ErrConflict
	CodeAccessCodeRequired  = "-18" // ErrForbidden: the password of a public link is missing or wrong
	CodeForbidden           = "-20" // ErrForbidden
	CodeLinkInvalid         = "-26" // ErrForbidden: a public link is invalid or has expired
	CodeAlreadyInCollection = "-96" // ErrConflict
	CodeParameterMissing    = "-97" // ErrInvalid
)

var kinds = map[string]error{
	CodeNotFound:            docferry.ErrNotFound,
	CodeNameTaken:           docferry.ErrConflict,
	CodeAccessCodeRequired:  docferry.ErrForbidden,
	CodeForbidden:           docferry.ErrForbidden,
	CodeLinkInvalid:         docferry.ErrForbidden,
	CodeAlreadyInCollection: docferry.ErrConflict,
	CodeParameterMissing:    docferry.ErrInvalid,
}

// ErrorDetail is docferry.Error.Detail of a refusal that the service wrote.
type ErrorDetail struct {
	Key       string `json:"errorKey"`  // the chain as the service sent it: "!key,arg!key,arg"
	Title     string `json:"title"`     // mostly the message again
	Type      string `json:"type"`      // an address that describes HTTP statuses
	ErrorType string `json:"errorType"` // "file", "folder", …
	ID        string `json:"id"`        // of the item
	ParentID  string `json:"parentID"`
	Name      string `json:"name"` // of the item
}

// Keys splits the chain of keys, the outermost first.
func (d *ErrorDetail) Keys() []ErrorKey { return ParseErrorKey(d.Key) }

// ErrorKey is one link of an error's chain of keys.
type ErrorKey struct {
	Key  string   // "csCloudItemInsufficientPrivileges"
	Args []string // what it is about; nil if nothing
}

// ParseErrorKey splits a chain such as "!csA,x!csB". It accepts any text: what
// precedes the first "!" is ignored.
func ParseErrorKey(chain string) []ErrorKey {
	var keys []ErrorKey
	links := strings.Split(chain, "!")
	for _, link := range links[1:] {
		words := strings.Split(link, ",")
		key := ErrorKey{Key: words[0]}
		if len(words) > 1 {
			key.Args = words[1:]
		}
		keys = append(keys, key)
	}
	return keys
}

// status is the part of every answer that tells success from failure. The values
// are converted one by one, so that an odd one does not hide the others.
type status struct {
	ErrorCode    jsontext.Value `json:"errorCode"`
	ErrorMessage jsontext.Value `json:"errorMessage"`
}

var errorDialect = newDialect(V1_2)

// refusal reads a refusal. An answer is a success if its status is 2xx and its
// errorCode is 0; without an errorCode the status decides. A message decides
// nothing, because successes have messages too. A page of HTML, or a redirect,
// is taken for a login page.
func refusal(answer *exchange.Answer) (*docferry.Error, bool) {
	body := bytes.TrimSpace(answer.Body)
	page := isPage(body, answer.Header)
	if answer.Status/100 == 3 || page && answer.Status/100 == 2 {
		return &docferry.Error{Kind: docferry.ErrUnauthenticated,
			Message: "the answer is a login page, because there is no valid session; check Config.Auth"}, false
	}
	if jsontext.Value(body).Kind() != '{' {
		if answer.Status < 400 {
			return nil, false
		}
		return &docferry.Error{}, false
	}
	var said status
	var detail ErrorDetail
	// The status still counts if the body cannot be read, or was cut off.
	_ = json.Unmarshal(body, &said, errorDialect.JSON)
	_, _ = errorDialect.Decode(body, nil, &detail)
	code, known := wire.Text(said.ErrorCode)
	if !known && said.ErrorCode != nil && said.ErrorCode.Kind() != 'n' && answer.Status < 400 {
		return &docferry.Error{Kind: docferry.ErrProtocol,
			Message: "the answer does not tell a success from a refusal, because its errorCode cannot be read"}, false
	}
	if answer.Status < 400 && (code == "" || code == "0") {
		return nil, false
	}
	message, _ := wire.Text(said.ErrorMessage)
	e := &docferry.Error{Code: code, Message: message, Kind: kinds[code]}
	if detail != (ErrorDetail{}) {
		e.Detail = &detail
	}
	return e, false
}

// isPage reports whether a body is a page of HTML. Where the header says XML,
// which may be an image or a file, it has to look like HTML too.
func isPage(body []byte, header http.Header) bool {
	if !bytes.HasPrefix(body, []byte("<")) {
		return false
	}
	mediaType := exchange.MediaType(header)
	if !strings.HasSuffix(mediaType, "/xml") && !strings.HasSuffix(mediaType, "+xml") {
		return true
	}
	return bytes.Contains(bytes.ToLower(body[:min(len(body), 1024)]), []byte("<html"))
}
