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
	"os"
	"os/signal"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/docferry/docferry/upload"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

const usage = `Usage: s3 -bucket NAME [flags] FILE

Uploads a file to S3 with one PUT to a URL that is signed here. Credentials
come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.

`

// run is the program; it returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	err := put(ctx, args, stdout)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintln(stderr, "s3:", err)
		return 1
	}
	return 0
}

func put(ctx context.Context, args []string, stdout io.Writer) error {
	var to bucket
	flags := flag.NewFlagSet("s3", flag.ContinueOnError)
	flags.StringVar(&to.endpoint, "endpoint", "", "`address` of the service (default Amazon's in the region)")
	flags.StringVar(&to.name, "bucket", "", "`name` of the bucket")
	flags.StringVar(&to.region, "region", "us-east-1", "`region` of the bucket")
	flags.StringVar(&to.key, "key", "", "`key` of the object (default the name of the file)")
	flags.SetOutput(io.Discard) // a mistake is told in one line, by run
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stdout, usage)
		flags.SetOutput(stdout)
		flags.PrintDefaults()
		return err
	case err != nil:
		return fmt.Errorf("%w; see -h", err)
	case to.name == "" || flags.NArg() != 1:
		return errors.New("a bucket and one file are needed; see -h")
	}
	to.endpoint = strings.TrimSuffix(cmp.Or(to.endpoint, "https://s3."+to.region+".amazonaws.com"), "/")
	to.credentials = aws.Credentials{
		AccessKeyID: os.Getenv("AWS_ACCESS_KEY_ID"), SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"),
		SessionToken: os.Getenv("AWS_SESSION_TOKEN"),
	}
	if !to.credentials.HasKeys() {
		return errors.New("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set")
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
