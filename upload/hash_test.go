package upload_test

import (
	"context"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"io"
	"testing"

	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/upload/uploadtest"
)

func TestWithHash(t *testing.T) {
	content := []byte("all is well")
	want := sha512.Sum512(content)
	var got []string
	src := upload.WithHash(upload.Bytes("a.txt", content), sha512.New,
		func(sum []byte) { got = append(got, hex.EncodeToString(sum)) })
	rc, err := src.Open(t.Context()) // an attempt that breaks off has no digest
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rc.Read(make([]byte, 3)); err != nil {
		t.Fatal(err)
	}
	if err := rc.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := uploadtest.NewMemory().Upload(context.Background(), src); err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || got[0] != hex.EncodeToString(want[:]) {
		t.Errorf("digests %v, want one of %x", got, want)
	}
	broken := upload.From("b.txt", 1, func(context.Context) (io.ReadCloser, error) { return nil, errors.ErrUnsupported })
	if _, err := upload.WithHash(broken, sha512.New, nil).Open(t.Context()); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("a source that cannot be opened: %v", err)
	}
}
