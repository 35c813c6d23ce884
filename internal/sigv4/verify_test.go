package sigv4

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	testKey    = "AKIDEXAMPLE"
	testSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
)

// received is what a server reads of a request.
func received(req *http.Request) (*http.Request, error) {
	var wire bytes.Buffer
	if err := req.Write(&wire); err != nil {
		return nil, err
	}
	return http.ReadRequest(bufio.NewReader(&wire))
}

// verify checks a received request as the service does, from the description
// of Signature Version 4 and with none of the client's code.
func verify(r *http.Request, now time.Time) error {
	fields := map[string]string{}
	scheme, rest, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	for field := range strings.SplitSeq(rest, ", ") {
		name, value, _ := strings.Cut(field, "=")
		fields[name] = value
	}
	at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	if err != nil || scheme != "AWS4-HMAC-SHA256" {
		return fmt.Errorf("scheme %q, date: %v", scheme, err)
	}
	if skew := now.Sub(at).Abs(); skew > 5*time.Minute {
		return fmt.Errorf("the signature is %v old", skew)
	}
	signed := strings.Split(fields["SignedHeaders"], ";")
	if !slices.Contains(signed, "host") || !slices.IsSorted(signed) {
		return fmt.Errorf("signed headers %q", signed)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	target, query, _ := strings.Cut(r.RequestURI, "?")
	canonicalQuery, err := canonical(query)
	if err != nil {
		return err
	}
	text := r.Method + "\n" + encode(target, "/") + "\n" + canonicalQuery + "\n"
	for _, name := range signed {
		text += name + ":" + headerValue(r, name) + "\n"
	}
	text += "\n" + fields["SignedHeaders"] + "\n" + hexSum(body)
	date := at.Format("20060102")
	scope := date + "/eu-west-1/workdocs/aws4_request"
	if fields["Credential"] != testKey+"/"+scope {
		return errors.New("credential scope " + fields["Credential"])
	}
	key := []byte("AWS4" + testSecret)
	for part := range strings.SplitSeq(scope, "/") {
		key = sum(key, part)
	}
	toSign := "AWS4-HMAC-SHA256\n" + at.Format("20060102T150405Z") + "\n" + scope + "\n" + hexSum([]byte(text))
	if want := hex.EncodeToString(sum(key, toSign)); want != fields["Signature"] {
		return fmt.Errorf("the signature does not match this request:\n%s", text)
	}
	return nil
}

func headerValue(r *http.Request, name string) string {
	switch name {
	case "host":
		return r.Host
	case "content-length":
		return fmt.Sprint(r.ContentLength)
	}
	values := slices.Clone(r.Header.Values(name))
	for i, v := range values {
		values[i] = strings.Join(strings.Fields(v), " ")
	}
	return strings.Join(values, ",")
}

// canonical sorts a query and escapes it again.
func canonical(query string) (string, error) {
	if query == "" {
		return "", nil
	}
	var pairs []string
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if strings.ContainsAny(pair, "+;") {
			return "", fmt.Errorf("%q reads in two ways", pair)
		}
		name, err := url.PathUnescape(name)
		if err != nil {
			return "", err
		}
		if value, err = url.PathUnescape(value); err != nil {
			return "", err
		}
		pairs = append(pairs, encode(name, "")+"="+encode(value, ""))
	}
	slices.Sort(pairs)
	return strings.Join(pairs, "&"), nil
}

func encode(s, keep string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~"+keep, c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func sum(key []byte, text string) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(text))
	return m.Sum(nil)
}

func hexSum(b []byte) string {
	digest := sha256.Sum256(b)
	return hex.EncodeToString(digest[:])
}
