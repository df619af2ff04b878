package config

import "strconv"

// Config is the settings in force.
type Config struct {
	// Colour is "auto", "always" or "never".
	Colour string
	// Format is how results are printed: "text", "json", "csv", "markdown" or "html".
	Format string
	// Jobs is how many replications run at once; 0 means one for each core.
	Jobs int
	// Quiet keeps progress and hints off standard error.
	Quiet bool
	// Theme, Motion, Symbols, Speed and Mouse are the live screen's.
	Theme, Motion, Symbols string
	// Speed is simulated seconds a second, 0.001 to 1000; 0 means as fast as it goes.
	Speed float64
	Mouse bool

	// Warnings are remarks that stop nothing, a line each.
	Warnings []string

	settings []Setting
}

// Setting is one value in force and where it came from.
type Setting struct {
	Key      string // as in a settings file
	Value    string
	Source   string // "default", "--format", "EDDY_FORMAT", ".eddy.yaml:3:9"
	About    string
	Accepted string
}

// Settings lists every setting in force, in a fixed order.
func (c *Config) Settings() []Setting { return c.settings }

// fill writes the checked texts of the settings into the typed fields. The
// texts have passed their entry's check, so nothing can fail here.
func (c *Config) fill() {
	text := map[string]string{}
	for _, s := range c.settings {
		text[s.Key] = s.Value
	}
	c.Colour, c.Format = text["color"], text["format"]
	c.Theme, c.Motion, c.Symbols = text["theme"], text["motion"], text["symbols"]
	if text["jobs"] != auto {
		c.Jobs, _ = strconv.Atoi(text["jobs"])
	}
	c.Quiet = text["quiet"] == "true"
	c.Mouse = text["mouse"] == "true"
	if text["speed"] != max {
		c.Speed, _ = strconv.ParseFloat(text["speed"], 64)
	}
}
