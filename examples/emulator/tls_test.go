package main

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/coder/websocket"
	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/workdocs"
)

// trust returns a configuration that trusts the certificate in a file alone.
func trust(t *testing.T, file string) *tls.Config {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) || strings.Contains(string(text), "PRIVATE") {
		t.Fatalf("%s does not have a certificate, or more than that", file)
	}
	return &tls.Config{RootCAs: pool}
}

// All that the services hand out leads back to https: URLs of uploads and
// downloads, and the websocket's.
func TestTLS(t *testing.T) {
	p := start(t, "-tls")
	url, file := p.url(t), p.line(t, "certificate to trust")
	if !strings.HasPrefix(url, "https://127.0.0.1:") {
		t.Fatalf("it is at %s", url)
	}
	config := trust(t, file)
	secure := docferry.HTTP{TLS: config}
	content := upload.Bytes("a.txt", []byte("A"))

	keys := aws.Credentials{AccessKeyID: p.line(t, "access key"), SecretAccessKey: p.line(t, "secret access key")}
	wd, err := workdocs.New(workdocs.Config{Endpoint: url, Credentials: staticKeys(keys), HTTP: secure})
	if err != nil {
		t.Fatal(err)
	}
	defer wd.CloseIdleConnections()
	stored, err := wd.Uploader(workdocs.UploadTo{FolderID: p.line(t, "folder")}).Upload(t.Context(), content)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wd.Download(t.Context(), workdocs.DownloadRequest{DocumentID: stored.ID, VersionID: stored.Version}); err != nil {
		t.Error(err)
	}

	user, password, _ := strings.Cut(p.line(t, "user and password"), ":")
	oc, err := oracledocs.New(oracledocs.Config{BaseURL: url, Auth: oracledocs.BasicAuth(user, docferry.Secret(password)),
		HTTP: secure})
	if err != nil {
		t.Fatal(err)
	}
	defer oc.CloseIdleConnections()
	if _, err := oc.Uploader(oracledocs.UploadTo{FolderID: "self"}).Upload(t.Context(), content); err != nil {
		t.Error(err)
	}

	cp, err := connectparticipant.New(connectparticipant.Config{Endpoint: url, HTTP: secure})
	if err != nil {
		t.Fatal(err)
	}
	defer cp.CloseIdleConnections()
	joined, err := cp.CreateParticipantConnection(t.Context(), connectparticipant.CreateParticipantConnectionRequest{
		Type: []connectparticipant.ConnectionType{connectparticipant.ConnectionTypeConnectionCredentials,
			connectparticipant.ConnectionTypeWebsocket},
		ParticipantToken: docferry.Secret(p.line(t, "customer's token")),
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cp.Uploader(joined.ConnectionCredentials.ConnectionToken).Upload(t.Context(), content); err != nil {
		t.Error(err)
	}
	transport := &http.Transport{TLSClientConfig: config}
	defer transport.CloseIdleConnections()
	socketURL := string(joined.Websocket.URL)
	socket, _, err := websocket.Dial(t.Context(), socketURL, &websocket.DialOptions{HTTPClient: &http.Client{Transport: transport}})
	if err != nil || !strings.HasPrefix(socketURL, "wss://") {
		t.Fatalf("the websocket at %s: %v", strings.SplitN(socketURL, "?", 2)[0], err)
	}
	_ = socket.CloseNow()
}

// Each host of the machine itself is in the certificate, and no other is.
func TestCertificateHosts(t *testing.T) {
	p := start(t, "-tls")
	p.complains = true // that a client does not trust it
	pool := trust(t, p.line(t, "certificate to trust")).RootCAs
	address := strings.TrimPrefix(p.url(t), "https://")
	for name, good := range map[string]bool{"127.0.0.1": true, "::1": true, "localhost": true, "example.com": false} {
		conn, err := tls.Dial("tcp", address, &tls.Config{RootCAs: pool, ServerName: name,
			NextProtos: []string{"h2", "http/1.1"}})
		if good != (err == nil) {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			if proto := conn.ConnectionState().NegotiatedProtocol; proto == "h2" {
				t.Error("HTTP/2 is spoken, in which no fault can break a connection")
			}
			_ = conn.Close()
		}
	}
}

// A temporary file goes with the program; one that was asked for stays.
func TestCertificateFile(t *testing.T) {
	p := start(t, "-tls")
	temporary := p.line(t, "certificate to trust")
	p.end()
	if _, err := os.Stat(temporary); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", temporary, err)
	}
	named := filepath.Join(t.TempDir(), "it's.pem")
	for range 2 { // the second one replaces it
		p = start(t, "-tls", "-tls-pem", named)
		if got := p.line(t, "certificate to trust"); got != named {
			t.Errorf("the certificate is in %s", got)
		}
		resp := fetch(t, &http.Transport{TLSClientConfig: trust(t, named)}, http.MethodGet, p.url(t)+"/", "", nil)
		if _, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != http.StatusOK {
			t.Errorf("the page: %s, %v", resp.Status, err)
		}
		p.end()
	}
	if _, err := os.Stat(named); err != nil {
		t.Error(err)
	}
	if want := `'\''s.pem'`; !strings.Contains(p.guide, "CURL_CA_BUNDLE='"+strings.TrimSuffix(named, "'s.pem")+want) {
		t.Errorf("the file is not quoted for a shell:\n%s", p.guide)
	}
}
