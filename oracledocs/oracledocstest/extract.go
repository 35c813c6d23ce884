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

// maxExtracted bounds the total size of the files that one extraction creates,
// in bytes, so that a small archive cannot exhaust the memory of the test.
const maxExtracted = 256 << 20

// extraction is the work of unpacking a zip file, and its result. The counters
// and lists become the members of the job's status.
type extraction struct {
	s          *Server
	folder     *item
	by         *user
	resolution string
	// left is how many bytes may still be extracted.
	left int64

	// Every file counts as processed, and then as created, versioned, skipped
	// or ignored. A file that got a numbered name counts as renamed and as
	// created.
	processed, created, versioned, renamed int
	skipped, ignored                       []string
}

// extractZip starts a job that unpacks a zip file into a folder, by default the
// one that the zip file is in. The job unpacks the version that is the latest
// now, even if the file changes before the job runs.
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
	// The job works on this version even if the file gets another one
	// meanwhile.
	archive := it.latest().content
	j.work = func(now time.Time) error { return j.extraction.run(archive, now) }
	location := "/files/" + it.id + "/_extract/" + j.id
	return &reply{location: location, body: object{
		// The recorded example has no scheme here.
		"Location": c.r.Host + apiRoot + "/" + c.version + location,
		"jobId":    j.id, "id": it.id, "destinationID": c.folderID(folder), "type": fileKind,
	}}, nil
}

// run unpacks the entries one after the other. Entries whose names no item
// could have are ignored and reported; among them are names that climb out of
// the destination. An error ends the job as failed, and what was unpacked until
// then stays.
func (x *extraction) run(archive []byte, now time.Time) error {
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return errors.New("the file is not a zip archive")
	}
	// The destination may have gone to the trash while the job was pending.
	if x.folder.trashed() {
		return errors.New("the destination does not exist")
	}
	for _, f := range z.File {
		// A name that ends in a slash is the entry of a folder.
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

// descend returns the folder with a path below the destination and creates the
// folders that do not exist. It returns nil, and creates nothing, if a name in
// the path is not allowed.
func (x *extraction) descend(dir string, now time.Time) *item {
	names := strings.Split(x.s.spelled(dir), "/")
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

// unpack stores one file of the archive, and creates the folders above it that
// do not exist. It reads no more than the remaining size limit, whatever size
// the archive declares.
func (x *extraction) unpack(f *zip.File, now time.Time) error {
	dir, name := path.Split(x.s.spelled(f.Name))
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
	// One byte more than allowed tells a file that is too large from one that
	// fits.
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

// store stores a file as a new file or, if the request says so, as the next
// version of an existing one. The default for a taken name is a numbered name.
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

// getExtractionStatus reports on an extraction. The lists of ignored and
// skipped items can be left out by the query; the form of their elements is
// inferred.
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

// message describes the progress of a job in words.
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

// namedObjects returns one object with a name member for each name.
func namedObjects(names []string) []object {
	all := []object{}
	for _, name := range names {
		all = append(all, object{"name": name})
	}
	return all
}

// abortExtraction stops an extraction that is still running. As documented, a
// job of another user is answered like one that does not exist.
func (s *Server) abortExtraction(c *call) (*reply, error) {
	return s.abort(c, fileKind, c.path["fileId"], "!csExtractionUnableToAbortJob")
}
