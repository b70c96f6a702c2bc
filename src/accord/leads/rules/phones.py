"""Reading phone numbers, also those that a spreadsheet took for amounts."""

import re

import phonenumbers

from accord.base.errors import Invalid, _

_PLAIN_PHONE = re.compile(r"\+[1-9]\d{7,14}")
# What begins with a zero was never taken for an amount, nor was 030.1234567.
_FLOAT = re.compile(
    r"([1-9][0-9]{0,14})(?:[.,](0*))?|([1-9][0-9]{0,14})(?:[.,]([0-9]*))?[eE]\+?([0-9]{1,2})"
)


def read_phone(value: str, region: str | None) -> str:
    """The number in E.164 form, such as +4930123456."""
    value = _as_typed(value, region)
    plain = re.sub(r"[\s\-()./]", "", value)
    if _PLAIN_PHONE.fullmatch(plain):
        return plain
    try:
        number = phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException as error:
        raise Invalid(
            _(
                "“%(value)s” is not a phone number that can be called; write it with "
                "its country code, such as +49 30 123456."
            )
            % {"value": value},
            field="phone",
        ) from error
    possible = phonenumbers.is_possible_number_with_reason(number)
    if (
        possible != phonenumbers.ValidationResult.IS_POSSIBLE
        or len(str(number.national_number)) < 4
    ):
        raise Invalid(
            _("“%(value)s” has too few or too many digits for a phone number.") % {"value": value},
            field="phone",
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _as_typed(value: str, region: str | None) -> str:
    """The number as it was before a spreadsheet took it for an amount.

    491721234567.0 and 4.91721234567E+11 still hold all digits, 4.9172E+11 does not: refused.
    The plus went too; it is put back where only with it the digits are a number in use.
    """
    match = _FLOAT.fullmatch(value.strip())
    if not match:
        return value
    whole, decimals, exponent = match[1] or match[3], match[4] or "", int(match[5] or 0)
    if len(decimals) < exponent or decimals[exponent:].strip("0"):
        raise Invalid(
            _(
                "“%(value)s” is what a spreadsheet made of a phone number; its last "
                "digits are lost. Format the column as text and save the file again."
            )
            % {"value": value},
            field="phone",
        )
    digits = whole + decimals[:exponent]
    code = str(phonenumbers.country_code_for_region(region or "") or "")
    is_abroad = not _is_in_use(digits, region) or (code and digits.startswith(code))
    return f"+{digits}" if is_abroad and _is_in_use(f"+{digits}", None) else digits


def _is_in_use(text: str, region: str | None) -> bool:
    """Whether it is a number of the region, or with a plus of any."""
    if region is None and not text.startswith("+"):
        return False
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text, region))
    except phonenumbers.NumberParseException:
        return False
