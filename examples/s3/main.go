// Command s3 uploads a file to a bucket of Amazon S3, or of anything that
// speaks its protocol. It shows a destination that package upload knows
// nothing of: bucket.go makes one out of upload.Presigned and the signer of the
// AWS SDK.
//
//	export AWS_ACCESS_KEY_ID=... AWS_SECRET_ACCESS_KEY=...
//	go run ./examples/s3 -bucket my-bucket -region eu-west-1 report.pdf
//	go run ./examples/s3 -endpoint http://127.0.0.1:9000 -bucket my-bucket -key reports/may.pdf report.pdf
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/docferry/docferry/examples/internal/program"
	"github.com/docferry/docferry/upload"
)

func main() { program.Main(run) }

const usage = `Usage: s3 -bucket NAME [flags] FILE

Uploads a file to S3 with one PUT to a URL that is signed here. Credentials
come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.

`

// run runs the program and returns its exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return program.Code(ctx, "s3", put(ctx, args, stdout), stderr)
}

func put(ctx context.Context, args []string, stdout io.Writer) error {
	var to bucket
	flags := flag.NewFlagSet("s3", flag.ContinueOnError)
	flags.StringVar(&to.endpoint, "endpoint", "", "`address` of the service (default Amazon's in the region)")
	flags.StringVar(&to.name, "bucket", "", "`name` of the bucket")
	flags.StringVar(&to.region, "region", "us-east-1", "`region` of the bucket")
	flags.StringVar(&to.key, "key", "", "`key` of the object (default the name of the file)")
	err := program.Parse(flags, args, usage, stdout)
	switch {
	case err != nil:
		return err
	case to.name == "" || flags.NArg() != 1:
		return errors.New("a bucket and one file are needed; see -h")
	}
	to.endpoint = strings.TrimSuffix(cmp.Or(to.endpoint, "https://s3."+to.region+".amazonaws.com"), "/")
	if to.credentials, err = program.AWSCredentials(); err != nil {
		return err
	}
	src, err := upload.File(flags.Arg(0))
	if err != nil {
		return err
	}
	stored, err := to.uploader().Upload(ctx, src)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%s/%s: %d bytes, SHA-256 %s\n", to.name, stored.ID, stored.Size, stored.SHA256)
	return nil
}
