package oracledocs

import (
	"context"
	"iter"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
)

// Collection is a collection of digital assets. Collections are only in
// version 1.1.
type Collection struct {
	ID          string `json:"id,omitzero"`
	Type        string `json:"type,omitzero"` // "collection"
	Name        string `json:"name,omitzero"`
	Description string `json:"description,omitzero"`
	// ChildItemsCount is the number of assets; only CreateCollection returns it.
	ChildItemsCount int64     `json:"childItemsCount,omitzero"`
	CreatedTime     time.Time `json:"createdTime,omitzero"`
	ModifiedTime    time.Time `json:"modifiedTime,omitzero"`
	CreatedBy       User      `json:"createdBy,omitzero"`
	ModifiedBy      User      `json:"modifiedBy,omitzero"`
	OwnedBy         User      `json:"ownedBy,omitzero"`
}

// CreateCollectionRequest makes a collection.
type CreateCollectionRequest struct {
	Name        string `json:"name"` // required
	Description string `json:"description,omitzero"`
}

// CreateCollectionResponse describes the new collection.
type CreateCollectionResponse struct {
	Collection
	Status
}

var createCollection = call.NewOp("CreateCollection",
	"POST /documents/api/{version}/collections", call.Unsafe).In("1.1")

// CreateCollection makes an empty collection of assets. It is only in version 1.1.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-content-management-11/op-documents-api-1.1-collections-post.html
func (c *Client) CreateCollection(
	ctx context.Context, req CreateCollectionRequest, opts ...docferry.CallOption,
) (*CreateCollectionResponse, error) {
	if err := c.checkControl(createCollection, "Name", req.Name); err != nil {
		return nil, err
	}
	return call.Do[CreateCollectionResponse](ctx, c.core, createCollection, &req, opts)
}

// ListCollectionsRequest has no fields.
type ListCollectionsRequest struct{}

// ListCollectionsResponse lists collections that are accessible to the caller.
type ListCollectionsResponse struct {
	Items        []Collection `json:"items,omitzero"`
	Count        int64        `json:"count,omitzero"`
	Offset       int64        `json:"offset,omitzero"`
	HasMore      bool         `json:"hasMore,omitzero,needed"`
	TotalOwned   int64        `json:"totalOwned,omitzero"`
	TotalShared  int64        `json:"totalShared,omitzero"`
	TotalResults int64        `json:"totalResults,omitzero"`
	Status
}

var listCollections = call.NewOp("ListCollections",
	"GET /documents/api/{version}/collections/items", call.Safe).In("1.1")

// ListCollections lists the collections that the caller owns or shares. The
// response can say that there are more, but Oracle documents no way to request
// them. It is only in version 1.1.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-content-management-11/op-documents-api-1.1-collections-items-get.html
func (c *Client) ListCollections(
	ctx context.Context, req ListCollectionsRequest, opts ...docferry.CallOption,
) (*ListCollectionsResponse, error) {
	return call.Do[ListCollectionsResponse](ctx, c.core, listCollections, &req, opts)
}

// AllCollections ranges over the collections of ListCollections. If the service
// says that there are more, it ends with an error that matches
// [docferry.ErrProtocol]. Each range starts over. An error is yielded once and
// ends the range.
func (c *Client) AllCollections(
	ctx context.Context, req ListCollectionsRequest, opts ...docferry.CallOption,
) iter.Seq2[Collection, error] {
	return onePage(listCollections, func() ([]Collection, bool, error) {
		page, err := c.ListCollections(ctx, req, opts...)
		if err != nil {
			return nil, false, err
		}
		return page.Items, page.HasMore, nil
	})
}

// onePage ranges over a listing of which only the first page can be requested
// by what is documented. If there are more, the range ends with an error.
func onePage[Item any](op *call.Op, list func() (items []Item, more bool, err error)) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		items, more, err := list()
		for _, item := range items {
			if !yield(item, nil) {
				return
			}
		}
		if more {
			err = &docferry.Error{Service: service, Operation: op.Name, StatusCode: 200, Attempts: 1,
				Kind: docferry.ErrProtocol, Message: "the service has more items, but documents no way to request them"}
		}
		if err != nil {
			var none Item
			yield(none, err)
		}
	}
}

// DeleteCollectionRequest names a collection.
type DeleteCollectionRequest struct {
	CollectionID string `path:"collectionId"` // required
}

var deleteCollection = call.NewOp("DeleteCollection",
	"DELETE /documents/api/{version}/collections/{collectionId}", call.Idempotent).In("1.1")

// DeleteCollection moves a collection to the trash. The assets remain. If the
// collection does not exist or is in the trash, the error is [CodeGeneral],
// which matches [docferry.ErrNotFound]. It is only in version 1.1.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-content-management-11/op-documents-api-1.1-collections-%7BcollectionId%7D-delete.html
func (c *Client) DeleteCollection(
	ctx context.Context, req DeleteCollectionRequest, opts ...docferry.CallOption,
) (*ChangedItemsResponse, error) {
	return call.Do[ChangedItemsResponse](ctx, c.core, deleteCollection, &req, opts)
}

// CollectionAsset reports an asset that was added or removed.
type CollectionAsset struct {
	Type      string    `json:"type,omitzero"` // "file"
	ID        string    `json:"id,omitzero"`
	TimeStamp time.Time `json:"timeStamp,omitzero"`
}

// AddAssetsToCollectionRequest adds files to a collection.
type AddAssetsToCollectionRequest struct {
	CollectionID string `path:"collectionId"` // required
	// IDList has the IDs of the files; the name of this member on the wire is
	// inferred. Required.
	IDList []string `json:"idList"`
	// SkipDuplicate ignores files that are in the collection already, and requests
	// a report on each. That it is sent as 1 is inferred.
	SkipDuplicate bool `json:"skipDuplicate,omitzero,digit"`
}

// AddAssetsToCollectionResponse says what was added.
type AddAssetsToCollectionResponse struct {
	Count  int64             `json:"count,omitzero"`
	ID     string            `json:"id,omitzero"` // of the collection
	IDList []string          `json:"idList,omitzero"`
	Type   string            `json:"type,omitzero"`  // "collection"
	Items  []CollectionAsset `json:"items,omitzero"` // with SkipDuplicate
	Status
}

var addAssetsToCollection = call.NewOp("AddAssetsToCollection",
	"POST /documents/api/{version}/collections/{collectionId}/files", call.Unsafe).In("1.1")

// AddAssetsToCollection adds several assets to a collection. Without
// SkipDuplicate it fails with [CodeAlreadyInCollection] if the collection
// already has one of them. If one of the files is not a digital asset, it
// always fails, with [docferry.ErrInvalid]. If the collection does not exist or
// is in the trash, the error is [CodeGeneral], which matches
// [docferry.ErrNotFound]. It is only in version 1.1.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-content-management-11/op-documents-api-1.1-collections-%7BcollectionId%7D-files-post.html
func (c *Client) AddAssetsToCollection(
	ctx context.Context, req AddAssetsToCollectionRequest, opts ...docferry.CallOption,
) (*AddAssetsToCollectionResponse, error) {
	return call.Do[AddAssetsToCollectionResponse](ctx, c.core, addAssetsToCollection, &req, opts)
}

// RemoveAssetsFromCollectionRequest removes files from a collection.
type RemoveAssetsFromCollectionRequest struct {
	CollectionID string `path:"collectionId"` // required
	// IDList has the IDs of the files; the name of this member on the wire is
	// inferred. Required.
	IDList []string `json:"idList"`
	// SkipIfNotInCollection ignores files that are not in the collection, and
	// requests a report on each. That it is sent as 1 is inferred.
	SkipIfNotInCollection bool `json:"skipIfNotInCollection,omitzero,digit"`
}

// RemoveAssetsFromCollectionResponse says what was removed.
type RemoveAssetsFromCollectionResponse struct {
	Count  int64             `json:"count,omitzero"`
	ID     string            `json:"id,omitzero"` // of the collection
	IDList []string          `json:"idList,omitzero"`
	Type   string            `json:"type,omitzero"`  // "collection"
	Items  []CollectionAsset `json:"items,omitzero"` // with SkipIfNotInCollection
	Status
}

var removeAssetsFromCollection = call.NewOp("RemoveAssetsFromCollection",
	"DELETE /documents/api/{version}/collections/{collectionId}/files", call.Idempotent).In("1.1")

// RemoveAssetsFromCollection removes several assets from a collection; the
// files themselves remain. Without SkipIfNotInCollection it is refused if the
// collection does not have one of them. If the collection does not exist or is
// in the trash, the error is [CodeGeneral], which matches
// [docferry.ErrNotFound]. It is only in version 1.1.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-content-management-11/op-documents-api-1.1-collections-%7BcollectionId%7D-files-delete.html
func (c *Client) RemoveAssetsFromCollection(
	ctx context.Context, req RemoveAssetsFromCollectionRequest, opts ...docferry.CallOption,
) (*RemoveAssetsFromCollectionResponse, error) {
	return call.Do[RemoveAssetsFromCollectionResponse](ctx, c.core, removeAssetsFromCollection, &req, opts)
}

// AddAssetToCollectionRequest adds a file to a collection.
type AddAssetToCollectionRequest struct {
	CollectionID string `path:"collectionId"` // required
	FileID       string `path:"fileId"`       // required
}

// AddAssetToCollectionResponse names the collection and the file.
type AddAssetToCollectionResponse struct {
	ID     string `json:"id,omitzero"`     // of the collection
	ItemID string `json:"itemID,omitzero"` // of the file
	Type   string `json:"type,omitzero"`   // "collection"
	Status
}

var addAssetToCollection = call.NewOp("AddAssetToCollection",
	"POST /documents/api/{version}/collections/{collectionId}/files/{fileId}", call.Unsafe).In("1.1")

// AddAssetToCollection adds an asset to a collection. It fails with
// [CodeAlreadyInCollection] if the collection already has the asset, and with
// [docferry.ErrInvalid] if the file is not a digital asset. If the collection
// does not exist or is in the trash, the error is [CodeGeneral], which matches
// [docferry.ErrNotFound]. It is only in version 1.1.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-content-management-11/op-documents-api-1.1-collections-%7BcollectionId%7D-files-%7BfileId%7D-post.html
func (c *Client) AddAssetToCollection(
	ctx context.Context, req AddAssetToCollectionRequest, opts ...docferry.CallOption,
) (*AddAssetToCollectionResponse, error) {
	return call.Do[AddAssetToCollectionResponse](ctx, c.core, addAssetToCollection, &req, opts)
}

// RemoveAssetFromCollectionRequest removes a file from a collection.
type RemoveAssetFromCollectionRequest struct {
	CollectionID string `path:"collectionId"` // required
	FileID       string `path:"fileId"`       // required
}

// RemoveAssetFromCollectionResponse names the collection.
type RemoveAssetFromCollectionResponse struct {
	ID   string `json:"id,omitzero"`   // of the collection
	Type string `json:"type,omitzero"` // "collection"
	Status
}

var removeAssetFromCollection = call.NewOp("RemoveAssetFromCollection",
	"DELETE /documents/api/{version}/collections/{collectionId}/files/{fileId}", call.Idempotent).In("1.1")

// RemoveAssetFromCollection removes an asset from a collection; the file itself
// remains. If the collection does not exist or is in the trash, the error is
// [CodeGeneral], which matches [docferry.ErrNotFound]. It is only in version
// 1.1.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-content-management-11/op-documents-api-1.1-collections-%7BcollectionId%7D-files-%7BfileId%7D-delete.html
func (c *Client) RemoveAssetFromCollection(
	ctx context.Context, req RemoveAssetFromCollectionRequest, opts ...docferry.CallOption,
) (*RemoveAssetFromCollectionResponse, error) {
	return call.Do[RemoveAssetFromCollectionResponse](ctx, c.core, removeAssetFromCollection, &req, opts)
}
