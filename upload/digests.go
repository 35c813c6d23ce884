package upload

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"runtime"
)

// Digests says which digests an upload computes of the content while it sends it. What
// protects content on its way over https is TLS, together with the declared length and
// what the service reports; a digest is for comparing what is stored, now or later.
type Digests int

const (
	// DigestsUsual is SHA-256, which the [Result] tells. [Presigned] computes MD5 as well, to
	// compare the checksums that a storage may answer with, unless CompareETagPlain is set
	// and the content goes over https. MD5 takes longer than all the rest of an upload; of
	// content in memory it is computed only if the storage answers with one.
	DigestsUsual Digests = iota
	// DigestsSHA256 is SHA-256 only.
	DigestsSHA256
	// DigestsNone computes no digest: Result.SHA256 is "". [Multipart] with Find needs
	// SHA-256, and computes it all the same.
	DigestsNone
)

// or returns the digests that a source asks for, or else those of the engine.
func (d Digests) or(engine Digests) Digests {
	if d == DigestsUsual {
		return engine
	}
	return d
}

// hashes are the digests of what is read. Those that are not computed are nil.
type hashes struct {
	sha256, md5 hash.Hash
	beside      *pipeline                    // nil if content is hashed when it is written
	sums        sums                         // once end was called
	room        [sha256.Size + md5.Size]byte // for them
}

// start makes the hashes for one attempt to send content of a size.
func (h *hashes) start(d Digests, withMD5 bool, size int64) {
	*h = hashes{}
	if d != DigestsNone {
		h.sha256 = sha256.New()
	}
	if withMD5 {
		h.md5 = md5.New()
	}
	if h.wanted() && size > inTurn && runtime.GOMAXPROCS(0) > 1 {
		h.beside = newPipeline(h.add)
	}
}

// wanted reports whether anything is computed.
func (h *hashes) wanted() bool { return h.sha256 != nil || h.md5 != nil }

// write adds what was read.
func (h *hashes) write(p []byte) {
	if h.beside == nil {
		h.add(p)
	} else {
		h.beside.write(p)
	}
}

func (h *hashes) add(p []byte) {
	if h.sha256 != nil {
		h.sha256.Write(p)
	}
	if h.md5 != nil {
		h.md5.Write(p)
	}
}

// wait returns when nothing is being hashed.
func (h *hashes) wait() {
	if h.beside != nil {
		h.beside.wait()
	}
}

// end computes the digests, once all of the content was written.
func (h *hashes) end() {
	if h.beside != nil {
		h.beside.hand()
		h.beside.wait()
	}
	if h.sha256 != nil {
		h.sums.sha256 = h.sha256.Sum(h.room[:0:sha256.Size])
	}
	if h.md5 != nil {
		h.sums.md5 = h.md5.Sum(h.room[sha256.Size:sha256.Size])
	}
}

// hex returns the SHA-256 in hexadecimal, or "".
func (s sums) hex() string {
	var text [2 * sha256.Size]byte
	return string(text[:hex.Encode(text[:], s.sha256)])
}
