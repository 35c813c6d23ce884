package oracledocstest

import (
	"mime"
	"path"
	"strings"
)

const octetStream = "application/octet-stream"

// contentTypes are those of common extensions. The tables of the machine that
// a test runs on are left alone: they differ.
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

// contentTypeOf is the content type of a file: the one that was declared,
// without its parameters, or else the one that belongs to the extension.
func contentTypeOf(name, declared string) string {
	if mediaType, _, err := mime.ParseMediaType(declared); err == nil {
		return mediaType
	}
	if known := contentTypes[strings.ToLower(path.Ext(name))]; known != "" {
		return known
	}
	return octetStream
}
