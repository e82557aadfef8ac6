"""A session with a PostGIS server: one transaction, bounded waits, and errors that say what to do.

The password goes from the environment to the server inside libpq; what is raised here holds nothing of it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from kunshan_gis.errors import KunshanGISError, LayerError
from kunshan_gis.messages import Text
from kunshan_gis.postgis import Address

if TYPE_CHECKING:
    from psycopg import Connection

CONNECT_S = 10
LOCK_S = 15
"""How long to wait for whoever holds a table that is to be replaced."""


@contextmanager
def connected(address: Address, *, failing: type[KunshanGISError], writes: bool = False) -> Iterator[Connection[Any]]:
    """One transaction on the server: committed at the end, undone by any error or interruption.

    Parameters
    ----------
    failing : class of error
        Raised for what the driver and the server refuse, with the remedy.
    writes : bool
        Else the session can change nothing, and sees one moment of the database.

    Raises
    ------
    LayerError
        The extra is not installed.
    """
    connection = _opened(address, failing)
    import psycopg
    from psycopg import IsolationLevel

    try:
        connection.read_only = not writes
        connection.isolation_level = IsolationLevel.READ_COMMITTED if writes else IsolationLevel.REPEATABLE_READ
        with connection:
            connection.execute(
                "SELECT set_config('statement_timeout', %s, false), set_config('lock_timeout', %s, false),"
                " set_config('datestyle', 'ISO', false), set_config('client_encoding', 'UTF8', false)",
                [f"{address.timeout_s * 1000:.0f}", f"{LOCK_S * 1000}"],
            )
            yield connection
    except psycopg.Error as error:
        raise failing(*_explained(error, address)) from None


def postgis_schema(connection: Connection[Any], address: Address, *, failing: type[KunshanGISError]) -> str:
    """The schema PostGIS lives in, or an error that says it is not there."""
    row = connection.execute(
        "SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'postgis'"
    ).fetchone()
    if row is None:
        where = address.shown
        raise failing(
            Text(f"{where}：该数据库未启用 PostGIS", f"{where}: PostGIS is not installed in this database"),
            Text(
                "检查数据库名，或请管理员运行 CREATE EXTENSION postgis",
                "check the database's name, or ask its administrator for CREATE EXTENSION postgis",
            ),
        )
    return str(row[0])


def _opened(address: Address, failing: type[KunshanGISError]) -> Connection[Any]:
    """A connection; the driver's own error is not kept, for it holds what libpq read, the password included."""
    try:
        import psycopg
    except ImportError:
        raise LayerError(
            Text("未安装数据库驱动", "the database driver is not installed"),
            Text('运行 pip install "kunshan-gis[postgis]"', 'run pip install "kunshan-gis[postgis]"'),
        ) from None
    told = {"fallback_application_name": "kunshan-gis", **address.keywords()}
    if "PGCONNECT_TIMEOUT" not in os.environ:
        told["connect_timeout"] = CONNECT_S
    try:
        return psycopg.connect(**told)
    except psycopg.Error as error:
        attempt = error.pgconn
        reason = _one_line(str(error))
        login = attempt is not None and (attempt.needs_password or (attempt.used_password and _names_login(reason)))
    where = address.shown
    raise failing(
        Text(f"无法连接 {where}：{reason}", f"cannot connect to {where}: {reason}"), _LOGIN if login else _SERVER
    )


def _explained(error: Any, address: Address) -> tuple[Text, Text]:
    """What the server refused and what to do about it."""
    from psycopg import InterfaceError, OperationalError

    reason = _one_line(error.diag.message_primary or str(error))
    if error.diag.message_detail and error.sqlstate == "2BP01":
        reason += f" ({_one_line(error.diag.message_detail)})"
    state = error.sqlstate or ("08" if isinstance(error, (OperationalError, InterfaceError)) else "")
    remedy = _REMEDIES.get(state, _REMEDIES.get(state[:2], _OTHERWISE))
    where = address.shown
    return Text(f"{where}：{reason}", f"{where}: {reason}"), remedy


def _names_login(reason: str) -> bool:
    """A database that is not there is refused after the password was taken, in whatever language the server speaks."""
    return any(word in reason.lower() for word in ("password", "authenti", "role", "密码", "口令", "认证", "角色"))


def _one_line(said: str) -> str:
    return "; ".join(line.strip() for line in said.splitlines() if line.strip())


_LOGIN = Text(
    "检查用户名（PGUSER 或地址中的 用户@）与密码（PGPASSWORD 或 ~/.pgpass，后者权限须为 600）",
    "check the user (PGUSER, or user@ in the address) and the password (PGPASSWORD or ~/.pgpass, its mode 600)",
)
_SERVER = Text(
    "检查主机、端口与数据库名，服务器是否运行并允许本机连接（pg_hba.conf、防火墙、VPN）",
    "check host, port and database name, and that the server runs and lets this machine in (pg_hba.conf, firewall, "
    "VPN)",
)
_LOST = Text("与服务器的连接中断；检查网络后重试", "the connection was lost; check the network and try again")
_OTHERWISE = Text("数据库未作任何更改", "nothing in the database was changed")
_REMEDIES = {
    "42501": Text("请管理员用 GRANT 授予所需权限", "ask the administrator to GRANT what is needed"),
    "57014": Text(
        "在地址中加大 timeout=秒数，或改用只含研究区的视图",
        "give more seconds with timeout= in the address, or read a view of the study area only",
    ),
    "55P03": Text(
        "有人正在使用将被替换的表；稍后再试，或换一个 schema",
        "somebody is using a table that is to be replaced; try again later, or choose another schema",
    ),
    "2BP01": Text(
        "其他对象依赖将被替换的表；先删除这些视图，或换一个 schema=",
        "other objects depend on a table that is to be replaced; drop those views first, or choose another schema=",
    ),
    "53": Text(
        "服务器资源不足（磁盘或内存）；请管理员处理", "the server is out of disk or memory; tell its administrator"
    ),
    "08": _LOST,
    "57": _LOST,
}
"""By the server's error code, whole or its class."""
