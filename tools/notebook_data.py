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
TREES = "lightgbm, 2,000 trees of 255 leaves"
EPOCHS = {9000: "80", 40_000: "auto"}                                              # of the networks with an embedding, by their budget
MODELS = {"linear": ("linear", "logistic regression", ""), "scikit-learn's MLP": ("MLP", "scikit-learn's MLP, by default", "ReLU"),
          "lightgbm": ("boosted trees", "LightGBM, by default", ""),
          TREES: ("boosted trees", "LightGBM, 2,000 trees of 255 leaves", "")}
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
    "Rows of Forest Cover; `on_splits` are those of the five splits, each with a search on its training rows."
    rows = pd.read_csv(RESULTS / TABLES, dtype={"epochs": str}).query("dataset == 'forest_cover'").fillna({"embedding": "", "found": ""})
    networks = rows.embedding.eq("periodic") & rows.budget.map(EPOCHS).eq(rows.epochs) & rows.found.isin(["", SEARCH])
    return rows.assign(numbers=rows.n_parameters, source=TABLES, on_splits=networks | rows.side.eq(TREES))


def over_splits():
    "Means over splits: networks with an embedding, with a formula found and with ReLU, and the largest trees."
    for (side, _), rows in rows_of_tables().query("on_splits").groupby(["side", "budget"]):
        shared = dict(rows.iloc[0], front=True, accuracy=rows.accuracy.mean(), accuracy_sd=rows.accuracy.std(), auc=rows.auc.mean())
        if side == "found":
            yield shared | dict(kind="found", series="formula, embedding", model=EMBEDDED, activation=f"formula found ({len(rows)} searches)")
        elif side == "relu":
            yield shared | dict(kind="standard", series="ReLU, embedding", model=EMBEDDED, activation="ReLU")
        else:
            yield shared | of_model(side)


def of_model(side):
    "What the front page says of a model that is no network of ours."
    series, model, activation = MODELS[side]
    return dict(kind="standard", series=series, model=model, activation=activation)


def on_one_split():
    "Networks without an embedding, with a given formula and with ReLU, and models of other kinds."
    for row in rows_of_tables().query("split == 42 and not on_splits and embedding == ''").to_dict("records"):
        if row["side"] in MODELS: yield row | dict(of_model(row["side"]), front=True)
        elif row["side"] in ACTIVATIONS and row["budget"] > 6000:
            series, activation = ACTIVATIONS[row["side"]]
            yield row | dict(kind="standard", series=series, model="network", activation=activation, front=False)


def front_page():
    "What the front page shows of Forest Cover; `front` says what stands in its table, the picture has all."
    columns = ["kind", "series", "model", "activation", "numbers", "accuracy", "accuracy_sd", "auc", "front", "source"]
    return pd.DataFrame([*searched(), *over_splits(), *on_one_split()])[columns].astype(dict(numbers=int)).round(5)


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
