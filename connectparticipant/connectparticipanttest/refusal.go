package connectparticipanttest

import (
	"encoding/json"
	"net/http"
)

// refusal is an error in the service's error format.
type refusal struct {
	status       int
	code         string
	message      string
	resourceID   string
	resourceType string
}

func denied(message string) *refusal {
	return &refusal{status: http.StatusForbidden, code: "AccessDeniedException", message: message}
}

func invalid(message string) *refusal {
	return &refusal{status: http.StatusBadRequest, code: "ValidationException", message: message}
}

func conflict(message string) *refusal {
	return &refusal{status: http.StatusConflict, code: "ConflictException", message: message}
}

func (no *refusal) write(w http.ResponseWriter) {
	w.Header().Set("X-Amzn-Errortype", no.code)
	answer(w, no.status, struct {
		Message      string
		ResourceID   string `json:"ResourceId,omitempty"`
		ResourceType string `json:",omitempty"`
	}{no.message, no.resourceID, no.resourceType})
}

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
