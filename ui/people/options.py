"""The options of the commands for accounts and for who did what."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ui.option_parts import command

ROLES = ("reader", "curator", "admin", "monitor")


def people(commands: Any) -> None:
    """Add `users` and `audit`."""
    group = commands.add_parser(
        "users",
        help="look after the accounts of a served page",
        epilog="example: rapporteur users list --file users.yaml",
    )
    kinds = group.add_subparsers(title="kinds", metavar="KIND", required=True)
    add = _named(kinds, "add", "make an account; its password is asked for, or read from stdin", "users add anna")
    add.add_argument("--role", choices=ROLES, default="reader", help="what they may do (default: reader)")
    _access(add)
    add.add_argument("--no-password", action="store_true", help="they sign in by a proxy or a token alone")
    listed = command(kinds, "list", "ui.people.commands.listed", "list the accounts", "users list --file users.yaml")
    _file(listed)
    _named(kinds, "remove", "strike an account off; its sessions end at once", "users remove anna")
    _named(kinds, "password", "set another password; it is asked for, or read from stdin", "users password anna")
    token = _named(kinds, "token", "make a token for a program, shown this once", "users token anna")
    token.add_argument("--revoke", action="store_true", help="take all tokens of the account away instead")
    audit = command(commands, "audit", "ui.people.commands.audited", "say who did what", "audit --since 2026-01-01")
    audit.add_argument("--since", default="", metavar="DATE", help="from this year, month or day on")


def _named(kinds: Any, name: str, does: str, example: str) -> Any:
    function = {"add": "add", "remove": "remove", "password": "password", "token": "token"}[name]
    made = command(kinds, name, f"ui.people.commands.{function}", does, f"{example} --file users.yaml")
    made.add_argument("name", metavar="NAME", help="the account")
    _file(made)
    return made


def _access(made: Any) -> None:
    made.add_argument(
        "--access",
        action="append",
        metavar="LABEL",
        help="an access label that they may see; '*' for all (default: public)",
    )


def _file(made: Any) -> None:
    made.add_argument("--file", type=Path, required=True, metavar="FILE", help="the file of users")
