package connectparticipant

import "testing"

func FuzzResponses(f *testing.F) { api.FuzzResponses(f) }

func FuzzRefusal(f *testing.F) { api.FuzzRefusal(f) }
