"""Packaging: every value is in settings.ini; edit it there."""
import shlex
from configparser import ConfigParser
from pathlib import Path

from setuptools import find_packages, setup

ROOT = Path(__file__).resolve().parent
parser = ConfigParser(delimiters=["="])
parser.read(ROOT / "settings.ini", encoding="utf-8")
cfg = parser["DEFAULT"]


def words(key):
    return shlex.split(cfg.get(key, ""))


def extras():
    "`NAME_requirements` is the extra NAME; `all` is every extra a user may want, without the developers'."
    suffix = "_requirements"
    found = {k.removesuffix(suffix): words(k) for k in cfg if k.endswith(suffix)}
    found["all"] = sorted({r for name, reqs in found.items() if name not in ("dev", "docs") for r in reqs})
    return found


setup(
    name=cfg["lib_name"],
    version=cfg["version"],
    description=cfg["description"],
    long_description=(ROOT / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    author=cfg["author"],
    author_email=cfg["author_email"],
    url=cfg["git_url"],
    license={"apache2": "Apache-2.0"}[cfg["license"]],
    keywords=words("keywords"),
    classifiers=[
        "Development Status :: 3 - Alpha",
        f"Intended Audience :: {cfg['audience']}",
        "Programming Language :: Python :: 3",
        "Topic :: Scientific/Engineering :: Artificial Intelligence",
    ],
    packages=find_packages(include=["nsad", "nsad.*"]),
    package_data={"nsad": words("package_data")},
    python_requires=">=" + cfg["min_python"],
    install_requires=words("requirements"),
    extras_require=extras(),
    entry_points={"console_scripts": words("console_scripts"), "nbdev": ["nsad=nsad._modidx:d"]},
    zip_safe=False,
)
