package s3test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
)

// authority is a private certificate authority.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := new(authority)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "private authority"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	a.key = newKey(t)
	a.cert = a.sign(t, template, template, a.key)
	return a
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (a *authority) sign(t *testing.T, template, parent *x509.Certificate, key *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

// certify returns the names of files with a certificate for 127.0.0.1, and with
// its key.
func (a *authority) certify(t *testing.T) (certFile, keyFile string) {
	t.Helper()
	key := newKey(t)
	cert := a.sign(t, &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "gateway"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, a.cert, key)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name, kind string, der []byte) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	return write("cert.pem", "CERTIFICATE", cert.Raw), write("key.pem", "PRIVATE KEY", private)
}

// trusting returns a transport that trusts the authority, and no other, and
// that would rather speak HTTP/2.
func (a *authority) trusting() *http.Transport {
	roots := x509.NewCertPool()
	roots.AddCert(a.cert)
	return &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true,
		ExpectContinueTimeout: 2 * time.Second}
}

// protocols is a transport that notes the protocol of answers.
type protocols struct {
	http.RoundTripper
	seen map[string]int
}

func (p protocols) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := p.RoundTripper.RoundTrip(r)
	if err == nil {
		p.seen[resp.Proto]++
	}
	return resp, err
}

// A storage whose certificate a private authority has signed is reached through
// a transport that trusts it.
func TestTLS(t *testing.T) {
	a := newAuthority(t)
	cert, key := a.certify(t)
	g := start(t, "https", a.trusting(), "--cert", cert, "--key", key)
	seen := protocols{g.http.Transport, map[string]int{}}
	g.http.Transport = seen
	d := &desk{gateway: g}
	c := d.client(t)
	for i, file := range []string{"small.txt", "large.txt"} {
		src := random(file, byte(i), []int64{1000, 16 << 20}[i])
		result, err := g.to(file, nil).Upload(t.Context(), src)
		if err != nil {
			t.Fatal(err)
		}
		g.stored(t, file, src, result)
		d.size = src.Size
		d.comesBack(t, c, file, src)
		form := g.form(t, "form-"+file, src, nil)
		if result, err = form.Upload(t.Context(), src); err != nil {
			t.Fatal(err)
		}
		g.stored(t, "form-"+file, src, result)
	}
	// This gateway offers no HTTP/2. One that does would be spoken to in that.
	t.Logf("answers by protocol: %v", seen.seen)

	t.Run("refusals", func(t *testing.T) {
		for _, size := range []int64{1, drained, cut} {
			to := g.to("refused.txt", func(p *put) { p.signer = wrongSecret })
			to.HTTP.Retry = persistent
			_, err := to.Upload(t.Context(), random("refused.txt", 1, size))
			if got := refusalOf(t, err); got != (refusal{403, "SignatureDoesNotMatch", upload.StateRolledBack}) {
				t.Errorf("%+v: %v", got, err)
			}
		}
	})
}

// Nothing is sent to a storage whose certificate is not to be trusted.
func TestUntrustedTLS(t *testing.T) {
	a := newAuthority(t)
	cert, key := a.certify(t)
	g := start(t, "https", a.trusting(), "--cert", cert, "--key", key)
	other := a.trusting()
	other.TLSClientConfig.ServerName = "storage.example.com"
	for name, tr := range map[string]http.RoundTripper{
		"of another authority": newAuthority(t).trusting(),
		"of another name":      other,
		"by default":           nil,
	} {
		t.Run(name, func(t *testing.T) {
			to := g.to("untrusted.txt", nil)
			to.HTTP = docferry.HTTP{Transport: tr, AllowPrivate: true, Retry: docferry.Retry{Attempts: 1}}
			_, err := to.Upload(t.Context(), random("untrusted.txt", 1, 1000))
			to.CloseIdleConnections()
			unsent, ok := errors.AsType[*docferry.TransportError](err)
			if !ok || unsent.Sent || docferry.OutcomeUnknown(err) {
				t.Errorf("%v: want that nothing was sent", err)
			}
			if _, ok := errors.AsType[*tls.CertificateVerificationError](err); !ok {
				t.Errorf("%v does not tell that it is about the certificate", err)
			}
		})
	}
	g.holds(t)
}
