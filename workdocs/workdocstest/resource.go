package workdocstest

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"
)

// entryLimit is how many documents and folders a folder may hold.
const entryLimit = 100_000

// resource is a folder or a document.
type resource struct {
	id                string
	serial            int // in order of creation
	folder            bool
	name              string
	creator           *user
	created, modified time.Time

	parent  *resource // nil for a user's root folder and recycle bin
	keeper  *user     // the owner of a root folder or a recycle bin
	origin  *resource // where a recycled resource came from
	entries int       // of a folder
	named   map[string][]*resource

	versions []*version // of a document, oldest first
	labels   []string
	custom   map[string]string
	grants   []grant
}

// version is one version of a document.
type version struct {
	id, contentType   string
	name              string // of the document once the version is active
	active, deleted   bool
	size              int64 // as announced, and as stored once active
	signature         string
	creator           *user
	created, modified time.Time
	contentCreated    time.Time
	contentModified   time.Time
	custom            map[string]string
	comments          []*comment // oldest first
}

// stamp is a time in a body, in seconds since 1970. It is formatted as by Java's
// Double.toString, because the service formats it so.
type stamp struct{ time.Time }

// MarshalJSON implements [json.Marshaler].
func (t stamp) MarshalJSON() ([]byte, error) {
	text := strconv.FormatFloat(float64(t.UnixMilli())/1000, 'E', -1, 64)
	mantissa, exponent, _ := strings.Cut(text, "E")
	n, err := strconv.Atoi(exponent) // Java writes E9, not E+09
	return []byte(mantissa + "E" + strconv.Itoa(n)), err
}

// newID returns an ID that looks like those of folders and documents.
func (s *Server) newID() string {
	s.serial++
	return digest("workdocs", strconv.Itoa(s.serial))
}

// newTimedID returns an ID that looks like those of versions and comments.
func (s *Server) newTimedID(now time.Time) string {
	return strconv.FormatInt(now.UnixMilli(), 10) + "-" + s.newID()
}

// digest returns a hash of texts, for IDs and signatures that are always the same.
func digest(texts ...string) string {
	h := sha256.New()
	for _, text := range texts {
		_, _ = h.Write([]byte(text + "\x00"))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// newResource makes a resource and puts it into parent, which may be nil.
func (s *Server) newResource(parent *resource, folder bool, name string, creator *user, now time.Time) *resource {
	r := &resource{id: s.newID(), serial: s.serial, folder: folder, name: name, creator: creator, created: now,
		modified: now}
	s.resources[r.id] = r
	if parent != nil {
		parent.adopt(r)
	}
	return r
}

// newVersion makes a version of a document, which is a draft until its upload ends.
func (s *Server) newVersion(d *resource, name, contentType string, creator *user, now time.Time) *version {
	v := &version{id: s.newTimedID(now), name: name, contentType: contentType, creator: creator, created: now,
		modified: now}
	d.versions = append(d.versions, v)
	return v
}

// adopt makes child a member of the folder r.
func (r *resource) adopt(child *resource) {
	if r.named == nil {
		r.named = make(map[string][]*resource)
	}
	child.parent = r
	r.named[child.name] = append(r.named[child.name], child)
	r.entries++
}

// leave removes r from its parent folder.
func (r *resource) leave() {
	named := r.parent.named
	named[r.name] = slices.DeleteFunc(named[r.name], func(o *resource) bool { return o == r })
	if len(named[r.name]) == 0 {
		delete(named, r.name)
	}
	r.parent.entries--
	r.parent = nil
}

// move puts a resource into another folder.
func (r *resource) move(parent *resource) {
	r.leave()
	parent.adopt(r)
}

// rename renames a resource. It also renames the latest version of a document,
// because callers find the document's name there.
func (r *resource) rename(name string) {
	parent := r.parent
	r.leave()
	r.name = name
	parent.adopt(r)
	if v := r.latest(); v != nil {
		v.name = name
	}
}

// children returns what is in a folder, in order of creation.
func (r *resource) children() []*resource {
	children := make([]*resource, 0, r.entries)
	for _, same := range r.named {
		children = append(children, same...)
	}
	slices.SortFunc(children, func(a, b *resource) int { return cmp.Compare(a.serial, b.serial) })
	return children
}

// child returns the folder with this name, or the document with this name that
// has an active version, or nil if there is none.
func (r *resource) child(folder bool, name string) *resource {
	for _, c := range r.named[name] {
		if c.folder == folder && (folder || c.activeVersion() != nil) {
			return c
		}
	}
	return nil
}

// lineage yields the resource and the folders above it, from the innermost to the
// outermost.
func (r *resource) lineage() iter.Seq[*resource] {
	return func(yield func(*resource) bool) {
		for at := r; at != nil && yield(at); at = at.parent {
		}
	}
}

// within yields everything below a folder.
func (r *resource) within() iter.Seq[*resource] {
	return func(yield func(*resource) bool) { r.walk(yield) }
}

// walk calls yield for everything below r until yield returns false.
func (r *resource) walk(yield func(*resource) bool) bool {
	for _, c := range r.children() {
		if !yield(c) || !c.walk(yield) {
			return false
		}
	}
	return true
}

// top returns the root folder that r is in.
func (r *resource) top() *resource {
	for r.parent != nil {
		r = r.parent
	}
	return r
}

// owner returns the user whose root folder or recycle bin holds the resource.
// Inferred: a document that another user adds to a shared folder belongs to the
// folder's owner.
func (r *resource) owner() *user { return r.top().keeper }

// recycled reports whether the resource is in a recycle bin.
func (r *resource) recycled() bool {
	top := r.top()
	return r != top && top == top.keeper.bin
}

// state returns the state of r. Everything below a recycled folder is recycled too.
func (r *resource) state() string {
	if r.recycled() {
		return "RECYCLED"
	}
	return "ACTIVE"
}

// version returns the version with this ID, or nil if there is none or it was
// deleted.
func (r *resource) version(id string) *version {
	for _, v := range r.versions {
		if v.id == id && !v.deleted {
			return v
		}
	}
	return nil
}

// activeVersion returns the latest version that has become active, or nil.
func (r *resource) activeVersion() *version { return r.last(func(v *version) bool { return v.active }) }

// latest returns the version that represents the document: the latest active
// version, or the latest draft if no version is active.
func (r *resource) latest() *version {
	return cmp.Or(r.activeVersion(), r.last(func(*version) bool { return true }))
}

// last returns the newest version that want accepts, or nil.
func (r *resource) last(want func(*version) bool) *version {
	for _, v := range slices.Backward(r.versions) {
		if !v.deleted && want(v) {
			return v
		}
	}
	return nil
}

// drop removes a version permanently.
func (r *resource) drop(v *version) {
	r.versions = slices.DeleteFunc(r.versions, func(o *version) bool { return o == v })
}

// status is INITIALIZED for a draft and ACTIVE for any other version.
func (v *version) status() string {
	if v.active {
		return "ACTIVE"
	}
	return "INITIALIZED"
}

// sizes returns the total size in bytes of all active versions in a folder, and
// of only the latest ones.
func (r *resource) sizes() (all, latest int64) {
	for d := range r.within() {
		for _, v := range d.versions {
			if v.active {
				all += v.size
			}
		}
		if v := d.activeVersion(); v != nil {
			latest += v.size
		}
	}
	return all, latest
}

// uploadKey and contentKey return the keys under which the storage host keeps the
// content of a draft and of an active version. They differ so that a PUT that
// arrives after the version has become active does not change its content.
func uploadKey(d *resource, v *version) string { return storageKeys + "uploads/" + d.id + "/" + v.id }
func contentKey(d *resource, v *version) string {
	return storageKeys + "documents/" + d.id + "/" + v.id
}

// activate makes a version the document's latest.
func (s *Server) activate(d *resource, v *version, content []byte, now time.Time) {
	s.storage.Put(contentKey(d, v), v.contentType, content)
	s.storage.Delete(uploadKey(d, v))
	v.active, v.size, v.modified, d.modified = true, int64(len(content)), now, now
	// The service does not say how it computes signatures, so this cannot be verified.
	v.signature = digest(v.id, string(content))[:32]
	d.rename(v.name)
}

// remove permanently deletes a resource and everything in it.
func (s *Server) remove(r *resource) {
	for c := range r.within() {
		s.forget(c)
	}
	if r.parent != nil {
		r.leave()
	}
	s.forget(r)
}

// forget removes r, but nothing below it, with the content of its versions.
func (s *Server) forget(r *resource) {
	delete(s.resources, r.id)
	for _, v := range r.versions {
		s.storage.Delete(uploadKey(r, v))
		s.storage.Delete(contentKey(r, v))
	}
}
