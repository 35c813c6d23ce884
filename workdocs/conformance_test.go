package workdocs

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/conformance"
)

var api = conformance.Service{
	Name:      service,
	Count:     44,
	Reference: "https://docs.aws.amazon.com/workdocs/latest/APIReference/API_",
	Client: func(t testing.TB, h docferry.HTTP) any {
		t.Helper()
		c, err := New(Config{Region: "eu-west-1", HTTP: h,
			Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret"}, nil
			})})
		if err != nil {
			t.Fatal(err)
		}
		return c
	},
	Kinds:       kinds,
	ErrorDetail: ErrorDetail{},
	Examples: []any{
		AdditionalResponseFieldWebURL, BooleanEnumTrue, CommentVisibilityPrivate, ContentCategoryPDF,
		DocumentVersionStatusActive, FolderContentTypeDocument, LanguageCodeEn, LocalePtBR, OrderByFieldName,
		OrderDescending, PrincipalRoleOwner, PrincipalTypeUser, ResourceCollectionTypeSharedWithMe, ResourceSortName,
		ResourceStateRecycled, RoleContributor, SearchCollectionTypeOwned, SearchQueryScopeContent,
		SearchResourceTypeDocument, SortOrderDesc, StorageTypeQuota, SubscriptionProtocolHTTPS, SubscriptionTypeAll,
		UserFilterActivePending, UserSortFullName, UserTypePoweruser,
	},
	Time:       func(at time.Time) any { return json.Number(fmt.Sprintf("%gE9", float64(at.Unix())/1e9)) },
	ShortTypes: true,
	Words: map[string]string{"WEBURL": "WebURL", "HQ": "HQ", "HTTPS": "HTTPS", "ID": "ID", "PDF": "PDF",
		"SQS": "SQS"},
}

func TestConformance(t *testing.T) { api.Test(t) }

func TestGoldenRequests(t *testing.T) { api.Golden(t) }
