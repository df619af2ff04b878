package report

import (
	"context"
	"encoding/json"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// browser finds a browser that can be run without a screen, or skips the test.
func browser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("there is no Chromium to open the page with")
	return ""
}

// The page opens in a browser without a word on its console, and nothing is
// asked of any other machine.
func TestPageInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes its time to start")
	}
	t.Parallel()
	chromium := browser(t)
	hostile := `<img src="http://example.invalid/x"><script src="http://example.invalid/y"></script>`
	for name, write := range map[string]func(io.Writer) error{
		"run": func(w io.Writer) error {
			r := busy()
			r.Scenario.Name = hostile
			return HTML(w, r, someHistory(), nil)
		},
		"compare": func(w io.Writer) error {
			c := rivalRuns(t)
			c.Scenarios[0].Name = hostile
			return HTMLCompared(w, c)
		},
		"grid":     func(w io.Writer) error { return HTMLSwept(w, grid()) },
		"coupling": func(w io.Writer) error { return HTMLCoupling(w, couplings(t), hostile) },
	} {
		openPage(t, chromium, name, write)
	}
}

// openPage opens one page in the browser.
func openPage(t *testing.T, chromium, name string, write func(io.Writer) error) {
	t.Helper()
	dir := t.TempDir()
	page, log, image := filepath.Join(dir, name+".html"), filepath.Join(dir, "net.json"), filepath.Join(dir, "page.png")
	file, err := os.Create(page)
	if err != nil {
		t.Fatal(err)
	}
	if err := write(file); err != nil {
		t.Fatal(err)
	}
	file.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--host-resolver-rules=MAP * ~NOTFOUND", // the browser's own errands, too, lead nowhere
		"--user-data-dir="+filepath.Join(dir, "profile"),
		"--enable-logging=stderr", "--v=0", "--log-net-log="+log, "--net-log-capture-mode=Everything",
		"--window-size=1200,2000", "--screenshot="+image, "file://"+page).CombinedOutput()
	if err != nil {
		t.Skipf("the browser does not run here: %v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "CONSOLE") {
			t.Errorf("%s: the page is complained about: %s", name, line)
		}
	}
	if info, err := os.Stat(image); err != nil || info.Size() < 30_000 {
		t.Errorf("the picture of the page is %v, %v", info, err)
	}
	checkRequests(t, log, page)
}

// checkRequests reads what the browser asked the net for.
func checkRequests(t *testing.T, log, page string) {
	t.Helper()
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	var record struct {
		Events []struct {
			Params struct {
				URL       string `json:"url"`
				Initiator string `json:"initiator"`
			} `json:"params"`
		} `json:"events"`
	}
	if err := json.Unmarshal(text, &record); err != nil {
		t.Fatal(err)
	}
	for _, e := range record.Events {
		asked, err := url.Parse(e.Params.URL)
		if e.Params.URL == "" || err != nil {
			continue
		}
		if asked.Host == "example.invalid" || strings.HasPrefix(e.Params.Initiator, "file:") || e.Params.Initiator == "null" {
			if asked.Scheme != "file" && asked.Scheme != "data" {
				t.Errorf("the page asks for %s", e.Params.URL)
			}
		}
	}
}
