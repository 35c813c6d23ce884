package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/coder/websocket"
	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/workdocs"
	"github.com/docferry/docferry/workdocs/workdocstest"
)

// running is the program at work.
type running struct {
	guide          string
	complains      bool // something is expected on stderr
	stdout, stderr buffer
	stop           context.CancelFunc
	code           chan int
}

// start runs the program until it has printed its guide. The test ends it.
func start(t *testing.T, args ...string) *running {
	t.Helper()
	args = append([]string{"-addr", "127.0.0.1:0"}, args...)
	ctx, stop := context.WithCancel(t.Context())
	p := &running{stop: stop, code: make(chan int, 1)}
	go func() { p.code <- run(ctx, args, &p.stdout, &p.stderr) }()
	for p.guide == "" {
		select {
		case code := <-p.code:
			t.Fatalf("exit %d: %s", code, p.stderr.String())
		case <-time.After(time.Millisecond):
		}
		if text := p.stdout.String(); strings.HasSuffix(text, "ends it.\n") {
			p.guide = text
		}
	}
	t.Cleanup(func() {
		if code := p.end(); code != 0 || (p.stderr.String() != "") != p.complains {
			t.Errorf("exit %d, stderr %q", code, p.stderr.String())
		}
	})
	return p
}

// end interrupts the program and returns its exit code, also the second time.
func (p *running) end() int {
	p.stop()
	code := <-p.code
	p.code <- code
	return code
}

// line returns what the guide has behind a title.
func (p *running) line(t *testing.T, title string) string {
	t.Helper()
	found := regexp.MustCompile(`(?m)^ *` + regexp.QuoteMeta(title) + ` +(\S+)$`).FindStringSubmatch(p.guide)
	if found == nil {
		t.Fatalf("the guide lacks %q:\n%s", title, p.guide)
	}
	return found[1]
}

func (p *running) url(t *testing.T) string { return p.line(t, "docferry emulator at") }

// buffer can be read while it is written to.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func connectClient(t *testing.T, url string) *connectparticipant.Client {
	t.Helper()
	c, err := connectparticipant.New(connectparticipant.Config{Endpoint: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.CloseIdleConnections)
	return c
}

func TestAllThreeServices(t *testing.T) {
	p := start(t)
	keys := aws.Credentials{AccessKeyID: p.line(t, "access key"), SecretAccessKey: p.line(t, "secret access key")}
	wd, err := workdocs.New(workdocs.Config{Endpoint: p.url(t),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return keys, nil })})
	if err != nil {
		t.Fatal(err)
	}
	defer wd.CloseIdleConnections()
	cp := connectClient(t, p.url(t))
	joined, err := cp.CreateParticipantConnection(t.Context(), connectparticipant.CreateParticipantConnectionRequest{
		Type:             []connectparticipant.ConnectionType{connectparticipant.ConnectionTypeConnectionCredentials},
		ParticipantToken: docferry.Secret(p.line(t, "customer's token")),
	})
	if err != nil {
		t.Fatal(err)
	}
	connection := joined.ConnectionCredentials.ConnectionToken
	user, password, _ := strings.Cut(p.line(t, "user and password"), ":")
	oc, err := oracledocs.New(oracledocs.Config{BaseURL: p.url(t),
		Auth: oracledocs.BasicAuth(user, docferry.Secret(password))})
	if err != nil {
		t.Fatal(err)
	}
	defer oc.CloseIdleConnections()

	for name, service := range map[string]struct {
		to   upload.Uploader
		back func(context.Context, *upload.Result) (*docferry.Download, error)
	}{
		"workdocs": {wd.Uploader(workdocs.UploadTo{FolderID: p.line(t, "folder")}),
			func(ctx context.Context, r *upload.Result) (*docferry.Download, error) {
				return wd.Download(ctx, workdocs.DownloadRequest{DocumentID: r.ID, VersionID: r.Version})
			}},
		"connectparticipant": {cp.Uploader(connection),
			func(ctx context.Context, r *upload.Result) (*docferry.Download, error) {
				return cp.DownloadAttachment(ctx, connectparticipant.GetAttachmentRequest{AttachmentID: r.ID,
					ConnectionToken: connection})
			}},
		"oracledocs": {oc.Uploader(oracledocs.UploadTo{FolderID: "self"}),
			func(ctx context.Context, r *upload.Result) (*docferry.Download, error) {
				return oc.DownloadFile(ctx, oracledocs.DownloadFileRequest{FileID: r.ID})
			}},
	} {
		t.Run(name, func(t *testing.T) {
			content := []byte("All is well at " + name)
			stored, err := service.to.Upload(t.Context(), upload.Bytes("report.txt", content))
			if err != nil {
				t.Fatal(err)
			}
			download, err := service.back(t.Context(), stored)
			if err != nil {
				t.Fatal(err)
			}
			defer download.Close()
			if back, err := io.ReadAll(download); err != nil || !bytes.Equal(back, content) {
				t.Errorf("%q came back: %v", back, err)
			}
		})
	}
}

// Websockets go through, and do not keep the program from ending.
func TestWebsocket(t *testing.T) {
	p := start(t)
	answer, err := connectClient(t, p.url(t)).CreateParticipantConnection(t.Context(),
		connectparticipant.CreateParticipantConnectionRequest{
			Type:             []connectparticipant.ConnectionType{connectparticipant.ConnectionTypeWebsocket},
			ParticipantToken: docferry.Secret(p.line(t, "agent's token")),
		})
	if err != nil {
		t.Fatal(err)
	}
	socket, _, err := websocket.Dial(t.Context(), string(answer.Websocket.URL), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = socket.CloseNow() }()
	if err := socket.Write(t.Context(), websocket.MessageText,
		[]byte(`{"topic":"aws/subscribe","content":{"topics":["aws/chat"]}}`)); err != nil {
		t.Fatal(err)
	}
	if _, frame, err := socket.Read(t.Context()); err != nil || !bytes.Contains(frame, []byte("aws/chat")) {
		t.Fatalf("%s: %v", frame, err)
	}
	p.stop()
	for {
		if _, _, err := socket.Read(t.Context()); err != nil {
			return // it ended with the program
		}
	}
}

// Oracle's command-line client signs in outside the API, and streams uploads
// without saying how long they are.
func TestToolkit(t *testing.T) {
	p := start(t)
	user, password, _ := strings.Cut(p.line(t, "user and password"), ":")
	form := "--x\r\nContent-Disposition: form-data; name=\"jsonInputParameters\"\r\n\r\n{\"parentID\":\"self\"}\r\n" +
		"--x\r\nContent-Disposition: form-data; name=\"primaryFile\"; filename=\"a.txt\"\r\n\r\nA\r\n--x--\r\n"
	for path, body := range map[string]io.Reader{
		"/documents/integration?IdcService=SCS_GET_TENANT_CONFIG&IsJson=1": nil,
		"/osn/social/api/v1/connections":                                   nil,
		"/osn/social/api/v1/groups?count=1&offset=0":                       nil,
		"/documents/api/1.2/folders/items?limit=10000":                     nil,
		"/documents/api/1.2/files/data/":                                   struct{ io.Reader }{strings.NewReader(form)},
	} {
		method := http.MethodGet
		if body != nil {
			method = http.MethodPost
		}
		req, err := http.NewRequestWithContext(t.Context(), method, p.url(t)+path, body)
		if err != nil {
			t.Fatal(err)
		}
		req.SetBasicAuth(user, password)
		req.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || resp.StatusCode/100 != 2 || !strings.HasPrefix(string(text), "{") {
			t.Errorf("%s %s: %s %q %v", method, path, resp.Status, text, err)
		}
	}
}

func TestOtherPaths(t *testing.T) {
	p := start(t)
	for _, path := range []string{"/api", "/api/v10/me", "/_storage/other/x", "/participants"} {
		resp, err := http.Get(p.url(t) + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusNotFound ||
			!strings.Contains(string(body), "none of the emulated services") {
			t.Errorf("%s: %s %q %v", path, resp.Status, body, err)
		}
	}
}

// No path belongs to two servers.
func TestPathsAreApart(t *testing.T) {
	owners := map[string]string{}
	for name, paths := range map[string][]string{
		"workdocs": workdocstest.Paths(), "connect": connectparticipanttest.Paths(), "oracle": oracledocstest.Paths(),
	} {
		for _, path := range paths {
			for other, owner := range owners {
				if owner != name && (strings.HasPrefix(path+"/", other+"/") || strings.HasPrefix(other+"/", path+"/")) {
					t.Errorf("%s of %s and %s of %s overlap", path, name, other, owner)
				}
			}
			owners[path] = name
		}
	}
}

func TestHelp(t *testing.T) {
	var stdout, stderr buffer
	if code := run(t.Context(), []string{"-h"}, &stdout, &stderr); code != 0 || stderr.String() != "" ||
		!strings.Contains(stdout.String(), "-addr") {
		t.Errorf("exit %d, stdout %q, stderr %q", code, stdout.String(), stderr.String())
	}
}

func TestFailures(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, args := range [][]string{{"-x"}, {"file"}, {"-addr", "nowhere"}, {"-addr", taken.Addr().String()},
		{"-tls-pem", "x.pem"}, {"-seed", "nowhere"}, {"-export", "main.go"}, {"-addr", "127.0.0.1:0", "-tls", "-tls-pem", "nowhere/x.pem"}} {
		t.Run(fmt.Sprint(args), func(t *testing.T) {
			var stdout, stderr buffer
			code := run(t.Context(), args, &stdout, &stderr)
			if text := stderr.String(); code != 1 || stdout.String() != "" || strings.Count(text, "\n") != 1 ||
				!strings.HasPrefix(text, "emulator: ") {
				t.Errorf("exit %d, stdout %q, stderr %q", code, stdout.String(), text)
			}
		})
	}
}

func TestAddress(t *testing.T) {
	for addr, want := range map[string]string{
		"127.0.0.1:1": "http://127.0.0.1:1", "[::1]:1": "http://[::1]:1",
		"[::]:1": "http://127.0.0.1:1", "0.0.0.0:1": "http://127.0.0.1:1",
	} {
		a, err := net.ResolveTCPAddr("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		if got := address(a); got != want {
			t.Errorf("%s is at %s, want %s", addr, got, want)
		}
	}
}
