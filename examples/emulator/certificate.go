package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"time"
)

// certify makes a certificate that is its own authority, for the hosts by which
// a client may reach the emulator. Its key never leaves the memory. The second
// result is the certificate for clients to trust, in PEM.
func certify(hosts []string) (tls.Certificate, []byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	now := time.Now()
	template := &x509.Certificate{
		Subject:   pkix.Name{CommonName: "docferry emulator"},
		NotBefore: now.Add(-time.Hour), // for clients whose clock is behind
		NotAfter:  now.AddDate(1, 0, 0),
		// It signs itself only. Programs differ in whether they trust a certificate
		// that is not an authority's.
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, text, nil
}

// publish writes the certificate to file, for clients to trust, and returns the
// name of the file and what removes it at the end. Without a name, it is a new
// file in the folder for temporary ones; a file that was asked for stays.
func publish(text []byte, file string) (name string, remove func(), err error) {
	if file != "" {
		return file, func() {}, os.WriteFile(file, text, 0o644)
	}
	f, err := os.CreateTemp("", "docferry-emulator-*.pem")
	if err != nil {
		return "", nil, fmt.Errorf("%w; name a file with -tls-pem", err)
	}
	remove = func() { _ = os.Remove(f.Name()) }
	_, err = f.Write(text)
	if err := errors.Join(err, f.Close()); err != nil {
		remove()
		return "", nil, err
	}
	return f.Name(), remove, nil
}
