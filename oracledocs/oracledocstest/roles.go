package oracledocstest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"
)

// role is what a user may do with an item; each includes the ones before.
type role int

const (
	noRole role = iota
	viewer
	downloader
	contributor
	manager
	owner
)

var roles = map[string]role{
	"viewer": viewer, "downloader": downloader, "contributor": contributor, "manager": manager,
}

// share is a role of a user or group on a folder and all below it.
type share struct {
	user *user
	role string
}

// covers reports whether a share is one of a user, directly or by a group.
func (sh *share) covers(u *user) bool {
	return sh.user == u || slices.Contains(sh.user.members, u)
}

// publicLink gives a role to everyone who knows it.
type publicLink struct {
	id, name, password, role string
	assigned                 string
	item                     *item
	owner                    *user
	created, modified        time.Time
	expires                  time.Time // zero for never
}

// applink gives a role to one user for as long as its token lasts.
type applink struct {
	id, role              string
	accessToken           string
	refreshToken          string
	item                  *item
	user                  *user
	expires, refreshUntil time.Time
}

// The lifetimes of the two tokens of an applink.
const (
	accessLife  = 15 * time.Minute
	refreshLife = 24 * time.Hour
)

// roleOf is the role of a user by ownership and shares, the highest of those
// on the item and on the folders above it.
func roleOf(u *user, it *item) role {
	best := noRole
	for at := it; at != nil; at = at.parent {
		if at.owner == u {
			return owner
		}
		for _, sh := range at.shares {
			if sh.covers(u) {
				best = max(best, roles[sh.role])
			}
		}
	}
	return best
}

// permit lets a call pass that has at least the needed role on an item, be it
// the caller's own or one from a link that the request names.
func (s *Server) permit(c *call, it *item, need role) error {
	granted := roleOf(c.user, it)
	if id := c.r.Header.Get("linkID"); id != "" && c.op.via&viaLink != 0 {
		link, err := s.openLink(c, it, id)
		if err != nil {
			return err
		}
		if it.under(link.item) && link.admits(c.user) {
			granted = max(granted, roles[link.role])
		}
	}
	if c.op.via&viaApp != 0 {
		app, err := s.openApplink(c)
		if err != nil {
			return err
		}
		if app != nil && app.user == c.user && it.under(app.item) {
			granted = max(granted, roles[app.role])
			c.masked = true
		}
	}
	if granted < need {
		return s.forbidden(c, it)
	}
	return nil
}

// openLink checks a public link and the access code that goes with it.
func (s *Server) openLink(c *call, it *item, id string) (*publicLink, error) {
	link := s.links[id]
	if link == nil || link.item.trashed() || !link.expires.IsZero() && !c.now.Before(link.expires) {
		return nil, c.explain(it, &refusal{
			status: http.StatusBadRequest, code: codeBadLink,
			key: "!csLinkInvalidOrExpired," + id, message: "The link is invalid or has expired.",
		})
	}
	if link.password != "" {
		cookie, err := c.r.Cookie("dAccessCode-" + id)
		if err != nil || cookie.Value != link.password {
			return nil, c.explain(it, &refusal{
				status: http.StatusForbidden, code: codeAccessCode,
				key:     "!csAccessCodeRequiredForLinkAccess",
				message: "The access code must be provided to access the link.",
			})
		}
	}
	return link, nil
}

// admits reports whether a link is meant for a user.
func (l *publicLink) admits(u *user) bool {
	if strings.HasPrefix(l.assigned, "@") {
		return true
	}
	return slices.ContainsFunc(splitList(l.assigned), func(name string) bool {
		return name == u.id || strings.EqualFold(name, u.loginName) || strings.EqualFold(name, u.email)
	})
}

// openApplink checks the pair of headers of an applink; there is none when
// both are absent. What an expired token is answered with is inferred.
func (s *Server) openApplink(c *call) (*applink, error) {
	id, token := c.r.Header.Get("appLinkID"), c.r.Header.Get("accessToken")
	switch {
	case id == "" && token == "":
		return nil, nil
	case id == "":
		return nil, required("appLinkID")
	case token == "":
		return nil, required("accessToken")
	}
	app := s.applinks[id]
	if app == nil || app.accessToken != token || !c.now.Before(app.expires) {
		return nil, &refusal{
			status: http.StatusForbidden, code: codeGeneral,
			key: "!csAppLinkAccessTokenInvalid", message: "The applink or its access token is invalid or has expired.",
		}
	}
	return app, nil
}

// trouble is how an operation introduces its errors and what the service calls
// it. A %s stands for the name of the item.
type trouble struct{ key, message, service string }

// troubles has the introductions that are documented. Other operations have
// none, and a service name made from their own, both inferred.
var troubles = map[string]trouble{
	"UploadFile": {"!csUnableToCheckIn,%s", "Content item '%s' was not successfully checked in. ",
		"CHECKIN_UNIVERSAL"},
	"UploadFileVersion": {"!csUnableToCheckIn,%s", "Content item '%s' was not successfully checked in. ",
		"CHECKIN_UNIVERSAL"},
	"EditFile":     {"!csFldUnableToEditDocumentLink", "Unable to edit the file. ", "FLD_EDIT_FILE"},
	"CreateFolder": {"!csFldUnableToCreateFolder", "Unable to create the folder. ", "FLD_CREATE_FOLDER"},
}

// explain puts an operation's introduction before an error about an item.
func (c *call) explain(it *item, p *refusal) *refusal {
	name := c.subject
	if name == "" {
		name = it.name
	}
	t := troubles[c.op.name]
	p.key = strings.Replace(t.key, "%s", name, 1) + p.key
	p.message = strings.Replace(t.message, "%s", name, 1) + p.message
	p.item = it
	return p
}

// forbidden is the answer to a caller whose role does not suffice.
func (s *Server) forbidden(c *call, it *item) *refusal {
	service := troubles[c.op.name].service
	if service == "" {
		service = upperSnake(c.op.name)
	}
	return c.explain(it, &refusal{
		status: http.StatusForbidden, code: codeForbidden,
		key: fmt.Sprintf("!csCloudItemInsufficientPrivileges,%s,%s,%s", c.user.displayName, it.guid(), service),
		message: fmt.Sprintf("User '%s' has insufficient privilege to access %s with service %s.",
			c.user.displayName, it.guid(), service),
	})
}

// upperSnake turns GetFileTags into GET_FILE_TAGS.
func upperSnake(name string) string {
	var b strings.Builder
	for i, r := range name {
		if i > 0 && unicode.IsUpper(r) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToUpper(r))
	}
	return b.String()
}

// file finds the file that the path names, for a caller with the needed role.
func (s *Server) file(c *call, need role) (*item, error) {
	return s.find(c, fileKind, c.path["fileId"], need)
}

// folder finds the folder that the path names, for a caller with the needed
// role.
func (s *Server) folder(c *call, need role) (*item, error) {
	return s.find(c, folderKind, c.path["folderId"], need)
}

// find finds an item by ID; self is the caller's home folder.
func (s *Server) find(c *call, kind, id string, need role) (*item, error) {
	it := s.live(kind, id)
	if kind == folderKind && id == "self" {
		it = c.user.home
	}
	if it == nil {
		return nil, missing(kind, id)
	}
	if err := s.permit(c, it, need); err != nil {
		return nil, err
	}
	return it, nil
}

// requireAdmin refuses callers who do not administer the service.
func (c *call) requireAdmin() error {
	if c.user.admin {
		return nil
	}
	return &refusal{
		status: http.StatusForbidden, code: codeForbidden,
		key:     fmt.Sprintf("!csSystemNeedsAdmin,%s,%s", c.user.displayName, upperSnake(c.op.name)),
		message: fmt.Sprintf("User '%s' is not an administrator.", c.user.displayName),
	}
}
