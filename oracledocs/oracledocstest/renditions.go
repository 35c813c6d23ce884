package oracledocstest

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// rendition is another form of a file that a user has uploaded. It belongs to
// one version of the file.
type rendition struct {
	name, description, fileName, contentType string
	content                                  []byte
}

// pagesTake is how long it takes to make page images, by the server's clock.
// Oracle's toolkit waits this long before it reads a page.
const pagesTake = 3 * time.Second

// pageBytes is the number of bytes of content that this server counts as a
// page, since it cannot lay out documents.
const pageBytes = 3000

// pages returns the number of page images that a version has at a time. There
// are none until they were asked for and the time to make them has passed.
func (v *version) pages(now time.Time) int {
	if v.pagesAt.IsZero() || now.Before(v.pagesAt) {
		return 0
	}
	// An image is one page, whatever its size.
	if strings.HasPrefix(v.contentType, "image/") {
		return 1
	}
	return max(1, (len(v.content)+pageBytes-1)/pageBytes)
}

// pageImage matches the names of the renditions that the service itself makes.
var pageImage = regexp.MustCompile(`^(page|thumbnail)([1-9][0-9]{0,8})$`)

// systemRenditions describes the page images of a version and their thumbnails:
// the existing ones only or else all possible ones, each marked as existing or
// not.
func (v *version) systemRenditions(now time.Time, onlyExisting bool) []object {
	// Before they are made their number is unknown; the first page is sure to
	// be one.
	count, exists := v.pages(now), true
	if count == 0 && !onlyExisting {
		count, exists = 1, false
	}
	all := []object{}
	for n := range count {
		for _, kind := range []string{"page", "thumbnail"} {
			name := fmt.Sprint(kind, n+1)
			o := object{"type": "rendition", "name": name, "description": "", "path": name + ".jpg"}
			if !onlyExisting {
				o["exists"] = strconv.FormatBool(exists)
			}
			all = append(all, o)
		}
	}
	return all
}

// uploaded returns the custom rendition with a name, or nil. As documented,
// case does not matter.
func (v *version) uploaded(name string) *rendition {
	for _, r := range v.renditions {
		if strings.EqualFold(r.name, name) {
			return r
		}
	}
	return nil
}

// noRendition is the answer for a rendition that does not exist. It is also the
// documented answer for page images that have not been generated yet.
func noRendition(it *item, name string) *refusal {
	return &refusal{
		status: http.StatusNotFound, code: codeMissing, item: it,
		key:     "!csRenditionDoesNotExist," + name,
		message: fmt.Sprintf("The rendition '%s' does not exist.", name),
	}
}

// generateFileRenditions starts to make the page images of a version. They are
// ready three seconds later; until then they do not exist.
func (s *Server) generateFileRenditions(c *call) (*reply, error) {
	it, v, err := s.fileVersion(c, contributor)
	if err != nil {
		return nil, err
	}
	// Asking again does not start over.
	if v.pagesAt.IsZero() {
		v.pagesAt = c.now.Add(pagesTake)
	}
	return &reply{body: object{"id": it.id, "type": fileKind}}, nil
}

// getRenditionPageCount returns the number of page images of a version, which
// is 0 before they are ready. The documentation declares a binary answer but
// shows JSON.
func (s *Server) getRenditionPageCount(c *call) (*reply, error) {
	it, v, err := s.fileVersion(c, viewer)
	if err != nil {
		return nil, err
	}
	return &reply{body: object{"id": it.id, "type": fileKind, "pages": strconv.Itoa(v.pages(c.now))}}, nil
}

// listRenditions lists the renditions of one type. If the request names no
// type, it lists both, which is inferred.
func (s *Server) listRenditions(c *call) (*reply, error) {
	kind := c.query.choice("renditionType", "", "system", "uploaded")
	it, v, err := s.fileVersion(c, viewer)
	if err != nil {
		return nil, err
	}
	items := []object{}
	if kind != "uploaded" {
		items = v.systemRenditions(c.now, true)
	}
	for _, r := range v.renditions {
		if kind != "system" {
			items = append(items, object{"type": "rendition", "name": r.name, "description": r.description, "path": r.fileName})
		}
	}
	body := object{"id": it.id, "type": fileKind}
	if len(items) > 0 {
		body["items"] = items
	}
	return &reply{body: body}, nil
}

// getRendition streams a page image, a thumbnail of a page or a custom
// rendition. Ranges work in version 1.2 only.
func (s *Server) getRendition(c *call) (*reply, error) {
	name := c.query.need("rendition")
	kind := c.query.choice("renditionType", "system", "system", "uploaded")
	it, v, err := s.fileVersion(c, viewer)
	if err != nil {
		return nil, err
	}
	ranges := c.version == "1.2"
	if kind == "uploaded" {
		if r := v.uploaded(name); r != nil {
			return &reply{content: &content{r.content, r.contentType, r.fileName, ranges}}, nil
		}
		return nil, noRendition(it, name)
	}
	m := pageImage.FindStringSubmatch(name)
	if m == nil {
		return nil, noRendition(it, name)
	}
	// Atoi cannot fail: the pattern allows nine digits at most.
	if page, _ := strconv.Atoi(m[2]); page > v.pages(c.now) {
		return nil, noRendition(it, name)
	}
	width := pageWidth
	if m[1] == "thumbnail" {
		width = thumbnailWidth
	}
	return &reply{content: &content{jpegOf(v, width), "image/jpeg", name + ".jpg", ranges}}, nil
}

// renditionName is the documented form of the names of custom renditions.
var renditionName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,28}$`)

// uploadCustomRendition attaches a rendition to the latest version of a file.
// As documented, the form part with the content is called file here and not
// primaryFile. Names must be unique within a version; that a taken one is a
// conflict is inferred.
func (s *Server) uploadCustomRendition(c *call) (*reply, error) {
	if err := c.form.only("jsonInputParameters", "file"); err != nil {
		return nil, err
	}
	in, err := c.form.object("jsonInputParameters", "", "name", "description")
	if err != nil {
		return nil, err
	}
	name, description := in.need("name"), in.text("description", 0)
	if in.err == nil && !renditionName.MatchString(name) {
		in.fail(invalid("name", "must have 1 to 28 letters, digits, hyphens or underscores"))
	}
	if in.err != nil {
		return nil, in.err
	}
	p, err := c.form.file("file")
	if err != nil {
		return nil, err
	}
	it, err := s.file(c, contributor)
	if err != nil {
		return nil, err
	}
	v := it.latest()
	if v.uploaded(name) != nil {
		return nil, &refusal{
			status: http.StatusConflict, code: codeNameTaken, item: it,
			key: "!csRenditionExists," + name, message: fmt.Sprintf("The rendition '%s' already exists.", name),
		}
	}
	v.renditions = append(v.renditions, &rendition{name, description, p.fileName, p.contentType, p.content})
	return &reply{body: object{"id": it.id, "type": fileKind, "name": name}}, nil
}

// deleteCustomRendition removes a custom rendition from a version. Page images
// cannot be removed.
func (s *Server) deleteCustomRendition(c *call) (*reply, error) {
	name := c.query.need("rendition")
	it, v, err := s.fileVersion(c, contributor)
	if err != nil {
		return nil, err
	}
	r := v.uploaded(name)
	if r == nil {
		return nil, noRendition(it, name)
	}
	v.renditions = slices.DeleteFunc(v.renditions, func(other *rendition) bool { return other == r })
	return &reply{body: object{"id": it.id, "type": fileKind}}, nil
}

// getFilePreviewPath returns the address of a preview, which is ready at once.
// Only the member previewUrl is known by name. As documented, there are no
// previews of videos.
func (s *Server) getFilePreviewPath(c *call) (*reply, error) {
	// A preview is complete at once, so there is nothing to wait for.
	c.query.flag("waitForCompletePreview", false)
	it, v, err := s.fileVersion(c, viewer)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(v.contentType, "video/") {
		return nil, invalid("fileId", "is a video, and videos have no previews")
	}
	it.note(c, v, "preview")
	return &reply{body: object{
		"id": it.id, "type": fileKind, "version": strconv.Itoa(v.number),
		"previewUrl": fmt.Sprintf("%s/documents/preview/%s/%d/index.html", origin(c.r), it.id, v.number),
	}}, nil
}
