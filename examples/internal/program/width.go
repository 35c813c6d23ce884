package program

import (
	"fmt"
	"io"
	"strings"
	"unicode"
)

// wide has the characters that most terminals show in two columns: the scripts of
// East Asia, their punctuation, full-width forms, and pictures. Some ranges also
// cover characters that take one column, so that the table stays short. Counting
// those as two leaves a gap, while the opposite would break a line.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x1100, Hi: 0x115f, Stride: 1}, // Hangul letters
		{Lo: 0x231a, Hi: 0x231b, Stride: 1}, {Lo: 0x2329, Hi: 0x232a, Stride: 1},
		{Lo: 0x23e9, Hi: 0x23f3, Stride: 1}, {Lo: 0x25fd, Hi: 0x25fe, Stride: 1},
		{Lo: 0x2600, Hi: 0x27bf, Stride: 1}, // symbols and pictures
		{Lo: 0x2b1b, Hi: 0x2b1c, Stride: 1}, {Lo: 0x2b50, Hi: 0x2b55, Stride: 1},
		{Lo: 0x2e80, Hi: 0xa4cf, Stride: 1},                                      // Chinese characters, kana, Yi
		{Lo: 0xa960, Hi: 0xa97f, Stride: 1}, {Lo: 0xac00, Hi: 0xd7a3, Stride: 1}, // Hangul
		{Lo: 0xf900, Hi: 0xfaff, Stride: 1}, {Lo: 0xfe10, Hi: 0xfe19, Stride: 1},
		{Lo: 0xfe30, Hi: 0xfe6f, Stride: 1}, {Lo: 0xff01, Hi: 0xff60, Stride: 1}, // full-width forms
		{Lo: 0xffe0, Hi: 0xffe6, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x16fe0, Hi: 0x18dff, Stride: 1}, {Lo: 0x1aff0, Hi: 0x1b2ff, Stride: 1}, // Tangut, Nushu, old kana
		{Lo: 0x1f000, Hi: 0x1faff, Stride: 1}, // pictures
		{Lo: 0x20000, Hi: 0x3fffd, Stride: 1}, // more Chinese characters
	},
}

// runeWidth returns how many columns a terminal needs for a character.
func runeWidth(r rune) int {
	switch {
	case unicode.IsControl(r), unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0 // combined with the character before, or not shown at all
	case unicode.Is(wide, r):
		return 2
	}
	return 1
}

// Width returns how many columns a terminal needs for a text. Terminals do not
// agree about all characters: the result is never too small for one that follows
// Unicode's widths, but may be too large, as for a family drawn as one picture.
func Width(text string) int {
	n := 0
	for _, r := range text {
		n += runeWidth(r)
	}
	return n
}

// Cut shortens a text to a number of columns. A text that was cut ends with "…".
func Cut(text string, columns int) string {
	if Width(text) <= columns {
		return text
	}
	n := 1 // the ellipsis
	for i, r := range text {
		if n += runeWidth(r); n > columns {
			return text[:i] + "…"
		}
	}
	return text
}

// Pad appends spaces to a text until it takes a number of columns.
func Pad(text string, columns int) string {
	return text + strings.Repeat(" ", max(columns-Width(text), 0))
}

// Table prints rows in columns that are two spaces apart. Package text/tabwriter
// is not enough for names in any language, because it counts characters. An error
// of out is ignored: nothing better can be done about a closed standard output
// than to be silent.
func Table(out io.Writer, rows [][]string) {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], Width(cell))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(Pad(cell, widths[i]+2))
		}
		fmt.Fprintln(out, strings.TrimRight(line.String(), " "))
	}
}

// Size writes a number of bytes for people.
func Size(n int64) string {
	const unit = 1000
	if n < unit {
		return fmt.Sprintf("%d B", n)
	}
	value, prefixes := float64(n)/unit, "kMGTPE"
	for value >= unit-0.05 && len(prefixes) > 1 {
		value, prefixes = value/unit, prefixes[1:]
	}
	return fmt.Sprintf("%.1f %cB", value, prefixes[0])
}
