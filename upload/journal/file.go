package journal

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"iter"
	"os"
	"path/filepath"
	"runtime"
)

const (
	// compactFrom is the least number of lines of a file that is compacted.
	compactFrom = 4096
	// maxLine is the longest line that is read as one record.
	maxLine = 1 << 20
)

// line is a line of the file.
type line struct {
	at, length int64
	text       []byte // without its end
	torn       bool   // it has no end
}

// lines ranges over the lines from an offset on.
func (j *Journal) lines(from int64) iter.Seq2[line, error] {
	return func(yield func(line, error) bool) {
		r := bufio.NewReaderSize(io.NewSectionReader(j.file, from, 1<<62-from), 64<<10)
		for at := from; ; {
			text, length, err := readLine(r)
			if errors.Is(err, io.EOF) {
				if length > 0 {
					yield(line{at, length, text, true}, nil)
				}
				return
			}
			if err != nil {
				yield(line{}, err)
				return
			}
			// Zeros are what a loss of power leaves where a record should be. The next one
			// was written after them.
			rest := bytes.TrimLeft(text, "\x00")
			if zeros := int64(len(text) - len(rest)); zeros > 0 && len(rest) > 0 {
				if !yield(line{at, zeros, text[:zeros], false}, nil) {
					return
				}
				at, length, text = at+zeros, length-zeros, rest
			}
			if !yield(line{at, length, text, false}, nil) {
				return
			}
			at += length
		}
	}
}

// readLine reads a line, and returns its text, without its end, and its length. The text
// of a line that is too long to be a record is cut off.
func readLine(r *bufio.Reader) (text []byte, length int64, err error) {
	for {
		part, err := r.ReadSlice('\n')
		length += int64(len(part))
		if len(text) <= maxLine {
			text = append(text, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return bytes.TrimSuffix(text, []byte("\n")), length, err
		}
	}
}

// dropTail removes an incomplete record from the end of the file, and finds out where
// the next one goes.
func (j *Journal) dropTail() error {
	info, err := j.file.Stat()
	if err != nil {
		return err
	}
	j.end = info.Size()
	if n := len(j.damage); n > 0 && j.damage[n-1].Torn {
		j.end = j.damage[n-1].Offset
	}
	return j.file.Truncate(j.end)
}

// compact replaces the file by one that has only the last record of each path, if that
// is less than half as many.
func (j *Journal) compact(head []byte, lines int64) error {
	if lines < compactFrom || lines < 2*int64(len(j.last)) {
		return nil
	}
	f, err := os.CreateTemp(filepath.Dir(j.name), filepath.Base(j.name)+".*")
	if err != nil {
		return err
	}
	at, err := j.writeLast(f, head)
	if err == nil {
		err = f.Sync()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = j.replace(f.Name())
	}
	if err != nil {
		_ = os.Remove(f.Name()) // the journal is as it was
		return err
	}
	j.last, j.end, j.synced = at.last, at.end, at.end
	return nil
}

// replace gives the journal the content of another file.
func (j *Journal) replace(name string) error {
	if runtime.GOOS == "windows" { // an open file cannot be replaced there
		if err := j.file.Close(); err != nil {
			return err
		}
	}
	err := os.Rename(name, j.name)
	if err == nil {
		err = syncFolder(j.name)
	}
	f, opening := os.OpenFile(j.name, os.O_RDWR, 0o600)
	if opening != nil {
		return errors.Join(err, opening)
	}
	_ = j.file.Close() // it was only read
	j.file = f
	return err
}

// places says where records are in a compacted file.
type places struct {
	last map[uint64]int64
	end  int64
}

// writeLast writes the header and the last record of each path.
func (j *Journal) writeLast(to io.Writer, head []byte) (places, error) {
	w := bufio.NewWriter(to)
	_, _ = w.Write(head) // Flush reports errors
	at := places{last: make(map[uint64]int64, len(j.last)), end: int64(len(head))}
	latest := make(map[int64]uint64, len(j.last))
	for hash, offset := range j.last {
		latest[offset] = hash
	}
	for l, err := range j.lines(int64(len(head))) {
		if err != nil {
			return at, err
		}
		hash, ok := latest[l.at]
		if !ok {
			continue
		}
		_, _ = w.Write(l.text)
		_ = w.WriteByte('\n')
		at.last[hash] = at.end
		at.end += int64(len(l.text)) + 1
	}
	return at, w.Flush()
}

// syncFolder makes sure that the name of a file is on disk.
func syncFolder(name string) error {
	if runtime.GOOS == "windows" || runtime.GOOS == "plan9" { // folders cannot be synced there
		return nil
	}
	dir, err := os.Open(filepath.Dir(name))
	if err != nil {
		return err
	}
	err = dir.Sync()
	return errors.Join(err, dir.Close())
}
