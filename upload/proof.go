package upload

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strings"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/exchange"
	"github.com/docferry/docferry/internal/retry"
)

// What the answer to a PUT or a POST of content means, unless Accept decides. A
// status alone proves little: a captive portal or a misconfigured proxy answers
// 200 as well.
//
//	status           PUT                             POST of a form
//	200, 201, 204    stored, if there is a proof     stored, unless the body is a page or
//	                 that the storage has it         an error document
//	303              unknown: the page to look at next may be that of the stored content
//	302              not stored                      unknown, as 303
//	301, 307, 308    not stored: the request is to be repeated elsewhere, which never happens
//	other 2xx, 101   unknown: accepted for later, partial, or no answer to this request
//	4xx              not stored
//	5xx              unknown, unless the storage says in its own terms that it did nothing
//
// Proofs are an ETag, since only a storage makes one, and a checksum of the
// content. A checksum of other content is ErrIntegrity. An ETag that is not the
// MD5 of the content proves no damage on its own: directory buckets, encrypted
// objects and many stores that resemble S3 have ETags of other kinds.

// sums are the digests of what was sent.
type sums struct {
	sha256, md5 []byte
	memory      []byte // the content, if the MD5 is computed only when it is asked for
}

// md5Sum returns the MD5, or nil. Most storages answer with none to compare, and of content in
// memory it can still be computed then; see [Bytes].
func (s sums) md5Sum() []byte {
	if s.memory == nil {
		return s.md5
	}
	sum := md5.Sum(s.memory)
	return sum[:]
}

// verify checks the answer to a PUT. It returns nil if the content is stored. compare says
// that the ETag is to be the MD5.
func (p *Presigned) verify(a *exchange.Answer, sums sums, compare bool) error {
	proven, err := compareChecksums(a.Header, a.Body, sums)
	if err != nil {
		return err
	}
	if p.Accept != nil {
		return p.Accept(a.Status, a.Header, a.Body)
	}
	if !confirms(a.Status) {
		return fmt.Errorf("status %d does not confirm that the content is stored; set Presigned.Accept to read it", a.Status)
	}
	tag := a.Header.Get("Etag")
	if refused := errorDocument(a.Body); refused != nil && !proven {
		return refused
	}
	switch {
	case proven:
		return nil
	case tag == "":
		return errors.New("the answer has neither an ETag nor a checksum, so it may not come from a storage; " +
			"set Presigned.Accept to read it")
	case compare && plainETag(a.Header) && !isMD5Of(tag, sums.md5Sum()):
		return fmt.Errorf("%w: its ETag is not the MD5 of the content", ErrIntegrity)
	}
	return nil
}

// confirms reports whether a status is one that storages confirm with.
func confirms(status int) bool {
	return status == http.StatusOK || status == http.StatusCreated || status == http.StatusNoContent
}

// ambiguous reports whether a redirect may be the answer to a request that was
// carried out, rather than a request to send it elsewhere.
func ambiguous(status int) bool { return status == http.StatusFound || status == http.StatusSeeOther }

// plainETag reports whether the ETag in an answer can be an MD5. With
// encryption by keys other than the storage's own it never is.
func plainETag(h http.Header) bool {
	encryption := h.Get("X-Amz-Server-Side-Encryption")
	return (encryption == "" || encryption == "AES256") && h.Get("X-Amz-Server-Side-Encryption-Customer-Algorithm") == ""
}

// isMD5Of reports whether an ETag is the given MD5, or does not have the form of an MD5.
func isMD5Of(tag string, sum []byte) bool {
	plain := strings.Trim(strings.TrimPrefix(tag, "W/"), `"`)
	other, err := hex.DecodeString(plain)
	return err != nil || len(other) != md5.Size || bytes.Equal(other, sum)
}

// compareChecksums looks for checksums of the stored content in the header of
// an answer. It reports whether one agrees with what was sent, and returns
// ErrIntegrity if one does not.
func compareChecksums(h http.Header, body []byte, sent sums) (proven bool, err error) {
	for c := range checksums(h) {
		var want []byte
		switch c.algorithm {
		case "sha256", "sha-256":
			want = sent.sha256
		case "md5":
			want = sent.md5Sum()
		}
		got, err := base64.StdEncoding.DecodeString(c.value)
		if err != nil || want == nil || len(got) != len(want) || c.ofAnswer(got, body) {
			continue // an algorithm that is not computed here, or a checksum of other data
		}
		if !bytes.Equal(got, want) {
			return false, fmt.Errorf("%w: its %s is that of other content", ErrIntegrity, c.header)
		}
		proven = true
	}
	return proven, nil
}

// checksum is a checksum that an answer has.
type checksum struct{ header, algorithm, value string }

// ofAnswer reports whether the checksum is that of the answer's own body, as
// Content-MD5 and Digest are by their definition. Some storages nevertheless
// use them for the stored content.
func (c checksum) ofAnswer(sum, body []byte) bool {
	switch len(sum) {
	case md5.Size:
		own := md5.Sum(body)
		return bytes.Equal(sum, own[:])
	case sha256.Size:
		own := sha256.Sum256(body)
		return bytes.Equal(sum, own[:])
	}
	return false
}

// checksums yields the checksums in a header, in base64.
func checksums(h http.Header) iter.Seq[checksum] {
	return func(yield func(checksum) bool) {
		for _, c := range [...]checksum{
			{"x-amz-checksum-sha256", "sha256", h.Get("X-Amz-Checksum-Sha256")},
			{"Content-MD5", "md5", h.Get("Content-MD5")},
		} {
			if c.value != "" && !yield(c) {
				return
			}
		}
		// Lists such as "crc32c=AAAAAA==,md5=...", and with colons around the value
		// where the header is a structured field.
		for _, name := range [...]string{"X-Goog-Hash", "Digest", "Content-Digest", "Repr-Digest"} {
			for _, line := range h.Values(name) {
				for item := range strings.SplitSeq(line, ",") {
					algorithm, value, _ := strings.Cut(strings.TrimSpace(item), "=")
					if !yield(checksum{name, strings.ToLower(algorithm), strings.Trim(value, ":")}) {
						return
					}
				}
			}
		}
	}
}

// errorDocument returns the refusal in the body of an answer whose status says
// success, or nil if there is none. S3 and proxies send such answers. They do
// not prove that nothing is stored.
func errorDocument(body []byte) error {
	text := bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\ufeff")))
	if len(text) == 0 || text[0] != '<' {
		return nil
	}
	code, message := exchange.ErrorDocument(text)
	lower := bytes.ToLower(text[:min(len(text), 1024)])
	switch {
	case code != "":
	case bytes.Contains(lower, []byte("<error")):
		message = "the answer is an error document"
	case bytes.Contains(lower, []byte("<html")), bytes.Contains(lower, []byte("<!doctype html")):
		message = "the answer is an HTML page, which does not come from a storage"
	default:
		return nil
	}
	return &docferry.Error{Code: code, Message: message, Kind: docferry.ErrProtocol}
}

// verdictOn returns what an error document in a successful answer means for the
// next attempt.
func verdictOn(refused *docferry.Error) retry.Verdict {
	switch refused.Code {
	case "InternalError", "ServiceUnavailable", "SlowDown", "OperationAborted":
		return retry.Failed
	}
	return retry.Refused
}
