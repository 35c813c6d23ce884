package transport

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"testing"
)

// blocks are the ranges of IANA's registries of special-purpose addresses, by
// their first and last address.
var blocks = map[string][2]string{
	"this network":                {"0.0.0.0", "0.255.255.255"},
	"private 10":                  {"10.0.0.0", "10.255.255.255"},
	"shared":                      {"100.64.0.0", "100.127.255.255"},
	"loopback":                    {"127.0.0.0", "127.255.255.255"},
	"link-local":                  {"169.254.0.0", "169.254.255.255"},
	"private 172":                 {"172.16.0.0", "172.31.255.255"},
	"protocol assignments":        {"192.0.0.0", "192.0.0.255"},
	"documentation 1":             {"192.0.2.0", "192.0.2.255"},
	"6to4 relays":                 {"192.88.99.0", "192.88.99.255"},
	"private 192":                 {"192.168.0.0", "192.168.255.255"},
	"benchmarks":                  {"198.18.0.0", "198.19.255.255"},
	"documentation 2":             {"198.51.100.0", "198.51.100.255"},
	"documentation 3":             {"203.0.113.0", "203.0.113.255"},
	"multicast and reserved":      {"224.0.0.0", "255.255.255.255"},
	"IPv6 below global unicast":   {"::", "64:ff9a:ffff:ffff:ffff:ffff:ffff:ffff"},
	"translators of own choice":   {"64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff"},
	"after NAT64":                 {"64:ff9b::1:0:0", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
	"IPv6 protocol assignments":   {"2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff"},
	"IPv6 documentation":          {"2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"},
	"6to4":                        {"2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
	"IPv6 documentation, new":     {"3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"},
	"IPv6 above global unicast":   {"4000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
	"mapped private":              {"::ffff:10.0.0.0", "::ffff:10.255.255.255"},
	"NAT64, this network":         {"64:ff9b::0.0.0.0", "64:ff9b::0.255.255.255"},
	"NAT64, private":              {"64:ff9b::10.0.0.0", "64:ff9b::10.255.255.255"},
	"NAT64, link-local":           {"64:ff9b::169.254.0.0", "64:ff9b::169.254.255.255"},
	"NAT64, multicast and beyond": {"64:ff9b::224.0.0.0", "64:ff9b::255.255.255.255"},
}

// Each range is refused to its very ends. What is next to it is either public or
// in the next range.
func TestSpecialRangesAreNotPublic(t *testing.T) {
	refused := func(a netip.Addr) bool {
		for _, block := range blocks {
			first, last := netip.MustParseAddr(block[0]), netip.MustParseAddr(block[1])
			if first.BitLen() == a.BitLen() && first.Compare(a) <= 0 && a.Compare(last) <= 0 {
				return true
			}
		}
		return false
	}
	for name, block := range blocks {
		first, last := netip.MustParseAddr(block[0]), netip.MustParseAddr(block[1])
		if Public(first) || Public(last) {
			t.Errorf("%s: the first is public: %v, the last: %v", name, Public(first), Public(last))
		}
		if first.Is4In6() { // its neighbours are those of IPv4
			continue
		}
		for _, next := range []netip.Addr{first.Prev(), last.Next()} {
			if next.IsValid() && Public(next) == refused(next) {
				t.Errorf("%s: beside it, %s is public: %v", name, next, Public(next))
			}
		}
	}
}

func TestPublic(t *testing.T) {
	for address, want := range map[string]bool{
		"8.8.8.8": true, "52.95.128.1": true, "1.0.0.0": true, "100.63.255.255": true, "100.128.0.0": true,
		"192.0.1.0": true, "198.20.0.0": true, "172.15.255.255": true, "172.32.0.0": true,
		"192.31.196.1": true, "192.52.193.1": true, "192.175.48.1": true, // special, but reachable
		"2606:4700::1111": true, "2a00:1450::1": true, "2001:4860:4860::8888": true, "2620:4f:8000::1": true,
		"::ffff:8.8.8.8": true,

		"fe80::1": false, "fe80::1%eth0": false, "fc00::1": false, "fd12::1": false, "fec0::1": false, "ff02::1": false,
		"100::1": false, "100:0:0:1::1": false, "5f00::1": false,
		"::": false, "::1": false, "::1%lo": false, "::7f00:1": false, "::808:808": false,
		"2606:4700::1111%eth0": false, "2002:7f00:1::%eth0": false, "64:ff9b::7f00:1%eth0": false,
		"::ffff:8.8.8.8%eth0": false,
		"::ffff:10.0.0.1":     false, "::ffff:127.0.0.1": false,

		// NAT64: what is embedded counts.
		"64:ff9b::808:808": true, "64:ff9b::52.95.128.1": true,
		"64:ff9b::7f00:1": false, "64:ff9b::10.0.0.1": false, "64:ff9b::172.16.0.1": false,
		"64:ff9b::192.168.0.1":     false,
		"64:ff9b::169.254.169.254": false, "64:ff9b::100.64.0.1": false, "64:ff9b::192.0.0.192": false,
		"64:ff9b::": false, "64:ff9b::1": false, "64:ff9b::203.0.113.1": false,
		"64:ff9b:1::1": false, "64:ff9b:1::808:808": false, "64:ff9b:1:808:8:800::": false,
		"64:ff9b:0:1::808:808": false,

		"::ffff:0:127.0.0.1": false, "::ffff:0:8.8.8.8": false, // SIIT
		"2002:7f00:1::": false, "2002:a00:1::1": false, "2002:808:808::1": false, // 6to4
		"2001::1": false, "2001:0:808:808:0:0:f5ff:fffe": false, // Teredo of 10.0.0.1
		"2001:0:808:808:0:0:f7f7:f7f7": false, // and of 8.8.8.8
		"2001:2::1":                    false, "2001:20::1": false, "2001:1::1": false,
	} {
		if got := Public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
	if Public(netip.Addr{}) {
		t.Error("no address is public")
	}
}

// The guard of a connection reads addresses as they are dialed.
func TestGuardKnowsNAT64(t *testing.T) {
	for address, want := range map[string]error{
		"[64:ff9b::808:808]:443":        nil,
		"[64:ff9b::a9fe:a9fe]:443":      ErrPrivate,
		"[64:ff9b:1::808:808]:443":      ErrPrivate,
		"[::ffff:0:a9fe:a9fe]:443":      ErrPrivate,
		"[2001:0:808:808::f5ff:fffe]:1": ErrPrivate,
		"[fe80::1%lo]:443":              ErrPrivate,
		"[fec0::1%lo]:443":              ErrPrivate,
	} {
		if err := refusePrivate("tcp6", address, nil); !errors.Is(err, want) || (err == nil) != (want == nil) {
			t.Errorf("%s: %v, want %v", address, err, want)
		}
	}
}

func TestGuardOverIPv6(t *testing.T) {
	listener, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		t.Skipf("this machine has no IPv6: %v", err)
	}
	srv := httptest.NewUnstartedServer(http.NotFoundHandler())
	_ = srv.Listener.Close()
	srv.Listener = listener
	srv.Start()
	t.Cleanup(srv.Close)
	port := strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)
	for _, host := range []string{"[::1]", "[::1%25lo]"} {
		_, sent, err := send(t, t.Context(), New(Options{PublicOnly: true}), "http://"+host+":"+port)
		if !errors.Is(err, ErrPrivate) || sent {
			t.Errorf("%s: sent %v, %v", host, sent, err)
		}
	}
	if _, _, err := send(t, t.Context(), New(Options{}), srv.URL); err != nil {
		t.Errorf("without the guard: %v", err)
	}
}
