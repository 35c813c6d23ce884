// Package names compares the names that a service reports with those it was
// sent. One name can be written in several Unicode forms: macOS hands out "é"
// as two characters, and a service may store and report it as one. Whether it
// does is not documented, so a name is looked for in all of its forms.
//
// Names that are the same by this package are candidates for one file, and no
// more: who stored it has to be proven by something else.
package names

import (
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Same reports whether two names differ in nothing but their Unicode form.
func Same(a, b string) bool {
	return a == b || norm.NFC.String(a) == norm.NFC.String(b)
}

// Key returns the same text for all names that differ only in their Unicode
// form and in the case of their letters. It is for comparing, not for showing.
func Key(name string) string {
	// The decomposed form comes first: some letters are one character only in
	// one case.
	return strings.Map(folded, norm.NFD.String(name))
}

// CheckElement returns an error if a name cannot be a part of a path.
func CheckElement(name string) error {
	switch {
	case !utf8.ValidString(name):
		return errors.New("is not valid UTF-8")
	case name == "" || name == "." || name == ".." || strings.Contains(name, "/"):
		return errors.New("cannot be a part of a path")
	}
	return nil
}

// Forms returns the ways in which a service may spell a name: as it is, and
// then the composed and the decomposed form if they differ from that.
func Forms(name string) []string {
	forms := []string{name}
	for _, form := range []norm.Form{norm.NFC, norm.NFD} {
		if other := form.String(name); !slices.Contains(forms, other) {
			forms = append(forms, other)
		}
	}
	return forms
}

// folded returns the same character for all that differ only in case.
func folded(r rune) rune {
	least := r
	for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
		least = min(least, other)
	}
	return least
}
