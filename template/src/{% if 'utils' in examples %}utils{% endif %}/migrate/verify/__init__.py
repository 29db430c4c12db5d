"""Tell what an application and its conversion answer differently.

`python -m src.utils.migrate verify OLD NEW` runs both, sends them the same
requests, runs the tests of OLD against both, and lists what differs and
what no request has proven.
"""

from .results import Verification
from .verifying import Options, verify

__all__ = ["Options", "Verification", "verify"]
