package oracledocstest

import (
	"cmp"
	"net"
	"slices"
	"strconv"
	"time"
)

// access is one entry of a file's access history.
type access struct {
	user    *user
	version int
	what    string
	size    int
	at      time.Time
	address string
}

// note adds an entry to the access history of a file. Only downloads and
// previews are noted.
func (it *item) note(c *call, v *version, what string) {
	// Requests of RoundTrip have no address, which leaves this empty.
	host, _, _ := net.SplitHostPort(c.r.RemoteAddr)
	it.accesses = append(it.accesses, access{
		user: c.user, version: v.number, what: what, size: len(v.content), at: c.now, address: host,
	})
}

// accessOrders has the documented keys that sort an access history. The server
// records successful accesses only, so sorting by errorCode changes nothing.
var accessOrders = map[string]func(a, b access) int{
	"accessedTime": func(a, b access) int { return a.at.Compare(b.at) },
	"accessedBy":   func(a, b access) int { return cmp.Compare(a.user.displayName, b.user.displayName) },
	"version":      func(a, b access) int { return cmp.Compare(a.version, b.version) },
	"accessType":   func(a, b access) int { return cmp.Compare(a.what, b.what) },
	"size":         func(a, b access) int { return cmp.Compare(a.size, b.size) },
	"clientIP":     func(a, b access) int { return cmp.Compare(a.address, b.address) },
	"errorCode":    func(_, _ access) int { return 0 },
}

// getFileAccesses lists who read a file, 200 entries a page by default. Unlike
// the listings of folders, this one spells its parameter orderBy, with a
// capital B. Only the sort keys are documented, so the members of an entry are
// inferred from them.
func (s *Server) getFileAccesses(c *call) (*reply, error) {
	p, err := c.paging("orderBy", 200,
		"accessedTime", "accessedBy", "version", "accessType", "size", "clientIP", "errorCode")
	if err != nil {
		return nil, err
	}
	it, err := s.file(c, contributor)
	if err != nil {
		return nil, err
	}
	all := slices.Clone(it.accesses)
	slices.SortStableFunc(all, accessOrders[p.order])
	if p.descending {
		slices.Reverse(all)
	}
	some, more := cut(p, all)
	body := object{"id": it.id, "type": fileKind, "count": strconv.Itoa(len(some)), "hasMore": digit(more)}
	items := []object{}
	for _, a := range some {
		items = append(items, object{
			"accessedBy": c.userObject(a.user), "version": strconv.Itoa(a.version), "accessType": a.what,
			"size": strconv.Itoa(a.size), "accessedTime": stamp(a.at), "clientIP": a.address, "errorCode": "0",
		})
	}
	if len(items) > 0 {
		body["items"] = items
	}
	return &reply{body: body}, nil
}
