package oracledocs

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
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
// before the file, as version 1.2 requires; metadata comes after it, as in
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
			return nil, c.core.InputError(op.Name, "MetadataValues", "has a name or a value that is not valid UTF-8")
		}
		fields = append(fields, upload.Field{Name: "metadataValues", ContentType: "application/json", Content: text,
			After: true})
	}
	return fields, nil
}

// form returns the body of an upload, with the content in the part that is
// named.
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

// content describes content to download, and what is special about it.
type content struct {
	op      *call.Op
	request any     // a pointer to it
	part    *string // the Range in it; nil if the service sends the content only as a whole
	fixed   bool    // it can never change

	// genuine finds out whether an answer that looks like a page or an error is the
	// content after all; see [doubtful]. It is nil if the content can look like
	// neither.
	genuine func(context.Context, *http.Response, error) bool

	// learn asks for the size of the content if the answer does not have it. It is
	// nil if there is no operation to ask with.
	learn func(context.Context) (int64, error)
}

// genuineTime bounds the request that finds out whether an answer is the
// content. That request may wait for a connection which the answer itself
// occupies.
const genuineTime = 10 * time.Second

// download opens content. In version 1.2 it can resume, if the whole content
// was asked for.
func (c *Client) download(ctx context.Context, get content, opts []docferry.CallOption) (*docferry.Download, error) {
	how := call.Content{Sized: get.learn != nil}
	if get.genuine != nil {
		how.Genuine = func(resp *http.Response, refused error) bool {
			ctx, cancel := context.WithTimeout(ctx, genuineTime)
			defer cancel()
			return get.genuine(ctx, resp, refused)
		}
	}
	opened := false
	return fetch.Get(ctx, fetch.Config{
		Service: service, Operation: get.op.Name, Size: -1, Immutable: get.fixed, Learn: get.learn,
		Policy:    retry.Policy(c.core.Peer.HTTP().Retry),
		Resumable: get.part != nil && *get.part == "" && c.core.Dialect.Version == string(V1_2),
		Open: func(ctx context.Context, offset int64, validator string) (*http.Response, error) {
			how := how
			// A download that broke off before its first byte resumes at 0.
			how.Resume, opened = opened, true
			if offset > 0 {
				*get.part = "bytes=" + strconv.FormatInt(offset, 10) + "-"
				how.Validator = validator
			}
			return call.Open(ctx, c.core, get.op, get.request, how, opts)
		},
	})
}

// doubtful reports whether an answer that should be content may be a login
// page, or a refusal with a status of success. No header rules that out, because
// a portal can send any. So whatever reads as a refusal is checked with another
// request. Only a part of a file, with its Content-Range, is not doubted.
func doubtful(resp *http.Response) bool {
	return resp.StatusCode != http.StatusPartialContent || resp.Header.Get("Content-Range") == ""
}
