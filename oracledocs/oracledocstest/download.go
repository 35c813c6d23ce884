package oracledocstest

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// downloadFile streams a version of a file. Ranges belong to version 1.2; 1.1
// sends the whole file, whatever the request says.
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

// fileVersion finds the file of the path in the version of the query.
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
		p := missing(fileKind, it.id)
		p.message = "The version " + strconv.Itoa(number) + " of " + it.guid() + " does not exist."
		return nil, nil, p
	}
	return it, v, nil
}

// write sends the content, or the part of it that a Range asks for.
func (ct *content) write(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	data, status := ct.data, http.StatusOK
	if ct.ranges {
		h.Set("Accept-Ranges", "bytes")
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

// parseRange reads a Range header with one range of bytes. A last beyond the
// content means all of it: no range, another unit, several ranges or a range
// that makes no sense, all of which may be ignored.
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
