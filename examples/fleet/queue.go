package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/docferry/docferry/upload/tree"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// queue is a stream with a message for each file that is not copied yet, and two buckets.
// NATS keeps them on its disks. A lone server may lose the last two minutes of them in a
// power failure; if that matters, set its sync_interval, or use a cluster and replicas.
type queue struct {
	js       jetstream.JetStream
	stream   jetstream.Stream
	consumer jetstream.Consumer
	// records has what was begun and what is stored, by the key of the document, and the
	// state of the limiter.
	records jetstream.KeyValue
	// leases says who works on a document. An entry vanishes when it is not renewed for
	// the time of a lease, by the clock of the NATS server.
	leases jetstream.KeyValue
	lease  time.Duration
}

// job is a message: a file to copy.
type job struct {
	Key      string    `json:"key"`  // of the document; see keyOf
	Path     string    `json:"path"` // below the folder that is copied
	Size     int64     `json:"size"`
	ModTime  time.Time `json:"modTime"`
	FolderID string    `json:"folderId"` // at the service
	// There says that the service had a document of the name when the job was planned.
	There bool `json:"there,omitzero"`
}

// id identifies a job: the same file in the same state is planned once.
func (j *job) id() string { return fmt.Sprintf("%s-%d-%d", j.Key, j.Size, j.ModTime.UnixNano()) }

// record is what is known of a document. It is written before the upload begins, and after
// it has succeeded.
type record struct {
	Target  tree.Target `json:"target"` // with the claim of the upload
	Size    int64       `json:"size"`
	Stored  bool        `json:"stored,omitzero"`
	ID      string      `json:"id,omitzero"` // of what is stored
	Version string      `json:"version,omitzero"`
	By      string      `json:"by"` // the worker
}

// keyOf identifies a document at a service, as a key of the buckets. It is the same for
// all names that the service takes for one.
func keyOf(d tree.Destination, folderID, name string) (string, error) {
	_, key, err := d.Name(name, false)
	sum := sha256.Sum256([]byte(folderID + "\n" + key))
	return hex.EncodeToString(sum[:16]), err
}

// The names at NATS.
const (
	streamName, subject         = "fleet", "fleet.jobs"
	recordsBucket, leasesBucket = "fleet-records", "fleet-leases"
)

// duplicates is how long JetStream remembers the IDs of messages. A job that is planned
// again later is one more message, whose worker finds that the document is stored.
const duplicates = 24 * time.Hour

// minLease leaves time for renewals. For a real service, a lease has to be much longer.
const minLease = 200 * time.Millisecond

// createQueue makes the queue, or opens it if it is there with the same lease.
func createQueue(ctx context.Context, nc *nats.Conn, lease time.Duration) (*queue, error) {
	if lease < minLease {
		return nil, fmt.Errorf("-lease is %v; it has to be %v or more", lease, minLease)
	}
	js, err := jetstream.New(nc)
	if err != nil {
		return nil, err
	}
	_, stream := js.CreateStream(ctx, jetstream.StreamConfig{Name: streamName, Subjects: []string{subject},
		Retention: jetstream.WorkQueuePolicy, Duplicates: duplicates})
	_, consumer := js.CreateConsumer(ctx, streamName, jetstream.ConsumerConfig{Durable: "workers",
		AckPolicy: jetstream.AckExplicitPolicy,
		AckWait:   lease + lease/4, // the lease of a silent worker is over when another gets the message
		// A document is never given up: an outage of the service may be long.
		MaxDeliver: -1, MaxAckPending: -1})
	_, leases := js.CreateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: leasesBucket, TTL: lease})
	_, records := js.CreateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: recordsBucket})
	if err := cmp.Or(stream, consumer, leases, records); err != nil {
		return nil, fmt.Errorf("the queue cannot be made; if it is there, its -lease cannot be changed: %w", err)
	}
	return openQueue(ctx, nc)
}

// openQueue opens the queue that plan has made.
func openQueue(ctx context.Context, nc *nats.Conn) (*queue, error) {
	js, err := jetstream.New(nc)
	if err != nil {
		return nil, err
	}
	q := &queue{js: js}
	var failed [5]error
	q.stream, failed[0] = js.Stream(ctx, streamName)
	q.consumer, failed[1] = js.Consumer(ctx, streamName, "workers")
	q.records, failed[2] = js.KeyValue(ctx, recordsBucket)
	if q.leases, failed[3] = js.KeyValue(ctx, leasesBucket); failed[3] == nil {
		var status jetstream.KeyValueStatus
		if status, failed[4] = q.leases.Status(ctx); failed[4] == nil {
			q.lease = status.TTL() // the same for all workers
		}
	}
	if err := cmp.Or(failed[:]...); err != nil {
		return nil, fmt.Errorf("the queue cannot be opened; run plan first: %w", err)
	}
	return q, nil
}

func (q *queue) limiter() *limiter { return &limiter{q.records} }

// publish puts a job into the queue. known reports that it was put there before.
func (q *queue) publish(ctx context.Context, j *job) (known bool, err error) {
	text, err := json.Marshal(j)
	if err != nil {
		return false, err
	}
	ack, err := q.js.Publish(ctx, subject, text, jetstream.WithMsgID(j.id()))
	if err != nil {
		return false, err
	}
	return ack.Duplicate, nil
}

// load returns the record of a document and its revision, which is 0 if there is none.
func (q *queue) load(ctx context.Context, key string) (r record, revision uint64, err error) {
	entry, err := q.records.Get(ctx, key)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return record{}, 0, nil
	}
	if err != nil {
		return record{}, 0, err
	}
	err = json.Unmarshal(entry.Value(), &r)
	return r, entry.Revision(), err
}

// save replaces the record of a revision. If it is not the latest, the error is errLost,
// since only the holder of the lease writes.
func (q *queue) save(ctx context.Context, key string, r record, revision uint64) (uint64, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return 0, err
	}
	if revision, err = q.records.Update(ctx, key, text, revision); errors.Is(err, jetstream.ErrKeyRevisionMismatch) {
		err = errLost
	}
	return revision, err
}
