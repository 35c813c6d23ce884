package upload

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"
)

// What is hashed is what was written, in order, although the writer uses its buffer again,
// and however long hashing takes. No more than the parts wait, and no goroutine stays.
func TestPipeline(t *testing.T) {
	for seed := range uint64(100) {
		synctest.Test(t, func(t *testing.T) {
			random, slow := rand.New(rand.NewPCG(seed, 1)), rand.New(rand.NewPCG(seed, 2))
			var written, hashed bytes.Buffer
			p := newPipeline(func(part []byte) {
				time.Sleep(time.Duration(slow.IntN(2)) * time.Second)
				hashed.Write(part)
			})
			buffer := make([]byte, 3*partSize)
			for range 2 + random.IntN(20) {
				content := buffer[:random.IntN(len(buffer))]
				if random.IntN(4) == 0 {
					content = buffer[:partSize] // a whole number of parts
				}
				for i := range content {
					content[i] = byte(written.Len() + i*i>>8)
				}
				written.Write(content)
				p.write(content)
				clear(content)
				if random.IntN(4) == 0 {
					time.Sleep(time.Duration(random.IntN(3)) * time.Second)
				}
				if p.made > partCount {
					t.Fatalf("seed %d: there are %d parts", seed, p.made)
				}
			}
			if random.IntN(2) == 0 { // it is left before its end
				p.wait()
				if n := hashed.Len(); n%partSize != 0 || !bytes.Equal(hashed.Bytes(), written.Bytes()[:n]) {
					t.Errorf("seed %d: %d bytes were hashed before the end", seed, n)
				}
				return
			}
			p.hand()
			p.wait()
			if !bytes.Equal(hashed.Bytes(), written.Bytes()) {
				t.Errorf("seed %d: %d bytes were written, and other ones hashed, %d", seed, written.Len(), hashed.Len())
			}
		})
	}
}
