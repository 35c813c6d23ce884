package oracledocs

// Link leads from an answer to something else.
type Link struct {
	Href      string `json:"href,omitzero"`
	Rel       string `json:"rel,omitzero"`       // what it leads to: "self", "canonical", "enclosure"
	Method    string `json:"method,omitzero"`    // HTTP method to use
	MediaType string `json:"mediaType,omitzero"` // of what is there
}
