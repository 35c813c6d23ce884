package oracledocstest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"strings"
	"time"
	"unicode"
)

// The two kinds of item, as the service spells them in type members.
const (
	fileKind   = "file"
	folderKind = "folder"
)

// user is an account or a group. Groups have members but neither a login name
// nor a home folder.
type user struct {
	// Requests may name a user by ID, login name or e-mail address.
	id, loginName, displayName, email string
	password                          string
	// kind is user or group, as the API spells them in type members.
	kind  string
	admin bool
	// members are those of a group.
	members []*user
	// home is the home folder of an account. It exists as long as the account
	// does.
	home *item
}

// item is a file or a folder. A folder without a parent is the home folder of
// its owner, unless it is a collection; see collectionKind.
type item struct {
	id, kind, name, description string
	// folded is the name without regard to case, which sorts listings.
	folded string
	// bytes is the size that grow maintains.
	bytes  int
	parent *item
	// The owner is that of the folder that the item was made in, so the creator
	// may be another user.
	owner, creator, modifier *user
	created, modified        time.Time
	// inTrash is set only on the item that was deleted, not on what is inside
	// it.
	inTrash     bool
	discardedBy *user
	discardedAt time.Time
	children    map[string]*item // of a folder, by nameKey
	versions    []*version       // of a file, oldest first
	// lastVersion is the highest number that any version of the file has had.
	lastVersion int
	shares      []*share
	tags        []string
	assigned    []*collection // metadata collections, in order of assignment
	// values has the item's own values only; see value for those that it
	// inherits.
	values     map[string]map[string]string // collection, field, value
	reservedBy *user
	reservedAt time.Time
	// conversation is the ID of the item's own conversation, or empty.
	conversation string
	// accesses is the history of a file, oldest first.
	accesses []access
}

// version is one revision of a file. Its content never changes. Its name is the
// one that the file had at that time.
type version struct {
	number      int
	name        string
	contentType string
	content     []byte
	modifier    *user
	modified    time.Time
	// docName is the service's name for the stored content, which answers to
	// uploads mention.
	docName string
	// pagesAt is when the page images are ready, or zero if they were never
	// requested.
	pagesAt    time.Time
	renditions []*rendition
}

// latest returns the latest version of a file. A file always has at least one.
func (it *item) latest() *version { return it.versions[len(it.versions)-1] }

// version returns the version with a number, or nil; 0 is the latest.
func (it *item) version(number int) *version {
	if number == 0 {
		return it.latest()
	}
	for _, v := range it.versions {
		if v.number == number {
			return v
		}
	}
	return nil
}

// under reports whether the item is the folder or lies somewhere below it.
func (it *item) under(folder *item) bool {
	for at := it; at != nil; at = at.parent {
		if at == folder {
			return true
		}
	}
	return false
}

// trashed reports whether the item or a folder above it is in the trash. Only
// the item that was deleted is marked, so that restoring it is one step.
func (it *item) trashed() bool {
	for at := it; at != nil; at = at.parent {
		if at.inTrash {
			return true
		}
	}
	return false
}

// grow adds to the size of an item and of all folders above it. A file is as
// large as its latest version, and a folder as all files below it together.
func grow(it *item, bytes int) {
	for at := it; at != nil; at = at.parent {
		at.bytes += bytes
	}
}

// guid returns the item's ID as error keys spell it.
func (it *item) guid() string { return guid(it.kind, it.id) }

// guid returns an ID as error keys and some answers spell it, with a prefix
// that tells files from folders.
func guid(kind, id string) string {
	if kind == fileKind {
		return "fFileGUID:" + id
	}
	return "fFolderGUID:" + id
}

// live returns the item with a kind and an ID, or nil if it does not exist or
// is in the trash.
func (s *Server) live(kind, id string) *item {
	it := s.items[id]
	if it == nil || it.kind != kind || it.trashed() {
		return nil
	}
	return it
}

// newID makes an ID with the length and the look of the service's own: a letter
// for the kind, hex digits and a tail. IDs of users are eight digits shorter.
func (s *Server) newID(prefix string) string {
	tail := "T0000000000100000001"
	if prefix == "U" {
		tail = "T00000000001"
	}
	return prefix + s.digits(prefix)[:24-len(prefix)] + tail
}

// digits returns 64 hex digits that are unique within the server. They depend
// only on what was made before, so that a test sees the same IDs in every run.
func (s *Server) digits(salt string) string {
	s.sequence++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%d", salt, s.sequence))
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// foldName maps names that differ only in case to the same text. The
// documentation says that names in a folder are not case-sensitive.
func foldName(name string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
			least = min(least, f)
		}
		return least
	}, name)
}

// nameKey returns the key of an item among its siblings. That a file and a
// folder may have the same name is inferred.
func nameKey(kind, name string) string { return kind + "/" + foldName(name) }

// child returns the item in a folder with a name, whatever its case, or nil.
func (it *item) child(kind, name string) *item { return it.children[nameKey(kind, name)] }

// attach puts an item into a folder. The name must be free: attach does not
// check.
func attach(it, folder *item) {
	it.parent, it.folded = folder, foldName(it.name)
	folder.children[nameKey(it.kind, it.name)] = it
	grow(folder, it.bytes)
}

// detach takes an item out of its folder. The item keeps its parent, so that an
// item in the trash knows where to return to.
func detach(it *item) {
	if it.parent != nil {
		delete(it.parent.children, nameKey(it.kind, it.name))
		grow(it.parent, -it.bytes)
	}
}

// rename gives an item another name, which must be free or its own in another
// case.
func rename(it *item, name string) {
	if it.parent != nil {
		delete(it.parent.children, nameKey(it.kind, it.name))
		it.parent.children[nameKey(it.kind, name)] = it
	}
	it.name, it.folded = name, foldName(name)
}

// numbered returns a free name by counting: my_file, my_file(2), my_file(3).
// The number is documented. That it goes before the extension of a file is
// inferred.
func numbered(folder *item, kind, name string) string {
	base, ext := splitName(kind, name)
	for n := 2; folder.child(kind, name) != nil; n++ {
		name = fmt.Sprintf("%s(%d)%s", base, n, ext)
	}
	return name
}

// stamped returns a free name that ends in six digits of the time, which is
// what TimeStampSuffix stands for. A name that is free is returned as it is.
func stamped(folder *item, kind, name string, now time.Time) string {
	base, ext := splitName(kind, name)
	// The suffix counts milliseconds, so names made in the same second differ.
	for n := now.UnixMilli(); folder.child(kind, name) != nil; n++ {
		name = fmt.Sprintf("%s%06d%s", base, n%1e6, ext)
	}
	return name
}

// splitName splits a name before the extension. Folders have none.
func splitName(kind, name string) (base, ext string) {
	if kind == fileKind {
		ext = path.Ext(name)
	}
	if ext == name { // a name such as .profile has no extension
		ext = ""
	}
	return strings.TrimSuffix(name, ext), ext
}
