package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
)

// saver saves attachments in a directory.
type saver struct {
	client *connectparticipant.Client
	chat   *connectparticipant.Chat
	dir    *os.Root
}

// newSaver returns a saver, whose directory the caller closes.
func newSaver(client *connectparticipant.Client, chat *connectparticipant.Chat, path string) (*saver, error) {
	if err := os.MkdirAll(path, 0o777); err != nil {
		return nil, err
	}
	dir, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	return &saver{client: client, chat: chat, dir: dir}, nil
}

// save saves an attachment. Its ID is part of the name of the file, so that two
// attachments of the same name become two files, and so that a file which has the
// name already is the same attachment, saved by an earlier run.
func (s *saver) save(ctx context.Context, a connectparticipant.AttachmentItem) error {
	if a.Status != connectparticipant.ArtifactStatusApproved {
		return fmt.Errorf("it cannot be downloaded: its status is %s", printable(string(a.Status)))
	}
	name := docferry.SafeName(a.AttachmentID + "-" + a.AttachmentName)
	if _, err := s.dir.Lstat(name); err == nil {
		return nil // Save would find out too, but only after the request for a download
	}
	token, err := s.chat.ConnectionToken(ctx)
	if err != nil {
		return err
	}
	download, err := s.client.DownloadAttachment(ctx,
		connectparticipant.GetAttachmentRequest{AttachmentID: a.AttachmentID, ConnectionToken: token})
	if err != nil {
		return err
	}
	if err := download.Save(s.dir, name); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
