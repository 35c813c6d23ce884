package oracledocs

import (
	"context"
	"fmt"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
)

// Lifecycle is the state of support for a version of the API.
type Lifecycle string

// States of a version.
const (
	LifecycleActive     Lifecycle = "active"
	LifecycleDeprecated Lifecycle = "deprecated"
)

// APILink is a link from a version or a resource of the API. Other responses
// use [Link].
type APILink struct {
	Ref  string `json:"ref,omitzero"` // what it refers to: "canonical" or "describes"
	Href string `json:"href,omitzero"`
}

// APICatalog links to the catalogue of a version.
type APICatalog struct {
	Links []APILink `json:"links,omitzero"`
}

// APIVersion describes a version of the API.
type APIVersion struct {
	Version         Version    `json:"version,omitzero"`
	Lifecycle       Lifecycle  `json:"lifecycle,omitzero"`
	IsLatest        bool       `json:"isLatest,omitzero"`
	TerminationDate time.Time  `json:"terminationDate,omitzero"` // when support ends, if that is planned
	Catalog         APICatalog `json:"catalog,omitzero"`
	Links           []APILink  `json:"links,omitzero"`
}

// GetAPIVersionsRequest has no fields.
type GetAPIVersionsRequest struct{}

// GetAPIVersionsResponse lists the versions.
type GetAPIVersionsResponse struct {
	Items []APIVersion `json:"items,omitzero"`
}

var getAPIVersions = call.NewOp("GetAPIVersions", "GET /documents/api/", call.Safe)

// GetAPIVersions lists the versions of the API that the service supports.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-get.html
func (c *Client) GetAPIVersions(
	ctx context.Context, req GetAPIVersionsRequest, opts ...docferry.CallOption,
) (*GetAPIVersionsResponse, error) {
	return call.Do[GetAPIVersionsResponse](ctx, c.core, getAPIVersions, &req, opts)
}

// GetAPIVersionRequest names a version of the API.
type GetAPIVersionRequest struct {
	// Version is any version that the service supports, not only the client's.
	// Required.
	Version Version `path:"version"`
}

// GetAPIVersionResponse holds the version as the only item. Oracle's reference
// also shows an answer without the list, which is read as one item.
type GetAPIVersionResponse struct {
	Items []APIVersion `json:"items,omitzero"`
}

var getAPIVersion = call.NewOp("GetAPIVersion", "GET /documents/api/{version}", call.Safe)

// GetAPIVersion describes a version of the API. That the error for an unknown
// version is [docferry.ErrNotFound] is inferred.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-version-get.html
func (c *Client) GetAPIVersion(
	ctx context.Context, req GetAPIVersionRequest, opts ...docferry.CallOption,
) (*GetAPIVersionResponse, error) {
	either, err := call.Do[eitherVersion](ctx, c.core, getAPIVersion, &req, opts)
	if err != nil {
		return nil, err
	}
	if either.Items == nil && either.Version != "" {
		either.Items = []APIVersion{either.APIVersion}
	}
	return &GetAPIVersionResponse{Items: either.Items}, nil
}

// eitherVersion is a version in a list, or as an object of its own.
type eitherVersion struct {
	Items []APIVersion `json:"items,omitzero"`
	APIVersion
}

// APIResource names a resource of the API and links to it.
type APIResource struct {
	Name  string    `json:"name,omitzero"` // a CatalogResource
	Links []APILink `json:"links,omitzero"`
}

// GetAPICatalogRequest has no fields.
type GetAPICatalogRequest struct{}

// GetAPICatalogResponse lists the resources.
type GetAPICatalogResponse struct {
	Items []APIResource `json:"items,omitzero"`
}

var getAPICatalog = call.NewOp("GetAPICatalog", "GET /documents/api/{version}/metadata-catalog", call.Safe)

// GetAPICatalog lists the resources of the client's version of the API.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-version-metadata-catalog-get.html
func (c *Client) GetAPICatalog(
	ctx context.Context, req GetAPICatalogRequest, opts ...docferry.CallOption,
) (*GetAPICatalogResponse, error) {
	return call.Do[GetAPICatalogResponse](ctx, c.core, getAPICatalog, &req, opts)
}

// CatalogResource is a resource of the API that its catalogue describes.
type CatalogResource string

// Resources of the API. The comment of each names the operation that the API
// has for it.
const (
	CatalogResourceApplinks      CatalogResource = "applinks"      // GetApplinkCatalog
	CatalogResourceCollections   CatalogResource = "collections"   // GetCollectionCatalog, only in version 1.1
	CatalogResourceConfiguration CatalogResource = "configuration" // GetConfigurationCatalog
	CatalogResourceFiles         CatalogResource = "files"         // GetFileCatalog
	CatalogResourceFolders       CatalogResource = "folders"       // GetFolderCatalog
	CatalogResourceMetadata      CatalogResource = "metadata"      // GetMetadataCatalog
	CatalogResourcePublicLinks   CatalogResource = "publiclinks"   // GetPublicLinkCatalog
	CatalogResourceShares        CatalogResource = "shares"        // GetShareCatalog
	CatalogResourceSites         CatalogResource = "sites"         // GetSiteCatalog, only in version 1.2
	CatalogResourceTemplates     CatalogResource = "templates"     // GetTemplateCatalog, only in version 1.2
	CatalogResourceUsers         CatalogResource = "users"         // GetUserCatalog
)

// GetResourceCatalogRequest names a resource.
type GetResourceCatalogRequest struct {
	Resource CatalogResource `path:"resource"` // required
}

// GetResourceCatalogResponse describes a resource in the style of a JSON
// schema. The types in it differ from those on the wire, where numbers and
// flags are strings.
type GetResourceCatalogResponse struct {
	Schema string `json:"$schema,omitzero"`
	Type   string `json:"type,omitzero"` // "object"
	// Properties has the schemas of the members, as encoding/json decodes them.
	Properties map[string]any `json:"properties,omitzero"`
	// Links has the operations of the resource, by Rel and Method.
	Links []Link `json:"links,omitzero"`
}

const resourceCatalog = "GET /documents/api/{version}/metadata-catalog/{resource}"

var (
	getApplinkCatalog       = call.NewOp("GetApplinkCatalog", resourceCatalog, call.Safe)
	getCollectionCatalog    = call.NewOp("GetCollectionCatalog", resourceCatalog, call.Safe).In("1.1")
	getConfigurationCatalog = call.NewOp("GetConfigurationCatalog", resourceCatalog, call.Safe)
	getFileCatalog          = call.NewOp("GetFileCatalog", resourceCatalog, call.Safe)
	getFolderCatalog        = call.NewOp("GetFolderCatalog", resourceCatalog, call.Safe)
	getMetadataCatalog      = call.NewOp("GetMetadataCatalog", resourceCatalog, call.Safe)
	getPublicLinkCatalog    = call.NewOp("GetPublicLinkCatalog", resourceCatalog, call.Safe)
	getShareCatalog         = call.NewOp("GetShareCatalog", resourceCatalog, call.Safe)
	getSiteCatalog          = call.NewOp("GetSiteCatalog", resourceCatalog, call.Safe).In("1.2")
	getTemplateCatalog      = call.NewOp("GetTemplateCatalog", resourceCatalog, call.Safe).In("1.2")
	getUserCatalog          = call.NewOp("GetUserCatalog", resourceCatalog, call.Safe)
)

var resourceCatalogs = map[CatalogResource]*call.Op{
	CatalogResourceApplinks:      getApplinkCatalog,
	CatalogResourceCollections:   getCollectionCatalog,
	CatalogResourceConfiguration: getConfigurationCatalog,
	CatalogResourceFiles:         getFileCatalog,
	CatalogResourceFolders:       getFolderCatalog,
	CatalogResourceMetadata:      getMetadataCatalog,
	CatalogResourcePublicLinks:   getPublicLinkCatalog,
	CatalogResourceShares:        getShareCatalog,
	CatalogResourceSites:         getSiteCatalog,
	CatalogResourceTemplates:     getTemplateCatalog,
	CatalogResourceUsers:         getUserCatalog,
}

// GetResourceCatalog describes a resource of the client's version of the API.
// It stands for eleven operations, which the [CatalogResource] constants name:
// GetApplinkCatalog, GetCollectionCatalog, GetConfigurationCatalog,
// GetFileCatalog, GetFolderCatalog, GetMetadataCatalog, GetPublicLinkCatalog,
// GetShareCatalog, GetSiteCatalog, GetTemplateCatalog and GetUserCatalog.
// Errors and observers show those names. The page below is that of the files
// resource; the pages of the others differ in the resource's name.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-version-metadata-catalog-files-get.html
func (c *Client) GetResourceCatalog(
	ctx context.Context, req GetResourceCatalogRequest, opts ...docferry.CallOption,
) (*GetResourceCatalogResponse, error) {
	op, ok := resourceCatalogs[req.Resource]
	if !ok {
		return nil, c.core.InputError("GetResourceCatalog", "Resource",
			fmt.Sprintf("is %q; use one of the CatalogResource constants", req.Resource))
	}
	return call.Do[GetResourceCatalogResponse](ctx, c.core, op, &req, opts)
}
