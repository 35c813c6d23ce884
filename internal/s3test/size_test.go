package s3test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/docferry/docferry/upload"
)

func TestSizes(t *testing.T) {
	d := &desk{gateway: plain(t)}
	c := d.client(t)
	for i, size := range []int64{0, 1, 1<<20 - 1, 1 << 20, 1<<20 + 1, 5 << 20} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			key := fmt.Sprintf("%d.bin", size)
			src := random(key, byte(i), size)
			result, err := d.to(key, nil).Upload(t.Context(), src)
			if err != nil {
				t.Fatal(err)
			}
			d.stored(t, key, src, result)
			d.size = size
			d.comesBack(t, c, key, src)

			file, err := upload.File(d.file(key)) // which the system may send by itself
			if err != nil {
				t.Fatal(err)
			}
			copied := "copy of " + key
			if result, err = d.to(copied, nil).Upload(t.Context(), file); err != nil {
				t.Fatal(err)
			}
			d.stored(t, copied, src, result)
		})
	}
}

// Content of 1 GiB goes there and back without being held in memory: all that
// is allocated meanwhile is a small part of it.
func TestLarge(t *testing.T) {
	if testing.Short() {
		t.Skip("it moves 1 GiB")
	}
	d := &desk{gateway: plain(t), size: 1 << 30}
	c := d.client(t)
	src := random("large.bin", 1, d.size)
	var result *upload.Result
	frugally(t, func() {
		var err error
		if result, err = d.to("large.bin", nil).Upload(t.Context(), src); err != nil {
			t.Fatal(err)
		}
	})
	d.stored(t, "large.bin", src, result)
	frugally(t, func() { d.comesBack(t, c, "large.bin", src) })
}

// frugally fails the test if f allocates more than a few buffers.
func frugally(t *testing.T, f func()) {
	t.Helper()
	const most = 16 << 20
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > most {
		t.Errorf("%d bytes were allocated, more than %d", allocated, most)
	}
}
