"""Write README.md from nbs/index.ipynb: its prose, code and stored outputs; nothing is run. `--check` only compares."""
import base64
import json
import posixpath
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK = ROOT / "nbs" / "index.ipynb"
HEADER = "<!-- Made from nbs/index.ipynb by `make readme`; edit the notebook. -->"
DIRECTIVE = re.compile(r"^#\|.*\n?", re.M)
HIDDEN = ("#| hide", "#| export", "#| default_exp")


def joined(text):
    return text if isinstance(text, str) else "".join(text)


def fenced(text, language=""):
    return f"```{language}\n{joined(text).strip()}\n```"


def prose(source):
    "Links to files beside the notebook gain its folder."
    return re.sub(r"\]\((?!https?:|#|/)([^)\s]+)\)", lambda m: f"]({posixpath.normpath('nbs/' + m[1])})", source)


def outputs(cell, figures):
    "The Markdown of a cell's stored outputs; pictures are put into `figures`."
    for out in cell["outputs"]:
        data = out.get("data", {})
        if out["output_type"] == "error":
            raise SystemExit(f"{NOTEBOOK.name}: a cell failed: {out['ename']}: {out['evalue']}")
        if out["output_type"] == "stream":
            if out["name"] == "stdout":
                yield fenced(out["text"])
        elif "image/png" in data:
            name = f"index_files/figure{len(figures) + 1}.png"
            figures[name] = base64.b64decode(data["image/png"])
            yield f"![Figure {len(figures)}]({name})"
        elif "text/markdown" in data:
            yield joined(data["text/markdown"]).strip()
        elif "text/plain" in data:
            yield fenced(data["text/plain"])


def render(notebook):
    "The page's text and its figures as `{path: bytes}`."
    blocks, figures = [HEADER], {}
    for cell in notebook["cells"]:
        source = joined(cell["source"]).strip()
        if cell["cell_type"] == "markdown":
            blocks.append(prose(source))
        elif source and not source.startswith(HIDDEN):
            if "#| echo: false" not in source:
                blocks.append(fenced(DIRECTIVE.sub("", source), "python"))
            blocks += outputs(cell, figures)
    return "\n\n".join(blocks) + "\n", figures


def main(check):
    text, figures = render(json.loads(NOTEBOOK.read_text("utf-8")))
    want = {ROOT / "README.md": text.encode(), **{ROOT / name: data for name, data in figures.items()}}
    stale = [path for path, data in want.items() if not path.exists() or path.read_bytes() != data]
    if check:
        for path in stale:
            print(f"{path.relative_to(ROOT)} differs from nbs/index.ipynb; run `make readme`", file=sys.stderr)
        return bool(stale)
    for path in stale:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(want[path])
    return False


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))
