package oracledocstest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"
)

// role is what a user may do with an item. The roles are in ascending order:
// each includes the ones before it. Operations state the least role that they
// take.
type role int

const (
	noRole role = iota
	viewer
	downloader
	contributor
	manager
	owner
)

// roles has the roles that can be granted, by the names that the API uses.
// Ownership cannot be granted; see giveTo.
var roles = map[string]role{
	"viewer": viewer, "downloader": downloader, "contributor": contributor, "manager": manager,
}

// share is the role of a user or group on a folder and on everything below it.
type share struct {
	user *user
	role string
}

// covers reports whether a share applies to a user, directly or through a
// group.
func (sh *share) covers(u *user) bool {
	return sh.user == u || slices.Contains(sh.user.members, u)
}

// publicLink gives a role on an item, and on everything below it, to the users
// whom it is assigned to. An empty password leaves the link unprotected.
type publicLink struct {
	id, name, password, role string
	// assigned is a word that stands for all users or a comma-separated list of
	// users.
	assigned          string
	item              *item
	owner             *user
	created, modified time.Time
	// expires is zero for a link that never expires.
	expires time.Time
}

// applink gives one user a role on an item, and on everything below it, until
// its access token expires. The token can be renewed until refreshUntil.
type applink struct {
	id, role     string
	accessToken  string
	refreshToken string
	item         *item
	user         *user
	// expires is the end of the access token, and refreshUntil that of the
	// refresh token.
	expires, refreshUntil time.Time
}

// The documented lifetimes of the two tokens of an applink.
const (
	// As documented, refreshing an applink renews the access token only, so an
	// applink ends with its refresh token.
	accessLife  = 15 * time.Minute
	refreshLife = 24 * time.Hour
)

// roleOf returns the role that a user has on an item through ownership and
// shares: the highest one on the item itself and on the folders above it.
func roleOf(u *user, it *item) role {
	best := noRole
	// Owning a folder counts for everything below it, even for items of other
	// owners. A share reaches down in the same way.
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

// permit checks that the caller has at least the needed role on an item. The
// role may be the caller's own or come from a public link or applink that the
// request names, as far as the operation accepts those. A link that is invalid
// fails the call even if the caller's own role would do.
func (s *Server) permit(c *call, it *item, need role) error {
	granted := roleOf(c.user, it)
	if id := c.r.Header.Get("linkID"); id != "" && c.op.via&viaLink != 0 {
		link, err := s.openLink(c, it, id)
		if err != nil {
			return err
		}
		// A valid link that does not reach the item, or is not meant for the
		// caller, gives nothing, and the caller's own role decides.
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

// openLink returns the public link with an ID after checking its expiry and the
// access code that protects it. The access code is in a cookie that is named
// after the link. The errors for an expired link and a wrong code are
// documented.
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
		// Case matters in access codes, as documented.
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

// admits reports whether a link is meant for a user: everyone, or a list that
// has the user.
func (l *publicLink) admits(u *user) bool {
	if strings.HasPrefix(l.assigned, "@") {
		return true
	}
	return slices.ContainsFunc(splitList(l.assigned), func(name string) bool {
		return name == u.id || strings.EqualFold(name, u.loginName) || strings.EqualFold(name, u.email)
	})
}

// openApplink checks the two headers of an applink, which must come as a pair.
// It returns nil if both are absent. The error for an expired token is
// inferred.
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

// trouble is how an operation introduces its errors, and the name that the
// service has for the operation in errors about permissions. A %s stands for
// the name of the item.
type trouble struct{ key, message, service string }

// troubles has the documented introductions. Other operations have none, and
// their service names are made from the names of the operations; both are
// inferred.
var troubles = map[string]trouble{
	"UploadFile": {"!csUnableToCheckIn,%s", "Content item '%s' was not successfully checked in. ",
		"CHECKIN_UNIVERSAL"},
	"UploadFileVersion": {"!csUnableToCheckIn,%s", "Content item '%s' was not successfully checked in. ",
		"CHECKIN_UNIVERSAL"},
	"EditFile":     {"!csFldUnableToEditDocumentLink", "Unable to edit the file. ", "FLD_EDIT_FILE"},
	"CreateFolder": {"!csFldUnableToCreateFolder", "Unable to create the folder. ", "FLD_CREATE_FOLDER"},
}

// explain completes an error about an item with the introduction of the
// operation. Error keys are chains: the introduction comes first, and the cause
// follows.
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

// forbidden is the documented answer to a caller whose role is not sufficient.
// It names the caller, the item and the service.
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

// file returns the file that the path names, for a caller with the needed role.
func (s *Server) file(c *call, need role) (*item, error) {
	return s.find(c, fileKind, c.path["fileId"], need)
}

// folder returns the folder that the path names, for a caller with the needed
// role.
func (s *Server) folder(c *call, need role) (*item, error) {
	return s.find(c, folderKind, c.path["folderId"], need)
}

// find returns an item by its ID, for a caller with the needed role. The ID
// self is the caller's home folder. An item that does not exist is reported
// before permissions are checked.
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

// requireAdmin refuses callers who are not administrators of the service.
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
