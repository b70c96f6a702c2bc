"""What all tests share."""

from tests.laws.statements import statements_keep_the_laws

__all__ = ["statements_keep_the_laws"]
