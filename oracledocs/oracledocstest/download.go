package oracledocstest

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// downloadFile streams a version of a file, for a downloader. Ranges are
// documented for version 1.2 only; version 1.1 ignores them and sends the whole
// file. Each download is noted in the file's access history.
func (s *Server) downloadFile(c *call) (*reply, error) {
	it, v, err := s.fileVersion(c, downloader)
	if err != nil {
		return nil, err
	}
	it.note(c, v, "download")
	return &reply{content: &content{
		data: v.content, contentType: v.contentType, fileName: v.name, ranges: c.version == "1.2",
	}}, nil
}

// fileVersion returns the file that the path names and the version that the
// query names, which is the latest by default.
func (s *Server) fileVersion(c *call, need role) (*item, *version, error) {
	number := c.query.number("version", 0, 1, 1<<31-1)
	if c.query.err != nil {
		return nil, nil, c.query.err
	}
	it, err := s.file(c, need)
	if err != nil {
		return nil, nil, err
	}
	v := it.version(number)
	if v == nil {
		// The file exists, so the message has to name the version instead.
		p := missing(fileKind, it.id)
		p.message = "The version " + strconv.Itoa(number) + " of " + it.guid() + " does not exist."
		return nil, nil, p
	}
	return it, v, nil
}

// write sends the content, or the part of it that a Range header asks for.
func (ct *content) write(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	data, status := ct.data, http.StatusOK
	if ct.ranges {
		h.Set("Accept-Ranges", "bytes")
		// Every answer says that ranges work, also one that sends the whole
		// content.
		first, last, ok := parseRange(r.Header.Get("Range"), len(data))
		if !ok {
			(&refusal{
				status: http.StatusRequestedRangeNotSatisfiable, code: codeGeneral,
				key: "!csInvalidRange", message: "The requested range cannot be satisfied.",
				header: http.Header{"Content-Range": {"bytes */" + strconv.Itoa(len(data))}},
			}).write(w)
			return
		}
		if last < len(data) {
			status = http.StatusPartialContent
			h.Set("Content-Range", "bytes "+strconv.Itoa(first)+"-"+strconv.Itoa(last)+"/"+strconv.Itoa(len(data)))
			data = data[first : last+1]
		}
	}
	h.Set("Content-Type", ct.contentType)
	h.Set("Content-Length", strconv.Itoa(len(data)))
	if ct.fileName != "" {
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": ct.fileName}))
	}
	w.WriteHeader(status)
	_, _ = w.Write(data)
}

// parseRange parses a Range header with one range of bytes. It returns a last
// position beyond the content to mean the whole content. That is the result for
// no header, another unit, several ranges or a malformed range, all of which
// HTTP lets a server ignore. It returns false for a range that starts behind
// the content, which is answered with 416.
func parseRange(header string, size int) (first, last int, ok bool) {
	set, isBytes := strings.CutPrefix(header, "bytes=")
	from, to, isRange := strings.Cut(strings.TrimSpace(set), "-")
	if !isBytes || !isRange || strings.Contains(set, ",") {
		return 0, size, true
	}
	first, errFirst := strconv.Atoi(from)
	last, errLast := strconv.Atoi(to)
	switch {
	case from == "" && errLast == nil && last >= 0: // the last bytes
		return max(size-last, 0), size - 1, last > 0 && size > 0
	case errFirst == nil && to == "":
		last = size - 1
	case errFirst != nil || errLast != nil || first < 0 || last < first:
		return 0, size, true
	}
	return first, min(last, size-1), first < size
}
