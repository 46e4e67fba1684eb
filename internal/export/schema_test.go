package export_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"semblance/assets"
	"semblance/internal/export"
	"semblance/internal/face"
)

// check holds a value to a JSON Schema, as far as ours uses it; an unknown keyword
// is an error, so that the schema cannot grow past the check.
func check(root, schema map[string]any, v any, at string) error {
	if name, ok := schema["type"].(string); ok && !isType(v, name) { // before the keywords that rely on it
		return fmt.Errorf("%s is %v, no %s", at, v, name)
	}
	for _, keyword := range slices.Sorted(maps.Keys(schema)) {
		arg := schema[keyword]
		switch keyword {
		case "$schema", "$id", "$defs", "title", "description", "type":
		case "$ref":
			name := strings.TrimPrefix(arg.(string), "#/$defs/")
			def, ok := root["$defs"].(map[string]any)[name].(map[string]any)
			if !ok {
				return fmt.Errorf("%s: no definition %q", at, name)
			}
			if err := check(root, def, v, at); err != nil {
				return err
			}
		case "const":
			if !reflect.DeepEqual(v, arg) {
				return fmt.Errorf("%s is %v, want %v", at, v, arg)
			}
		case "enum":
			if !slices.ContainsFunc(arg.([]any), func(e any) bool { return reflect.DeepEqual(e, v) }) {
				return fmt.Errorf("%s is %v, want one of %v", at, v, arg)
			}
		case "pattern":
			if s, ok := v.(string); ok && !regexp.MustCompile(arg.(string)).MatchString(s) {
				return fmt.Errorf("%s is %q, want %s", at, s, arg)
			}
		case "minimum", "maximum":
			n, ok := v.(float64)
			if limit := arg.(float64); ok && (keyword == "minimum" && n < limit || keyword == "maximum" && n > limit) {
				return fmt.Errorf("%s is %v, the %s is %v", at, n, keyword, limit)
			}
		case "minItems", "maxItems":
			n := len(v.([]any))
			if limit := int(arg.(float64)); keyword == "minItems" && n < limit || keyword == "maxItems" && n > limit {
				return fmt.Errorf("%s has %d items, %s is %d", at, n, keyword, limit)
			}
		case "uniqueItems":
			seen := map[string]bool{}
			for _, e := range v.([]any) {
				k := fmt.Sprint(e)
				if seen[k] {
					return fmt.Errorf("%s holds %s twice", at, k)
				}
				seen[k] = true
			}
		case "items":
			for i, e := range v.([]any) {
				if err := check(root, arg.(map[string]any), e, fmt.Sprintf("%s[%d]", at, i)); err != nil {
					return err
				}
			}
		case "required":
			for _, k := range arg.([]any) {
				if _, ok := v.(map[string]any)[k.(string)]; !ok {
					return fmt.Errorf("%s lacks %v", at, k)
				}
			}
		case "properties", "additionalProperties":
			properties, _ := schema["properties"].(map[string]any)
			for k, e := range v.(map[string]any) {
				sub, named := properties[k].(map[string]any)
				if keyword == "additionalProperties" {
					sub = arg.(map[string]any)
				}
				if named == (keyword == "properties") {
					if err := check(root, sub, e, at+"."+k); err != nil {
						return err
					}
				}
			}
		default:
			return fmt.Errorf("%s: the check does not know %q", at, keyword)
		}
	}
	return nil
}

func isType(v any, name string) bool {
	switch v := v.(type) {
	case map[string]any:
		return name == "object"
	case []any:
		return name == "array"
	case string:
		return name == "string"
	case bool:
		return name == "boolean"
	case float64:
		return name == "number" || name == "integer" && v == math.Trunc(v)
	}
	return false
}

func parse(t *testing.T, data []byte) map[string]any {
	t.Helper()
	var tree map[string]any
	if err := json.Unmarshal(data, &tree); err != nil {
		t.Fatal(err)
	}
	return tree
}

func TestSemblanceFollowsItsSchema(t *testing.T) {
	schema := parse(t, assets.Schema())
	unzoned, bare := wedding(), export.Document{Have: face.AllFeatures}
	unzoned.Taken = unzoned.Taken.In(time.UTC)
	for name, doc := range map[string]export.Document{"full": wedding(), "edited": heard(), "corrected": corrected(), "no zone": unzoned, "bare": bare} {
		for _, have := range featureSets() {
			doc.Have = have
			data, err := export.Semblance.Marshal(doc, export.Options{Doubtful: true})
			if err != nil {
				t.Fatal(err)
			}
			tree := parse(t, data)
			if err := check(schema, schema, tree, name); err != nil {
				t.Fatalf("with %v: %v", have, err)
			}
			if err := described(schema, schema, tree, name); err != nil {
				t.Fatalf("with %v: %v", have, err)
			}
		}
	}
}

// described reports a key that the schema says nothing about: readers may meet
// such keys, but this version writes none.
func described(root, schema map[string]any, v any, at string) error {
	if ref, ok := schema["$ref"].(string); ok {
		schema = root["$defs"].(map[string]any)[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any)
	}
	switch v := v.(type) {
	case []any:
		items, _ := schema["items"].(map[string]any)
		for _, e := range v {
			if err := described(root, items, e, at+"[]"); err != nil {
				return err
			}
		}
	case map[string]any:
		if _, free := schema["additionalProperties"]; free {
			return nil
		}
		properties, _ := schema["properties"].(map[string]any)
		for k, e := range v {
			sub, ok := properties[k].(map[string]any)
			if !ok {
				return fmt.Errorf("the schema does not describe %s.%s", at, k)
			}
			if err := described(root, sub, e, at+"."+k); err != nil {
				return err
			}
		}
	}
	return nil
}

// The check itself has to find faults, or it would prove nothing.
func TestSchemaFindsFaults(t *testing.T) {
	schema := parse(t, assets.Schema())
	data, err := export.Semblance.Marshal(wedding(), export.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(tree, face map[string]any){
		"another schema":     func(tree, _ map[string]any) { tree["schema"] = "semblance/2" },
		"no file":            func(tree, _ map[string]any) { delete(tree, "file") },
		"faces are null":     func(tree, _ map[string]any) { tree["faces"] = nil },
		"a short id":         func(tree, _ map[string]any) { tree["id"] = "ab" },
		"half an age":        func(_, f map[string]any) { f["age"] = "34" },
		"one end of a range": func(_, f map[string]any) { f["age_range"] = []any{30.0} },
		"a percent":          func(_, f map[string]any) { f["score"] = 99.0 },
		"a foreign word":     func(_, f map[string]any) { f["gender"].(map[string]any)["value"] = "Male" },
		"a class is missing": func(_, f map[string]any) { delete(f["emotion"].(map[string]any)["classes"].(map[string]any), "sad") },
		"a dark mood":        func(_, f map[string]any) { f["exposure"].(map[string]any)["level"] = "gloomy" },
		"half a turn":        func(_, f map[string]any) { f["pose"].(map[string]any)["turn"] = 180.0 },
		"one eye":            func(_, f map[string]any) { delete(f["eyes"].(map[string]any), "left") },
		"a doubt in words":   func(_, f map[string]any) { f["eyes"].(map[string]any)["doubt"] = "too small" },
		"a wink in percent":  func(_, f map[string]any) { f["eyes"].(map[string]any)["right"].(map[string]any)["open"] = 98.0 },
		"a level in words":   func(_, f map[string]any) { f["blur"].(map[string]any)["level"] = "high" },
		"unknown glasses":    func(_, f map[string]any) { f["glasses"].(map[string]any)["value"] = "monocle" },
		"hair in words":      func(_, f map[string]any) { f["hair"].(map[string]any)["polygons"] = "everywhere" },
		"half a colour":      func(_, f map[string]any) { f["hair"].(map[string]any)["color"].(map[string]any)["hex"] = "#fff" },
		"a strange colour":   func(_, f map[string]any) { f["hair"].(map[string]any)["color"].(map[string]any)["name"] = "puce" },
		"a thin outline":     func(_, f map[string]any) { f["hair"].(map[string]any)["polygons"].([]any)[0] = []any{} },
		"too small for it":   func(_, f map[string]any) { f["too_small"] = []any{} },
		"a guess in words":   func(_, f map[string]any) { f["model"] = map[string]any{"age": "34"} },
		"nothing edited":     func(_, f map[string]any) { f["edited"] = []any{} },
		"edited at all":      func(_, f map[string]any) { f["edited"] = true },
		"half a number":      func(_, f map[string]any) { f["number"] = 1.5 },
	} {
		tree := parse(t, data)
		spoil(tree, tree["faces"].([]any)[0].(map[string]any))
		if err := check(schema, schema, tree, "document"); err == nil {
			t.Errorf("%s: no fault found", name)
		}
	}
}
