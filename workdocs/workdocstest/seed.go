package workdocstest

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"path/filepath"
	"strings"
)

// OrganizationID returns the ID of the Server's only organization. Operations
// refuse any other.
func (s *Server) OrganizationID() string { return organizationID }

// RootFolder returns the ID of the built-in administrator's root folder.
func (s *Server) RootFolder() string {
	return s.administrator.root.id
}

// AddUser adds an active user, with a root folder and a recycle bin. To call the
// API as this user, send the token in the Authentication header. If there already
// is a user with this name, AddUser changes nothing and returns that user.
func (s *Server) AddUser(username string) (userID, token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.userNamed(username)
	if u == nil {
		u = s.newUser(username)
	}
	return u.id, u.token
}

// Token returns the token of a user, including one that was created through the
// API. It returns "" if there is no such user.
func (s *Server) Token(userID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u := s.userByID(userID); u != nil {
		return u.token
	}
	return ""
}

// AddGroup adds a group of users and returns its ID, with which resources can
// be shared. It ignores IDs of users that do not exist. The API has no
// operation for this, because groups come from the organization's directory.
func (s *Server) AddGroup(name string, userIDs ...string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := &group{id: s.newPrincipalID(), name: name}
	for _, id := range userIDs {
		if u := s.userByID(id); u != nil {
			g.members = append(g.members, u)
		}
	}
	s.groups = append(s.groups, g)
	return g.id
}

// AddFolder adds a folder and returns its ID, or "" if there is no such parent.
// The folder belongs to the owner of the parent. AddFolder does not check whether
// the name is taken, and records no activity.
func (s *Server) AddFolder(parentID, name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	parent := s.resources[parentID]
	if parent == nil || !parent.folder {
		return ""
	}
	return s.newResource(parent, true, s.spelled(name), parent.owner(), s.time()).id
}

// AddDocument adds a document with one active version and returns the IDs of
// both, or "" if there is no such folder. The name's extension determines the
// content type. The document belongs to the owner of the folder. AddDocument does
// not check whether the name is taken, and records no activity.
func (s *Server) AddDocument(folderID, name string, content []byte) (documentID, versionID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	parent := s.resources[folderID]
	if parent == nil || !parent.folder {
		return "", ""
	}
	name = s.spelled(name)
	now := s.time()
	d := s.newResource(parent, false, name, parent.owner(), now)
	v := s.newVersion(d, name, contentType(name), parent.owner(), now)
	s.activate(d, v, bytes.Clone(content), now)
	return d.id, v.id
}

// Content returns a copy of the content that is stored for a version. For a draft,
// this is what was sent to its upload URL. ok is false if nothing is stored.
func (s *Server) Content(documentID, versionID string) (content []byte, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.resources[documentID]
	if d == nil {
		return nil, false
	}
	v := d.version(versionID)
	if v == nil {
		return nil, false
	}
	key := uploadKey(d, v)
	if v.active {
		key = contentKey(d, v)
	}
	object, ok := s.storage.Object(key)
	return bytes.Clone(object.Content), ok
}

// Drafts returns the IDs of the documents in a folder that have a draft, in order
// of creation. A draft is a version whose upload was begun, but neither finished
// nor aborted.
func (s *Server) Drafts(folderID string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	parent := s.resources[folderID]
	if parent == nil {
		return nil
	}
	var ids []string
	for _, d := range parent.children() {
		if d.last(func(v *version) bool { return !v.active }) != nil {
			ids = append(ids, d.id)
		}
	}
	return ids
}

// contentTypes maps extensions to content types. The Server does not use the
// tables of the operating system, because they differ.
var contentTypes = map[string]string{
	".csv":  "text/csv",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".html": "text/html",
	".jpg":  "image/jpeg",
	".json": "application/json",
	".mp3":  "audio/mpeg",
	".mp4":  "video/mp4",
	".pdf":  "application/pdf",
	".png":  "image/png",
	".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	".txt":  "text/plain",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

// contentType returns the content type for the extension of a name.
func contentType(name string) string {
	return cmp.Or(contentTypes[strings.ToLower(filepath.Ext(name))], defaultContentType)
}

// newToken returns a user's token. It is random, unlike the IDs, because it is
// a secret.
func newToken() string { return rand.Text() + rand.Text() }
