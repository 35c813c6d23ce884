package names_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/docferry/docferry/internal/names"
)

func TestSameAndKey(t *testing.T) {
	for _, c := range []struct {
		a, b       string
		same, fold bool // without and with regard to case
	}{
		{"", "", true, true},
		{"a.txt", "a.txt", true, true},
		{"a.txt", "A.TXT", false, true},
		{"caf\u00e9.txt", "cafe\u0301.txt", true, true},
		{"caf\u00e9.txt", "CAFE\u0301.TXT", false, true},
		{"caf\u00e9.txt", "cafe.txt", false, false},
		{"\uac00.txt", "\u1100\u1161.txt", true, true}, // a syllable of Hangul
		{"\u0b94.txt", "\u0b92\u0bd7.txt", true, true}, // a vowel of Tamil
		{"q\u0323\u0307", "q\u0307\u0323", true, true}, // two marks, in either order
		{"\u01f0.txt", "J\u030c.TXT", false, true},     // composed in lower case only
		{"\u1e69", "s\u0307\u0323", true, true},        // two marks on one letter
		{"\u212b.txt", "\u00c5.txt", true, true},       // the sign for angstrom
		{"fi.txt", "\ufb01.txt", false, false},         // a ligature is another name
		{"a b.txt", "a\u00a0b.txt", false, false},      // and so is another space
		{"\xff.txt", "\xff.txt", true, true},           // whatever it is
		{"straße", "STRAẞE", false, true},
		{"ΣΊΣΥΦΟΣ", "σι\u0301συφος", false, true},
		{"日本語\u3099", "日本語\u3099", true, true},
		{"\u304c.txt", "\u304b\u3099.txt", true, true}, // a voiced kana
		{"ви\u0306\u0438", "ви\u0306\u0438\u0306", false, false},
	} {
		if got := names.Same(c.a, c.b); got != c.same {
			t.Errorf("Same(%+q, %+q) = %v", c.a, c.b, got)
		}
		if got := names.Key(c.a) == names.Key(c.b); got != c.fold {
			t.Errorf("the keys of %+q and %+q are equal: %v", c.a, c.b, got)
		}
	}
}

func TestForms(t *testing.T) {
	for name, want := range map[string][]string{
		"":                    {""},
		"a.txt":               {"a.txt"},
		"caf\u00e9":           {"caf\u00e9", "cafe\u0301"},
		"cafe\u0301":          {"cafe\u0301", "caf\u00e9"},
		"\u00e9te\u0301":      {"\u00e9te\u0301", "\u00e9t\u00e9", "e\u0301te\u0301"}, // both forms in one name
		"\u212b":              {"\u212b", "\u00c5", "A\u030a"},
		"\u3000\u202f\u200d.": {"\u3000\u202f\u200d."},
	} {
		if diff := cmp.Diff(want, names.Forms(name)); diff != "" {
			t.Errorf("%+q (-want +got):\n%s", name, diff)
		}
	}
}

func TestCheckElement(t *testing.T) {
	for name, ok := range map[string]bool{"a": true, "...": true, "a\\b": true, "": false, ".": false, "..": false, "a/b": false,
		"/": false, "\xff": false} {
		if err := names.CheckElement(name); (err == nil) != ok {
			t.Errorf("%q: %v", name, err)
		}
	}
}
