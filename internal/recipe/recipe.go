// Package recipe holds configs for what people want to watch most, each a whole wtm.yml to start from.
//
// A recipe says in its first line what it is for, and in its second when its real page was last looked at: pages change,
// and a recipe is a beginning.
package recipe

import (
	"embed"
	"path"
	"strings"
)

//go:embed recipes/*.yml
var files embed.FS

// Recipe is a config with a name.
type Recipe struct {
	Name string
	// About is one sentence.
	About string
	// Config is the whole wtm.yml.
	Config []byte
}

// All returns the recipes, by name.
func All() []Recipe {
	entries, err := files.ReadDir("recipes")
	if err != nil {
		panic(err) // they are compiled in
	}
	var all []Recipe
	for _, e := range entries {
		data, err := files.ReadFile(path.Join("recipes", e.Name()))
		if err != nil {
			panic(err)
		}
		first, _, _ := strings.Cut(string(data), "\n")
		all = append(all, Recipe{Name: strings.TrimSuffix(e.Name(), ".yml"), About: strings.TrimPrefix(first, "# "), Config: data})
	}
	return all
}
