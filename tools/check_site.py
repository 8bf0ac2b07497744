"""Check the built site: links and anchors lead somewhere, nothing is fetched from another host, tables are tables, every
public name has its page."""
import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parents[1]


class Page(HTMLParser):
    "The anchors of a page, what it links to, and what it loads."
    LOADS = {"script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src", "link": "href"}

    VERBATIM = ("pre", "code", "script", "style", "textarea")

    def __init__(self, text):
        super().__init__()
        self.anchors, self.links, self.loads = set(), [], []
        self.verbatim, self.prose = 0, []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        self.verbatim += tag in self.VERBATIM
        self.anchors |= {a[key] for key in ("id", "name") if a.get(key)}
        if tag == "a" and a.get("href"): self.links.append(a["href"])
        if tag in self.LOADS and a.get(self.LOADS[tag]) and a.get("rel") != "canonical": self.loads.append(a[self.LOADS[tag]])

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        self.verbatim -= tag in self.VERBATIM

    def handle_data(self, data):
        if not self.verbatim: self.prose.append(data)

    @property
    def raw_table(self):
        "The first line of a Markdown table that was not made a table, or None."
        found = re.search(r"\|.*\|\s*\|?\s*:?-{3,}:?\s*\|", "".join(self.prose))
        return found and found[0].split("\n")[0]


def target(site, page, link):
    "The file and the anchor that a link means; the file is None for another host."
    parts = urlsplit(link)
    if parts.scheme or parts.netloc: return None, ""
    path = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    return path / "index.html" if path.is_dir() else path, unquote(parts.fragment)


def faults(site):
    site = Path(site).resolve()
    pages = {p: Page(p.read_text("utf-8")) for p in sorted(site.rglob("*.html")) if "_static" not in p.parts}
    if not pages: yield f"{site} holds no page; run `make docs`"
    for path, page in pages.items():
        here = path.relative_to(site)
        if page.raw_table: yield f"{here}: the table {page.raw_table[:60]} is shown as text"
        for link in {*page.links, *page.loads}:
            file, anchor = target(site, path, link)
            if file is None:
                if link in page.loads and not link.startswith("data:"): yield f"{here}: loads {link} from another host"
            elif not file.exists(): yield f"{here}: {link} leads nowhere"
            elif anchor and file in pages and anchor not in pages[file].anchors: yield f"{here}: {link} has no such anchor"
    yield from missing(site, pages)


def missing(site, pages):
    "Public names without a page of their own that holds their entry and an example."
    import nsad
    for name in nsad.__all__:
        page = pages.get(site / "reference" / f"{name}.html")
        if page is None: yield f"nsad.{name} has no reference page"
        elif not any(a.startswith("nsad.") and a.endswith(f".{name}") for a in page.anchors): yield f"reference/{name}.html: no entry for {name}"
        elif "example" not in page.anchors: yield f"reference/{name}.html: no example; show {name} at work in its notebook"


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    found = list(faults(sys.argv[1] if len(sys.argv) > 1 else ROOT / "_docs"))
    for fault in found: print(fault, file=sys.stderr)
    sys.exit(bool(found))
