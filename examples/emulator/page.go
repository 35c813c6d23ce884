package main

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"mime"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/docferry/docferry"
)

// pagePath is the start of every path of the page but "/". No service has such a
// path.
const pagePath = "/-/"

//go:embed page.html page.css page.js
var pageFiles embed.FS

var pageTemplate = template.Must(template.New("page.html").ParseFS(pageFiles, "page.html"))

// page is what a browser sees of the emulator.
type page struct {
	*emulator
	hosts  []string // names that a browser may call it by
	stderr io.Writer
}

// newPage returns the handler of the page. hosts are the names that it has,
// beside addresses and names without a dot.
func (e *emulator) newPage(hosts []string, stderr io.Writer) http.Handler {
	p := &page{emulator: e, hosts: hosts, stderr: stderr}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.show("page.html"))
	mux.HandleFunc("GET /-/live", p.show("live"))
	for _, name := range []string{"page.css", "page.js"} {
		mux.HandleFunc("GET /-/"+name, func(w http.ResponseWriter, r *http.Request) {
			http.ServeFileFS(w, r, pageFiles, name)
		})
	}
	mux.HandleFunc("GET /-/workdocs/{id}/{version}", p.workdocsVersion)
	mux.HandleFunc("GET /-/oracle/{id}/{version}", p.oracleVersion)
	mux.HandleFunc("GET /-/connect/{chat}/transcript.json", p.transcript)
	mux.HandleFunc("GET /-/connect/{chat}/{attachment}", p.attachment)
	mux.HandleFunc("POST /-/faults", p.switchOn)
	mux.HandleFunc("POST /-/faults/off", p.switchOff)
	mux.HandleFunc("POST /-/export", p.export)
	// Another page in the same browser can send forms here, but must not have any
	// effect.
	return p.guard(http.NewCrossOriginProtection().Handler(mux))
}

// guard sends the headers that keep other pages out, and refuses requests by a
// name that is not the emulator's: a page of another site could otherwise have
// its own name lead here, and count as the same origin.
func (p *page) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; "+
			"connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Referrer-Policy", "same-origin") // with none at all, forms would have no origin
		header.Set("Cache-Control", "no-store")
		if !p.knows(r.Host) {
			http.Error(w, "the page is not shown under this name; use an address or localhost", http.StatusMisdirectedRequest)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, 1<<16)
		next.ServeHTTP(w, r)
	})
}

// knows reports whether a Host header can only be meant for the emulator. A name
// without a dot, such as a container's, is of the local network.
func (p *page) knows(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.Trim(host, "[]")
	}
	name = strings.ToLower(name)
	return net.ParseIP(name) != nil || name != "" && !strings.Contains(name, ".") ||
		strings.HasSuffix(name, ".localhost") ||
		slices.ContainsFunc(p.hosts, func(known string) bool { return strings.EqualFold(known, name) })
}

// show renders a template with all that the page shows.
func (p *page) show(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := p.view()
		v.Still = r.URL.Query().Has("still")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if err := pageTemplate.ExecuteTemplate(w, name, v); err != nil {
			fmt.Fprintf(p.stderr, "emulator: the page is not shown: %v\n", err)
		}
	}
}

// back leads the browser to the page after a form.
func back(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (p *page) switchOn(w http.ResponseWriter, r *http.Request) {
	// A choice names both, as "workdocs/CreateFolder".
	name, operation, _ := strings.Cut(r.PostFormValue("operation"), "/")
	f, err := newFault(func(field string) string {
		switch field {
		case "service":
			return name
		case "operation":
			return operation
		default:
			return r.PostFormValue(field)
		}
	})
	s := p.serviceNamed(name)
	if err == nil && s == nil {
		err = fmt.Errorf("there is no service %q", name)
	}
	if err == nil {
		err = p.faults.switchOn(s, f)
	}
	if err != nil {
		http.Error(w, "the fault is not switched on: "+err.Error(), http.StatusBadRequest)
		return
	}
	back(w, r)
}

// switchOff ends the fault with an ID, or all of them for "all".
func (p *page) switchOff(w http.ResponseWriter, r *http.Request) {
	id := 0
	if text := r.PostFormValue("id"); text != "all" {
		var err error
		if id, err = number(text, 0, int(^uint(0)>>1)); err != nil || id == 0 {
			http.Error(w, "id must be that of a fault, or all", http.StatusBadRequest)
			return
		}
	}
	p.faults.switchOff(id)
	back(w, r)
}

func (p *page) export(w http.ResponseWriter, r *http.Request) {
	if p.exportTo == nil {
		http.Error(w, "start the emulator with -export to name the folder", http.StatusConflict)
		return
	}
	if err := p.emulator.export(p.stderr); err != nil {
		fmt.Fprintf(p.stderr, "emulator: %v\n", err)
	}
	back(w, r)
}

func (p *page) workdocsVersion(w http.ResponseWriter, r *http.Request) {
	for _, item := range p.workdocs.Items() {
		if item.ID == r.PathValue("id") && !item.Folder {
			content, ok := p.workdocs.Content(item.ID, r.PathValue("version"))
			download(w, item.Path[len(item.Path)-1], content, ok)
			return
		}
	}
	http.NotFound(w, r)
}

func (p *page) oracleVersion(w http.ResponseWriter, r *http.Request) {
	number, err := strconv.Atoi(r.PathValue("version"))
	for _, item := range p.oracle.Items() {
		if err == nil && item.ID == r.PathValue("id") && !item.Folder {
			content, ok := p.oracle.Content(item.ID, number)
			download(w, item.Path[len(item.Path)-1], content, ok)
			return
		}
	}
	http.NotFound(w, r)
}

func (p *page) attachment(w http.ResponseWriter, r *http.Request) {
	for _, chat := range p.connect.Chats() {
		if chat.ContactID != r.PathValue("chat") {
			continue
		}
		for _, a := range chat.Attachments() {
			if a.AttachmentID == r.PathValue("attachment") {
				content, _, ok := p.connect.Attachment(a.AttachmentID)
				download(w, a.AttachmentName, content, ok)
				return
			}
		}
	}
	http.NotFound(w, r)
}

func (p *page) transcript(w http.ResponseWriter, r *http.Request) {
	for _, chat := range p.connect.Chats() {
		if chat.ContactID == r.PathValue("chat") {
			text, err := transcriptOf(chat)
			download(w, "transcript.json", text, err == nil)
			return
		}
	}
	http.NotFound(w, r)
}

// download sends content that a client has stored. The browser keeps it as a
// file and never shows it, whatever it is.
func download(w http.ResponseWriter, name string, content []byte, ok bool) {
	if !ok {
		http.Error(w, "nothing is stored there: its upload has not come yet, or it was deleted", http.StatusNotFound)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "application/octet-stream")
	header.Set("Content-Disposition",
		mime.FormatMediaType("attachment", map[string]string{"filename": docferry.SafeName(name)}))
	header.Set("Content-Length", strconv.Itoa(len(content)))
	_, _ = w.Write(content)
}
