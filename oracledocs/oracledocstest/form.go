package oracledocstest

import (
	"io"
	"mime"
	"mime/multipart"
	"net/http"
)

// form is a multipart/form-data body.
type form struct{ parts []*part }

// part is one part of a form.
type part struct {
	name, fileName, contentType string
	content                     []byte
}

// readForm reads a form to its very end, so that a body which was cut short
// leaves nothing behind. The JSON parts are limited in size, files are not.
func (s *Server) readForm(r *http.Request) (*form, error) {
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
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return nil, invalid("body", "ended early")
	}
	return f, nil
}

func (s *Server) allowsChunked() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.chunked
}

// add reads a part. Its order is kept, because the service requires one.
func (f *form) add(p *multipart.Part) error {
	_, params, err := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
	if err != nil || params["name"] == "" {
		return invalid("Content-Disposition", "of a form part has no name")
	}
	one := &part{name: params["name"], fileName: params["filename"], contentType: p.Header.Get("Content-Type")}
	if f.part(one.name) != nil {
		return invalid(one.name, "is given twice")
	}
	if one.content, err = io.ReadAll(p); err != nil {
		return invalid("body", "is not a complete form")
	}
	f.parts = append(f.parts, one)
	return nil
}

// part returns the part with a name, or nil.
func (f *form) part(name string) *part {
	for _, p := range f.parts {
		if p.name == name {
			return p
		}
	}
	return nil
}

// only refuses parts other than the named ones.
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

// file returns the part that carries the file; it must have a file name.
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

// object reads a part as a JSON object, which stands before the file where
// there is an order to keep. The part's content type, if any, must be JSON.
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

// object reads the JSON object in a part.
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
