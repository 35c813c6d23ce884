package oracledocstest

import (
	"crypto/rand"
	"strings"
)

// Option adds a detail to something that a test puts into a server.
type Option func(*seed)

type seed struct {
	id, displayName, email, contentType string
	admin                               bool
}

// WithID gives the new thing this ID instead of one that the server makes up.
func WithID(id string) Option { return func(o *seed) { o.id = id } }

// WithDisplayName gives an account a name to show; its login name otherwise.
func WithDisplayName(name string) Option { return func(o *seed) { o.displayName = name } }

// WithEmail gives an account an e-mail address. By default it is the login
// name, completed by @example.com where it is no address.
func WithEmail(address string) Option { return func(o *seed) { o.email = address } }

// WithAdmin makes an account an administrator of the service.
func WithAdmin() Option { return func(o *seed) { o.admin = true } }

// WithContentType gives a file a content type instead of the one that belongs
// to its extension.
func WithContentType(contentType string) Option {
	return func(o *seed) { o.contentType = contentType }
}

// seeded collects options; an ID may be among them.
func seeded(id string, opts []Option) seed {
	o := seed{id: id}
	for _, opt := range opts {
		opt(&o)
	}
	return o
}

// misusedf reports a mistake in seeding to the test that the server is for. A
// server without a test cannot fail it; the empty result is the only sign.
func (s *Server) misusedf(format string, args ...any) {
	if s.tb != nil {
		s.tb.Helper()
		s.tb.Errorf("oracledocstest: "+format, args...)
	}
}

// AddUser adds an account with an empty home folder and returns its ID. The
// names of accounts are not case-sensitive; one that exists is left as it is,
// and the result is empty.
func (s *Server) AddUser(loginName, password string, opts ...Option) (userID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.users[foldName(loginName)] != nil {
		s.misusedf("AddUser: %s exists", loginName)
		return ""
	}
	o := seeded(s.newID("U"), opts)
	u := &user{
		id: o.id, loginName: loginName, password: password, kind: "user",
		displayName: o.displayName, email: o.email, admin: o.admin,
	}
	if u.displayName == "" {
		u.displayName = loginName
	}
	if u.email == "" {
		u.email = loginName
		if !strings.Contains(loginName, "@") {
			u.email += "@example.com"
		}
	}
	u.home = s.newItem(folderKind, nil, u, u, u.displayName, s.clock())
	s.items[u.home.id] = u.home
	s.users[foldName(loginName)] = u
	return u.id
}

// AddGroup adds a group of the named accounts and returns its ID, with which
// folders can be shared.
func (s *Server) AddGroup(displayName string, loginNames ...string) (groupID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := &user{id: s.newID("G"), displayName: displayName, kind: "group"}
	for _, name := range loginNames {
		u := s.users[foldName(name)]
		if u == nil {
			s.misusedf("AddGroup: there is no user %s", name)
			return ""
		}
		g.members = append(g.members, u)
	}
	s.groups = append(s.groups, g)
	return g.id
}

// AddToken returns a new bearer token of an account, empty when there is no
// such account.
func (s *Server) AddToken(loginName string) (token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.users[foldName(loginName)]
	if u == nil {
		s.misusedf("AddToken: there is no user %s", loginName)
		return ""
	}
	token = rand.Text()
	s.tokens[token] = u
	return token
}

// AddFolder adds a folder to another one and returns its ID. The parent "self"
// is the owner's home folder. The result is empty when the owner or the parent
// does not exist or the name is taken.
func (s *Server) AddFolder(ownerLogin, parentID, name string, opts ...Option) (folderID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	it := s.add(folderKind, ownerLogin, parentID, name, opts)
	if it == nil {
		return ""
	}
	return it.id
}

// AddFile adds a file to a folder and returns its ID. A file of that name that
// is there already gets a revision instead, and its ID is the result. The
// parent "self" is the owner's home folder. The result is empty when the owner
// or the parent does not exist.
func (s *Server) AddFile(ownerLogin, parentID, name string, content []byte, opts ...Option) (fileID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	it := s.add(fileKind, ownerLogin, parentID, name, opts)
	if it == nil {
		return ""
	}
	contentType := contentTypeOf(name, seeded("", opts).contentType)
	s.addVersion(it, append([]byte{}, content...), contentType, s.users[foldName(ownerLogin)], s.clock())
	return it.id
}

// add makes an item, or finds the file that it would be a revision of.
func (s *Server) add(kind, ownerLogin, parentID, name string, opts []Option) *item {
	u := s.users[foldName(ownerLogin)]
	if u == nil {
		s.misusedf("there is no user %s", ownerLogin)
		return nil
	}
	parent := s.live(folderKind, parentID)
	if parentID == "self" {
		parent = u.home
	}
	if parent == nil {
		s.misusedf("there is no folder %s", parentID)
		return nil
	}
	if it := parent.child(kind, name); it != nil {
		if kind == folderKind {
			s.misusedf("the folder %s exists", name)
			return nil
		}
		return it
	}
	it := s.newItem(kind, parent, u, u, name, s.clock())
	it.id = seeded(it.id, opts).id
	if s.items[it.id] != nil {
		s.misusedf("the ID %s is taken", it.id)
		return nil
	}
	s.items[it.id] = it
	attach(it, parent)
	return it
}

// AddPublicLink adds a public link for everybody to a file or folder and
// returns its ID. The role is viewer, downloader or contributor. An empty
// access code leaves the link unprotected.
func (s *Server) AddPublicLink(itemID, role, accessCode string, opts ...Option) (linkID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	it := s.items[itemID]
	if it == nil || roles[role] == noRole {
		s.misusedf("AddPublicLink: no item %s or no role %s", itemID, role)
		return ""
	}
	link := &publicLink{
		id: seeded(s.newID(linkPrefix(it)), opts).id, password: accessCode, role: role, assigned: "@everybody",
		item: it, owner: it.owner, created: s.clock(), modified: s.clock(),
	}
	s.links[link.id] = link
	return link.id
}

// AddApplink adds an applink on a file or folder for a user and returns what
// the user sends with requests. The access token lasts 15 minutes and the
// refresh token 24 hours by the server's clock.
func (s *Server) AddApplink(
	itemID, userLogin, role string, opts ...Option,
) (appLinkID, accessToken, refreshToken string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	it, u := s.items[itemID], s.users[foldName(userLogin)]
	if it == nil || u == nil || roles[role] == noRole {
		s.misusedf("AddApplink: no item %s, no user %s or no role %s", itemID, userLogin, role)
		return "", "", ""
	}
	app := s.newApplink(it, u, role, seeded(s.newID(linkPrefix(it)), opts).id)
	return app.id, app.accessToken, app.refreshToken
}

// linkPrefix begins the IDs of links to an item: LF for folders, LD for files.
func linkPrefix(it *item) string {
	if it.kind == folderKind {
		return "LF"
	}
	return "LD"
}

// newApplink makes an applink whose tokens start to run now.
func (s *Server) newApplink(it *item, u *user, role, id string) *applink {
	now := s.clock()
	app := &applink{
		id: id, role: role, accessToken: rand.Text(), refreshToken: rand.Text(), item: it, user: u,
		expires: now.Add(accessLife), refreshUntil: now.Add(refreshLife),
	}
	s.applinks[app.id] = app
	return app
}

// Share gives a user a role on a folder: viewer, downloader, contributor or
// manager. A role that the user has there already is replaced.
func (s *Server) Share(folderID, userLogin, role string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	it, u := s.live(folderKind, folderID), s.users[foldName(userLogin)]
	if it == nil || u == nil || roles[role] == noRole {
		s.misusedf("Share: no folder %s, no user %s or no role %s", folderID, userLogin, role)
		return
	}
	s.grant(it, u, role)
}

// AddMetadata adds a global metadata collection with fields of type string and
// assigns it to items, of which there may be none.
func (s *Server) AddMetadata(collectionName string, fields []string, itemIDs ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	col := &collection{name: collectionName, enabled: true}
	for _, name := range fields {
		col.fields = append(col.fields, &field{name: name, kind: "string", enabled: true})
	}
	s.collections = append(s.collections, col)
	for _, id := range itemIDs {
		it := s.items[id]
		if it == nil {
			s.misusedf("AddMetadata: there is no item %s", id)
			continue
		}
		it.assigned = append(it.assigned, col)
	}
}

// Content returns what is stored as a version of a file; version 0 is the
// latest. A file in the trash has content until its versions are deleted.
func (s *Server) Content(fileID string, version int) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle()
	it := s.items[fileID]
	if it == nil || it.kind != fileKind {
		return nil, false
	}
	v := it.version(version)
	if v == nil {
		return nil, false
	}
	return append([]byte{}, v.content...), true
}
