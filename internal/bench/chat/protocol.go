package main

// An order is a line that a process reads from its standard input.
type order struct {
	Do string `json:"do"`

	// For a client:
	URL    string  `json:"url,omitempty"`
	Places []place `json:"places,omitempty"`
	Gap    int     `json:"gap,omitempty"` // milliseconds between one chat and the next

	// For the server:
	Chats     int     `json:"chats,omitempty"`
	PerSecond float64 `json:"perSecond,omitempty"`
	Fault     string  `json:"fault,omitempty"`
	// RetryAfter gives the refusals beyond PerSecond a Retry-After of one second.
	RetryAfter bool `json:"retryAfter,omitempty"`
}

// A place is a participant of a chat, whose index says which one of them it is.
type place struct {
	Index       int    `json:"index"`
	Token       string `json:"token"`
	Contact     string `json:"contact"`
	Participant string `json:"participant"`
}

// A line is what a client process writes. Done names an order that was carried out;
// everything else is what a chat has told.
type line struct {
	Version string `json:"version,omitempty"` // of the language's runtime, in the first line
	Done    string `json:"done,omitempty"`
	Error   string `json:"error,omitempty"`

	Chat  int    `json:"chat"`
	Text  string `json:"text,omitempty"`  // of a message that was delivered
	At    int64  `json:"at,omitempty"`    // when, in nanoseconds since 1970
	By    string `json:"by,omitempty"`    // byEvent or byTranscript
	State string `json:"state,omitempty"` // what became of a connection
}

// How a message was delivered: as an event, or within the transcript that chatjs
// keeps and repairs when it has connected again. docferry delivers events only.
const (
	byEvent      = "event"
	byTranscript = "transcript"
)

// What a client tells the program of a connection.
const (
	stateLost  = "lost"
	stateDeep  = "deep heartbeat failed" // docferry takes that for a lost connection
	stateEnded = "ended"                 // the client has given the chat up for good
)

// The faults that the server has.
const (
	faultDrop   = "drop"   // the websockets break
	faultHole   = "hole"   // the connections that are open carry nothing any more
	faultZombie = "zombie" // the websockets answer heartbeats and deliver nothing
)

// News is the server's answer to an order.
type news struct {
	URL        string         `json:"url,omitempty"`
	Error      string         `json:"error,omitempty"`
	Places     []place        `json:"places,omitempty"`
	Said       []said         `json:"said,omitempty"`
	At         int64          `json:"at,omitempty"`   // when a fault began
	Next       int            `json:"next,omitempty"` // the first message that is said with the fault complete
	Calls      map[string]int `json:"calls,omitempty"`
	Websockets int            `json:"websockets"`
}

// Said is a message that the server has said in a chat.
type said struct {
	Chat int    `json:"chat"`
	Text string `json:"text"`
	At   int64  `json:"at"`
}
