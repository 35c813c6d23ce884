package awsrest

import (
	"net/http"
	"strings"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/wire"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// RequestID is the response header with the ID of the request, which AWS support
// asks for.
const RequestID = "X-Amzn-Requestid"

// Refusal is the error in an answer.
type Refusal struct {
	Code    string // without the namespace and address that services may add
	Message string
}

// Read reads the error in an answer. The code is in the header X-Amzn-Errortype or,
// if there is none, in the member "__type" or "code" of the body; the message is in
// the member "message", in whatever case. The code may be written as
// "namespace#Code:address", of which only Code is kept.
//
// The other members of the body are stored in the struct that detail points to,
// unless detail is nil. An answer that does not have this form, such as the HTML
// page of a proxy, gives an empty Refusal: its status has to suffice.
func Read(header http.Header, body []byte, detail any) Refusal {
	var members struct {
		Type    string `json:"__type"`
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	// An error is ignored: the status remains to tell what happened.
	_ = json.Unmarshal(body, &members, lenient)
	if detail != nil {
		_, _ = details.Decode(body, nil, detail) // rather nothing than a part of a body that was cut
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

// lenient reads as much as possible. An error message is worth showing even if it
// contains invalid UTF-8 or a member twice.
var lenient = json.JoinOptions(
	json.MatchCaseInsensitiveNames(true),
	jsontext.AllowDuplicateNames(true),
	jsontext.AllowInvalidUTF8(true),
	json.WithUnmarshalers(json.UnmarshalFromFunc(readText)),
)

// details reads the other members of a body.
var details = &wire.Dialect{JSON: json.JoinOptions(
	json.MatchCaseInsensitiveNames(true),
	jsontext.AllowDuplicateNames(true),
	jsontext.AllowInvalidUTF8(true),
)}

// readText reads a string and ignores a value of any other type, so that one
// unexpected member does not prevent the others from being read.
func readText(dec *jsontext.Decoder, s *string) error {
	v, err := dec.ReadValue()
	if err == nil && v.Kind() == '"' {
		*s, _ = wire.Text(v)
	}
	return err
}

// Kind returns the sentinel error for a code that AWS services have in common, with
// or without the suffix "Exception", or nil for any other code.
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

// Outdated reports whether a code, with or without the suffix "Exception", can
// mean that the credentials were good once: they have expired, or were replaced.
func Outdated(code string) bool {
	switch strings.TrimSuffix(code, "Exception") {
	case "ExpiredToken", "RequestExpired", "TokenRefreshRequired", "UnrecognizedClient", "InvalidClientTokenId":
		return true
	}
	return false
}
