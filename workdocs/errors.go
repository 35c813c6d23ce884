package workdocs

import (
	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/awsrest"
	"github.com/docferry/docferry/internal/exchange"
)

// Codes that WorkDocs returns, in docferry.Error.Code. The comment on each code
// names the error of package docferry that it matches with [errors.Is]. Do not
// rely on the HTTP status instead, because it can mislead: a permanent limit has
// status 429, and denied access has status 404.
const (
	CodeConcurrentModification     = "ConcurrentModificationException"      // ErrConflict; retried
	CodeConflictingOperation       = "ConflictingOperationException"        // ErrConflict
	CodeCustomMetadataLimit        = "CustomMetadataLimitExceededException" // ErrQuota
	CodeDeactivatingLastSystemUser = "DeactivatingLastSystemUserException"  // ErrConflict
	CodeDocumentLockedForComments  = "DocumentLockedForCommentsException"   // ErrConflict
	CodeDraftUploadOutOfSync       = "DraftUploadOutOfSyncException"        // ErrConflict
	CodeEntityAlreadyExists        = "EntityAlreadyExistsException"         // ErrConflict
	CodeEntityNotExists            = "EntityNotExistsException"             // ErrNotFound; see ErrorDetail
	CodeFailedDependency           = "FailedDependencyException"            // ErrUnavailable: a directory behind WorkDocs failed
	CodeIllegalUserState           = "IllegalUserStateException"            // ErrConflict
	CodeInvalidArgument            = "InvalidArgumentException"             // ErrInvalid
	CodeInvalidCommentOperation    = "InvalidCommentOperationException"     // ErrConflict
	CodeInvalidOperation           = "InvalidOperationException"            // ErrInvalid
	CodeInvalidPassword            = "InvalidPasswordException"             // ErrUnauthenticated
	CodeLimitExceeded              = "LimitExceededException"               // ErrQuota: 100,000 items in a folder, not a rate
	CodeProhibitedState            = "ProhibitedStateException"             // ErrConflict
	CodeRequestedEntityTooLarge    = "RequestedEntityTooLargeException"     // ErrInvalid
	CodeResourceAlreadyCheckedOut  = "ResourceAlreadyCheckedOutException"   // ErrConflict
	CodeServiceUnavailable         = "ServiceUnavailableException"          // ErrUnavailable; retried
	CodeStorageLimitExceeded       = "StorageLimitExceededException"        // ErrQuota
	CodeStorageLimitWillExceed     = "StorageLimitWillExceedException"      // ErrQuota
	CodeTooManyLabels              = "TooManyLabelsException"               // ErrQuota
	CodeTooManySubscriptions       = "TooManySubscriptionsException"        // ErrQuota
	CodeUnauthorizedOperation      = "UnauthorizedOperationException"       // ErrForbidden
	CodeUnauthorizedResourceAccess = "UnauthorizedResourceAccessException"  // ErrForbidden, although its status is 404
)

// ErrorDetail names the documents, folders or other entities that an error is
// about. A pointer to it is in docferry.Error.Detail if WorkDocs names any.
type ErrorDetail struct {
	// EntityIDs are the IDs of the entities that do not exist, for
	// CodeEntityNotExists.
	EntityIDs []string `json:"EntityIds"`
}

// kinds maps each code to the error that it matches.
var kinds = map[string]error{
	CodeConcurrentModification:     docferry.ErrConflict,
	CodeConflictingOperation:       docferry.ErrConflict,
	CodeCustomMetadataLimit:        docferry.ErrQuota,
	CodeDeactivatingLastSystemUser: docferry.ErrConflict,
	CodeDocumentLockedForComments:  docferry.ErrConflict,
	CodeDraftUploadOutOfSync:       docferry.ErrConflict,
	CodeEntityAlreadyExists:        docferry.ErrConflict,
	CodeEntityNotExists:            docferry.ErrNotFound,
	CodeFailedDependency:           docferry.ErrUnavailable,
	CodeIllegalUserState:           docferry.ErrConflict,
	CodeInvalidArgument:            docferry.ErrInvalid,
	CodeInvalidCommentOperation:    docferry.ErrConflict,
	CodeInvalidOperation:           docferry.ErrInvalid,
	CodeInvalidPassword:            docferry.ErrUnauthenticated,
	CodeLimitExceeded:              docferry.ErrQuota,
	CodeProhibitedState:            docferry.ErrConflict,
	CodeRequestedEntityTooLarge:    docferry.ErrInvalid,
	CodeResourceAlreadyCheckedOut:  docferry.ErrConflict,
	CodeServiceUnavailable:         docferry.ErrUnavailable,
	CodeStorageLimitExceeded:       docferry.ErrQuota,
	CodeStorageLimitWillExceed:     docferry.ErrQuota,
	CodeTooManyLabels:              docferry.ErrQuota,
	CodeTooManySubscriptions:       docferry.ErrQuota,
	CodeUnauthorizedOperation:      docferry.ErrForbidden,
	CodeUnauthorizedResourceAccess: docferry.ErrForbidden,
}

// refusal reads an error response, and reports whether the request can be sent
// again. After a concurrent modification it can, because the request had no
// effect. After an error about a wrong clock it can, because the signer has
// learned the right time from the response.
func (a *authorizer) refusal(answer *exchange.Answer) (*docferry.Error, bool) {
	if answer.Status < 400 {
		return nil, false
	}
	var detail ErrorDetail
	r := awsrest.Read(answer.Header, answer.Body, &detail)
	e := &docferry.Error{Code: r.Code, Message: r.Message, Kind: kinds[r.Code]}
	if e.Kind == nil {
		e.Kind = awsrest.Kind(r.Code)
	}
	if len(detail.EntityIDs) > 0 {
		e.Detail = &detail
	}
	again := r.Code == CodeConcurrentModification || a.signer != nil && a.signer.Learn(r.Code, answer.Header)
	return e, again
}
