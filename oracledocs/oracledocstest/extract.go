package oracledocstest

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxExtracted bounds the bytes that one extraction may bring forth.
const maxExtracted = 256 << 20

// extraction is the work of unpacking a zip file and its outcome.
type extraction struct {
	s          *Server
	folder     *item
	by         *user
	resolution string
	left       int64 // bytes that may still come

	processed, created, versioned, renamed int
	skipped, ignored                       []string
}

// extractZip starts to unpack a zip file.
func (s *Server) extractZip(c *call) (*reply, error) {
	destinationID := c.body.text("destinationID", 0)
	resolution := c.body.choice("duplicateResolution", "ResolveDuplicates",
		"ResolveDuplicates", "ReviseDuplicates", "SkipDuplicates")
	if c.body.err != nil {
		return nil, c.body.err
	}
	it, err := s.file(c, downloader)
	if err != nil {
		return nil, err
	}
	if destinationID == "" {
		destinationID = it.parent.id
	}
	folder, err := s.find(c, folderKind, destinationID, contributor)
	if err != nil {
		return nil, err
	}
	j := s.startJob(c, it, "ZX-"+s.digits("job")[:32])
	j.extraction = &extraction{s: s, folder: folder, by: c.user, resolution: resolution, left: maxExtracted}
	archive := it.latest().content
	j.work = func(now time.Time) error { return j.extraction.run(archive, now) }
	location := "/files/" + it.id + "/_extract/" + j.id
	return &reply{location: location, body: object{
		// The recorded example has no scheme here.
		"Location": c.r.Host + apiRoot + "/" + c.version + location,
		"jobId":    j.id, "id": it.id, "destinationID": c.folderID(folder), "type": fileKind,
	}}, nil
}

// run unpacks the entries one by one. Names that no item could have are
// ignored, and so is what a full archive can't be trusted with.
func (x *extraction) run(archive []byte, now time.Time) error {
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return errors.New("the file is no zip archive")
	}
	if x.folder.trashed() {
		return errors.New("the destination does not exist")
	}
	for _, f := range z.File {
		if before, ok := strings.CutSuffix(f.Name, "/"); ok {
			if x.descend(before, now) == nil {
				x.ignored = append(x.ignored, f.Name)
			}
			continue
		}
		x.processed++
		if err := x.unpack(f, now); err != nil {
			return err
		}
	}
	return nil
}

// descend finds or makes the folder of a path, nil when its name won't do.
func (x *extraction) descend(dir string, now time.Time) *item {
	names := strings.Split(dir, "/")
	if slices.ContainsFunc(names, func(name string) bool { return checkFolderName(name) != nil }) {
		return nil
	}
	at := x.folder
	for _, name := range names {
		next := at.child(folderKind, name)
		if next == nil {
			next = x.s.newItem(folderKind, at, at.owner, x.by, name, now)
			x.s.items[next.id] = next
			attach(next, at)
		}
		at = next
	}
	return at
}

// unpack stores one entry of the zip file, and the folders above it that do not exist.
func (x *extraction) unpack(f *zip.File, now time.Time) error {
	dir, name := path.Split(f.Name)
	folder := x.folder
	if dir != "" {
		folder = x.descend(strings.TrimSuffix(dir, "/"), now)
	}
	if folder == nil || checkFileName("name", name) != nil {
		x.ignored = append(x.ignored, f.Name)
		return nil
	}
	existing := folder.child(fileKind, name)
	if existing != nil && x.resolution == "SkipDuplicates" {
		x.skipped = append(x.skipped, f.Name)
		return nil
	}
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, x.left+1))
	if err != nil {
		return err
	}
	if x.left -= int64(len(data)); x.left < 0 {
		return errors.New("the archive is too large")
	}
	x.store(folder, existing, name, data, now)
	return nil
}

// store stores an entry as a new file or as the next version of an existing one.
func (x *extraction) store(folder, existing *item, name string, data []byte, now time.Time) {
	contentType := contentTypeOf(name, "")
	if existing != nil && x.resolution == "ReviseDuplicates" {
		x.versioned++
		x.s.addVersion(existing, data, contentType, x.by, now)
		return
	}
	if existing != nil {
		x.renamed++
		name = numbered(folder, fileKind, name)
	}
	x.created++
	it := x.s.newItem(fileKind, folder, folder.owner, x.by, name, now)
	x.s.items[it.id] = it
	attach(it, folder)
	x.s.addVersion(it, data, contentType, x.by, now)
}

// getExtractionStatus reports on an extraction. What an entry of the lists of
// left-out items looks like is inferred.
func (s *Server) getExtractionStatus(c *call) (*reply, error) {
	withIgnored := c.query.flag("includeIgnoredItemDetails", true)
	withSkipped := c.query.flag("includeSkippedItemDetails", true)
	if c.query.err != nil {
		return nil, c.query.err
	}
	it, err := s.file(c, viewer)
	if err != nil {
		return nil, err
	}
	j, err := s.jobOf(c, it)
	if err != nil {
		return nil, err
	}
	body, x := j.status(c.now), j.extraction
	body["message"] = j.message()
	for name, n := range map[string]int{
		"filesProcessed": x.processed, "filesCreated": x.created, "filesVersioned": x.versioned, "filesOverwritten": 0,
		"filesNameAdjusted": x.renamed, "filesSkipped": len(x.skipped), "filesIgnored": len(x.ignored),
	} {
		body[name] = strconv.Itoa(n)
	}
	if list := namedObjects(x.ignored); withIgnored && len(list) > 0 {
		body["ignoredItems"] = list
	}
	if list := namedObjects(x.skipped); withSkipped && len(list) > 0 {
		body["skippedItems"] = list
	}
	return &reply{body: body}, nil
}

// message returns the text about the progress of a job.
func (j *job) message() string {
	switch {
	case j.aborted:
		return "Zip processing aborted"
	case j.failed != "":
		return "Zip processing failed: " + j.failed
	case j.done:
		return "Zip processing completed"
	}
	return "Zip processing in progress"
}

// namedObjects returns an object with a name for each name.
func namedObjects(names []string) []object {
	all := []object{}
	for _, name := range names {
		all = append(all, object{"name": name})
	}
	return all
}

func (s *Server) abortExtraction(c *call) (*reply, error) {
	return s.abort(c, fileKind, c.path["fileId"], "!csExtractionUnableToAbortJob")
}
