"""Notebooks run top to bottom with no network, hold no outputs, and show their map."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def read(file: Path) -> nbformat.NotebookNode:
    return nbformat.read(file, as_version=4)


def html_of(notebook: nbformat.NotebookNode) -> list[str]:
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    return [output["data"]["text/html"] for output in outputs if "text/html" in output.get("data", {})]


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_outputs_are_stripped_and_cells_short(file: Path) -> None:
    for cell in read(file).cells:
        if cell.cell_type != "code":
            continue
        assert cell.outputs == []
        assert cell.execution_count is None
        assert len(cell.source.splitlines()) <= 15
        assert "def " not in cell.source


@pytest.mark.filterwarnings("ignore:Proactor event loop")
@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_runs_top_to_bottom_and_shows_its_map(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # anything that asks the network fails at once
    notebook = NotebookClient(read(file), timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    maps = [html for html in html_of(notebook) if "<iframe" in html]
    assert len(maps) == 1
    assert "srcdoc=" in maps[0]
    assert "演示数据" in maps[0]
