package upload_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"testing"
	"testing/iotest"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
)

// breaking is a storage that breaks off the first requests after so many bytes, and then keeps
// the content and answers with its MD5, or with another one.
type breaking struct {
	after []int64
	wrong bool
	kept  []byte
}

func (b *breaking) RoundTrip(r *http.Request) (*http.Response, error) {
	defer r.Body.Close()
	if len(b.after) > 0 {
		_, _ = io.CopyN(io.Discard, r.Body, b.after[0])
		b.after = b.after[1:]
		return nil, io.ErrUnexpectedEOF
	}
	var err error
	if b.kept, err = io.ReadAll(r.Body); err != nil {
		return nil, err
	}
	sum := md5.Sum(b.kept)
	if b.wrong {
		sum[0]++
	}
	return &http.Response{StatusCode: http.StatusOK, Request: r, Body: http.NoBody,
		Header: header("Etag", `"`+hex.EncodeToString(sum[:])+`"`)}, nil
}

// The digests are those of the content that the storage has kept, whatever the size, however
// the source is read, and after attempts that broke off. An MD5 of other content is noticed,
// also where it is computed only when the storage has answered.
func TestDigestsAreOfWhatIsStored(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	ways := map[string]func(io.Reader) io.Reader{
		"all at once": func(r io.Reader) io.Reader { return r }, "half": iotest.HalfReader,
		"with its end": iotest.DataErrReader, "in memory": nil,
	}
	sizes := []int{0, 1, 4096, 32<<10 - 1, 32 << 10, 32<<10 + 1, 64 << 10, 128<<10 + 1, 1<<20 + 3,
		4 << 20, 4<<20 + 1, 5 << 20, 5<<20 - 1, 4<<20 + 70_000}
	for way, read := range ways {
		for n, size := range append(sizes, random.IntN(1<<18), random.IntN(1<<18), random.IntN(1<<18)) {
			content := make([]byte, size)
			for i := range content {
				content[i] = byte(random.Uint32())
			}
			src := upload.Bytes("a.bin", content)
			if read != nil {
				src = upload.From("a.bin", int64(size), func(context.Context) (io.ReadCloser, error) {
					return io.NopCloser(read(bytes.NewReader(content))), nil
				})
			}
			s := &breaking{wrong: n%3 == 2}
			for range random.IntN(3) {
				s.after = append(s.after, random.Int64N(int64(size)+1))
			}
			p := &upload.Presigned{
				HTTP: docferry.HTTP{Transport: s, Retry: soon}, CompareETag: true,
				Begin: func(context.Context, upload.Source) (*upload.Slot, error) {
					return &upload.Slot{URL: "https://bucket.example.com/key"}, nil
				},
			}
			result, err := p.Upload(t.Context(), src)
			if s.wrong {
				if !errors.Is(err, upload.ErrIntegrity) {
					t.Errorf("%s, %d bytes: the wrong MD5 was not noticed: %v", way, size, err)
				}
				continue
			}
			if err != nil {
				t.Fatalf("%s, %d bytes: %v", way, size, err)
			}
			sum := sha256.Sum256(s.kept)
			if !bytes.Equal(s.kept, content) || result.SHA256 != hex.EncodeToString(sum[:]) {
				t.Errorf("%s, %d bytes: stored %d, digest %s", way, size, len(s.kept), result.SHA256)
			}
		}
	}
}
