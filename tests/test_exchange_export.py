"""The registry of formats, the annotations, and what holds for every file written."""

from __future__ import annotations

import base64
import importlib.util
import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from copies import REPOSITORY, stored

from aidstudy.errors import CodebookError, FileError
from aidstudy.files import UNFINISHED, sha256_of
from aidstudy.publish import extras
from aidstudy.publish.exchange.annotations import web_annotations
from aidstudy.publish.exchange.export import FORMATS, export
from aidstudy.publish.exchange.source import Source, source_of

_NEEDS = {"excel": "xlsxwriter", "parquet": "pyarrow"}
_TEXT = ("annotations", "csvw", "datapackage", "ddi", "iati")


def _ready() -> list[str]:
    """Formats whose packages are installed."""
    return [
        name for name in FORMATS if name not in _NEEDS or importlib.util.find_spec(_NEEDS[name])
    ]


@pytest.fixture(scope="module")
def source() -> Source:
    return source_of(stored())


@pytest.fixture(scope="module")
def written(source: Source, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("written")
    for name in _ready():
        export(source, name, folder / name)
    return folder


def _hashes(folder: Path) -> dict[str, str]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): sha256_of(path.read_bytes()) for path in paths}


def test_the_names_are_these() -> None:
    assert list(FORMATS) == [
        "annotations", "csvw", "datapackage", "ddi", "excel", "iati", "parquet", "stata",
    ]  # fmt: skip
    assert all(one.meaning for one in FORMATS.values())


@pytest.mark.parametrize("name", list(FORMATS))
def test_each_format_is_written_whole_where_it_was_asked(
    name: str, source: Source, tmp_path: Path
) -> None:
    if name not in _ready():
        pytest.skip(f"{_NEEDS[name]} is in the extra exchange")
    paths = export(source, name, tmp_path / "new" / "folder")
    assert paths
    found = {path for path in (tmp_path / "new" / "folder").rglob("*") if path.is_file()}
    assert set(paths) == found
    assert not [path for path in found if path.name.endswith(UNFINISHED)]


@pytest.mark.parametrize("seed", ["0", "1"])
def test_every_hash_seed_gives_the_same_bytes(seed: str, written: Path, tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from aidstudy.publish.exchange.export import export\n"
        "from aidstudy.publish.exchange.source import source_of\n"
        "from aidstudy.tables.study import load_study\n"
        "source = source_of(load_study(sys.argv[1]))\n"
        "for name in sys.argv[3:]:\n"
        "    export(source, name, sys.argv[2] + '/' + name)\n"
    )
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Shanghai"}
    environment["PYTHONPATH"] = os.pathsep.join([str(REPOSITORY), *sys.path[1:]])
    subprocess.run(
        [sys.executable, "-c", code, str(REPOSITORY), str(tmp_path), *_ready()],
        check=True, env=environment, cwd=tmp_path,
    )  # fmt: skip
    assert _hashes(tmp_path) == _hashes(written)


def test_an_unknown_format_is_named_with_the_nearest() -> None:
    with pytest.raises(CodebookError, match=r"export 'iatii': .* did you mean 'iati'"):
        export(stored(), "iatii", "nowhere")
    assert not Path("nowhere").exists()


@pytest.mark.parametrize(("name", "module"), list(_NEEDS.items()))
def test_a_missing_package_is_one_sentence_and_writes_nothing(
    name: str, module: str, source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(wanted: str) -> Any:
        raise ImportError(wanted)

    monkeypatch.setattr(extras, "import_module", missing)
    with pytest.raises(
        FileError, match=rf"the package {module} is not installed; install the extra"
    ):
        export(source, name, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_folder_that_is_a_file_is_one_sentence(source: Source, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(FileError, match="cannot be written"):
        export(source, "ddi", tmp_path / "file")


def test_the_exported_package_stands_on_its_own(written: Path) -> None:
    for name, metadata in (("datapackage", "datapackage.json"), ("csvw", "csv-metadata.json")):
        told = json.loads((written / name / metadata).read_text(encoding="utf-8"))
        paths = [
            one.get("path", one.get("url")) for one in told.get("resources", told.get("tables"))
        ]
        for path in paths:
            assert (written / name / path).read_bytes() == (REPOSITORY / "data" / path).read_bytes()


def _annotations(source: Source) -> list[dict[str, Any]]:
    collection = json.loads(web_annotations(source))
    assert collection["type"] == "AnnotationCollection"
    items: list[dict[str, Any]] = collection["first"]["items"]
    assert collection["total"] == len(items)
    return items


def test_each_figure_is_an_annotation_on_the_page(source: Source) -> None:
    items = _annotations(source)
    digest = base64.urlsafe_b64encode(bytes.fromhex(stored().page["sha256"])).decode().rstrip("=")
    for row, item in zip(source.table("figures").rows(), items, strict=True):
        assert item["id"].endswith(f":{row['figure_id']}")
        assert item["target"]["source"] == f"ni:///sha-256;{digest}"
        position, quote = item["target"]["selector"]
        assert position == {
            "type": "TextPositionSelector", "start": int(row["start"]), "end": int(row["end"]),
        }  # fmt: skip
        assert quote == {"type": "TextQuoteSelector", "exact": row["printed"]}
        assert item["body"][1].get("schema:minValue", "") == row["low"]
        assert item["body"][1].get("schema:maxValue", "") == row["high"]


def test_the_annotations_say_how_a_quote_may_differ_from_the_page(source: Source) -> None:
    told = json.loads(FORMATS["annotations"].files(source)["annotations.jsonld"])
    assert "the position decides" in told["dcterms:description"]
    assert stored().page["sha256"] in told["dcterms:description"]


def test_references_between_annotations_lead_somewhere(source: Source) -> None:
    items = _annotations(source)
    known = {item["id"] for item in items}
    said = [item["body"][1] for item in items]
    targets = [
        one[key]["id"] for one in said for key in ("aid:same_as", "aid:part_of") if key in one
    ]
    assert len(targets) > 10
    assert set(targets) <= known


@pytest.mark.page
def test_the_selectors_find_the_figures_on_the_page(source: Source, page: Path) -> None:
    content = page.read_bytes()
    assert sha256_of(content) == stored().page["sha256"]
    text = content.decode("utf-8")
    for item in _annotations(source):
        position, quote = item["target"]["selector"]
        found = unicodedata.normalize("NFKC", text[position["start"] : position["end"]])
        assert "".join(found.split()) == quote["exact"]


@pytest.mark.page
def test_no_export_holds_a_sentence_of_the_page(written: Path, page: Path) -> None:
    text = "".join(page.read_text(encoding="utf-8").split())
    runs = {text[place : place + 30] for place in range(len(text) - 29)}
    for name in _TEXT:
        for path in (written / name).rglob("*.*"):
            found = "".join(path.read_text(encoding="utf-8").split())
            assert not runs & {found[place : place + 30] for place in range(len(found) - 29)}, path
