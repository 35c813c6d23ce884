package exchange

import (
	"encoding/xml"
	"net/http"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/retry"
)

// RefuseStorage is the result for a refusal by a storage such as S3, which
// explains itself in XML. Of other bodies only the status counts.
func (a *Answer) RefuseStorage() retry.Result {
	var body struct {
		Code      string `xml:"Code"`
		Message   string `xml:"Message"`
		RequestID string `xml:"RequestId"`
	}
	_ = xml.Unmarshal(a.Body[:min(len(a.Body), MaxRefusal)], &body) // other bodies just have no code
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
