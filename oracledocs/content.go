package oracledocs

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
	"github.com/docferry/docferry/internal/fetch"
	"github.com/docferry/docferry/internal/retry"
	"github.com/docferry/docferry/internal/wire"
	"github.com/docferry/docferry/upload"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// fields are the parts of a form besides the file. The JSON parameters come
// before the file, as version 1.2 demands; metadata comes after it, as in
// Oracle's examples.
func (c *Client) fields(op *call.Op, req any, metadata map[string]map[string]string) ([]upload.Field, error) {
	msg, err := c.core.Dialect.Encode(req)
	if bad, ok := errors.AsType[*wire.FieldError](err); ok {
		return nil, c.core.InputError(op.Name, bad.Field, bad.Reason)
	}
	if err != nil {
		return nil, err
	}
	var fields []upload.Field
	if msg.Body != nil {
		fields = append(fields, upload.Field{Name: "jsonInputParameters", ContentType: "application/json", Content: msg.Body})
	}
	if len(metadata) > 0 {
		text, err := metadataValues(metadata)
		if err != nil {
			return nil, c.core.InputError(op.Name, "MetadataValues", "cannot be written as JSON: it is not valid UTF-8")
		}
		fields = append(fields, upload.Field{Name: "metadataValues", ContentType: "application/json", Content: text, After: true})
	}
	return fields, nil
}

// form is the body of an upload, whose content is the part of a name.
func (c *Client) form(
	op *call.Op, part string, req any, content upload.Source, metadata map[string]map[string]string,
) (*upload.Form, error) {
	fields, err := c.fields(op, req, metadata)
	if err != nil {
		return nil, err
	}
	form, err := upload.NewForm(content, part, fields...)
	if bad, ok := errors.AsType[*docferry.InputError](err); ok {
		bad.Service, bad.Operation = service, op.Name
	}
	return form, err
}

// metadataValues writes values in the documented forms: of one collection with
// its name beside the fields, of several with names of collection and field.
func metadataValues(values map[string]map[string]string) (jsontext.Value, error) {
	flat := make(map[string]string)
	_, clash := onlyValue(values)["collection"]
	for _, collection := range slices.Sorted(maps.Keys(values)) {
		for field, value := range values[collection] {
			if len(values) == 1 && !clash {
				flat["collection"], flat[field] = collection, value
			} else {
				flat[collection+"."+field] = value
			}
		}
	}
	return json.Marshal(flat, json.Deterministic(true))
}

func onlyValue(values map[string]map[string]string) map[string]string {
	for _, fields := range values {
		return fields
	}
	return nil
}

// content is content to get, and what is special about it.
type content struct {
	op      *call.Op
	request any     // a pointer to it
	part    *string // the Range in it; nil if the content is only there whole
	fixed   bool    // nothing can change it

	// genuine is asked about a page or an error body where the content should
	// be; see [doubtful]. Nil if it can be neither.
	genuine func(context.Context, *http.Response, error) bool

	// learn asks how long the content is, if the answer does not tell; nil if
	// there is nothing to ask.
	learn func(context.Context) (int64, error)
}

// genuineTime bounds the question whether an answer is the content. It may wait
// for a connection that the answer itself occupies.
const genuineTime = 10 * time.Second

// download opens content, resumable in version 1.2 if it is asked for whole.
func (c *Client) download(ctx context.Context, get content, opts []docferry.CallOption) (*docferry.Download, error) {
	how := call.Content{Sized: get.learn != nil}
	if get.genuine != nil {
		how.Genuine = func(resp *http.Response, refused error) bool {
			ctx, cancel := context.WithTimeout(ctx, genuineTime)
			defer cancel()
			return get.genuine(ctx, resp, refused)
		}
	}
	return fetch.Get(ctx, fetch.Config{
		Service: service, Operation: get.op.Name, Size: -1, Immutable: get.fixed, Learn: get.learn,
		Policy:    retry.Policy(c.core.Peer.HTTP().Retry),
		Resumable: get.part != nil && *get.part == "" && c.core.Dialect.Version == string(V1_2),
		Open: func(ctx context.Context, offset int64, validator string) (*http.Response, error) {
			how := how
			if offset > 0 {
				*get.part = "bytes=" + strconv.FormatInt(offset, 10) + "-"
				how.Resume, how.Validator = true, validator
			}
			return call.Open(ctx, c.core, get.op, get.request, how, opts)
		},
	})
}

// doubtful reports whether an answer that should be content may be a login
// page, or a refusal with status 200. Such answers name no file to save them
// in and are not of the type that content is documented to have. That content
// has the header Content-Disposition is inferred; where it has not, a text
// that reads as a refusal needs a second look.
func doubtful(resp *http.Response) bool {
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Disposition") != "" {
		return false
	}
	mediaType, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	switch strings.ToLower(strings.TrimSpace(mediaType)) {
	case "", "text/html", "application/xhtml+xml", "application/json", "text/plain":
		return true
	}
	return false
}
