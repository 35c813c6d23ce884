package oracledocstest

import (
	"crypto/rand"
	"net/http"
)

func (s *Server) createFileApplink(c *call) (*reply, error) {
	return s.createApplink(c, s.file, "/fileview/")
}

// The segment before the ID of a folder is inferred from public links.
func (s *Server) createFolderApplink(c *call) (*reply, error) {
	return s.createApplink(c, s.folder, "/folder/")
}

// createApplink makes an applink to the item that find finds; view is the page of
// the web interface that its URL opens.
func (s *Server) createApplink(c *call, find func(*call, role) (*item, error), view string) (*reply, error) {
	name := c.body.need("assignedUser")
	granted := c.body.choice("role", "viewer", "viewer", "downloader", "contributor", "manager")
	c.body.text("userLocale", 0)
	c.body.text("userTimeZone", 0)
	if c.body.err != nil {
		return nil, c.body.err
	}
	it, err := find(c, manager)
	if err != nil {
		return nil, err
	}
	u := s.userByID(name)
	if u == nil || u.kind != "user" {
		return nil, invalid("assignedUser", "names no user")
	}
	app := s.newApplink(it, u, granted, s.newID(linkPrefix(it)))
	return &reply{body: object{
		"appLinkID": app.id, "accessToken": app.accessToken, "refreshToken": app.refreshToken,
		"appLinkUrl": origin(c.r) + "/documents/embed/link/app/" + app.id + view + it.id,
		"role":       app.role, "id": it.id, "type": "applink",
	}}, nil
}

// refreshApplinkToken gives out a new access token for a refresh token that
// has not run out. The access token that it replaces may have.
func (s *Server) refreshApplinkToken(c *call) (*reply, error) {
	values := map[string]string{}
	for _, name := range []string{"appLinkID", "accessToken", "refreshToken"} {
		if values[name] = c.r.Header.Get(name); values[name] == "" {
			return nil, required(name)
		}
	}
	app := s.applinks[values["appLinkID"]]
	switch {
	case app == nil || app.user != c.user:
		return nil, invalid("appLinkID", "names no applink of the user")
	case app.accessToken != values["accessToken"]:
		return nil, invalid("accessToken", "does not belong to the applink")
	case app.refreshToken != values["refreshToken"]:
		return nil, invalid("refreshToken", "does not belong to the applink")
	case !c.now.Before(app.refreshUntil):
		return nil, &refusal{
			status: http.StatusForbidden, code: codeGeneral,
			key: "!csAppLinkRefreshTokenExpired", message: "The refresh token has expired.",
		}
	}
	app.accessToken, app.expires = rand.Text(), c.now.Add(accessLife)
	return &reply{body: object{"accessToken": app.accessToken, "type": "applink"}}, nil
}
