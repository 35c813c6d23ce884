package s3test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
	"github.com/google/go-cmp/cmp"
)

// refusal is how an upload ended that the gateway has refused.
type refusal struct {
	Status int
	Code   string
	State  upload.State
}

// refusalOf reads an error of an upload. It fails the test for one that is no
// refusal, that gives no reason, or that tells too much.
func refusalOf(t *testing.T, err error) refusal {
	t.Helper()
	ended, ok := errors.AsType[*upload.Error](err)
	if !ok {
		t.Errorf("%v is no *upload.Error", err)
		return refusal{}
	}
	if ended.Stage != upload.StageSend || len(ended.Left) > 0 || ended.Cleanup != nil {
		t.Errorf("%v: stage %s, left %v, clean-up %v; want %s and nothing else", err, ended.Stage, ended.Left,
			ended.Cleanup, upload.StageSend)
	}
	for _, hidden := range []string{"X-Amz-Signature", "AWS4-HMAC", keyID, secret, "\n"} {
		if strings.Contains(err.Error(), hidden) {
			t.Errorf("the error tells %q: %v", hidden, err)
		}
	}
	refused, ok := errors.AsType[*docferry.Error](err)
	if !ok {
		t.Errorf("%v is no refusal", err)
		return refusal{}
	}
	if refused.Message == "" || refused.RequestID == "" {
		t.Errorf("%v has no message or no request ID", err)
	}
	return refusal{refused.StatusCode, refused.Code, ended.State}
}

// wrongSecret, wrongKey and wrongRegion sign what the gateway refuses.
func wrongSecret(o *s3.Options) { o.Credentials = keys(keyID, "wrong") }
func wrongKey(o *s3.Options)    { o.Credentials = keys("AKIANOBODY", secret) }
func wrongRegion(o *s3.Options) { o.Region = "eu-west-2" }

// longAgo is when a URL was signed that has expired.
func longAgo() time.Time { return time.Now().Add(-24 * time.Hour) }

// The gateway refuses content before it has read it all. Up to 256 KiB it then
// reads the rest, so that its answer arrives.
const (
	drained = 200_000
	cut     = 16 << 20 // more than the buffers between the two hold
)

// persistent makes many attempts. A client whose content the gateway cuts off
// often finds the connection closed before it finds the answer.
var persistent = docferry.Retry{Attempts: 30, MinWait: time.Millisecond, MaxWait: 10 * time.Millisecond}

// A refusal is definite, says why, and leaves nothing behind.
func TestRefusals(t *testing.T) {
	g := plain(t)
	rolledBack := upload.StateRolledBack
	for name, c := range map[string]struct {
		sign func(*put)
		want refusal
	}{
		"wrong secret": {
			func(p *put) { p.signer = wrongSecret },
			refusal{403, "SignatureDoesNotMatch", rolledBack},
		},
		"unknown key": {
			func(p *put) { p.signer = wrongKey },
			refusal{404, "XAdminUserNotFound", rolledBack}, // S3: 403 InvalidAccessKeyId
		},
		"wrong region": {
			func(p *put) { p.signer = wrongRegion },
			refusal{400, "AuthorizationQueryParametersError", rolledBack},
		},
		"expired": {
			func(p *put) { p.at = longAgo() },
			refusal{403, "AccessDenied", rolledBack},
		},
		"missing bucket": {
			func(p *put) { p.Bucket = new("no-such-bucket") },
			refusal{404, "NoSuchBucket", rolledBack},
		},
		"invalid bucket": {
			func(p *put) { p.Bucket = new("No_Bucket") },
			refusal{400, "InvalidBucketName", rolledBack},
		},
		"SHA-256 of other content": {
			func(p *put) { p.ChecksumSHA256 = sha256Of([]byte("other")) },
			refusal{400, "BadDigest", rolledBack},
		},
		"CRC-32 of other content": {
			func(p *put) { p.ChecksumCRC32 = crc32Of([]byte("other")) },
			refusal{400, "BadDigest", rolledBack},
		},
		"MD5 of other content": {
			func(p *put) { p.ContentMD5 = new("1B2M2Y8AsgTpgAmY7PhCfg==") }, // of nothing
			refusal{400, "BadDigest", rolledBack},
		},
		"name too long": { // for the file system
			func(p *put) { p.Key = new(strings.Repeat("x", 256)) },
			refusal{400, "KeyTooLongError", rolledBack},
		},
	} {
		for _, size := range []int64{1, drained, cut} {
			t.Run(fmt.Sprintf("%s, %d bytes", name, size), func(t *testing.T) {
				to := g.to("refused.txt", c.sign)
				to.HTTP.Retry = persistent
				_, err := to.Upload(t.Context(), random("refused.txt", 1, size))
				if diff := cmp.Diff(c.want, refusalOf(t, err)); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				if refused, ok := errors.AsType[*docferry.Error](err); ok && refused.Attempts > 1 && size < cut {
					t.Errorf("it took %d attempts: %v", refused.Attempts, err)
				}
				if docferry.OutcomeUnknown(err) || errors.Is(err, upload.ErrExpired) != (name == "expired") {
					t.Errorf("%v: unknown %t, expired %t", err, docferry.OutcomeUnknown(err), errors.Is(err, upload.ErrExpired))
				}
			})
		}
	}
	g.holds(t)
}

// Kinds of refusal that callers look for with errors.Is.
func TestKinds(t *testing.T) {
	g := plain(t)
	g.store(t, "taken.txt", random("taken.txt", 1, 10))
	for kind, sign := range map[error]func(*put){
		docferry.ErrForbidden: func(p *put) { p.signer = wrongSecret },
		docferry.ErrNotFound:  func(p *put) { p.Bucket = new("no-such-bucket") },
		docferry.ErrInvalid:   func(p *put) { p.ChecksumSHA256 = sha256Of([]byte("other")) },
		docferry.ErrConflict:  func(p *put) { p.Key, p.IfNoneMatch = new("taken.txt"), new("*") },
	} {
		_, err := g.to("refused.txt", sign).Upload(t.Context(), random("refused.txt", 1, 10))
		if !errors.Is(err, kind) {
			t.Errorf("%v is not %v", err, kind)
		}
	}
}

// The service is asked for another URL if the storage says that the first has
// expired.
func TestExpiredURLIsRenewed(t *testing.T) {
	g := plain(t)
	for _, size := range []int64{10, cut} {
		begun := 0
		to := g.to("renewed.txt", func(p *put) {
			if begun++; begun == 1 {
				p.at = longAgo()
			}
		})
		to.HTTP.Retry = persistent
		src := random("renewed.txt", 1, size)
		result, err := to.Upload(t.Context(), src)
		if err != nil {
			t.Fatal(err)
		}
		g.stored(t, "renewed.txt", src, result)
		if begun != 2 {
			t.Errorf("%d URLs were asked for, want 2", begun)
		}
	}
}

// ifNew signs an upload that never replaces anything.
func ifNew(p *put) { p.IfNoneMatch = new("*") }

// An upload that is to replace nothing is refused if there is something, and
// what there is stays.
func TestIfNoneMatch(t *testing.T) {
	g := plain(t)
	first := random("taken.txt", 1, 1000)
	result, err := g.to("taken.txt", ifNew).Upload(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int64{1, 1000, drained, cut} {
		to := g.to("taken.txt", ifNew)
		to.HTTP.Retry = persistent
		_, err := to.Upload(t.Context(), random("taken.txt", 2, size))
		want := refusal{412, "PreconditionFailed", upload.StateNotStarted}
		if diff := cmp.Diff(want, refusalOf(t, err)); diff != "" {
			t.Errorf("of %d bytes (-want +got):\n%s", size, diff)
		}
		if docferry.OutcomeUnknown(err) {
			t.Errorf("%v is in doubt", err)
		}
	}
	g.stored(t, "taken.txt", first, result)
	g.holds(t, "taken.txt")
}

// Of several uploads of one name that are to replace nothing, one succeeds, and
// its content is what is stored.
func TestIfNoneMatchAtOnce(t *testing.T) {
	g := plain(t)
	const n = 6
	var wg sync.WaitGroup
	results, errs := make([]*upload.Result, n), make([]error, n)
	sources := make([]upload.Source, n)
	for i := range n {
		sources[i] = random("once.txt", byte(i), drained)
		wg.Go(func() {
			results[i], errs[i] = g.to("once.txt", ifNew).Upload(context.WithoutCancel(t.Context()), sources[i])
		})
	}
	wg.Wait()
	stored := 0
	for i, err := range errs {
		if err == nil {
			stored++
			g.stored(t, "once.txt", sources[i], results[i])
			continue
		}
		want := refusal{412, "PreconditionFailed", upload.StateNotStarted}
		if diff := cmp.Diff(want, refusalOf(t, err)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	if stored != 1 {
		t.Errorf("%d uploads say that they succeeded, want 1: %v", stored, errs)
	}
	g.holds(t, "once.txt")
}

// A source that turns out shorter than it says ends the upload. What had been
// sent of it is not stored, as it does not have the checksum that was signed.
func TestShortSource(t *testing.T) {
	g := plain(t)
	for _, size := range []int64{1000, cut} {
		src := random("short.txt", 1, size)
		src.Size++
		sum := sha256Of(content(t, random("short.txt", 1, src.Size)))
		_, err := g.to("short.txt", func(p *put) { p.ChecksumSHA256 = sum }).Upload(t.Context(), src)
		ended, ok := errors.AsType[*upload.Error](err)
		if !ok || ended.State != upload.StateRolledBack || !errors.Is(err, upload.ErrSourceChanged) {
			t.Errorf("%v: want %v, %s", err, upload.ErrSourceChanged, upload.StateRolledBack)
		}
	}
	g.holds(t)
}
