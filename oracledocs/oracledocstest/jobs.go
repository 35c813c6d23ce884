package oracledocstest

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// A job is pending for one second and processing for another, by the server's
// clock. The service states no times; these let a test see both states.
const (
	jobWaits = time.Second
	jobWorks = time.Second
)

// job is work that goes on after its request was answered: a bulk download or
// an extraction. There is no goroutine: the work is done by the first request
// after its time is up, so that a test controls it with the server's clock.
type job struct {
	id string
	// item is the folder of a bulk download or the zip file of an extraction.
	item    *item
	owner   *user
	started time.Time
	// A job ends in one of three ways: aborted is set, done is set, or done is
	// set and failed has the reason.
	aborted bool
	done    bool
	// failed is the reason why the job did not succeed, or empty.
	failed string
	// work does the job. It runs with the server's lock held.
	work func(now time.Time) error

	extraction *extraction
	bundle     *bundle
}

// startJob registers a job of the caller. The caller of startJob sets its work.
func (s *Server) startJob(c *call, it *item, id string) *job {
	j := &job{id: id, item: it, owner: c.user, started: c.now}
	s.jobs[id] = j
	return j
}

// settle does the work of all jobs whose time is up, in the order in which they
// were started. Every request calls it first, so it sees the same state as if
// the jobs had run on time.
func (s *Server) settle() {
	now := s.clock()
	inOrder := func(a, b *job) int { return cmp.Or(a.started.Compare(b.started), cmp.Compare(a.id, b.id)) }
	for _, j := range slices.SortedFunc(maps.Values(s.jobs), inOrder) {
		if j.done || j.aborted || now.Before(j.started.Add(jobWaits+jobWorks)) {
			continue
		}
		j.done = true
		// The job gets the time at which it was due, not that of the request
		// that happens to run it.
		if err := j.work(j.started.Add(jobWaits + jobWorks)); err != nil {
			j.failed = err.Error()
		}
	}
}

// jobOf returns the job that the path names. A job of another user or of
// another item is answered like one that does not exist.
func (s *Server) jobOf(c *call, it *item) (*job, error) {
	j := s.jobs[c.path["jobId"]]
	if j == nil || j.item != it || j.owner != c.user {
		return nil, &refusal{
			status: http.StatusNotFound, code: codeMissing,
			key: "!csJobDoesNotExist," + c.path["jobId"], message: "The job does not exist.",
			extra: object{"errorType": it.kind, "parentID": it.id},
		}
	}
	return j, nil
}

// abort stops a job that is not finished; a finished one stays as it is. The
// error for a job that is unknown or belongs to another user is documented,
// with a key for each kind of job.
func (s *Server) abort(c *call, kind, id, key string) (*reply, error) {
	j := s.jobs[c.path["jobId"]]
	// The item of the path is compared by ID alone and not looked up, because
	// it may be in the trash by now.
	if j == nil || j.item.id != id || j.owner != c.user {
		return nil, &refusal{
			status: http.StatusNotFound, code: codeMissing,
			key: key, message: "Unable to abort the job.",
			extra: object{"errorType": kind, "parentID": id},
		}
	}
	// Aborting twice is fine, and a finished job stays finished.
	j.aborted = j.aborted || !j.done
	return &reply{body: object{"type": kind}}, nil
}

// status returns the members that the answers about both kinds of job have in
// common. A job is completed when it ended in any way, not only when it
// succeeded.
func (j *job) status(now time.Time) object {
	progress, percent, completed := "PENDING", 0, true
	switch {
	case j.aborted:
		progress = "ABORTED"
	case j.failed != "":
		progress = "FAILED"
	case j.done:
		progress, percent = "SUCCEEDED", 100
	default:
		completed = false
		if !now.Before(j.started.Add(jobWaits)) {
			progress, percent = "PROCESSING", 50
		}
	}
	return object{
		"progress": progress, "completedPercentage": strconv.Itoa(percent),
		"completed": strconv.FormatBool(completed), "type": j.item.kind,
	}
}
