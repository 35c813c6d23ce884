package storagehost

import (
	"bytes"
	"crypto/md5"
	"crypto/rand"
	"encoding/hex"
	"encoding/xml"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/docferry/docferry/internal/emulate"
)

// The operations of a Host, as its Desk records them.
const (
	putObject = "PutObject"
	getObject = "GetObject"
)

// Operations returns the names of the operations of a [Host].
func Operations() []string { return []string{putObject, getObject} }

// Host stores objects in memory. It is safe for concurrent use.
type Host struct {
	desk *emulate.Desk
	now  func() time.Time
	// secret is the key of all signatures. It is random, so URLs of one Host
	// are not valid at another.
	secret string

	mu      sync.Mutex
	objects map[string]Object
}

// Object is what is stored under a key.
type Object struct {
	Content []byte
	// Type is the Content-Type of the PUT.
	Type string
	// ETag is quoted, as in the header.
	ETag string
	// Modified is the time of the last PUT.
	Modified time.Time
}

// New returns an empty Host. It reports its calls to desk, as PutObject and
// GetObject, and reads the time from now.
func New(desk *emulate.Desk, now func() time.Time) *Host {
	return &Host{desk: desk, now: now, secret: rand.Text(), objects: make(map[string]Object)}
}

// PresignPut returns a URL to which an object can be PUT. base is a scheme and
// host, as in "http://127.0.0.1:8080". The request must send every header given
// here, with the same value, and no other header that starts with x-amz-.
// Include Content-Length to fix the size.
func (h *Host) PresignPut(base, key string, header map[string]string, ttl time.Duration) string {
	return h.presign(http.MethodPut, base, key, header, ttl)
}

// PresignGet returns a URL from which an object can be read with GET. The
// object need not exist yet.
func (h *Host) PresignGet(base, key string, ttl time.Duration) string {
	return h.presign(http.MethodGet, base, key, nil, ttl)
}

// Object returns the object under a key. The caller must not change its
// content.
func (h *Host) Object(key string) (Object, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	o, ok := h.objects[key]
	return o, ok
}

// Put stores an object without a request, for seeding, and replaces the one
// that is there. content is kept, not copied.
func (h *Host) Put(key, contentType string, content []byte) {
	sum := md5.Sum(content)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.objects[key] = Object{Content: content, Type: contentType, ETag: `"` + hex.EncodeToString(sum[:]) + `"`,
		Modified: h.now()}
}

// Delete removes an object if it exists.
func (h *Host) Delete(key string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.objects, key)
}

// ServeHTTP serves the paths that begin with [Prefix]. The signature covers the
// method, so a method other than GET and PUT is refused like a bad signature.
func (h *Host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	operation, handle := getObject, h.get
	if r.Method == http.MethodPut {
		operation, handle = putObject, h.put
	}
	h.desk.Serve(operation, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if no := h.verify(r); no != nil {
			no.write(w)
			return
		}
		handle(w, r, strings.TrimPrefix(r.URL.Path, Prefix))
	}), w, r)
}

// put stores the body of a request. Like S3, it requires a Content-Length and
// refuses a chunked body. The object is stored only after the whole body has
// arrived.
func (h *Host) put(w http.ResponseWriter, r *http.Request, key string) {
	switch {
	case len(r.TransferEncoding) > 0:
		(&refusal{http.StatusNotImplemented, "NotImplemented",
			"A header you provided implies functionality that is not implemented: Transfer-Encoding"}).write(w)
		return
	case r.ContentLength < 0:
		(&refusal{http.StatusLengthRequired, "MissingContentLength",
			"You must provide the Content-Length HTTP header."}).write(w)
		return
	}
	// A body that was cut short stores nothing: the object stays as it was.
	content, err := io.ReadAll(r.Body)
	if err != nil || int64(len(content)) != r.ContentLength {
		(&refusal{http.StatusBadRequest, "IncompleteBody",
			"You did not provide the number of bytes specified by the Content-Length HTTP header."}).write(w)
		return
	}
	h.Put(key, r.Header.Get("Content-Type"), content)
	o, _ := h.Object(key)
	w.Header().Set("ETag", o.ETag)
	w.WriteHeader(http.StatusOK)
}

// get sends an object. Ranges and conditional requests work as in
// [http.ServeContent].
func (h *Host) get(w http.ResponseWriter, r *http.Request, key string) {
	o, ok := h.Object(key)
	if !ok {
		(&refusal{http.StatusNotFound, "NoSuchKey", "The specified key does not exist."}).write(w)
		return
	}
	w.Header().Set("ETag", o.ETag)
	if o.Type != "" {
		w.Header().Set("Content-Type", o.Type)
	}
	http.ServeContent(w, r, "", o.Modified, bytes.NewReader(o.Content))
}

// write sends the refusal as an XML document, in the form of S3's errors.
func (no *refusal) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(no.status)
	body, _ := xml.Marshal(struct {
		XMLName   xml.Name `xml:"Error"`
		Code      string
		Message   string
		RequestID string `xml:"RequestId"`
	}{Code: no.code, Message: no.message, RequestID: rand.Text()})
	_, _ = w.Write(append([]byte(xml.Header), body...))
}
