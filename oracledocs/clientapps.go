package oracledocs

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"mime/multipart"
	"net/textproto"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
	"github.com/docferry/docferry/upload"
)

// ClientApplication is a set of custom actions. Client applications are only
// in version 1.2, and only for administrators.
type ClientApplication struct {
	ID           string    `json:"id,omitzero"`
	Name         string    `json:"name,omitzero"`
	IsEnabled    bool      `json:"isEnabled,omitzero"`
	CreatedTime  time.Time `json:"createdTime,omitzero"`
	ModifiedTime time.Time `json:"modifiedTime,omitzero"`
	Links        []Link    `json:"links,omitzero"` // only if requested
}

// ListClientApplicationsRequest asks for all client applications.
type ListClientApplicationsRequest struct {
	Links bool `query:"links"` // return links
}

// ListClientApplicationsResponse lists client applications.
type ListClientApplicationsResponse struct {
	Items        []ClientApplication `json:"items,omitzero"`
	Count        int64               `json:"count,omitzero"`
	HasMore      bool                `json:"hasMore,omitzero,needed"`
	Limit        int64               `json:"limit,omitzero"`
	Offset       int64               `json:"offset,omitzero"`
	TotalResults int64               `json:"totalResults,omitzero"`
	Links        []Link              `json:"links,omitzero"` // only if requested
	Status
}

var listClientApplications = call.NewOp("ListClientApplications",
	"GET /documents/api/{version}/config/clientApplications", call.Safe).In("1.2")

// ListClientApplications lists the client applications. The response can say
// that there are more, but Oracle documents no way to request them. It is only
// in version 1.2.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-config-clientapplications-get.html
func (c *Client) ListClientApplications(
	ctx context.Context, req ListClientApplicationsRequest, opts ...docferry.CallOption,
) (*ListClientApplicationsResponse, error) {
	return call.Do[ListClientApplicationsResponse](ctx, c.core, listClientApplications, &req, opts)
}

// AllClientApplications ranges over the items of ListClientApplications. If the
// service says that there are more, it ends with an error that matches
// [docferry.ErrProtocol]. Each range starts over. An error is yielded once and
// ends the range.
func (c *Client) AllClientApplications(
	ctx context.Context, req ListClientApplicationsRequest, opts ...docferry.CallOption,
) iter.Seq2[ClientApplication, error] {
	return onePage(listClientApplications, func() ([]ClientApplication, bool, error) {
		page, err := c.ListClientApplications(ctx, req, opts...)
		if err != nil {
			return nil, false, err
		}
		return page.Items, page.HasMore, nil
	})
}

// CreateClientApplicationRequest registers custom actions.
type CreateClientApplicationRequest struct {
	Name      string `json:"name"`               // required
	IsEnabled *bool  `json:"isEnabled,omitzero"` // true if it is nil
	// File defines the actions in JSON. It is sent as application/json,
	// whatever its ContentType.
	// Required.
	File upload.Source `part:"file,required"`
}

// CreateClientApplicationResponse describes the new client application.
type CreateClientApplicationResponse struct {
	ClientApplication
	Status
	Location string `header:"Location"`
}

var createClientApplication = call.NewOp("CreateClientApplication",
	"POST /documents/api/{version}/config/clientApplications", call.Unsafe).In("1.2")

// CreateClientApplication registers a client application. If the name is taken,
// it fails with [docferry.ErrConflict]. It is only in version 1.2.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-config-clientapplications-post.html
func (c *Client) CreateClientApplication(
	ctx context.Context, req CreateClientApplicationRequest, opts ...docferry.CallOption,
) (*CreateClientApplicationResponse, error) {
	if err := c.checkControl(createClientApplication, "Name", req.Name); err != nil {
		return nil, err
	}
	fields, err := c.applicationFields(createClientApplication, req)
	if err != nil {
		return nil, err
	}
	form, err := applicationForm(createClientApplication, req.File, fields)
	if err != nil {
		return nil, err
	}
	return call.Send[CreateClientApplicationResponse](ctx, c.core, createClientApplication, &req, form, opts)
}

// GetClientApplicationRequest names a client application.
type GetClientApplicationRequest struct {
	ID    string `path:"id"`     // required
	Links bool   `query:"links"` // return links
}

// GetClientApplicationResponse describes the client application.
type GetClientApplicationResponse struct {
	ClientApplication
	Status
}

var getClientApplication = call.NewOp("GetClientApplication",
	"GET /documents/api/{version}/config/clientApplications/{id}", call.Safe).In("1.2")

// GetClientApplication describes a client application. It is only in version
// 1.2.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-config-clientapplications-id-get.html
func (c *Client) GetClientApplication(
	ctx context.Context, req GetClientApplicationRequest, opts ...docferry.CallOption,
) (*GetClientApplicationResponse, error) {
	return call.Do[GetClientApplicationResponse](ctx, c.core, getClientApplication, &req, opts)
}

// UpdateClientApplicationRequest changes a client application. Set IsEnabled,
// File or both; a field that is not set is not changed.
type UpdateClientApplicationRequest struct {
	ID        string `path:"id"` // required
	IsEnabled *bool  `json:"isEnabled,omitzero"`
	// File defines the actions in JSON. It is sent as application/json,
	// whatever its ContentType.
	File upload.Source `part:"file"`
}

// UpdateClientApplicationResponse describes the client application after the
// change.
type UpdateClientApplicationResponse struct {
	ClientApplication
	Status
}

var updateClientApplication = call.NewOp("UpdateClientApplication",
	"PUT /documents/api/{version}/config/clientApplications/{id}", call.Idempotent).In("1.2")

// UpdateClientApplication replaces the actions of a client application, or
// enables or disables it, or both. It is only in version 1.2.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-config-clientapplications-id-put.html
func (c *Client) UpdateClientApplication(
	ctx context.Context, req UpdateClientApplicationRequest, opts ...docferry.CallOption,
) (*UpdateClientApplicationResponse, error) {
	fields, err := c.applicationFields(updateClientApplication, req)
	if err != nil {
		return nil, err
	}
	if req.IsEnabled == nil {
		fields = nil // an empty object
	}
	var form call.Body
	switch {
	case req.File.Open != nil || req.File.Name != "":
		form, err = applicationForm(updateClientApplication, req.File, fields)
	case len(fields) == 0:
		err = c.core.InputError(updateClientApplication.Name, "File", "or IsEnabled is required")
	default:
		form, err = smallForm(fields)
	}
	if err != nil {
		return nil, err
	}
	return call.Send[UpdateClientApplicationResponse](ctx, c.core, updateClientApplication, &req, form, opts)
}

// applicationFields is the part that describes a client application.
func (c *Client) applicationFields(op *call.Op, req any) ([]upload.Field, error) {
	fields, err := c.fields(op, req, nil)
	for i := range fields {
		fields[i].Name = "metadata"
	}
	return fields, err
}

// applicationForm is a form with the definition of actions.
func applicationForm(op *call.Op, file upload.Source, fields []upload.Field) (*upload.Form, error) {
	file.ContentType = "application/json"
	form, err := upload.NewForm(file, "file", fields...)
	if bad, ok := errors.AsType[*docferry.InputError](err); ok {
		bad.Service, bad.Operation = service, op.Name
	}
	return form, err
}

// smallForm is a form without a file.
func smallForm(fields []upload.Field) (call.Body, error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, field := range fields {
		part, err := w.CreatePart(textproto.MIMEHeader{
			"Content-Disposition": {`form-data; name="` + field.Name + `"`},
			"Content-Type":        {field.ContentType},
		})
		if err != nil {
			return nil, err
		}
		if _, err := part.Write(field.Content); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return smallBody{b.Bytes(), w.FormDataContentType()}, nil
}

// smallBody is a body in memory.
type smallBody struct {
	content     []byte
	contentType string
}

func (b smallBody) Open(context.Context) (io.ReadCloser, error) {
	return io.NopCloser(bytes.NewReader(b.content)), nil
}
func (b smallBody) ContentLength() int64 { return int64(len(b.content)) }
func (b smallBody) ContentType() string  { return b.contentType }

// DeleteClientApplicationRequest names a client application.
type DeleteClientApplicationRequest struct {
	ID string `path:"id"` // required
}

// DeleteClientApplicationResponse names the client application that was
// deleted.
type DeleteClientApplicationResponse struct {
	ID   string `json:"id,omitzero"`
	Type string `json:"type,omitzero"` // "clientApplication"
	Status
}

var deleteClientApplication = call.NewOp("DeleteClientApplication",
	"DELETE /documents/api/{version}/config/clientApplications/{id}", call.Idempotent).In("1.2")

// DeleteClientApplication deletes a client application. It is only in version
// 1.2.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-config-clientapplications-id-delete.html
func (c *Client) DeleteClientApplication(
	ctx context.Context, req DeleteClientApplicationRequest, opts ...docferry.CallOption,
) (*DeleteClientApplicationResponse, error) {
	return call.Do[DeleteClientApplicationResponse](ctx, c.core, deleteClientApplication, &req, opts)
}

// DownloadClientApplicationFileRequest names a client application.
type DownloadClientApplicationFileRequest struct {
	ID string `path:"id"` // required
}

var downloadClientApplicationFile = call.NewOp("DownloadClientApplicationFile",
	"GET /documents/api/{version}/config/clientApplications/{id}/data", call.Safe).In("1.2")

// DownloadClientApplicationFile returns the definition of a client
// application's actions as a stream, which the caller closes. The service sends
// it only as a whole, so a download that breaks off is not resumed. It is only
// in version 1.2.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-config-clientapplications-id-data-get.html
func (c *Client) DownloadClientApplicationFile(
	ctx context.Context, req DownloadClientApplicationFileRequest, opts ...docferry.CallOption,
) (*docferry.Download, error) {
	return c.download(ctx, content{op: downloadClientApplicationFile, request: &req}, opts)
}
