package workdocstest

import (
	"math"
	"slices"
	"strings"
)

// group is a group of users in the organization's directory.
type group struct {
	id, name string
	members  []*user
}

// groupMetadata is a group as the API shows it.
type groupMetadata struct {
	ID   string `json:"Id"`
	Name string `json:"Name"`
}

// group returns the group with an ID, or nil.
func (s *Server) group(id string) *group {
	if i := slices.IndexFunc(s.groups, func(g *group) bool { return g.id == id }); i >= 0 {
		return s.groups[i]
	}
	return nil
}

// describeGroups lists the groups whose names contain the query, in order of
// creation. The API has no operation that creates groups. Inferred: case does
// not matter.
func (s *Server) describeGroups(c *call) (any, error) {
	c.query.need("searchQuery")
	query := strings.ToLower(c.query.text("searchQuery", searchText))
	organization := c.query.text("organizationId", principalID)
	w := c.window(100, math.MaxInt32)
	if err := c.valid(); err != nil {
		return nil, err
	}
	if err := ours(c, organization); err != nil {
		return nil, err
	}
	var found []groupMetadata
	for _, g := range s.groups {
		if strings.Contains(strings.ToLower(g.name), query) {
			found = append(found, groupMetadata{g.id, g.name})
		}
	}
	var answer struct {
		Groups []groupMetadata
		Marker string `json:",omitzero"`
	}
	answer.Groups, answer.Marker = cut(w, found)
	return answer, nil
}
