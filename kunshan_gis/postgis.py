"""The address of a table or schema in a PostGIS database, which never holds a password.

`postgresql://[user@][host][:port]/database?table=schema.name` names a table, `?schema=name` a place to publish to.
Passwords come from where PostgreSQL's own tools take them (PGPASSWORD, ~/.pgpass, a service file) and never pass
through here. Needs the extra: ``pip install "kunshan-gis[postgis]"``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

from kunshan_gis.errors import ParameterError
from kunshan_gis.messages import Text

TIMEOUT_S = 600.0
"""One statement may take this long unless the address says otherwise; the copy of a large table is one statement."""

_SCHEME = re.compile(r"^\s*postg(?:res|resql|is)(?:\+\w+)?:", re.IGNORECASE)
_ANYWHERE = re.compile(r"postg(?:res|resql|is)(?:\+\w+)?:/+(\S*)", re.IGNORECASE)
_NAME = r'"(?:[^"]|"")+"|[^.]+'
_TABLE = re.compile(rf"(?:({_NAME})\.)?({_NAME})", re.DOTALL)
_PARTS = re.compile(
    r"postg(?:res|resql|is)(?:\+\w+)?://(?:([^/?#:@]*)@)?([^/?#@]*)(/[^/?#]*|)(\?[^#]*|)(#.*|)",
    re.IGNORECASE | re.DOTALL,
)
_PLACE = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\],]*)(?::(\d{1,5}))?")
_KNOWN = ("table", "schema", "geometry", "host", "port", "user", "service", "sslmode", "timeout")
_SSL = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")


@dataclass(frozen=True)
class Address:
    """Which server, database and table; what is None is left to PostgreSQL's environment (PGHOST, PGSERVICE …).

    Attributes
    ----------
    host : str, optional
        A name, a number, or the folder of a Unix socket.
    schema, table : str, optional
        Names as they are in the database, unquoted.
    geometry : str, optional
        Which column, where the table has several geometries.
    timeout_s : float
        Seconds a single statement may take.
    """

    host: str | None = None
    port: int | None = None
    database: str | None = None
    user: str | None = None
    service: str | None = None
    sslmode: str | None = None
    schema: str | None = None
    table: str | None = None
    geometry: str | None = None
    timeout_s: float = TIMEOUT_S

    @property
    def shown(self) -> str:
        """The address for a catalogue, a log or an error: without user, service or how to get in."""
        folder = self.host is not None and self.host.startswith("/")
        host = "" if folder or self.host is None else f"[{self.host}]" if ":" in self.host else self.host
        port = f":{self.port}" if self.port is not None and not folder else ""
        name = ".".join(_quoted(part) for part in (self.schema, self.table) if part is not None)
        said = {"table" if self.table else "schema": name, "geometry": self.geometry or ""}
        query = "&".join(f"{key}={_escaped(value)}" for key, value in said.items() if value)
        return f"postgresql://{host}{port}/{_escaped(self.database or '')}" + (f"?{query}" if query else "")

    def keywords(self) -> dict[str, Any]:
        """What libpq is told; the rest it finds in the environment."""
        told = {
            "host": self.host, "port": self.port, "dbname": self.database, "user": self.user, "service": self.service,
            "sslmode": self.sslmode,
        }  # fmt: skip
        return {key: value for key, value in told.items() if value is not None}


def is_address(said: object) -> bool:
    """True for what is meant as the address of a database, not of a file."""
    return isinstance(said, str) and _SCHEME.match(said) is not None


def refuse_passwords(said: str) -> None:
    """Refuse text with a password inside a database address, wherever in it, without repeating it.

    Raises
    ------
    ParameterError
        There is one; says where passwords go.
    """
    for rest in _ANYWHERE.findall(said):
        before, at, _ = rest.rpartition("@")
        if (at and ":" in before) or re.search(r"[?&]\w*password=", rest, re.IGNORECASE):
            raise ParameterError(_PASSWORD)


def read_address(said: str) -> Address:
    """An address as typed.

    Parameters
    ----------
    said : str
        ``postgresql://[user@][host][:port]/database`` with ``?table=schema.name`` (or ``#schema.name``), ``schema``,
        ``geometry``, ``service``, ``sslmode``, ``timeout`` (seconds), and ``host`` for the folder of a Unix socket.
        Names are those in the database; one with a dot goes in double quotes.

    Raises
    ------
    ParameterError
        It holds a password, or is no address; the address itself is never repeated.
    """
    refuse_passwords(said)
    parts = _split(said.strip())
    if parts is None:
        raise ParameterError(_FORM)
    query, found = parts
    if unknown := sorted(set(query) - set(_KNOWN)):
        count, known = len(unknown), ", ".join(_KNOWN)
        raise ParameterError(
            Text(
                f"数据库地址中有 {count} 个无法识别的参数；可用：{known}",
                f"the database address has parameters that are not known: {count}; there are: {known}",
            )
        )
    for key in ("host", "port", "user"):
        found[key] = query.get(key) or found[key]
    schema, table = _table(query.get("table")) if query.get("table") else (None, None)
    return Address(
        host=found["host"],
        port=_port(found["port"]),
        database=found["database"],
        user=found["user"],
        service=query.get("service"),
        sslmode=_sslmode(query.get("sslmode")),
        schema=schema or query.get("schema"),
        table=table,
        geometry=query.get("geometry"),
        timeout_s=_timeout(query.get("timeout")),
    )


def _split(said: str) -> tuple[dict[str, str], dict[str, Any]] | None:
    """Parameters, and the parts before them; None where it is no address."""
    split = _PARTS.fullmatch(said)
    if split is None or "@" in "".join(split.group(3, 4, 5)):  # an @ further on ends a password that holds / ? or #
        return None
    user, place = unquote(split.group(1) or ""), _PLACE.fullmatch(unquote(split.group(2)))
    if place is None:
        return None
    query = dict(parse_qsl(split.group(4)[1:], keep_blank_values=True))
    if split.group(5):
        query.setdefault("table", unquote(split.group(5)[1:]))
    host, database = place.group(1).strip("[]"), unquote(split.group(3)[1:])
    return query, {"host": host or None, "port": place.group(2), "database": database or None, "user": user or None}


def _table(said: str | None) -> tuple[str | None, str]:
    match = _TABLE.fullmatch(said or "")
    if match is None:
        raise ParameterError(
            Text(
                '数据库地址中的表名应写成 模式.表名，名称本身含点时加双引号："a.b"."c"',
                'in a database address a table is schema.name; a name with a dot goes in double quotes: "a.b"."c"',
            )
        )
    schema, table = match.groups()
    return (None if schema is None else _unquoted(schema)), _unquoted(table)


def _unquoted(name: str) -> str:
    quoted = len(name) > 2 and name.startswith('"') and name.endswith('"')
    return name[1:-1].replace('""', '"') if quoted else name


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"' if "." in name or name.startswith('"') else name


def _escaped(value: str) -> str:
    return re.sub(r'[%&#+?@;"<>\s\x00-\x1f\x7f]', lambda sign: quote(sign[0], safe=""), value)


def _port(said: object) -> int | None:
    if said is None:
        return None
    if not str(said).isdecimal() or not 0 < int(str(said)) < 65536:
        raise ParameterError(_FORM)
    return int(str(said))


def _sslmode(said: str | None) -> str | None:
    if said is not None and said not in _SSL:
        choice = ", ".join(_SSL)
        raise ParameterError(Text(f"sslmode 只能取 {choice} 之一", f"sslmode is one of {choice}"))
    return said


def _timeout(said: str | None) -> float:
    try:
        seconds = TIMEOUT_S if said is None else float(said)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds <= 86_400:
        raise ParameterError(Text("timeout 为秒数，大于 0，至多一天", "timeout is seconds, more than 0, at most a day"))
    return seconds


_PASSWORD = Text(
    "数据库地址中不能写密码：它会留在命令历史、日志与目录文件里。请改用环境变量 PGPASSWORD、密码文件 ~/.pgpass"
    "（主机:端口:数据库:用户:密码）或 PGSERVICE；该密码若已写入共享文件，请更换",
    "a database address must not hold a password: it would stay in the shell's history, logs and catalogues. Use the "
    "variable PGPASSWORD, the file ~/.pgpass (host:port:database:user:password) or PGSERVICE; change the password if "
    "the address was shared",
)
_FORM = Text(
    "数据库地址应写成 postgresql://用户@主机:端口/数据库?table=模式.表名；名称中的 @ / ? # 分别写作 %40 %2F %3F %23，"
    "密码不写在地址里",
    "a database address is postgresql://user@host:port/database?table=schema.name; in names write @ / ? # as "
    "%40 %2F %3F %23, and leave the password out",
)
