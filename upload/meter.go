package upload

import (
	"io"
	"iter"
	"sync"
	"time"
)

// Meter adds up the progress of many uploads. It is safe for concurrent use; use
// [NewMeter] to make one. A program that shows progress asks for its [Totals] as often as
// it likes.
type Meter struct {
	mu      sync.Mutex // guards what follows
	started time.Time
	t       Totals
	failed  int64 // bytes of the files that failed
	open    int64 // bytes that were read of the sources that are being sent
	// since are the bytes read in each of the last seconds, in a ring.
	since  [rateSeconds]int64
	second int64 // the last one that since has, counted from started
}

// rateSeconds is over how many seconds a rate is taken.
const rateSeconds = 10

// Totals is the progress of many uploads.
type Totals struct {
	Files, Bytes int64 // to be uploaded, as far as they are known
	// Stored, Skipped and Failed are the files that have ended. Skipped ones were not
	// uploaded, because they did not have to be.
	Stored, Skipped, Failed int64
	StoredBytes             int64 // of the files that are stored or were skipped
	Sent                    int64 // bytes of content that were handed to a connection
	SentAgain               int64 // how many of these were in a second or later attempt
	Elapsed                 time.Duration
	Rate                    float64 // bytes a second, over the last ten seconds
	// Left is the time that the rest takes at the current rate, or -1 if nothing is sent.
	Left time.Duration
}

// NewMeter returns a meter whose time begins now.
func NewMeter() *Meter { return &Meter{started: time.Now()} }

// Expect adds files to those that are to be uploaded.
func (m *Meter) Expect(files, bytes int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.t.Files += files
	m.t.Bytes += bytes
}

// Store counts a file that is stored.
func (m *Meter) Store(bytes int64) { m.end(&m.t.Stored, bytes) }

// Skip counts a file that did not have to be uploaded.
func (m *Meter) Skip(bytes int64) { m.end(&m.t.Skipped, bytes) }

// Fail counts a file that is not stored, or not for certain.
func (m *Meter) Fail(bytes int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.t.Failed++
	m.failed += bytes
}

// Count counts the file of an outcome.
func (m *Meter) Count(o Outcome) {
	if o.Err != nil {
		m.Fail(o.Source.Size)
		return
	}
	m.Store(o.Source.Size)
}

// Items returns a sequence with what is read of its sources counted, and its items
// expected when they are taken. Give the outcomes to Count.
func (m *Meter) Items(items iter.Seq2[Item, error]) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		for item, err := range items {
			m.Expect(1, item.Source.Size)
			item.Source = m.Source(item.Source)
			if !yield(item, err) {
				return
			}
		}
	}
}

func (m *Meter) end(count *int64, bytes int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	*count++
	m.t.StoredBytes += bytes
}

// Source returns src with what is read of it counted.
func (m *Meter) Source(src Source) Source {
	attempts := 0
	return src.through(func(rc io.ReadCloser) io.ReadCloser {
		return &meterReader{ReadCloser: rc, meter: m, attempts: &attempts}
	})
}

// Totals returns the progress at this moment.
func (m *Meter) Totals() Totals {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	m.forget(now)
	t := m.t
	t.Elapsed = now.Sub(m.started)
	recent := int64(0)
	for _, bytes := range m.since {
		recent += bytes
	}
	if over := min(t.Elapsed.Seconds(), rateSeconds); over > 0 {
		t.Rate = float64(recent) / over
	}
	switch rest := t.Bytes - t.StoredBytes - m.failed - m.open; {
	case rest <= 0:
		t.Left = 0
	case t.Rate == 0:
		t.Left = -1
	default:
		t.Left = time.Duration(float64(rest) / t.Rate * float64(time.Second))
	}
	return t
}

// forget clears the seconds that have passed. The caller holds mu.
func (m *Meter) forget(now time.Time) {
	second := int64(now.Sub(m.started) / time.Second)
	m.second = max(m.second, second-rateSeconds) // all of them have passed
	for m.second < second {
		m.second++
		m.since[m.second%rateSeconds] = 0
	}
}

func (m *Meter) sent(n int64, again bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.forget(time.Now())
	m.open += n
	m.since[m.second%rateSeconds] += n
	m.t.Sent += n
	if again {
		m.t.SentAgain += n
	}
}

// meterReader counts what is read.
type meterReader struct {
	io.ReadCloser
	meter    *Meter
	attempts *int // of all readers of the source, guarded by the meter's mu
	attempt  int
	read     int64
}

func (r *meterReader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	if n > 0 {
		if r.attempt == 0 { // a reader that is not read is no attempt
			r.meter.mu.Lock()
			*r.attempts++
			r.attempt = *r.attempts
			r.meter.mu.Unlock()
		}
		r.meter.sent(int64(n), r.attempt > 1)
		r.read += int64(n)
	}
	return n, err
}

// Close closes the source. What was read of it counts again when it is stored.
func (r *meterReader) Close() error {
	r.meter.mu.Lock()
	r.meter.open -= r.read
	r.read = 0
	r.meter.mu.Unlock()
	return r.ReadCloser.Close()
}
