package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/workdocs"
)

// growth measures how the cost grows with the length of a listing and with the size
// of a file.
func (b *bench) growth(ctx context.Context) error {
	floor := floorListings(b.at)
	ours, err := docferryListings(b.at)
	if err != nil {
		return err
	}
	if err := b.growingListing(ctx, "Connect GetTranscript, by pages of up to 100 items", floor.transcript, ours.transcript,
		1, 10, transcriptItems, 10*transcriptItems); err != nil {
		return err
	}
	if err := b.growingListing(ctx, "WorkDocs DescribeFolderContents, in one answer", floor.folder, ours.folder,
		1, 10, folderDocuments, mostDocuments); err != nil {
		return err
	}
	for _, way := range []struct {
		title string
		jobs  []entry
	}{
		{"presigned PUT", []entry{{"net/http", "files/floor"}, {"docferry", "files/none"}}},
		{"multipart/form-data", []entry{{"net/http", "form/floor"}, {"docferry", "form/none"}}},
	} {
		if err := b.growingFile(ctx, "A file as "+way.title+" without a digest, over http", way.jobs); err != nil {
			return err
		}
	}
	return nil
}

// listing reads a listing of so many entries.
type listing func(ctx context.Context, length int) error

// listings are those of one client.
type listings struct{ transcript, folder listing }

// growingListing measures listings of several lengths.
func (b *bench) growingListing(ctx context.Context, title string, floor, ours listing, lengths ...int) error {
	columns := func(length int) []column {
		each := func(measure func(sample) float64) func(sample) float64 {
			return func(s sample) float64 { return measure(s) / float64(length) }
		}
		return []column{value("µs", wall, microseconds), ratio("time × floor", wall),
			value("µs per entry", each(wall), microseconds), value("allocs per entry", each(allocs), tenths),
			value("B per entry", each(heap), whole)}
	}
	heading(b.out, title, columns(1))
	for _, length := range lengths {
		contender := func(name string, read listing) contestant {
			return contestant{fmt.Sprintf("%d, %s", length, name), func(ctx context.Context) (sample, error) {
				return repeat(ctx, func(ctx context.Context) error { return read(ctx, length) }, b.duration)
			}}
		}
		results, err := compete(ctx, b.rounds, []contestant{contender("floor", floor), contender("docferry", ours)})
		if err != nil {
			return err
		}
		rowsOf(b.out, results, columns(length))
	}
	return nil
}

func floorListings(at site) listings {
	c := &floorClient{job{}.plain(), v4.NewSigner(), at.HTTP}
	return listings{
		transcript: func(ctx context.Context, length int) error {
			page, read := min(length, transcriptItems), 0
			for read < length {
				var out floorTranscript
				if err := c.do(ctx, http.MethodPost, "/participant/transcript", entries(page),
					map[string]any{"MaxResults": page}, &out); err != nil {
					return err
				}
				read += len(out.Transcript)
			}
			return check(nil, read == length)
		},
		folder: func(ctx context.Context, length int) error {
			var out floorFolder
			err := c.do(ctx, http.MethodGet, "/api/v1/folders/"+entries(length)+"/contents", "", nil, &out)
			return check(err, len(out.Documents) == length)
		},
	}
}

func docferryListings(at site) (listings, error) {
	chat, docs, err := docferryClients(at, docferry.HTTP{})
	return listings{
		transcript: func(ctx context.Context, length int) error {
			page, read := min(length, transcriptItems), 0
			for read < length {
				out, err := chat.GetTranscript(ctx, connectparticipant.GetTranscriptRequest{
					MaxResults: int64(page), ConnectionToken: docferry.Secret(entries(page))})
				if err != nil {
					return err
				}
				read += len(out.Transcript)
			}
			return check(nil, read == length)
		},
		folder: func(ctx context.Context, length int) error {
			out, err := docs.DescribeFolderContents(ctx, workdocs.DescribeFolderContentsRequest{FolderID: entries(length)})
			return check(err, err == nil && len(out.Documents) == length)
		},
	}, err
}

// growingFile measures files of several sizes.
func (b *bench) growingFile(ctx context.Context, title string, jobs []entry) error {
	columns := func(size int64) []column {
		each := func(measure func(sample) float64) func(sample) float64 {
			return func(s sample) float64 { return measure(s) * (1 << 20) / float64(size) }
		}
		return []column{value("ms per file", wall, milliseconds), ratio("time × floor", wall),
			value("ms per MiB", each(wall), milliseconds), value("CPU ms per MiB", each(cpu), milliseconds),
			value("peak memory, MiB", peak, mebibytes)}
	}
	heading(b.out, title, columns(1))
	for _, size := range b.sizes {
		const together = 64 << 20 // bytes of small files, so that setting up the client does not weigh
		j := job{URL: b.at.HTTP, CA: b.at.CA, Size: size, Count: int(max(1, min(1000, together/size)))}
		var err error
		if j.File, err = b.hole(size); err != nil {
			return err
		}
		var named []entry
		for _, e := range jobs {
			named = append(named, entry{sizeOf(size) + ", " + e.name, e.job})
		}
		short := *b
		if size > together {
			short.rounds = min(b.rounds, 5)
		}
		results, err := short.race(ctx, j, named)
		if err != nil {
			return err
		}
		rowsOf(b.out, results, columns(size))
	}
	return nil
}

// hole makes a file of zeros that takes no room on the disk.
func (b *bench) hole(size int64) (name string, err error) {
	f, err := os.Create(filepath.Join(b.dir, "hole.bin"))
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return f.Name(), f.Truncate(size)
}
