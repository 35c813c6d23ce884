package main

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// server stands in for S3. It takes PUTs to presigned URLs, works out their
// signatures by hand, and keeps the content by path.
type server struct {
	keyID, secret, token string
	expect               string // a secret to check with instead
	objects              map[string][]byte
}

func newServer() *server {
	return &server{keyID: "AKIAEXAMPLE", secret: "secret/example", objects: map[string][]byte{}}
}

func (s *server) keys() []string { return slices.Sorted(maps.Keys(s.objects)) }

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if code := s.refuse(r); code != "" {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprintf(w, "<Error><Code>%s</Code><Message>no</Message></Error>", code)
		return
	}
	content, err := io.ReadAll(r.Body)
	if err != nil || len(r.TransferEncoding) > 0 {
		w.WriteHeader(http.StatusNotImplemented)
		return
	}
	s.objects[r.URL.Path] = content
	w.Header().Set("ETag", etag(content))
}

// refuse returns the code of an error of S3, or "".
func (s *server) refuse(r *http.Request) string {
	query := r.URL.Query()
	at, err := time.Parse("20060102T150405Z", query.Get("X-Amz-Date"))
	seconds, atoiErr := strconv.Atoi(query.Get("X-Amz-Expires"))
	switch {
	case r.Method != http.MethodPut || err != nil || atoiErr != nil || r.Header.Get("Authorization") != "":
		return "InvalidRequest"
	case time.Since(at).Abs() > time.Duration(seconds)*time.Second:
		return "ExpiredRequest"
	case !strings.HasPrefix(query.Get("X-Amz-Credential"), s.keyID+"/"):
		return "InvalidAccessKeyId"
	case query.Get("X-Amz-Security-Token") != s.token:
		return "InvalidToken"
	case query.Get("X-Amz-Signature") != s.signature(r):
		return "SignatureDoesNotMatch"
	}
	return ""
}

// signature works out what the X-Amz-Signature of a request has to be.
func (s *server) signature(r *http.Request) string {
	query := r.URL.Query()
	query.Del("X-Amz-Signature")
	// The path is decoded and escaped anew, once, whatever way it came in.
	path := strings.NewReplacer("+", "%20", "%2F", "/").Replace(url.QueryEscape(r.URL.Path))
	lines := []string{r.Method, path, strings.ReplaceAll(query.Encode(), "+", "%20")}
	for name := range strings.SplitSeq(query.Get("X-Amz-SignedHeaders"), ";") {
		value := r.Header.Get(name)
		switch name {
		case "host":
			value = r.Host
		case "content-length":
			value = strconv.FormatInt(r.ContentLength, 10)
		}
		lines = append(lines, name+":"+value)
	}
	lines = append(lines, "", query.Get("X-Amz-SignedHeaders"), "UNSIGNED-PAYLOAD")
	digest := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	_, scope, _ := strings.Cut(query.Get("X-Amz-Credential"), "/")
	toSign := strings.Join([]string{"AWS4-HMAC-SHA256", query.Get("X-Amz-Date"), scope,
		hex.EncodeToString(digest[:])}, "\n")
	key := []byte("AWS4" + cmp.Or(s.expect, s.secret))
	for _, part := range append(strings.Split(scope, "/"), toSign) {
		m := hmac.New(sha256.New, key)
		m.Write([]byte(part))
		key = m.Sum(nil)
	}
	return hex.EncodeToString(key)
}
