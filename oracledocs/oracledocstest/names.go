package oracledocstest

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits on what a request may carry. The length of a name is documented for
// bulk creation only and is applied to all folders.
const (
	maxJSON        = 1 << 20
	maxFolderName  = 255
	maxDescription = 2000
	maxIDs         = 100
	maxPage        = 10000
)

// checkName refuses names that the service would not accept. A limit of 0 means
// no limit, since none is documented for the names of files. The member is the
// one that the error names.
func checkName(member, name string, limit int, forbidden string) error {
	switch {
	case name == "":
		return required(member)
	case !utf8.ValidString(name):
		return invalid(member, "is not valid UTF-8")
	case strings.IndexFunc(name, unicode.IsControl) >= 0:
		return invalid(member, "contains a control character")
	case name == "." || name == "..":
		return invalid(member, "is not a name")
	case strings.ContainsAny(name, forbidden):
		return invalid(member, "contains one of the characters "+forbidden)
	case limit > 0 && utf8.RuneCountInString(name) > limit:
		return invalid(member, "is too long")
	}
	return nil
}

// checkFolderName applies the rule of the product's user interface, which
// forbids the characters / \ ? * in the names of folders.
func checkFolderName(name string) error {
	return checkName("name", name, maxFolderName, `/\?*`)
}

// checkFileName forbids only names that could be mistaken for a path.
func checkFileName(member, name string) error { return checkName(member, name, 0, "/") }
