package transfer

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/upload/tree"
	"github.com/docferry/docferry/workdocs"
)

// Place is a folder that a copy leads from or to. Close it after use.
type Place struct {
	name  string // in the journal: the whole address
	files func(context.Context, tree.Skipped) fs.FS
	to    tree.Destination
	is    func(fs.FileInfo) bool // reports whether a folder of the source is this one
	close func()
}

// Files returns a place that can only be copied from. The name tells it from others in
// the journal.
func Files(name string, files fs.FS) *Place {
	return &Place{name: name, files: func(context.Context, tree.Skipped) fs.FS { return files }, close: func() {}}
}

// Close closes what the place has open.
func (p *Place) Close() { p.close() }

// From returns the place of an address to copy from.
func (o *Options) From(address string) (*Place, error) {
	if p, ok, err := o.service(address); ok {
		return p, err
	}
	root, err := os.OpenRoot(address)
	if err != nil {
		return nil, err
	}
	return disk(root, address)
}

// To returns the place of an address to copy to. A folder of the disk is made if it is
// missing.
func (o *Options) To(address string) (*Place, error) {
	if p, ok, err := o.service(address); ok {
		return p, err
	}
	if kind, _, found := strings.Cut(address, ":"); found && len(kind) > 1 && !strings.ContainsAny(kind, `/\.`) {
		return nil, fmt.Errorf("%q is no service; if it is a folder of the disk, write %q", kind, "./"+address)
	}
	_, err := os.Stat(address)
	missing := errors.Is(err, fs.ErrNotExist)
	if missing && o.dryRun {
		return emptyDisk(address)
	}
	if missing {
		err = os.MkdirAll(address, 0o777)
	}
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(address)
	if err != nil {
		return nil, err
	}
	return disk(root, address)
}

// emptyDisk stands for a folder that does not exist.
func emptyDisk(address string) (*Place, error) {
	name, err := os.MkdirTemp("", "empty-")
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	p := &Place{name: address, to: tree.NewDir(root), is: func(fs.FileInfo) bool { return false }}
	p.close = func() {
		_ = root.Close()
		_ = os.Remove(name) // nothing was put into it
	}
	return p, nil
}

func disk(root *os.Root, address string) (*Place, error) {
	name, err := filepath.Abs(address)
	if err == nil {
		name, err = filepath.EvalSymlinks(name)
	}
	var self fs.FileInfo
	if err == nil {
		self, err = root.Stat(".")
	}
	if err != nil {
		_ = root.Close()
		return nil, err
	}
	p := Files(name, root.FS())
	p.to = tree.NewDir(root)
	p.is = func(other fs.FileInfo) bool { return os.SameFile(self, other) }
	p.close = func() { _ = root.Close() }
	return p, nil
}

// service returns the folder of a service; ok is false if the address is of none.
func (o *Options) service(address string) (p *Place, ok bool, err error) {
	kind, id, found := strings.Cut(address, ":")
	if !found || kind != "workdocs" && kind != "oracle" {
		return nil, false, nil
	}
	switch {
	case id == "":
		err = fmt.Errorf("the address %q lacks the ID of a folder", address)
	case kind == "workdocs":
		p, err = o.workDocsFolder(id)
	default:
		p, err = o.oracleFolder(id)
	}
	return p, true, err
}

func (o *Options) workDocsFolder(id string) (*Place, error) {
	client, err := o.workDocsClient()
	if err != nil {
		return nil, err
	}
	return &Place{
		name: fmt.Sprintf("workdocs:%s at %q %q", id, o.workdocsRegion, o.workdocsEndpoint),
		files: func(ctx context.Context, skipped tree.Skipped) fs.FS {
			return client.FS(ctx, id, workdocs.FSOptions{Skipped: skipped, Metadata: true})
		},
		to: client.Destination(workdocs.UploadTo{FolderID: id}),
		is: func(other fs.FileInfo) bool {
			folder, ok := other.Sys().(*workdocs.FolderMetadata)
			return ok && folder.ID == id
		},
		close: func() {},
	}, nil
}

func (o *Options) oracleFolder(id string) (*Place, error) {
	client, err := o.oracleClient()
	if err != nil {
		return nil, err
	}
	return &Place{
		name: fmt.Sprintf("oracle:%s at %q", id, o.oracleURL),
		files: func(ctx context.Context, skipped tree.Skipped) fs.FS {
			return client.FS(ctx, id, oracledocs.FSOptions{Skipped: skipped, Metadata: true})
		},
		to: client.Destination(oracledocs.UploadTo{FolderID: id}),
		is: func(other fs.FileInfo) bool {
			folder, ok := other.Sys().(*oracledocs.FolderItem)
			return ok && folder.ID == id
		},
		close: func() {},
	}, nil
}
