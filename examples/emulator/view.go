package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
)

// mostRows is how many documents of a service, and items of a chat, the page
// shows.
const mostRows = 200

// view is all that the page shows. It has no token.
type view struct {
	Still      bool // the page does not load itself anew
	Stores     []store
	Chats      []chatView
	Calls      []call
	Faults     []activeFault
	Services   []serviceView
	FaultKinds any
	ExportTo   string
	LastExport *exported
}

// store is what a service keeps.
type store struct {
	Title  string
	Rows   []row
	Beyond int // how many more there are
}

// row is a folder or a document.
type row struct {
	Owner, Path string
	Folder      bool
	Versions    []versionView
}

type versionView struct {
	Title    string
	Size     string
	Modified time.Time
	Draft    bool
	Link     string
}

type chatView struct {
	ID          string
	Ended       bool
	Items       []connectparticipanttest.Item
	Beyond      int
	Attachments []connectparticipanttest.AttachmentItem
}

// serviceView is a service with the operations to choose from.
type serviceView struct {
	Name, Title string
	Operations  []string
}

func (e *emulator) view() *view {
	v := &view{Stores: []store{e.workdocsStore(), e.oracleStore()}, Chats: e.chatViews(), Calls: e.calls.latest(),
		Faults: e.faults.list(), FaultKinds: faultKinds}
	for _, s := range e.services {
		v.Services = append(v.Services, serviceView{s.Name, s.Title, s.server.Operations()})
	}
	if e.exportTo != nil {
		v.ExportTo = e.exportTo.name
		e.exporting.Lock()
		v.LastExport = e.lastExport
		e.exporting.Unlock()
	}
	return v
}

func (e *emulator) workdocsStore() store {
	items := e.workdocs.Items()
	s := store{Title: "Amazon WorkDocs", Beyond: max(0, len(items)-mostRows)}
	for _, item := range items[:len(items)-s.Beyond] {
		r := row{Owner: item.Owner, Path: strings.Join(item.Path, "/"), Folder: item.Folder}
		for i, version := range item.Versions {
			r.Versions = append(r.Versions, versionView{Title: "version " + strconv.Itoa(i+1), Size: size(version.Size),
				Modified: version.Modified, Draft: version.Draft, Link: "/-/workdocs/" + item.ID + "/" + version.ID})
		}
		s.Rows = append(s.Rows, r)
	}
	return s
}

func (e *emulator) oracleStore() store {
	items := e.oracle.Items()
	s := store{Title: "Oracle documents", Beyond: max(0, len(items)-mostRows)}
	for _, item := range items[:len(items)-s.Beyond] {
		r := row{Owner: item.Owner, Path: strings.Join(item.Path, "/"), Folder: item.Folder}
		for _, version := range item.Versions {
			number := strconv.Itoa(version.Number)
			r.Versions = append(r.Versions, versionView{Title: "version " + number, Size: size(version.Size),
				Modified: version.Modified, Link: "/-/oracle/" + item.ID + "/" + number})
		}
		s.Rows = append(s.Rows, r)
	}
	return s
}

// chatViews has the latest items of each chat.
func (e *emulator) chatViews() []chatView {
	var views []chatView
	for _, chat := range e.connect.Chats() {
		items := chat.Transcript()
		beyond := max(0, len(items)-mostRows)
		views = append(views, chatView{ID: chat.ContactID, Ended: chat.Ended(), Items: items[beyond:], Beyond: beyond,
			Attachments: chat.Attachments()})
	}
	return views
}

// size returns a number of bytes as people read it.
func size(n int64) string {
	switch {
	case n < 10_000:
		return fmt.Sprintf("%d bytes", n)
	case n < 10_000_000:
		return fmt.Sprintf("%d kB", n/1000)
	default:
		return fmt.Sprintf("%d MB", n/1_000_000)
	}
}

// Outcome says in a few words what became of a call.
func (c call) Outcome() string {
	answer := ""
	if c.Status != 0 {
		answer = strconv.Itoa(c.Status)
	}
	switch {
	case !c.Ended:
		return strings.TrimSpace(answer + " under way")
	case c.Broken && answer == "":
		return "no answer"
	case c.Broken:
		return answer + ", cut"
	case answer == "": // a handler that writes nothing has sent this
		return "200"
	default:
		return answer
	}
}
