"""Make the activations that nsad ships from what benchmarks measured: `NSAD_DATA=FOLDER python tools/make_activations.py benchmarks/results`.

Reads shipped/discovery_worth-*.txt, the tables of the searches that found them, and convergence-forest_cover.txt; the originals are read for the
fingerprint of the training rows alone. A score is the mean of three seeds on the test rows of one split; its interval is Student's, from the
printed mean and standard deviation.
"""
import math
import re
import sys
from pathlib import Path

from scipy import stats

import nsad
from nsad import ActivationLibrary, Formula, load_dataset, split
from nsad.provenance import SeenRows, seen_as_json
from nsad.training import PAPER

TO = Path(__file__).resolve().parents[1] / "nsad" / "samples" / "activations"
CHOSEN = {
    "forest_cover": {"forest-bump": "x*exp(-x**2)", "forest-bump-scaled": "1.2*x*exp(-0.8*x**2)", "forest-bell": "exp(-0.7*x**2)*tanh(1.2*x)",
                     "forest-erf": "erf(x)*exp(-x**2)", "forest-fold": "-atan(relu(1.2*x) - cos(1.2*x))"},
    "higgs": {"higgs-soft": "softplus(x) - exp(-atan(x)**2)"},
    "magic": {"magic-wave": "cos(1.5*x) - erf(1.0*x)", "magic-soft-wave": "cos(1.1*x) - softplus(-1.7*x)"},
    "spambase": {"spam-sine": "sin(x) + 2*erf(x)", "spam-step": "atan(2*x) + erf(x)"},
}
BEST = " With constants that learn, only the best of the five by test scores was trained."
NUMBERS = r"([\d.]+) ± ([\d.]+)   ([\d.]+) ± ([\d.]+)"
NOTE = ("Scores on the test rows of one split (80/20, seed 42), networks trained with seeds 42, 43, 44; intervals are Student's over these three "
        "seeds, from means and standard deviations printed to four digits, and speak of other seeds, not of other rows. {} Three seeds on one split "
        "are a hint, not a proof.")
ALL = "All five searches on this dataset are kept."
PICKED = "Kept because its accuracy or AUC on the test rows was among the best of five searches on this dataset, which flatters it a little."


def measured(numbers, **about):
    "Two scores of the four printed numbers."
    mean, sd, auc, auc_sd = map(float, numbers)
    for measure, m, s in (("accuracy", mean, sd), ("auc", auc, auc_sd)):
        half = stats.t.ppf(0.975, 2) * s / math.sqrt(3)
        yield dict(measure=measure, mean=m, low=round(m - half, 4), high=round(m + half, 4), sd=s, n=3, level=0.95, rows="test", **about)


def lines_of(path):
    "Name, parameters and numbers of each line of a table of discovery_worth, and how it was found."
    for line in path.read_text("utf-8").splitlines():
        if m := re.match(rf"(.{{52}}) +(\d+)   {NUMBERS} *(.*)", line): yield m[1].strip(), int(m[2]), m.groups()[2:6], m[7].strip()


def main(results):
    library = ActivationLibrary(TO)
    for name, chosen in CHOSEN.items():
        ds = load_dataset(name, rows=100_000, seed=42)
        parts = split(ds, test=0.2, seed=42)
        training, file = ds.take(parts.train), results / "shipped" / f"discovery_worth-{name}.txt"
        seen = seen_as_json(SeenRows.of(training, most=2048))                  # a smaller sample: ten files go with every installation
        rows, about = list(lines_of(file)), dict(dataset=name, recipe="paper", dropout=0.3)
        baselines = [s for label, n, numbers, _ in rows if (m := re.fullmatch(r"(light|heavy) (\w+)", label))
                     for s in measured(numbers, activation=m[2], network=m[1], parameters=n, **about)]
        date, command = file.read_text("utf-8").split("\n")[0].split("  ", 1)
        generations = int((re.search(r"--generations (\d+)", command) or [0, 6])[1])
        for short, text in chosen.items():
            n, numbers, how = next(row[1:] for row in rows if row[0] == text)
            seed, trials, seconds = map(int, re.fullmatch(r"network, seed (\d+), (\d+) trials, (\d+) s", how).groups())
            scores = list(measured(numbers, network="light", parameters=n, constants="fixed", **about))
            evidence = dict(files=[f"benchmarks/results/shipped/{file.name}"], date=date)
            learned = next(row for row in rows if row[0].endswith((", constants learn", ", constants le")))
            if Formula(learned[0].rsplit(",", 1)[0]) == Formula(text).substitute({"x": "1.0*x"}):
                scores += measured(learned[2], network="light", parameters=learned[1], constants="learn", **about)
            note = (ALL if name == "forest_cover" else PICKED) + (BEST if len(scores) > 2 else "")
            more = []
            if name == "forest_cover":
                long = results / "convergence-forest_cover.txt"
                table = re.findall(rf"(\w+) (?:relu|found) +(\S.*?) +(\d+) +([\d.]+) +{NUMBERS}", long.read_text("utf-8"))
                for label, what, n, dropout, *numbers in table:
                    found = dict(dataset=name, network=label, parameters=int(n), recipe="60 epochs", dropout=float(dropout))
                    if what == "relu": more += measured(numbers, activation=what, **found)
                    elif what == f"{text}, constants learn": scores += measured(numbers, constants="learn", **found)
                if any(s["recipe"] == "60 epochs" for s in scores): evidence["files"].append(f"benchmarks/results/{long.name}")
                else: more = []
            entry = library.add(short, text, dataset=training, split=dict(test=0.2, seed=42, train_rows=len(parts.train), test_rows=len(parts.test)),
                        recipe=PAPER, seed=seed, scores=scores, baselines=[*baselines, *more],
                        engine=dict(name="network", options=dict(generations=generations), candidates=trials, seconds=seconds),
                        licence="Apache-2.0", citation=f"The nsad authors (2026), nsad {nsad.__version__}", overwrite=True,
                        note=NOTE.format(note), **evidence)
            library.add(short, entry, data=entry.data | dict(seen=seen), overwrite=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
