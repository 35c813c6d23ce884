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

// The two kinds of item, as the wire spells them.
const (
	fileKind   = "file"
	folderKind = "folder"
)

// user is an account or a group.
type user struct {
	id, loginName, displayName, email string
	password                          string
	kind                              string // "user" or "group"
	admin                             bool
	members                           []*user // of a group
	home                              *item   // of an account
}

// item is a file or a folder. A folder without a parent is the home folder of
// its owner.
type item struct {
	id, kind, name, description string
	folded                      string // name without regard to case
	bytes                       int    // see grow
	parent                      *item
	owner, creator, modifier    *user
	created, modified           time.Time
	inTrash                     bool
	discardedBy                 *user
	discardedAt                 time.Time
	children                    map[string]*item // of a folder, by nameKey
	versions                    []*version       // of a file, oldest first
	lastVersion                 int              // highest number ever given
	shares                      []*share
	tags                        []string
	assigned                    []*collection                // metadata collections, in order of assignment
	values                      map[string]map[string]string // collection, field, value
	reservedBy                  *user
	reservedAt                  time.Time
	conversation                string
	accesses                    []access
}

// version is one revision of a file.
type version struct {
	number      int
	name        string
	contentType string
	content     []byte
	modifier    *user
	modified    time.Time
	docName     string // what the service calls the stored content
	pagesAt     time.Time
	renditions  []*rendition
}

func (it *item) latest() *version { return it.versions[len(it.versions)-1] }

// version finds a revision by number; 0 is the latest.
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

// under reports whether the item is folder or lies below it.
func (it *item) under(folder *item) bool {
	for at := it; at != nil; at = at.parent {
		if at == folder {
			return true
		}
	}
	return false
}

// trashed reports whether the item or a folder above it is in the trash.
func (it *item) trashed() bool {
	for at := it; at != nil; at = at.parent {
		if at.inTrash {
			return true
		}
	}
	return false
}

// grow adds to the size of an item and of the folders that hold it. A file is
// as large as its latest version, a folder as all the files below it.
func grow(it *item, bytes int) {
	for at := it; at != nil; at = at.parent {
		at.bytes += bytes
	}
}

func (it *item) guid() string { return guid(it.kind, it.id) }

// guid is an ID as error keys and some answers spell it.
func guid(kind, id string) string {
	if kind == fileKind {
		return "fFileGUID:" + id
	}
	return "fFolderGUID:" + id
}

// live finds an item that is not in the trash.
func (s *Server) live(kind, id string) *item {
	it := s.items[id]
	if it == nil || it.kind != kind || it.trashed() {
		return nil
	}
	return it
}

// newID makes an ID of the length and look of the service's own. Those of
// users lack the last eight digits.
func (s *Server) newID(prefix string) string {
	tail := "T0000000000100000001"
	if prefix == "U" {
		tail = "T00000000001"
	}
	return prefix + s.digits(prefix)[:24-len(prefix)] + tail
}

// digits returns hex digits that occur once in the life of the server and are
// the same in every run.
func (s *Server) digits(salt string) string {
	s.sequence++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%d", salt, s.sequence))
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// foldName maps names that differ only in case to one text.
func foldName(name string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
			least = min(least, f)
		}
		return least
	}, name)
}

// nameKey is the place of a name among its siblings. That files and folders
// do not get into each other's way is inferred.
func nameKey(kind, name string) string { return kind + "/" + foldName(name) }

// child finds an item by name, whatever its case.
func (it *item) child(kind, name string) *item { return it.children[nameKey(kind, name)] }

// attach puts an item into a folder.
func attach(it, folder *item) {
	it.parent, it.folded = folder, foldName(it.name)
	folder.children[nameKey(it.kind, it.name)] = it
	grow(folder, it.bytes)
}

// detach takes an item out of its folder's listing. It keeps its parent, so
// that an item in the trash still knows where it was.
func detach(it *item) {
	if it.parent != nil {
		delete(it.parent.children, nameKey(it.kind, it.name))
		grow(it.parent, -it.bytes)
	}
}

// rename gives an item another name, which must be free or its own.
func rename(it *item, name string) {
	if it.parent != nil {
		delete(it.parent.children, nameKey(it.kind, it.name))
		it.parent.children[nameKey(it.kind, name)] = it
	}
	it.name, it.folded = name, foldName(name)
}

// numbered finds a free name by counting: my_file, my_file(2), my_file(3). The
// number stands before the extension of a file, which is inferred.
func numbered(folder *item, kind, name string) string {
	base, ext := splitName(kind, name)
	for n := 2; folder.child(kind, name) != nil; n++ {
		name = fmt.Sprintf("%s(%d)%s", base, n, ext)
	}
	return name
}

// stamped finds a free name with six digits of the time at its end.
func stamped(folder *item, kind, name string, now time.Time) string {
	base, ext := splitName(kind, name)
	for n := now.UnixMilli(); folder.child(kind, name) != nil; n++ {
		name = fmt.Sprintf("%s%06d%s", base, n%1e6, ext)
	}
	return name
}

// splitName splits the name of a file at its extension, before which a number goes.
func splitName(kind, name string) (base, ext string) {
	if kind == fileKind {
		ext = path.Ext(name)
	}
	if ext == name { // a name such as .profile has no extension
		ext = ""
	}
	return strings.TrimSuffix(name, ext), ext
}
