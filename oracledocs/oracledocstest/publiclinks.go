package oracledocstest

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// linkObject returns a public link as the API shows it, without its password.
// The members of a link that has no name or never expires are absent.
func (c *call) linkObject(l *publicLink) object {
	o := object{
		"linkID": l.id, "assignedUsers": l.assigned, "role": l.role, "type": "publiclink",
		"createdTime": stamp(l.created), "lastModifiedTime": stamp(l.modified), "ownedBy": c.userObject(l.owner),
	}
	if l.name != "" {
		o["linkName"] = l.name
	}
	if !l.expires.IsZero() {
		o["expirationTime"] = stamp(l.expires)
	}
	return o
}

// createFilePublicLink and createFolderPublicLink create a public link on an
// item.
func (s *Server) createFilePublicLink(c *call) (*reply, error)   { return s.createLink(c, s.file) }
func (s *Server) createFolderPublicLink(c *call) (*reply, error) { return s.createLink(c, s.folder) }

// createLink creates a public link on the item that find returns, for its owner
// or a manager. As documented, an item has at most one link without a name;
// links with names are unlimited. The default role is viewer.
func (s *Server) createLink(c *call, find func(*call, role) (*item, error)) (*reply, error) {
	link := &publicLink{role: "viewer", created: c.now, modified: c.now}
	if c.body.need("assignedUsers"); c.body.err != nil {
		return nil, c.body.err
	}
	if err := s.changeLink(c, link); err != nil {
		return nil, err
	}
	link.name = c.body.text("linkName", 0)
	if c.body.err != nil {
		return nil, c.body.err
	}
	it, err := find(c, manager)
	if err != nil {
		return nil, err
	}
	// Two links without a name conflict as well.
	for _, other := range s.linksOf(it) {
		if strings.EqualFold(other.name, link.name) {
			return nil, &refusal{
				status: http.StatusConflict, code: codeNameTaken, item: it,
				key: "!csLinkNameExists," + link.name, message: "A public link with the name '" + link.name + "' already exists.",
			}
		}
	}
	link.id, link.item, link.owner = s.newID(linkPrefix(it)), it, c.user
	s.links[link.id] = link
	body := c.linkObject(link)
	body["id"] = it.id
	return &reply{body: body}, nil
}

// changeLink applies the settings in a request to a link, all of them or none.
// Oracle's toolkit sends roleName instead of the documented role, so both are
// accepted.
func (s *Server) changeLink(c *call, link *publicLink) error {
	c.body.alias("role", "roleName")
	next := *link
	next.role = c.body.choice("role", link.role, "viewer", "downloader", "contributor")
	if c.body.has("expirationTime") {
		next.expires = c.body.moment("expirationTime")
	}
	if c.body.has("password") {
		next.password = c.body.text("password", 50)
		if n := len([]rune(next.password)); n < 8 {
			c.body.fail(invalid("password", "must have 8 to 50 characters"))
		}
	}
	if c.body.has("assignedUsers") {
		next.assigned = c.body.text("assignedUsers", 0)
		if err := s.checkAssigned(next.assigned); err != nil {
			c.body.fail(err)
		}
	}
	if c.body.err == nil {
		*link = next
	}
	return c.body.err
}

// checkAssigned checks who a link is for: either of the two words for all users
// or a list of users.
func (s *Server) checkAssigned(assigned string) error {
	if assigned == "@everybody" || assigned == "@serviceinstance" {
		return nil
	}
	names := splitList(assigned)
	if len(names) == 0 {
		return required("assignedUsers")
	}
	for _, name := range names {
		if s.userByID(name) == nil {
			return invalid("assignedUsers", "names an unknown user: "+name)
		}
	}
	return nil
}

// linksOf returns the public links of an item, in the order of their creation.
func (s *Server) linksOf(it *item) []*publicLink {
	all := slices.SortedFunc(maps.Values(s.links), func(a, b *publicLink) int {
		return cmp.Or(a.created.Compare(b.created), cmp.Compare(a.id, b.id))
	})
	return slices.DeleteFunc(all, func(l *publicLink) bool { return l.item != it })
}

// getFilePublicLinks and getFolderPublicLinks list the public links of an item.
func (s *Server) getFilePublicLinks(c *call) (*reply, error)   { return s.listLinks(c, s.file) }
func (s *Server) getFolderPublicLinks(c *call) (*reply, error) { return s.listLinks(c, s.folder) }

// listLinks lists the public links of the item that find returns. An item
// without links has a count of 0 and no items here; a client has reported that
// the service answers 404 instead.
func (s *Server) listLinks(c *call, find func(*call, role) (*item, error)) (*reply, error) {
	it, err := find(c, manager)
	if err != nil {
		return nil, err
	}
	items := []object{}
	for _, link := range s.linksOf(it) {
		items = append(items, c.linkObject(link))
	}
	body := object{"id": it.id, "type": it.kind, "count": strconv.Itoa(len(items))}
	if len(items) > 0 {
		body["items"] = items
	}
	return &reply{body: body}, nil
}

// link returns the public link that the path names, for a manager of its item.
// A link to an item in the trash does not exist.
func (s *Server) link(c *call) (*publicLink, error) {
	id := c.path["linkId"]
	link := s.links[id]
	if link == nil || link.item.trashed() {
		return nil, &refusal{
			status: http.StatusNotFound, code: codeMissing,
			key: "!csLinkDoesNotExist," + id, message: "The public link " + id + " does not exist.", extra: object{"id": id},
		}
	}
	return link, s.permit(c, link.item, manager)
}

// getPublicLink describes one public link.
func (s *Server) getPublicLink(c *call) (*reply, error) {
	link, err := s.link(c)
	if err != nil {
		return nil, err
	}
	return &reply{body: c.linkObject(link)}, nil
}

// editPublicLink changes settings of a public link. The name cannot be changed:
// the operation has no member for it.
func (s *Server) editPublicLink(c *call) (*reply, error) {
	link, err := s.link(c)
	if err != nil {
		return nil, err
	}
	if err := s.changeLink(c, link); err != nil {
		return nil, err
	}
	link.modified = c.now
	return &reply{body: c.linkObject(link)}, nil
}

// deletePublicLink deletes a public link. Requests that still name it are
// answered like those with an expired link.
func (s *Server) deletePublicLink(c *call) (*reply, error) {
	link, err := s.link(c)
	if err != nil {
		return nil, err
	}
	delete(s.links, link.id)
	return &reply{body: object{"linkID": link.id, "type": "publiclink"}}, nil
}
