package journal

import (
	"bufio"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"sync"
	"time"
)

var (
	// ErrInUse means that another process, or another Journal, has the journal open.
	ErrInUse = errors.New("journal: it is in use")
	// ErrOtherRun means that the file is the journal of another run.
	ErrOtherRun = errors.New("journal: it belongs to another run")
	// ErrVersion means that the file was written by a later version of this package.
	ErrVersion = errors.New("journal: its format is of a later version")
	// ErrNotJournal means that the file is something else than a journal.
	ErrNotJournal = errors.New("journal: it is not a journal")
)

// Damage is a part of the file that could not be read.
type Damage struct {
	Offset int64 // of its first byte
	Length int64 // in bytes
	Torn   bool  // it is the end of the file, and was removed
	Err    error // what is wrong
}

// Journal is an open journal. It is safe for concurrent use.
type Journal struct {
	name   string
	lock   *os.File
	damage []Damage

	mu     sync.Mutex // guards what follows
	file   *os.File
	end    int64            // where the next record goes
	last   map[uint64]int64 // where the last record of a path begins, by its hash
	seed   maphash.Seed
	doubts map[string]bool // the paths whose last record is not settled
	broken error           // why nothing can be written any more

	syncing sync.Mutex // guards what follows
	synced  int64      // how much of the file is on disk
}

// Open opens the journal in a file, and makes it if there is none. The run is a name
// for what is uploaded to where, such as the two addresses; a journal that was made
// with another one is refused with [ErrOtherRun]. Close the journal when the run is
// over.
func Open(name, run string) (*Journal, error) {
	lock, err := acquire(name + ".lock")
	if err != nil {
		return nil, fmt.Errorf("open journal %q: %w", name, err)
	}
	j := &Journal{name: name, lock: lock, last: make(map[uint64]int64), seed: maphash.MakeSeed(),
		doubts: make(map[string]bool)}
	if err := j.open(run); err != nil {
		_ = j.release()
		return nil, fmt.Errorf("open journal %q: %w", name, err)
	}
	return j, nil
}

func (j *Journal) open(run string) error {
	var err error
	if j.file, err = os.OpenFile(j.name, os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return err
	}
	head, err := encode(header{formatVersion, run})
	if err != nil {
		return err
	}
	if err := j.readHeader(head, run); err != nil {
		return err
	}
	lines := int64(0)
	for line, err := range j.lines(j.end) {
		if err != nil {
			return err
		}
		lines++
		j.read(line)
	}
	if err := j.dropTail(); err != nil {
		return err
	}
	if err := j.sync(j.end); err != nil {
		return err
	}
	return j.compact(head, lines)
}

// readHeader reads the first line, and writes it if there is none yet.
func (j *Journal) readHeader(head []byte, run string) error {
	first, err := bufio.NewReader(io.NewSectionReader(j.file, 0, 1<<20)).ReadBytes('\n')
	var got header
	switch {
	case errors.Is(err, io.EOF) && unwritten(first, head): // the run that made it was killed at once
		if _, err := j.file.WriteAt(head, 0); err != nil {
			return err
		}
		if err := syncFolder(j.name); err != nil {
			return err
		}
		j.end = int64(len(head))
		return j.file.Truncate(j.end)
	case errors.Is(err, io.EOF):
		return ErrNotJournal
	case err != nil:
		return err
	case decode(first[:len(first)-1], &got) != nil || got.Journal < 1:
		return ErrNotJournal
	case got.Journal > formatVersion:
		return fmt.Errorf("%w: %d; this program reads up to %d", ErrVersion, got.Journal, formatVersion)
	case got.Run != run:
		return fmt.Errorf("%w: %q, not %q; use another file for the journal", ErrOtherRun, got.Run, run)
	}
	j.end = int64(len(first))
	return nil
}

// unwritten reports whether the beginning of a file is what a header becomes if its
// writing is cut off: a part of it, and zeros.
func unwritten(first, head []byte) bool {
	for i, b := range first {
		if b != 0 && (i >= len(head) || b != head[i]) {
			return false
		}
	}
	return true
}

// read takes notice of a line.
func (j *Journal) read(l line) {
	var r Record
	err := decode(l.text, &r)
	if err == nil {
		err = r.check()
	}
	if err != nil || l.torn {
		if l.torn {
			err = errors.New("it was cut off")
		}
		j.damage = append(j.damage, Damage{Offset: l.at, Length: l.length, Torn: l.torn, Err: err})
		return
	}
	j.note(&r, l.at)
}

// note remembers where the last record of a path is.
func (j *Journal) note(r *Record, at int64) {
	j.last[maphash.String(j.seed, r.Path)] = at
	if r.settled() {
		delete(j.doubts, r.Path)
	} else {
		j.doubts[r.Path] = true
	}
}

// Damage returns the parts of the file that could not be read when it was opened.
func (j *Journal) Damage() []Damage { return j.damage }

// Append writes a record, which is on disk when Append returns. It sets the time of the
// record. After an error, the record is not there; if the file can no longer be
// written, all further calls fail too.
func (j *Journal) Append(r Record) error {
	r.Time = time.Now().UTC()
	if err := r.check(); err != nil {
		return fmt.Errorf("append to journal %q: %w", j.name, err)
	}
	text, err := encode(r)
	if err == nil {
		err = j.write(&r, text)
	}
	if err != nil {
		return fmt.Errorf("append to journal %q: %w", j.name, err)
	}
	return nil
}

func (j *Journal) write(r *Record, text []byte) error {
	j.mu.Lock()
	if err := j.usable(); err != nil {
		j.mu.Unlock()
		return err
	}
	at := j.end
	if _, err := j.file.WriteAt(text, at); err != nil {
		// A part of the record, as on a full disk, would be damage: take it back.
		if left := j.file.Truncate(at); left != nil {
			j.broken = fmt.Errorf("an earlier record is incomplete: %w", err)
		}
		j.mu.Unlock()
		return err
	}
	j.end += int64(len(text))
	end := j.end
	j.note(r, at)
	j.mu.Unlock()
	return j.sync(end)
}

// sync makes sure that the file is on disk up to an offset. Calls that wait for each
// other share one sync.
func (j *Journal) sync(upTo int64) error {
	j.syncing.Lock()
	defer j.syncing.Unlock()
	if j.synced >= upTo {
		return nil
	}
	j.mu.Lock()
	file, end, err := j.file, j.end, j.usable()
	j.mu.Unlock()
	if err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		// What is on disk now is not known, and a second sync would not tell.
		j.mu.Lock()
		j.broken = fmt.Errorf("an earlier record may not be on disk: %w", err)
		j.mu.Unlock()
		return err
	}
	j.synced = end
	return nil
}

// usable returns why nothing can be read or written. The caller holds mu.
func (j *Journal) usable() error {
	if j.file == nil {
		return os.ErrClosed
	}
	return j.broken
}

// Last returns the last record of a path; ok is false if there is none.
func (j *Journal) Last(path string) (r Record, ok bool, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if r, ok, err = j.lookUp(path); err != nil {
		return Record{}, false, fmt.Errorf("read journal %q: %w", j.name, err)
	}
	return r, ok, nil
}

func (j *Journal) lookUp(path string) (Record, bool, error) {
	at, ok := j.last[maphash.String(j.seed, path)]
	if !ok {
		return Record{}, false, nil
	}
	if j.file == nil {
		return Record{}, false, os.ErrClosed
	}
	r, err := j.readAt(at)
	if err != nil || r.Path == path {
		return r, err == nil, err
	}
	// Another path has the same hash. This happens once in 10^19 times.
	var found Record
	for l, err := range j.lines(0) {
		if err != nil {
			return Record{}, false, err
		}
		if !l.torn && decode(l.text, &r) == nil && r.Path == path {
			found, ok = r, true
		}
	}
	return found, ok && found.Path == path, nil
}

// readAt reads the record at an offset.
func (j *Journal) readAt(at int64) (Record, error) {
	for l, err := range j.lines(at) {
		var r Record
		if err == nil {
			err = decode(l.text, &r)
		}
		return r, err
	}
	return Record{}, io.ErrUnexpectedEOF
}

// Doubts returns the last records of the paths whose upload has not ended, ended in
// [Unknown], or has left something at the service, in no particular order.
func (j *Journal) Doubts() ([]Record, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	var all []Record
	for path := range j.doubts {
		r, ok, err := j.lookUp(path)
		if err != nil {
			return nil, fmt.Errorf("read journal %q: %w", j.name, err)
		}
		if ok {
			all = append(all, r)
		}
	}
	return all, nil
}

// Close closes the journal.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		return fmt.Errorf("close journal %q: %w", j.name, os.ErrClosed)
	}
	return j.release()
}

// release closes the files, and gives up the lock.
func (j *Journal) release() error {
	var err error
	if j.file != nil {
		err = j.file.Close()
		j.file = nil
	}
	return errors.Join(err, j.lock.Close())
}
