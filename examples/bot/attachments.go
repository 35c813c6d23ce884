package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
)

// take stores an attachment in the folder, and answers with what it holds.
func (b *bot) take(ctx context.Context, a connectparticipant.AttachmentItem) error {
	name := printable(a.AttachmentName)
	if a.Status == connectparticipant.ArtifactStatusRejected {
		return b.say(ctx, clip("The scan has rejected your file "+name+"."))
	}
	size, digest, err := b.save(ctx, a)
	switch {
	case err == nil:
		b.tally.files++
		b.tally.bytes += size
		return b.say(ctx, clip(fmt.Sprintf("I have your file %s: %d bytes, SHA-256 %x.", name, size, digest)))
	case b.isFinal(ctx, err):
		return err
	}
	b.logf("%s was not stored: %v", name, err)
	return b.say(ctx, clip("I could not take your file "+name+". Please send it again later."))
}

// save downloads an attachment and returns its size and SHA-256.
func (b *bot) save(ctx context.Context, a connectparticipant.AttachmentItem) (size int64, digest []byte, err error) {
	token, err := b.chat.ConnectionToken(ctx)
	if err != nil {
		return 0, nil, err
	}
	content, err := b.client.DownloadAttachment(ctx,
		connectparticipant.GetAttachmentRequest{AttachmentID: a.AttachmentID, ConnectionToken: token})
	if err != nil {
		return 0, nil, err
	}
	seen := &hashing{ReadCloser: content.Body, hash: sha256.New()}
	content.Body = seen
	name, err := b.free(docferry.SafeName(a.AttachmentName))
	if err != nil {
		return 0, nil, errors.Join(err, content.Close())
	}
	if err := content.Save(b.files, name); err != nil {
		return 0, nil, err
	}
	return seen.size, seen.hash.Sum(nil), nil
}

// free returns a name that no file in the folder has: the name itself or, if there
// is such a file, one with a number.
func (b *bot) free(name string) (string, error) {
	extension := path.Ext(name)
	stem := strings.TrimSuffix(name, extension)
	for n := 1; ; n++ {
		candidate := name
		if n > 1 {
			candidate = docferry.SafeName(fmt.Sprintf("%s-%d%s", stem, n, extension))
		}
		if _, err := b.files.Lstat(candidate); errors.Is(err, fs.ErrNotExist) {
			return candidate, nil
		} else if err != nil {
			return "", err
		}
	}
}

// hashing computes the digest of what is read.
type hashing struct {
	io.ReadCloser

	hash hash.Hash
	size int64
}

// Read implements [io.Reader].
func (h *hashing) Read(p []byte) (int, error) {
	n, err := h.ReadCloser.Read(p)
	h.hash.Write(p[:n])
	h.size += int64(n)
	return n, err
}
