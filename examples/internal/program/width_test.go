package program_test

import (
	"bytes"
	"testing"

	"github.com/docferry/docferry/examples/internal/program"
)

func TestWidth(t *testing.T) {
	for text, want := range map[string]int{
		"": 0, "report.txt": 10, "résumé": 6, "re\u0301sume\u0301": 6, "履歴書": 6, "보고서": 6, "ｶﾅ": 2,
		"ＡＢ": 4, "🎉.pdf": 6,
		"a\tb\x1b": 2, "zero\u200bwidth": 9, "𠀋": 2, "отчёт": 5, "\xff": 1,
	} {
		if got := program.Width(text); got != want {
			t.Errorf("%q is %d wide, want %d", text, got, want)
		}
	}
}

func TestCutAndPad(t *testing.T) {
	for _, test := range []struct {
		text    string
		columns int
		want    string
	}{
		{"report", 6, "report"}, {"reports", 6, "repor…"}, {"履歴書", 6, "履歴書"}, {"履歴書", 5, "履歴…"},
		{"履歴書", 4, "履… "}, {"履歴書", 1, "…"}, {"a", 3, "a  "}, {"", 2, "  "},
		{"re\u0301sume\u0301s", 6, "re\u0301sum…"},
	} {
		got := program.Pad(program.Cut(test.text, test.columns), test.columns)
		if got != test.want || program.Width(got) != test.columns {
			t.Errorf("%q in %d columns is %q of width %d, want %q", test.text, test.columns, got, program.Width(got), test.want)
		}
	}
}

func TestTable(t *testing.T) {
	var out bytes.Buffer
	program.Table(&out, [][]string{{"FILE", "SIZE"}, {"履歴書.pdf", "1 kB"}, {"a", "1 B"}, {"b"}})
	const want = "FILE        SIZE\n履歴書.pdf  1 kB\na           1 B\nb\n"
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &out, want)
	}
}

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{0: "0 B", 999: "999 B", 1000: "1.0 kB", 1234: "1.2 kB", 999_949: "999.9 kB",
		999_999: "1.0 MB", 20 << 20: "21.0 MB", 5 << 30: "5.4 GB", 1<<63 - 1: "9.2 EB"} {
		if got := program.Size(n); got != want {
			t.Errorf("Size(%d) is %q, want %q", n, got, want)
		}
	}
}
