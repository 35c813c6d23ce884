package oracledocstest

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// userByID returns the user or group with any of the names that requests use:
// the ID, the login name or the e-mail address.
func (s *Server) userByID(name string) *user {
	if u := s.users[foldName(name)]; u != nil {
		return u
	}
	for _, u := range s.everybody() {
		if u.id == name || u.email != "" && strings.EqualFold(u.email, name) {
			return u
		}
	}
	return nil
}

// everybody returns all users and groups, sorted by display name.
func (s *Server) everybody() []*user {
	all := append(slices.Collect(maps.Values(s.users)), s.groups...)
	slices.SortFunc(all, func(a, b *user) int {
		return cmp.Or(cmp.Compare(a.displayName, b.displayName), cmp.Compare(a.id, b.id))
	})
	return all
}

// nearness rates how well a user matches a search: 3 if a name equals the text,
// 2 if one begins with it, 1 if one contains it and 0 otherwise.
func (u *user) nearness(text string) int {
	best := 0
	for _, name := range []string{u.displayName, u.loginName, u.email} {
		name, text := strings.ToLower(name), strings.ToLower(text)
		switch {
		case name == text:
			return 3
		case strings.HasPrefix(name, text):
			best = max(best, 2)
		case strings.Contains(name, text):
			best = max(best, 1)
		}
	}
	return best
}

// getUsers finds users and groups by a part of a name. As documented the best
// matches come first. Clients must not expect exact matches only.
func (s *Server) getUsers(c *call) (*reply, error) {
	info := c.query.need("info")
	if c.query.err != nil {
		return nil, c.query.err
	}
	found := slices.DeleteFunc(s.everybody(), func(u *user) bool { return u.nearness(info) == 0 })
	slices.SortStableFunc(found, func(a, b *user) int { return cmp.Compare(b.nearness(info), a.nearness(info)) })
	return c.usersReply(found), nil
}

// getUserWithEmail finds the user with an e-mail address. No match is a success
// with a count of 0.
func (s *Server) getUserWithEmail(c *call) (*reply, error) {
	email := c.query.need("email")
	if c.query.err != nil {
		return nil, c.query.err
	}
	// Groups have no address, and an empty one must not find them.
	return c.usersReply(slices.DeleteFunc(s.everybody(), func(u *user) bool {
		return u.email == "" || !strings.EqualFold(u.email, email)
	})), nil
}

// usersReply returns a list of users as the API shows it.
func (c *call) usersReply(found []*user) *reply {
	items := []object{}
	for _, u := range found {
		items = append(items, c.userObject(u))
	}
	body := object{"count": strconv.Itoa(len(items))}
	if len(items) > 0 {
		body["items"] = items
	}
	return &reply{body: body}
}
