package workdocs

import "time"

// SearchQueryScope says where to look for the text of a query.
type SearchQueryScope string

// Scopes of a search. A folder has only a name, and a comment only content.
const (
	SearchQueryScopeName    SearchQueryScope = "NAME"
	SearchQueryScopeContent SearchQueryScope = "CONTENT"
)

// AdditionalResponseField names a field of a result that is returned only on
// request.
type AdditionalResponseField string

// The only such field is ResponseItem.WebURL.
const (
	AdditionalResponseFieldWebURL AdditionalResponseField = "WEBURL"
)

// ContentCategory is a kind of content.
type ContentCategory string

// Kinds of content.
const (
	ContentCategoryImage        ContentCategory = "IMAGE"
	ContentCategoryDocument     ContentCategory = "DOCUMENT"
	ContentCategoryPDF          ContentCategory = "PDF"
	ContentCategorySpreadsheet  ContentCategory = "SPREADSHEET"
	ContentCategoryPresentation ContentCategory = "PRESENTATION"
	ContentCategoryAudio        ContentCategory = "AUDIO"
	ContentCategoryVideo        ContentCategory = "VIDEO"
	ContentCategorySourceCode   ContentCategory = "SOURCE_CODE"
	ContentCategoryOther        ContentCategory = "OTHER"
)

// LanguageCode is the language of a text.
type LanguageCode string

// Languages of texts.
const (
	LanguageCodeAr      LanguageCode = "AR"
	LanguageCodeBg      LanguageCode = "BG"
	LanguageCodeBn      LanguageCode = "BN"
	LanguageCodeDa      LanguageCode = "DA"
	LanguageCodeDe      LanguageCode = "DE"
	LanguageCodeCs      LanguageCode = "CS"
	LanguageCodeEl      LanguageCode = "EL"
	LanguageCodeEn      LanguageCode = "EN"
	LanguageCodeEs      LanguageCode = "ES"
	LanguageCodeFa      LanguageCode = "FA"
	LanguageCodeFi      LanguageCode = "FI"
	LanguageCodeFr      LanguageCode = "FR"
	LanguageCodeHi      LanguageCode = "HI"
	LanguageCodeHu      LanguageCode = "HU"
	LanguageCodeID      LanguageCode = "ID"
	LanguageCodeIt      LanguageCode = "IT"
	LanguageCodeJa      LanguageCode = "JA"
	LanguageCodeKo      LanguageCode = "KO"
	LanguageCodeLt      LanguageCode = "LT"
	LanguageCodeLv      LanguageCode = "LV"
	LanguageCodeNl      LanguageCode = "NL"
	LanguageCodeNo      LanguageCode = "NO"
	LanguageCodePt      LanguageCode = "PT"
	LanguageCodeRo      LanguageCode = "RO"
	LanguageCodeRu      LanguageCode = "RU"
	LanguageCodeSv      LanguageCode = "SV"
	LanguageCodeSw      LanguageCode = "SW"
	LanguageCodeTh      LanguageCode = "TH"
	LanguageCodeTr      LanguageCode = "TR"
	LanguageCodeZh      LanguageCode = "ZH"
	LanguageCodeDefault LanguageCode = "DEFAULT"
)

// SearchResourceType is a type of search results.
type SearchResourceType string

// Types of search results.
const (
	SearchResourceTypeFolder          SearchResourceType = "FOLDER"
	SearchResourceTypeDocument        SearchResourceType = "DOCUMENT"
	SearchResourceTypeComment         SearchResourceType = "COMMENT"
	SearchResourceTypeDocumentVersion SearchResourceType = "DOCUMENT_VERSION"
)

// SearchCollectionType is a set of files to search in.
type SearchCollectionType string

// Sets of files.
const (
	SearchCollectionTypeOwned        SearchCollectionType = "OWNED"
	SearchCollectionTypeSharedWithMe SearchCollectionType = "SHARED_WITH_ME"
)

// PrincipalRole is a role to search by.
type PrincipalRole string

// Roles to search by.
const (
	PrincipalRoleViewer      PrincipalRole = "VIEWER"
	PrincipalRoleContributor PrincipalRole = "CONTRIBUTOR"
	PrincipalRoleOwner       PrincipalRole = "OWNER"
	PrincipalRoleCoowner     PrincipalRole = "COOWNER"
)

// OrderByField is a key to sort results by.
type OrderByField string

// Sort keys for results.
const (
	OrderByFieldRelevance         OrderByField = "RELEVANCE"
	OrderByFieldName              OrderByField = "NAME"
	OrderByFieldSize              OrderByField = "SIZE"
	OrderByFieldCreatedTimestamp  OrderByField = "CREATED_TIMESTAMP"
	OrderByFieldModifiedTimestamp OrderByField = "MODIFIED_TIMESTAMP"
)

// SortOrder is the direction in which results are sorted.
type SortOrder string

// Directions of sorting.
const (
	SortOrderAsc  SortOrder = "ASC"
	SortOrderDesc SortOrder = "DESC"
)

// ResponseItemType is the kind of a result.
type ResponseItemType string

// Kinds of results.
const (
	ResponseItemTypeDocument        ResponseItemType = "DOCUMENT"
	ResponseItemTypeFolder          ResponseItemType = "FOLDER"
	ResponseItemTypeComment         ResponseItemType = "COMMENT"
	ResponseItemTypeDocumentVersion ResponseItemType = "DOCUMENT_VERSION"
)

// Filters narrow a search. A result must pass every filter that is set.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_Filters.html
type Filters struct {
	// TextLocales are languages of the content or comment; up to 1.
	TextLocales       []LanguageCode       `json:"TextLocales,omitzero"`
	ContentCategories []ContentCategory    `json:"ContentCategories,omitzero"` // up to 9
	ResourceTypes     []SearchResourceType `json:"ResourceTypes,omitzero"`     // up to 4
	// Labels are up to 10 labels. They must match completely.
	Labels     []string          `json:"Labels,omitzero"`
	Principals []SearchPrincipal `json:"Principals,omitzero"` // up to 10
	// AncestorIDs are the IDs of up to 10 folders that contain the result, directly
	// or further down.
	AncestorIDs           []string               `json:"AncestorIds,omitzero"`
	SearchCollectionTypes []SearchCollectionType `json:"SearchCollectionTypes,omitzero"`
	SizeRange             LongRange              `json:"SizeRange,omitzero"` // bytes
	CreatedRange          DateRange              `json:"CreatedRange,omitzero"`
	ModifiedRange         DateRange              `json:"ModifiedRange,omitzero"`
}

// SearchPrincipal is a user or group to search by.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_SearchPrincipalType.html
type SearchPrincipal struct {
	ID    string          `json:"Id"`             // required; the ID of the user or group
	Roles []PrincipalRole `json:"Roles,omitzero"` // the roles that it must have, up to 4
}

// LongRange is a range of numbers. It has no limit at an end that is nil.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_LongRangeType.html
type LongRange struct {
	StartValue *int64 `json:"StartValue,omitzero"`
	EndValue   *int64 `json:"EndValue,omitzero"`
}

// DateRange is a range of times. It has no limit at an end that is zero.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_DateRangeType.html
type DateRange struct {
	StartValue time.Time `json:"StartValue,omitzero"`
	EndValue   time.Time `json:"EndValue,omitzero"`
}

// SearchSortResult says how to sort results.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_SearchSortResult.html
type SearchSortResult struct {
	Field OrderByField `json:"Field,omitzero"`
	Order SortOrder    `json:"Order,omitzero"`
}

// ResponseItem is a result of a search. ResourceType says which of the four
// metadata fields is set.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_ResponseItem.html
type ResponseItem struct {
	ResourceType            ResponseItemType        `json:"ResourceType,omitzero"`
	WebURL                  string                  `json:"WebUrl,omitzero"` // if requested
	DocumentMetadata        DocumentMetadata        `json:"DocumentMetadata,omitzero"`
	FolderMetadata          FolderMetadata          `json:"FolderMetadata,omitzero"`
	CommentMetadata         CommentMetadata         `json:"CommentMetadata,omitzero"`
	DocumentVersionMetadata DocumentVersionMetadata `json:"DocumentVersionMetadata,omitzero"`
}
