package connectparticipanttest

import (
	"encoding/json"
	"net/http"
)

// failure is a refusal in the service's error format.
type failure struct {
	status       int
	code         string
	message      string
	resourceID   string
	resourceType string
}

func denied(message string) *failure {
	return &failure{status: http.StatusForbidden, code: "AccessDeniedException", message: message}
}

func invalid(message string) *failure {
	return &failure{status: http.StatusBadRequest, code: "ValidationException", message: message}
}

func conflict(message string) *failure {
	return &failure{status: http.StatusConflict, code: "ConflictException", message: message}
}

func (no *failure) write(w http.ResponseWriter) {
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
