package tui

import (
	"strings"

	"charm.land/lipgloss/v2"

	"eddy/tui/draw"
)

// skin dresses dialogs in the theme. They are few and small, so they are laid
// out with Lip Gloss and laid over the screen, which a grid of cells is for.
type skin struct{ painter *draw.Painter }

// style is a style of the theme as Lip Gloss has it.
func (k skin) style(s draw.Style) lipgloss.Style {
	l := k.painter.Look(s)
	out := lipgloss.NewStyle().Bold(l.Bold).Underline(l.Underline).Reverse(l.Reversed)
	if l.Fore != "" {
		out = out.Foreground(lipgloss.Color(l.Fore))
	}
	if l.Behind != "" {
		out = out.Background(lipgloss.Color(l.Behind))
	}
	return out
}

// raised is a style on a dialog's background.
func (k skin) raised(s draw.Style) lipgloss.Style { return k.style(s.On(draw.Raised)) }

// text is text of a style in w cells, cut or filled with blanks.
func (k skin) text(s draw.Style, w int, text string) string {
	if w <= 0 {
		return ""
	}
	return k.style(s).Width(w).Render(k.painter.Text(text, w))
}

// line is text of several styles in w cells.
func (k skin) line(behind draw.Style, w int, line draw.Line) string {
	var parts []string
	for _, span := range line {
		n := min(w, draw.Width(span.Text))
		parts = append(parts, k.text(span.Style.On(behind), n, span.Text))
		w -= n
	}
	parts = append(parts, k.text(draw.Normal.On(behind), w, ""))
	return lipgloss.JoinHorizontal(lipgloss.Top, parts...)
}

// field is a line that is typed in.
func (k skin) field(w int, text string) string {
	text = draw.CutLeft(text, w-3)
	return k.line(draw.Raised, w, draw.Line{{Text: "› ", Style: draw.Accent}, {Text: text, Style: draw.Strong}, {Text: "▏", Style: draw.Accent}})
}

// paragraph is text of one style over as many lines as it takes.
func (k skin) paragraph(s draw.Style, w int, text string) []string {
	var rows []string
	for _, line := range draw.Wrap(text, w) {
		rows = append(rows, k.text(s.On(draw.Raised), w, line))
	}
	return rows
}

// frameWidth is how many cells of a window's width its frame takes.
const frameWidth = 4

// window is a frame of w cells around rows, with a heading and a note.
func (k skin) window(w int, heading, note string, rows []string) string {
	border := lipgloss.RoundedBorder()
	if k.painter.ASCIIOnly() {
		border = lipgloss.ASCIIBorder()
	}
	edge := k.raised(draw.Accent)
	heading = draw.Cut(heading, w-6)
	if draw.Width(heading)+draw.Width(note)+9 > w {
		note = ""
	}
	left := edge.Render(border.TopLeft+border.Top) + k.text(draw.Title.On(draw.Raised), draw.Width(heading)+2, " "+heading)
	right := edge.Render(border.Top + border.TopRight)
	if note != "" {
		right = k.text(draw.Dim.On(draw.Raised), draw.Width(note)+2, " "+note) + right
	}
	rule := edge.Render(strings.Repeat(border.Top, max(0, w-lipgloss.Width(left)-lipgloss.Width(right))))
	body := k.raised(draw.Normal).Border(border, false, true, true, true).BorderForeground(edge.GetForeground()).BorderBackground(edge.GetBackground()).
		Padding(0, 1).Width(w).Render(lipgloss.JoinVertical(lipgloss.Left, rows...))
	return lipgloss.JoinVertical(lipgloss.Left, left+rule+right, body)
}

// over lays a dialog over the middle of a screen.
func over(screen, dialog string, w, h int) string {
	x, y := max(0, (w-lipgloss.Width(dialog))/2), max(0, (h-lipgloss.Height(dialog))/2)
	return lipgloss.NewCompositor(lipgloss.NewLayer(screen), lipgloss.NewLayer(dialog).X(x).Y(y).Z(1)).Render()
}
