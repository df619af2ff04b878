// Package config is the settings of the program: how it shows results and how
// hard it may work the machine, never what a scenario means.
//
// The one promise: Load gives one typed Config in which every value is valid
// and knows where it came from (a flag, the environment, a settings file with
// its place, or the default), or says everything that is wrong at once.
//
// It does not know scenarios, and nothing here can change a result: a seed is
// deliberately no setting, since a forgotten line in a home directory would
// make two people's runs differ.
package config
