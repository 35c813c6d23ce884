package oracledocs_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/upload"
)

// TestCheckNames is F84: twins are found before a byte is sent.
func TestCheckNames(t *testing.T) {
	for names, twins := range map[string]bool{
		"":                                false,
		"Readme":                          false,
		"Readme|README":                   true,
		"a.txt|b.txt|A.TXT":               true,
		"a.txt|b.txt|c.txt":               false,
		"straße|STRAẞE":                   true,
		"ΣΊΣΥΦΟΣ.txt|σίσυφος.txt":         true,
		"K.txt|\u212a.txt":                true, // the sign for kelvin
		"same|same":                       true,
		"caf\u00e9.txt|cafe\u0301.txt":    true, // the forms of Linux and of macOS
		"CAF\u00c9.txt|cafe\u0301.txt":    true,
		"\uac00.txt|\u1100\u1161.txt":     true,
		"cafe.txt|cafe\u0301.txt":         false,
		"a b|" + "a\u00a0b|" + "a\u202fb": false,
		"with space|withspace":            false,
		strings.Repeat("x", 300) + "|":    false,
	} {
		var sources []upload.Source
		for name := range strings.SplitSeq(names, "|") {
			sources = append(sources, upload.Bytes(name, nil))
		}
		err := oracledocs.CheckNames(sources)
		bad, ok := errors.AsType[*docferry.InputError](err)
		if ok != twins || twins && (bad.Field != "Source.Name" || !errors.Is(err, docferry.ErrConflict)) {
			t.Errorf("%q: %v", names, err)
		}
	}
}
