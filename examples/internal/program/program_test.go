package program_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"strings"
	"testing"

	"github.com/docferry/docferry/examples/internal/program"
)

func TestParse(t *testing.T) {
	for name, test := range map[string]struct {
		args []string
		out  string // what stdout begins with
		err  string // the error, or a part of it
	}{
		"a flag":       {args: []string{"-to", "x", "file"}},
		"help":         {args: []string{"-h"}, out: "Usage: test\n  -to folder\n", err: flag.ErrHelp.Error()},
		"unknown flag": {args: []string{"-x"}, err: "flag provided but not defined: -x; see -h"},
	} {
		t.Run(name, func(t *testing.T) {
			flags := flag.NewFlagSet("test", flag.ContinueOnError)
			to := flags.String("to", "", "where the `folder` is")
			var stdout bytes.Buffer
			err := program.Parse(flags, test.args, "Usage: test\n", &stdout)
			if !strings.HasPrefix(stdout.String(), test.out) || test.out == "" && stdout.Len() > 0 {
				t.Errorf("stdout %q, want %q", &stdout, test.out)
			}
			if test.err == "" {
				if err != nil || *to != "x" || flags.Arg(0) != "file" {
					t.Errorf("error %v, -to %q, argument %q", err, *to, flags.Arg(0))
				}
			} else if err == nil || err.Error() != test.err {
				t.Errorf("error %v, want %s", err, test.err)
			}
		})
	}
}

func TestCode(t *testing.T) {
	ended, end := context.WithCancel(t.Context())
	end()
	failure := errors.New("no such folder")
	for name, test := range map[string]struct {
		over bool // the context has ended
		err  error
		code int
		line string
	}{
		"success":                          {},
		"success in spite of an interrupt": {over: true},
		"help":                             {err: flag.ErrHelp},
		"failure":                          {err: failure, code: 1, line: "test: no such folder\n"},
		"interrupt":                        {over: true, err: failure, code: 1, line: "test: interrupted: no such folder\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var stderr bytes.Buffer
			ctx := t.Context()
			if test.over {
				ctx = ended
			}
			if code := program.Code(ctx, "test", test.err, &stderr); code != test.code || stderr.String() != test.line {
				t.Errorf("code %d and %q, want %d and %q", code, &stderr, test.code, test.line)
			}
		})
	}
}

func TestAWSCredentials(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "AKID")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	t.Setenv("AWS_SESSION_TOKEN", "token")
	keys, err := program.AWSCredentials()
	if err != nil || keys.AccessKeyID != "AKID" || keys.SecretAccessKey != "secret" || keys.SessionToken != "token" {
		t.Errorf("%+v, %v", keys, err)
	}
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	if _, err := program.AWSCredentials(); err == nil || !strings.Contains(err.Error(), "AWS_SECRET_ACCESS_KEY") {
		t.Errorf("without a secret: %v", err)
	}
}
