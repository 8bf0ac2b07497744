"""The gallery and the front page's picture, drawn from stored results: curves are SVG that takes the page's colours."""
import json
from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd

from nsad import Formula, FormulaError

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
    known = defaultdict(lambda: dict(sources=[], rows=[], evidence=[]))
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
                        known[text]["sources"].append(f"{place} a search by {p['engine']} on {p['dataset']} ({path.relative_to(root)})")
            elif str(raw.get("format", "")).startswith("nsad.activation/") and (text := canonical(raw["formula"])):
                known[text]["sources"].append(f"kept as {raw['name']}, {raw.get('domain') or 'no domain'} ({path.relative_to(root)})")
                known[text]["evidence"] += evidence(raw)
        elif path.suffix == ".csv" and COLUMNS <= set(pd.read_csv(path, nrows=0).columns):
            for text, *row in judged(pd.read_csv(path)):
                if row in known[text]["rows"]: continue                                  # a copy of the same results
                known[text]["rows"].append(row)
                known[text]["sources"] += [f"{name} ({path.relative_to(root)})" for name in row[2] if name != text]
    return known


def evidence(raw):
    "(dataset, network and recipe, measure, difference of means from ReLU, seeds) as a library's entry has them."
    def place(score): return tuple(score.get(k) for k in ("dataset", "network", "recipe", "dropout", "measure"))
    relu = {place(s): s["mean"] for s in raw.get("baselines", []) if s.get("activation") == "relu"}
    for s in raw.get("scores", []):
        if s["measure"] in ("accuracy", "r2") and place(s) in relu:
            how = f"{s['network']}, {s['recipe']}" + (", constants learn" if s.get("constants") == "learn" else "")
            yield s["dataset"], how, s["measure"], s["mean"] - relu[place(s)], s["n"]


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
    if len(differences) == 1: return "ahead" if differences[0] > 0 else "behind" if differences[0] < 0 else "level"
    if all(d > 0 for d in differences): return "wins"
    return "loses" if all(d < 0 for d in differences) else "level"


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
    title = f"<title>{text.replace('<', '&lt;')} from -4 to 4</title>" if label else ""
    return f'<svg class="curve" viewBox="0 0 {w} {h}" role="img">{title}{axes}{body}</svg>'


def page(root):
    known = found(Path(root))
    sure = {t: [*(np.mean(r[4]) for r in k["rows"] if len(r[4]) > 2), *(e[3] for e in k["evidence"])] for t, k in known.items()}
    gains = {t: np.mean(many) if many else -np.inf for t, many in sure.items()}
    lines = ["# Gallery", "",
             f"Every activation that a search has found and kept, {len(known)} so far, the largest mean gain over ReLU first, as far as three "
             "seeds or more speak of it. The thick line is "
             "the activation, the dashed one its derivative, the grey one ReLU, from −4 to 4. *Wins* and *loses* mean that it did so with every "
             "seed against ReLU "
             "in the same network with the same rows, split and recipe, *ahead* and *behind* that there was one seed only, or that means alone were "
             "kept; three seeds prove little, see "
             "[what fair means](explain/fair.md).", "",
             "::::::{grid} 1 1 2 2", ":gutter: 3", ""]
    for text in sorted(known, key=lambda t: (-gains[t], t)):
        k = known[text]
        lines += [":::::{grid-item-card}", "", f"$${Formula(text).latex}$$", "", "```{raw} html", curve(text), "```", "", f"`{text}`", ""]
        if k["rows"] or k["evidence"]:
            lines += ["| data | network | against ReLU | |", "| --- | --- | --- | --- |"]
            for dataset, network, _, measure, differences in k["rows"]:
                spread = f" ± {np.std(differences, ddof=1):.3f}" if len(differences) > 1 else ""
                seeds = f"{len(differences)} seed" + "s" * (len(differences) > 1)
                lines.append(f"| {dataset} | {network} | {np.mean(differences):+.3f}{spread} {measure}, {seeds} | {verdict(differences)} |")
            lines += [f"| {dataset} | {how} | {gain:+.3f} {measure}, means of {n} seeds | {verdict([gain])} |"
                      for dataset, how, measure, gain, n in k["evidence"]]
            lines.append("")
        else: lines += ["Not yet judged in a study.", ""]
        lines += [*(f"- {s}" for s in dict.fromkeys(k["sources"])), "", ":::::", ""]
    return "\n".join(lines + ["::::::", ""])


def story(root):
    "The front page's picture: a table, a search, a formula, a network, a verdict, each drawn from what is stored."
    raw = json.loads((Path(root) / "nbs/data/discovery.json").read_text("utf-8"))
    best = min(raw["front"], key=lambda row: row["loss"])["formula"]
    results = pd.read_csv(Path(root) / "nbs/data/results.csv")
    cells = "".join(f'<rect x="{4 + 42 * c}" y="{6 + 18 * r}" width="38" height="14" class="{"mark" if c == 4 else "cell"}"/>'
                    for r in range(6) for c in range(5))
    x0, x1 = min(r["complexity"] for r in raw["front"]), max(r["complexity"] for r in raw["front"])
    y0, y1 = min(r["loss"] for r in raw["front"]), max(r["loss"] for r in raw["front"])
    spots = [(15 + 190 * (r["complexity"] - x0) / max(x1 - x0, 1), 105 - 90 * (r["loss"] - y0) / max(y1 - y0, 1e-9)) for r in raw["front"]]
    front = f'<polyline class="slope" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in spots)}"/>' + "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" class="mark"/>' for x, y in spots)
    layers = [(30, 5), (110, 4), (190, 1)]
    dots = [(x, 60 + 22 * (i - (n - 1) / 2)) for x, n in layers for i in range(n)]
    wires = "".join(f'<path class="axis" d="M{a} {b}L{c} {d}"/>' for a, b in dots for c, d in dots if c - a == 80)
    net = wires + "".join(f'<circle cx="{x}" cy="{y}" r="8" class="{"mark" if x == 110 else "cell"}"/>' for x, y in dots)
    code = f"<code>{best.replace('*', '*<wbr>')}</code>"
    stations = [("Data", "a table, its test rows locked away", cells), ("Search", "formulas tried inside small networks", front),
                ("Formula", code, curve(best, label=False)), ("Network", "the formula as its activation", net),
                ("Verdict", "same rows, seeds and recipe for all", bars(results))]
    cards = [f'<figure><figcaption><b>{i}. {name}</b><br>{what}</figcaption>'
             + (body if body.startswith("<svg") else f'<svg class="curve" viewBox="0 0 220 120" role="img">{body}</svg>') + "</figure>"
             for i, (name, what, body) in enumerate(stations, 1)]
    return '<div class="story">' + "\n".join(cards) + "</div>\n"


def bars(results):
    "Accuracy of the light networks with standard deviations, as they stand in the stored results."
    light = results[results.network == "light"].groupby("activation").accuracy.agg(["mean", "std"])
    labels = {"ReLU": "relu", "GELU": "gelu", "SiLU": "silu", "found": "specialist, network"}
    wanted = [(label, name) for label, name in labels.items() if name in light.index]
    low, high = 0.78, 0.86
    out = []
    for i, (label, name) in enumerate(wanted):
        mean, sd = light.loc[name]
        def at(v): return 60 + 155 * (v - low) / (high - low)
        y = 20 + 26 * i
        kind = "mark" if label == "found" else "cell"
        out.append(f'<text x="50" y="{y + 4}" text-anchor="end">{label}</text>'
                   f'<path class="spread" d="M{at(mean - sd):.1f} {y}H{at(mean + sd):.1f}"/>'
                   f'<circle cx="{at(mean):.1f}" cy="{y}" r="5" class="{kind}"/>'
                   f'<text x="{at(mean):.1f}" y="{y - 7}" text-anchor="middle">{mean:.3f}</text>')
    return "".join(out)
