package s3test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
	"github.com/google/go-cmp/cmp"
)

// put is a PUT to sign.
type put struct {
	s3.PutObjectInput
	signer func(*s3.Options) // how; nil signs with the right keys
	at     time.Time         // when; zero is now
}

// sign returns the slot for a PUT, as the vendor's library signs it.
func (g *gateway) sign(ctx context.Context, p put) (*upload.Slot, error) {
	signer := s3.NewPresignClient(g.signer(p.signer), signingAt(p.at))
	signed, err := signer.PresignPutObject(ctx, &p.PutObjectInput)
	if err != nil {
		return nil, err
	}
	slot := &upload.Slot{ID: *p.Key, URL: docferry.Secret(signed.URL), Header: map[string]string{}}
	for name, values := range signed.SignedHeader {
		slot.Header[name] = strings.Join(values, ",")
	}
	return slot, nil
}

// signer returns the vendor's client with other settings than the right ones.
func (g *gateway) signer(change func(*s3.Options)) *s3.Client {
	if change == nil {
		return g.client
	}
	return s3.New(g.client.Options(), change)
}

// signingAt sets the time of signatures, unless it is zero.
func signingAt(at time.Time) func(*s3.PresignOptions) {
	return func(o *s3.PresignOptions) {
		if !at.IsZero() {
			o.Presigner = signerAt{v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true }), at}
		}
	}
}

// signerAt signs as at another time.
type signerAt struct {
	*v4.Signer
	at time.Time
}

func (s signerAt) PresignHTTP(ctx context.Context, credentials aws.Credentials, r *http.Request,
	payloadHash, service, region string, _ time.Time, options ...func(*v4.SignerOptions),
) (string, http.Header, error) {
	return s.Signer.PresignHTTP(ctx, credentials, r, payloadHash, service, region, s.at, options...)
}

// to returns an uploader to one key. change, if not nil, changes what is signed.
func (g *gateway) to(key string, change func(*put)) *upload.Presigned {
	return &upload.Presigned{
		Service: "s3", HTTP: g.http, CompareETag: true,
		Begin: func(ctx context.Context, src upload.Source) (*upload.Slot, error) {
			p := put{PutObjectInput: s3.PutObjectInput{Bucket: new(bucket), Key: &key,
				ContentType: &src.ContentType, ContentLength: &src.Size}}
			if change != nil {
				change(&p)
			}
			return g.sign(ctx, p)
		},
	}
}

// random returns content that differs with its seed, and takes no memory.
func random(name string, seed byte, size int64) upload.Source {
	return upload.From(name, size, func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(io.LimitReader(rand.NewChaCha8([32]byte{seed}), size)), nil
	})
}

// digest reads all of r, and returns its SHA-256 and its length.
func digest(t *testing.T, r io.Reader) (string, int64) {
	t.Helper()
	h := sha256.New()
	n, err := io.Copy(h, r)
	if err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(h.Sum(nil)), n
}

// describe is what a result is to say after src is stored under a key.
func describe(t *testing.T, key string, src upload.Source) *upload.Result {
	t.Helper()
	content, err := src.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	sum, size := digest(t, content)
	return &upload.Result{ID: key, Size: size, SHA256: sum}
}

// stored compares the file of an object with what was sent, and with what the
// upload reported.
func (g *gateway) stored(t *testing.T, key string, src upload.Source, result *upload.Result) {
	t.Helper()
	want := describe(t, key, src)
	if diff := cmp.Diff(want, result); diff != "" {
		t.Errorf("what the upload reports (-want +got):\n%s", diff)
	}
	f, err := os.Open(g.file(key))
	if err != nil {
		t.Error(err)
		return
	}
	defer f.Close()
	if sum, size := digest(t, f); sum != want.SHA256 || size != want.Size {
		t.Errorf("the gateway holds %d bytes with digest %s, want %d with %s", size, sum, want.Size, want.SHA256)
	}
}
