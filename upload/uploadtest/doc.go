// Package uploadtest checks that an implementation of [upload.Uploader] keeps the
// promises of the interface: what it reports as stored is stored completely; a
// failure is an [upload.Error] with the right state; each reader of a source is
// closed exactly once and not read afterwards; and whatever is left behind is named.
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
// [Memory] is an uploader that passes all checks. It also serves as the destination
// in tests of code that uploads.
package uploadtest
