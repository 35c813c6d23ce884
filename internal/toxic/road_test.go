package toxic

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/Shopify/toxiproxy/v2/toxics"
	"github.com/rs/zerolog"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/transport"
)

// road leads from one upload to its server. Each of its connections goes through
// a proxy of its own, with toxics of its own.
type road struct {
	upstream  string
	transport *http.Transport
	control   *toxiproxy.ApiServer
	seed      uint64
	harm      float64 // how likely a connection breaks, in each direction
	out, back int     // from which connection to which one the server cannot be reached
	over      chan struct{}

	mu      sync.Mutex
	proxies []*toxiproxy.Proxy
	drawn   []string // the toxics of each connection
	closed  bool
}

// newRoad returns a road to an address. It uses the transport that a client of
// docferry has by default, except that connections lead elsewhere.
func newRoad(upstream string, rng *rand.Rand) *road {
	r := &road{upstream: upstream, transport: transport.New(transport.Options{}), over: make(chan struct{}),
		control: toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop()),
		seed:    rng.Uint64(), harm: []float64{0.1, 0.3, 0.6}[rng.IntN(3)]}
	if rng.IntN(5) == 0 { // the server is down for a while
		r.out = rng.IntN(6)
		r.back = r.out + 1 + rng.IntN(20)
	}
	r.transport.DialContext = r.dial
	r.transport.ExpectContinueTimeout = 50 * time.Millisecond
	r.transport.ResponseHeaderTimeout = patience / 2 // a connection breaks before
	r.transport.DisableKeepAlives = rng.IntN(2) == 0
	return r
}

// http says how to send over the road. Waits are short, because what is waited
// for takes milliseconds here.
func (r *road) http() docferry.HTTP {
	return docferry.HTTP{Transport: r.transport,
		Retry: docferry.Retry{MinWait: time.Millisecond, MaxWait: 5 * time.Millisecond}}
}

// dial connects through a new proxy, whatever the address.
func (r *road) dial(ctx context.Context, network, _ string) (net.Conn, error) {
	address, err := r.pave()
	if err != nil {
		return nil, err
	}
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return transport.Moving(conn), nil
}

// pave starts a proxy and returns its address.
func (r *road) pave() (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed { // net/http may still dial for a request that was cancelled
		return "", net.ErrClosed
	}
	n := len(r.drawn)
	chain := draw(rand.New(rand.NewPCG(r.seed, uint64(n))), r.harm, n >= r.out && n < r.back)
	r.drawn = append(r.drawn, fmt.Sprint(slices.DeleteFunc(slices.Clone(chain), toxic.guards)))
	proxy := toxiproxy.NewProxy(r.control, fmt.Sprint(n), "127.0.0.1:0", r.upstream)
	for i, one := range chain {
		if err := r.add(proxy, i, one); err != nil {
			return "", err
		}
	}
	if err := proxy.Start(); err != nil {
		return "", err
	}
	r.proxies = append(r.proxies, proxy)
	return proxy.Listen, nil
}

// add adds a toxic to a proxy that has not been started yet.
func (r *road) add(proxy *toxiproxy.Proxy, i int, one toxic) error {
	text, err := json.Marshal(one)
	if err != nil {
		return err
	}
	added, err := proxy.Toxics.AddToxicJson(bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("toxic %d, %s: %w", i, text, err)
	}
	if one.guards() {
		added.Toxic = &guard{r.over}
	}
	return nil
}

// close ends all proxies and what they hold.
func (r *road) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	for _, proxy := range r.proxies {
		proxy.Stop()
	}
	close(r.over)
}

// String returns what was drawn, a line for each connection.
func (r *road) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var b strings.Builder
	for n, chain := range r.drawn {
		fmt.Fprintf(&b, "  %d: %s\n", n, chain)
	}
	return b.String()
}

// guard passes data on until the road is closed, and then reads what comes
// without passing it on. Toxiproxy has nothing like it: once a toxic has ended a
// connection, or a side has closed it, the goroutines before that point would
// wait for ever to pass on the data that they hold.
type guard struct{ over <-chan struct{} }

// Pipe implements [toxics.Toxic].
func (g *guard) Pipe(stub *toxics.ToxicStub) {
	for chunk := range stub.Input {
		select {
		case stub.Output <- chunk:
		case <-g.over:
		}
	}
	stub.Close()
}
