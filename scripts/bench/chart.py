"""The chart: bars of rates as SVG, a group for each work, ours in a colour of its own, the load generator pale."""

from xml.sax.saxutils import escape

WIDTH, LABELS, FIGURES = 860, 190, 120
BAR, GAP, TITLE, GROUP = 16, 5, 26, 18
OURS, OTHERS, CEILING, INK, PALE, GROUND = "#c2571a", "#8a9aa8", "#d5dce2", "#1f2933", "#5b6770", "#ffffff"


def draw(results, median, values):
    """Each group has a scale of its own, from zero to its fastest; a line shows the range of the rounds."""
    body, y = [], 20
    for result in results:
        rates = {contestant.name: median(result, contestant.name) for contestant in result.work.contestants}
        shown = [contestant for contestant in result.work.contestants if rates[contestant.name]]
        if len(shown) < 2:
            continue
        scale = (WIDTH - LABELS - FIGURES) / max(max(values(result, contestant.name)) for contestant in shown)
        body.append(f'<text x="20" y="{y + 14}" class="title">{escape(result.work.title)}, {result.work.unit}</text>')
        y += TITLE
        for contestant in sorted(shown, key=lambda contestant: -rates[contestant.name]):
            body += bar(contestant, rates[contestant.name], values(result, contestant.name), scale, y)
            y += BAR + GAP
        y += GROUP
    style = (f"text{{font:13px system-ui,sans-serif;fill:{INK}}}.title{{font-weight:600;font-size:14px}}"
             f".range{{fill:{PALE};font-size:12px}}.line{{stroke:{INK};stroke-width:1.5}}")
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{y}" viewBox="0 0 {WIDTH} {y}" role="img">\n'
            f"<title>Rates of Larder and other programs, medians</title>\n<style>{style}</style>\n"
            f'<rect width="{WIDTH}" height="{y}" rx="8" fill="{GROUND}"/>\n' + "\n".join(body) + "\n</svg>\n")


def bar(contestant, rate, rates, scale, y):
    middle = y + BAR / 2
    low, high = (LABELS + edge * scale for edge in (min(rates), max(rates)))
    end = LABELS + max(rate * scale, 1)
    colour = OURS if contestant.ours else CEILING if contestant.ceiling else OTHERS
    text = f"{rate:,.0f}" if rate >= 10 else f"{rate:.2g}"
    return [
        f'<text x="{LABELS - 8}" y="{middle + 4.5:g}" text-anchor="end">{escape(contestant.name)}</text>',
        f'<rect x="{LABELS}" y="{y}" width="{end - LABELS:.1f}" height="{BAR}" rx="2" fill="{colour}"/>',
        f'<line class="line" x1="{low:.1f}" x2="{high:.1f}" y1="{middle:g}" y2="{middle:g}"/>',
        f'<text class="range" x="{max(end, high) + 8:.1f}" y="{middle + 4.5:g}">{text}</text>',
    ]
