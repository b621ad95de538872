"""Two notebooks in a real JupyterLab in a real browser: they run, show their plot, and no error."""

from __future__ import annotations

import json
import secrets
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chromium import missing
from copies import REPOSITORY

from aidstudy.course.lab import copy_notebooks, lab_command, lab_variables

MISSING = missing("jupyterlab")
pytestmark = [
    pytest.mark.extra,
    pytest.mark.slow,
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {MISSING}"),
]

SECONDS = 120

OPEN = """name => {
  const panel = window.jupyterapp?.shell.currentWidget;
  return panel?.context?.path === name && panel.sessionContext.isReady && panel.content.model;
}"""
RUN_ALL = """() => window.jupyterapp.commands.execute("notebook:run-all-cells")"""
DONE = """() => window.jupyterapp.shell.currentWidget.content.widgets.every(cell =>
  cell.model.type !== "code" || !cell.model.sharedModel.source || cell.model.executionCount
  || cell.model.toJSON().outputs.some(output => output.output_type === "error"))"""
CELLS = "() => window.jupyterapp.shell.currentWidget.content.model.toJSON().cells"
SHOW = """place => {
  const notebook = window.jupyterapp.shell.currentWidget.content;
  notebook.activeCellIndex = place;
  notebook.scrollToItem(place, "center");
}"""


def with_plot() -> list[str]:
    """The first two notebooks that show a plot and ask an exercise."""
    paths = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))
    texts = {path.name: path.read_text(encoding="utf-8") for path in paths}
    found = [name for name, text in texts.items() if '"image/png"' in text and "check_an" in text]
    return found[:2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A reader's copy of the notebooks, outputs taken out: what is shown comes from this run."""
    folder = tmp_path_factory.mktemp("lab")
    copy_notebooks(folder, REPOSITORY)
    for path in folder.glob("*.ipynb"):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                cell.update(outputs=[], execution_count=None)
        path.write_text(json.dumps(notebook), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def lab(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running JupyterLab; the place of its token is ``{path}``."""
    home = tmp_path_factory.mktemp("home")
    token = secrets.token_hex(16)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = lab_command(
        ["--no-browser", f"--port={port}", "--ip=127.0.0.1", f"--IdentityProvider.token={token}",
         "--LabApp.expose_app_in_browser=True", "--ServerApp.port_retries=0", "--allow-root"]
    )  # fmt: skip
    own = ("IPYTHONDIR", *(f"JUPYTER_{one}_DIR" for one in ("CONFIG", "DATA", "RUNTIME")))
    own += ("JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")
    variables = lab_variables(folder, REPOSITORY) | {name: str(home / name) for name in own}
    variables["HOME"] = str(home)
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, env=variables, stdout=log, stderr=log)
    try:
        status = f"http://127.0.0.1:{port}/api/status?token={token}"
        _wait_for(status, server, home / "log")
        yield f"http://127.0.0.1:{port}/lab/tree/{{path}}?reset&token={token}"
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    plain = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(SECONDS * 4):
        assert server.poll() is None, log.read_text(encoding="utf-8", errors="replace")[-2000:]
        try:
            with plain.open(address, timeout=5):
                return
        except OSError:
            time.sleep(0.25)
    pytest.fail("JupyterLab did not start:\n" + log.read_text(encoding="utf-8")[-2000:])


@pytest.mark.parametrize("name", with_plot())
def test_a_notebook_runs_in_lab_and_shows_its_plot(browser: Any, lab: str, name: str) -> None:
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(SECONDS * 1000)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(lab.format(path=name))
    page.wait_for_function(OPEN, arg=name)
    page.evaluate(RUN_ALL)
    page.wait_for_function(DONE)
    cells = page.evaluate(CELLS)
    code = [cell for cell in cells if cell["cell_type"] == "code" and "".join(cell["source"])]
    assert all(cell["execution_count"] for cell in code)
    outputs = [output for cell in code for output in cell["outputs"]]
    assert [o for o in outputs if o["output_type"] == "error"] == []
    assert [o for o in outputs if o.get("name") == "stderr"] == []

    place = next(i for i, c in enumerate(cells) if "image/png" in str(c.get("outputs")))
    page.evaluate(SHOW, place)
    plot = page.locator(".jp-Cell.jp-mod-active .jp-OutputArea img").first
    plot.scroll_into_view_if_needed()
    width = plot.evaluate("image => image.decode().then(() => image.naturalWidth)")
    assert width > 400
    assert plot.get_attribute("alt"), "who cannot see the plot is told nothing"
    assert page.locator(".jp-Dialog").count() == 0
    assert [
        url for url in asked if not url.startswith(("http://127.0.0.1", "ws", "data", "blob"))
    ] == []
    context.close()
