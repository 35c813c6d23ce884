package oracledocstest_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/google/go-cmp/cmp"
)

// example is one example of the vendor's page about uploading a version: what
// has to be on the server, and the answer as it is printed there.
type example struct {
	file   string // the answer in testdata
	seed   func(*oracledocstest.Server)
	user   string
	header []string
	values string // the metadataValues part
	name   string
	status int
	older  bool // the answer lacks members that newer examples have
}

const (
	userAA   = "U0EAA20910FAF3052ACB79E4T00000000001"
	userBB   = "U0EAA20910FAF3052ACB79E4T00000000002"
	fileID   = "D574378400573ED9D62B3195T0000000000100000001"
	folderID = "FB4CD874EF94CD2CC1B60B72T0000000000100000001"
	linkID   = "LF1F4C0670E07337F2A6AA1CB5D17B95F47087F4E518"
)

// twoUsers seeds the owner, the other user, the folder, and a file with so
// many versions.
func twoUsers(srv *oracledocstest.Server, name string, versions int) {
	srv.AddUser("userAALoginName", "secret", oracledocstest.WithID(userAA), oracledocstest.WithDisplayName("User AA"))
	srv.AddUser("userBBLoginName", "secret", oracledocstest.WithID(userBB), oracledocstest.WithDisplayName("User BB"))
	srv.AddFolder("userAALoginName", "self", "folder", oracledocstest.WithID(folderID))
	for range versions {
		srv.AddFile("userAALoginName", folderID, name, []byte("old"), oracledocstest.WithID(fileID))
	}
}

var examples = []example{
	{
		file: "plain", user: "userAALoginName", name: "example2.txt", status: 200, older: true,
		seed: func(srv *oracledocstest.Server) { twoUsers(srv, "example2.txt", 2) },
	}, {
		file: "link", user: "userBBLoginName", name: "example2.txt", status: 200, older: true,
		header: []string{"LinkID", linkID},
		seed: func(srv *oracledocstest.Server) {
			twoUsers(srv, "example2.txt", 1)
			srv.AddPublicLink(folderID, "contributor", "", oracledocstest.WithID(linkID))
		},
	}, {
		file: "code", user: "userBBLoginName", name: "example2.txt", status: 200, older: true,
		header: []string{"LinkID", linkID, "Cookie", "dAccessCode-" + linkID + "=test12345"},
		seed: func(srv *oracledocstest.Server) {
			twoUsers(srv, "example2.txt", 1)
			srv.AddPublicLink(folderID, "contributor", "test12345", oracledocstest.WithID(linkID))
		},
	}, {
		file: "refused", user: "userBBLoginName", name: "example2.txt", status: 403,
		seed: func(srv *oracledocstest.Server) { twoUsers(srv, "example2.txt", 1) },
	}, {
		file: "nocode", user: "userBBLoginName", name: "example2.txt", status: 403,
		header: []string{"LinkID", linkID},
		seed: func(srv *oracledocstest.Server) {
			twoUsers(srv, "idcTestNewFile1KB.txt", 1)
			srv.AddPublicLink(folderID, "contributor", "test12345", oracledocstest.WithID(linkID))
		},
	}, {
		file: "metadata", user: "userAALoginName", name: "fileWithMetadata.txt", status: 200,
		values: `{"collection":"CollectionA","fieldA":"valueAv2","fieldB":"valueBv2","fieldC":"valueCv2"}`,
		seed: func(srv *oracledocstest.Server) {
			id, folder := "D4100E975A8096829C9CCB06B5D17B95F47087F4E518", "F79B040D5393DAC0F3511BBAB5D17B95F47087F4E518"
			srv.AddUser("userAALoginName", "secret", oracledocstest.WithDisplayName("User AA"),
				oracledocstest.WithID("UEB6AD431E4357AE752CE3F2B5D17B95F470"))
			srv.AddFolder("userAALoginName", "self", "folder", oracledocstest.WithID(folder))
			srv.AddFile("userAALoginName", folder, "fileWithMetadata.txt", nil, oracledocstest.WithID(id))
			srv.AddMetadata("CollectionA", []string{"fieldA", "fieldB", "fieldC"}, folder)
		},
	},
}

// TestVendorExamples compares the answers to the examples of the vendor's page
// member by member. Left aside is only the name that the service gives to the
// stored content, and for the examples of 2014 the members that came later.
func TestVendorExamples(t *testing.T) {
	for _, ex := range examples {
		t.Run(ex.file, func(t *testing.T) {
			var want map[string]any
			data, err := os.ReadFile(filepath.Join("testdata", "upload-version", ex.file+".json"))
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(data, &want); err != nil {
				t.Fatal(err)
			}
			srv := oracledocstest.NewServer(t)
			created, _ := want["createdTime"].(string)
			if created == "" {
				created = "2014-02-21T21:15:57Z"
			}
			setClock(srv, created)
			ex.seed(srv)
			if modified, ok := want["modifiedTime"].(string); ok {
				setClock(srv, modified)
			}
			id, _ := want["id"].(string)
			pieces := []piece{filePart(ex.name, sized(want["size"]))}
			if ex.values != "" {
				pieces = append(pieces, piece{`name="metadataValues"`, "application/json", ex.values})
			}
			got := as(t, srv, ex.user, "secret").with(ex.header...).upload("/files/"+id+"/data/", pieces...)
			compare(t, ex, got, want)
		})
	}
}

// TestVendorApplink is the last example of the page, in which the server makes
// the access token, so that it can't be the printed one.
func TestVendorApplink(t *testing.T) {
	var want map[string]any
	data, err := os.ReadFile(filepath.Join("testdata", "upload-version", "applink.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	folder := want["parentID"].(string)
	srv := oracledocstest.NewServer(t)
	setClock(srv, want["createdTime"].(string))
	srv.AddUser("Tenant2.UserA", "secret", oracledocstest.WithID("UEB6AD431E4357AE752CE3F2B5D17B95F470"))
	srv.AddUser("Tenant2.UserB", "secret", oracledocstest.WithID("U5083EA1954687218BA6C3D9B5D17B95F470"))
	srv.AddFolder("Tenant2.UserA", "self", "folder", oracledocstest.WithID(folder))
	appLink, token, _ := srv.AddApplink(folder, "Tenant2.UserB", "contributor")
	caller := as(t, srv, "Tenant2.UserB", "secret").with("appLinkID", appLink, "accessToken", token)
	id := caller.file(folder, "fileViaApplink.txt", "1").want(t, 201, "0").str("id")
	want["id"] = id
	caller.file(folder, "fileViaApplink.txt", "2").ok(t)
	setClock(srv, want["modifiedTime"].(string))
	_, token, _ = srv.AddApplink(folder, "Tenant2.UserB", "contributor", oracledocstest.WithID(appLink))
	got := caller.with("accessToken", token).upload("/files/"+id+"/data",
		filePart("fileViaApplink.txt", sized(want["size"])))
	compare(t, example{file: "applink", status: 200}, got, want)
}

var docName = regexp.MustCompile(`(content item '|checkin,)[0-9A-Z]+`)

func compare(t *testing.T, ex example, got answer, want map[string]any) {
	t.Helper()
	if got.status != ex.status {
		t.Errorf("got status %d, want %d", got.status, ex.status)
	}
	for _, body := range []map[string]any{got.body, want} {
		for _, name := range []string{"errorKey", "errorMessage"} {
			if text, ok := body[name].(string); ok && ex.status == 200 {
				body[name] = docName.ReplaceAllString(text, "${1}DOC")
			}
		}
	}
	if ex.older {
		for _, name := range []string{"errorKey", "mimeType"} {
			if _, ok := got.body[name].(string); !ok {
				t.Errorf("no %s in %s", name, got.raw)
			}
			delete(got.body, name)
		}
	}
	if diff := cmp.Diff(want, got.body); diff != "" {
		t.Errorf("-page +server:\n%s", diff)
	}
}

// sized makes content of the size that an example reports.
func sized(size any) string {
	text, _ := size.(string)
	n, _ := strconv.Atoi(text)
	return strings.Repeat("x", n)
}
