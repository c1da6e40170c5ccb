"""What goes wrong between a store and its server, and in which words that is said."""

from __future__ import annotations

import psycopg
from psycopg_pool import PoolTimeout

from corpus.address import Address
from corpus.errors import HomeError

LOST: tuple[type[Exception], ...] = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout)
# These are OperationalErrors too, and say nothing of the connection.
KEPT = (psycopg.errors.LockNotAvailable, psycopg.errors.QueryCanceled, psycopg.errors.DiskFull)


class LostError(HomeError):
    """The connection to the server was lost in the middle of something that cannot simply go on."""


AGAIN: tuple[type[Exception], ...] = (*LOST, LostError)


def unreachable(address: Address, error: Exception) -> HomeError:
    """Why the server cannot be used, and what to do. The driver says no password."""
    return HomeError(
        f"The store {address} cannot be reached ({address.told(error)}). Check that the server runs, and the address, user "
        "and password."
    )
