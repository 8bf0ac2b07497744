"""Take the small files beside the notebooks, and the stored results, from a finished reproduction: `python tools/notebook_data.py nsad-report`.

nbs/data/results.csv has the rows of Forest Cover by the paper's recipe, converged.csv those trained to the end, claims.csv the verdicts,
discovery.json one search on training rows of Forest Cover; benchmarks/results/reproduce-*.csv have everything.
"""
import shutil
import sys
from pathlib import Path

import pandas as pd

from nsad.discovery import Discovery

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "nbs" / "data"

if __name__ == "__main__":
    report = Path(sys.argv[1])
    for name in ("rows", "table", "claims", "formulas"):
        shutil.copy(report / f"{name}.csv", ROOT / "benchmarks" / "results" / f"reproduce-{name}.csv")
    rows = pd.read_csv(report / "rows.csv")
    for name, recipe in (("results", "paper"), ("converged", "converged")):
        rows[(rows.dataset == "forest_cover") & (rows.recipe == recipe)].to_csv(DATA / f"{name}.csv", index=False)
    shutil.copy(report / "claims.csv", DATA)
    Discovery.load(report / "discoveries" / "network-forest_cover-42.json").save(DATA / "discovery.json")
