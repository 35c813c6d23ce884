package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/docferry/docferry/upload/journal"
	"github.com/docferry/docferry/upload/tree"
	"github.com/docferry/docferry/workdocs"
	"github.com/minio/minio-go/v7"
)

// trees measures the copying of a folder with many small files.
func (b *bench) trees(ctx context.Context) error {
	for _, count := range b.folders {
		dir, err := b.manyFiles(count)
		if err != nil {
			return err
		}
		short := *b
		if count > 10_000 { // a round takes minutes
			short.rounds = 1
		}
		results, err := short.race(ctx, job{URL: b.at.HTTP, Site: b.at, File: dir, Count: count, Workers: b.workers}, []entry{
			{"minio-go, PutObject, one request a file", "tree/minio"},
			{"docferry, tree.Copy to Oracle", "tree/oracle"},
			{"docferry, tree.Copy to WorkDocs", "tree/workdocs"},
			{"docferry, the same with a journal", "tree/journal"},
		})
		if err != nil {
			return err
		}
		table(b.out, fmt.Sprintf("A folder of %d files of 4 KiB by %d workers, over http", count, b.workers), results,
			value("files/s", rate, whole), ratio("files/s × minio-go", rate), value("CPU µs per file", cpu, microseconds),
			value("peak memory, MiB", peak, mebibytes))
	}
	return nil
}

// manyFiles makes a folder of small files.
func (b *bench) manyFiles(count int) (dir string, err error) {
	dir = filepath.Join(b.dir, fmt.Sprint("files-", count))
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", err
	}
	content := make([]byte, 4<<10)
	for n := range count {
		_, _ = rand.Read(content[:16]) // it never fails
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("file-%06d.bin", n)), content, 0o600); err != nil {
			return "", err
		}
	}
	return dir, nil
}

// copyTree copies the folder of a job into a new folder of the destination.
func (j job) copyTree(ctx context.Context, parent tree.Destination, open func(folder string) tree.Destination,
	remember *journal.Journal,
) error {
	name := filepath.Base(j.Dir)
	folder, _, err := parent.MakeFolder(ctx, parent.Root(), name)
	if err != nil {
		return err
	}
	stored := 0
	for o := range tree.Copy(ctx, open(folder.ID), os.DirFS(j.File), tree.Options{Workers: j.Workers, Journal: remember}) {
		if o.Err != nil {
			return o.Err
		}
		if o.Result != nil {
			stored++
		}
	}
	if stored != j.Count {
		return fmt.Errorf("%d files were stored, not %d", stored, j.Count)
	}
	return nil
}

func (j job) treeWorkDocs(ctx context.Context, remember *journal.Journal) error {
	c, err := workdocs.New(workdocs.Config{Endpoint: j.Site.WorkDocs, AuthenticationToken: docferry.Secret(j.Site.Token)})
	if err != nil {
		return err
	}
	open := func(folder string) tree.Destination { return c.Destination(workdocs.UploadTo{FolderID: folder}) }
	return j.copyTree(ctx, open(j.Site.Folder), open, remember)
}

func treeWorkDocs(ctx context.Context, j job) error { return j.treeWorkDocs(ctx, nil) }

func treeJournal(ctx context.Context, j job) (err error) {
	remember, err := journal.Open(filepath.Join(j.Dir, "journal"), "bench")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remember.Close()) }()
	return j.treeWorkDocs(ctx, remember)
}

func treeOracle(ctx context.Context, j job) error {
	c, err := oracledocs.New(oracledocs.Config{BaseURL: j.Site.Oracle,
		Auth: oracledocs.BasicAuth(oracledocstest.User, oracledocstest.Password)})
	if err != nil {
		return err
	}
	open := func(folder string) tree.Destination { return c.Destination(oracledocs.UploadTo{FolderID: folder}) }
	return j.copyTree(ctx, open("self"), open, nil)
}

func treeMinio(ctx context.Context, j job) error {
	client, err := j.minio()
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(j.File)
	if err != nil {
		return err
	}
	return j.share(func(n int) error {
		name := entries[n].Name()
		_, err := client.FPutObject(ctx, "bucket", name, filepath.Join(j.File, name), minio.PutObjectOptions{})
		return err
	})
}
