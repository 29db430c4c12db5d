"""Fetch a web address, as a check of health does."""

from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, build_opener


class Unhealthy(Exception):
    """The address gave no answer, or no good one."""


# region: fetch
def fetch(url: str, *, timeout: float = 5.0) -> bytes:
    """Return the body of a good answer, or raise Unhealthy.

    A proxy that is set up on this machine is passed by: what is asked for
    is the health of the server, not that of the road to it.
    """
    if urlsplit(url).scheme not in {"http", "https"}:
        raise Unhealthy(f"{url} does not start with http:// or https://")
    opener = build_opener(ProxyHandler({}))
    try:
        with opener.open(url, timeout=timeout) as response:
            body: bytes = response.read()
    except HTTPError as error:
        error.close()
        raise Unhealthy(f"{url} answered {error.code}") from error
    except URLError as error:
        raise Unhealthy(f"{url} cannot be reached: {error.reason}") from error
    except (OSError, HTTPException, ValueError) as error:
        raise Unhealthy(f"{url} gave no answer: {error}") from error
    return body


# endregion
