package connectparticipant

import (
	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/awsrest"
	"github.com/docferry/docferry/internal/exchange"
)

// Codes in docferry.Error.Code of the service's refusals. The comment of each
// names the sentinel that it matches with [errors.Is].
const (
	CodeAccessDenied         = "AccessDeniedException"         // ErrForbidden: a wrong or expired token, or a chat that has ended
	CodeConflict             = "ConflictException"             // ErrConflict: another request is doing this, or has done it
	CodeInternalServer       = "InternalServerException"       // ErrUnavailable; retried
	CodeResourceNotFound     = "ResourceNotFoundException"     // ErrNotFound; see ErrorDetail
	CodeServiceQuotaExceeded = "ServiceQuotaExceededException" // ErrQuota
	CodeThrottling           = "ThrottlingException"           // ErrThrottled; retried
	CodeValidation           = "ValidationException"           // ErrInvalid
)

// ResourceType is the type of the resource that a refusal is about.
type ResourceType string

// Types of resources.
const (
	ResourceTypeContact        ResourceType = "CONTACT"
	ResourceTypeContactFlow    ResourceType = "CONTACT_FLOW"
	ResourceTypeInstance       ResourceType = "INSTANCE"
	ResourceTypeParticipant    ResourceType = "PARTICIPANT"
	ResourceTypeHierarchyLevel ResourceType = "HIERARCHY_LEVEL"
	ResourceTypeHierarchyGroup ResourceType = "HIERARCHY_GROUP"
	ResourceTypeUser           ResourceType = "USER"
	ResourceTypePhoneNumber    ResourceType = "PHONE_NUMBER"
)

// ErrorDetail is docferry.Error.Detail of a refusal that names a resource.
type ErrorDetail struct {
	ResourceID   string       `json:"ResourceId"`
	ResourceType ResourceType `json:"ResourceType"`
}

var kinds = map[string]error{
	CodeAccessDenied:         docferry.ErrForbidden,
	CodeConflict:             docferry.ErrConflict,
	CodeInternalServer:       docferry.ErrUnavailable,
	CodeResourceNotFound:     docferry.ErrNotFound,
	CodeServiceQuotaExceeded: docferry.ErrQuota,
	CodeThrottling:           docferry.ErrThrottled,
	CodeValidation:           docferry.ErrInvalid,
}

func refusal(answer *exchange.Answer) (*docferry.Error, bool) {
	if answer.Status < 400 {
		return nil, false
	}
	var detail ErrorDetail
	r := awsrest.Read(answer.Header, answer.Body, &detail)
	e := &docferry.Error{Code: r.Code, Message: r.Message, Kind: kinds[r.Code]}
	if e.Kind == nil {
		e.Kind = awsrest.Kind(r.Code)
	}
	if detail != (ErrorDetail{}) {
		e.Detail = &detail
	}
	return e, false
}
