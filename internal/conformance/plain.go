package conformance

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/docferry/docferry/internal/wire"
)

// FuzzPlain reads arbitrary bytes as an answer of type T, once as the client does, and
// once with the package json alone. Both must have the same result.
func FuzzPlain[T any](f *testing.F, d *wire.Dialect, seeds ...string) {
	f.Helper()
	for _, body := range seeds {
		f.Add([]byte(body))
	}
	general := &wire.Dialect{JSON: d.JSON, Secret: d.Secret, Time: d.Time, JoinLists: d.JoinLists, Version: d.Version,
		Reshape: d.Reshape}
	f.Fuzz(func(t *testing.T, body []byte) {
		var got, want T
		gotUnread, gotErr := d.Decode(body, nil, &got)
		wantUnread, wantErr := general.Decode(body, nil, &want)
		if (gotErr == nil) != (wantErr == nil) || gotErr != nil && gotErr.Error() != wantErr.Error() {
			t.Errorf("%q: %v, and in general %v", body, gotErr, wantErr)
		}
		if diff := cmp.Diff(wantUnread, gotUnread); diff != "" {
			t.Errorf("%q: unread (-general +plain): %s", body, diff)
		}
		if !reflect.DeepEqual(want, got) {
			t.Errorf("%q (-general +plain): %s", body, cmp.Diff(want, got))
		}
	})
}
