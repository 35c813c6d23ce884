package s3test

import (
	"slices"
	"strings"
	"testing"

	"github.com/docferry/docferry/upload"
)

// oddKeys are keys that a client may escape twice, or not at all.
var oddKeys = []string{
	"plain.txt",
	"a b.txt", "a+b.txt", "a%20b.txt", "a%2Bb.txt", "a%b.txt", "a%2Fb.txt",
	"a;b.txt", "a&b=c.txt", "a?b.txt", "a?X-Amz-Expires=1&b.txt", "a#b.txt", "a=b.txt",
	`a\b.txt`, `a"b'c.txt`, "a*b!(c)~d.txt", "a:b@c,d.txt", "a|b<c>d.txt", "[x]{y}^`$.txt",
	" leading.txt", "trailing ", "..two dots.txt", "folder.d/.hidden", "folder.d/...", "-", "~",
	"Übersicht/日本語/Ω≈ç.txt", "🚢.txt", "\u200bzero width.txt",
	"e\u0301 is not \u00e9.txt", "\u00e9 is not e\u0301.txt",
	"tab\tinside.txt",
	strings.Repeat(strings.Repeat("k", 179)+"/", 5)[:899] + "k", // 900 bytes
	strings.Repeat(strings.Repeat("ü", 74)+"/", 6) + "123456",   // 900 bytes in 460 characters
}

// Whatever the key, the content goes to exactly that key, and comes back from
// there. All are there in the end, so none was taken for another.
func TestKeys(t *testing.T) {
	d := &desk{gateway: plain(t), size: 100}
	c := d.client(t)
	sources, results := map[string]upload.Source{}, map[string]*upload.Result{}
	for i, key := range oddKeys {
		sources[key] = random("file.txt", byte(i), 100)
		result, err := d.to(key, nil).Upload(t.Context(), sources[key])
		if err != nil {
			t.Errorf("%q: %v", key, err)
			continue
		}
		results[key] = result
	}
	for key, result := range results {
		d.stored(t, key, sources[key], result)
		d.comesBack(t, c, key, sources[key])
	}
	d.holds(t, slices.Clone(oddKeys)...)
}
