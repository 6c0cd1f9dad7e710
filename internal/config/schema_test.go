package config_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"

	"wtm/internal/config"
	"wtm/internal/recipe"
)

// schemaFile is what editors complete and check a wtm.yml by.
const schemaFile = "../../.github/wtm.schema.json"

// mustSchema compiles the schema or a part of it, which holds it against the schema of schemas.
func mustSchema(t testing.TB, part string) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile(schemaFile + part)
	if err != nil {
		t.Fatal(err)
	}
	if s.DraftVersion != 7 {
		t.Fatalf("the schema is of draft %d; editors know 7 best", s.DraftVersion)
	}
	return s
}

// asEditors reads YAML as editors do: version 1.2, where a date is a text.
func asEditors(t testing.TB, data []byte) any {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	return plain(doc.Content[0])
}

// plain is a node's value in JSON's types.
func plain(n *yaml.Node) any {
	switch n.Kind {
	case yaml.AliasNode:
		return plain(n.Alias)
	case yaml.MappingNode:
		all := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			all[n.Content[i].Value] = plain(n.Content[i+1])
		}
		return all
	case yaml.SequenceNode:
		all := []any{}
		for _, c := range n.Content {
			all = append(all, plain(c))
		}
		return all
	}
	var number float64
	switch {
	case n.Tag == "!!null":
		return nil
	case n.Tag == "!!bool":
		return strings.EqualFold(n.Value, "true")
	case (n.Tag == "!!int" || n.Tag == "!!float") && n.Decode(&number) == nil && !math.IsNaN(number) && !math.IsInf(number, 0):
		return number
	}
	return n.Value
}

func TestSchemaTakesWhatWeShow(t *testing.T) {
	files := map[string][]byte{"the built-in example": config.Example()}
	for _, file := range glob(t, "testdata/ok/*.yml") {
		files[file] = read(t, file)
	}
	for _, r := range recipe.All() {
		files["recipe "+r.Name] = r.Config
	}
	for _, page := range glob(t, "../../README*.md") {
		blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(read(t, page), -1)
		if len(blocks) == 0 {
			t.Errorf("%s shows no config", page)
		}
		for i, block := range blocks {
			files[fmt.Sprintf("block %d of %s", i+1, page)] = block[1]
		}
	}
	schema := mustSchema(t, "")
	for name, data := range files {
		if err := schema.Validate(asEditors(t, data)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSchemaRefusesBrokenFiles(t *testing.T) {
	// What is wrong with the others only wtm can tell: the YAML itself, an environment, fields that items do not have.
	schema := mustSchema(t, "")
	for _, name := range []string{
		"everything", "extractors", "kinds", "later", "list", "messages", "no-jobs", "null-jobs", "numbers", "pipeline", "render",
		"requests", "sources", "template-as-mapping",
	} {
		if err := schema.Validate(asEditors(t, read(t, filepath.Join("testdata", "err", name+".yml")))); err == nil {
			t.Errorf("the schema takes %s.yml", name)
		}
	}
}

// unknown is no key and no choice, nor near any.
const unknown = "nothing-is-called-so"

// TestSchemaHasTheKeysOfConfig puts an unknown key into every mapping.
func TestSchemaHasTheKeysOfConfig(t *testing.T) {
	known := wanted(t, `: (?:the )?(\w+)(?: of)?(?: "[^"]*")? has no key "`+unknown+`"`, func(n *yaml.Node) {
		if n.Kind == yaml.MappingNode {
			n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: unknown}, &yaml.Node{Kind: yaml.ScalarNode, Value: "x"})
		}
	})
	delete(known, "feed: none") // the one mapping without keys
	want := map[string]bool{}
	for name, m := range mappings(t) {
		want[line(name, slices.Collect(maps.Keys(m.Properties)))] = true
	}
	if diff := cmp.Diff(want, known); diff != "" {
		t.Errorf("keys (-schema +config):\n%s", diff)
	}
}

// TestSchemaHasTheChoicesOfConfig makes every value unknown.
func TestSchemaHasTheChoicesOfConfig(t *testing.T) {
	known := wanted(t, `: (\w+): "`+unknown+`" is unknown`, func(n *yaml.Node) {
		for i := 1; n.Kind == yaml.MappingNode && i < len(n.Content); i += 2 {
			if n.Content[i].Kind == yaml.ScalarNode {
				n.Content[i].SetString(unknown)
			}
		}
	})
	for name, m := range mappings(t) {
		for key, s := range m.Properties {
			for s.Ref != nil {
				s = s.Ref
			}
			if s.Enum == nil {
				continue
			}
			var choices []string
			for _, v := range s.Enum.Values {
				choices = append(choices, fmt.Sprint(v))
			}
			if !known[line(key, choices)] {
				t.Errorf("%s: the schema has %s, and config none such among %q", name, line(key, choices), slices.Sorted(maps.Keys(known)))
			}
		}
	}
}

// wanted changes every node of the accepted files, and returns what the errors about that want then, each as a [line].
func wanted(t *testing.T, about string, change func(n *yaml.Node)) map[string]bool {
	t.Helper()
	var everywhere func(n *yaml.Node)
	everywhere = func(n *yaml.Node) {
		for _, c := range n.Content {
			everywhere(c)
		}
		change(n)
	}
	found := map[string]bool{}
	for _, file := range glob(t, "testdata/ok/*.yml") {
		var doc yaml.Node
		if err := yaml.Unmarshal(read(t, file), &doc); err != nil {
			t.Fatal(err)
		}
		everywhere(&doc)
		data, err := yaml.Marshal(&doc)
		if err != nil {
			t.Fatal(err)
		}
		_, err = config.Parse("wtm.yml", data, getenv)
		for _, m := range regexp.MustCompile("(?m)"+about+"; want (.*)$").FindAllStringSubmatch(fmt.Sprint(err), -1) {
			found[line(m[1], strings.Split(strings.ReplaceAll(m[2], " or ", ", "), ", "))] = true
		}
	}
	return found
}

// line is a name and its words, in one order.
func line(name string, words []string) string {
	return name + ": " + strings.Join(slices.Sorted(slices.Values(words)), " ")
}

func TestSchemaDescribesEachKey(t *testing.T) {
	for name, m := range mappings(t) {
		if m.AdditionalProperties != false {
			t.Errorf("%s takes unknown keys", name)
		}
		for key, s := range m.Properties {
			for s.Ref != nil {
				s = s.Ref
			}
			if s.Bool == nil && !strings.HasSuffix(s.Description, ".") {
				t.Errorf("%s has a key %s with the description %q; want a sentence", name, key, s.Description)
			}
		}
	}
}

// mappings are the parts of the schema that list keys, by the names that errors give them.
func mappings(t *testing.T) map[string]*jsonschema.Schema {
	t.Helper()
	var doc struct{ Definitions map[string]any }
	if err := json.Unmarshal(read(t, schemaFile), &doc); err != nil {
		t.Fatal(err)
	}
	all := map[string]*jsonschema.Schema{"file": mustSchema(t, "")}
	for name := range doc.Definitions {
		if d := mustSchema(t, "#/definitions/"+name); d.Properties != nil {
			all[name] = d
		}
	}
	return all
}
