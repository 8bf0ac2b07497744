"""The release: a wheel is built, its page on an index would render, and it installs into an empty environment."""
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

import nsad
from helpers import ROOT

pytestmark = pytest.mark.slow

NEEDED = ["nsad", "setup.py", "settings.ini", "MANIFEST.in", "README.md", "CHANGELOG.md", "LICENSE",
          "CITATION.cff", "constraints.txt"]
pytestmark = pytest.mark.slow


def run(*command, **options):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    "Built from a copy, so that nothing is left in the repository."
    pytest.importorskip("build", reason="building comes with the extra dev")
    tree = tmp_path_factory.mktemp("tree")
    for name in NEEDED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tree)
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tree / "dist", tree)
    return next((tree / "dist").glob("*.whl"))


def test_the_wheel_holds_every_module_the_type_marker_and_the_samples(wheel):
    held = set(zipfile.ZipFile(wheel).namelist())
    want = {p.relative_to(ROOT).as_posix() for p in (ROOT / "nsad").rglob("*")
            if p.is_file() and "__pycache__" not in p.parts}
    assert want <= held
    assert "nsad/py.typed" in held
    assert any(name.endswith("licenses/LICENSE") or name.endswith("LICENSE") for name in held)


def test_its_description_renders(wheel):
    pytest.importorskip("twine", reason="checking a release comes with the extra dev")
    assert "PASSED" in run(sys.executable, "-m", "twine", "check", "--strict", wheel)


def test_it_installs_into_an_empty_environment_and_works(wheel, tmp_path):
    run(sys.executable, "-m", "venv", tmp_path / "venv")
    python = tmp_path / "venv" / "bin" / "python"
    env = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    run(python, "-m", "pip", "install", "-q", "--no-deps", "--no-index", wheel, env=env)
    light = "import nsad; print(nsad.__version__, nsad.__file__)"
    version, file = run(python, "-c", light, cwd=tmp_path, env=env).split()
    assert version == nsad.__version__ and Path(file).is_relative_to(tmp_path)

    # What it requires is lent by this environment instead of being downloaded.
    lent = next((tmp_path / "venv" / "lib").glob("python*/site-packages")) / "lent.pth"
    lent.write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    use = ("import nsad, torch; a = nsad.SymbolicActivation('x*exp(-x**2)'); print(nsad.__file__);"
           "print(float(a(torch.tensor(0.))), len(nsad.ActivationLibrary.shipped().frame()) > 0)")
    where, value = run(python, "-c", use, cwd=tmp_path, env=env).splitlines()
    assert Path(where).is_relative_to(tmp_path) and value == "0.0 True"
    assert "discover" in run(tmp_path / "venv" / "bin" / "nsad", "--help", cwd=tmp_path, env=env)


def test_the_citation_agrees_with_the_package():
    yaml = pytest.importorskip("yaml")
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert cited["version"] == nsad.__version__ and cited["cff-version"] == "1.2.0"
    assert cited["title"].startswith("nsad") and cited["authors"] and cited["license"] == "Apache-2.0"
