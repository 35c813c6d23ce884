package exchange

import (
	"encoding/xml"
	"net/http"
	"strings"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/retry"
)

// RefuseStorage is the result for a refusal by a storage such as S3, which
// explains itself in XML. Of other bodies only the status counts.
//
// See [Expired] for refusals of a URL for its age.
func (a *Answer) RefuseStorage() retry.Result {
	body := readDocument(a.Body)
	e := &docferry.Error{Code: body.Code, Message: body.Message, RequestID: body.RequestID}
	verdict := retry.Refused
	switch {
	case a.Status == http.StatusTooManyRequests, body.Code == "SlowDown":
		e.Kind, verdict = docferry.ErrThrottled, retry.Again
	case a.Status == http.StatusServiceUnavailable && body.Code != "":
		verdict = retry.Again
	case a.Status >= 500 && a.Status != http.StatusNotImplemented:
		verdict = retry.Failed
	}
	return a.Refuse(e, verdict)
}

// Expired reports whether a storage refused a presigned URL for its age.
func Expired(e *docferry.Error) bool {
	return e.Code == "ExpiredToken" || e.Code == "ExpiredRequest" ||
		e.StatusCode == http.StatusForbidden && strings.Contains(e.Message, "expired")
}

// document is the XML in which S3 explains a refusal.
type document struct {
	Code      string `xml:"Code"`
	Message   string `xml:"Message"`
	RequestID string `xml:"RequestId"`
}

// readDocument reads as much of a document as there is. Other bodies give an
// empty one.
func readDocument(body []byte) document {
	var d document
	_ = xml.Unmarshal(body[:min(len(body), MaxRefusal)], &d)
	return d
}

// ErrorDocument returns the code and the message of the XML in which S3
// explains a refusal; "" if the text is something else.
func ErrorDocument(text []byte) (code, message string) {
	d := readDocument(text)
	return d.Code, d.Message
}
