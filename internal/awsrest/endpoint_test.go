package awsrest

import (
	"strings"
	"testing"
)

var (
	workdocsNames = Names{Standard: "workdocs", FIPS: "workdocs-fips", GovFIPS: "workdocs-fips"}
	connectNames  = Names{Standard: "participant.connect", FIPS: "participant.connect-fips",
		GovFIPS: "participant.connect"}
)

// suffixes of the partitions: standard and dual-stack, by a region in each.
var suffixes = map[string][2]string{
	"us-east-1":       {"amazonaws.com", "api.aws"},
	"eu-west-1":       {"amazonaws.com", "api.aws"},
	"ap-southeast-12": {"amazonaws.com", "api.aws"},
	"mx-central-1":    {"amazonaws.com", "api.aws"},
	"il-central-1":    {"amazonaws.com", "api.aws"},
	"cn-north-1":      {"amazonaws.com.cn", "api.amazonwebservices.com.cn"},
	"cn-northwest-1":  {"amazonaws.com.cn", "api.amazonwebservices.com.cn"},
	"us-gov-west-1":   {"amazonaws.com", "api.aws"},
	"us-gov-east-1":   {"amazonaws.com", "api.aws"},
	"eusc-de-east-1":  {"amazonaws.eu", "api.amazonwebservices.eu"},
	"us-iso-east-1":   {"c2s.ic.gov", "api.aws.ic.gov"},
	"us-isob-east-1":  {"sc2s.sgov.gov", "api.aws.scloud"},
	"eu-isoe-west-1":  {"cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"},
	"us-isof-south-1": {"csp.hci.ic.gov", "api.aws.hci.ic.gov"},
	"xx-future-1":     {"amazonaws.com", "api.aws"}, // unknown ones are taken for commercial
	"aws-cn-global":   {"amazonaws.com.cn", "api.amazonwebservices.com.cn"},
}

func TestEndpoints(t *testing.T) {
	for region, suffix := range suffixes {
		gov := strings.HasPrefix(region, "us-gov-")
		for _, fips := range []bool{false, true} {
			for _, dual := range []bool{false, true} {
				e := Endpoint{Region: region, FIPS: fips, DualStack: dual}
				rest := "." + region + "." + suffix[0]
				if dual {
					rest = "." + region + "." + suffix[1]
				}
				docs, chat := "workdocs", "participant.connect"
				if fips {
					docs = "workdocs-fips"
				}
				if fips && !(gov && !dual) {
					chat = "participant.connect-fips"
				}
				for names, want := range map[Names]string{workdocsNames: docs, connectNames: chat} {
					u, _, err := e.Resolve(names)
					if err != nil || u.String() != "https://"+want+rest {
						t.Errorf("%+v: %v, %v, want %s", e, u, err, want+rest)
					}
				}
			}
		}
	}
}

// A few in full, written out by hand.
func TestEndpointsInFull(t *testing.T) {
	for _, tt := range []struct {
		e     Endpoint
		names Names
		want  string
	}{
		{Endpoint{Region: "eu-west-1"}, workdocsNames, "https://workdocs.eu-west-1.amazonaws.com"},
		{Endpoint{Region: "us-west-2", FIPS: true}, workdocsNames, "https://workdocs-fips.us-west-2.amazonaws.com"},
		{Endpoint{Region: "us-west-2", FIPS: true, DualStack: true}, connectNames,
			"https://participant.connect-fips.us-west-2.api.aws"},
		{Endpoint{Region: "us-gov-west-1", FIPS: true}, connectNames,
			"https://participant.connect.us-gov-west-1.amazonaws.com"},
		{Endpoint{Region: "us-gov-west-1", FIPS: true, DualStack: true}, connectNames,
			"https://participant.connect-fips.us-gov-west-1.api.aws"},
		{Endpoint{Region: "us-gov-west-1", FIPS: true}, workdocsNames, "https://workdocs-fips.us-gov-west-1.amazonaws.com"},
		{Endpoint{Custom: "http://127.0.0.1:8080"}, workdocsNames, "http://127.0.0.1:8080"},
		{Endpoint{Custom: "https://vpce-1.example/base/", Region: "eu-west-1"}, workdocsNames,
			"https://vpce-1.example/base/"},
	} {
		if u, _, err := tt.e.Resolve(tt.names); err != nil || u.String() != tt.want {
			t.Errorf("%+v: %v, %v, want %s", tt.e, u, err, tt.want)
		}
	}
}

func TestEndpointRefuses(t *testing.T) {
	for _, tt := range []struct {
		e     Endpoint
		field string
	}{
		{Endpoint{}, "Region"},
		{Endpoint{Region: "eu west"}, "Region"},
		{Endpoint{Region: "evil.example/"}, "Region"},
		{Endpoint{Region: "-x"}, "Region"},
		{Endpoint{Region: "x-"}, "Region"},
		{Endpoint{Region: "a\nb"}, "Region"},
		{Endpoint{Region: strings.Repeat("a", 64)}, "Region"},
		{Endpoint{Custom: "https://h.example", FIPS: true}, "FIPS"},
		{Endpoint{Custom: "https://h.example", DualStack: true}, "DualStack"},
		{Endpoint{Custom: "h.example"}, "Endpoint"},
	} {
		u, field, err := tt.e.Resolve(workdocsNames)
		if err == nil || field != tt.field || u != nil {
			t.Errorf("%+v: %v, %q, %v", tt.e, u, field, err)
		}
	}
}
