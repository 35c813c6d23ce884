package oracledocs

// Link is a link to a related resource.
type Link struct {
	Href      string `json:"href,omitzero"`
	Rel       string `json:"rel,omitzero"`       // what it refers to: "self", "canonical", "enclosure"
	Method    string `json:"method,omitzero"`    // HTTP method to use
	MediaType string `json:"mediaType,omitzero"` // of the target
}
