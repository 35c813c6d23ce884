package toxic

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// toxic is one toxic of a connection, as Toxiproxy's API describes it.
type toxic struct {
	Name       string         `json:"name"`
	Type       string         `json:"type"`
	Stream     string         `json:"stream"`
	Toxicity   float64        `json:"toxicity"`
	Attributes map[string]int `json:"attributes"`
}

// String is for reports.
func (t toxic) String() string {
	if t.Toxicity == 0 {
		return t.Stream + " linger 0"
	}
	return fmt.Sprint(t.Stream, " ", t.Type, " ", t.Attributes)
}

// guards reports whether the toxic only holds the place of a guard.
func (t toxic) guards() bool { return t.Type == "noop" }

// draw returns the toxics of a connection, in order. In each direction, harm is
// how likely it breaks. During an outage nothing whole gets to the server.
func draw(rng *rand.Rand, harm float64, outage bool) []toxic {
	var chain []toxic
	for _, stream := range []string{"upstream", "downstream"} {
		add := func(kind string, toxicity float64, attributes map[string]int) {
			chain = append(chain, toxic{fmt.Sprintf("%s %d", stream, len(chain)), kind, stream, toxicity, attributes})
		}
		slow(rng, add)
		add("noop", 1, nil) // for a guard
		switch {
		case outage && stream == "upstream":
			end(rng, add, 64)
		case rng.Float64() < harm:
			end(rng, add, 1<<16)
		}
		if rng.IntN(4) == 0 {
			add("slow_close", 1, map[string]int{"delay": rng.IntN(10)})
		}
		add("noop", 1, nil) // for another, at the end
	}
	return chain
}

// slow adds what delays data and leaves it whole.
func slow(rng *rand.Rand, add func(kind string, toxicity float64, attributes map[string]int)) {
	if rng.IntN(2) == 0 {
		latency := rng.IntN(5)
		add("latency", 1, map[string]int{"latency": latency, "jitter": rng.IntN(latency + 1)})
	}
	if rng.IntN(3) == 0 {
		size := 100 << rng.IntN(6)
		add("slicer", 1, map[string]int{"average_size": size, "size_variation": size / 4, "delay": rng.IntN(100)})
	}
	if rng.IntN(4) == 0 {
		add("bandwidth", 1, map[string]int{"rate": 2000 << rng.IntN(5)}) // KB/s
	}
}

// end adds what ends the connection, after fewer bytes than most. All reset_peer
// toxics make an end a reset. One of toxicity 0 does only that, so that a reset
// can come after any number of bytes; on its own, the toxic passes none on.
func end(rng *rand.Rand, add func(kind string, toxicity float64, attributes map[string]int), most float64) {
	// A part of a request or an answer, or several of them: all magnitudes are as
	// likely.
	limit := map[string]int{"bytes": int(math.Pow(most, rng.Float64())) - 1}
	switch rng.IntN(8) {
	case 0:
		add("reset_peer", 1, map[string]int{"timeout": rng.IntN(10)})
	case 1:
		add("timeout", 1, map[string]int{"timeout": 1 + rng.IntN(20)})
	case 2, 3, 4:
		add("limit_data", 1, limit)
		add("reset_peer", 0, map[string]int{"timeout": 0})
	default:
		add("limit_data", 1, limit)
	}
}
