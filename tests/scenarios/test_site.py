"""The site as a reader meets it: built without a warning, every link followed, pages looked at in a browser."""
import functools
import http.server
import importlib.util
import re
import shutil
import subprocess
import sys
import threading

import pytest

from helpers import ROOT

pytestmark = pytest.mark.slow

SHOTS = ROOT / "build" / "screenshots"
CHROMIUM = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]

pytest.importorskip("sphinx", reason="the site needs the extra docs")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    "The site, built as `make docs` does it: a warning is a failure."
    folder = tmp_path_factory.mktemp("site")
    run = subprocess.run([sys.executable, "-m", "sphinx", "-E", "-W", "--keep-going", "-q", "-b", "html", "-d", tmp_path_factory.mktemp("doctrees"), ROOT / "docs", folder],
                         capture_output=True, text=True, cwd=ROOT)
    assert run.returncode == 0, f"{run.returncode}: {run.stdout}{run.stderr}"
    return folder


@pytest.fixture(scope="module")
def check_site():
    spec = importlib.util.spec_from_file_location("check_site", ROOT / "tools" / "check_site.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_no_link_is_broken_and_every_public_name_has_its_page(site, check_site):
    assert not list(check_site.faults(site))


def test_the_link_checker_finds_what_is_broken(check_site, tmp_path):
    (tmp_path / "index.html").write_text('<p id="here"></p><a href="#there">a</a><a href="gone.html">b</a><img src="https://example.org/x.png">'
                                         '<a href="other.html#no">c</a><a href="https://example.org">fine</a><a href="#here">fine</a>')
    (tmp_path / "other.html").write_text("<p>")
    faults = [f for f in check_site.faults(tmp_path) if f.startswith("index.html")]
    assert len(faults) == 4 and all(any(word in f for f in faults) for word in ("#there", "gone.html", "x.png", "other.html#no"))


def test_the_checker_finds_a_table_that_is_raw_text(check_site, tmp_path):
    (tmp_path / "index.html").write_text("<p>| network | accuracy |\n| --- | --- |\n| light | 0.8 |</p>")
    (tmp_path / "other.html").write_text("<pre>| network | accuracy |\n| --- | --- |</pre><table><tr><td>| a | b |</table>")
    faults = [f for f in check_site.faults(tmp_path) if "shown as text" in f]
    assert len(faults) == 1 and faults[0].startswith("index.html") and "network" in faults[0]


def test_every_command_is_in_the_reference(site):
    import typer

    from nsad.cli import app
    text = (site / "reference" / "commands.html").read_text("utf-8")

    def commands(command, name):
        yield name
        for part, below in getattr(command, "commands", {}).items(): yield from commands(below, f"{name} {part}")
    missing = [name for name in commands(typer.main.get_command(app), "nsad") if f">{name}<" not in text]
    assert not missing
    assert "import typer" not in text, "the page is for those who use the commands"
    assert all(option in text for option in ("--time-limit", "--target", "--activation", "--store"))


def test_llms_txt_names_every_public_name(site):
    import nsad
    text = (site / "llms.txt").read_text("utf-8")
    assert all(f"[{name}](reference/{name}.html)" in text for name in nsad.__all__)


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "howto").glob("[!i]*.md")), ids=lambda p: p.stem)
def test_the_code_of_a_how_to_page_runs(page, brief):
    code = "\n".join(re.findall(r"^```python\n(.*?)^```", page.read_text("utf-8"), re.M | re.S))
    assert code
    exec(compile(code, page, "exec"), {"__name__": page.stem})


@pytest.fixture(scope="module")
def server(site):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args): pass
    httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=site))
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{httpd.server_port}/"
    httpd.shutdown()


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None: pytest.skip("no chromium on this machine: apt-get install chromium")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Visit:
    "A tab that notes every request to another host, every failed one, and every error in the console."
    def __init__(self, browser, base, **context):
        self.base, self.elsewhere, self.errors = base, [], []
        self.tab = browser.new_context(**context).new_page()
        self.tab.on("request", lambda r: self.elsewhere.append(r.url) if not r.url.startswith((base, "data:", "blob:")) else None)
        self.tab.on("response", lambda r: self.errors.append(f"{r.status} {r.url}") if r.status >= 400 else None)
        self.tab.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        self.tab.on("pageerror", lambda e: self.errors.append(str(e)))

    def open(self, path, until="networkidle"):
        self.tab.goto(self.base + path, wait_until=until)
        self.tab.evaluate("window.MathJax?.startup?.promise?.then(() => 0)")
        return self.tab

    def keep(self, name):
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.tab.screenshot(path=SHOTS / f"{name}.png")

    def close(self):
        self.tab.context.close()
        assert not self.elsewhere and not self.errors


@pytest.fixture
def visit(browser, server):
    opened = []

    def visiting(**context):
        opened.append(Visit(browser, server, **context))
        return opened[-1]
    yield visiting
    for v in opened: v.close()


# page, formulas at least, pictures at least
PAGES = [("index.html", 1, 2), ("is-it-for-me.html", 0, 0), ("explain/glossary.html", 1, 0), ("explain/beside.html", 0, 0), ("reference/commands.html", 0, 0), ("howto/index.html", 0, 0), ("nbs/index.html", 0, 1), ("nbs/tutorials/your_own_table.html", 0, 2), ("reference/Formula.html", 1, 1), ("nbs/01_formula.html", 1, 1), ("nbs/tutorials/reproduce_the_paper.html", 1, 3),
         ("explain/labels.html", 3, 0), ("explain/architecture.html", 0, 0), ("gallery.html", 3, 3), ("learn/index.html", 0, 0), ("reference/index.html", 0, 0), ("nbs/24_estimators.html", 0, 0), ("nbs/20_library.html", 0, 0),
         ("nbs/tutorials/engines_side_by_side.html", 0, 1), ("nbs/25_cli.html", 0, 0), ("reference/NSADClassifier.html", 0, 0)]


# Formulas, those that are wrong, pictures, and pictures that did not come.
CONTENT = """() => ({formulas: document.querySelectorAll('mjx-container svg').length, wrong: document.querySelectorAll('mjx-merror').length,
    pictures: document.querySelectorAll('article img, article svg.curve, article .output.text_html svg').length,
    absent: [...document.images].filter(i => !i.naturalWidth && i.loading != 'lazy').length})"""


@pytest.fixture(scope="module")
def searches(browser, server):
    "One visit for all searches; the index comes once."
    v = Visit(browser, server)
    yield v
    v.close()


def hits(tab, words):
    "Addresses that a search for some words gives, the best first."
    tab.wait_for_function("document.querySelector('#search-results p') && /found|finished/i.test(document.querySelector('#search-results').innerText)")
    return [a.get_attribute("href").split("?")[0] for a in tab.locator("ul.search li a").all()]


@pytest.mark.parametrize("words, page", [
    ("collapse", "reference/Formula.html#nsad.formula.Formula.collapse"), ("install", "howto/install.html"), ("GPU", "howto/gpu.html"),
    ("early stopping", "howto/recipe.html"), ("when not to use", "is-it-for-me.html"), ("specialist", "explain/glossary.html#term-specialist"),
    ("PySR", "explain/beside.html")])
def test_a_search_leads_to_the_page_that_answers_it(searches, words, page):
    tab = searches.open("search.html?q=" + words.replace(" ", "+"), until="load")
    assert any(hit.endswith(page) for hit in hits(tab, words)[:5]), hits(tab, words)[:8]


# Tables and lines of code that are wider than their box, and whether the reader can see that and get there.
OUT_OF_SIGHT = """() => [...document.querySelectorAll('article table, article pre')].flatMap(e => {
    let box = e;
    while (box.tagName != 'BODY' && !/auto|scroll/.test(getComputedStyle(box).overflowX)) box = box.parentElement;
    const wide = box.tagName == 'BODY' ? e.getBoundingClientRect().right > innerWidth + 1 : box.scrollWidth > box.clientWidth + 1;
    if (!wide || !e.getClientRects().length) return [];
    const bar = getComputedStyle(box).overflowX == 'scroll' && box.tabIndex == 0;
    const said = e.tagName == 'PRE' || box.previousElementSibling?.className == 'scroll-hint'
        || box.parentElement.previousElementSibling?.className == 'scroll-hint';
    return [{kind: e.tagName, reachable: box.tagName != 'BODY' && bar && said, text: e.innerText.slice(0, 60),
             hidden: box.scrollWidth - box.clientWidth}] })"""


# What is wider than the window, in no box that scrolls or cuts off.
TOO_WIDE = """[...document.querySelectorAll('article *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1
    && ![...function*() { for (let p = e; p = p.parentElement;) yield p }()].some(p => /auto|scroll|hidden/.test(getComputedStyle(p).overflowX)
                                                                           && p.tagName != 'HTML' && p.tagName != 'BODY'))
    .map(e => e.outerHTML.slice(0, 120)).slice(0, 3)"""
WIDTHS = 390, 1280, 1920
ALONE = ["index", "is-it-for-me", "gallery", "contributing", "reference/commands", "reference/index", "reference/Study", "reference/Formula", "reference/discover"]
SHOWN = "index.html", "gallery.html", "reference/discover.html", "nbs/tutorials/your_own_table.html", "explain/architecture.html"


def settled(tab, script):
    "What a script says twice in a row, two frames apart, when the page has taken its new width."
    return tab.evaluate("""async script => {
        const look = eval(script), frame = () => new Promise(requestAnimationFrame);
        let before, now;
        for (let i = 0; i < 200 && (before === undefined || before != now); i++) {
            await frame(); await frame();
            before = now; now = JSON.stringify(look());
        }
        return JSON.parse(now) }""", script)


def name_of(path): return path.replace("/", "-").removesuffix(".html")


@pytest.fixture(scope="module")
def measured(browser, server, site):
    "Of each width the pages and what was measured on them; each page is opened once."
    v = Visit(browser, server, viewport={"width": WIDTHS[0], "height": 1000})
    paths = sorted(p.relative_to(site).as_posix() for folder in ("nbs", "explain", "howto", "learn") for p in (site / folder).rglob("*.html"))
    found = {width: {} for width in WIDTHS}
    for path in dict.fromkeys([*(f"{name}.html" for name in ALONE), *(path for path, *_ in PAGES), *paths]):
        tab = v.open(path, until="load")
        tab.wait_for_function("document.readyState == 'complete' && document.fonts.status == 'loaded'")
        for width in WIDTHS:
            tab.set_viewport_size({"width": width, "height": 1000})
            found[width][path] = dict(hidden=settled(tab, OUT_OF_SIGHT), boxes=tab.locator("article table, article pre").count(),
                                      too_wide=tab.evaluate(TOO_WIDE), across=tab.evaluate("document.documentElement.scrollWidth"),
                                      content=tab.evaluate(CONTENT))
            if width == 390 and path in SHOWN: v.keep("phone-" + name_of(path))
            if width == 1280 and path in [path for path, *_ in PAGES]: v.keep("wide-" + name_of(path))
        tab.goto("about:blank")                           # which narrows at no cost
        tab.set_viewport_size({"width": WIDTHS[0], "height": 1000})
    v.close()
    return found


@pytest.mark.parametrize("path, formulas, pictures", PAGES)
def test_pages_render_with_mathematics_and_figures(measured, path, formulas, pictures):
    content = measured[1280][path]["content"]
    assert content["formulas"] >= formulas and content["pictures"] >= pictures
    assert content["wrong"] == content["absent"] == 0


@pytest.mark.parametrize("width", WIDTHS)
def test_no_column_and_no_line_of_code_is_out_of_sight(measured, width):
    for path, page in measured[width].items():
        assert all(w["reachable"] for w in page["hidden"]), (path, [w for w in page["hidden"] if not w["reachable"]][:3])
        if width >= 1280 and "tutorials" in path:
            assert not [w for w in page["hidden"] if w["kind"] == "TABLE"], (path, page["hidden"])
    assert sum(page["boxes"] for page in measured[width].values()) > 500


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_is_wider_than_its_window(measured, width):
    for path, page in measured[width].items():
        assert not page["too_wide"] and page["across"] <= width, (path, page)


def test_what_is_wide_scrolls_by_the_keyboard(visit):
    tab = visit(viewport={"width": 390, "height": 844}).open("nbs/tutorials/reproduce_the_paper.html")
    box = tab.locator("article .scrolls:has(table)").first
    box.focus()
    tab.keyboard.press("ArrowRight")
    tab.wait_for_function("document.activeElement.scrollLeft > 0")


def test_wide_figures_keep_their_size_on_a_phone(visit):
    tab = visit(viewport={"width": 390, "height": 844}).open("nbs/tutorials/reproduce_the_paper.html")
    shown = tab.evaluate("[...document.querySelectorAll('article .cell_output img')].filter(i => i.naturalWidth > 900).map(i => i.clientWidth)")
    assert shown and min(shown) >= 600


def test_the_gallery_is_filtered_sorted_and_opened(visit):
    tab = visit(viewport={"width": 1280, "height": 1000}).open("gallery.html")
    cards = tab.locator(".gallery details:visible")
    everything = cards.count()
    assert tab.evaluate("document.documentElement.scrollHeight") < 10_000
    tab.select_option("select[name=domain]", "text")
    some = cards.count()
    assert 0 < some < everything and f"{some} of {everything}" in tab.locator(".gallery-count").inner_text()
    gains = [tab.evaluate("c => JSON.parse(c.dataset.gains).text ?? -1e9", c.element_handle()) for c in cards.all()]
    assert gains == sorted(gains, reverse=True), "sorted by the gain on the chosen domain"
    assert "mean on text" in cards.first.inner_text()
    tab.select_option("select[name=order]", "size")
    sizes = [int(c.get_attribute("data-size")) for c in cards.all()]
    assert sizes == sorted(sizes)
    tab.select_option("select[name=domain]", "")
    tab.fill("input[name=words]", "exp(-x**2)")
    assert all("exp(-x**2)" in c.text_content() for c in cards.all()) and cards.count() < everything
    tab.select_option("select[name=order]", "tests")
    tests = [int(c.get_attribute("data-tests")) for c in cards.all()]
    assert tests == sorted(tests, reverse=True) and tests[0] > 0
    cards.first.locator("summary").click()
    assert cards.first.locator("table").is_visible()


def test_dark_mode_switches(visit):
    v = visit(color_scheme="light")
    tab = v.open("index.html")
    def ground(): return tab.evaluate("getComputedStyle(document.body).backgroundColor")
    light = ground()
    tab.locator("button.theme-switch-button:visible").first.click()
    tab.locator("button.dropdown-item:visible, .dropdown-menu.show button").filter(has_text="Dark").first.click()
    assert tab.evaluate("document.documentElement.dataset.theme") == "dark" and ground() != light
    for path in ("index.html", "gallery.html", "nbs/tutorials/your_own_table.html"):
        v.open(path)                                      # the choice is kept from page to page
        assert ground() != light
        v.keep("dark-" + path.replace("/", "-").removesuffix(".html"))
