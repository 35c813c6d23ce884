package connectparticipant

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestRecent compares with a map and a list, with few different keys, so that they
// return, are forgotten, and collide.
func TestRecent(t *testing.T) {
	for _, size := range []int{1, 2, 7, 8, 100} {
		random := rand.New(rand.NewPCG(1, uint64(size)))
		r := recent{size: size}
		var order []key
		values := map[key]bool{}
		for range 20_000 {
			k := keyOf(fmt.Sprint(random.IntN(2 * size)))
			k[0], k[1] = k[0]&3, 0 // few slots
			if random.IntN(2) == 0 {
				value := random.IntN(2) == 0
				r.set(k, value)
				if _, known := values[k]; !known {
					order = append(order, k)
				}
				values[k] = value
				if len(order) > size {
					delete(values, order[0])
					order = order[1:]
				}
			}
			value, known := r.get(k)
			if want, wanted := values[k]; value != want || known != wanted {
				t.Fatalf("size %d: %x is %t, known: %t; want %t, %t", size, k, value, known, want, wanted)
			}
		}
		for k, want := range values {
			if value, known := r.get(k); !known || value != want {
				t.Errorf("size %d: %x is %t, known: %t", size, k, value, known)
			}
		}
	}
}
