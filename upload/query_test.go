package upload

import (
	"net/url"
	"testing"
)

// A value in a query is found as package url finds it.
func FuzzQueryValue(f *testing.F) {
	for _, query := range []string{
		"", "a=1", "b=2&a=1", "a=1&a=2", "a", "a=", "=a", "a=%zz&a=3", "%61=4", "%zz=4&a=5", "a+b=1", "a=b+c%20d",
		"a;b=1", "a=1;2&a=3", "&&a=6&", "ab=1&a=2",
	} {
		f.Add(query, "a")
	}
	f.Fuzz(func(t *testing.T, query, key string) {
		values, _ := url.ParseQuery(query)
		if got, want := queryValue(query, key), values.Get(key); got != want {
			t.Errorf("%q in %q: %q, want %q", key, query, got, want)
		}
	})
}
