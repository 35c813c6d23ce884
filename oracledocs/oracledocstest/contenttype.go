package oracledocstest

import (
	"mime"
	"path"
	"strings"
)

// octetStream is the content type of files whose extension is unknown.
const octetStream = "application/octet-stream"

// contentTypes has the content types of common extensions. The tables of
// package mime are not used, because they differ between the machines that
// tests run on.
var contentTypes = map[string]string{
	".csv":  "text/csv",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".gif":  "image/gif",
	".htm":  "text/html",
	".html": "text/html",
	".jpeg": "image/jpeg",
	".jpg":  "image/jpeg",
	".json": "application/json",
	".md":   "text/markdown",
	".mp4":  "video/mp4",
	".pdf":  "application/pdf",
	".png":  "image/png",
	".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	".tif":  "image/tiff",
	".tiff": "image/tiff",
	".txt":  "text/plain",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".xml":  "application/xml",
	".zip":  "application/zip",
}

// contentTypeOf returns the content type of a file: the declared one without
// its parameters or, if none was declared, the one that belongs to the
// extension.
func contentTypeOf(name, declared string) string {
	if mediaType, _, err := mime.ParseMediaType(declared); err == nil {
		return mediaType
	}
	if known := contentTypes[strings.ToLower(path.Ext(name))]; known != "" {
		return known
	}
	return octetStream
}
