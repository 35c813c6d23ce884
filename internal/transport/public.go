package transport

import "net/netip"

// Public reports whether an address can be that of a public service. It goes by
// IANA's registries of special-purpose addresses: one that they do not call
// globally reachable is not public, nor is one that holds such an IPv4 address.
//
// A network can have a prefix of its own for its translator from IPv6 to IPv4.
// Such addresses look like any other, so that what they lead to is not known.
func Public(a netip.Addr) bool {
	if a.Zone() != "" { // it belongs to a link of this machine
		return false
	}
	a = a.Unmap()
	if translated.Contains(a) {
		whole := a.As16()
		a = netip.AddrFrom4([4]byte(whole[12:]))
	}
	if a.Is6() && !globalUnicast.Contains(a) {
		return false
	}
	for _, p := range special {
		if p.Contains(a) {
			return false
		}
	}
	return a.IsValid()
}

// translated is NAT64's well-known prefix. It is how hosts that have only IPv6
// reach services that have only IPv4, such as the storage of some regions from
// a cluster. The last 32 bits are the service's address.
//
// The prefix for local use, 64:ff9b:1::/48, is left out on purpose, and so is
// not public: each network chooses where in it the IPv4 address stands, so that
// none can be read from it for certain.
var translated = netip.MustParsePrefix("64:ff9b::/96")

// globalUnicast is all of IPv6 that is given out for public use. Outside of it
// are loopback, private, link-local and multicast addresses, old ways to write
// an IPv4 address (::/96, ::ffff:0:0:0/96), and ranges kept for later.
var globalUnicast = netip.MustParsePrefix("2000::/3")

// special are the ranges of IPv4 and of globalUnicast that no public service is
// in. Two of them are wider than they must be: the few anycast addresses among
// the protocol assignments are reachable, but lead to equipment nearby.
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),       // this network
	netip.MustParsePrefix("10.0.0.0/8"),      // private
	netip.MustParsePrefix("100.64.0.0/10"),   // carrier-grade NAT
	netip.MustParsePrefix("127.0.0.0/8"),     // loopback
	netip.MustParsePrefix("169.254.0.0/16"),  // link-local; clouds keep their metadata there
	netip.MustParsePrefix("172.16.0.0/12"),   // private
	netip.MustParsePrefix("192.0.0.0/24"),    // protocol assignments; some clouds keep their metadata there
	netip.MustParsePrefix("192.0.2.0/24"),    // documentation
	netip.MustParsePrefix("192.88.99.0/24"),  // relays of 6to4, which is no more
	netip.MustParsePrefix("192.168.0.0/16"),  // private
	netip.MustParsePrefix("198.18.0.0/15"),   // benchmarks
	netip.MustParsePrefix("198.51.100.0/24"), // documentation
	netip.MustParsePrefix("203.0.113.0/24"),  // documentation
	netip.MustParsePrefix("224.0.0.0/4"),     // multicast
	netip.MustParsePrefix("240.0.0.0/4"),     // reserved, and broadcast

	netip.MustParsePrefix("2001::/23"),     // protocol assignments: Teredo, benchmarks, ORCHID
	netip.MustParsePrefix("2001:db8::/32"), // documentation
	netip.MustParsePrefix("2002::/16"),     // IPv4 in IPv6 by 6to4, which is no more
	netip.MustParsePrefix("3fff::/20"),     // documentation
}
