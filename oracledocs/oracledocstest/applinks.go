package oracledocstest

import (
	"crypto/rand"
	"net/http"
)

// createFileApplink gives one user a role on a file for a limited time. The URL
// of the applink opens the file's page in the web interface.
func (s *Server) createFileApplink(c *call) (*reply, error) {
	return s.createApplink(c, s.file, "/fileview/")
}

// createFolderApplink does the same for a folder. The documentation does not
// show the URL of such an applink; the segment before the folder's ID is
// inferred from the URLs of public links.
func (s *Server) createFolderApplink(c *call) (*reply, error) {
	return s.createApplink(c, s.folder, "/folder/")
}

// createApplink makes an applink to the item that find returns. The caller must
// own the item or be a manager of it. Version 1.1 is documented both with and
// without the role manager, so both versions accept it here. The segment view
// is the page of the web interface that the applink's URL opens.
func (s *Server) createApplink(c *call, find func(*call, role) (*item, error), view string) (*reply, error) {
	name := c.body.need("assignedUser")
	granted := c.body.choice("role", "viewer", "viewer", "downloader", "contributor", "manager")
	// Locale and time zone matter only to the web interface that the link
	// opens.
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
		return nil, invalid("assignedUser", "does not name a user")
	}
	app := s.newApplink(it, u, granted, s.newID(linkPrefix(it)))
	return &reply{body: object{
		"appLinkID": app.id, "accessToken": app.accessToken, "refreshToken": app.refreshToken,
		"appLinkUrl": origin(c.r) + "/documents/embed/link/app/" + app.id + view + it.id,
		"role":       app.role, "id": it.id, "type": "applink",
	}}, nil
}

// refreshApplinkToken issues a new access token for a refresh token that has
// not expired. The old access token may have expired, but it must be the
// applink's latest. All inputs are headers, and the answer has no new refresh
// token, so the lifetime of the refresh token bounds that of the applink.
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
		return nil, invalid("appLinkID", "does not name an applink of the caller")
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
	// The old access token is void at once, which is inferred.
	app.accessToken, app.expires = rand.Text(), c.now.Add(accessLife)
	return &reply{body: object{"accessToken": app.accessToken, "type": "applink"}}, nil
}
