package docferry

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

const (
	// maxName is the limit of common file systems in bytes.
	maxName = 255
	// maxExtension is the length in bytes, with its dot, of the longest end of a
	// name that is taken for an extension.
	maxExtension = 32
)

// shorten cuts a name that is too long, and keeps its extensions.
func shorten(name string) string {
	if len(name) <= maxName {
		return name
	}
	last := extension(name)
	last = extension(strings.TrimSuffix(name, last)) + last
	return cut(strings.TrimSuffix(name, last), maxName-len(last)) + last
}

// extension returns the end of a name from its last dot, or "" if that is too
// long for an extension, or is the whole name, as that of .profile.
func extension(name string) string {
	dot := strings.LastIndexByte(name, '.')
	if dot <= 0 || len(name)-dot > maxExtension || strings.ContainsFunc(name[dot:], unicode.IsSpace) {
		return ""
	}
	return name[dot:]
}

// cut shortens s to n bytes or a few less, so that it ends with what a reader
// takes for a whole character. One that is longer than n is cut in its middle.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	whole, runes, flags := 0, 0, 0
	before := none
	for i, r := range s {
		if i > n {
			break
		}
		runes = i
		if i > 0 && !together(before, r) && !(flags%2 == 1 && regional(r)) {
			whole = i
		}
		if regional(r) {
			flags++
		} else {
			flags = 0
		}
		before = r
	}
	if whole == 0 {
		whole = runes
	}
	return s[:whole]
}

// regional reports whether two of a character make the flag of a country.
func regional(r rune) bool { return unicode.Is(unicode.Regional_Indicator, r) }

// together reports whether two characters look like one, or change each other. It
// follows Unicode's rules for grapheme clusters; more together does no harm.
func together(before, r rune) bool {
	switch {
	case unicode.In(r, unicode.M, unicode.Other_Grapheme_Extend):
		return true // accents, vowel signs, the tags of a flag
	case r == zeroWidthJoiner, before == zeroWidthJoiner, before == zeroWidthNonJoiner:
		return true
	case r >= 0x1F3FB && r <= 0x1F3FF: // skin tones
		return true
	case r == '\u0e33', r == '\u0eb3': // vowels of Thai and Lao
		return true
	case unicode.Is(unicode.Prepended_Concatenation_Mark, before):
		return true
	case virama(before) && unicode.IsLetter(r): // they share one glyph
		return true
	}
	return jamo(r) && unicode.Is(unicode.Hangul, before) || leading(before) && unicode.Is(unicode.Hangul, r)
}

// virama reports whether a mark takes the vowel of the letter before it, which
// then joins the next one.
func virama(r rune) bool {
	const combiningClass = 9
	return norm.NFC.PropertiesString(string(r)).CCC() == combiningClass
}

// leading reports whether a character begins a syllable of Hangul that is
// written letter by letter, and jamo whether it continues one.
func leading(r rune) bool { return r >= 0x1100 && r <= 0x115F || r >= 0xA960 && r <= 0xA97C }

func jamo(r rune) bool { return r >= 0x1160 && r <= 0x11FF || r >= 0xD7B0 && r <= 0xD7FB }
