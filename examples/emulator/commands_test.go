package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// What the guide says to try works, also over https.
func TestCommands(t *testing.T) {
	t.Run("http", func(t *testing.T) { testCommands(t) })
	t.Run("https", func(t *testing.T) { testCommands(t, "-tls") })
}

func testCommands(t *testing.T, args ...string) {
	t.Helper()
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no shell")
	}
	p := start(t, args...)
	t.Chdir(t.TempDir())
	if err := os.WriteFile("README.md", []byte("# a file to upload\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var environment string
	for line := range strings.Lines(p.guide) {
		program, _, _ := strings.Cut(line, " ")
		switch program {
		case "export":
			environment += line
			continue
		case "curl", "aws":
		default:
			continue
		}
		t.Run(strings.Join(strings.Fields(line)[:3], " "), func(t *testing.T) {
			if _, err := exec.LookPath(program); err != nil {
				t.Skipf("there is no %s", program)
			}
			for range 2 { // a line may be run again
				cmd := exec.CommandContext(t.Context(), "sh", "-c", environment+line)
				cmd.Env = plainEnviron()
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Errorf("%s: %v\n%s", line, err, out)
				}
			}
		})
	}
}

// plainEnviron is the environment without what leads programs elsewhere.
func plainEnviron() []string {
	elsewhere := regexp.MustCompile(`(?i)^(AWS_|\w+_PROXY=)`)
	plain := slices.DeleteFunc(os.Environ(), elsewhere.MatchString)
	return append(plain, "AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull)
}

// The guide's last command is for the quickstart, whose flags it has to know.
func TestQuickstartCommand(t *testing.T) {
	t.Run("http", func(t *testing.T) { testQuickstartCommand(t) })
	t.Run("https", func(t *testing.T) {
		if runtime.GOOS == "darwin" || runtime.GOOS == "windows" {
			t.Skip("Go reads no SSL_CERT_FILE here")
		}
		testQuickstartCommand(t, "-tls")
	})
}

func testQuickstartCommand(t *testing.T, args ...string) {
	t.Helper()
	p := start(t, args...)
	var command, environment string
	for line := range strings.Lines(p.guide) {
		if strings.HasPrefix(line, "export ") {
			environment += line
		}
		if strings.HasPrefix(line, "go run ") {
			command = strings.TrimSpace(line)
		}
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no shell")
	}
	for range 2 { // it may be run again
		cmd := exec.CommandContext(t.Context(), "sh", "-c", environment+command)
		cmd.Dir = root
		cmd.Env = plainEnviron()
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", command, err, out)
		}
	}
}
