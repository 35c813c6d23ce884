// Package version names this library to the services.
package version

// Number is the library's version.
const Number = "0.1.0"

// UserAgent returns the User-Agent header: the caller's words, then ours.
func UserAgent(caller string) string {
	if caller != "" {
		caller += " "
	}
	return caller + "docferry/" + Number
}
