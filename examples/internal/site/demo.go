package site

import (
	"strings"

	"github.com/docferry/docferry/workdocs/workdocstest"
)

// Demo describes the contents of the site inside the program.
type Demo struct {
	Document string // ID of the document "May report.txt"
	User     string // name of a user whom Document is not shared with
	UserID   string
	srv      *workdocstest.Server
}

// furnish fills an empty site with a few users, folders and documents.
func furnish(srv *workdocstest.Server) *Demo {
	demo := &Demo{User: "ben@example.com", srv: srv}
	ada, _ := srv.AddUser("ada@example.com")
	demo.UserID, _ = srv.AddUser(demo.User)
	srv.AddGroup("Editors", ada, demo.UserID)

	reports := srv.AddFolder(srv.RootFolder(), "Reports")
	year := srv.AddFolder(reports, "2026")
	srv.AddDocument(year, "April report.txt", []byte("All was well in April.\n"))
	demo.Document, _ = srv.AddDocument(year, "May report.txt", []byte("All was well in May, too.\n"))
	srv.AddDocument(reports, "Costs: plan?.csv", []byte("item,cost\nferry,1\n"))
	srv.AddDocument(srv.RootFolder(), "Handbook.html", []byte(strings.Repeat("<p>Read this first.</p>\n", 100)))
	srv.AddFolder(srv.RootFolder(), "Empty")
	return demo
}
