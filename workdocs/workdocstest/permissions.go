package workdocstest

import (
	"math"
	"slices"
	"strings"
)

// anonymous is the ID of the principal that stands for users of a public link.
const anonymous = "anonymous"

// principalTypes are the types of principals in the API.
var principalTypes = enum("USER", "GROUP", "INVITE", "ANONYMOUS", "ORGANIZATION")

// shareResult is the outcome of sharing a resource with one principal.
type shareResult struct {
	PrincipalID        string `json:"PrincipalId"`
	InviteePrincipalID string `json:"InviteePrincipalId,omitzero"`
	Role               string `json:"Role"`
	Status             string `json:"Status"`
	ShareID            string `json:"ShareId,omitzero"`
	StatusMessage      string `json:"StatusMessage"`
}

// shared returns the resource whose permissions a call reads or changes. If it
// does not exist, access is denied, because these operations have no other error
// for that.
func (s *Server) shared(c *call, id, need string) (*resource, error) {
	r := s.resources[id]
	if r == nil || !s.may(c, need, r) {
		return nil, denied(c, id)
	}
	return r, nil
}

// addResourcePermissions shares a resource with each principal, for co-owners.
// If that fails for one of them, its result says why, and the call still
// succeeds: clients must look at every result.
func (s *Server) addResourcePermissions(c *call) (any, error) {
	id := c.path.text("ResourceId", resourceID)
	c.body.need("Principals")
	var wanted []grant
	for _, p := range c.body.objects("Principals", math.MaxInt) {
		p.need("Id", "Type", "Role")
		wanted = append(wanted, grant{p.text("Id", principalID), p.text("Type", principalTypes),
			p.text("Role", enum(roles...))})
	}
	// No mail is sent, so the options are only checked.
	if options, ok := c.body.object("NotificationOptions"); ok {
		options.flag("SendEmail")
		options.text("EmailMessage", rule{max: 2048, empty: true})
	}
	if err := c.valid(); err != nil {
		return nil, err
	}
	r, err := s.shared(c, id, toManage)
	if err != nil {
		return nil, err
	}
	if err := usable(r); err != nil {
		return nil, err
	}
	answer := struct{ ShareResults []shareResult }{[]shareResult{}}
	for _, g := range wanted {
		answer.ShareResults = append(answer.ShareResults, s.share(c, r, g))
	}
	return answer, nil
}

// share gives one principal a role, and replaces the role that it has.
// Inferred: an invitation to an email address creates a pending user with that
// address, who gets the role.
func (s *Server) share(c *call, r *resource, g grant) shareResult {
	result := shareResult{PrincipalID: g.id, Role: g.role, Status: "SUCCESS", ShareID: r.id}
	// Only an address can be invited: any other INVITE is an unknown principal.
	if g.kind == "INVITE" && strings.Contains(g.id, "@") {
		invitee := s.userNamed(g.id)
		if invitee == nil {
			invitee = s.newUser(g.id)
			invitee.status = "PENDING"
		}
		result.InviteePrincipalID = invitee.id
		g.id, g.kind = invitee.id, "USER"
	}
	if why := s.unfit(r, g); why != "" {
		return shareResult{PrincipalID: g.id, Role: g.role, Status: "FAILURE", StatusMessage: why}
	}
	// A principal has one role on a resource at a time; a new one replaces it.
	i := slices.IndexFunc(r.grants, func(o grant) bool { return o.id == g.id && o.kind == g.kind })
	switch {
	case i < 0:
		r.grants = append(r.grants, g)
		s.recordShare(c, r, g, "SHARED", "SHAREABLE_LINK_CREATED")
	case r.grants[i].role != g.role:
		r.grants[i] = g
		s.recordShare(c, r, g, "SHARE_PERMISSION_CHANGED", "SHAREABLE_LINK_PERMISSION_CHANGED")
	}
	return result
}

// unfit returns why a resource cannot be shared in this way, or "" if it can.
func (s *Server) unfit(r *resource, g grant) string {
	known := false
	switch g.kind {
	case "USER":
		// The owner's role is the highest already, and a lower one must not
		// replace it.
		if r.owner().id == g.id {
			return "the principal owns the resource"
		}
		known = s.userByID(g.id) != nil
	case "GROUP":
		known = s.group(g.id) != nil
	case "ORGANIZATION":
		known = g.id == organizationID
	case "ANONYMOUS":
		known = g.id == anonymous
	}
	if !known {
		return "the principal does not exist"
	}
	return ""
}

// recordShare records a change of permissions. done is the second part of the
// activity's type; for a public link, it is doneToLink.
func (s *Server) recordShare(c *call, r *resource, g grant, done, doneToLink string) {
	if g.kind == "ANONYMOUS" {
		s.recordDeep(c, doneToLink, r)
		return
	}
	var who participants
	if u := s.userByID(g.id); u != nil {
		who.Users = []userMetadata{describeUserBriefly(u)}
	}
	if group := s.group(g.id); group != nil {
		who.Groups = []groupMetadata{{group.id, group.name}}
	}
	s.recordDeep(c, done, r, func(a *activity) { a.participants = &who })
}

// removeAllResourcePermissions removes every permission that was given on the
// resource itself. The owner keeps it.
func (s *Server) removeAllResourcePermissions(c *call) (any, error) {
	return nil, s.unshare(c, func(grant) bool { return true })
}

// removeResourcePermission removes the permissions of one principal, or only
// that of a type. Inferred: it does nothing if there is no such permission,
// since it has no error for that.
func (s *Server) removeResourcePermission(c *call) (any, error) {
	id := c.path.text("PrincipalId", principalID)
	kind := c.query.text("type", principalTypes)
	return nil, s.unshare(c, func(g grant) bool { return g.id == id && (kind == "" || kind == g.kind) })
}

// unshare removes permissions from a resource, but not inherited ones.
func (s *Server) unshare(c *call, which func(grant) bool) error {
	id := c.path.text("ResourceId", resourceID)
	if err := c.valid(); err != nil {
		return err
	}
	r, err := s.shared(c, id, toManage)
	if err != nil {
		return err
	}
	// Recorded while the permissions still exist.
	for _, g := range r.grants {
		if which(g) {
			s.recordShare(c, r, g, "UNSHARED", "SHAREABLE_LINK_REMOVED")
		}
	}
	r.grants = slices.DeleteFunc(r.grants, which)
	return nil
}

// permission is a role, with the type DIRECT or INHERITED.
type permission struct {
	Role string `json:"Role"`
	Type string `json:"Type"`
}

// principal is a principal with all its roles on a resource.
type principal struct {
	ID    string       `json:"Id"`
	Type  string       `json:"Type"`
	Roles []permission `json:"Roles"`
}

// describeResourcePermissions lists who has a role on a resource, to anyone who
// may view it.
func (s *Server) describeResourcePermissions(c *call) (any, error) {
	id := c.path.text("ResourceId", resourceID)
	only := c.query.text("principalId", principalID)
	w := c.window(100, 999)
	if err := c.valid(); err != nil {
		return nil, err
	}
	r, err := s.shared(c, id, toView)
	if err != nil {
		return nil, err
	}
	principals := slices.DeleteFunc(principalsOf(r), func(p principal) bool { return only != "" && only != p.ID })
	var answer struct {
		Principals []principal
		Marker     string `json:",omitzero"`
	}
	answer.Principals, answer.Marker = cut(w, principals)
	return answer, nil
}

// principalsOf lists the owner, whose role counts as direct, and every principal
// that has a role on the resource or a folder above it.
func principalsOf(r *resource) []principal {
	principals := []principal{{r.owner().id, "USER", []permission{{"OWNER", "DIRECT"}}}}
	for at := range r.lineage() {
		for _, g := range at.grants {
			// A principal can have a role of its own and inherited ones; all of
			// them are listed.
			p := permission{g.role, "INHERITED"}
			if at == r {
				p.Type = "DIRECT"
			}
			i := slices.IndexFunc(principals, func(o principal) bool { return o.ID == g.id && o.Type == g.kind })
			if i < 0 {
				principals = append(principals, principal{g.id, g.kind, []permission{p}})
			} else if !slices.Contains(principals[i].Roles, p) {
				principals[i].Roles = append(principals[i].Roles, p)
			}
		}
	}
	return principals
}
