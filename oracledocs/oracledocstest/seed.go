package oracledocstest

import (
	"crypto/rand"
	"strings"
)

// Option adds a detail to what a test puts into a server.
type Option func(*seed)

// seed collects the options of one call. Each option is ignored where it does
// not apply.
type seed struct {
	id, displayName, email, contentType string
	admin                               bool
}

// WithID gives an account, item, link or site this ID. By default the server
// makes one up, in the form of the service's own.
func WithID(id string) Option { return func(o *seed) { o.id = id } }

// WithDisplayName sets the name under which an account is shown. The default is
// its login name.
func WithDisplayName(name string) Option { return func(o *seed) { o.displayName = name } }

// WithEmail sets the e-mail address of an account. The default is its login
// name, with @example.com added if that is not an address.
func WithEmail(address string) Option { return func(o *seed) { o.email = address } }

// WithAdmin makes an account an administrator of the service, who may manage
// client applications, global metadata and e-mail notifications.
func WithAdmin() Option { return func(o *seed) { o.admin = true } }

// WithContentType sets the content type of a file. The default depends on the
// extension of its name.
func WithContentType(contentType string) Option {
	return func(o *seed) { o.contentType = contentType }
}

// seeded applies options; id is the ID to use if no option has one.
func seeded(id string, opts []Option) seed {
	o := seed{id: id}
	for _, opt := range opts {
		opt(&o)
	}
	return o
}

// misusedf reports a mistake in seeding to the test that the server belongs to.
// A server made by New has no test to fail; there the empty result is the only
// sign.
func (s *Server) misusedf(format string, args ...any) {
	if s.tb != nil {
		s.tb.Helper()
		s.tb.Errorf("oracledocstest: "+format, args...)
	}
}

// AddUser adds an account with an empty home folder and returns its ID. Login
// names are not case-sensitive. An account that already exists is left as it
// is, and the result is empty.
func (s *Server) AddUser(loginName, password string, opts ...Option) (userID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.users[foldName(loginName)] != nil {
		s.misusedf("AddUser: there is already a user %s; choose another login name", loginName)
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
// folders can be shared. The result is empty if one of the accounts does not
// exist.
func (s *Server) AddGroup(displayName string, loginNames ...string) (groupID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := &user{id: s.newID("G"), displayName: displayName, kind: "group"}
	for _, name := range loginNames {
		u := s.users[foldName(name)]
		if u == nil {
			s.misusedf("AddGroup: there is no user %s; add it with AddUser first", name)
			return ""
		}
		g.members = append(g.members, u)
	}
	s.groups = append(s.groups, g)
	return g.id
}

// AddToken returns a new bearer token for an account. The token never expires.
// The result is empty if the account does not exist.
func (s *Server) AddToken(loginName string) (token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.users[foldName(loginName)]
	if u == nil {
		s.misusedf("AddToken: there is no user %s; add it with AddUser first", loginName)
		return ""
	}
	token = rand.Text()
	s.tokens[token] = u
	return token
}

// AddFolder adds a folder to the folder parentID and returns its ID. The parent
// "self" is the owner's home folder. The result is empty if the owner or the
// parent does not exist or the name is taken.
func (s *Server) AddFolder(ownerLogin, parentID, name string, opts ...Option) (folderID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	it := s.add(folderKind, ownerLogin, parentID, name, opts)
	if it == nil {
		return ""
	}
	return it.id
}

// AddFile adds a file to the folder parentID and returns its ID. If a file of
// that name already exists, it gets a new version instead, and the result is
// its ID. The parent "self" is the owner's home folder. The result is empty if
// the owner or the parent does not exist. The server keeps a copy of content.
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

// add creates an item, or returns the existing file that is to get a new
// version. It returns nil after a mistake, which it has then reported.
func (s *Server) add(kind, ownerLogin, parentID, name string, opts []Option) *item {
	u := s.users[foldName(ownerLogin)]
	if u == nil {
		s.misusedf("there is no user %s; add it with AddUser first", ownerLogin)
		return nil
	}
	parent := s.live(folderKind, parentID)
	if parentID == "self" {
		parent = u.home
	}
	if parent == nil {
		s.misusedf("there is no folder %s; pass the ID of a folder, or self for the owner's home folder", parentID)
		return nil
	}
	name = s.spelled(name)
	// The service numbers the second folder of a name and revises the second
	// file. In a seed the former is more likely a mistake.
	if it := parent.child(kind, name); it != nil {
		if kind == folderKind {
			s.misusedf("there is already a folder %s; choose another name", name)
			return nil
		}
		return it
	}
	it := s.newItem(kind, parent, u, u, name, s.clock())
	it.id = seeded(it.id, opts).id
	if s.items[it.id] != nil {
		s.misusedf("another item already has the ID %s; choose another one", it.id)
		return nil
	}
	s.items[it.id] = it
	attach(it, parent)
	return it
}

// AddPublicLink adds a public link to a file or folder, for all users, and
// returns its ID. The role is viewer, downloader or contributor. An empty
// access code leaves the link unprotected.
func (s *Server) AddPublicLink(itemID, role, accessCode string, opts ...Option) (linkID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	it := s.items[itemID]
	if it == nil || roles[role] == noRole {
		s.misusedf("AddPublicLink: no item %s or no role %s; roles are viewer, downloader, contributor", itemID, role)
		return ""
	}
	link := &publicLink{
		id: seeded(s.newID(linkPrefix(it)), opts).id, password: accessCode, role: role, assigned: "@everybody",
		item: it, owner: it.owner, created: s.clock(), modified: s.clock(),
	}
	s.links[link.id] = link
	return link.id
}

// AddApplink adds an applink to a file or folder for one user and returns what
// the user sends with requests. By the server's clock the access token lasts 15
// minutes and the refresh token 24 hours. The results are empty if the item,
// the user or the role does not exist.
func (s *Server) AddApplink(
	itemID, userLogin, role string, opts ...Option,
) (appLinkID, accessToken, refreshToken string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	it, u := s.items[itemID], s.users[foldName(userLogin)]
	if it == nil || u == nil || roles[role] == noRole {
		s.misusedf("AddApplink: no item %s, no user %s or no role %s; add items and users first", itemID, userLogin, role)
		return "", "", ""
	}
	app := s.newApplink(it, u, role, seeded(s.newID(linkPrefix(it)), opts).id)
	return app.id, app.accessToken, app.refreshToken
}

// linkPrefix returns the first letters of the IDs of links to an item: LF for
// folders and LD for files, as documented.
func linkPrefix(it *item) string {
	if it.kind == folderKind {
		return "LF"
	}
	return "LD"
}

// newApplink makes an applink. The lifetimes of its tokens begin now.
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
// manager. It replaces the role that the user already has there.
func (s *Server) Share(folderID, userLogin, role string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	it, u := s.live(folderKind, folderID), s.users[foldName(userLogin)]
	if it == nil || u == nil || roles[role] == noRole {
		s.misusedf("Share: no folder %s, no user %s or no role %s; add folders and users first", folderID, userLogin, role)
		return
	}
	s.grant(it, u, role)
}

// AddMetadata adds a global metadata collection whose fields have the type
// string, and assigns it to the given items, if any.
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
			s.misusedf("AddMetadata: there is no item %s; add it with AddFile or AddFolder first", id)
			continue
		}
		it.assigned = append(it.assigned, col)
	}
}

// Content returns a copy of what is stored as a version of a file; version 0 is
// the latest. A file in the trash still has its content. The result is false if
// there is no such file or version.
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
