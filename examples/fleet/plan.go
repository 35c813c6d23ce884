package main

import (
	"context"
	"fmt"
	"io/fs"
	"iter"
	"sync/atomic"

	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/upload/tree"
)

// plan copies a tree into the queue: it makes the folders at the service, and publishes a
// job for each file. What tree.Copy refuses, such as links and names that the service
// cannot hold, is printed, and is an error in the end.
func plan(ctx context.Context, q *queue, to tree.Destination, from fs.FS, logf func(string, ...any)) error {
	p := &planner{Destination: to, queue: q}
	failed, folders := 0, 0
	for o := range tree.Copy(ctx, p, from, tree.Options{
		Source: func(path string, _ fs.FileInfo, src upload.Source) upload.Source {
			src.Value = path
			return src
		},
	}) {
		switch {
		case o.Err != nil:
			failed++
			logf("not planned: %v", o.Err)
		case o.Action == tree.ActionFolder:
			folders++
		}
	}
	logf("plan: %d messages, %d of them in the queue before, %d folders made", p.planned.Load(), p.known.Load(), folders)
	if failed > 0 {
		return fmt.Errorf("%d files or folders were not planned", failed)
	}
	return nil
}

// planner is a destination whose uploads are messages.
type planner struct {
	tree.Destination

	queue          *queue
	planned, known atomic.Int64
}

// List implements [tree.Reader]. It hides the sizes of documents, so that none is the same
// as a file: to compare contents is the workers' task.
func (p *planner) List(ctx context.Context, folderID string) iter.Seq2[tree.Entry, error] {
	return func(yield func(tree.Entry, error) bool) {
		for e, err := range p.Destination.List(ctx, folderID) {
			if !e.Folder {
				e.Size = -1
			}
			if !yield(e, err) {
				return
			}
		}
	}
}

// Uploader implements [tree.Destination].
func (p *planner) Uploader(to tree.Target) upload.Uploader {
	return upload.Func(func(ctx context.Context, src upload.Source) (*upload.Result, error) {
		path, _ := src.Value.(string)
		key, err := keyOf(p.Destination, to.FolderID, to.Name)
		if err != nil {
			return nil, err
		}
		known, err := p.queue.publish(ctx, &job{Key: key, Path: path, Size: src.Size, ModTime: src.ModTime,
			FolderID: to.FolderID, There: to.DocumentID != ""})
		if err != nil {
			return nil, fmt.Errorf("the message cannot be published: %w", err)
		}
		p.planned.Add(1)
		if known {
			p.known.Add(1)
		}
		return &upload.Result{Size: src.Size}, nil
	})
}
