package docferry

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// SafeName returns a file name that is valid on every common system and safe to
// print on a terminal. That is name itself if possible; otherwise characters
// that are invalid in file names, or that change how a line is displayed, are
// replaced with "_". It never returns "", "." or "..".
//
// Spaces of all kinds stay, and so do the invisible characters that a script or
// an emoji cannot be written without, where they stand beside it. Elsewhere they
// could make two names look the same, and are replaced.
//
// A name of more than 255 bytes is cut before its last two extensions, such as
// ".pdf" or ".tar.gz", if each of them has at most 32 bytes and no space. It is
// not cut between a letter and its accents, or within an emoji.
//
// Different names may become one, or may be one to a file system that takes
// "a" for "A" or one Unicode form for another. [Download.Save] never replaces a
// file for that reason.
func SafeName(name string) string {
	for { // until no rule makes another one apply, so that SafeName changes nothing the second time
		safe := safer(name)
		if safe == name {
			return safe
		}
		name = safe
	}
}

// safer applies each of the rules once. Each only puts "_" in the place of
// something else, cuts, or puts "_" before what then needs it no more.
func safer(name string) string {
	safe := clean(name)
	if trimmed := strings.TrimRight(safe, ". "); trimmed != safe { // Windows drops them
		safe = trimmed + strings.Repeat("_", len(safe)-len(trimmed))
	}
	if base, _, _ := strings.Cut(safe, "."); safe == "" || device(base) {
		safe = "_" + safe
	}
	return shorten(safe)
}

// device reports whether a name means a device on Windows.
func device(base string) bool {
	base = strings.ToUpper(strings.Trim(base, " "))
	switch base {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	port, ok := strings.CutPrefix(base, "COM")
	if !ok {
		port, ok = strings.CutPrefix(base, "LPT")
	}
	digit, size := utf8.DecodeRuneInString(port)
	return ok && size > 0 && size == len(port) && strings.ContainsRune("0123456789¹²³", digit)
}

// clean replaces the characters that a name must not have.
func clean(name string) string {
	name = strings.ToValidUTF8(name, "_")
	var b strings.Builder
	before := none
	for i := 0; i < len(name); {
		r, size := utf8.DecodeRuneInString(name[i:])
		if r == blackFlag {
			size = max(size, len(regionFlag.FindString(name[i:])))
		}
		after, following := utf8.DecodeRuneInString(name[i+size:])
		if following == 0 {
			after = none
		}
		if visible(r) || needed(before, r, after) {
			b.WriteString(name[i : i+size])
		} else {
			b.WriteByte('_')
		}
		before, i = r, i+size
	}
	return b.String()
}

// none stands for the character before the first or after the last one.
const none rune = -1

const blackFlag = '\U0001f3f4'

// regionFlag matches the flag of a region such as Scotland at the start of a
// text: a black flag, the code of the region in invisible characters, and their
// end.
var regionFlag = regexp.MustCompile(`^\x{1F3F4}[\x{E0030}-\x{E0039}\x{E0061}-\x{E007A}]{3,6}\x{E007F}`)

// visible reports whether a character is valid in file names, and takes the
// place on the line that one expects of it.
func visible(r rune) bool {
	if strings.ContainsRune(`/\:*?"<>|`, r) || unicode.Is(unicode.Bidi_Control, r) {
		return false
	}
	return unicode.IsPrint(r) || unicode.In(r,
		unicode.Zs,                           // spaces, such as the narrow one in the names of screenshots
		unicode.Co,                           // private use, such as the logos that vendors have there
		unicode.Prepended_Concatenation_Mark, // drawn around digits
		younger)
}

// younger are the places that Unicode has set apart for emoji and ideographs.
// Those that are younger than Go's tables are not printable by these.
var younger = &unicode.RangeTable{R32: []unicode.Range32{
	{Lo: 0x1F000, Hi: 0x1FAFF, Stride: 1}, {Lo: 0x20000, Hi: 0x2FFFD, Stride: 1}, {Lo: 0x30000, Hi: 0x3FFFD, Stride: 1},
}}

// Invisible characters that have a use.
const (
	zeroWidthSpace     = '\u200b'
	zeroWidthNonJoiner = '\u200c'
	zeroWidthJoiner    = '\u200d'
	vowelSeparator     = '\u180e' // of Mongolian
	emojiStyle         = '\ufe0f' // the variation selector for emoji
)

// needed reports whether an invisible character does what it is for: it stands
// beside a letter of a script that is written with it, or joins two emoji.
func needed(before, r, after rune) bool {
	var scripts []*unicode.RangeTable
	switch r {
	case zeroWidthJoiner:
		if emoji(before) && emoji(after) {
			return true
		}
		scripts = joining
	case zeroWidthNonJoiner:
		scripts = joining
	case zeroWidthSpace:
		scripts = unspaced
	case vowelSeparator:
		scripts = []*unicode.RangeTable{unicode.Mongolian}
	}
	beside := func(r rune) bool { return unicode.In(r, scripts...) && unicode.In(r, unicode.L, unicode.M) }
	return beside(before) || beside(after)
}

func emoji(r rune) bool {
	return r == emojiStyle || r > unicode.MaxASCII && unicode.IsSymbol(r) || unicode.Is(younger, r)
}

// joining are the scripts whose letters change with their neighbours, so that
// they are written with the joiner and the non-joiner.
var joining = []*unicode.RangeTable{
	unicode.Adlam, unicode.Arabic, unicode.Hanifi_Rohingya, unicode.Mandaic, unicode.Manichaean, unicode.Mongolian,
	unicode.Nko, unicode.Phags_Pa, unicode.Sogdian, unicode.Syriac,
	unicode.Balinese, unicode.Bengali, unicode.Brahmi, unicode.Chakma, unicode.Devanagari, unicode.Grantha,
	unicode.Gujarati, unicode.Gurmukhi, unicode.Javanese, unicode.Kaithi, unicode.Kannada, unicode.Khmer,
	unicode.Malayalam, unicode.Meetei_Mayek, unicode.Modi, unicode.Myanmar, unicode.Newa, unicode.Oriya,
	unicode.Sharada, unicode.Sinhala, unicode.Tamil, unicode.Telugu, unicode.Tirhuta,
}

// unspaced are the scripts without spaces between words, in which a space of no
// width says where a line may be broken.
var unspaced = []*unicode.RangeTable{
	unicode.Balinese, unicode.Javanese, unicode.Khmer, unicode.Lao, unicode.Myanmar, unicode.Tai_Tham, unicode.Thai,
	unicode.Tibetan,
}
