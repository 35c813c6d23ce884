module github.com/docferry/docferry/internal/bench/chat

go 1.26.0

require (
	github.com/docferry/docferry v0.0.0
	github.com/google/go-cmp v0.7.0
)

require (
	github.com/coder/websocket v1.8.15 // indirect
	github.com/go-json-experiment/json v0.0.0-20260820222146-c27c302e5fc3 // indirect
	github.com/hashicorp/go-cleanhttp v0.5.2 // indirect
	github.com/hashicorp/go-retryablehttp v0.7.8 // indirect
	golang.org/x/text v0.44.0 // indirect
)

replace github.com/docferry/docferry => ../../..
