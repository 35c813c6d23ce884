package journal

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"time"

	"github.com/docferry/docferry/upload"
)

// State says how far an upload has come.
type State string

// The states of an upload.
const (
	// Begun means that the upload may have done anything, since its end is not known.
	Begun State = "begun"
	// Stored means that the content is stored as ID and Version.
	Stored State = "stored"
	// Failed means that nothing is stored, and that what remains is in Left.
	Failed State = "failed"
	// Unknown means that the content may be stored: the service did not say.
	Unknown State = "unknown"
)

// Record is what is known of the upload of one file.
type Record struct {
	Path  string `json:"path"` // in the source; required
	State State  `json:"state"`
	// Time is when the record was written; Append sets it.
	Time time.Time `json:"time"`

	// Size and ModTime are those of the source. They tell whether it has changed since.
	Size    int64     `json:"size"`
	ModTime time.Time `json:"modTime,omitzero"`
	// SHA256 is the digest of the content that is stored, in hexadecimal.
	SHA256 string `json:"sha256,omitzero"`

	// Folder, Document and Name say where the upload leads: the ID of a folder, that
	// of a document that gets a new version, if it is not a new document, and the name.
	Folder   string `json:"folder,omitzero"`
	Document string `json:"document,omitzero"`
	Name     string `json:"name,omitzero"`
	// Claim proves that what an upload has left unfinished belongs to it.
	Claim upload.Claim `json:"claim,omitzero"`

	// ID and Version are what is stored.
	ID      string `json:"id,omitzero"`
	Version string `json:"version,omitzero"`
	// Left is what the upload has left at the service, or may have.
	Left []upload.Ref `json:"left,omitzero"`
}

// formatVersion is the version of the format that this package writes, and the latest
// that it reads.
const formatVersion = 1

// header is the first line.
type header struct {
	Journal int    `json:"docferryJournal"` // the version of the format
	Run     string `json:"run"`
}

// settled reports whether nothing more is to be done about an upload.
func (r *Record) settled() bool {
	return (r.State == Stored || r.State == Failed) && len(r.Left) == 0
}

var table = crc32.MakeTable(crc32.Castagnoli)

// sumLength is the length of a checksum and the space after it.
const sumLength = 9

// encode returns the line of a value.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	b.Write(make([]byte, sumLength))
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil { // it ends the line as well
		return nil, err
	}
	line := b.Bytes()
	copy(line, fmt.Appendf(nil, "%08x ", crc32.Checksum(line[sumLength:len(line)-1], table)))
	return line, nil
}

// decode reads a line, without its end, into v.
func decode(line []byte, v any) error {
	var sum [4]byte
	if len(line) < sumLength || line[sumLength-1] != ' ' {
		return errors.New("it has no checksum")
	}
	if _, err := hex.Decode(sum[:], line[:sumLength-1]); err != nil {
		return errors.New("it has no checksum")
	}
	line = line[sumLength:]
	if got := crc32.Checksum(line, table); got != uint32(sum[0])<<24|uint32(sum[1])<<16|uint32(sum[2])<<8|uint32(sum[3]) {
		return errors.New("its checksum is that of another text")
	}
	return json.Unmarshal(line, v)
}

// check refuses a record that could not be read back.
func (r *Record) check() error {
	switch {
	case r.Path == "":
		return errors.New("the record has no path")
	case r.State != Begun && r.State != Stored && r.State != Failed && r.State != Unknown:
		return fmt.Errorf("the record has the state %q, which does not exist", r.State)
	}
	return nil
}
