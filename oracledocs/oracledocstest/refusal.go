package oracledocstest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
)

// Error codes of the service that this package answers with.
const (
	codeGeneral      = "-1"
	codeMissing      = "-16"
	codeNameTaken    = "-17"
	codeAccessCode   = "-18"
	codeForbidden    = "-20"
	codeBadLink      = "-26"
	codeInCollection = "-96"
	codeNoParameter  = "-97"
)

// errorType is the address that the service puts into the type member of an
// error.
const errorType = "https://www.w3.org/Protocols/rfc2616/rfc2616-sec10.html"

// object is a JSON object on its way out.
type object map[string]any

// refusal is an error answer of the service.
type refusal struct {
	status  int
	code    string
	key     string
	message string
	item    *item  // what it is about, nil when it is about no item
	extra   object // members beyond the usual ones
	header  http.Header
}

func (no *refusal) Error() string { return fmt.Sprintf("%d %s: %s", no.status, no.code, no.message) }

// write sends the refusal in the form of the service, or as a page of the web server.
func (no *refusal) write(w http.ResponseWriter) {
	maps.Copy(w.Header(), no.header)
	if no.code == "" { // an answer of the web server before the service, not of the service
		w.Header().Set("Content-Type", "text/html; charset=UTF-8")
		w.WriteHeader(no.status)
		_, _ = fmt.Fprintf(w, "<html><head><title>%s</title></head><body><h1>%[1]s</h1></body></html>\n", no.message)
		return
	}
	body := object{
		"errorCode":    no.code,
		"errorKey":     no.key,
		"errorMessage": no.message,
		"title":        no.message,
		"type":         errorType,
	}
	if no.item != nil {
		body["id"], body["errorType"] = no.item.id, no.item.kind
	}
	maps.Copy(body, no.extra)
	writeJSON(w, no.status, body)
}

// unauthorized is the answer to credentials that are missing or wrong. That
// its body is HTML is inferred: the gateway sends it, not the service.
func unauthorized() *refusal {
	return &refusal{
		status:  http.StatusUnauthorized,
		message: "401 Authorization Required",
		header:  http.Header{"Www-Authenticate": {`Basic realm="Oracle Documents"`, "Bearer"}},
	}
}

// invalid refuses a member, parameter, header or form part by name. Neither
// the key nor the choice of the general code is documented.
func invalid(name, why string) *refusal {
	return &refusal{
		status: http.StatusBadRequest, code: codeGeneral,
		key:     "!csInvalidParameter," + name,
		message: fmt.Sprintf("The parameter '%s' %s.", name, why),
	}
}

// required refuses a request that lacks a member.
func required(name string) *refusal {
	return &refusal{
		status: http.StatusBadRequest, code: codeNoParameter,
		key:     "!csMissingParameter," + name,
		message: fmt.Sprintf("The parameter '%s' must be specified.", name),
	}
}

// missing is the answer for an item that does not exist or is in the trash.
func missing(kind, id string) *refusal {
	return &refusal{
		status: http.StatusNotFound, code: codeMissing,
		key:     "!csItemDoesNotExist," + guid(kind, id),
		message: fmt.Sprintf("The item %s does not exist.", guid(kind, id)),
		extra:   object{"id": id, "errorType": kind},
	}
}

// nameTaken is the answer when an item of that name is in the way. Its status
// is inferred from the general table of statuses.
func nameTaken(it *item) *refusal {
	return &refusal{
		status: http.StatusConflict, code: codeNameTaken,
		key:     "!csFldItemExists," + it.name,
		message: fmt.Sprintf("An item with the name '%s' already exists.", it.name),
		item:    it,
	}
}

// writeError answers with what err says.
func writeError(w http.ResponseWriter, err error) {
	var p *refusal
	if !errors.As(err, &p) {
		p = &refusal{status: http.StatusInternalServerError, code: codeGeneral, key: "!csSystemError", message: err.Error()}
	}
	p.write(w)
}

func writeJSON(w http.ResponseWriter, status int, body object) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(body)
}

// drain reads what a client still sends, so that it gets to read the refusal.
// A client that waits for permission to send is spared the effort.
func drain(r *http.Request) {
	if r.Body != nil && r.Header.Get("Expect") == "" {
		_, _ = io.Copy(io.Discard, r.Body)
	}
}
