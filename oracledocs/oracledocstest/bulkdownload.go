package oracledocstest

import (
	"archive/zip"
	"bytes"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// bundle is the result of a bulk download.
type bundle struct {
	name string
	data []byte
	// missing has the IDs of items that were in the trash when the job ran.
	missing []string
}

// startBulkDownload starts a job that packs items of one folder into a zip
// file. Every ID must name a direct child of the folder in the path, and self
// is not allowed. The address of the job is in the Location member of the body,
// where the documentation shows it, and in the Location header too.
func (s *Server) startBulkDownload(c *call) (*reply, error) {
	ids := c.body.list("idList", 0)
	if c.body.need("idList"); c.body.err != nil {
		return nil, c.body.err
	}
	if slices.Contains(ids, "self") {
		return nil, invalid("idList", "must not contain self")
	}
	folder, err := s.folder(c, downloader)
	if err != nil {
		return nil, err
	}
	items, guids := []*item{}, []string{}
	for _, id := range ids {
		it := s.items[id]
		if it == nil || it.trashed() {
			return nil, missing(fileKind, id)
		}
		// The documentation says that every ID names a child of the folder in
		// the path.
		if it.parent != folder {
			return nil, invalid("idList", "names an item that is not in the folder: "+id)
		}
		// The answer repeats the IDs with their prefixes.
		items, guids = append(items, it), append(guids, it.guid())
	}
	j := s.startJob(c, folder, "BD-"+s.digits("job")[:32])
	j.bundle = &bundle{name: folder.name + ".zip"}
	j.work = func(time.Time) error { return j.bundle.pack(items) }
	path := "/folders/" + folder.id + "/_download/" + j.id
	return &reply{location: path, body: object{
		"Location": c.url(path), "id": folder.guid(), "parentID": folder.id, "type": folderKind,
		"idList": strings.Join(guids, ","),
	}}, nil
}

// pack writes the zip file. Items that were moved to the trash after the job
// was started are left out and reported as missing.
func (b *bundle) pack(items []*item) error {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, it := range items {
		if it.trashed() {
			b.missing = append(b.missing, it.id)
			continue
		}
		if err := packItem(z, "", it); err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return err
	}
	b.data = out.Bytes()
	return nil
}

// packItem writes a file, or a folder with everything in it, to the zip file.
// Files are packed in their latest version. A folder has an entry of its own,
// so that an empty folder is in the zip file too.
func packItem(z *zip.Writer, dir string, it *item) error {
	header := &zip.FileHeader{Name: dir + it.name, Method: zip.Deflate, Modified: it.modified}
	if it.kind == folderKind {
		header.Name += "/"
	}
	w, err := z.CreateHeader(header)
	if err != nil {
		return err
	}
	if it.kind == fileKind {
		_, err = w.Write(it.latest().content)
		return err
	}
	for _, child := range it.list() {
		if err := packItem(z, header.Name, child); err != nil {
			return err
		}
	}
	return nil
}

// getBulkDownloadStatus reports how far a job is. Once the job has succeeded,
// the link with the relation enclosure has the address of the zip file.
func (s *Server) getBulkDownloadStatus(c *call) (*reply, error) {
	folder, err := s.folder(c, downloader)
	if err != nil {
		return nil, err
	}
	j, err := s.jobOf(c, folder)
	if err != nil {
		return nil, err
	}
	body := j.status(c.now)
	if j.done && j.failed == "" {
		body["details"] = object{"filename": j.bundle.name, "filesize": strconv.Itoa(len(j.bundle.data))}
		body["links"] = []object{{
			"href": c.url("/folders/" + folder.id + "/_download/" + j.id + "/package"),
			"rel":  "enclosure", "method": "GET", "mediaType": "application/zip",
		}}
		items := []object{}
		// Missing items do not fail the job; the answer lists them.
		for _, id := range j.bundle.missing {
			items = append(items, object{"id": id, "error": "Item not available"})
		}
		if len(items) > 0 {
			body["items"] = items
		}
	}
	return &reply{body: body}, nil
}

// downloadBulkPackage streams the zip file of a finished job, of which a range
// may be requested too. Until the job has succeeded the answer is 404.
func (s *Server) downloadBulkPackage(c *call) (*reply, error) {
	folder, err := s.folder(c, downloader)
	if err != nil {
		return nil, err
	}
	j, err := s.jobOf(c, folder)
	if err != nil {
		return nil, err
	}
	if !j.done || j.failed != "" {
		return nil, &refusal{
			status: http.StatusNotFound, code: codeMissing, item: folder,
			key: "!csBulkdownloadPackageNotAvailable," + j.id, message: "The package of the job is not available.",
		}
	}
	return &reply{content: &content{j.bundle.data, "application/zip", j.bundle.name, true}}, nil
}

// abortBulkDownload stops a job that is still running. As documented, a job of
// another user is answered like one that does not exist.
func (s *Server) abortBulkDownload(c *call) (*reply, error) {
	return s.abort(c, folderKind, c.path["folderId"], "!csBulkdownloadUnableToAbortJob")
}
