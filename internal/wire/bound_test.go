package wire

import (
	"runtime"
	"strings"
	"testing"
)

// An answer of short items must not fill the memory: each becomes a struct of
// many bytes.
func TestDecodeIsBounded(t *testing.T) {
	type item struct {
		Texts [16]string `json:"Texts,omitzero"`
	}
	type listing struct {
		Items []item `json:"Items"`
		Title string `json:"Title"`
	}
	for _, tt := range []struct {
		name, body string
		items      int // 0 if the answer is refused
	}{
		{"objects", list("{}", 1<<21), 0},
		{"nulls", list("null", 1<<20), 0},
		{"as many as there may be", list("{}", 1<<16-1), 1<<16 - 1},
		{"one more", list("{}", 1<<16), 0},
		{"braces in texts", `{"Items":[{}],"Title":"` + strings.Repeat(`{null`, 1<<18) + `"}`, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			var got listing
			err := dialect().Decode([]byte(tt.body), nil, &got)
			runtime.ReadMemStats(&after)
			if (err == nil) != (tt.items > 0) || len(got.Items) != tt.items {
				t.Errorf("%d items, %v; want %d", len(got.Items), err, tt.items)
			}
			if used := (after.TotalAlloc - before.TotalAlloc) >> 20; tt.items <= 1 && used > 32 {
				t.Errorf("%d bytes of answer took %d MiB", len(tt.body), used)
			}
		})
	}
}

func list(item string, n int) string {
	return `{"Items":[` + strings.TrimSuffix(strings.Repeat(item+",", n), ",") + `]}`
}
