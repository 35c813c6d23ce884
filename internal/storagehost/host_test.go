package storagehost

import (
	"bufio"
	"crypto/md5"
	"encoding/hex"
	"encoding/xml"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/docferry/docferry/internal/emulate"
	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// world is a host on loopback whose clock the test sets.
type world struct {
	*Host
	desk    emulate.Desk
	now     time.Time
	address string // "host:port"
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{now: noon}
	w.Host = New(&w.desk, func() time.Time { return w.now })
	srv := httptest.NewServer(w)
	t.Cleanup(srv.Close)
	w.address = strings.TrimPrefix(srv.URL, "http://")
	return w
}

func (w *world) put(header map[string]string) *url.URL {
	u, _ := url.Parse(w.PresignPut("http://"+w.address, "a b/é", header, time.Minute))
	return u
}

// raw sends a request exactly as it is written, and returns status and body.
func (w *world) raw(t *testing.T, method string, u *url.URL, body string, header ...string) (int, string) {
	t.Helper()
	c, err := net.Dial("tcp", w.address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	text := method + " " + u.RequestURI() + " HTTP/1.1\r\nHost: " + u.Host + "\r\nConnection: close\r\n" +
		strings.Join(append(header, ""), "\r\n") + "\r\n" + body
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	_ = c.(*net.TCPConn).CloseWrite()
	resp, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: method})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(answer)
}

func code(t *testing.T, body string) string {
	t.Helper()
	var e struct {
		XMLName   xml.Name `xml:"Error"`
		Code      string
		Message   string
		RequestID string `xml:"RequestId"`
	}
	if err := xml.Unmarshal([]byte(body), &e); err != nil || e.Message == "" || e.RequestID == "" {
		t.Errorf("%v in %q", err, body)
	}
	return e.Code
}

func TestPutStores(t *testing.T) {
	w := newWorld(t)
	header := map[string]string{"Content-Type": "text/x", "x-amz-meta-a": "b  c", "Content-Length": "5"}
	u := w.put(header)
	status, body := w.raw(t, "PUT", u, "01234", "content-type: text/x", "X-AMZ-META-A:  b c ", "Content-Length: 5",
		"User-Agent: x", "Via: 1.1 proxy")
	if status != 200 || body != "" {
		t.Fatalf("%d %s", status, body)
	}
	sum := md5.Sum([]byte("01234"))
	want := Object{Content: []byte("01234"), Type: "text/x", ETag: `"` + hex.EncodeToString(sum[:]) + `"`, Modified: noon}
	got, ok := w.Object("a b/é")
	if diff := cmp.Diff(want, got); !ok || diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"PutObject"}, w.desk.Calls()); diff != "" {
		t.Error(diff)
	}
	if status, _ := w.raw(t, "PUT", w.put(nil), "", "Content-Length: 0"); status != 200 {
		t.Errorf("empty: %d", status)
	}
	if got, ok := w.Object("a b/é"); !ok || len(got.Content) != 0 {
		t.Errorf("empty: %+v", got)
	}
	w.Delete("a b/é")
	if _, ok := w.Object("a b/é"); ok {
		t.Error("still there")
	}
}

func TestPutRefuses(t *testing.T) {
	w := newWorld(t)
	signed := map[string]string{"Content-Type": "text/x", "Content-Length": "5"}
	good := []string{"Content-Type: text/x", "Content-Length: 5"}
	tamper := func(change func(u *url.URL)) *url.URL {
		u := w.put(signed)
		change(u)
		return u
	}
	query := func(name, value string) *url.URL {
		return tamper(func(u *url.URL) {
			q := u.Query()
			q.Set(name, value)
			u.RawQuery = q.Encode()
		})
	}
	for name, tt := range map[string]struct {
		method string
		u      *url.URL
		header []string
		status int
		code   string
	}{
		"other method": {"POST", w.put(signed), good, 403, "SignatureDoesNotMatch"},
		"other path": {"PUT", tamper(func(u *url.URL) { u.Path, u.RawPath = Prefix+"other", "" }), good, 403,
			"SignatureDoesNotMatch"},
		"path unescaped": {"PUT", tamper(func(u *url.URL) { u.RawPath = Prefix + "a%20b%2f%C3%A9" }), good, 403,
			"SignatureDoesNotMatch"},
		"other host": {"PUT", tamper(func(u *url.URL) { u.Host = "localhost:1" }), good, 403,
			"SignatureDoesNotMatch"},
		"no signature":       {"PUT", query("X-Amz-Signature", ""), good, 403, "SignatureDoesNotMatch"},
		"other signature":    {"PUT", query("X-Amz-Signature", strings.Repeat("0", 64)), good, 403, "SignatureDoesNotMatch"},
		"longer life":        {"PUT", query("X-Amz-Expires", "86400"), good, 403, "SignatureDoesNotMatch"},
		"other date":         {"PUT", query("X-Amz-Date", "20260304T120001Z"), good, 403, "SignatureDoesNotMatch"},
		"fewer headers":      {"PUT", query("X-Amz-SignedHeaders", "host"), good, 403, "SignatureDoesNotMatch"},
		"other token":        {"PUT", query("X-Amz-Security-Token", "x"), good, 403, "SignatureDoesNotMatch"},
		"one more parameter": {"PUT", tamper(func(u *url.URL) { u.RawQuery += "&x=y" }), good, 403, "SignatureDoesNotMatch"},
		"bad parameter":      {"PUT", tamper(func(u *url.URL) { u.RawQuery += "&x;y=1" }), good, 400, "InvalidURI"},
		"bad escape":         {"PUT", tamper(func(u *url.URL) { u.RawQuery += "&x=%zz" }), good, 400, "InvalidURI"},
		"no query":           {"PUT", tamper(func(u *url.URL) { u.RawQuery = "" }), good, 403, "AccessDenied"},
		"other algorithm":    {"PUT", query("X-Amz-Algorithm", "AWS4-ECDSA"), good, 403, "AccessDenied"},
		"bad date":           {"PUT", query("X-Amz-Date", "today"), good, 403, "AccessDenied"},
		"other type": {"PUT", w.put(signed), []string{"Content-Type: text/y", "Content-Length: 5"}, 403,
			"SignatureDoesNotMatch"},
		"no type":    {"PUT", w.put(signed), []string{"Content-Length: 5"}, 403, "SignatureDoesNotMatch"},
		"type twice": {"PUT", w.put(signed), append(good, "Content-Type: text/x"), 403, "SignatureDoesNotMatch"},
		"other length": {"PUT", w.put(signed), []string{"Content-Type: text/x", "Content-Length: 4"}, 403,
			"SignatureDoesNotMatch"},
		"header not signed": {"PUT", w.put(signed), append(good, "X-Amz-Acl: public-read"), 403, "AccessDenied"},
		"credentials":       {"PUT", w.put(signed), append(good, "Authorization: Bearer x"), 400, "InvalidArgument"},
		"user's token":      {"PUT", w.put(signed), append(good, "Authentication: x"), 400, "InvalidArgument"},
		"connection token":  {"PUT", w.put(signed), append(good, "X-Amz-Bearer: x"), 400, "InvalidArgument"},
		"session token":     {"PUT", w.put(signed), append(good, "X-Amz-Security-Token: x"), 400, "InvalidArgument"},
		"cookie":            {"PUT", w.put(signed), append(good, "Cookie: a=b"), 400, "InvalidArgument"},
		"in chunks":         {"PUT", w.put(nil), []string{"Transfer-Encoding: chunked"}, 501, "NotImplemented"},
		"fewer bytes":       {"PUT", w.put(nil), []string{"Content-Length: 9"}, 400, "IncompleteBody"},
	} {
		body := "01234"
		if name == "in chunks" {
			body = "5\r\n01234\r\n0\r\n\r\n"
		}
		status, answer := w.raw(t, tt.method, tt.u, body, tt.header...)
		if got := code(t, answer); status != tt.status || got != tt.code {
			t.Errorf("%s: %d %s, want %d %s", name, status, got, tt.status, tt.code)
		}
	}
	if len(w.objects) != 0 {
		t.Errorf("stored: %v", w.objects)
	}
}

// A browser adds headers of its own to what a page sends, and S3 minds none of
// them. It keeps a type that was not signed.
func TestUnsignedHeaders(t *testing.T) {
	w := newWorld(t)
	browser := []string{"Origin: http://page.test", "Referer: http://page.test/chat", "Accept-Language: de",
		"Sec-Fetch-Mode: cors", "Sec-Fetch-Site: cross-site", `Sec-CH-UA: "Chromium"`, "Priority: u=1, i", "DNT: 1",
		"Cookie: of=another-port"}
	header := append([]string{"Content-Length: 5", "Content-Type: text/y", "Cache-Control: no-cache"}, browser...)
	if status, body := w.raw(t, "PUT", w.put(nil), "01234", header...); status != 200 {
		t.Fatalf("PUT: %d %s", status, body)
	}
	if o, _ := w.Object("a b/é"); string(o.Content) != "01234" || o.Type != "text/y" {
		t.Errorf("stored: %+v", o)
	}
	u, _ := url.Parse(w.PresignGet("http://"+w.address, "a b/é", time.Minute))
	if status, body := w.raw(t, "GET", u, "", browser...); status != 200 || body != "01234" {
		t.Errorf("GET: %d %q", status, body)
	}
	for _, extra := range []string{"x-amz-acl: private", "X-Amz-Meta-B: 1", "x-amz-content-sha256: UNSIGNED-PAYLOAD"} {
		status, body := w.raw(t, "GET", u, "", append(browser, extra)...)
		if name, _, _ := strings.Cut(strings.ToLower(extra), ":"); status != 403 || code(t, body) != "AccessDenied" ||
			!strings.Contains(body, name) {
			t.Errorf("GET with %s: %d %s", extra, status, body)
		}
	}
}

func TestExpiry(t *testing.T) {
	w := newWorld(t)
	w.Put("k", "", []byte("01234"))
	u, _ := url.Parse(w.PresignGet("http://"+w.address, "k", time.Minute))
	for after, want := range map[time.Duration]int{0: 200, 59 * time.Second: 200, time.Minute: 403, time.Hour: 403} {
		w.now = noon.Add(after)
		status, body := w.raw(t, "GET", u, "")
		if status != want || want == 403 && (code(t, body) != "AccessDenied" ||
			!strings.Contains(body, "Request has expired")) {
			t.Errorf("after %v: %d %s", after, status, body)
		}
	}
}

func TestGet(t *testing.T) {
	w := newWorld(t)
	w.Put("k", "text/x", []byte("0123456789"))
	o, _ := w.Object("k")
	u, _ := url.Parse(w.PresignGet("http://"+w.address, "k", time.Minute))
	for name, tt := range map[string]struct {
		header []string
		status int
		body   string
	}{
		"all":            {nil, 200, "0123456789"},
		"part":           {[]string{"Range: bytes=4-6"}, 206, "456"},
		"rest":           {[]string{"Range: bytes=4-", "If-Range: " + o.ETag}, 206, "456789"},
		"rest of others": {[]string{"Range: bytes=4-", `If-Range: "other"`}, 200, "0123456789"},
	} {
		if status, body := w.raw(t, "GET", u, "", tt.header...); status != tt.status || body != tt.body {
			t.Errorf("%s: %d %q", name, status, body)
		}
	}
	w.Delete("k")
	if status, body := w.raw(t, "GET", u, ""); status != 404 || code(t, body) != "NoSuchKey" {
		t.Errorf("missing: %d %s", status, body)
	}
	if status, _ := w.raw(t, "HEAD", u, ""); status != 403 {
		t.Errorf("HEAD with a URL for GET: %d", status)
	}
	if status, body := w.raw(t, "PUT", u, "x", "Content-Length: 1"); status != 403 ||
		code(t, body) != "SignatureDoesNotMatch" {
		t.Errorf("PUT with a URL for GET: %d", status)
	}
}

// URLs of one host are worth nothing at another.
func TestHostsDoNotShareKeys(t *testing.T) {
	one, two := newWorld(t), newWorld(t)
	u, _ := url.Parse(two.PresignPut("http://"+one.address, "k", nil, time.Minute))
	if status, body := one.raw(t, "PUT", u, "x", "Content-Length: 1"); status != 403 ||
		code(t, body) != "SignatureDoesNotMatch" {
		t.Errorf("%d %s", status, body)
	}
}

// What another implementation signs with the host's key is accepted, so the
// host does not just agree with itself.
func TestAgreesWithAnotherSigner(t *testing.T) {
	w := newWorld(t)
	w.Put("a b/é+~", "", []byte("01234"))
	req, err := http.NewRequest(http.MethodGet, "http://"+w.address+Prefix+"a%20b/%C3%A9%2B~?X-Amz-Expires=60&x=a%20b",
		http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	keys := aws.Credentials{AccessKeyID: accessKey, SecretAccessKey: w.secret, SessionToken: "a/+=="}
	for at, want := range map[time.Time]int{noon: 200, noon.Add(-time.Hour): 403} {
		raw, _, err := signer.PresignHTTP(t.Context(), keys, req.Clone(t.Context()), "UNSIGNED-PAYLOAD", "s3", region, at)
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		if status, body := w.raw(t, "GET", u, ""); status != want || want == 200 && body != "01234" {
			t.Errorf("signed at %v: %d %s", at, status, body)
		}
	}
}
