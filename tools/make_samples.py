"""Make the samples that nsad carries from the originals: `python tools/make_samples.py FOLDER_OF_ORIGINALS`.

The layout is the original's (no header, same columns), the bytes are the same on every run.
"""
import gzip
import sys
from pathlib import Path

import pandas as pd
from sklearn.model_selection import train_test_split

SAMPLES = Path(__file__).resolve().parents[1] / "nsad" / "samples"
ROWS = {"covtype.data.gz": ("covtype.sample.csv.gz", 20_000), "spambase.data": ("spambase.csv.gz", None),
        "magic04.data": ("magic04.sample.csv.gz", 12_000)}

if __name__ == "__main__":
    for original, (sample, rows) in ROWS.items():
        # read as text, so that numbers keep the digits they were published with
        table = pd.read_csv(Path(sys.argv[1]) / original, header=None, dtype=str)
        if rows:
            table, _ = train_test_split(table, train_size=rows, random_state=42, stratify=table.iloc[:, -1])
        data = gzip.compress(table.to_csv(header=False, index=False).encode(), compresslevel=9, mtime=0)
        (SAMPLES / sample).write_bytes(data)
        print(f"{sample}: {len(table):,} rows, {len(data):,} bytes")
