package oracledocstest

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// userByID finds a user or group by any of the names that requests use: the
// ID, the login name or the e-mail address.
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

// everybody lists users and groups by display name.
func (s *Server) everybody() []*user {
	all := append(slices.Collect(maps.Values(s.users)), s.groups...)
	slices.SortFunc(all, func(a, b *user) int {
		return cmp.Or(cmp.Compare(a.displayName, b.displayName), cmp.Compare(a.id, b.id))
	})
	return all
}

// nearness ranks how well a user fits a search: 0 for not at all, more for a
// name that contains, begins with or is the text.
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

// getUsers finds users and groups, the best matches first.
func (s *Server) getUsers(c *call) (*reply, error) {
	info := c.query.need("info")
	if c.query.err != nil {
		return nil, c.query.err
	}
	found := slices.DeleteFunc(s.everybody(), func(u *user) bool { return u.nearness(info) == 0 })
	slices.SortStableFunc(found, func(a, b *user) int { return cmp.Compare(b.nearness(info), a.nearness(info)) })
	return c.usersReply(found), nil
}

func (s *Server) getUserWithEmail(c *call) (*reply, error) {
	email := c.query.need("email")
	if c.query.err != nil {
		return nil, c.query.err
	}
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
