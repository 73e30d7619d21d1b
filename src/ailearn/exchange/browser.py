"""Opening an address in the reader's browser."""

import webbrowser

from ailearn.catalog.addresses import is_web_address


def open_address(url: str) -> bool:
    """Open `url` in the browser that `BROWSER` or the platform names.

    False on a machine that has none, and for anything but an http or https address.
    """
    return is_web_address(url) and webbrowser.open(url)
