package config

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"github.com/spf13/viper"
)

// ProjectFile is the settings file of the folder the program is run in.
const ProjectFile = ".eddy.yaml"

// Inputs is where settings come from.
type Inputs struct {
	// Flags may define flags with the names of settings; nil: none.
	Flags *pflag.FlagSet
	// Environ is the environment as "NAME=value".
	Environ []string
	// Dir is the folder of the project's settings file.
	Dir string
}

// Errors is everything that is wrong with the settings, a line each.
type Errors []string

// Error joins the lines.
func (e Errors) Error() string { return strings.Join(e, "\n") }

// Load reads the settings: flags before EDDY_* variables before .eddy.yaml
// before the user's own file before defaults. The error is an Errors.
func Load(in Inputs) (*Config, error) {
	env := environment(in.Environ)
	user, wrong := userFile(env)
	project, more := readFile(filepath.Join(in.Dir, ProjectFile), ProjectFile)
	wrong = append(wrong, more...)

	v := viper.New()
	variables := variableLayer(env)
	layers := []layer{flagLayer(v, in.Flags), variables, project, user}
	// What is merged later lies over what was merged before; a bound flag lies over all.
	for _, l := range []layer{user, project, variables} {
		if err := v.MergeConfigMap(l.values); err != nil {
			wrong = append(wrong, err.Error())
		}
	}
	c := &Config{Warnings: unknownVariables(env)}
	for _, e := range table {
		v.SetDefault(e.key, e.standard)
		s, problem := e.resolve(v.GetString(e.key), layers)
		if problem != "" {
			wrong = append(wrong, problem)
		}
		c.settings = append(c.settings, s)
	}
	if len(wrong) > 0 {
		return nil, Errors(wrong)
	}
	c.fill()
	return c, nil
}

// resolve finds which layer the value in force came from and checks it.
func (e entry) resolve(text string, layers []layer) (Setting, string) {
	s := Setting{Key: e.key, Source: "default", About: e.about, Accepted: e.accepted()}
	for _, l := range layers {
		if _, ok := l.values[e.key]; ok {
			s.Source = l.places[e.key]
			break
		}
	}
	value, ok := e.normal(text)
	if !ok {
		return s, fmt.Sprintf("%s: %s is not possible; it takes %s%s", s.Source, printable(text), e.accepted(),
			DidYouMean(text, e.choices))
	}
	s.Value = value
	return s, ""
}

// layer is one source of values and the place each of them stands at.
type layer struct {
	values map[string]any
	places map[string]string
}

func newLayer() layer { return layer{map[string]any{}, map[string]string{}} }

// flagLayer binds the flags that are settings and notes those that were given.
func flagLayer(v *viper.Viper, flags *pflag.FlagSet) layer {
	l := newLayer()
	if flags == nil {
		return l
	}
	for _, e := range table {
		f := flags.Lookup(e.key)
		if f == nil || !f.Changed {
			continue
		}
		// BindPFlag fails for a nil flag only.
		_ = v.BindPFlag(e.key, f)
		l.values[e.key] = f.Value.String()
		l.places[e.key] = "--" + e.key
	}
	return l
}

// variableLayer is the EDDY_* variables that are set to something.
func variableLayer(env map[string]string) layer {
	l := newLayer()
	for _, e := range table {
		if text := env[e.variable()]; text != "" {
			l.values[e.key] = text
			l.places[e.key] = e.variable()
		}
	}
	return l
}

// environment keeps the variables that concern the settings.
func environment(environ []string) map[string]string {
	env := map[string]string{}
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, prefix) || name == "HOME" || name == "XDG_CONFIG_HOME" {
			env[name] = value
		}
	}
	return env
}

// unknownVariables names the EDDY_* variables that are no settings: a typo in
// one would otherwise pass in silence. They are no errors, since somebody else
// may own the name.
func unknownVariables(env map[string]string) []string {
	var known, wrong []string
	for _, e := range table {
		known = append(known, e.variable())
	}
	for name := range env {
		if strings.HasPrefix(name, prefix) && !slices.Contains(known, name) {
			wrong = append(wrong, fmt.Sprintf("%s is not a setting; there are %s%s", name,
				strings.Join(known, ", "), DidYouMean(name, known)))
		}
	}
	slices.Sort(wrong)
	return wrong
}

// userFile reads the user's own settings file. A relative XDG_CONFIG_HOME is
// ignored, as the base directory specification asks.
func userFile(env map[string]string) (layer, []string) {
	dir := env["XDG_CONFIG_HOME"]
	if !filepath.IsAbs(dir) {
		if env["HOME"] == "" {
			return layer{}, nil
		}
		dir = filepath.Join(env["HOME"], ".config")
	}
	path := filepath.Join(dir, "eddy", "config.yaml")
	return readFile(path, path)
}
