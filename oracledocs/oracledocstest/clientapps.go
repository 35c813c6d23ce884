package oracledocstest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// clientApp is a client application: a named JSON file that defines custom
// actions. Client applications exist in version 1.2 only, and only
// administrators may use their operations.
type clientApp struct {
	id, name          string
	enabled           bool
	created, modified time.Time
	file              []byte
}

// appObject returns a client application as the API shows it. Its isEnabled is
// true or false, not 1 or 0 as in most other replies.
func (c *call) appObject(app *clientApp) object {
	o := object{
		"id": app.id, "name": app.name, "isEnabled": strconv.FormatBool(app.enabled),
		"createdTime": stamp(app.created), "modifiedTime": stamp(app.modified),
	}
	if c.query.values["links"] == "true" {
		href := c.url("/config/clientApplications/" + app.id)
		o["links"] = []object{{"href": href, "rel": "self"}, {"href": href, "rel": "canonical"}}
	}
	return o
}

// listClientApplications lists all client applications on one page, in the
// order in which they were created.
func (s *Server) listClientApplications(c *call) (*reply, error) {
	if err := c.requireAdmin(); err != nil {
		return nil, err
	}
	count := strconv.Itoa(len(s.apps))
	// The answer has the members of a page, although the operation has no
	// paging.
	body := object{"count": count, "totalResults": count, "limit": count, "offset": "0", "hasMore": "0"}
	items := []object{}
	for _, app := range s.apps {
		items = append(items, c.appObject(app))
	}
	if len(items) > 0 {
		body["items"] = items
	}
	if c.query.values["links"] == "true" {
		href := c.url("/config/clientApplications")
		body["links"] = []object{{"href": href, "rel": "self"}, {"href": href, "rel": "canonical"}}
	}
	return &reply{body: body}, nil
}

// appForm reads the two parts of a client application. Either part may be
// missing; the caller of appForm decides whether that is an error.
func (c *call) appForm(members ...string) (metadata *input, file []byte, err error) {
	if err := c.form.only("metadata", "file"); err != nil {
		return nil, nil, err
	}
	metadata = &input{}
	if p := c.form.part("metadata"); p != nil {
		if metadata, err = p.object(members...); err != nil {
			return nil, nil, err
		}
	}
	if p := c.form.part("file"); p != nil {
		// The file is documented as JSON. What is in it is not checked any
		// further.
		if !json.Valid(p.content) {
			return nil, nil, invalid("file", "is not JSON")
		}
		file = p.content
	}
	return metadata, file, nil
}

// createClientApplication registers a client application. Both the name and the
// file are required, and a name that is taken is a conflict.
func (s *Server) createClientApplication(c *call) (*reply, error) {
	if err := c.requireAdmin(); err != nil {
		return nil, err
	}
	metadata, file, err := c.appForm("name", "isEnabled")
	if err != nil {
		return nil, err
	}
	name := metadata.need("name")
	enabled := metadata.choice("isEnabled", "true", "true", "false") == "true"
	if file == nil {
		metadata.fail(required("file"))
	}
	if metadata.err != nil {
		return nil, metadata.err
	}
	// That the names are not case-sensitive is inferred.
	if slices.ContainsFunc(s.apps, func(app *clientApp) bool { return strings.EqualFold(app.name, name) }) {
		return nil, &refusal{
			status: http.StatusConflict, code: codeNameTaken,
			key: "!csAFAppExists," + name, message: fmt.Sprintf("Application '%s' already exists.", name),
			extra: object{"errorType": "clientApplication"},
		}
	}
	app := &clientApp{
		id: s.digits("app")[:32], name: name, enabled: enabled, created: c.now, modified: c.now, file: file,
	}
	s.apps = append(s.apps, app)
	return &reply{status: http.StatusCreated, location: "/config/clientApplications/" + app.id,
		body: c.appObject(app)}, nil
}

// app returns the client application that the path names. It checks the caller
// first, so that only an administrator learns whether an ID exists.
func (s *Server) app(c *call) (*clientApp, error) {
	if err := c.requireAdmin(); err != nil {
		return nil, err
	}
	id := c.path["id"]
	for _, app := range s.apps {
		if app.id == id {
			return app, nil
		}
	}
	return nil, &refusal{
		status: http.StatusNotFound, code: codeMissing,
		key: "!csAFAppDoesNotExist," + id, message: fmt.Sprintf("Application '%s' does not exist.", id),
		extra: object{"id": id, "errorType": "clientApplication"},
	}
}

// getClientApplication returns the description of one client application,
// without its file.
func (s *Server) getClientApplication(c *call) (*reply, error) {
	app, err := s.app(c)
	if err != nil {
		return nil, err
	}
	return &reply{body: c.appObject(app)}, nil
}

// updateClientApplication replaces the file, the isEnabled flag or both; at
// least one of the two parts is required. The name cannot be changed.
func (s *Server) updateClientApplication(c *call) (*reply, error) {
	app, err := s.app(c)
	if err != nil {
		return nil, err
	}
	metadata, file, err := c.appForm("isEnabled")
	if err != nil {
		return nil, err
	}
	enabled := metadata.choice("isEnabled", strconv.FormatBool(app.enabled), "true", "false") == "true"
	if len(c.form.parts) == 0 {
		metadata.fail(required("file"))
	}
	if metadata.err != nil {
		return nil, metadata.err
	}
	if file != nil {
		app.file = file
	}
	app.enabled, app.modified = enabled, c.now
	return &reply{body: c.appObject(app)}, nil
}

// deleteClientApplication removes a client application for good. There is no
// trash for these.
func (s *Server) deleteClientApplication(c *call) (*reply, error) {
	app, err := s.app(c)
	if err != nil {
		return nil, err
	}
	s.apps = slices.DeleteFunc(s.apps, func(other *clientApp) bool { return other == app })
	return &reply{body: object{"id": app.id, "type": "clientApplication"}}, nil
}

// downloadClientApplicationFile streams the JSON file, always as a whole:
// ranges are documented as unsupported here.
func (s *Server) downloadClientApplicationFile(c *call) (*reply, error) {
	app, err := s.app(c)
	if err != nil {
		return nil, err
	}
	return &reply{content: &content{data: app.file, contentType: "application/json", fileName: app.name + ".json"}}, nil
}
