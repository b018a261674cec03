"""The metadata of all tables, and the columns and rules that they are made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Integer, MetaData, Text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def make_text(name: str, *rest: Any, **kw: Any) -> Column[str]:
    """Make a column of text, NOT NULL unless ``nullable``."""
    return Column(name, Text, *rest, nullable=kw.pop("nullable", False), **kw)


def make_number(name: str, *rest: Any, **kw: Any) -> Column[int]:
    """Make a column of whole numbers of 64 bits, NOT NULL unless ``nullable``."""
    return Column(name, BigInteger, *rest, nullable=kw.pop("nullable", False), **kw)


def make_serial(name: str) -> Column[int]:
    """Make a key column that the database numbers."""
    # SQLite numbers rows by itself only in a column of type INTEGER.
    return Column(name, BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)


def make_choice_check(column: str, values: Iterable[str]) -> CheckConstraint:
    """Make the rule that a column has one of these values."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def make_sign_check(*columns: str) -> CheckConstraint:
    """Make the rule that columns are not negative."""
    return CheckConstraint(" AND ".join(f"{column} >= 0" for column in columns), name="not_negative")
