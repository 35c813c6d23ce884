package main

import (
	"errors"
	"fmt"
	"os"
)

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
