"""Notebooks executed from a clean kernel and written in one normal form."""

from __future__ import annotations

import asyncio
import base64
import copy
import json
import os
import re
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat.validator import get_validator

from aidstudy.analysis.recorded import RECORD_TO
from aidstudy.errors import NotebookError
from aidstudy.files import file_error, read_whole, write_whole

SECONDS_PER_CELL = 300
"""A cell that takes longer is taken for one that hangs."""

SECONDS_TO_START = 120

AT_A_TIME = 2

LONGEST_SOCKET = 80
"""Systems allow a socket's path some 100 bytes, of which Jupyter adds a few."""

_KEPT_METADATA = ("jupyter", "slideshow", "tags")

# A path of this machine or an address in memory differs on the next machine or the next run. Both
# are faults of the cell: hiding them would leave a reader with text nobody printed.
_ABSOLUTE_PATH = re.compile(
    r"(?<![\w.:/<])/(?:home|Users|root|tmp|work|private|var|opt|usr|mnt|media|srv)/[^\s'\"<>]*"
    r"|\b[A-Za-z]:\\[^\s'\"<>]+"
)
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")

_CHUNKS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
_END = b"IEND\xaeB`\x82"

# Runs in each kernel before the first cell: results must not hang on the network.
_STARTUP = """
import socket


def _refuse_the_network(connect):
    def guarded(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and not (
            str(address[0]).startswith("127.") or address[0] in ("::1", "localhost")
        ):
            raise OSError(f"a notebook must not use the network, but asked for {address[0]}")
        return connect(self, address)

    return guarded


socket.socket.connect = _refuse_the_network(socket.socket.connect)
socket.socket.connect_ex = _refuse_the_network(socket.socket.connect_ex)
del socket, _refuse_the_network
"""

# Fixed here, so that pictures do not depend on the settings of whoever runs the notebook.
_SETTINGS = """
c.InlineBackend.figure_formats = {"png"}
c.InlineBackend.rc = {"figure.dpi": 120}
c.HistoryManager.enabled = False
"""

# Settings of a person or of a terminal that would show in the outputs.
_FOREIGN = {
    "AIDSTUDY_LIVE",  # would show pictures as a person's JupyterLab needs them
    "AIDSTUDY_SCORE",  # counts the tries of a person
    "COLUMNS",
    "LINES",
    "MATPLOTLIBRC",
    RECORD_TO,
    "PYTHONDONTWRITEBYTECODE",  # would compile every package anew in every kernel
    "PYTHONHOME",
    "PYTHONSTARTUP",
    "PYTHONWARNINGS",
}


class _ThisPython(KernelSpecManager):
    """Knows one kernel, the Python that asks: what Jupyter has installed elsewhere is not used."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name="Python 3", language="python")


def execute_notebooks(
    paths: Sequence[Path],
    into: Path,
    *,
    study: Path,
    made: Callable[[dict[str, Any], str], dict[str, Any]] = lambda notebook, name: notebook,
    finished: Callable[[str], None] = lambda name: None,
    records: Path | None = None,
) -> list[Path]:
    """Execute notebooks two at a time and write them, in normal form, into a folder.

    They are only read; `made` makes of a notebook and its name the one that is executed. `study` is
    what ``aidstudy`` loads in them; `finished` is called with the name of each; below `records`
    stands what they record, a file for each. A cell that raises, writes to stderr, hangs, or shows
    a path of this machine or an address in memory is a ``NotebookError`` that names it; the other
    notebooks are still executed, and all faults told.
    """
    try:
        into.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise file_error(error, into, "made") from error
    sources = [
        (path.name, nbformat.from_dict(made(_read(path), path.name)))  # type: ignore[no-untyped-call]
        for path in paths
    ]
    with tempfile.TemporaryDirectory(prefix="aidstudy-", ignore_cleanup_errors=True) as folder:
        settings = Path(folder)
        run = _Run(into, _kernel_variables(study, settings), settings, finished, records)
        faults = [str(fault) for fault in run.execute(sources) if fault]
    if faults:
        raise NotebookError("\n".join(faults))
    for name, notebook in sources:
        write_whole(into / name, notebook_text(notebook, name))
    return [into / name for name, _ in sources]


@dataclass
class _Run:
    """One driver for all kernels in a thread, so that one Ctrl-C in the main one ends them."""

    folder: Path
    variables: dict[str, str]
    settings: Path
    finished: Callable[[str], None]
    records: Path | None = None

    def execute(self, sources: Sequence[tuple[str, Any]]) -> list[NotebookError | None]:
        """Execute notebooks where they stand in memory; gives the fault of each."""
        loop = asyncio.new_event_loop()
        task = loop.create_task(self._all(sources))
        with closing(loop), ThreadPoolExecutor(1) as pool:
            outcome = pool.submit(loop.run_until_complete, task)
            try:
                while not outcome.done():
                    wait([outcome], timeout=0.2)
            except KeyboardInterrupt:
                loop.call_soon_threadsafe(task.cancel)
                raise
        return outcome.result()

    async def _all(self, sources: Sequence[tuple[str, Any]]) -> list[NotebookError | None]:
        turn = asyncio.Semaphore(AT_A_TIME)

        async def one(name: str, notebook: Any) -> NotebookError | None:
            async with turn:
                try:
                    await self._one(name, notebook)
                except NotebookError as error:
                    return error
            self.finished(name)
            return None

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(name, notebook)) for name, notebook in sources]
        return [task.result() for task in tasks]

    async def _one(self, name: str, notebook: Any) -> None:
        kernel = _kernel_manager(self.settings / name.split("_")[0])
        log = self.settings / f"{name}.log"
        variables = dict(self.variables)
        if self.records is not None:
            variables |= {RECORD_TO: str(self.records / f"{Path(name).stem}.jsonl")}
        with log.open("wb") as said:
            try:
                client = NotebookClient(
                    notebook,
                    km=kernel,
                    timeout=SECONDS_PER_CELL,
                    startup_timeout=SECONDS_TO_START,
                    record_timing=False,
                    # Into how many parts a message comes hangs on the clock.
                    coalesce_streams=True,
                    shutdown_kernel="immediate",
                )
                await client.async_execute(
                    cwd=str(self.folder), env=variables, stdout=said, stderr=said, cleanup_kc=True
                )
            except CellExecutionError as error:
                cell = _failed_cell(notebook)
                raise NotebookError(
                    f"notebooks/{name}, cell {cell}: {error.ename}: {error.evalue}; run the "
                    "notebook alone and mend the cell, or the function that it calls"
                ) from None
            except CellTimeoutError:
                raise NotebookError(
                    f"notebooks/{name}: a cell took more than {SECONDS_PER_CELL} s; find out what "
                    "it waits for"
                ) from None
            except (DeadKernelError, RuntimeError) as error:
                told = log.read_text(encoding="utf-8", errors="replace").strip()[-600:]
                raise NotebookError(
                    f"notebooks/{name}: its kernel ended before the notebook did ({error}); what "
                    f"the kernel said last:\n{told or '(nothing)'}"
                ) from None
            finally:
                if kernel.has_kernel:
                    await kernel.shutdown_kernel(now=True)


def _kernel_manager(stem: Path) -> AsyncKernelManager:
    """A manager whose kernel talks through files where the system can: there may be no loopback."""
    files = os.name == "posix" and len(os.fsencode(stem)) < LONGEST_SOCKET
    return AsyncKernelManager(
        kernel_name="python3",
        kernel_spec_manager=_ThisPython(),
        transport="ipc" if files else "tcp",
        connection_file=f"{stem}.json",
    )


def _read(path: Path) -> Any:
    """A notebook that the schema itself finds valid: on others nbformat ends in its own errors."""
    name = f"notebooks/{path.name}"
    try:
        text = read_whole(path).decode("utf-8")
        told = json.loads(text)
        form = (told["nbformat"], told["nbformat_minor"])
        if not (4, 5) <= form < (5, 0):
            raise NotebookError(
                f"{name}: not in notebook format 4.5, but {form[0]}.{form[1]}; save it in "
                "JupyterLab 4"
            )
        fault = next((one.message for one in get_validator(*form).iter_errors(told)), "")  # type: ignore[no-untyped-call]
    except (ValueError, KeyError, TypeError) as error:
        fault = repr(error)
    if fault:
        raise NotebookError(f"{name}: not a notebook in UTF-8 ({fault[:200]}); restore it from git")
    return nbformat.v4.reads(text)  # type: ignore[no-untyped-call]


def records_results(path: Path) -> bool:
    """Whether a notebook records results; the others are run after the results are stored."""
    cells = (cell.source for cell in _read(path).cells if cell.cell_type == "code")
    return any(re.search(r"\brecord\(", source) for source in cells)


def code_cells(path: Path) -> list[str]:
    """The ids of the code cells that run, in order, as the executed notebook has them."""
    told = json.loads(notebook_text(_read(path), path.name))
    return [
        cell["id"]
        for cell in told["cells"]
        if cell["cell_type"] == "code" and "".join(cell["source"]).strip()
    ]


def _failed_cell(notebook: Any) -> int:
    for number, cell in enumerate(notebook.cells, start=1):
        if any(output.output_type == "error" for output in cell.get("outputs", ())):
            return number
    return len(notebook.cells)


def _kernel_variables(study: Path, settings: Path) -> dict[str, str]:
    """The environment of the kernels, whose settings are written below a folder."""
    profile = settings / "ipython" / "profile_default"
    write_whole(profile / "ipython_kernel_config.py", _SETTINGS)
    write_whole(profile / "startup" / "00-offline.py", _STARTUP)
    kept = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
    return {
        **kept,
        "AIDSTUDY_STUDY": str(study),
        "IPYTHONDIR": str(settings / "ipython"),
        "JUPYTER_CONFIG_DIR": str(settings / "jupyter"),
        "JUPYTER_DATA_DIR": str(settings / "jupyter"),
        "JUPYTER_RUNTIME_DIR": str(settings / "runtime"),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        # OpenBLAS has other kernels for other processors, which round the last bit of a matrix
        # product differently: the band of one regression moved by a few pixels from one machine to
        # the next. These kernels run on every x86-64 that NumPy supports; elsewhere it is ignored.
        "OPENBLAS_CORETYPE": "Nehalem",
        # Without it the debugger of Python 3.11 and later warns about frozen modules.
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
    }


# --- one normal form -------------------------------------------------------------------------


def notebook_text(notebook: Any, name: str) -> str:
    """An executed notebook as text that depends on sources and outputs only.

    A cell without an id, or with one that stands above, gets one by its place, headed by the first
    part of `name`; metadata of programs and of timing go, PNG pictures keep their pixels and
    nothing else. Outputs that must not be stored are told all together.
    """
    head = re.sub(r"[^A-Za-z0-9-]", "-", name.removesuffix(".ipynb").split("_")[0])[:50]
    plain, count = copy.deepcopy(notebook), 0
    faults: list[str] = []
    taken = {""}
    for number, cell in enumerate(plain.cells, start=1):
        by_place = f"{head}-{number:02d}"
        # The id that results name stays when cells come or go before it.
        names = (cell.get("id", ""), by_place, *(f"{by_place}{c}" for c in "abcdefgh"))
        cell.id = next(one for one in names if one not in taken)
        taken.add(cell.id)
        cell.metadata = {key: cell.metadata[key] for key in _KEPT_METADATA if key in cell.metadata}
        if cell.cell_type != "code":
            continue
        ran = bool(cell.source.strip())
        count += ran
        cell.execution_count = count if ran else None
        for output in cell.outputs:
            faults += [f"notebooks/{name}, cell {number}: {one}" for one in _output_faults(output)]
            if "execution_count" in output:
                output.execution_count = count
            if png := output.get("data", {}).get("image/png"):
                output.data["image/png"] = base64.b64encode(bare_png(base64.b64decode(png))).decode(
                    "ascii"
                )
    if faults:
        raise NotebookError("\n".join(faults))
    plain.nbformat_minor = 5
    plain.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return nbformat.v4.writes(plain) + "\n"  # type: ignore[no-untyped-call, no-any-return]


def _output_faults(output: Mapping[str, Any]) -> Iterator[str]:
    if output.get("name") == "stderr":
        yield f"writes to stderr: {output['text'].strip()[:300]!r}; mend what it warns of"
        return
    texts = [output["text"]] if "text" in output else []
    texts += [
        data
        for mime, data in output.get("data", {}).items()
        if isinstance(data, str) and not mime.startswith("image/")
    ]
    for text in texts:
        for pattern, what in ((_ABSOLUTE_PATH, "a path of this machine"), (_ADDRESS, "an address")):
            found = pattern.search(text)
            if found:
                yield f"shows {what}: {found[0][:80]!r}; show a name or a value instead"


def bare_png(content: bytes) -> bytes:
    """A PNG with the chunks that make its pixels and no other, such as the Software tag."""
    kept = [content[:8]]
    place = 8 if content.startswith(b"\x89PNG\r\n\x1a\n") else len(content)
    while not kept[-1].endswith(_END):
        size = 12 + int.from_bytes(content[place : place + 4])
        chunk = content[place : place + size]
        if len(chunk) < size or zlib.crc32(chunk[4:-4]) != int.from_bytes(chunk[-4:]):
            raise NotebookError("a picture is no whole PNG; draw it again")
        if chunk[4:8] in _CHUNKS:
            kept.append(chunk)
        place += size
    return b"".join(kept)
