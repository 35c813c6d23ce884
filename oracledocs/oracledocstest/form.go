package oracledocstest

import (
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
)

// form is a multipart/form-data body, with its parts in the order of the
// request.
type form struct{ parts []*part }

// part is one part of a form.
type part struct {
	name, fileName, contentType string
	content                     []byte
}

// readForm reads a form up to its closing boundary before anything is changed,
// so that a body that is cut short leaves nothing behind. The size of the JSON
// parts is limited, that of files is not.
func (s *Server) readForm(r *http.Request) (*form, error) {
	// A chunked body has no declared length.
	if r.ContentLength < 0 && !s.allowsChunked() {
		return nil, &refusal{
			status: http.StatusLengthRequired, code: codeGeneral,
			key: "!csContentLengthRequired", message: "The request must declare its Content-Length.",
		}
	}
	mediaType, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || mediaType != "multipart/form-data" || params["boundary"] == "" {
		return nil, &refusal{
			status: http.StatusUnsupportedMediaType, code: codeGeneral,
			key: "!csUnsupportedMediaType", message: "The request body must be multipart/form-data.",
		}
	}
	f := &form{}
	reader := multipart.NewReader(r.Body, params["boundary"])
	for {
		p, err := reader.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, invalid("body", "is not a complete form")
		}
		if err := f.add(p); err != nil {
			return nil, err
		}
	}
	// What follows the closing boundary is read too: only then is it certain
	// that the body has arrived completely.
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return nil, invalid("body", "ended early")
	}
	return f, nil
}

// allowsChunked reports whether uploads without a Content-Length are accepted;
// see [Server.AllowChunked].
func (s *Server) allowsChunked() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.chunked
}

// add reads one part. The order of parts is kept, because the service requires
// the JSON part before the file. A part name that occurs twice is refused,
// since it would be unclear which of the two counts.
func (f *form) add(p *multipart.Part) error {
	name, fileName := disposition(p.Header.Get("Content-Disposition"))
	if name == "" {
		return invalid("Content-Disposition", "of a form part has no name")
	}
	one := &part{name: name, fileName: fileName, contentType: p.Header.Get("Content-Type")}
	var err error
	if f.part(one.name) != nil {
		return invalid(one.name, "is given more than once")
	}
	if one.content, err = io.ReadAll(p); err != nil {
		return invalid("body", "is not a complete form")
	}
	f.parts = append(f.parts, one)
	return nil
}

// disposition reads the names of a part and of its file. Some clients write a file
// name as it is, with quotes in it, which no parser of the header accepts: then the
// name ends at the last quote.
func disposition(header string) (name, fileName string) {
	if _, params, err := mime.ParseMediaType(header); err == nil {
		return params["name"], params["filename"]
	}
	_, after, _ := strings.Cut(header, `; name="`)
	name, _, closed := strings.Cut(after, `"`)
	_, file, found := strings.Cut(after, `; filename="`)
	end := strings.LastIndexByte(file, '"')
	if !closed || !found || end < 0 {
		return "", ""
	}
	return name, file[:end]
}

// part returns the part with the given name, or nil.
func (f *form) part(name string) *part {
	for _, p := range f.parts {
		if p.name == name {
			return p
		}
	}
	return nil
}

// only refuses parts whose names are not in the list.
func (f *form) only(names ...string) error {
	for _, p := range f.parts {
		known := false
		for _, name := range names {
			known = known || p.name == name
		}
		if !known {
			return invalid(p.name, "is not a known form part")
		}
	}
	return nil
}

// file returns the part that carries the file. Its file name is required,
// because it becomes the name of the stored file.
func (f *form) file(name string) (*part, error) {
	p := f.part(name)
	switch {
	case p == nil:
		return nil, required(name)
	case p.fileName == "":
		return nil, invalid(name, "has no filename")
	}
	p.contentType = contentTypeOf(p.fileName, p.contentType)
	return p, nil
}

// object returns a part as a JSON object. If file is not empty, the part must
// come before the part of that name: newer texts of the documentation require
// the order, and a client depends on it.
func (f *form) object(name, file string, allowed ...string) (*input, error) {
	p := f.part(name)
	if p == nil {
		return nil, required(name)
	}
	for _, other := range f.parts {
		if other == p {
			break
		}
		if other.name == file {
			return nil, invalid(name, "must come before "+file)
		}
	}
	return p.object(allowed...)
}

// object parses the JSON object in a part. Clients send such parts with and
// without a content type, so the type may be missing. If there is one it must
// be JSON or, as in other requests, text/plain.
func (p *part) object(allowed ...string) (*input, error) {
	mediaType, _, err := mime.ParseMediaType(p.contentType)
	if p.contentType != "" && (err != nil || mediaType != "application/json" && mediaType != "text/plain") {
		return nil, invalid(p.name, "must be of type application/json")
	}
	if len(p.content) > maxJSON {
		return nil, &refusal{
			status: http.StatusRequestEntityTooLarge, code: codeGeneral,
			key: "!csRequestTooLarge", message: "The form part " + p.name + " is too large.",
		}
	}
	in := parseObject(p.content, allowed...)
	return in, in.err
}
