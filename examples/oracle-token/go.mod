module github.com/docferry/docferry/examples/oracle-token

go 1.26.0

replace github.com/docferry/docferry => ../..

require (
	github.com/docferry/docferry v0.0.0-00010101000000-000000000000
	golang.org/x/oauth2 v0.37.0
)

require (
	github.com/go-json-experiment/json v0.0.0-20260820222146-c27c302e5fc3 // indirect
	github.com/hashicorp/go-cleanhttp v0.5.2 // indirect
	github.com/hashicorp/go-retryablehttp v0.7.8 // indirect
	golang.org/x/text v0.44.0 // indirect
)
