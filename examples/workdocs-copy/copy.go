package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/examples/internal/site"
	"github.com/docferry/docferry/workdocs"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// copier copies folders, and counts the documents that it has copied and the
// documents and folders that it could not copy.
type copier struct {
	site           *site.Site
	stdout, stderr io.Writer

	copied, failed int
	bytes          int64
}

// users copies the documents of each user to a folder with the user's name.
func (c *copier) users(ctx context.Context, dir *os.Root) error {
	names := make(taken)
	all := workdocs.DescribeUsersRequest{OrganizationID: c.site.Organization, Include: workdocs.UserFilterAll}
	for user, err := range c.site.AllUsers(ctx, all) {
		switch {
		case err != nil:
			return err
		case user.RootFolderID == "": // a user without a folder, such as one who was never active (inferred)
			continue
		}
		if err := c.subfolder(ctx, user.RootFolderID, dir, names.name(user.Username), ""); err != nil {
			return err
		}
	}
	return nil
}

// folder copies the contents of a folder to dir; path is where dir is below the
// first folder, and is used in messages. It returns an error only if there is no
// point in going on; a failure of one document or folder is reported and counted.
func (c *copier) folder(ctx context.Context, id string, dir *os.Root, path string) error {
	names := make(taken)
	contents := workdocs.DescribeFolderContentsRequest{FolderID: id, Sort: workdocs.ResourceSortName}
	for page, err := range c.site.FolderContentsPages(ctx, contents) {
		if err != nil {
			return c.report(ctx, path, err)
		}
		for _, f := range page.Folders {
			if err := c.subfolder(ctx, f.ID, dir, names.name(f.Name), path); err != nil {
				return err
			}
		}
		for _, d := range page.Documents {
			name := names.name(d.LatestVersionMetadata.Name)
			if err := c.document(ctx, d, dir, name); err != nil {
				if err := c.report(ctx, path+name, err); err != nil {
					return err
				}
				continue
			}
			c.copied++
			c.bytes += d.LatestVersionMetadata.Size
			fmt.Fprintln(c.stdout, path+name)
		}
	}
	return nil
}

// subfolder copies a folder to the folder with the given name in dir.
func (c *copier) subfolder(ctx context.Context, id string, dir *os.Root, name, path string) error {
	if err := dir.Mkdir(name, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
		return c.report(ctx, path+name, err)
	}
	sub, err := dir.OpenRoot(name)
	if err != nil { // for example if name is a link that leads out of dir
		return c.report(ctx, path+name, err)
	}
	defer sub.Close()
	return c.folder(ctx, id, sub, path+name+"/")
}

// document downloads a document to a file. Replace makes the file appear under its
// name only when it is complete, and refuses a name that would lead out of dir.
// It replaces what an earlier copy has left there.
func (c *copier) document(ctx context.Context, d workdocs.DocumentMetadata, dir *os.Root, name string) error {
	version := d.LatestVersionMetadata
	content, err := c.site.Download(ctx, workdocs.DownloadRequest{DocumentID: d.ID, VersionID: version.ID})
	if err != nil {
		return err
	}
	if err := content.Replace(dir, name); err != nil {
		return err
	}
	if at := version.ContentModifiedTimestamp; !at.IsZero() {
		return dir.Chtimes(name, at, at)
	}
	return nil
}

// report reports and counts what could not be copied. It returns the error if
// the context has ended, so that there is no point in going on.
func (c *copier) report(ctx context.Context, path string, err error) error {
	if ctx.Err() != nil {
		return err
	}
	c.failed++
	fmt.Fprintf(c.stderr, "%s: %v\n", path, err)
	return nil
}

// taken holds the names of the files in a folder, as key spells them.
type taken map[string]bool

// key returns the same text for names that are the same to some file systems:
// "Readme" and "README", or "é" as one character and as two.
func key(name string) string { return norm.NFC.String(cases.Fold().String(norm.NFD.String(name))) }

// name returns the file name for a document that the service calls theirs. It
// differs from theirs if that is not a safe file name, or is taken already.
func (t taken) name(theirs string) string {
	name := docferry.SafeName(theirs)
	for n := 2; t[key(name)]; n++ {
		name = docferry.SafeName(fmt.Sprintf("(%d) %s", n, theirs))
	}
	t[key(name)] = true
	return name
}
