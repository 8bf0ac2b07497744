"""Take the small files beside the notebooks from a finished reproduction: `python tools/notebook_data.py nsad-report`.

nbs/data/results.csv has the rows of Forest Cover, claims.csv the verdicts, discovery.json one search on training rows of Forest Cover.
"""
import shutil
import sys
from pathlib import Path

from nsad.discovery import Discovery
from nsad.evaluation import ResultsStore

DATA = Path(__file__).resolve().parents[1] / "nbs" / "data"

if __name__ == "__main__":
    report = Path(sys.argv[1])
    rows = ResultsStore(report / "results.sqlite").frame()
    rows[rows.dataset == "forest_cover"].drop(columns=["settings"]).to_csv(DATA / "results.csv", index=False)
    shutil.copy(report / "claims.csv", DATA)
    Discovery.load(report / "discoveries" / "network-forest_cover-42.json").save(DATA / "discovery.json")
