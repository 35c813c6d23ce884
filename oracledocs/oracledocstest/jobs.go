package oracledocstest

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// A job waits for a second and works for another, by the server's clock.
const (
	jobWaits = time.Second
	jobWorks = time.Second
)

// job is work that goes on after its request was answered. What it does
// happens when its time is up and a request asks for it.
type job struct {
	id      string
	item    *item // the folder or the zip file that it belongs to
	owner   *user
	started time.Time
	aborted bool
	done    bool
	failed  string // why, when it did not succeed
	work    func(now time.Time) error

	extraction *extraction
	bundle     *bundle
}

// startJob queues work for a caller.
func (s *Server) startJob(c *call, it *item, id string) *job {
	j := &job{id: id, item: it, owner: c.user, started: c.now}
	s.jobs[id] = j
	return j
}

// settle does the work of the jobs whose time is up.
func (s *Server) settle() {
	now := s.clock()
	inOrder := func(a, b *job) int { return cmp.Or(a.started.Compare(b.started), cmp.Compare(a.id, b.id)) }
	for _, j := range slices.SortedFunc(maps.Values(s.jobs), inOrder) {
		if j.done || j.aborted || now.Before(j.started.Add(jobWaits+jobWorks)) {
			continue
		}
		j.done = true
		if err := j.work(j.started.Add(jobWaits + jobWorks)); err != nil {
			j.failed = err.Error()
		}
	}
}

// jobOf finds the caller's job of the path. Those of others are as good as
// missing.
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

// abort ends a job that is not done.
func (s *Server) abort(c *call, kind, id, key string) (*reply, error) {
	j := s.jobs[c.path["jobId"]]
	if j == nil || j.item.id != id || j.owner != c.user {
		return nil, &refusal{
			status: http.StatusNotFound, code: codeMissing,
			key: key, message: "Unable to abort the job.",
			extra: object{"errorType": kind, "parentID": id},
		}
	}
	j.aborted = j.aborted || !j.done
	return &reply{body: object{"type": kind}}, nil
}

// status has the members that the answers about any job have.
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
