package docferry_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/docferry/docferry"
)

func TestSafeName(t *testing.T) {
	for name, want := range map[string]string{
		"":                       "_",
		".":                      "_",
		"..":                     "__",
		"../x":                   ".._x",
		`C:\x`:                   "C__x",
		"a/b":                    "a_b",
		"a\x00b":                 "a_b",
		"a\x1b[31mb":             "a_[31mb",
		"a\u202eb":               "a_b",
		"a\r\nb":                 "a__b",
		"trailing. ":             "trailing__",
		"con":                    "_con",
		"NUL.txt":                "_NUL.txt",
		"NUL  .txt":              "_NUL  .txt",
		"com1.tar.gz":            "_com1.tar.gz",
		"COM\u00b9":              "_COM\u00b9",
		"com\u00b2.txt":          "_com\u00b2.txt",
		"LPT\u00b3 .log":         "_LPT\u00b3 .log",
		"lpt0":                   "_lpt0",
		"\xff\xfe":               "_",
		strings.Repeat("é", 200): strings.Repeat("é", 127),
	} {
		if got := docferry.SafeName(name); got != want {
			t.Errorf("SafeName(%q) = %q, want %q", name, got, want)
		}
	}
}

// These are names that people and programs give to files. Each is its own safe
// name, and a file can be saved under it.
func TestSafeNameKeeps(t *testing.T) {
	root := open(t, t.TempDir())
	for _, name := range []string{
		"report.txt", "Grüße 🎉.txt", ".hidden", "com10", "COM\u2074", "COM\u00b9\u00b2", "Con trast.txt", "con-1",
		"Screenshot 2026-11-25 at 9.41.00\u202fAM.png",            // macOS, since its version 13
		"10\u00a0000 \u20ac.pdf", "\u5831\u544a\u3000\u66f8.docx", // no-break space, ideographic space
		"a\u2009b\u2003c\u205fd.txt",              // spaces of other widths
		"con\u00a0.txt", "end\u3000", "end\u202f", // Windows drops and reserves none of these
		"cafe\u0301.txt", "\u1112\u1161\u11ab\u1100\u1173\u11af.hwp", // decomposed by macOS
		"\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645.txt",        // Persian
		"PDF\u200c\u0647\u0627.txt", "\u0646\u0627\u0645\u0647\u200c", // beside other letters, and at the end
		"\u0915\u094d\u200d\u0937.txt", "\u0915\u094d\u200c\u0937", // Hindi
		"\u0dc1\u0dca\u200d\u0dbb\u0dd3.txt",                         // Sinhala
		"\u1826\u180e\u1820.txt",                                     // Mongolian
		"\u1797\u17b6\u179f\u17b6\u200b\u1781\u17d2\u1798\u17c2.txt", // Khmer
		"\u0600\u0661\u0662.txt",                                     // an Arabic sign around a number
		"👩\u200d💻.png", "👨\u200d👩\u200d👧\u200d👦.jpg", "🏳\ufe0f\u200d🌈.txt", "👩🏽\u200d🚒.txt",
		"🙂\u200d\u2194\ufe0f.txt", "❤\ufe0f\u200d🔥", "1\ufe0f\u20e3.txt", "🇨🇭.txt",
		"🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f.txt", // the flag of Scotland
		"\u845b\U000e0100.txt",             // a variant of an ideograph
		"\uf8ff.txt",                       // Apple's logo
		"\U0001fae9.txt", "\U000323b0.txt", // younger than Go's tables
		"\u05e9\u05dc\u05d5\u05dd.txt",          // right to left without controls
		"a.tar.gz", "..a", "-rf", "~", "a b  c", // of plain characters
		strings.Repeat("a", 251) + ".txt", strings.Repeat("\u65e5", 85),
	} {
		if got := docferry.SafeName(name); got != name {
			t.Errorf("SafeName(%+q) = %+q", name, got)
		}
		if err := holding("x").Save(root, name); err != nil {
			t.Errorf("%+q: %v", name, err)
		}
	}
}

// What is invisible and does nothing where it stands, or could deceive, is
// replaced.
func TestSafeNameReplaces(t *testing.T) {
	for _, c := range []string{
		"\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069", "\u200e", "\u200f",
		"\u061c",                                                                       // of writing direction
		"\u200b", "\u200c", "\u200d", "\u180e", "\u00ad", "\u2060", "\u2063", "\ufeff", // of no width
		"\u2028", "\u2029", "\u0085", "\x7f", "\t", // of lines and terminals
		"\ufff9", "\ufffb", "\U000e0001", "\U000e0041", "\U000e007f", // of annotations and tags
		"\ufdd0", "\U0001ffff", "\u0378", "<", "|", // no characters, or not valid on Windows
	} {
		for name, want := range map[string]string{
			"pay" + c + "pal.exe":            "pay_pal.exe",
			c + "x":                          "_x",
			"x" + c:                          "x_",
			"\u65e5" + c + "\u672c.txt":      "\u65e5_\u672c.txt",
			"\u0434" + c + "\u0430" + c:      "\u0434_\u0430_",
			"🏴" + strings.Repeat(c, 2) + "x": "🏴__x",
		} {
			if got := docferry.SafeName(name); got != want {
				t.Errorf("SafeName(%+q) = %+q, want %+q", name, got, want)
			}
		}
	}
	for name, want := range map[string]string{
		"\u0645\u200c\u200c\u200c\u062e": "\u0645\u200c_\u200c\u062e", // no chain of joiners
		"\u0645\u202e\u200c":             "\u0645__",
		"👩\u200d.txt":                    "👩_.txt", // it joins nothing
		"👩\u200d":                        "👩_",
		"\u200d👩":                        "_👩",
		"🏴" + strings.Repeat("\U000e0061", 7) + "\U000e007f": "🏴________", // no region has so long a code
	} {
		if got := docferry.SafeName(name); got != want {
			t.Errorf("SafeName(%+q) = %+q, want %+q", name, got, want)
		}
	}
}

// A long name keeps its extensions, and ends before them with a whole character.
func TestSafeNameCuts(t *testing.T) {
	repeat := strings.Repeat
	for name, want := range map[string]string{
		repeat("a", 252) + ".txt":                repeat("a", 251) + ".txt",
		repeat("a", 300) + ".tar.gz":             repeat("a", 248) + ".tar.gz",
		repeat("a", 300) + ".csv.zst":            repeat("a", 247) + ".csv.zst",
		repeat("a", 300) + ".v1.tar.gz":          repeat("a", 248) + ".tar.gz",
		repeat("日本", 100) + ".pdf":               repeat("日本", 41) + "日.pdf", // 249 bytes and 4
		repeat("日本", 100) + ".文書":                repeat("日本", 41) + ".文書",   // 246 and 7; one more is 256
		repeat("é", 200) + ".jpeg":               repeat("é", 125) + ".jpeg",
		repeat("e\u0301", 100) + ".pdf":          repeat("e\u0301", 83) + ".pdf",        // 249
		"a" + repeat("e\u0301", 100) + ".pdf":    "a" + repeat("e\u0301", 83) + ".pdf",  // 250
		"aa" + repeat("e\u0301", 100) + ".txt":   "aa" + repeat("e\u0301", 83) + ".txt", // 251
		repeat("👩\u200d💻", 40) + ".png":          repeat("👩\u200d💻", 22) + ".png",       // 11 bytes each
		repeat("👍🏽", 40) + ".x":                  repeat("👍🏽", 31) + ".x",               // 8 bytes each
		"a" + repeat("🇨🇭", 40) + ".x":            "a" + repeat("🇨🇭", 31) + ".x",         // 8 bytes each
		repeat("\u0915\u094d\u0937", 40):         repeat("\u0915\u094d\u0937", 28),      // 9 bytes each
		repeat("\u1112\u1161\u11ab", 40):         repeat("\u1112\u1161\u11ab", 28),      // 9 bytes each
		repeat("a", 250) + "\u1112\u1161\u11ab":  repeat("a", 250),
		repeat("a", 254) + ". b":                 repeat("a", 254) + "_", // it would end in a dot
		repeat("a", 250) + "     b":              repeat("a", 250) + "_____",
		repeat("a", 300) + ".a b":                repeat("a", 255), // a sentence, not an extension
		repeat("a", 300) + "." + repeat("b", 40): repeat("a", 255),
		"." + repeat("a", 300):                   "." + repeat("a", 254),
		"a" + repeat("\u0301", 200) + ".txt":     "a" + repeat("\u0301", 125) + ".txt", // one character is too long
		"CON" + repeat(" ", 300) + "x.txt":       "_CON" + repeat(" ", 247) + ".txt",
		"CON." + repeat("a", 300) + ".txt":       "_CON." + repeat("a", 246) + ".txt",
	} {
		if got := docferry.SafeName(name); got != want {
			t.Errorf("SafeName(%+q)\nis   %+q,\nwant %+q", name, got, want)
		}
	}
}

// namesToFuzz are where the fuzz tests begin.
var namesToFuzz = []string{
	"a", "..", "con", "a/b", "\xff", strings.Repeat("é", 300), "_.", "aux. ", "COM\u00b9 .x", "👩\u200d💻.png",
	"\u0645\u200c\u062e", strings.Repeat("a", 300) + ".tar.gz", "CON" + strings.Repeat(" ", 300) + "x.txt",
	"🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "x\u180e\u200b\u061c\u0627",
	"CON." + strings.Repeat(" ", 300) + "b", strings.Repeat("\u0301", 300), "\u202e.", "\xe2\x80\x8d\xe2\x80",
}

func FuzzSafeName(f *testing.F) {
	for _, name := range namesToFuzz {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		safe := docferry.SafeName(name)
		if safe == "" || safe == "." || safe == ".." || len(safe) > 255 || !utf8.ValidString(safe) ||
			strings.ContainsAny(safe, "/\\:*?\"<>|\x00\n\r\x1b\u202e") || strings.TrimRight(safe, ". ") != safe ||
			filepath.Base(safe) != safe || !filepath.IsLocal(safe) {
			t.Errorf("SafeName(%q) = %q", name, safe)
		}
		if again := docferry.SafeName(safe); again != safe {
			t.Errorf("SafeName(%q) = %q, and of that %q", name, safe, again)
		}
	})
}

// FuzzDownloadSave saves downloads under safe names, which the file system takes
// as they are.
func FuzzDownloadSave(f *testing.F) {
	for _, name := range namesToFuzz {
		f.Add(name)
	}
	dir := f.TempDir()
	root := open(f, dir)
	f.Fuzz(func(t *testing.T, name string) {
		safe := docferry.SafeName(name)
		if err := holding("x").Save(root, safe); err != nil {
			t.Fatalf("%q: %v", safe, err)
		}
		if found, err := os.ReadDir(dir); err != nil || len(found) != 1 || found[0].Name() != safe {
			t.Errorf("%q is saved as %v (%v)", safe, found, err)
		}
		if err := root.Remove(safe); err != nil {
			t.Errorf("%q: %v", safe, err)
		}
	})
}
