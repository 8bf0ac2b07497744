"""Write the pages that follow from the notebooks, the package and the results; nothing here is a list to be kept by hand.

* nbs/**/*.ipynb become docs/nbs/: nbdev's directives are obeyed, long exported cells are folded, `name` leads to its entry
* docs/reference/: a page for each public name of nsad, one for each module, one for all commands
* docs/gallery.md: every activation in nbs/data and benchmarks/results
* docs/_made: the front page's pictures and table, the list of notebooks on the page Learn
* docs/_extra/llms.txt: the site in one short text
"""
import ast
import importlib
import inspect
import json
import re
from pathlib import Path

import gallery
import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

import nsad
from nsad import Formula

ROOT = Path(__file__).resolve().parents[1]
DOCS, NBS = ROOT / "docs", ROOT / "nbs"
DIRECTIVE = re.compile(r"^\s*#\s*\|\s*(.+?)\s*$", re.M)
DROP = {"hide", "default_exp", "exporti", "hide_input"}
TAGS = {("echo", "false"): "remove-input", ("output", "false"): "remove-output", ("code-fold", "true"): "hide-input"}
DEFS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
FOLD = 16                              # lines from which exported source is folded
FOREIGN = re.compile(r"set_\w+_request$|get_metadata_routing$")     # written by scikit-learn into every estimator, for pages of its own


def directives(source):
    return {d.split()[0].rstrip(":"): d.split()[1:] for d in DIRECTIVE.findall(source)}


def notebooks():
    "Every notebook, by its path below nbs/."
    hidden = {"_", "."}
    return {p.relative_to(NBS): nbformat.read(p, as_version=4) for p in sorted(NBS.rglob("*.ipynb"))
            if not any(part[0] in hidden for part in p.relative_to(NBS).parts)}


def module_of(notebook):
    marks = (directives(c.source) for c in notebook.cells if c.cell_type == "code")
    return next((f"nsad.{m['default_exp'][0]}" for m in marks if "default_exp" in m), None)


def members(cls):
    "Public names that a class has from nsad, its own and inherited ones."
    made = [m for c in cls.__mro__ if c.__module__.startswith("nsad") for m in vars(c)]
    return [m for m in dict.fromkeys(made) if m[0] != "_" and not FOREIGN.match(m)]


class Package:
    "What nsad offers: modules in the order of their notebooks, public names, and where each entry stands."
    def __init__(self, books):
        self.home = {m: path for path, book in books.items() if (m := module_of(book))}
        self.modules = {m: importlib.import_module(m) for m in self.home}
        self.public = {name: self.origin(name) for name in nsad.__all__}
        self.links = {}
        for module, loaded in self.modules.items():
            for name in loaded.__all__:
                value = getattr(loaded, name)
                self.links.setdefault(name, f"{module}.{name}")
                if inspect.isclass(value):
                    for member in members(value): self.links[f"{name}.{member}"] = f"{module}.{name}.{member}"
        self.links |= {name: f"{module}.{name}" for name, module in self.public.items()}
        self.links |= {full: full for full in [*self.links.values()]}

    def origin(self, name):
        "The module that a name of nsad is made in: the first, as modules import from lower numbers only."
        value = getattr(nsad, name)
        return next(m for m, loaded in self.modules.items() if name in loaded.__all__ and getattr(loaded, name) is value)


# ---- notebooks

def link_names(text, links):
    out, fence = [], False
    for line in text.split("\n"):
        if re.match(r"\s*(```|~~~)", line): fence = not fence
        elif not fence and not line.startswith("    "):
            line = re.sub(r"(?<![\w`{}\[])`([A-Za-z_][\w.]*)(\(\))?`(?!`)",
                          lambda m: f"{{py:obj}}`{m[1]}{m[2] or ''} <{links[m[1]]}>`" if m[1] in links else m[0], line)
        out.append(line)
    return "\n".join(out)


def link_files(text, path):
    "Links to files of the repository that are no pages lead to the pages that hold them."
    text = re.sub(r"\]\((?:\.\./)+(CONTRIBUTING|CHANGELOG)\.md\)", lambda m: f"]({'../' * len(path.parts)}{m[1].lower()}.md)", text)
    return re.sub(r"\]\((?:\.\./)+docs/", "](" + "../" * len(path.parts), text)


def defined(source):
    return [n.name for n in ast.parse(source).body if isinstance(n, DEFS) and n.name[0] != "_"]


def parted(outputs):
    "A value with mathematics and a picture shows both: the site would choose one of them."
    out = []
    for o in outputs:
        data = dict(o.get("data", {}))
        if shown := re.fullmatch(r"Formula\('(.+)'\)", "".join(data.get("text/plain", ""))): data["text/latex"] = f"${Formula(shown[1]).latex}$"
        if {"text/latex", "text/html"} <= data.keys():
            out.append(nbformat.v4.new_output("display_data", {"text/latex": data["text/latex"]}))
            data = {k: v for k, v in data.items() if k != "text/latex"}
            o = nbformat.v4.new_output("display_data", data)
        out.append(o)
    return out


def what(source): return "imports" if all(isinstance(n, (ast.Import, ast.ImportFrom)) for n in ast.parse(source).body) else "source"


def page(path, book, package):
    module, cells = module_of(book), []
    for c in book.cells:
        if c.cell_type == "markdown": cells.append(new_markdown_cell(link_files(link_names(c.source, package.links), path)))
        if c.cell_type != "code": continue
        marks, source = directives(c.source), DIRECTIVE.sub("", c.source).strip("\n")
        if DROP & marks.keys() or marks.get("include") == ["false"] or "nbdev_export(" in source or not source.strip(): continue
        if source.startswith("show_doc("): continue
        cell = new_code_cell(source, outputs=[] if "export" in marks else parted(c.outputs))
        cell.metadata["tags"] = [tag for (key, value), tag in TAGS.items() if marks.get(key) == [value]]
        cells.append(cell)
        if {"export", "exports"} & marks.keys():
            names = defined(source)
            if source.count("\n") >= FOLD or not re.search(r"^(def|class|@|[A-Z_]+\b.*=)", source, re.M):
                cell.metadata["tags"].append("hide-input")
                cell.metadata["mystnb"] = {"code_prompt_show": "Show " + (", ".join(names) or what(source)), "code_prompt_hide": "Hide"}
            known = [n for n in names if package.public.get(n) == module]
            if known:
                up = "../" * len(path.parts)
                refs = ", ".join(f"[{n}]({up}reference/{n}.ipynb)" for n in known)
                cells.append(new_markdown_cell("".join(f"(def-{n})=\n" for n in known) + f"{{.to-reference}}\nReference: {refs}"))
    return cells


# ---- reference

def errors(package, name):
    "The errors that a function, or any method of a class, raises: (type, text), found in its source and in the helpers it calls."
    module = package.modules[package.public[name]]
    top = ast.parse(Path(module.__file__).read_text("utf-8")).body
    made = {n.name: n for n in top if isinstance(n, DEFS)}
    todo = [made[name]] if name in made else []
    todo += [n for n in top if isinstance(n, ast.FunctionDef) and n.args.args and n.args.args[0].annotation
             and ast.unparse(n.args.args[0].annotation) == name and n.name[0] != "_" and n.decorator_list]
    seen, found = set(), {}
    while todo:
        node = todo.pop(0)
        for n in ast.walk(node):
            if isinstance(n, ast.Name) and n.id[0] == "_" and n.id in made and n.id not in seen:
                seen.add(n.id)
                todo.append(made[n.id])
            if isinstance(n, ast.Raise) and isinstance(n.exc, ast.Call): found[ast.unparse(n.exc.func), text_of(n.exc)] = None
    return [e for e in found if e[1]]


def text_of(call):
    "The message that an error is made with, its gaps as …"
    def words(node):
        if isinstance(node, ast.Constant): return str(node.value)
        if isinstance(node, ast.JoinedStr): return "".join(words(v) for v in node.values)
        if isinstance(node, ast.BinOp): return words(node.left) + words(node.right)
        return "…"
    text = words(call.args[0]) if call.args else ""
    return "" if text == "…" else re.sub(r"\s+", " ", text).strip()


def examples(books, package, name):
    "Cells that show a name at work, from its own notebook if there are any, else source that uses it: (path, source, outputs)."
    own = package.home[package.public[name]]
    shown, uses = [], []
    for path, book in sorted(books.items(), key=lambda item: (item[0] != own, item[0].name != "index.ipynb")):
        here = []
        for c in book.cells:
            if c.cell_type != "code": continue
            if not re.search(rf"(?<![\w.]){name}\b(?!\s*,\s*\w+\s*$)", strip_imports(c.source)) and not is_one(c, name): continue
            marks = directives(c.source)
            if "export" in marks and path != own: uses.append((path, DIRECTIVE.sub("", c.source).strip("\n"), []))
            if DROP & marks.keys() or {"export", "exports", "echo"} & marks.keys() or "eval" in marks: continue
            here.append((path, DIRECTIVE.sub("", c.source).strip("\n"), c.outputs))
        telling = [cell for cell in here if cell[2] and not re.search("^(class |test_fail)", cell[1], re.M)]
        if telling and (not shown or path.name == "index.ipynb"):
            shown = telling
            break
        shown = shown or here
        if shown and path != own: break
    best = min(range(len(shown)), key=lambda i: rank(shown[i][2]), default=0)          # the first, and the one with most to see
    if not shown and (maker := maker_of(package, name)): return examples(books, package, maker)
    return [shown[i] for i in sorted({0, best})] if shown else uses[:1]


def maker_of(package, name):
    "A public function that returns objects of a class, for a class that nobody makes by hand."
    for other in package.public:
        value = getattr(nsad, other)
        if inspect.isfunction(value) and re.search(rf"\b{name}\b", str(value.__annotations__.get("return", ""))): return other


def is_one(cell, name):
    "Does a cell show an object of that class?"
    return any("".join(o.get("data", {}).get("text/plain", "")).startswith(f"{name}(") for o in cell.outputs)


def rank(outputs):
    "Pictures and formulas first, then any output, then none."
    kinds = {kind for o in outputs for kind in o.get("data", {})}
    return 0 if kinds & {"text/latex", "image/png"} else 1 if outputs else 2


def strip_imports(source): return re.sub(r"^(from|import) .*(\n[ \t]+.*)*", "", source, flags=re.M)


def entry(full, value):
    "The autodoc directive for an object, or its value where it is neither class nor function."
    if inspect.isclass(value):
        own = [m for m in members(value) if (inspect.getdoc(getattr(value, m, None)) or "").strip()]
        shown = f"\n   :members: {', '.join(own)}" if own else ""
        kind = "exception" if issubclass(value, Exception) else "class"
        return f"```{{eval-rst}}\n.. auto{kind}:: {full}{shown}\n```"
    if callable(value): return f"```{{eval-rst}}\n.. autofunction:: {full}\n```"
    short = re.sub(r"\s+", " ", repr(value))
    short = short if len(short) < 300 else short[:297] + "..."
    return f"```{{eval-rst}}\n.. py:data:: {full}\n\n   ``{short}``\n```" if "`" not in short else f"```{{eval-rst}}\n.. py:data:: {full}\n```"


def reference_page(books, package, name):
    module = package.public[name]
    value, home = getattr(nsad, name), package.home[module]
    title = books[home].cells[[c.cell_type for c in books[home].cells].index("markdown")].source.splitlines()[0].lstrip("# ")
    where = f"{{ref}}`{title} <def-{name}>`" if inspect.isclass(value) or inspect.isfunction(value) else f"[{title}](../nbs/{home})"
    cells = [new_markdown_cell(f"# {name}\n\n`from nsad import {name}`, made in the notebook {where}, module [{module}]({module}.md)."),
             new_markdown_cell(entry(f"{module}.{name}", value))]
    if found := errors(package, name):
        lines = "\n".join(f"- `{kind}`: {escape(text)}" for kind, text in found)
        cells.append(new_markdown_cell(f"## Errors\n\nMistakes are named; … stands for the value at fault.\n\n{lines}"))
    for i, (path, source, outputs) in enumerate(examples(books, package, name)):
        if i == 0: cells.append(new_markdown_cell(f"## Example\n\nFrom [{path.stem}](../nbs/{path}), where it stands in its context."))
        cells.append(new_code_cell(source, outputs=parted(outputs)))
    return cells


def escape(text): return re.sub(r"([\\`*_{}\[\]<>$|#])", r"\\\1", text)


def summary_line(value):
    text = inspect.getdoc(value) if inspect.isclass(value) or callable(value) else ""
    return (text or "").split("\n")[0] if not isinstance(value, type) or value.__doc__ else ""


def module_page(books, package, module):
    loaded, home = package.modules[module], package.home[module]
    lines = [f"# {module}", "", (loaded.__doc__ or "").strip() + f". Written in [{home.stem}](../nbs/{home}).", ""]
    own = [n for n in loaded.__all__ if package.public.get(n) == module]
    if own: lines += ["## Names of nsad", "", *(f"- [{n}]({n}.ipynb): {escape(summary_line(getattr(loaded, n)))}" for n in own), ""]
    rest = [n for n in loaded.__all__ if n not in own]
    for heading, keep in (("Functions and classes", callable), ("Values", lambda v: not callable(v))):
        names = [n for n in rest if keep(getattr(loaded, n)) and (not callable(getattr(loaded, n)) or hasattr(getattr(loaded, n), "__name__"))]
        if names: lines += [f"## {heading}", "", *(entry(f"{module}.{n}", getattr(loaded, n)) + "\n" for n in names)]
    return "\n".join(lines)


def reference_index(package):
    lines = ["# Reference", "", "Every public name of `nsad`: signature, shapes, errors, source, an example. Names are imported from `nsad`",
             "itself, the rest from its module. Every command of `nsad` in a terminal is on the page [commands](commands.md).", ""]
    for module in package.modules:
        own = [n for n, m in package.public.items() if m == module]
        lines += [f"## [{module}]({module}.md)", "", (package.modules[module].__doc__ or "").strip() + ".", ""]
        lines += [f"- [{n}]({n}.ipynb): {escape(summary_line(getattr(nsad, n)))}" for n in own] + [""]
    files = ["commands.md", *(f"{n}.ipynb" for n in package.public)] + [f"{m}.md" for m in package.modules]
    return "\n".join(lines + ["```{toctree}", ":hidden:", "", *(f"{Path(f).stem if f.endswith('.ipynb') else f[:-3]}" for f in files), "```", ""])


# ---- commands

def every_command(command, name):
    "(name, command) of a command and of all below it, in the order of the help."
    yield name, command
    for part, below in getattr(command, "commands", {}).items():
        yield from every_command(below, f"{name} {part}")


def option_rows(command):
    "A table of what a command takes."
    rows = []
    for p in command.params:
        if getattr(p, "hidden", False) or p.name in ("help", "install_completion", "show_completion"): continue
        is_option = p.param_type_name == "option"
        flags = ", ".join(f"`{flag}`" for flag in [*p.opts, *p.secondary_opts]) if is_option else f"`{p.name.upper()}`"
        default = p.default
        shown = "required" if p.required else "" if default is None or callable(default) or default is False else f"`{printed(default)}`"
        kind = "" if getattr(p, "is_flag", False) else type_of(p)
        words = said(" ".join((p.help or "").split()))
        rows.append(f"| {flags} | {kind} | {shown} | {words} |")
    return ["| | type | default | |", "| --- | --- | --- | --- |", *rows, ""] if rows else []


def type_of(param):
    "What kind of value a parameter takes; the attribute depends on the version of typer."
    return param.type.name if hasattr(param, "type") else param.bare_type()


def printed(default):
    "A default as one would type it."
    return " ".join(map(str, default)) if isinstance(default, (list, tuple)) else str(getattr(default, "value", default))


def help_text(text):
    "The help of a command as Markdown: its examples are code, the rest is prose."
    out = []
    for paragraph in re.split(r"\n\s*\n", (text or "").strip()):
        words = re.sub(r"\s+", " ", paragraph).strip()
        if found := re.match(r"Examples?: ?(.*)", words):
            words = found[1]
            if not words: continue
            out += ["```text", *re.split(r" \| (?=nsad |NSAD_)", words), "```", ""]
        elif re.match(r"(nsad|NSAD_\w+=\S* nsad) ", words): out += ["```text", words, "```", ""]
        else: out += [said(words), ""]
    text = "\n".join(out)
    return text.replace("```\n\n```text\n", "")                # neighbouring examples are one block


def said(words):
    "Words of a help as Markdown: options are code, and so is what stands between backticks."
    parts = re.split(r"(`[^`]+`|(?<!\S)--[a-z][\w-]*)", words)
    return "".join(f"`{part.strip('`')}`" if i % 2 else escape(part) for i, part in enumerate(parts))


def commands_page():
    "The command line for those who use it, from the help of the commands themselves."
    import typer

    from nsad.cli import app
    lines = ["# Commands", "", "What `nsad` does in a terminal. `nsad` alone shows the way, `nsad COMMAND --help` shows what stands here; the",
             "[notebook of the command line](../nbs/25_cli.ipynb) has the source.", ""]
    for name, command in every_command(typer.main.get_command(app), "nsad"):
        takes = " ".join(p.name.upper() for p in command.params if p.param_type_name == "argument")
        group = "commands" in vars(command)
        usage = f"{name} COMMAND" if group else f"{name} [OPTIONS] {takes}".rstrip()
        title = "## nsad itself" if name == "nsad" else f"## {name}"
        lines += [title, "", "```text", usage, "```", "", help_text(command.help), *option_rows(command)]
    return "\n".join(lines) + "\n"


def book_list(books):
    "The notebooks of the package with their subtitles, for the page Learn."
    lines = ["| notebook | what is in it |", "| --- | --- |"]
    for path, book in books.items():
        if re.match(r"\d", path.name):
            first = next(c.source for c in book.cells if c.cell_type == "markdown").splitlines()
            lines.append(f"| [{first[0].lstrip('# ')}](../nbs/{path}) | {first[2].lstrip('> ') if len(first) > 2 else ''} |")
    return "\n".join(lines) + "\n"


# ---- writing

def write(path, text):
    "Only files that change are written, so that Sphinx reads again what it must and no more."
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text("utf-8") != text: path.write_text(text, encoding="utf-8")
    return path


def write_book(path, cells):
    book = nbformat.v4.new_notebook(cells=cells)
    book.metadata = {"kernelspec": {"name": "python3", "display_name": "python3", "language": "python"}}
    for i, cell in enumerate(book.cells): cell["id"] = f"c{i}"
    return write(path, nbformat.writes(book) + "\n")


def llms(books, package):
    "https://llmstxt.org: what there is, in one text."
    first = {p: next(c.source for c in b.cells if c.cell_type == "markdown").splitlines() for p, b in books.items()}
    lines = ["# nsad", "", "> " + (nsad.__doc__ or "").strip().split("\n")[0], "", "## Notebooks", ""]
    lines += [f"- [{t[0].lstrip('# ')}](nbs/{p.with_suffix('.html')}): {t[2].lstrip('> ') if len(t) > 2 else ''}" for p, t in first.items()]
    lines += ["", "## Public names (from nsad import NAME)", ""]
    for name in package.public:
        value = getattr(nsad, name)
        call = f"{name}{inspect.signature(value)}" if callable(value) and not (inspect.isclass(value) and issubclass(value, Exception)) else name
        lines.append(f"- [{name}](reference/{name}.html): `{call}` {summary_line(value)}".rstrip())
    lines += ["", "## Pages", ""]
    single = [DOCS / name for name in ("gallery.md", "is-it-for-me.md", "reference/commands.md")]
    for path in sorted([*DOCS.glob("howto/*.md"), *DOCS.glob("explain/*.md"), *single]):
        lines.append(f"- [{path.read_text('utf-8').splitlines()[0].lstrip('# ')}]({path.relative_to(DOCS).with_suffix('.html')})")
    return "\n".join(lines) + "\n"


def main():
    books = notebooks()
    package = Package(books)
    kept = {write_book(DOCS / "nbs" / p, page(p, book, package)) for p, book in books.items()}
    kept |= {write_book(DOCS / "reference" / f"{n}.ipynb", reference_page(books, package, n)) for n in package.public}
    kept |= {write(DOCS / "reference" / f"{m}.md", module_page(books, package, m)) for m in package.modules}
    kept.add(write(DOCS / "reference" / "index.md", reference_index(package)))
    kept.add(write(DOCS / "reference" / "commands.md", commands_page()))
    write(DOCS / "_made" / "book.md", book_list(books))
    write(DOCS / "gallery.md", gallery.page(ROOT))
    write(DOCS / "_made" / "story.html", gallery.story(ROOT))
    write(DOCS / "_made" / "headline.md", gallery.headline_table(ROOT))
    write(DOCS / "_extra" / "llms.txt", llms(books, package))
    for folder in ("nbs", "reference"):
        for path in (DOCS / folder).rglob("*.*"):
            if path not in kept: path.unlink()
    return package.links


if __name__ == "__main__":
    print(json.dumps(main(), indent=1))
