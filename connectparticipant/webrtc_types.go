package connectparticipant

import "github.com/docferry/docferry"

// WebRTCConnection is what a client of the Amazon Chime SDK needs to join the
// contact by audio or video.
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_WebRTCConnection.html
type WebRTCConnection struct {
	Attendee Attendee      `json:"Attendee,omitzero"`
	Meeting  WebRTCMeeting `json:"Meeting,omitzero"`
}

// Attendee is the participant in the meeting.
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_Attendee.html
type Attendee struct {
	AttendeeID string          `json:"AttendeeId,omitzero"`
	JoinToken  docferry.Secret `json:"JoinToken,omitzero"`
}

// WebRTCMeeting is the meeting to join.
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_WebRTCMeeting.html
type WebRTCMeeting struct {
	MediaPlacement  WebRTCMediaPlacement         `json:"MediaPlacement,omitzero"`
	MeetingFeatures MeetingFeaturesConfiguration `json:"MeetingFeatures,omitzero"`
	MeetingID       string                       `json:"MeetingId,omitzero"` // a UUID
}

// WebRTCMediaPlacement has the URLs of a meeting. They cannot be used without a
// join token.
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_WebRTCMediaPlacement.html
type WebRTCMediaPlacement struct {
	AudioHostURL      string `json:"AudioHostUrl,omitzero"`
	AudioFallbackURL  string `json:"AudioFallbackUrl,omitzero"`
	SignalingURL      string `json:"SignalingUrl,omitzero"`
	EventIngestionURL string `json:"EventIngestionUrl,omitzero"` // for the client's own metrics
}

// MeetingFeaturesConfiguration describes the features of a meeting.
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_MeetingFeaturesConfiguration.html
type MeetingFeaturesConfiguration struct {
	Audio AudioFeatures `json:"Audio,omitzero"`
}

// AudioFeatures describes the audio features of a meeting.
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_AudioFeatures.html
type AudioFeatures struct {
	EchoReduction MeetingFeatureStatus `json:"EchoReduction,omitzero"`
}

// MeetingFeatureStatus says whether a feature is available.
type MeetingFeatureStatus string

// Values of MeetingFeatureStatus.
const (
	MeetingFeatureStatusAvailable   MeetingFeatureStatus = "AVAILABLE"
	MeetingFeatureStatusUnavailable MeetingFeatureStatus = "UNAVAILABLE"
)
