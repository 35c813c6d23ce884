package conformance

import (
	"regexp"
	"slices"
	"strings"
)

// word matches one word of a name in camel case.
var word = regexp.MustCompile(`[A-Z][a-z0-9]*`)

// initialisms are the words that Go writes in capitals, as far as the APIs have
// them.
var initialisms = map[string]string{"Arn": "ARN", "Id": "ID", "Ids": "IDs", "Uri": "URI", "Url": "URL"}

// GoName returns the Go name of a member or operation of the API: it begins with a
// capital, and initialisms are in capitals, so "documentId" becomes "DocumentID".
func GoName(name string) string {
	name = strings.ToUpper(name[:1]) + name[1:]
	return word.ReplaceAllStringFunc(name, func(w string) string {
		if initialism, ok := initialisms[w]; ok {
			return initialism
		}
		return w
	})
}

// variable returns the name of the variable that declares an operation, which
// is that of the method with a small first letter.
func variable(operation string) string {
	name := GoName(operation)
	return strings.ToLower(name[:1]) + name[1:]
}

// named matches the name of a member that has the suffix of a type.
var named = regexp.MustCompile(`Types?$`)

// goTypeName returns the Go name of a type of the API. With ShortTypes, the suffix
// "Type" is removed if it only says that this is a type. It stays if it is a part
// of the meaning, which it is if a member of that type has it in its name, too.
func (c *suite) goTypeName(name string) string {
	if !c.ShortTypes {
		return name
	}
	for _, m := range c.members {
		_, inner := Split(m.Type)
		if slices.Contains(inner, name) && named.MatchString(m.Name) {
			return name
		}
	}
	return strings.TrimSuffix(name, "Type")
}

// plainTypes are the Go types of the API's primitive types.
var plainTypes = map[string]string{
	"string": "string", "boolean": "bool", "integer": "int64", "long": "int64", "timestamp": "time.Time",
}

// goType returns the Go type of a member. The element of a list or map is the
// last of its inner types. A secret is a docferry.Secret, whatever its type, so
// that it does not end up in a log.
func (c *suite) goType(m memberFacts) string {
	one := func(name string) string {
		if plain, ok := plainTypes[name]; ok {
			return plain
		}
		return c.Name + "." + c.goTypeName(name)
	}
	outer, inner := Split(m.Type)
	last := one(inner[len(inner)-1])
	if m.Secret {
		last = "docferry.Secret"
	}
	switch {
	case outer == "list":
		return "[]" + last
	case outer == "map":
		return "map[" + one(inner[0]) + "]" + last
	case m.Zero:
		return "*" + last
	}
	return last
}

// constantName returns an enum's value in camel case: "SMALL_IMAGE" becomes
// "SmallImage". A value that is not all capitals keeps its case. Words has the
// exceptions.
func (c *suite) constantName(value string) string {
	var name strings.Builder
	for part := range strings.SplitSeq(value, "_") {
		if special, ok := c.Words[part]; ok {
			name.WriteString(special)
			continue
		}
		if value == strings.ToUpper(value) {
			part = strings.ToLower(part)
		}
		name.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return name.String()
}
