"""Run a tutorial cell by cell in JupyterLab, driven in a browser. Leaves build/lab-book.png, build/lab.png; exit code 1 if a cell fails.

    .venv/bin/python tools/check_lab.py [notebook below nbs/]
"""
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]
TOKEN = "book"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def lab(folder, port):
    "A server on a copy of the notebooks, so that the stored outputs stay as they are."
    env = {**os.environ, "NSAD_SMALL": "1", "NSAD_DATA": "", "PYTHONPATH": str(ROOT), "JUPYTER_CONFIG_DIR": f"{folder}/config",
           "JUPYTER_RUNTIME_DIR": f"{folder}/run", "JUPYTERLAB_SETTINGS_DIR": f"{folder}/settings"}
    whole = Path(folder, "settings/@jupyterlab/notebook-extension/tracker.jupyterlab-settings")     # all cells in the page, not only those in sight
    whole.parent.mkdir(parents=True)
    whole.write_text('{"windowingMode": "none"}')
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}", "--allow-root",
               f"--IdentityProvider.token={TOKEN}",
               "--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", f"--ServerApp.root_dir={folder}/nbs"]
    server = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(120):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api?token={TOKEN}", timeout=2)
            return server
        except OSError: time.sleep(0.5)
    server.terminate()
    raise SystemExit("JupyterLab did not start")


def menu(page, title, item):
    page.locator(f'.lm-MenuBar-itemLabel:text-is("{title}")').click()
    page.locator(f'.lm-Menu-itemLabel:text-is("{item}")').click()


def drive(page, base, notebook):
    "Open the book, then the notebook; run it one cell after another with Shift-Enter. Returns what the page shows at the end."
    shots = ROOT / "build"
    shots.mkdir(exist_ok=True)
    page.goto(f"{base}/lab/tree/index.ipynb?token={TOKEN}&reset", wait_until="domcontentloaded")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    page.wait_for_timeout(1500)
    page.screenshot(path=shots / "lab-book.png")
    page.goto(f"{base}/lab/tree/{notebook}?token={TOKEN}&reset", wait_until="domcontentloaded")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    page.wait_for_function("document.querySelector('.jp-Notebook-ExecutionIndicator')?.dataset.status == 'idle'", timeout=60_000)
    menu(page, "Edit", "Clear Outputs of All Cells")
    page.locator(".jp-Notebook .jp-Cell").first.click()
    page.keyboard.press("Escape")
    n_cells, n_code = (page.locator(f".jp-Notebook .{kind}").count() for kind in ("jp-Cell", "jp-CodeCell"))
    for _ in range(n_cells):                        # after the last one Shift-Enter opens an empty cell, which is not counted
        page.keyboard.press("Shift+Enter")
        page.wait_for_timeout(80)
        page.wait_for_function("document.querySelector('.jp-Notebook-ExecutionIndicator')?.dataset.status == 'idle'", timeout=300_000)
    count = {what: page.locator(css).count() for what, css in (
        ("cells", ".jp-Notebook .jp-Cell"), ("outputs", ".jp-OutputArea-output"), ("images", ".jp-OutputArea-output img"),
        ("errors", '[data-mime-type="application/vnd.jupyter.error"]'))}
    prompts = page.locator(".jp-Notebook .jp-CodeCell .jp-InputPrompt").all_text_contents()
    count["not run"] = sum(not any(c.isdigit() for c in prompt) for prompt in prompts[:n_code])
    images = page.locator(".jp-OutputArea-output img")
    if images.count(): images.first.scroll_into_view_if_needed()
    page.screenshot(path=shots / "lab.png")
    return count


def main(notebook):
    if not (ROOT / "nbs" / notebook).is_file(): raise SystemExit(f"there is no notebook {notebook} below nbs/")
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "nbs", f"{folder}/nbs")
        port = free_port()
        server = lab(folder, port)
        try:
            with sync_playwright() as p:
                browser = p.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
                page = browser.new_page(viewport={"width": 1400, "height": 1600})
                elsewhere, here = set(), (f"http://127.0.0.1:{port}", "ws://127.0.0.1", "data:", "blob:")
                page.on("request", lambda r: None if r.url.startswith(here) else elsewhere.add(r.url))
                count = drive(page, f"http://127.0.0.1:{port}", notebook)
                browser.close()
        finally:
            server.terminate()
            server.wait()
    print(f"{notebook}: {', '.join(f'{k} {v}' for k, v in count.items())}, requests to other hosts {len(elsewhere)}")
    return bool(count["errors"] or count["not run"] or not count["images"] or elsewhere)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "tutorials/your_own_table.ipynb"))
