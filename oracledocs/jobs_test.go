package oracledocs_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/google/go-cmp/cmp"
)

// zipped is an archive of files that hold their names.
func zipped(t *testing.T, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range names {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// progress notes what a job has said about itself.
type progress []oracledocs.JobState

func (p *progress) note(s oracledocs.JobState) { *p = append(*p, s) }

func TestBulkDownload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, srv := t.Context(), newServer(t)
		c := newClient(t, srv, oracledocs.V1_2)
		folder := srv.AddFolder(oracledocstest.User, "self", "Reports")
		a := srv.AddFile(oracledocstest.User, folder, "a.txt", []byte("May."))
		b := srv.AddFile(oracledocstest.User, folder, "b.txt", []byte("June."))
		started := must(c.StartBulkDownload(ctx, oracledocs.StartBulkDownloadRequest{FolderID: folder,
			IDList: []string{a, b}}))(t)
		if started.JobID() == "" || !strings.HasSuffix(started.Location, started.JobID()) || len(started.IDList) != 2 ||
			started.ParentID != folder {
			t.Fatalf("StartBulkDownload answers %+v", started)
		}
		must(c.DeleteFile(ctx, oracledocs.DeleteFileRequest{FileID: b}))(t)

		job := oracledocs.GetBulkDownloadStatusRequest{FolderID: folder, JobID: started.JobID()}
		var seen progress
		done := must(c.WaitBulkDownload(ctx, job, oracledocs.Wait{Progress: seen.note}))(t)
		var steps []oracledocs.JobProgress
		for _, state := range seen {
			steps = append(steps, state.Progress)
		}
		want := []oracledocs.JobProgress{oracledocs.JobProgressPending, oracledocs.JobProgressProcessing,
			oracledocs.JobProgressSucceeded}
		if diff := cmp.Diff(want, slices.Compact(steps)); diff != "" {
			t.Errorf("the progress differs (-want +got):\n%s", diff)
		}
		if !done.Completed || done.CompletedPercentage != 100 || done.Details.Filename != "Reports.zip" {
			t.Errorf("WaitBulkDownload returns %+v", done)
		}
		if diff := cmp.Diff([]oracledocs.UnavailableItem{{ID: b, Error: "Item not available"}}, done.Items); diff != "" {
			t.Errorf("what was left out differs (-want +got):\n%s", diff)
		}
		if len(done.Links) != 1 || done.Links[0].Rel != "enclosure" {
			t.Errorf("the links are %+v", done.Links)
		}
		content := read(c.DownloadBulkPackage(ctx, oracledocs.DownloadBulkPackageRequest{FolderID: folder,
			JobID: job.JobID}))(t)
		archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
		if err != nil || len(archive.File) != 1 || archive.File[0].Name != "a.txt" ||
			done.Details.Filesize != int64(len(content)) {
			t.Errorf("the package holds %v, error %v, %d bytes, want %d", archive, err, len(content), done.Details.Filesize)
		}
	})
}

func TestExtract(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, srv := t.Context(), newServer(t)
		c := newClient(t, srv, oracledocs.V1_2)
		folder := srv.AddFolder(oracledocstest.User, "self", "Reports")
		srv.AddFile(oracledocstest.User, folder, "a.txt", []byte("taken"))
		file := srv.AddFile(oracledocstest.User, "self", "all.zip", zipped(t, "a.txt", "b.txt", "c/d.txt"))
		started := must(c.ExtractZip(ctx, oracledocs.ExtractZipRequest{FileID: file, DestinationID: folder,
			DuplicateResolution: oracledocs.DuplicateResolutionSkipDuplicates}))(t)
		job := oracledocs.GetExtractionStatusRequest{FileID: file, JobID: started.JobID}
		done := must(c.WaitExtract(ctx, job, oracledocs.Wait{}))(t)
		if done.FilesProcessed != 3 || done.FilesCreated != 2 || done.FilesSkipped != 1 {
			t.Errorf("WaitExtract returns %+v", done)
		}
		if diff := cmp.Diff([]oracledocs.ZipEntry{{"name": "a.txt"}}, done.SkippedItems); diff != "" {
			t.Errorf("the skipped entries differ (-want +got):\n%s", diff)
		}
		job.IncludeSkippedItemDetails = new(false)
		if again := must(c.GetExtractionStatus(ctx, job))(t); again.SkippedItems != nil {
			t.Errorf("skipped entries that were not asked for: %v", again.SkippedItems)
		}
	})
}

// A job that ends badly is a JobError, with what the service last said.
func TestFailedJobs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, srv := t.Context(), newServer(t)
		c := newClient(t, srv, oracledocs.V1_2)
		file := srv.AddFile(oracledocstest.User, "self", "all.zip", []byte("no archive"))
		started := must(c.ExtractZip(ctx, oracledocs.ExtractZipRequest{FileID: file}))(t)
		status, err := c.WaitExtract(ctx, oracledocs.GetExtractionStatusRequest{FileID: file, JobID: started.JobID},
			oracledocs.Wait{})
		failed, ok := errors.AsType[*oracledocs.JobError](err)
		if !ok || failed.State.Progress != oracledocs.JobProgressFailed || failed.JobID != started.JobID ||
			failed.Message == "" {
			t.Errorf("a job that fails: %v", err)
		}
		if status == nil || !status.Completed || strings.Contains(err.Error(), "\n") {
			t.Errorf("a job that fails returns %+v and the error %q", status, err)
		}
		second := must(c.ExtractZip(ctx, oracledocs.ExtractZipRequest{FileID: file}))(t)
		must(c.AbortExtraction(ctx, oracledocs.AbortExtractionRequest{FileID: file, JobID: second.JobID}))(t)
		_, err = c.WaitExtract(ctx, oracledocs.GetExtractionStatusRequest{FileID: file, JobID: second.JobID},
			oracledocs.Wait{})
		if failed, ok := errors.AsType[*oracledocs.JobError](err); !ok ||
			failed.State.Progress != oracledocs.JobProgressAborted {
			t.Errorf("a job that was aborted: %v", err)
		}
		_, err = c.WaitExtract(ctx, oracledocs.GetExtractionStatusRequest{FileID: file, JobID: "ZX-0"}, oracledocs.Wait{})
		if !errors.Is(err, docferry.ErrNotFound) {
			t.Errorf("a job that does not exist: %v", err)
		}
	})
}

// The context ends waiting, and the job too if that is asked for.
func TestWaitEnds(t *testing.T) {
	for name, abort := range map[string]bool{"left": false, "aborted": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv := newServer(t)
				c := newClient(t, srv, oracledocs.V1_2)
				folder := srv.AddFolder(oracledocstest.User, "self", "Reports")
				file := srv.AddFile(oracledocstest.User, folder, "a.txt", nil)
				started := must(c.StartBulkDownload(t.Context(),
					oracledocs.StartBulkDownloadRequest{FolderID: folder, IDList: []string{file}}))(t)
				job := oracledocs.GetBulkDownloadStatusRequest{FolderID: folder, JobID: started.JobID()}
				ctx, cancel := context.WithTimeout(t.Context(), 700*time.Millisecond)
				defer cancel()
				_, err := c.WaitBulkDownload(ctx, job, oracledocs.Wait{Abort: abort})
				if !errors.Is(err, context.DeadlineExceeded) || !docferry.OutcomeUnknown(err) {
					t.Errorf("waiting ended with %v", err)
				}
				time.Sleep(5 * time.Second) // enough for the job to end
				want := oracledocs.JobProgressSucceeded
				if abort {
					want = oracledocs.JobProgressAborted
				}
				if status := must(c.GetBulkDownloadStatus(t.Context(), job))(t); status.Progress != want {
					t.Errorf("the job has come to %s, want %s", status.Progress, want)
				}
			})
		})
	}
}

func TestAbortFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := newServer(t)
		c := newClient(t, srv, oracledocs.V1_2)
		file := srv.AddFile(oracledocstest.User, "self", "all.zip", zipped(t, "a.txt"))
		started := must(c.ExtractZip(t.Context(), oracledocs.ExtractZipRequest{FileID: file}))(t)
		ctx, cancel := context.WithCancel(t.Context())
		srv.Next("AbortExtraction", oracledocstest.Refuse(403, "-20", "no"))
		_, err := c.WaitExtract(ctx, oracledocs.GetExtractionStatusRequest{FileID: file, JobID: started.JobID},
			oracledocs.Wait{Abort: true, Progress: func(oracledocs.JobState) { cancel() }})
		if !errors.Is(err, context.Canceled) || !errors.Is(err, docferry.ErrForbidden) {
			t.Errorf("waiting ended with %v", err)
		}
	})
}

// A job is asked about ever less often.
func TestPolling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := newServer(t)
		c := newClient(t, srv, oracledocs.V1_2)
		for range 20 {
			srv.Next("GetExtractionStatus", oracledocstest.Answer(200, `{"completed":"false","progress":"BLOCKED"}`))
		}
		srv.Next("GetExtractionStatus", oracledocstest.Answer(200, `{"completed":true}`))
		began, last := time.Now(), time.Now()
		var waits []time.Duration
		must(c.WaitExtract(t.Context(), oracledocs.GetExtractionStatusRequest{FileID: "D1", JobID: "ZX-1"},
			oracledocs.Wait{Progress: func(oracledocs.JobState) {
				waits, last = append(waits, time.Since(last)), time.Now()
			}}))(t)
		if waits[0] != 0 || waits[1] != 500*time.Millisecond || waits[20] != 10*time.Second || !slices.IsSorted(waits) {
			t.Errorf("waited %v, in all %v", waits, time.Since(began))
		}
	})
}

func TestJobIDs(t *testing.T) {
	for location, want := range map[string]string{
		"": "", "/": "", "BD-1": "BD-1",
		"docs.example.com/documents/api/1.2/folders/F1/_download/BD-1":          "BD-1",
		"https://docs.example.com/documents/api/1.2/folders/F1/_download/BD-1/": "BD-1",
		"https://docs.example.com/_download/BD-1?a=b/c":                         "BD-1",
	} {
		if got := (&oracledocs.StartBulkDownloadResponse{Location: location}).JobID(); got != want {
			t.Errorf("the job of %q is %q, want %q", location, got, want)
		}
	}
}
