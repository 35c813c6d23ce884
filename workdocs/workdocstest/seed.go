package workdocstest

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"path/filepath"
	"strings"
)

// OrganizationID returns the id of the one organization.
func (s *Server) OrganizationID() string { return organizationID }

// RootFolder returns the id of the built-in administrator's root folder.
func (s *Server) RootFolder() string {
	return s.administrator.root.id
}

// AddUser adds an active user, with a root folder and a recycle bin. The token
// is what the user's calls carry in the Authentication header. A user who is
// there already is returned as is.
func (s *Server) AddUser(username string) (userID, token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.userNamed(username)
	if u == nil {
		u = s.newUser(username)
	}
	return u.id, u.token
}

// Token returns the token of any user, also of those that were made through
// the API, or "" if there is no such user.
func (s *Server) Token(userID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u := s.userByID(userID); u != nil {
		return u.token
	}
	return ""
}

// AddGroup adds a group of users and returns its id. The API can't do that:
// groups come from the directory of the organization.
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

// AddFolder adds a folder and returns its id, or "" if there is no such parent.
// It belongs to the owner of the parent; whether the name is taken is not
// checked, and no activity is recorded.
func (s *Server) AddFolder(parentID, name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	parent := s.resources[parentID]
	if parent == nil || !parent.folder {
		return ""
	}
	return s.newResource(parent, true, name, parent.owner(), s.time()).id
}

// AddDocument adds a document with one active version and returns the ids of
// both, or "" if there is no such folder. The name's extension decides the
// content type; whether the name is taken is not checked. It belongs to the
// owner of the folder, and no activity is recorded.
func (s *Server) AddDocument(folderID, name string, content []byte) (documentID, versionID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	parent := s.resources[folderID]
	if parent == nil || !parent.folder {
		return "", ""
	}
	now := s.time()
	d := s.newResource(parent, false, name, parent.owner(), now)
	v := s.newVersion(d, name, contentType(name), parent.owner(), now)
	s.activate(d, v, bytes.Clone(content), now)
	return d.id, v.id
}

// Content returns a copy of the bytes that are stored for a version: of a
// draft, what has been sent to its upload URL. ok is false if there are none.
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

// Drafts returns the ids of the documents in a folder that have a version
// whose upload was begun and neither finished nor aborted, in order of
// creation.
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

// contentTypes is the Server's own: tables of operating systems differ.
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

func contentType(name string) string {
	return cmp.Or(contentTypes[strings.ToLower(filepath.Ext(name))], defaultContentType)
}

func newToken() string { return rand.Text() + rand.Text() }
