package connectparticipanttest

import (
	"encoding/json"
	"net/http"
)

// refusal is an error in the service's format. resourceID and resourceType are
// set for a ResourceNotFoundException only.
type refusal struct {
	status       int
	code         string
	message      string
	resourceID   string
	resourceType string
}

// denied returns the error for a token that does not permit the call. The
// service has one code for all such reasons.
func denied(message string) *refusal {
	return &refusal{status: http.StatusForbidden, code: "AccessDeniedException", message: message}
}

// invalid returns the error for a request that breaks a rule of the API. The
// message begins with the member that is wrong.
func invalid(message string) *refusal {
	return &refusal{status: http.StatusBadRequest, code: "ValidationException", message: message}
}

// conflict returns the error for a request that the state of the chat rules
// out.
func conflict(message string) *refusal {
	return &refusal{status: http.StatusConflict, code: "ConflictException", message: message}
}

// write sends the refusal with its code in a header and its message in the
// body.
func (no *refusal) write(w http.ResponseWriter) {
	w.Header().Set("X-Amzn-Errortype", no.code)
	answer(w, no.status, struct {
		Message      string
		ResourceID   string `json:"ResourceId,omitempty"`
		ResourceType string `json:",omitempty"`
	}{no.message, no.resourceID, no.resourceType})
}

// answer sends a JSON body.
func answer(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(text)
}
