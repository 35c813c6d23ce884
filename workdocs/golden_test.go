package workdocs

import (
	"net/http"
	"reflect"
	"testing"

	"github.com/docferry/docferry/internal/golden"
)

// examples are values for the enums in requests.
var examples = []any{
	AdditionalResponseFieldWebURL, BooleanEnumTrue, CommentVisibilityPrivate, ContentCategoryPDF,
	DocumentVersionStatusActive, FolderContentTypeDocument, LanguageCodeEn, LocalePtBR, OrderByFieldName,
	OrderDescending, PrincipalRoleOwner, PrincipalTypeUser, ResourceCollectionTypeSharedWithMe, ResourceSortName,
	ResourceStateRecycled, RoleContributor, SearchCollectionTypeOwned, SearchQueryScopeContent,
	SearchResourceTypeDocument, SortOrderDesc, StorageTypeQuota, SubscriptionProtocolHTTPS, SubscriptionTypeAll,
	UserFilterActivePending, UserSortFullName, UserTypePoweruser,
}

// TestGoldenRequests compares all that each operation sends with its file.
func TestGoldenRequests(t *testing.T) {
	const dir = "testdata/golden"
	f := loadFacts(t)
	for _, name := range f.names() {
		golden.Request(t, dir, name, func(rt http.RoundTripper) {
			if _, err := do(t, mustNew(t, signing(rt)), name, fullRequest(t, name)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	golden.Only(t, dir, f.names())
}

// TestExamples checks that every enum in a request has an example.
func TestExamples(t *testing.T) {
	f := loadFacts(t)
	have := map[string]bool{}
	for _, example := range examples {
		have[reflect.TypeOf(example).Name()] = true
	}
	sent := f.sent()
	for name := range f.Enums {
		if goType := f.goTypeName(name); sent[name] != have[goType] {
			t.Errorf("%s is in requests: %t. It has an example: %t", goType, sent[name], have[goType])
		}
	}
}
