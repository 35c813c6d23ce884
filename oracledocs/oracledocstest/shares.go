package oracledocstest

import (
	"net/http"
	"slices"
	"strconv"
)

// maxShares is the documented number of users that one call of version 1.2 can
// name.
const maxShares = 1000

// shareOf returns the share of a user or group on the folder itself, or nil.
// Shares on folders above do not count.
func (it *item) shareOf(u *user) *share {
	for _, sh := range it.shares {
		if sh.user == u {
			return sh
		}
	}
	return nil
}

// grant gives a user or group a role on a folder, and replaces the role that it
// has there.
func (s *Server) grant(it *item, u *user, role string) {
	if sh := it.shareOf(u); sh != nil {
		sh.role = role
		return
	}
	it.shares = append(it.shares, &share{u, role})
	s.shared[it] = true
}

// sharedFolder returns the folder that the path names. In version 1.1 the path
// may also name a collection of assets.
func (s *Server) sharedFolder(c *call, need role) (*item, error) {
	id := c.path["folderId"]
	if c.version == "1.1" && s.live(collectionKind, id) != nil {
		return s.find(c, collectionKind, id, need)
	}
	return s.find(c, folderKind, id, need)
}

// member returns a user as answers about shares show it.
func (c *call) member(u *user) object {
	o := c.userObject(u)
	if u.kind == "user" {
		o["provisioningStatus"] = "active"
	}
	return o
}

// outcome changes the shares of each user that a request names. If there is one
// user, an error fails the call. If there are several, which version 1.2
// allows, the call succeeds and each user has an isSuccessful of its own.
func (s *Server) outcome(c *call, it *item, in *input, change func(*user) *refusal) (*reply, error) {
	names := in.list("userID", maxShares)
	in.text("message", 0)
	if in.need("userID"); in.err != nil {
		return nil, in.err
	}
	if c.version == "1.1" && len(names) != 1 {
		return nil, invalid("userID", "must name one user")
	}
	body := object{"id": it.id, "type": "share"}
	members := []object{}
	for _, name := range names {
		u := s.userByID(name)
		var p *refusal
		if u == nil || u.kind == "group" && c.version == "1.1" {
			// The answer about several users has an entry for an unknown one as
			// well.
			u, p = &user{id: name, displayName: name, kind: "group"}, invalid("userID", "names an unknown user: "+name)
		} else {
			p = change(u)
		}
		if p != nil && len(names) == 1 {
			return nil, p
		}
		m := c.member(u)
		// Version 1.1 has this member only. Version 1.2 has it in addition to
		// members.
		if body["user"] == nil {
			body["user"] = c.member(u)
		}
		m["isSuccessful"] = digit(p == nil)
		members = append(members, m)
	}
	if c.version == "1.2" {
		body["members"] = members
	}
	return &reply{body: body}, nil
}

// shareFolder gives users or groups a role on a folder. A user who already has
// one there is refused; editSharedFolderUserRole is for that. The key of the
// error has been seen in answers, its status is inferred.
func (s *Server) shareFolder(c *call) (*reply, error) {
	return s.setRoles(c, func(it *item, u *user, granted string) *refusal {
		if it.shareOf(u) != nil || it.owner == u {
			return &refusal{
				status: http.StatusConflict, code: codeGeneral, item: it,
				key:     "!csFolderAlreadyShared," + it.name + "," + u.displayName,
				message: "The folder '" + it.name + "' is already shared with '" + u.displayName + "'.",
			}
		}
		s.grant(it, u, granted)
		return nil
	})
}

// editSharedFolderUserRole changes the role that users or groups have on a
// folder.
func (s *Server) editSharedFolderUserRole(c *call) (*reply, error) {
	return s.setRoles(c, func(it *item, u *user, granted string) *refusal {
		if it.shareOf(u) == nil {
			return notShared(it, u)
		}
		s.grant(it, u, granted)
		return nil
	})
}

// setRoles does what granting and changing roles have in common. The caller
// must be a manager. A home folder cannot be shared.
func (s *Server) setRoles(c *call, set func(it *item, u *user, granted string) *refusal) (*reply, error) {
	c.body.need("role")
	granted := c.body.choice("role", "", "viewer", "downloader", "contributor", "manager")
	if c.body.err != nil {
		return nil, c.body.err
	}
	it, err := s.sharedFolder(c, manager)
	if err != nil {
		return nil, err
	}
	if it.parent == nil && it.kind == folderKind {
		return nil, invalid("folderId", "is a home folder")
	}
	rep, err := s.outcome(c, it, c.body, func(u *user) *refusal { return set(it, u, granted) })
	if err != nil {
		return nil, err
	}
	rep.body["role"] = granted
	if members, ok := rep.body["members"].([]object); ok {
		for _, m := range members {
			m["role"] = granted
		}
	}
	return rep, nil
}

// notShared is the answer if the folder is not shared with the user. The key is
// known from a client; the status is inferred.
func notShared(it *item, u *user) *refusal {
	return &refusal{
		status: http.StatusNotFound, code: codeMissing, item: it,
		key:     "!csUserHasNotBeenShared," + u.displayName + "," + it.name,
		message: "The folder '" + it.name + "' has not been shared with '" + u.displayName + "'.",
	}
}

// unshare removes a user's share of a folder.
func (it *item) unshare(u *user) *refusal {
	sh := it.shareOf(u)
	if sh == nil {
		return notShared(it, u)
	}
	it.shares = slices.DeleteFunc(it.shares, func(other *share) bool { return other == sh })
	return nil
}

// revokeUser removes the shares of users or groups, for a manager. Version 1.1
// documents its inputs in the body of the DELETE request and 1.2 in the query,
// but Oracle's toolkit sends the body to 1.2 too, so both are read.
func (s *Server) revokeUser(c *call) (*reply, error) {
	it, err := s.sharedFolder(c, manager)
	if err != nil {
		return nil, err
	}
	return s.outcome(c, it, c.inputs(), it.unshare)
}

// revokeCurrentUser removes the caller's own share of a folder. Access through
// a group or a folder above remains.
func (s *Server) revokeCurrentUser(c *call) (*reply, error) {
	it, err := s.sharedFolder(c, viewer)
	if err != nil {
		return nil, err
	}
	if p := it.unshare(c.user); p != nil {
		return nil, p
	}
	return &reply{body: object{"id": it.id, "type": "share"}}, nil
}

// unshareFolder removes all shares of a folder. The owner keeps it.
func (s *Server) unshareFolder(c *call) (*reply, error) {
	in := c.inputs()
	if in.text("message", 0); in.err != nil {
		return nil, in.err
	}
	it, err := s.sharedFolder(c, manager)
	if err != nil {
		return nil, err
	}
	it.shares = nil
	return &reply{body: object{"id": it.id, "type": "share"}}, nil
}

// getSharedFolderUsers lists the users and groups that a folder is shared with,
// through its own shares and those of the folders above it. The query
// currentOnly leaves out the latter.
func (s *Server) getSharedFolderUsers(c *call) (*reply, error) {
	in := c.inputs()
	currentOnly := in.flag("currentOnly", false)
	if in.err != nil {
		return nil, in.err
	}
	it, err := s.sharedFolder(c, viewer)
	if err != nil {
		return nil, err
	}
	items, listed := []object{}, map[*user]bool{}
	for at := it; at != nil && !(currentOnly && at != it); at = at.parent {
		for _, sh := range at.shares {
			// The share closest to the folder is the one that is listed.
			if !listed[sh.user] {
				items = append(items, object{"type": "share", "role": sh.role, "user": c.member(sh.user)})
			}
			listed[sh.user] = true
		}
	}
	body := object{
		"id": it.id, "type": "share", "count": strconv.Itoa(len(items)), "ownedBy": c.userObject(it.owner),
	}
	if len(items) > 0 {
		body["items"] = items
	}
	return &reply{body: body}, nil
}
