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

// clientApp is a client application: a named file of custom actions.
type clientApp struct {
	id, name          string
	enabled           bool
	created, modified time.Time
	file              []byte
}

// appObject returns a client application as the API shows it.
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

func (s *Server) listClientApplications(c *call) (*reply, error) {
	if err := c.requireAdmin(); err != nil {
		return nil, err
	}
	count := strconv.Itoa(len(s.apps))
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

// appForm reads the two parts of a client application, either of which may be
// missing.
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
		if !json.Valid(p.content) {
			return nil, nil, invalid("file", "is not JSON")
		}
		file = p.content
	}
	return metadata, file, nil
}

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

// app finds the client application of the path for an administrator.
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

func (s *Server) getClientApplication(c *call) (*reply, error) {
	app, err := s.app(c)
	if err != nil {
		return nil, err
	}
	return &reply{body: c.appObject(app)}, nil
}

// updateClientApplication replaces the file, the flag or both. The name stays.
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

func (s *Server) deleteClientApplication(c *call) (*reply, error) {
	app, err := s.app(c)
	if err != nil {
		return nil, err
	}
	s.apps = slices.DeleteFunc(s.apps, func(other *clientApp) bool { return other == app })
	return &reply{body: object{"id": app.id, "type": "clientApplication"}}, nil
}

// downloadClientApplicationFile streams the file, always the whole of it.
func (s *Server) downloadClientApplicationFile(c *call) (*reply, error) {
	app, err := s.app(c)
	if err != nil {
		return nil, err
	}
	return &reply{content: &content{data: app.file, contentType: "application/json", fileName: app.name + ".json"}}, nil
}
