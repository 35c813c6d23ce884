package toxic

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
)

// destination is a service with a place for one upload.
type destination interface {
	http.Handler // the service
	// uploader returns an uploader to the place, which reaches the service at
	// endpoint.
	uploader(endpoint string, h docferry.HTTP) (upload.Uploader, error)
	// sizes are those of the content that the place takes.
	sizes() []int
	// truth reads what the upload has left there. It does not use the network.
	truth() (truth, error)
	Close()
}

// truth is what one upload has made at a service.
type truth struct {
	stored map[upload.Ref][]byte // finished, with the content
	drafts []upload.Ref          // begun, but not finished
	late   []upload.Ref          // those of the drafts that the uploader cannot have seen
	before upload.Ref            // a version that was there before, and still is
	// nameless says that the service gave the uploader no ID before the end, so
	// that an ending in doubt has nothing to name.
	nameless bool
}

// succeeded stands for the ending of an upload that returned a result.
const succeeded upload.State = ""

// judgement compares a report with the truth.
type judgement struct {
	content []byte // of the source
	result  *upload.Result
	err     error
	to      destination
	truth   truth
	wrong   []string // what is wrong with the report
}

func (j *judgement) blame(format string, args ...any) {
	j.wrong = append(j.wrong, fmt.Sprintf(format, args...))
}

// judge fills wrong and returns the ending.
func (j *judgement) judge() upload.State {
	var err error
	if j.truth, err = j.to.truth(); err != nil {
		j.blame("what is stored could not be read: %v", err)
		return "?"
	}
	if len(j.truth.stored) > 1 {
		j.blame("it is stored %d times", len(j.truth.stored))
	}
	for at, stored := range j.truth.stored {
		if !bytes.Equal(stored, j.content) {
			j.blame("%v holds %d other bytes than the %d of the source", at, len(stored), len(j.content))
		}
	}
	if j.err == nil {
		j.success()
		return succeeded
	}
	ended, ok := errors.AsType[*upload.Error](j.err)
	if !ok || j.result != nil || errors.Is(j.err, upload.ErrOutcomeUnknown) != (ended.State == upload.StateUnknown) {
		j.blame("it did not end as an upload does")
		return "?"
	}
	j.failure(ended)
	return ended.State
}

// success judges a result: it is where the content is, once.
func (j *judgement) success() {
	if _, ok := j.truth.stored[upload.Ref{ID: j.result.ID, Version: j.result.Version}]; !ok {
		j.blame("what is reported as stored is not, but %d others are", len(j.truth.stored))
	}
	sum := sha256.Sum256(j.content)
	if j.result.SHA256 != hex.EncodeToString(sum[:]) || j.result.Size != int64(len(j.content)) {
		j.blame("the result has the digest or the size of other content")
	}
	j.named(j.result.Left, j.truth.late)
	j.spared(j.result.Left)
}

// failure judges an error: it does not deny what is there.
func (j *judgement) failure(ended *upload.Error) {
	j.spared(ended.Left)
	switch ended.State {
	case upload.StateNotStarted, upload.StateRolledBack:
		if len(j.truth.stored)+len(j.truth.drafts)+len(ended.Left) > 0 {
			j.blame("it is %s, but %d are stored, the drafts %v are there, and %v is named",
				ended.State, len(j.truth.stored), j.truth.drafts, ended.Left)
		}
	case upload.StateOrphaned:
		if len(j.truth.stored) > 0 || len(ended.Left) == 0 {
			j.blame("it is %s, but %d are stored, and %v is named", ended.State, len(j.truth.stored), ended.Left)
		}
		j.named(ended.Left, nil)
	case upload.StateUnknown:
		for at := range j.truth.stored {
			if !j.truth.nameless && !slices.Contains(ended.Left, at) {
				j.blame("%v is stored and not named", at)
			}
		}
	default:
		j.blame("there is no such ending")
	}
}

// named requires that each draft is named in left, but for the excused ones. A
// name without a version stands for drafts that could not be listed.
func (j *judgement) named(left, excused []upload.Ref) {
	for _, draft := range j.truth.drafts {
		listed := slices.ContainsFunc(left, func(ref upload.Ref) bool {
			return ref == draft || ref.Version == "" && (ref.ID == "" || ref.ID == draft.ID)
		})
		if !listed && !slices.Contains(excused, draft) {
			j.blame("the draft %v is not named", draft)
		}
	}
}

// spared requires that left does not name what was there before: a caller may
// remove what it names.
func (j *judgement) spared(left []upload.Ref) {
	if j.truth.before.ID != "" && slices.Contains(left, j.truth.before) {
		j.blame("%v, which was there before, is named as left", j.truth.before)
	}
}
