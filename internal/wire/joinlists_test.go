package wire_test

import (
	"testing"

	"github.com/docferry/docferry/internal/wire"
	"github.com/google/go-cmp/cmp"
)

func TestJoinListsRefusesCommas(t *testing.T) {
	type request struct {
		IDs  []string `query:"ids"`
		Tags []string `json:"tags,omitzero"`
	}
	tests := map[string]struct {
		req  request
		want error
	}{
		"none": {request{IDs: []string{"a", "b"}, Tags: []string{"c", "d"}}, nil},
		"query": {request{IDs: []string{"a,b"}}, &wire.FieldError{Field: "IDs",
			Reason: "has an item with a comma, which the service would read as two items"}},
		"body": {request{Tags: []string{"a,b"}}, &wire.FieldError{Field: "Tags",
			Reason: "has an item with a comma, which the service would read as two items"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := (&wire.Dialect{JoinLists: true}).Encode(test.req)
			if diff := cmp.Diff(test.want, err); diff != "" {
				t.Errorf("Encode error (-want +got):\n%s", diff)
			}
			if _, err := (&wire.Dialect{}).Encode(test.req); err != nil {
				t.Errorf("Encode of lists that are not joined: %v", err)
			}
		})
	}
}
