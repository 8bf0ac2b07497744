"""The gallery and the front page's picture, drawn from stored results: curves are SVG that takes the page's colours."""
import base64
import json
import re
from collections import defaultdict
from html import escape
from pathlib import Path

import numpy as np
import pandas as pd

from nsad import Formula, FormulaError
from nsad.library import Entry, best_beside
from nsad.library import judged as verdict_of

COLUMNS = {"dataset", "network", "activation", "formula", "seed"}
KNOWN = {"relu", "gelu", "silu", "tanh", "elu", "leaky_relu", "selu", "mish", "sigmoid", "softplus", "hardswish"}


def canonical(text):
    "The formula's own text, or nothing for names, choices and formulas over several features."
    if not isinstance(text, str) or text.lower() in KNOWN: return None
    try: f = Formula(text)
    except FormulaError: return None
    return f.text if f.variables == ("x",) or list(f.variables) == ["x"] else None


def found(root):
    "What is known of every activation: text -> dict(sources, rows)."
    known = defaultdict(lambda: dict(sources=[], rows=[], evidence=[], beside=[], studied=defaultdict(list)))
    data = [p for folder in ("nbs/data", "benchmarks/results", "nsad/library", "nsad/samples") for p in sorted((root / folder).rglob("*"))]
    for path in data:
        if path.suffix == ".json":
            raw = json.loads(path.read_text("utf-8"))
            if not isinstance(raw, dict): continue
            if raw.get("format") == "nsad.discovery/1":
                p = raw["provenance"]
                best = min(raw["front"], key=lambda row: row["loss"])["formula"]
                for row in raw["front"]:
                    if text := canonical(row["formula"]):
                        place = "the best of" if row["formula"] == best else "on the front of"
                        known[text]["sources"].append(f"{place} a search by {p['engine']} on {p['dataset']}, seed {p['seed']}")
            elif str(raw.get("format", "")).startswith("nsad.activation/") and (text := canonical(raw["formula"])):
                known[text]["sources"].append(f"shipped as {raw['name']}, {raw.get('domain') or 'no domain'}")
                known[text]["evidence"] += evidence(raw)
                known[text]["beside"] += beside(Entry.from_json(path.read_text("utf-8"), path.name))
        elif path.suffix == ".csv" and set(pd.read_csv(path, nrows=0).columns) >= COLUMNS:
            for text, *row in judged(pd.read_csv(path)):
                if any(same(row, other) for other in known[text]["rows"]): continue      # a copy of the same results, perhaps rounded
                known[text]["rows"].append(row)
                for name in row[2]: known[text]["studied"][name].append(row[0])
        elif re.fullmatch(r"discovery_worth-.*\.txt", path.name) and path.parent.name == "results":
            for text, source, row in searched(path):
                if row in known[text]["evidence"]: continue
                known[text]["sources"].append(source)
                known[text]["evidence"].append(row)
    for entry in known.values():
        entry["evidence"] = [e for i, e in enumerate(entry["evidence"]) if not any(alike(e, later) for later in entry["evidence"][i + 1:])]
    for text, entry in known.items():
        entry["sources"] += [f"\u201c{name}\u201d in studies on {', '.join(dict.fromkeys(places))}"
                             for name, places in entry["studied"].items() if name != text]
    return known


def same(row, other):
    "Are two rows of `judged` the same but for rounding?"
    return row[:4] == other[:4] and len(row[4]) == len(other[4]) and np.allclose(row[4], other[4], rtol=0, atol=2e-5)


def alike(one, other):
    "Are two pieces of evidence of one measurement? A shipped activation brings along what a table says, too."
    return one[0] == other[0] and one[2] == other[2] and one[4] == other[4] and abs(one[3] - other[3]) < 1e-4 and "learn" not in one[1] + other[1]


def searched(path):
    """Formulas of searches in a table of benchmarks/discovery_worth.py: (formula, source, (dataset, network, measure, difference from ReLU, seeds)).

    Each is the mean of three trainings, as that of light ReLU; formulas that a search did not find are left out, and so is ReLU.
    """
    dataset, text = path.stem.removeprefix("discovery_worth-").removesuffix("-restarts"), path.read_text("utf-8")
    network = "light, strong" if "recipe strong" in text or path.stem.endswith("-restarts") else "light"
    relu = float(re.search(r"^light relu +\d+ +([.\d]+)", text, re.M)[1])
    for formula, mean, source in re.findall(r"^(\S.*?) {2,}\d+ +([.\d]+) ± [.\d]+ +[.\d]+ ± [.\d]+ +((?:network|gplearn).*, seed \d+)", text, re.M):
        if (found := canonical(formula)) and found != "relu(x)":
            yield found, f"a search by {source}, on {dataset}", (dataset, network, "accuracy", round(float(mean) - relu, 4), 3)


def evidence(raw):
    "(dataset, network and recipe, measure, difference of means from ReLU, seeds) as a library's entry has them."
    def place(score): return tuple(score.get(k) for k in ("dataset", "network", "recipe", "dropout", "measure"))
    relu = {place(s): s["mean"] for s in raw.get("baselines", []) if s.get("activation") == "relu"}
    for s in raw.get("scores", []):
        if s["measure"] in ("accuracy", "r2") and place(s) in relu:
            how = f"{s['network']}, {s['recipe']}" + (", constants learn" if s.get("constants") == "learn" else "")
            yield s["dataset"], how, s["measure"], s["mean"] - relu[place(s)], s["n"]


KINDS = {"ahead": "better", "behind": "worse"}
REFERENCE = {"images": "ReLU", "equations": "tanh", "extrapolation": "GELU"}         # whom a reader of the domain would have taken


def beside(entry):
    """What an entry of images, equations or extrapolation was judged beside: a dict for each score and each rival that it is paired with.

    `first` marks the rows that the summary of a card is made of: the domain's usual activation, and the best rival, on all problems together.
    """
    for score in entry.scores:
        for other in entry.baselines:
            if all(score.get(k) == other.get(k) for k in ("measure", "dataset", "rows", "recipe")) and ("gain" in other or "ratio" in other):
                name, verdict = other["activation"].split(":")[0], verdict_of(score, other)
                usual = name.split("(")[0].lower() == REFERENCE.get(entry.domain, "ReLU").lower()
                best = other is best_beside(score, entry)
                yield dict(domain=entry.domain, data=f"{score['dataset']}, {score['rows']}", other=other["activation"], name=name,
                           text=paired(other), kind=KINDS.get(verdict, ""), verdict=verdict,
                           first=[word for word, is_it in (("usual", usual), ("best", best)) if is_it and score is entry.scores[0]])


UNITS = {"psnr": " dB", "loss": " loss"}


def paired(other):
    "A paired difference or ratio as text, with its interval where there is one."
    kind = "gain" if "gain" in other else "ratio"
    form = "{:+.2f}" if other["measure"] == "psnr" else "{:+.4f}" if kind == "gain" else "{:.2f}"
    interval = f" [{form.format(other[f'{kind}_low'])}, {form.format(other[f'{kind}_high'])}]" if f"{kind}_low" in other else ""
    value = form.format(other[kind]).replace("-", "−")
    return (f"{value}{UNITS[other['measure']]}" if kind == "gain" else f"error × {value}") + interval.replace("-", "−")


def judged(results):
    "(formula, dataset, network, names, measure, differences from ReLU) on the same rows, seeds and recipe; a formula that two searches found is one."
    measure = "accuracy" if results.get("accuracy", pd.Series(dtype=float)).notna().any() else "r2"
    keys = [c for c in ("dataset", "network", "recipe", "seed", "split_seed") if c in results]
    relu = results[results.activation == "relu"].set_index(keys)[measure]
    relu = relu[~relu.index.duplicated()]
    results = results.assign(text=[canonical(f) for f in results.formula])
    for (dataset, network, text), group in results[results.text.notna()].groupby(["dataset", "network", "text"], sort=False):
        pairs = [(row[measure], relu.get(tuple(row[k] for k in keys))) for _, row in group.drop_duplicates(keys).iterrows()]
        pairs = [(ours, theirs) for ours, theirs in pairs if theirs is not None]
        if pairs: yield text, dataset, network, [*group.activation.unique()], measure, [a - b for a, b in pairs]


def verdict(differences):
    "(class, words): better or worse where every seed says so, mixed where they disagree."
    n = len(differences)
    up = sum(d > 0 for d in differences)
    if n == 1:
        return "", "one seed"
    if up == n:
        return "better", f"better with all {n} seeds" if n > 2 else "better with both seeds"
    if not any(d > 0 for d in differences) and any(d < 0 for d in differences):
        return "worse", f"worse with all {n} seeds" if n > 2 else "worse with both seeds"
    return "", f"better with {up} of {n} seeds"


def signed(value):
    "A difference with its sign, with more digits where three would print it as zero."
    if value == 0:
        return "0"
    return f"{value:+.3f}" if abs(value) >= 0.0005 else f"{value:+.5f}"


def width_of(text):
    "How far from 0 a picture goes: 4, or a tenth of that where the formula swings or climbs too fast to be seen."
    x = np.linspace(-4, 4, 8001)
    y = np.broadcast_to(Formula(text)(x), x.shape)
    turns = np.count_nonzero(np.diff(np.sign(np.diff(y))))
    steep = np.abs(np.diff(y[np.abs(x) < 0.5])).max() / (x[1] - x[0])
    return 0.4 if turns > 20 or steep > 10 else 4.0


def curve(text, size=(220, 120), width=4.0, label=True):
    "A formula and, dashed, its derivative, with ReLU in grey behind them, as inline SVG."
    w, h = size
    x = np.linspace(-width, width, 161)
    f = Formula(text)
    lines = [("relu", np.maximum(x, 0)), ("slope", np.broadcast_to(f.derivative()(x), x.shape)), ("value", np.broadcast_to(f(x), x.shape))]
    low, high = -2.0, 4.0

    def at(v): return (high - min(max(v, low - 9), high + 9)) / (high - low) * h
    def points(y): return " ".join(f"{(a + width) / (2 * width) * w:.1f},{at(b):.1f}" for a, b in zip(x, y))
    body = "".join(f'<polyline class="{name}" points="{points(np.nan_to_num(y))}"/>' for name, y in lines)
    axes = f'<path class="axis" d="M0 {high / (high - low) * h:.1f}H{w}M{w / 2} 0V{h}"/>'
    title = f"<title>{text.replace('<', '&lt;')} from -{width:g} to {width:g}</title>" if label else ""
    return f'<svg class="curve" viewBox="0 0 {w} {h}" role="img">{title}{axes}{body}</svg>'


def domains_of(root):
    "dataset -> domain, as stored results name it."
    known = {"drawn": "scikit-learn"}                  # its generators and small tables
    domains = {}
    for path in sorted(Path(root).glob("benchmarks/results/*.csv")):
        if {"dataset", "domain"} <= set(pd.read_csv(path, nrows=0).columns):
            pairs = pd.read_csv(path, usecols=["dataset", "domain"]).drop_duplicates().dropna()
            domains |= {row.dataset: known.get(row.domain, row.domain) for row in pairs.itertuples()}
    return domains


def comparisons(known, domains):
    "What is known of one formula against ReLU, a dict for each dataset, network and recipe."
    for dataset, network, _, measure, differences in known["rows"]:
        kind, words = verdict(differences)
        spread = f" ± {np.std(differences, ddof=1):.3f}" if len(differences) > 1 else ""
        yield dict(dataset=dataset, domain=domains.get(dataset, "other"), network=network, measure=measure,
                   gain=float(np.mean(differences)), n=len(differences), kind=kind, words=words, spread=spread)
    for dataset, network, measure, gain, n in known["evidence"]:
        yield dict(dataset=dataset, domain=domains.get(dataset, "other"), network=network, measure=measure,
                   gain=gain, n=n, kind="", words=f"means of {n} seeds", spread="")


def mean_gains(made):
    "Mean gain over ReLU where three seeds or more speak of it: over all (\"\") and for each domain."
    sure = [c for c in made if c["n"] >= 3]
    if any(c["measure"] == "accuracy" for c in sure):        # R2 and accuracy are no mean of each other
        sure = [c for c in sure if c["measure"] == "accuracy"]
    groups = {"": [c["gain"] for c in sure]}
    for c in sure:
        groups.setdefault(c["domain"], []).append(c["gain"])
    return {domain: float(np.mean(gains)) for domain, gains in groups.items() if gains}


def card(text, known, domains):
    "One formula: its picture and its gain; opened, every comparison and where it comes from."
    made = list(comparisons(known, domains))
    gains = mean_gains(made)
    sure = sorted({c["dataset"] for c in made if c["n"] >= 3})
    if gains:
        kind = "better" if gains[""] > 0 else "worse"
        ahead = {c["dataset"] for c in made if c["n"] >= 3 and c["gain"] > 0}
        place = sure[0] if len(sure) == 1 else f"mean over {len(sure)} datasets, better on {len(ahead)}"
        headline = f'<span class="verdict {kind}">{signed(gains[""])}</span> <span class="where">{place}</span>'
    elif known["beside"]:
        headline = summary_of(known["beside"])
    else:
        headline = '<span class="where">not judged with three seeds</span>'
    lines = "".join(
        f'<tr><td>{c["dataset"]}</td><td>{c["network"]}</td><td>{signed(c["gain"])}{c["spread"]} {c["measure"]}</td>'
        f'<td class="{c["kind"]}">{c["words"]}</td></tr>' for c in made)
    table = ("<table><thead><tr><th>data</th><th>network</th><th>difference from ReLU</th><th>seeds</th></tr></thead>"
             f"<tbody>{lines}</tbody></table>") if lines else ""
    table += table_beside(known["beside"])
    table = table or "<p>Not yet judged in a study.</p>"
    sources = "".join(f"<li>{escape(source)}</li>" for source in dict.fromkeys(known["sources"]))
    formula = Formula(text)
    where = " ".join(sorted({c["domain"] for c in made + known["beside"]} - {"other"}))
    width = width_of(text)
    narrow = f'<br><span class="where">drawn from −{width:g} to {width:g}</span>' if width < 4 else ""
    numbers = escape(json.dumps({domain: round(gain, 6) for domain, gain in gains.items()}), quote=True)
    return (f'<details data-text="{escape(text, quote=True)}" data-domains="{where}" data-gains="{numbers}" '
            f'data-size="{formula.complexity}" data-tests="{len(made) + len(known["beside"])}">'
            f"<summary>{curve(text, width=width, label=False)}<code>{escape(text)}</code><br>{headline}{narrow}</summary>"
            f'<p><span class="math notranslate nohighlight">\\({escape(formula.latex)}\\)</span></p>'
            f"{table}<ul>{sources}</ul></details>")


def summary_of(rows):
    "The line below a picture: the domain's usual activation, and the verdict beside the best rival."
    usual = next((row for row in rows if "usual" in row["first"]), rows[0])
    best = next((row for row in rows if "best" in row["first"]), usual)
    number = usual["text"].split(" [")[0]
    return (f'<span class="verdict {usual["kind"]}">{number}</span> <span class="where">beside {usual["name"]}, {usual["data"]}; '
            f'{best["verdict"]} beside {escape(best["name"])}, the best other</span>')


def table_beside(rows):
    "Every paired comparison of an entry, those that it loses among them."
    if not rows: return ""
    lines = "".join(f'<tr><td>{row["data"]}</td><td>{escape(row["other"])}</td><td>{row["text"]}</td>'
                    f'<td class="{row["kind"]}">{row["verdict"]}</td></tr>' for row in rows)
    return ("<table><thead><tr><th>problem</th><th>beside</th><th>paired difference or ratio, 95 % interval</th><th>verdict</th></tr></thead>"
            f"<tbody>{lines}</tbody></table>")


CHOICES = """<form class="gallery-choices" hidden>
<label>judged on data from <select name="domain"><option value="">any domain</option>{domains}</select></label>
<label>sorted by <select name="order"><option value="gain">mean gain over ReLU</option><option value="size">size, smallest first</option>
<option value="tests">number of comparisons</option><option value="name">formula</option></select></label>
<label>containing <input name="words" type="search" placeholder="sin, forest, gplearn"></label>
<span class="gallery-count" aria-live="polite"></span></form>"""


def page(root):
    known, domains = found(Path(root)), domains_of(root)
    ranks = {text: mean_gains(list(comparisons(k, domains))).get("", -np.inf) for text, k in known.items()}
    order = sorted(known, key=lambda text: (-ranks[text], text))
    judged_on = sorted({c["domain"] for k in known.values() for c in [*comparisons(k, domains), *k["beside"]]} - {"other"})
    options = "".join(f'<option value="{domain}">{domain}</option>' for domain in judged_on)
    lines = ["# Gallery", "",
             f"Every activation that a search has found and kept, {len(known)} so far, those that lose among them. Thick: the "
             "activation $\\varphi(x)$; dashed: its derivative; grey: ReLU, $\\max(0, x)$; from −4 to 4 if nothing else is said. The number "
             "is the mean difference from ReLU in the same network, on the same rows, with the same recipe, over all comparisons with three "
             "seeds or more. Open a card for each comparison. Three seeds prove little: see [what fair means](explain/fair.md).", "",
             "For *images*, *equations* and *extrapolation* the number is another one: decibels over ReLU on pixels that were not seen, or the "
             "error divided by that of tanh (equations) or of GELU (extrapolation), where below 1 is better. Intervals are paired by "
             "photograph, equation or function; an activation is *ahead* or *behind* where its interval excludes equality, else *level*. "
             "The cards say where each loses.", "",
             *reconstructions(Path(root)),
             "```{raw} html", CHOICES.format(domains=options), '<div class="gallery">',
             *(card(text, known[text], domains) for text in order), "</div>", "```", ""]
    return "\n".join(lines)


def reconstructions(root):
    "Lines of a picture: one photograph by six activations, made by benchmarks/reconstructions.py."
    data = base64.b64encode((root / "benchmarks/results/reconstructions.png").read_bytes()).decode()
    words = "A cat's face of 64 by 64 pixels, and six completions from half of its pixels: ReLU blurred, tanh in facets, four others sharp"
    caption = ("One photograph of which half of the pixels are known, completed by the same network with six activations, each at the scale that was "
               "best on other photographs; decibels on the other half, one seed.")
    return ["```{raw} html", f'<figure><img src="data:image/png;base64,{data}" alt="{words}"><figcaption>{caption}</figcaption></figure>', "```", ""]


def headline(root):
    "Rows of the front page's table and picture: models on Forest Cover, from nbs/data/strong.csv, best first."
    rows = pd.read_csv(Path(root) / "nbs/data/strong.csv").fillna({"activation": ""})
    return rows[rows.front].sort_values("accuracy", ascending=False).to_dict("records")


def headline_table(root):
    "The front page's table, as Markdown."
    lines = ["| model | activation | learned numbers | accuracy | AUC |", "| --- | --- | ---: | ---: | ---: |"]
    for row in headline(root):
        bold = "**" if row["kind"] == "found" else ""
        model, accuracy = f"{bold}{row['model']}{bold}", f"{bold}{row['accuracy']:.3f}{bold}"
        lines.append(f"| {model} | {row['activation']} | {row['numbers']:,} | {accuracy} | {row['auc']:.3f} |")
    return "\n".join(lines) + "\n"


def spreads(root):
    "Standard deviations over splits that the page on label fits quotes: (fits of labels, search in networks)."
    rows = pd.read_csv(Path(root) / "nbs/data/results.csv")
    sd = rows[rows.network == "light"].groupby("activation").accuracy.std()
    return f"{sd['specialist, gplearn']:.3f}", f"{sd['specialist, network']:.3f}"


def story(root):
    "The front page's pictures: one formula beside ReLU, and where it stands among other models."
    first = next(text for text, *_ in searched(Path(root) / "benchmarks/results/discovery_worth-forest_cover.txt"))
    formula = (f"<figure><figcaption><b>A formula</b>: <code>{escape(first)}</code>, found on Forest Cover by the first of five searches</figcaption>"
               f"{large_curve(first)}</figure>")
    places = (f"<figure><figcaption><b>Models of Forest Cover</b>: learned numbers, and accuracy on test rows</figcaption>"
              f"{dots(headline(root))}</figure>")
    return f'<div class="story">{formula}{places}</div>\n'


def large_curve(text, width=3.0):
    "A formula, dashed its derivative, and ReLU, with numbers at the axes and names at the lines."
    w, h, left, bottom = 420, 276, 34, 50
    x = np.linspace(-width, width, 241)
    f = Formula(text)
    lines = {"relu": np.maximum(x, 0), "slope": f.derivative()(x), "value": f(x)}
    lines = {name: np.broadcast_to(y, x.shape) for name, y in lines.items()}
    low, high = min(-1.0, lines["value"].min(), lines["slope"].min()), max(1.5, lines["value"].max(), lines["slope"].max())

    def across(v): return left + (v + width) / (2 * width) * (w - left - 8)
    def up(v): return 8 + (high - v) / (high - low) * (h - bottom - 8)
    ticks = "".join(f'<path class="axis" d="M{left} {up(v):.1f}H{w - 8}"/><text x="{left - 5}" y="{up(v) + 4:.1f}" text-anchor="end">{v:g}</text>'
                    for v in np.arange(np.ceil(low), high + 1e-9))
    ticks += "".join(f'<text x="{across(v):.1f}" y="{h - 32}" text-anchor="middle">{v:g}</text>' for v in np.arange(-width, width + 1))
    body = ""
    for name, y in lines.items():
        seen = (y >= low - 1e-9) & (y <= high + 1e-9)
        points = " ".join(f"{across(a):.1f},{up(b):.1f}" for a, b in zip(x[seen], y[seen]))
        body += f'<polyline class="{name}" points="{points}"/>'
    words = ""
    for start, (name, said) in zip((left, left + 110, left + 250), (("value", "formula"), ("slope", "its derivative"), ("relu", "ReLU"))):
        words += f'<polyline class="{name}" points="{start},{h - 10} {start + 26},{h - 10}"/><text x="{start + 32}" y="{h - 6}">{said}</text>'
    return f'<svg class="curve" viewBox="0 0 {w} {h}" role="img"><title>{escape(text)} beside ReLU</title>{ticks}{body}{words}</svg>'


def short_name(row):
    "A model in 22 letters or fewer; the table below the picture has the whole name."
    kinds = {"network with embedding": "embedding", "light network (64, 32)": "light", "heavy network (200, 100)": "heavy"}
    if row["model"] in kinds: return f"{kinds[row['model']]}, {row['activation'].partition(' (')[0]}"
    return row["model"].partition(" of ")[0].partition(", by ")[0]


def dots(rows):
    "Accuracy, one line for each model, on one labelled axis."
    w, step, left, right = 470, 26, 248, 58
    h = step * len(rows) + 34
    low, high = (limit([row["accuracy"] for row in rows]) for limit in (min, max))
    low, high = np.floor(low * 20) / 20, np.ceil(high * 20) / 20

    def at(v): return left + (v - low) / (high - low) * (w - left - right)
    out = []
    for v in np.arange(low, high + 1e-9, 0.05):
        out.append(f'<path class="axis" d="M{at(v):.1f} 6V{h - 26}"/><text x="{at(v):.1f}" y="{h - 8}" text-anchor="middle">{v:.2f}</text>')
    for i, row in enumerate(rows):
        y, mean, found = 18 + step * i, row["accuracy"], row["kind"] == "found"
        bold = ' font-weight="bold"' if found else ""
        out.append(f'<text x="0" y="{y + 4}"{bold}>{escape(short_name(row))}</text>'
                   f'<text x="{left - 10}" y="{y + 4}" text-anchor="end"{bold}>{row["numbers"]:,}</text>'
                   f'<circle cx="{at(mean):.1f}" cy="{y}" r="6" class="{"mark" if found else "dot"}"/>'
                   f'<text x="{at(mean) + 12:.1f}" y="{y + 4}"{bold}>{mean:.3f}</text>')
    return f'<svg class="curve" viewBox="0 0 {w} {h}" role="img"><title>Accuracy of models on Forest Cover</title>{"".join(out)}</svg>'
