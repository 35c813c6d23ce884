package main

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/docferry/docferry/oracledocs/oracledocstest"
)

func TestPageShowsWhatIsStored(t *testing.T) {
	s := newSite(t)
	folder := s.workdocs.AddFolder(s.workdocs.RootFolder(), "Reports")
	s.workdocs.AddDocument(folder, `<script>alert("1")</script>.txt`, []byte("12345"))
	s.oracle.AddFile(oracledocstest.User, "self", "plan.pdf", []byte("1"))
	s.oracle.AddFile(oracledocstest.User, "self", "plan.pdf", []byte("22"))
	chat := s.connect.NewChat()
	chat.Say("<b>Welcome</b>")
	attach(t, s.emulator, chat, "note.txt", "N")
	draft(t, s.emulator, "begun.txt")

	text, resp := s.get(t, "/")
	for _, want := range []string{
		"<bdi>Reports/&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt;.txt</bdi>", "5 bytes", "<bdi>plan.pdf</bdi>", ">version 2</a>",
		"&lt;b&gt;Welcome&lt;/b&gt;", "<bdi>note.txt</bdi></a> APPROVED", `<b class="draft">draft</b>`, "<bdi>begun.txt</bdi>",
		`<option value="workdocs/CreateFolder">`, `<option value="oracle/UploadFile">`, `<option value="connect/SendMessage">`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(text, "<script>alert") || strings.Contains(text, "<b>Welcome") {
		t.Error("a client's text is markup on the page")
	}
	if resp.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Error("other pages may read the page")
	}
	if live, _ := s.get(t, "/-/live"); !strings.Contains(text, live) {
		t.Error("what a script fetches is not what the page shows")
	}
}

// The page needs nothing from elsewhere and no script, and its policy says so.
func TestPageIsSelfContained(t *testing.T) {
	s := newSite(t)
	text, resp := s.get(t, "/")
	policy := resp.Header.Get("Content-Security-Policy")
	if !strings.HasPrefix(policy, "default-src 'none'; ") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") {
		t.Errorf("the policy is %q", policy)
	}
	if regexp.MustCompile(`(?i)<script>|<style|\sstyle=|\son\w+=|//`).MatchString(strings.TrimPrefix(text, "<!doctype html>")) {
		t.Error("the page has inline scripts or styles, or an address of another host")
	}
	if !strings.Contains(text, `<noscript><meta http-equiv="refresh" content="5"></noscript>`) {
		t.Error("without scripts, the page does not follow what happens")
	}
	if still, _ := s.get(t, "/?still"); strings.Contains(still, "refresh") || strings.Contains(still, "page.js") {
		t.Error("the page does not stand still")
	}
	for path, kind := range map[string]string{"/-/page.css": "text/css", "/-/page.js": "text/javascript"} {
		if text, resp := s.get(t, path); text == "" || !strings.HasPrefix(resp.Header.Get("Content-Type"), kind) {
			t.Errorf("%s: %s %s", path, resp.Status, resp.Header.Get("Content-Type"))
		}
	}
}

// None of the secrets of the guide is on the page.
func TestPageHasNoSecrets(t *testing.T) {
	p := start(t)
	text := p.get(t, "/")
	for _, title := range []string{"secret access key", "a user's token", "customer's token", "agent's token", "user and password",
		"bearer token", "to share with"} {
		secret := p.line(t, title)
		if _, password, ok := strings.Cut(secret, ":"); ok {
			secret = password
		}
		if strings.Contains(text, secret) {
			t.Errorf("the page has the %s", title)
		}
	}
}

func TestPageShowsCalls(t *testing.T) {
	s := newSite(t)
	header := []string{"Authorization", "Basic " + basic(oracledocstest.User, oracledocstest.Password)}
	s.send(t, http.MethodGet, "/documents/api/1.2/folders/items?limit=7777", "", header...)
	s.send(t, http.MethodGet, "/documents/api/1.2/no-such-thing", "", header...)
	text, _ := s.get(t, "/-/live")
	rows := regexp.MustCompile(`oracle <b>(\w*)</b><td class="path">([^<]*)<td>([^<]*)<td>`).FindAllStringSubmatch(text, -1)
	if len(rows) != 2 || rows[0][1] != "" || rows[0][3] != "404" ||
		rows[1][1] != "GetHomeFolderContents" || rows[1][3] != "200" ||
		rows[1][2] != "GET /documents/api/1.2/folders/items" {
		t.Errorf("the calls are %q", rows)
	}
	if strings.Contains(text, "7777") {
		t.Error("the page shows a query, which may hold a signature")
	}
}

// latestCall returns the latest call. It has ended: its handler returns before a
// short answer leaves, or before the connection is broken.
func (s *site) latestCall(t *testing.T) call {
	t.Helper()
	calls := s.calls.latest()
	if len(calls) == 0 || !calls[0].Ended {
		t.Fatalf("no call has ended: %+v", calls)
	}
	return calls[0]
}

func TestSwitchFaults(t *testing.T) {
	s := newSite(t)
	list := func() (status int) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/documents/api/1.2/folders/items", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.SetBasicAuth(oracledocstest.User, oracledocstest.Password)
		transport := new(http.Transport)
		defer transport.CloseIdleConnections()
		resp, err := transport.RoundTrip(req)
		if err != nil {
			return 0 // the connection was broken
		}
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	if list() != http.StatusOK {
		t.Fatal("it fails without a fault")
	}
	operation := s.latestCall(t).Operation
	on := func(fields string) {
		t.Helper()
		if text, resp := s.send(t, http.MethodPost, "/-/faults", "operation=oracle/"+operation+"&"+fields); resp.StatusCode !=
			http.StatusSeeOther {
			t.Fatalf("%s %s", resp.Status, text)
		}
	}
	off := func(id string) {
		t.Helper()
		if text, resp := s.send(t, http.MethodPost, "/-/faults/off", "id="+id); resp.StatusCode != http.StatusSeeOther {
			t.Fatalf("%s %s", resp.Status, text)
		}
	}
	for kind, want := range map[string]struct {
		status  int
		outcome string
	}{"refuse": {503, "503"}, "lose-answer": {0, "no answer"}, "lose-request": {0, "no answer"}} {
		on("kind=" + kind)
		if got := list(); got != want.status {
			t.Errorf("%s: status %d, want %d", kind, got, want.status)
		}
		if got := s.latestCall(t); got.Outcome() != want.outcome || got.Operation != operation {
			t.Errorf("%s: the log has %s of %s, want %s", kind, got.Outcome(), got.Operation, want.outcome)
		}
		off("all")
		if got := list(); got != http.StatusOK {
			t.Errorf("after %s: status %d", kind, got)
		}
	}

	on("kind=refuse&every=2")
	on("kind=slow&seconds=1&every=1000") // which never comes to its turn
	text, _ := s.get(t, "/-/live")
	if !strings.Contains(text, "1 in 2") || !strings.Contains(text, "slow (1 s)") {
		t.Errorf("the faults are not shown:\n%s", text)
	}
	if got := [4]int{list(), list(), list(), list()}; got != [4]int{200, 503, 200, 503} {
		t.Errorf("every second call: %v", got)
	}
	button := regexp.MustCompile(`name="id" value="(\d+)"`).FindStringSubmatch(text)
	off(button[1])
	if got := [2]int{list(), list()}; got != [2]int{200, 200} || len(s.faults.list()) != 1 {
		t.Errorf("after that: %v, %+v", got, s.faults.list())
	}
}

func TestFaultsThatDoNotExist(t *testing.T) {
	s := newSite(t)
	for _, form := range []string{"", "operation=workdocs/Nothing&kind=refuse", "operation=nowhere/CreateFolder&kind=refuse",
		"operation=workdocs/CreateFolder&kind=nothing", "operation=workdocs/CreateFolder&kind=refuse&every=0",
		"operation=workdocs/CreateFolder&kind=refuse&every=1001", "operation=workdocs/CreateFolder&kind=slow&seconds=x"} {
		if text, resp := s.send(t, http.MethodPost, "/-/faults", form); resp.StatusCode != http.StatusBadRequest ||
			!strings.HasPrefix(text, "the fault is not switched on: ") {
			t.Errorf("%s: %s %q", form, resp.Status, text)
		}
	}
	for _, form := range []string{"", "id=0", "id=x"} {
		if _, resp := s.send(t, http.MethodPost, "/-/faults/off", form); resp.StatusCode != http.StatusBadRequest {
			t.Errorf("off %s: %s", form, resp.Status)
		}
	}
	for range mostFaults {
		s.send(t, http.MethodPost, "/-/faults", "operation=workdocs/CreateFolder&kind=refuse")
	}
	if text, resp := s.send(t, http.MethodPost, "/-/faults", "operation=workdocs/CreateFolder&kind=refuse"); resp.StatusCode !=
		http.StatusBadRequest || !strings.Contains(text, "too many") {
		t.Errorf("one fault too many: %s %q", resp.Status, text)
	}
}

// Another page in the same browser can send a form, but cannot switch anything.
func TestOtherPagesSwitchNothing(t *testing.T) {
	s := newSite(t)
	host := strings.TrimPrefix(s.url, "http://")
	const form = "operation=workdocs/CreateFolder&kind=refuse"
	for name, test := range map[string]struct {
		method string
		header []string
		status int
	}{
		"our form":            {"POST", []string{"Origin", s.url, "Sec-Fetch-Site", "same-origin"}, 303},
		"without fetch data":  {"POST", []string{"Origin", s.url}, 303},
		"a program":           {"POST", nil, 303},
		"another site":        {"POST", []string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}, 403},
		"another port":        {"POST", []string{"Origin", "http://127.0.0.1:1", "Sec-Fetch-Site", "same-site"}, 403},
		"an older browser":    {"POST", []string{"Origin", "https://evil.example"}, 403},
		"a sandboxed frame":   {"POST", []string{"Origin", "null"}, 403},
		"a name that we have": {"POST", []string{"Host", "emulator.example.com:80"}, 303},
		"rebound name": {"POST", []string{"Host", "evil.example:8080", "Origin", "http://evil.example:8080",
			"Sec-Fetch-Site", "same-origin"}, 421},
		"rebound, reading":    {"GET", []string{"Host", "evil.example"}, 421},
		"a link to the form":  {"GET", []string{"Host", host}, 405},
		"a container's name":  {"POST", []string{"Host", "emulator:8080"}, 303},
		"a subdomain of ours": {"POST", []string{"Host", "x.localhost"}, 303},
	} {
		s.faults.switchOff(0)
		text, resp := s.send(t, test.method, "/-/faults", form, test.header...)
		if resp.StatusCode != test.status {
			t.Errorf("%s: %s %q, want %d", name, resp.Status, text, test.status)
		}
		if on := len(s.faults.list()); (on > 0) != (test.status == http.StatusSeeOther) {
			t.Errorf("%s: %d faults are on", name, on)
		}
	}
}

func TestDownloads(t *testing.T) {
	s := newSite(t)
	root := s.workdocs.RootFolder()
	s.workdocs.AddDocument(root, "Plänë \"1\".html", []byte("<script>"))
	draft(t, s.emulator, "begun.txt")
	s.oracle.AddFile(oracledocstest.User, "self", "plan.pdf", []byte("old"))
	s.oracle.AddFile(oracledocstest.User, "self", "plan.pdf", []byte("new"))
	chat := s.connect.NewChat()
	attach(t, s.emulator, chat, "note.txt", "N")
	text, _ := s.get(t, "/")
	var got []string
	for _, link := range regexp.MustCompile(`href="(/-/[a-z]+/[^"]+)"`).FindAllStringSubmatch(text, -1) {
		content, resp := s.get(t, link[1])
		if resp.StatusCode != http.StatusOK {
			got = append(got, resp.Status)
			continue
		}
		header := resp.Header
		if header.Get("Content-Type") != "application/octet-stream" || header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s could be shown as a page: %v", link[1], header)
		}
		got = append(got, header.Get("Content-Disposition")+" "+content[:min(len(content), 3)])
	}
	want := []string{`attachment; filename*=utf-8''Pl%C3%A4n%C3%AB%20_1_.html <sc`, "404 Not Found",
		`attachment; filename=plan.pdf old`, `attachment; filename=plan.pdf new`,
		"attachment; filename=transcript.json [\n ", "attachment; filename=note.txt N"}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("downloads:\n%q, want\n%q", got, want)
	}
	for _, path := range []string{"/-/workdocs/x/y", "/-/oracle/x/1", "/-/oracle/x/y", "/-/connect/x/transcript.json",
		"/-/connect/x/y", "/-/nothing"} {
		if _, resp := s.get(t, path); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, resp.Status)
		}
	}
}

func TestExportButton(t *testing.T) {
	s := newSite(t)
	if text, resp := s.send(t, http.MethodPost, "/-/export", ""); resp.StatusCode != http.StatusConflict ||
		!strings.Contains(text, "-export") {
		t.Errorf("without -export: %s %q", resp.Status, text)
	}
	if text, _ := s.get(t, "/"); strings.Contains(text, "/-/export") {
		t.Error("there is a button without a folder")
	}
	dir := t.TempDir()
	var err error
	if s.exportTo, err = openExport(dir); err != nil {
		t.Fatal(err)
	}
	defer s.exportTo.root.Close()
	s.oracle.AddFile(oracledocstest.User, "self", "a.txt", []byte("A"))
	if _, resp := s.send(t, http.MethodPost, "/-/export", "", "Origin", "https://evil.example"); resp.StatusCode !=
		http.StatusForbidden || len(onDisk(t, dir)) > 0 {
		t.Errorf("another page: %s, on disk: %v", resp.Status, onDisk(t, dir))
	}
	if _, resp := s.send(t, http.MethodPost, "/-/export", "", "Origin", s.url); resp.StatusCode != http.StatusSeeOther ||
		onDisk(t, dir)["oracle/a.txt"] != "A" {
		t.Errorf("%s, on disk: %v", resp.Status, onDisk(t, dir))
	}
	if text, _ := s.get(t, "/"); !strings.Contains(text, "1 files written, 0 were there already") {
		t.Errorf("the page does not say what was written:\n%s", text)
	}
}

// The page is at no path of a service.
func TestPagePathIsFree(t *testing.T) {
	for _, s := range newEmulator().services {
		for _, path := range s.paths {
			if strings.HasPrefix(path+"/", pagePath) {
				t.Errorf("%s of %s is the page's", path, s.Title)
			}
		}
	}
}
