package wire

import (
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// large has as many bytes as an entry of the largest listings.
type large struct {
	ID    string     `json:"Id,omitzero"`
	Texts [70]string `json:"Texts,omitzero"`
	Users []item     `json:"Users,omitzero"`
	Owner item       `json:"Owner,omitzero"`
}

// An answer of short items must not fill the memory: each becomes a struct of
// many bytes. Items as long as those of a service must all be read.
func TestDecodeIsBounded(t *testing.T) {
	type listing struct {
		Items []large `json:"Items"`
		Title string  `json:"Title"`
	}
	const full = `{"Id":"D7BA3D0A4ADB4D4FB8B5BE0CF5F2C0F2","Owner":{"Name":"Ada"},"Users":[{"Name":"Bob"},{"Name":"Cid"}],` +
		`"Gone":null,"By":{"Id":"U1"},"At":{"Id":"U2"},"Data":{"A":{},"B":{"C":null}}}`
	for _, tt := range []struct {
		name, body string
		items      int // 0 if the answer is refused
	}{
		{"objects", list("{}", 1<<21), 0},
		{"nulls", list("null", 1<<20), 0},
		{"191 KiB of objects", list("{}", 65_000), 0},
		{"objects in an odd answer", list(`{"Id":[]}`, 65_000), 0},
		{"odd objects before many", list(`"x",{}`, 30_000), 0},
		{"as many as a short answer may have", list("{}", 3600), 3600},
		{"a page of a thousand", list(full, 999), 999},
		{"a page of ten thousand", list(full, 10_000), 10_000},
		{"a page of ten thousand with a name alone",
			list(`{"Id":"D7BA3D0A4ADB4D4FB8B5BE0CF5F2C0F2","Name":"a.txt","Type":"file"}`, 10_000), 10_000},
		{"as many as there may be", list(full, 1<<16/3), 1 << 16 / 3},
		{"more", list(full, 1<<16/3+1), 0},
		{"braces in texts", `{"Items":[{}],"Title":"` + strings.Repeat(`{null`, 1<<18) + `"}`, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			var got listing
			_, err := dialect().Decode([]byte(tt.body), nil, &got)
			runtime.ReadMemStats(&after)
			if (err == nil) != (tt.items > 0) || len(got.Items) != tt.items {
				t.Errorf("%d items, %v; want %d", len(got.Items), err, tt.items)
			}
			used := (after.TotalAlloc - before.TotalAlloc) >> 20
			if used > 32 && (tt.items <= 1 || len(tt.body) < 1<<18) {
				t.Errorf("%d bytes of answer took %d MiB", len(tt.body), used)
			}
		})
	}
}

func list(item string, n int) string {
	return `{"Items":[` + strings.TrimSuffix(strings.Repeat(item+",", n), ",") + `]}`
}

// Lists of scalars, maps and lists of lists count too: what 8 MB of answer takes
// stays a small multiple of that.
func TestDecodeOfScalarsIsBounded(t *testing.T) {
	type listing struct {
		Numbers []int64             `json:"Numbers,omitzero"`
		Texts   []string            `json:"Texts,omitzero"`
		Lists   [][]string          `json:"Lists,omitzero"`
		Values  map[string]string   `json:"Values,omitzero"`
		Groups  map[string][]string `json:"Groups,omitzero"`
	}
	var names strings.Builder
	for i := range 700_000 {
		if i > 0 {
			names.WriteByte(',')
		}
		names.WriteString(`"` + strconv.FormatInt(int64(i), 36) + `":""`)
	}
	for name, body := range map[string]string{
		"numbers":            `{"Numbers":[0` + strings.Repeat(",0", 4<<20-10) + `]}`,
		"texts":              `{"Texts":[""` + strings.Repeat(`,""`, (8<<20)/3-10) + `]}`,
		"lists":              `{"Lists":[[]` + strings.Repeat(",[]", (8<<20)/3-10) + `]}`,
		"entries":            `{"Values":{` + names.String() + `}}`,
		"unknown, deep":      `{"X":` + strings.Repeat("[", 4000) + strings.Repeat("]", 4000) + `}`,
		"unknown numbers":    `{"X":[0` + strings.Repeat(",0", 4<<20-10) + `]}`,
		"the most that goes": `{"Texts":[""` + strings.Repeat(`,""`, 500_000) + `]}`,
	} {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		var got listing
		_, err := dialect().Decode([]byte(body), nil, &got)
		runtime.ReadMemStats(&after)
		if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 80 {
			t.Errorf("%s: %d bytes of answer took %d MiB (%v)", name, len(body), used, err)
		}
		if wanted := name == "the most that goes" || name == "unknown, deep"; wanted != (err == nil) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
