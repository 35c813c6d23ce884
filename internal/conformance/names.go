package conformance

import (
	"regexp"
	"slices"
	"strings"
)

var word = regexp.MustCompile(`[A-Z][a-z0-9]*`)

var initialisms = map[string]string{"Arn": "ARN", "Id": "ID", "Ids": "IDs", "Uri": "URI", "Url": "URL"}

// GoName is the Go name of a member or operation of the API.
func GoName(name string) string {
	name = strings.ToUpper(name[:1]) + name[1:]
	return word.ReplaceAllStringFunc(name, func(w string) string {
		if initialism, ok := initialisms[w]; ok {
			return initialism
		}
		return w
	})
}

// variable is the name of the variable that declares an operation.
func variable(operation string) string {
	name := GoName(operation)
	return strings.ToLower(name[:1]) + name[1:]
}

var named = regexp.MustCompile(`Types?$`)

// goTypeName is the Go name of a type of the API.
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

var plainTypes = map[string]string{
	"string": "string", "boolean": "bool", "integer": "int64", "long": "int64", "timestamp": "time.Time",
}

// goType is the Go type of a member.
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

// constantName is an enum's value in camel case: "SMALL_IMAGE" is
// "SmallImage", but a value that is not all capitals keeps its case.
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
