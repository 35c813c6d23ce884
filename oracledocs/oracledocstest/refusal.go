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

// errorType is the value of the type member of every error. The service
// documents it as the address of a section of RFC 2616.
const errorType = "https://www.w3.org/Protocols/rfc2616/rfc2616-sec10.html"

// object is a JSON object to be sent.
type object map[string]any

// refusal is an error answer of the service. One without a code is an answer of
// the web server in front of the service, and its body is HTML.
type refusal struct {
	status  int
	code    string
	key     string
	message string
	// item is the item that the error is about, or nil.
	item *item
	// extra has members in addition to the usual ones, and replaces those.
	extra  object
	header http.Header
}

// Error implements the error interface. Clients get the refusal through write.
func (no *refusal) Error() string { return fmt.Sprintf("%d %s: %s", no.status, no.code, no.message) }

// write sends the refusal in the form of the service or, if it has no code, as
// an HTML page of the web server. As documented, title and errorMessage have
// the same text.
func (no *refusal) write(w http.ResponseWriter) {
	maps.Copy(w.Header(), no.header)
	// The web server answers before the service does, in a form of its own.
	if no.code == "" {
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

// unauthorized is the answer to credentials that are missing or wrong. It is
// inferred that its body is HTML: the gateway sends it and not the service.
// Clients must not expect JSON here.
func unauthorized() *refusal {
	return &refusal{
		status:  http.StatusUnauthorized,
		message: "401 Authorization Required",
		header:  http.Header{"Www-Authenticate": {`Basic realm="Oracle Documents"`, "Bearer"}},
	}
}

// invalid refuses a member, parameter, header or form part and names it. The
// documentation has neither a key nor a code for this, so both are inferred.
func invalid(name, why string) *refusal {
	return &refusal{
		status: http.StatusBadRequest, code: codeGeneral,
		key:     "!csInvalidParameter," + name,
		message: fmt.Sprintf("The parameter '%s' %s.", name, why),
	}
}

// required refuses a request that lacks something required. The code is known
// from a client's error report; the status and the key are inferred.
func required(name string) *refusal {
	return &refusal{
		status: http.StatusBadRequest, code: codeNoParameter,
		key:     "!csMissingParameter," + name,
		message: fmt.Sprintf("The parameter '%s' must be specified.", name),
	}
}

// missing is the answer for an item that does not exist or is in the trash; the
// service does not tell these apart.
func missing(kind, id string) *refusal {
	return &refusal{
		status: http.StatusNotFound, code: codeMissing,
		key:     "!csItemDoesNotExist," + guid(kind, id),
		message: fmt.Sprintf("The item %s does not exist.", guid(kind, id)),
		extra:   object{"id": id, "errorType": kind},
	}
}

// nameTaken is the answer if another item already has the name. The code is
// documented; the status is inferred from the general table of statuses.
func nameTaken(it *item) *refusal {
	return &refusal{
		status: http.StatusConflict, code: codeNameTaken,
		key:     "!csFldItemExists," + it.name,
		message: fmt.Sprintf("An item with the name '%s' already exists.", it.name),
		item:    it,
	}
}

// writeError answers with an error. An error that is not a refusal is a failure
// of this server and gets a status of 500.
func writeError(w http.ResponseWriter, err error) {
	var p *refusal
	if !errors.As(err, &p) {
		p = &refusal{status: http.StatusInternalServerError, code: codeGeneral, key: "!csSystemError", message: err.Error()}
	}
	p.write(w)
}

// writeJSON sends an object. It does not escape <, > and &, as JSON needs no
// such escapes.
func writeJSON(w http.ResponseWriter, status int, body object) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(body)
}

// drain reads the rest of the request body, so that the client gets to read the
// refusal instead of a broken connection. A client that waits for permission to
// send its body is not made to send it.
func drain(r *http.Request) {
	if r.Body != nil && r.Header.Get("Expect") == "" {
		_, _ = io.Copy(io.Discard, r.Body)
	}
}
