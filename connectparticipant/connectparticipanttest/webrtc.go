package connectparticipanttest

import "crypto/rand"

// webRTCAnswer has what a client needs to join a call, in the form of the
// service.
type webRTCAnswer struct {
	Attendee struct {
		AttendeeID string `json:"AttendeeId"`
		JoinToken  string
	}
	Meeting struct {
		MediaPlacement struct {
			AudioHostURL      string `json:"AudioHostUrl"`
			AudioFallbackURL  string `json:"AudioFallbackUrl"`
			SignalingURL      string `json:"SignalingUrl"`
			EventIngestionURL string `json:"EventIngestionUrl"`
		}
		MeetingFeatures struct {
			Audio struct{ EchoReduction string }
		}
		MeetingID string `json:"MeetingId"`
	}
}

// newWebRTC makes up a meeting. It has the right form, but no call can be
// joined with it.
func newWebRTC(base string) *webRTCAnswer {
	var a webRTCAnswer
	a.Attendee.AttendeeID = uuid()
	a.Attendee.JoinToken = rand.Text()
	a.Meeting.MeetingID = uuid()
	a.Meeting.MeetingFeatures.Audio.EchoReduction = "UNAVAILABLE"
	media := &a.Meeting.MediaPlacement
	media.AudioHostURL = base + "/_meeting/audio/" + a.Meeting.MeetingID
	media.AudioFallbackURL = base + "/_meeting/fallback/" + a.Meeting.MeetingID
	media.SignalingURL = base + "/_meeting/signaling/" + a.Meeting.MeetingID
	media.EventIngestionURL = base + "/_meeting/events/" + a.Meeting.MeetingID
	return &a
}
