// Package awsrest holds what the two AWS services have in common: how the address
// of an endpoint is composed, and how an error is written in an answer.
package awsrest

import (
	"errors"
	"net/url"
	"regexp"

	"github.com/docferry/docferry/internal/transport"
)

// partition is a group of AWS regions that share accounts and the domain names of
// endpoints. Besides the commercial partition there are those for China, for
// governments, and for Europe.
type partition struct {
	name      string
	regions   *regexp.Regexp // matches the names of its regions
	suffix    string         // the domain of its endpoints
	dualStack string         // the domain of its endpoints that also have IPv6 addresses
}

var partitions = []partition{
	{"aws", regexp.MustCompile(`^(us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+$`), "amazonaws.com", "api.aws"},
	{"aws-cn", regexp.MustCompile(`^cn-\w+-\d+$`), "amazonaws.com.cn", "api.amazonwebservices.com.cn"},
	{"aws-us-gov", regexp.MustCompile(`^us-gov-\w+-\d+$`), "amazonaws.com", "api.aws"},
	{"aws-eusc", regexp.MustCompile(`^eusc-(de)-\w+-\d+$`), "amazonaws.eu", "api.amazonwebservices.eu"},
	{"aws-iso", regexp.MustCompile(`^us-iso-\w+-\d+$`), "c2s.ic.gov", "api.aws.ic.gov"},
	{"aws-iso-b", regexp.MustCompile(`^us-isob-\w+-\d+$`), "sc2s.sgov.gov", "api.aws.scloud"},
	{"aws-iso-e", regexp.MustCompile(`^eu-isoe-\w+-\d+$`), "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"},
	{"aws-iso-f", regexp.MustCompile(`^us-isof-\w+-\d+$`), "csp.hci.ic.gov", "api.aws.hci.ic.gov"},
}

// partitionOf returns the partition of a region. For a region that matches none, it
// returns the commercial partition, as AWS's own rules do: new regions work
// without a new version of this package.
func partitionOf(region string) partition {
	for _, p := range partitions {
		if p.regions.MatchString(region) {
			return p
		}
	}
	for _, p := range partitions {
		if region == p.name+"-global" {
			return p
		}
	}
	return partitions[0]
}

// Endpoint is the part of a client's configuration that selects the endpoint.
type Endpoint struct {
	Region    string
	Custom    string // an address that is used instead of the composed one
	FIPS      bool
	DualStack bool
}

// Names are the names of a service in the host names of its endpoints.
type Names struct {
	Standard string
	FIPS     string
	// GovFIPS is the name with FIPS in the GovCloud regions. With FIPS and
	// DualStack, FIPS is used there as well.
	GovFIPS string
}

var label = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)

// Resolve returns the address of a service. If the configuration is not valid, it
// returns the name of the field that has to be changed, and an error that continues
// a sentence beginning with that name.
func (e Endpoint) Resolve(names Names) (u *url.URL, field string, err error) {
	if e.Custom != "" {
		useless := errors.New("has no effect on a custom endpoint; leave one of them out")
		switch {
		case e.FIPS:
			return nil, "FIPS", useless
		case e.DualStack:
			return nil, "DualStack", useless
		}
		u, err := transport.ParseBase(e.Custom)
		return u, "Endpoint", err
	}
	if !label.MatchString(e.Region) {
		return nil, "Region", errors.New(`is required, as in "eu-west-1"`)
	}
	p := partitionOf(e.Region)
	name, suffix := names.Standard, p.suffix
	switch {
	case e.FIPS && !e.DualStack && p.name == "aws-us-gov":
		name = names.GovFIPS
	case e.FIPS:
		name = names.FIPS
	}
	if e.DualStack {
		suffix = p.dualStack
	}
	return &url.URL{Scheme: "https", Host: name + "." + e.Region + "." + suffix}, "", nil
}
