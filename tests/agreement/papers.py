"""The agreement as a text, with changes."""

from accord.agreement.actions import default_document


def paper(*changes: tuple[str, str]) -> str:
    """The default agreement with each text replaced by another, where it stands first."""
    text = default_document()
    for old, new in changes:
        assert old in text, f"The agreement does not say {old!r}."
        text = text.replace(old, new, 1)
    return text
