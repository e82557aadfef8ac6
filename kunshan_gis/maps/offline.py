"""A Folium map as parts of a page that needs no network: every link inlined from a pinned package, or refused.

Folium asks content networks for Leaflet, jQuery, Bootstrap and icon fonts. Here Leaflet comes from the package
`xstatic-leaflet`, the two jQuery calls Folium makes get a small stand-in, the rest is left out.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import folium
from branca.element import CssLink, Element, Figure, JavascriptLink

from kunshan_gis.errors import OutputError
from kunshan_gis.maps.escape import escape
from kunshan_gis.maps.packed import asset
from kunshan_gis.messages import Text

POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
"""The Content-Security-Policy of every page: what is not in the file is not fetched."""

_OWN = "data:text/javascript;base64,"
_LEAFLET = re.compile(r"/leaflet@1\.9\.\d+/dist/leaflet\.(js|css)$")
_STAND_IN = re.compile(r"/jquery-3[\w.]*\.js$")
_LEFT_OUT = re.compile(r"/(bootstrap|leaflet[.-]awesome|leaflet\.awesome\.rotate|fontawesome|all)[\w.@/-]*\.(js|css)$")
_VIEWPORT = re.compile(r'<meta name="viewport"[^>]*>')
_PAGE_STYLE = re.compile(r"<style>\s*(html, body|#map) \{.*?</style>", re.DOTALL)
_IMAGE = re.compile(r"url\(images/([\w.-]+)\)")


@dataclass(frozen=True)
class Parts:
    """A rendered map: what goes into the head, the body, and the script that runs last."""

    head: str
    body: str
    script: str
    numbers: Mapping[str, str]

    def name(self, element: Element) -> str:
        """What an element of the map is called in the script."""
        return f"{element.get_name().removesuffix(element._id)}{self.numbers[element._id]}"


def parts(map_: folium.Map) -> Parts:
    """The map's HTML in three parts that make no request; element ids are numbers in order, the same every time.

    Raises
    ------
    OutputError
        The map holds tiles, or links to a file that no pinned package carries.
    """
    figure: Figure = map_.get_root()  # type: ignore[assignment]  # a map makes its own figure
    if any(isinstance(element, folium.TileLayer) for element in _elements(map_)):
        raise OutputError(
            Text(
                "地图含有瓦片图层，需要联网；请用 tiles=None 制图",
                "the map has a tile layer, which asks the network; make it with tiles=None",
            )
        )
    figure.render()
    head = "\n".join(_head_part(child) for child in figure.header._children.values())
    return _numbered((head, figure.html.render(), figure.script.render()), figure)


def page(map_: folium.Map, title: str) -> str:
    """A bare page around any Folium map: one file without a request, for notebooks and quick looks."""
    made = parts(map_)
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<title>{escape(title)}</title>\n<link rel="icon" href="data:,">\n'
        "<style>html,body{height:100%;margin:0}</style>\n"
        f"{made.head}\n</head>\n<body>\n{made.body}\n<script>\n{made.script}\n</script>\n</body>\n</html>\n"
    )


def _head_part(child: Element) -> str:
    if isinstance(child, JavascriptLink):
        return _script(child.url)
    if isinstance(child, CssLink):
        return _style(child.url)
    return _PAGE_STYLE.sub("", _VIEWPORT.sub("", str(child.render())))


def _script(url: str) -> str:
    if url.startswith(_OWN):
        return f"<script>\n{base64.b64decode(url.removeprefix(_OWN)).decode()}</script>"
    if _LEAFLET.search(url):
        return f"<script>\n{leaflet_js()}</script>"
    if _STAND_IN.search(url):
        return f"<script>\n{asset('jquery_stand_in.js')}</script>"
    return _left_out(url)


def _style(url: str) -> str:
    return f"<style>\n{leaflet_css()}</style>" if _LEAFLET.search(url) else _left_out(url)


def _left_out(url: str) -> str:
    if _LEFT_OUT.search(url):
        return ""
    raise OutputError(
        Text(
            f"地图引用了 {url}，已锁定的依赖包中没有此文件，离线页面无法包含。请去掉引用它的元素",
            f"the map links to {url}, which no pinned package carries; an offline page cannot hold it. "
            "Remove the element that asks for it",
        )
    )


@cache
def leaflet_js() -> str:
    """Leaflet's script with its licence, and its marker images as data."""
    code = _leaflet("leaflet.js").split("//# sourceMappingURL")[0]
    icons = {"iconUrl": "marker-icon.png", "iconRetinaUrl": "marker-icon-2x.png", "shadowUrl": "marker-shadow.png"}
    images = ", ".join(f'{key}: "{_data_image(name)}"' for key, name in icons.items())
    return (
        f"/*\n{asset('LEAFLET-LICENSE.txt')}*/\n{code}\n"
        f'delete L.Icon.Default.prototype._getIconUrl;\nL.Icon.Default.imagePath = "";\n'
        f"L.Icon.Default.mergeOptions({{ {images} }});\n"
    )


@cache
def leaflet_css() -> str:
    """Leaflet's style sheet with its images as data."""
    css = _leaflet("leaflet.css").replace("behavior: url(#default#VML);", "")
    return _IMAGE.sub(lambda match: f"url({_data_image(match[1])})", css)


def _folder() -> Path:
    from xstatic.pkg import leaflet

    return Path(leaflet.BASE_DIR)


def _leaflet(name: str) -> str:
    return (_folder() / name).read_text(encoding="utf-8")


def _data_image(name: str) -> str:
    return "data:image/png;base64," + base64.b64encode((_folder() / "images" / name).read_bytes()).decode()


def _numbered(rendered: tuple[str, str, str], figure: Figure) -> Parts:
    """Random element ids replaced by the order in which they first occur."""
    pattern = re.compile("|".join(sorted({element._id for element in _elements(figure)})))
    number: dict[str, str] = {}

    def replaced(match: re.Match[str]) -> str:
        return number.setdefault(match[0], str(len(number) + 1))

    head, body, script = (pattern.sub(replaced, part) for part in rendered)
    return Parts(head, body, script, number)


def _elements(element: Element) -> Iterator[Element]:
    """The element and everything under it, in the order it was added."""
    yield element
    for child in element._children.values():
        yield from _elements(child)
    for name in ("html", "script"):
        inside = getattr(element, name, None)
        if isinstance(inside, Element) and not isinstance(element, Figure):
            yield from _elements(inside)
