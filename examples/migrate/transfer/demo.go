package transfer

import (
	"bytes"
	"os"
	"path/filepath"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/docferry/docferry/workdocs"
	"github.com/docferry/docferry/workdocs/workdocstest"
)

// Demo has both services inside the program, and a folder of the disk.
type Demo struct {
	WorkDocs, Oracle string // addresses of empty folders
	Disk             string // a folder with a few files

	temporary string
	stop      func()
}

// Demo starts the services, to which o leads from then on. Close the demo after use.
func (o *Options) Demo() (*Demo, error) {
	wd, oc := workdocstest.New(), oracledocstest.New()
	d := &Demo{WorkDocs: "workdocs:" + wd.RootFolder(), Oracle: "oracle:self"}
	d.stop = func() {
		wd.Close()
		oc.Close()
		_ = os.RemoveAll(d.temporary)
	}
	var err error
	if o.workdocs, err = workdocs.New(workdocs.Config{Endpoint: wd.URL, Credentials: wd.Credentials(),
		HTTP: docferry.HTTP{Transport: wd}}); err == nil {
		o.oracle, err = oracledocs.New(oracledocs.Config{BaseURL: oc.URL,
			Auth: oracledocs.BasicAuth(oracledocstest.User, oracledocstest.Password), HTTP: docferry.HTTP{Transport: oc}})
	}
	if err == nil {
		d.temporary, err = os.MkdirTemp("", "demo-")
	}
	if err == nil {
		d.Disk = filepath.Join(d.temporary, "Sample")
		err = sample(d.Disk)
	}
	if err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

// Close stops the services, and removes the folder.
func (d *Demo) Close() { d.stop() }

// Quiet returns options for the same services, and otherwise without any flag.
func Quiet(o *Options) *Options { return &Options{services: o.services} }

// sample makes a folder with a few files.
func sample(dir string) error {
	for name, content := range map[string][]byte{
		"Handbook.html":                bytes.Repeat([]byte("<p>Read this first.</p>\n"), 400),
		"Reports/2026/April.txt":       []byte("All was well in April.\n"),
		"Reports/2026/May.txt":         []byte("All was well in May, too.\n"),
		"Reports/costs.csv":            []byte("item,cost\nferry,1\n"),
		"Reports/empty.txt":            {},
		"Pictures/harbour.raw":         bytes.Repeat([]byte{0, 1, 2, 3}, 2<<20),
		"Pictures/caf\u00e9/menu.raw":  bytes.Repeat([]byte{4, 5, 6, 7}, 1<<20),
		"Pictures/caf\u00e9/guest.raw": bytes.Repeat([]byte{8, 9}, 1<<20),
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(file, content, 0o600); err != nil {
			return err
		}
	}
	return nil
}
