package workdocstest

import (
	"errors"
	"fmt"
	"net/http"
)

// modelled has the statuses of the errors in the API's model. Quotas have
// statuses of their own: 429 does not mean that a retry helps.
var modelled = map[string]int{
	"ConcurrentModificationException":      http.StatusConflict,
	"ConflictingOperationException":        http.StatusConflict,
	"CustomMetadataLimitExceededException": http.StatusTooManyRequests,
	"DeactivatingLastSystemUserException":  http.StatusConflict,
	"DocumentLockedForCommentsException":   http.StatusConflict,
	"DraftUploadOutOfSyncException":        http.StatusConflict,
	"EntityAlreadyExistsException":         http.StatusConflict,
	"EntityNotExistsException":             http.StatusNotFound,
	"FailedDependencyException":            http.StatusFailedDependency,
	"IllegalUserStateException":            http.StatusConflict,
	"InvalidArgumentException":             http.StatusBadRequest,
	"InvalidCommentOperationException":     http.StatusConflict,
	"InvalidOperationException":            http.StatusMethodNotAllowed,
	"InvalidPasswordException":             http.StatusUnauthorized,
	"LimitExceededException":               http.StatusConflict,
	"ProhibitedStateException":             http.StatusConflict,
	"RequestedEntityTooLargeException":     http.StatusRequestEntityTooLarge,
	"ResourceAlreadyCheckedOutException":   http.StatusConflict,
	"ServiceUnavailableException":          http.StatusServiceUnavailable,
	"StorageLimitExceededException":        http.StatusConflict,
	"StorageLimitWillExceedException":      http.StatusRequestEntityTooLarge,
	"TooManyLabelsException":               http.StatusTooManyRequests,
	"TooManySubscriptionsException":        http.StatusTooManyRequests,
	"UnauthorizedOperationException":       http.StatusForbidden,
	"UnauthorizedResourceAccessException":  http.StatusNotFound,
}

// common has the statuses of the errors that AWS services return before they
// reach an operation.
var common = map[string]int{
	"IncompleteSignatureException":        http.StatusBadRequest,
	"InvalidSignatureException":           http.StatusForbidden,
	"MissingAuthenticationTokenException": http.StatusForbidden,
	"RequestEntityTooLargeException":      http.StatusRequestEntityTooLarge,
	"RequestTimeTooSkewed":                http.StatusForbidden,
	"SerializationException":              http.StatusBadRequest,
	"UnknownOperationException":           http.StatusNotFound,
	"UnrecognizedClientException":         http.StatusForbidden,
	"UnsupportedMediaTypeException":       http.StatusUnsupportedMediaType,
	"InternalFailure":                     http.StatusInternalServerError,
}

// namespace follows the code of a modelled error in the header, as in the answers
// of AWS services that are about as old as this one.
const namespace = ":http://internal.amazon.com/coral/com.amazon.zocalo.api/"

// refusal is an error that is sent in the service's format.
type refusal struct {
	status        int
	code, message string
	// ids are the entities that do not exist, which only one of the errors has.
	ids []string
}

// refuse returns the error with this code, which determines its status. The
// format is that of [fmt.Sprintf].
func refuse(code, format string, args ...any) *refusal {
	status, ok := modelled[code]
	if !ok {
		status = common[code]
	}
	return &refusal{status: status, code: code, message: fmt.Sprintf(format, args...)}
}

// missing returns the error for something that does not exist.
func missing(what, id string) *refusal {
	no := refuse("EntityNotExistsException", "%s %s does not exist", what, id)
	no.ids = []string{id}
	return no
}

// denied returns the error for a resource that the caller may not use in this
// way, or that does not exist: the service does not let a caller tell the two
// apart.
func denied(c *call, id string) *refusal {
	return refuse("UnauthorizedResourceAccessException", "%s is not allowed to call %s on %s", c.user.username,
		c.op.name, id)
}

// Error implements error. Clients see what write sends instead.
func (no *refusal) Error() string { return no.code + ": " + no.message }

// asRefusal returns err as a refusal. An error of another kind is a bug of the
// server, which the service would show as an internal failure.
func asRefusal(err error) *refusal {
	if no, ok := errors.AsType[*refusal](err); ok {
		return no
	}
	return refuse("InternalFailure", "%v", err)
}

// write sends the refusal with its code in the header and its message in the body,
// as the service does.
func (no *refusal) write(w http.ResponseWriter) {
	kind := no.code
	if _, ok := modelled[kind]; ok {
		kind += namespace
	}
	w.Header().Set("X-Amzn-Errortype", kind)
	var body struct {
		Message   string   `json:",omitzero"`
		EntityIDs []string `json:"EntityIds,omitzero"`
	}
	switch no.code {
	case "UnauthorizedOperationException", "DeactivatingLastSystemUserException":
		// The model gives these two no message.
	default:
		body.Message, body.EntityIDs = no.message, no.ids
	}
	text, _ := encode(body) // strings always encode
	write(w, no.status, text)
}

// write sends an answer. Without a body, it has no content type either.
func write(w http.ResponseWriter, status int, body []byte) {
	if body != nil {
		w.Header().Set("Content-Type", "application/json")
	}
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
