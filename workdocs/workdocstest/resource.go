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

// entryLimit is how many documents and folders a folder may hold. Drafts count.
const entryLimit = 100_000

// resource is a folder or a document.
type resource struct {
	id string
	// serial gives the order of creation, which sorts listings.
	serial            int
	folder            bool
	name              string
	creator           *user
	created, modified time.Time

	// parent is nil for a user's root folder and recycle bin, and keeper is the
	// user whose they are. keeper is nil for every other resource.
	parent *resource
	keeper *user
	// origin is the folder that a recycled resource came from.
	origin *resource
	// entries counts the contents of a folder.
	entries int
	// named has the contents of a folder by name. There can be several under
	// one name: a folder, a document and any number of drafts.
	named map[string][]*resource

	// versions are those of a document, the oldest first, including drafts and
	// deleted ones.
	versions []*version
	labels   []string
	custom   map[string]string
	grants   []grant
}

// version is one version of a document. It begins as a draft and becomes active
// when its upload is completed. A deleted version is kept, because it can be
// restored.
type version struct {
	id, contentType string
	// name becomes the name of the document when the version becomes active.
	name            string
	active, deleted bool
	// size is what the client announced and, once the version is active, what
	// is stored.
	size int64
	// signature is empty for a draft.
	signature         string
	creator           *user
	created, modified time.Time
	// contentCreated and contentModified are what the client says about the
	// content. The Server does not check them.
	contentCreated  time.Time
	contentModified time.Time
	custom          map[string]string
	// comments are in order of creation.
	comments []*comment
}

// stamp is a time in a body, in seconds since 1970. It is formatted as by Java's
// Double.toString, because the service formats it so.
type stamp struct{ time.Time }

// MarshalJSON implements [json.Marshaler].
func (t stamp) MarshalJSON() ([]byte, error) {
	text := strconv.FormatFloat(float64(t.UnixMilli())/1000, 'E', -1, 64)
	mantissa, exponent, _ := strings.Cut(text, "E")
	// Java writes E9, not E+09.
	n, err := strconv.Atoi(exponent)
	return []byte(mantissa + "E" + strconv.Itoa(n)), err
}

// newID returns an ID that looks like those of folders and documents. IDs
// depend only on what was made before, so they are the same in every run.
func (s *Server) newID() string {
	s.serial++
	return digest("workdocs", strconv.Itoa(s.serial))
}

// newTimedID returns an ID that looks like those of versions and comments: it
// begins with the time in milliseconds.
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

// newResource makes a resource and puts it into parent. Only a root folder or a
// recycle bin has no parent.
func (s *Server) newResource(parent *resource, folder bool, name string, creator *user, now time.Time) *resource {
	r := &resource{id: s.newID(), serial: s.serial, folder: folder, name: name, creator: creator, created: now,
		modified: now}
	s.resources[r.id] = r
	if parent != nil {
		parent.adopt(r)
	}
	return r
}

// newVersion makes a version of a document, which is a draft until its upload
// is completed. It takes its place in the order of versions at once.
func (s *Server) newVersion(d *resource, name, contentType string, creator *user, now time.Time) *version {
	v := &version{id: s.newTimedID(now), name: name, contentType: contentType, creator: creator, created: now,
		modified: now}
	d.versions = append(d.versions, v)
	return v
}

// adopt makes child a member of the folder r. It does not check the name; see
// room.
func (r *resource) adopt(child *resource) {
	if r.named == nil {
		r.named = make(map[string][]*resource)
	}
	child.parent = r
	r.named[child.name] = append(r.named[child.name], child)
	r.entries++
}

// leave removes r from its parent folder. Call it before the name changes,
// because the parent has r under its name.
func (r *resource) leave() {
	named := r.parent.named
	named[r.name] = slices.DeleteFunc(named[r.name], func(o *resource) bool { return o == r })
	if len(named[r.name]) == 0 {
		delete(named, r.name)
	}
	r.parent.entries--
	r.parent = nil
}

// move puts a resource into another folder, with everything in it. It does not
// check whether the name is free.
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
// has an active version, or nil if there is none. Case matters in names.
func (r *resource) child(folder bool, name string) *resource {
	for _, c := range r.named[name] {
		if c.folder == folder && (folder || c.activeVersion() != nil) {
			return c
		}
	}
	return nil
}

// lineage yields the resource and the folders above it, from the innermost to
// the outermost. It yields nothing for nil.
func (r *resource) lineage() iter.Seq[*resource] {
	return func(yield func(*resource) bool) {
		for at := r; at != nil && yield(at); at = at.parent {
		}
	}
}

// within yields everything below a folder, each folder before its contents.
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

// top returns the root folder or the recycle bin that r is in.
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

// drop removes a version permanently, unlike deleting it.
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
// of only the latest ones. Deleted versions still count in the former.
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

// activate makes a version the document's latest. The document takes on the
// name of the version.
func (s *Server) activate(d *resource, v *version, content []byte, now time.Time) {
	s.storage.Put(contentKey(d, v), v.contentType, content)
	s.storage.Delete(uploadKey(d, v))
	v.active, v.size, v.modified, d.modified = true, int64(len(content)), now, now
	// The service does not say how it computes signatures, so this cannot be verified.
	v.signature = digest(v.id, string(content))[:32]
	d.rename(v.name)
}

// remove permanently deletes a resource and everything in it. Activities about
// it are kept.
func (s *Server) remove(r *resource) {
	for c := range r.within() {
		s.forget(c)
	}
	if r.parent != nil {
		r.leave()
	}
	s.forget(r)
}

// forget removes r, but nothing below it, with the content of its versions. IDs
// are never reused, so clients that still have one get an error.
func (s *Server) forget(r *resource) {
	delete(s.resources, r.id)
	for _, v := range r.versions {
		s.storage.Delete(uploadKey(r, v))
		s.storage.Delete(contentKey(r, v))
	}
}
