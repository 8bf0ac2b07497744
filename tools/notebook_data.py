"""Make the small files beside the notebooks from stored results: `python tools/notebook_data.py [nsad-report]`.

nbs/data/strong.csv has the models of Forest Cover that the front page shows, from benchmarks/results. With the folder of a finished
reproduction, results.csv has the rows of Forest Cover by the paper's recipe, converged.csv those trained to the end, claims.csv the verdicts,
discovery.json one search on training rows of Forest Cover; benchmarks/results/reproduce-*.csv have everything.
"""
import re
import shutil
import sys
from pathlib import Path

import pandas as pd

from nsad.discovery import Discovery

ROOT = Path(__file__).resolve().parents[1]
DATA, RESULTS = ROOT / "nbs" / "data", ROOT / "benchmarks" / "results"
SEARCHES, TABLES = "discovery_worth-forest_cover.txt", "tables-rows.csv"
SEARCH = "search in 5825, 20000 rows"                                              # `found` of rows of the second
ROW = re.compile(r"(.{44}) +(\d+)   (\S+) ± (\S+)   (\S+) ± \S+   (.*)")           # of the first of these files
LIGHT, HEAVY, EMBEDDED = "light network (64, 32)", "heavy network (200, 100)", "network with embedding"
MODELS = {"linear": ("linear", "logistic regression", ""), "scikit-learn's MLP": ("MLP", "scikit-learn's MLP, by default", "ReLU"),
          "lightgbm": ("boosted trees", "LightGBM, by default", ""),
          "lightgbm, 2,000 trees of 255 leaves": ("boosted trees", "LightGBM, 2,000 trees of 255 leaves", "")}
ACTIVATIONS = {"relu": ("ReLU", "ReLU"), "found": ("formula found", "x·exp(−x²)")}    # of the larger networks: series, and its name


def searched():
    "Networks of the paper's sizes, with the standard activations and with what the searches found."
    lines = (RESULTS / SEARCHES).read_text("utf-8").splitlines()
    table = pd.DataFrame([m.groups() for m in map(ROW.match, lines) if m], columns=["name", "numbers", "accuracy", "accuracy_sd", "auc", "by"])
    table = table.astype(dict(numbers=int, accuracy=float, accuracy_sd=float, auc=float)).assign(name=table.name.str.strip(), source=SEARCHES)
    named = table.set_index("name", drop=False)
    for name, model, activation in (("light relu", LIGHT, "ReLU"), ("light gelu", LIGHT, "GELU"), ("light silu", LIGHT, "SiLU"),
                                    ("heavy relu", HEAVY, "ReLU")):
        yield dict(named.loc[name], kind="standard", series=activation, model=model, activation=activation, front=True)
    found = table[table.by.str.startswith("network, seed")]
    yield dict(found.iloc[0], kind="found", series="formula found", model=LIGHT, activation=f"formula found ({len(found)} searches)", front=True,
               accuracy=found.accuracy.mean(), accuracy_sd=found.accuracy.std(), auc=found.auc.mean())


def rows_of_tables():
    "Rows of Forest Cover; `searched` are networks of 80 epochs, whose formula comes from the training rows of their split."
    rows = pd.read_csv(RESULTS / TABLES, dtype={"epochs": str}).query("dataset == 'forest_cover'").fillna({"embedding": "", "found": ""})
    return rows.assign(numbers=rows.n_parameters, source=TABLES, searched=rows.budget.eq(9000) & rows.epochs.eq("80") & rows.found.isin(["", SEARCH]))


def on_splits():
    "Networks with an embedding, with a formula searched on the training rows of each split, and with ReLU: means over splits."
    for side, rows in rows_of_tables().query("searched").groupby("side"):
        series, activation = ACTIVATIONS[side]
        known = {"found": f"formula found ({len(rows)} searches)"}
        yield dict(rows.iloc[0], kind="found" if side == "found" else "standard", series=f"{series.removesuffix(' found')}, embedding",
                   model=EMBEDDED, activation=known.get(side, activation), front=True, accuracy=rows.accuracy.mean(),
                   accuracy_sd=rows.accuracy.std(), auc=rows.auc.mean())


def compared():
    "Larger networks with and without an embedding, and models of other kinds, on the same rows."
    rows = rows_of_tables().query("split == 42 and epochs != '80' and not found.str.startswith('search')")
    rows = rows[(rows.budget != 9000) | (rows.embedding == "")]      # on_splits has these
    for row in rows.to_dict("records"):
        if row["side"] in MODELS:
            series, model, activation = MODELS[row["side"]]
            yield row | dict(kind="standard", series=series, model=model, activation=activation, front=True)
        elif row["side"] in ACTIVATIONS and row["budget"] > 6000:
            (series, activation), embedded = ACTIVATIONS[row["side"]], row["embedding"] == "periodic"
            if embedded: series = f"{series.removesuffix(' found')}, embedding"
            kind = "found" if embedded and row["side"] == "found" else "standard"
            yield row | dict(kind=kind, series=series, model=EMBEDDED if embedded else "network", activation=activation,
                             front=embedded)


def front_page():
    "What the front page shows of Forest Cover; `front` says what stands in its table, the picture has all."
    columns = ["kind", "series", "model", "activation", "numbers", "accuracy", "accuracy_sd", "auc", "front", "source"]
    return pd.DataFrame([*searched(), *on_splits(), *compared()])[columns].astype(dict(numbers=int)).round(5)


def of_reproduction(report):
    "Files that a finished reproduction leaves."
    for name in ("rows", "table", "claims", "formulas"):
        shutil.copy(report / f"{name}.csv", RESULTS / f"reproduce-{name}.csv")
    rows = pd.read_csv(report / "rows.csv")
    for name, recipe in (("results", "paper"), ("converged", "converged")):
        rows[(rows.dataset == "forest_cover") & (rows.recipe == recipe)].to_csv(DATA / f"{name}.csv", index=False)
    shutil.copy(report / "claims.csv", DATA)
    Discovery.load(report / "discoveries" / "network-forest_cover-42.json").save(DATA / "discovery.json")


if __name__ == "__main__":
    front_page().to_csv(DATA / "strong.csv", index=False)
    for folder in sys.argv[1:]: of_reproduction(Path(folder))
