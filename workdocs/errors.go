package workdocs

import (
	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/awsrest"
	"github.com/docferry/docferry/internal/exchange"
)

// Codes in docferry.Error.Code of WorkDocs's refusals. The comment of each
// names the sentinel that it matches with [errors.Is]. Use these, not the
// status, which misleads: a permanent limit has status 429, and denied access
// has status 404.
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

// ErrorDetail is docferry.Error.Detail of a refusal that names documents,
// folders or other entities.
type ErrorDetail struct {
	// EntityIDs are the IDs that CodeEntityNotExists is about.
	EntityIDs []string `json:"EntityIds"`
}

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

// refusal reads a refusal. A request that was refused for a concurrent
// modification did nothing and can be repeated. So can one that was refused for
// a wrong clock, because the right time is known from then on.
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
