package exchange

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/retry"
)

// RefuseStorage is the result for a refusal by a storage such as S3, Azure or
// Google's.
//
// See [Expired] for refusals of a URL for its age.
func (a *Answer) RefuseStorage() retry.Result {
	said := explain(a)
	message := strings.TrimPrefix(said.message+said.elsewhere(), "; ")
	e := &docferry.Error{Code: said.code, Message: message, RequestID: cmp.Or(said.requestID,
		a.Header.Get("X-Ms-Request-Id"), a.Header.Get("X-Guploader-Uploadid"))}
	verdict := retry.Refused
	switch {
	case a.Status == http.StatusTooManyRequests, throttles[strings.TrimSuffix(said.code, "Exception")]:
		e.Kind, verdict = docferry.ErrThrottled, retry.Again
	case conflicting[said.code] || a.Status == http.StatusTooEarly,
		a.Status == http.StatusServiceUnavailable && said.code != "":
		verdict = retry.Again
	case a.Status == http.StatusRequestTimeout, a.Status >= 500 && a.Status != http.StatusNotImplemented:
		verdict = retry.Failed
	}
	return a.Refuse(e, verdict)
}

// throttles are codes, without "Exception", with which storages and AWS services
// ask for fewer requests, whatever the status is.
var throttles = map[string]bool{
	"SlowDown": true, "Throttling": true, "Throttled": true, "RequestThrottled": true, "TooManyRequests": true,
	"RequestLimitExceeded": true, "BandwidthLimitExceeded": true, "RequestThrottling": true, "ServerBusy": true,
	"rateLimitExceeded": true, "userRateLimitExceeded": true, "SlowDownWrite": true, "SlowDownRead": true,
	"QpsLimitExceeded": true, "ExceedAccountQPSLimit": true, "ExceedBucketQPSLimit": true,
}

// conflicting are codes with which a storage refuses a request only because
// another one is under way.
var conflicting = map[string]bool{"OperationAborted": true, "ConditionalRequestConflict": true}

// Passing reports whether a storage refused a request because of another one, so
// that nothing is said about what it holds.
func Passing(e *docferry.Error) bool { return conflicting[e.Code] }

// Expired reports whether a storage refused a presigned URL for its age. There
// is no code that all storages have for that.
func Expired(e *docferry.Error) bool {
	switch e.Code {
	case "ExpiredToken", "ExpiredRequest", "RequestExpired", "expired_auth_token":
		return true
	}
	switch e.StatusCode {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusGone:
	default:
		return false
	}
	said := strings.ToLower(e.Message)
	return strings.Contains(said, "expired") ||
		strings.Contains(said, "not valid in the specified time frame") || // Azure's
		strings.Contains(said, "expiry time") && strings.Contains(said, "after current time") // Azure's, of another time
}

// ErrorDocument returns the code and the message of the XML in which S3
// explains a refusal; "" if the text is something else.
func ErrorDocument(text []byte) (code, message string) {
	said := fromMarkup(text)
	return said.code, said.message
}
