package docferry

import "io"

// Download is a stream of content from a service. Close it when done with it;
// the context of the call that returned it must live until then. It is not safe
// for concurrent use.
//
// If Size is known, the content is never cut short silently: reading ends with
// io.EOF only after Size bytes. If the connection breaks, reading resumes where it
// stopped, if the service supports that.
//
// If Size is -1, neither the answer nor the service's own record tells the
// length. Reading then ends with io.EOF where the answer ends, and whether that is
// all of the content is not verified.
type Download struct {
	Body        io.ReadCloser // the content
	Size        int64         // bytes that Body holds; -1 if unknown, so that the content is unverified
	ContentType string        // media type; "" if the service does not say
	Range       string        // the Content-Range header, "bytes 0-9/100", if this is a part; else ""
}

// Read reads the content.
func (d *Download) Read(p []byte) (int, error) { return d.Body.Read(p) }

// Close ends the download, finished or not.
func (d *Download) Close() error { return d.Body.Close() }
