package oracledocstest

import (
	"net/http"
	"regexp"
	"strings"
	"time"
)

// site is a site or a site template. Both exist in version 1.2 only.
type site struct {
	id, kind, name, description string
	creator                     *user
	created                     time.Time
}

// The two kinds of site.
const (
	siteKind     = "site"
	templateKind = "template"
)

// AddSite adds a site, from which other sites can be created, and returns its
// ID. The result is empty if the owner does not exist.
func (s *Server) AddSite(ownerLogin, name string, opts ...Option) (siteID string) {
	return s.addSite(siteKind, ownerLogin, name, opts)
}

// AddTemplate adds a site template, from which sites can be created, and
// returns its ID. The result is empty if the owner does not exist.
func (s *Server) AddTemplate(ownerLogin, name string, opts ...Option) (templateID string) {
	return s.addSite(templateKind, ownerLogin, name, opts)
}

// addSite adds a site or template. The names are not checked as those of
// requests are.
func (s *Server) addSite(kind, ownerLogin, name string, opts []Option) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.users[foldName(ownerLogin)]
	if u == nil {
		s.misusedf("there is no user %s; add it with AddUser first", ownerLogin)
		return ""
	}
	made := &site{id: seeded(s.newID("F"), opts).id, kind: kind, name: name, creator: u, created: s.clock()}
	s.sites[made.id] = made
	return made.id
}

// reservedSite matches the documented names that no site can have.
var reservedSite = regexp.MustCompile(`(?i)^(documents|sites|authsite|mobileauthsite|_sitescloud|_sitesclouddelivery|` +
	`_comps|_components|_compdelivery|_idcservice|scstemplate_.*|con|prn|aux|clock\$|nul|null|com[0-9]|lpt[0-9]|` +
	`\.ds_store|users|_shortcuts|realitems|personal libraries|shared by me|shared with me|favorites|trash)$`)

// checkSiteName applies the documented rules for the names of sites.
func checkSiteName(name string) error {
	if err := checkName("name", name, 250, `/\<>*"?:|`); err != nil {
		return err
	}
	if strings.TrimSpace(name) != name {
		return invalid("name", "begins or ends with a space")
	}
	if reservedSite.MatchString(name) {
		return invalid("name", "is a reserved name")
	}
	return nil
}

// createSiteFromSite creates a site as a copy of another.
func (s *Server) createSiteFromSite(c *call) (*reply, error) {
	return s.createSite(c, siteKind, "siteId")
}

// createSiteFromTemplate creates a site from a template.
func (s *Server) createSiteFromTemplate(c *call) (*reply, error) {
	return s.createSite(c, templateKind, "templateId")
}

// createSite creates a site from the source of the given kind that the path
// names. The names of sites are unique, whatever their case. Any user may
// create a site here, because it is not known what the service requires. Most
// members of the answer are inferred.
func (s *Server) createSite(c *call, kind, param string) (*reply, error) {
	name := c.body.need("name")
	description := c.body.text("description", maxDescription)
	// The server copies no content, so the flag is only checked.
	c.body.choice("copyUpdates", "0", "0", "1")
	if c.body.err != nil {
		return nil, c.body.err
	}
	if err := checkSiteName(name); err != nil {
		return nil, err
	}
	id := c.path[param]
	if src := s.sites[id]; src == nil || src.kind != kind {
		return nil, &refusal{
			status: http.StatusNotFound, code: codeMissing,
			key: "!csSiteDoesNotExist," + id, message: "The " + kind + " " + id + " does not exist.",
			extra: object{"id": id, "errorType": kind},
		}
	}
	for _, other := range s.sites {
		if other.kind == siteKind && strings.EqualFold(other.name, name) {
			return nil, &refusal{
				status: http.StatusConflict, code: codeNameTaken,
				key: "!csSiteExists," + name, message: "A site with the name '" + name + "' already exists.",
				extra: object{"id": other.id, "errorType": siteKind},
			}
		}
	}
	made := &site{
		id: s.newID("F"), kind: siteKind, name: name, description: description, creator: c.user, created: c.now,
	}
	s.sites[made.id] = made
	by, at := c.userObject(c.user), stamp(c.now)
	body := object{
		"id": made.id, "name": name, "type": siteKind,
		"createdBy": by, "modifiedBy": by, "ownedBy": by, "createdTime": at, "modifiedTime": at,
	}
	if description != "" {
		body["description"] = description
	}
	return &reply{status: http.StatusCreated, location: "/sites/" + made.id, body: body}, nil
}
