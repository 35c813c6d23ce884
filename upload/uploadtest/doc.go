// Package uploadtest checks that an uploader keeps the promises of
// [upload.Uploader]: what it reports as stored is stored, whole; what fails is
// reported with its ending; sources are read and closed as they should be; and
// nothing is left behind unnamed.
//
// [Test] runs the checks as subtests:
//
//	func TestUploader(t *testing.T) {
//		uploadtest.Test(t, func(t testing.TB) *uploadtest.Harness {
//			m := uploadtest.NewMemory()
//			return &uploadtest.Harness{Uploader: m, Content: m.Content, Count: m.Count}
//		})
//	}
//
// [Memory] is an uploader that passes them, for tests that need some
// destination.
package uploadtest
