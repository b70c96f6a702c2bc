"""Reading amounts of money as people write them."""

from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from accord.base.errors import Invalid

MOST = Decimal(10) ** 12


def read_amount(text: str) -> Decimal | None:
    """An amount as people write it, with or without thousands apart; nothing for nothing."""
    plain = text.replace(" ", "").replace("\u202f", "").replace("\xa0", "")
    if not plain:
        return None
    if plain.rfind(",") > plain.rfind("."):
        plain = plain.replace(".", "").replace(",", ".")
    try:
        amount = Decimal(plain.replace(",", ""))
    except InvalidOperation as error:
        raise Invalid(
            _("“%(text)s” is not an amount; write it such as 12500.") % {"text": text},
            field="amount",
        ) from error
    if not (amount.is_finite() and 0 <= amount < MOST):
        raise Invalid(_("“%(text)s” cannot be an amount.") % {"text": text}, field="amount")
    return amount
