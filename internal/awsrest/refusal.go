package awsrest

import (
	"net/http"
	"reflect"
	"strings"

	"github.com/docferry/docferry"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// RequestID is the header that names a request.
const RequestID = "X-Amzn-Requestid"

// Refusal is what an answer says of a refusal.
type Refusal struct {
	Code    string // without namespace and address
	Message string
}

// Read reads a refusal: the code from the header x-amzn-errortype or the
// members __type or code, the message from message in any case. The rest of
// the body goes into detail, a pointer to a struct or nil.
func Read(header http.Header, body []byte, detail any) Refusal {
	var members struct {
		Type    string `json:"__type"`
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	// A body that is not what it should be still leaves the status.
	_ = json.Unmarshal(body, &members, lenient)
	if detail != nil {
		if err := json.Unmarshal(body, detail, lenient); err != nil {
			reflect.ValueOf(detail).Elem().SetZero() // all or nothing
		}
	}
	code := header.Get("X-Amzn-Errortype")
	for _, other := range []string{members.Type, members.Code} {
		if code == "" {
			code = other
		}
	}
	code, _, _ = strings.Cut(code, ":")
	return Refusal{Code: code[strings.LastIndexByte(code, '#')+1:], Message: members.Message}
}

var lenient = json.JoinOptions(
	json.MatchCaseInsensitiveNames(true),
	jsontext.AllowDuplicateNames(true),
	jsontext.AllowInvalidUTF8(true),
	json.WithUnmarshalers(json.UnmarshalFromFunc(readText)),
)

// readText passes over what is no string, so that one odd member does not
// hide the others.
func readText(dec *jsontext.Decoder, s *string) error {
	v, err := dec.ReadValue()
	if err == nil && v.Kind() == '"' {
		text, _ := jsontext.AppendUnquote(nil, v) // bad UTF-8 is replaced
		*s = string(text)
	}
	return err
}

// Kind is the kind of a refusal with a code that all AWS services share, or nil.
func Kind(code string) error {
	switch strings.TrimSuffix(code, "Exception") {
	case "Throttling", "Throttled", "RequestThrottled", "TooManyRequests", "RequestLimitExceeded", "SlowDown", "BandwidthLimitExceeded":
		return docferry.ErrThrottled
	case "UnrecognizedClient", "InvalidSignature", "SignatureDoesNotMatch", "MissingAuthenticationToken", "ExpiredToken",
		"InvalidClientTokenId", "IncompleteSignature", "RequestExpired", "RequestTimeTooSkewed", "RequestInTheFuture",
		"AuthFailure":
		return docferry.ErrUnauthenticated
	case "AccessDenied", "NotAuthorized", "OptInRequired":
		return docferry.ErrForbidden
	case "Validation", "ValidationError", "InvalidParameterValue", "MissingParameter", "Serialization":
		return docferry.ErrInvalid
	case "ServiceUnavailable":
		return docferry.ErrUnavailable
	}
	return nil
}
