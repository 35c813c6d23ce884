package oracledocstest_test

import (
	"bufio"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/docferry/docferry/oracledocs/oracledocstest"
)

// TestOperations asks for every operation in both versions. What a version has
// must arrive under its name, and what it lacks must not be found.
func TestOperations(t *testing.T) {
	f, err := os.Open("testdata/operations.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	srv, c := start(t)
	wildcard := regexp.MustCompile(`\{[a-zA-Z]+\}`)
	seen := 0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		fields := strings.Fields(lines.Text())
		name, method, path, versions := fields[0], fields[1], fields[2], strings.Split(fields[3], ",")
		seen++
		for _, version := range []string{"1.1", "1.2"} {
			url := wildcard.ReplaceAllString(strings.ReplaceAll(path, "{version}", version), "X0")
			r, err := http.NewRequest(method, srv.URL+url, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header = c.header.Clone()
			before := len(srv.Calls())
			got := c.send(r)
			if calls := srv.Calls()[before:]; slices.Contains(versions, version) {
				if len(calls) != 1 || calls[0] != name {
					t.Errorf("%s in %s: arrived as %v", name, version, calls)
				}
				if got.status == http.StatusNotImplemented || got.status >= 500 {
					t.Errorf("%s in %s: %d %s", name, version, got.status, got.raw)
				}
			} else if len(calls) > 0 && calls[0] == name || got.status/100 != 4 {
				t.Errorf("%s is answered with %d in %s, which lacks it", name, got.status, version)
			}
		}
	}
	if seen != 124 {
		t.Errorf("%d operations, want 124", seen)
	}
}

// TestOperationsNeedCredentials asks for every operation without credentials.
func TestOperationsNeedCredentials(t *testing.T) {
	data, err := os.ReadFile("testdata/operations.txt")
	if err != nil {
		t.Fatal(err)
	}
	srv := oracledocstest.New()
	defer srv.Close()
	for line := range strings.Lines(string(data)) {
		fields := strings.Fields(line)
		if fields[0] == "#" {
			continue
		}
		version, _, _ := strings.Cut(fields[3], ",")
		r, err := http.NewRequest(fields[1], srv.URL+strings.ReplaceAll(fields[2], "{version}", version), nil)
		if err != nil {
			t.Fatal(err)
		}
		r.URL.Path = strings.NewReplacer("{", "", "}", "").Replace(r.URL.Path)
		res, err := srv.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: got %d without credentials", fields[0], res.StatusCode)
		}
	}
}
