package workdocstest

import (
	"cmp"
	"slices"
	"strings"
)

// describeUsers lists the users that the request selects by ID or by a query,
// or else all users. Inactive users are left out unless the request includes
// ALL. The total in the answer is that of all pages.
func (s *Server) describeUsers(c *call) (any, error) {
	organization := c.query.text("organizationId", principalID)
	ids := c.query.text("userIds", matching(2000, `[&\w+-.@, ]+`))
	query := c.query.text("query", searchText)
	include := c.query.text("include", enum("ALL", "ACTIVE_PENDING"))
	order := c.query.text("order", enum("ASCENDING", "DESCENDING"))
	sort := c.query.text("sort", enum("USER_NAME", "FULL_NAME", "STORAGE_LIMIT", "USER_STATUS", "STORAGE_USED"))
	storage := c.query.list("fields", words, "STORAGE_METADATA") != nil
	w := c.window(24, 999)
	if err := c.valid(); err != nil {
		return nil, err
	}
	if err := ours(c, organization); err != nil {
		return nil, err
	}
	users, err := s.choose(ids, query)
	if err != nil {
		return nil, err
	}
	// Pending users have been invited but not activated yet; they are listed by
	// default.
	if include != "ALL" {
		users = slices.DeleteFunc(users, func(u *user) bool { return u.status == "INACTIVE" })
	}
	sortUsers(users, sort, order)
	var answer struct {
		Users              []userAnswer
		TotalNumberOfUsers int
		Marker             string `json:",omitzero"`
	}
	answer.TotalNumberOfUsers = len(users)
	users, answer.Marker = cut(w, users)
	answer.Users = make([]userAnswer, len(users))
	for i, u := range users {
		answer.Users[i] = describeUser(u)
		if storage {
			answer.Users[i].Storage = &userStorage{u.stored(), u.storage}
		}
	}
	return answer, nil
}

// choose returns the users with these IDs or, if there are no IDs, those that
// match the query. An empty query matches everyone. That IDs take precedence is
// documented.
func (s *Server) choose(ids, query string) ([]*user, error) {
	if ids == "" {
		return slices.DeleteFunc(slices.Clone(s.users), func(u *user) bool { return !u.answers(query) }), nil
	}
	var users []*user
	var unknown []string
	for id := range strings.SplitSeq(ids, ",") {
		id = strings.TrimSpace(id)
		if u := s.userByID(id); u != nil {
			users = append(users, u)
		} else {
			unknown = append(unknown, id)
		}
	}
	// One unknown ID fails the call, and the error lists all that are unknown.
	if unknown != nil {
		no := refuse("EntityNotExistsException", "some of the users do not exist")
		no.ids = unknown
		return nil, no
	}
	return users, nil
}

// answers reports whether each word of a query is the beginning of one of the
// user's names. Unlike the service, the Server does not treat accented letters
// like plain ones.
func (u *user) answers(query string) bool {
	names := strings.Fields(strings.ToLower(u.givenName + " " + u.surname + " " + u.username))
	for word := range strings.FieldsSeq(strings.ToLower(query)) {
		if !slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(name, word) }) {
			return false
		}
	}
	return true
}

// sortUsers sorts users as the request asks. Users who are equal are sorted by
// name. Inferred: the default is to sort by user name, ascending.
func sortUsers(users []*user, sort, order string) {
	slices.SortStableFunc(users, func(a, b *user) int {
		by := 0
		switch sort {
		case "FULL_NAME":
			by = strings.Compare(a.givenName+" "+a.surname, b.givenName+" "+b.surname)
		case "STORAGE_LIMIT":
			by = cmp.Compare(a.allowance(), b.allowance())
		case "STORAGE_USED":
			by = cmp.Compare(a.stored(), b.stored())
		case "USER_STATUS":
			by = strings.Compare(a.status, b.status)
		}
		by = cmp.Or(by, strings.Compare(a.username, b.username))
		if order == "DESCENDING" {
			return -by
		}
		return by
	})
}
