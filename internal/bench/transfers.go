package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// entry is a row of a table: a job under the name that a reader knows.
type entry struct{ name, job string }

// race measures jobs side by side. Each has a process of its own.
func (b *bench) race(ctx context.Context, like job, entries []entry) ([]series, error) {
	var all []contestant
	for _, e := range entries {
		all = append(all, contestant{e.name, func(ctx context.Context) (sample, error) { return b.once(ctx, like, e.job) }})
	}
	return compete(ctx, b.rounds, all)
}

// once does a job, with an empty folder for what it writes.
func (b *bench) once(ctx context.Context, j job, name string) (s sample, err error) {
	j.Name = name
	if j.Dir, err = os.MkdirTemp(b.dir, "job-*"); err != nil {
		return sample{}, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(j.Dir)) }()
	if b.profile != "" {
		scheme, _, _ := strings.Cut(j.URL, ":")
		j.Profile = filepath.Join(b.profile, strings.ReplaceAll(name, "/", "-")+"-"+scheme+".prof")
	}
	return j.run(ctx)
}

// endpoints are the two ways to reach the server.
func (b *bench) endpoints() []struct{ name, url string } {
	return []struct{ name, url string }{{"http", b.at.HTTP}, {"TLS", b.at.HTTPS}}
}

// costs are the columns about one transfer, or about several.
func costs() []column {
	return []column{
		value("s", wall, seconds), ratio("time × floor", wall), value("CPU s", cpu, seconds), ratio("CPU × floor", cpu),
		memory(),
	}
}

func memory() column { return above("peak memory, MiB, and above the floor's", peak, mebibytes) }

// uploads measures large files, and many of 1 MiB.
func (b *bench) uploads(ctx context.Context) error {
	large, err := b.file("large.bin", b.size)
	if err != nil {
		return err
	}
	one, err := b.file("one.bin", min(b.size, 1<<20))
	if err != nil {
		return err
	}
	put := []entry{{"net/http", "put/floor"}, {"docferry, with SHA-256 and MD5", "put/docferry"},
		{"docferry, with SHA-256", "put/sha256"}, {"docferry, without a digest", "put/none"}}
	form := []entry{{"net/http", "form/floor"}, {"docferry, with SHA-256", "form/docferry"},
		{"docferry, without a digest", "form/none"}}
	if _, err := exec.LookPath("curl"); err == nil {
		put = append(put, entry{"curl -T", "put/curl"})
		form = append(form, entry{"curl -F", "form/curl"})
	}
	put = append(put, entry{"SHA-256 of the file, nothing sent", "hash"},
		entry{"SHA-256 and MD5 of the file, nothing sent", "hash/md5"})
	for _, over := range b.endpoints() {
		j := job{URL: over.url, CA: b.at.CA, File: large, Size: b.size}
		results, err := b.race(ctx, j, put)
		if err != nil {
			return err
		}
		title := fmt.Sprintf("A file of %s by presigned PUT, over %s", sizeOf(b.size), over.name)
		table(b.out, title, results, costs()...)
		if results, err = b.race(ctx, j, form); err != nil {
			return err
		}
		title = fmt.Sprintf("A file of %s as multipart/form-data, over %s", sizeOf(b.size), over.name)
		table(b.out, title, results, costs()...)
	}
	for _, over := range b.endpoints() {
		j := job{URL: over.url, CA: b.at.CA, File: one, Size: min(b.size, 1<<20), Count: b.files}
		results, err := b.race(ctx, j, []entry{
			{"net/http", "files/floor"}, {"docferry, with SHA-256 and MD5", "files/docferry"},
			{"docferry, with SHA-256", "files/sha256"}, {"docferry, without a digest", "files/none"},
		})
		if err != nil {
			return err
		}
		title := fmt.Sprintf("%d files of %s by presigned PUT, one after the other, over %s",
			b.files, sizeOf(j.Size), over.name)
		table(b.out, title, results, value("ms per file", wall, milliseconds), ratio("time × floor", wall),
			value("CPU ms per file", cpu, milliseconds), ratio("CPU × floor", cpu), memory())
	}
	return nil
}

// small measures many small documents.
func (b *bench) small(ctx context.Context) error {
	for _, over := range b.endpoints() {
		j := job{URL: over.url, CA: b.at.CA, Size: 4 << 10, Count: b.documents, Workers: b.workers}
		results, err := b.race(ctx, j, []entry{
			{"net/http", "small/floor"}, {"docferry, upload.Each", "small/docferry"}, {"minio-go, PutObject", "small/minio"},
		})
		if err != nil {
			return err
		}
		title := fmt.Sprintf("%d documents of 4 KiB by %d workers, over %s", b.documents, b.workers, over.name)
		table(b.out, title, results,
			value("documents/s", rate, whole), ratio("documents/s × floor", rate),
			value("CPU µs per document", cpu, microseconds), ratio("CPU × floor", cpu), memory())
	}
	return nil
}

// downloads measures reading content, and saving it.
func (b *bench) downloads(ctx context.Context) error {
	for _, over := range b.endpoints() {
		j := job{URL: over.url, CA: b.at.CA, Size: b.size}
		results, err := b.race(ctx, j, []entry{{"net/http", "read/floor"}, {"docferry, Download", "read/docferry"}})
		if err != nil {
			return err
		}
		table(b.out, fmt.Sprintf("%s read and discarded, over %s", sizeOf(b.size), over.name), results, costs()...)
		results, err = b.race(ctx, j, []entry{{"net/http, and fsync", "save/floor"}, {"docferry, Save", "save/docferry"}})
		if err != nil {
			return err
		}
		table(b.out, fmt.Sprintf("%s to a file on disk, over %s", sizeOf(b.size), over.name), results, costs()...)
	}
	return nil
}

// file makes a file of random content.
func (b *bench) file(name string, size int64) (_ string, err error) {
	f, err := os.Create(filepath.Join(b.dir, name))
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Sync(), f.Close()) }()
	_, err = io.CopyN(f, rand.Reader, size)
	return f.Name(), err
}

func sizeOf(size int64) string {
	switch {
	case size%(1<<30) == 0:
		return fmt.Sprintf("%d GiB", size>>30)
	case size%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", size>>20)
	case size%(1<<10) == 0:
		return fmt.Sprintf("%d KiB", size>>10)
	}
	return fmt.Sprintf("%d bytes", size)
}
