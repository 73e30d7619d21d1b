"""Addresses on the web: the only links that the guide takes in and hands on."""

from urllib.parse import urlsplit


def is_web_address(text: str) -> bool:
    """Whether `text` is an http or https address with a host, without spaces and control characters.

    Neither may it hold U+FFFD, which stands where a control character was.
    """
    if "\ufffd" in text or any(character.isspace() or not character.isprintable() for character in text):
        return False
    try:
        parts = urlsplit(text)
        # The port is only looked at when it is asked for.
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
