"""Flask's signals for who asks for those of the `Application`.

Flask sends them from the Flask application. What is connected for the
`Application`, as in `template_rendered.connect(note, app)`, hears them too.
"""

from collections.abc import Callable
from typing import Any

from blinker import ANY, Signal
from flask import signals

_SIGNALS = tuple(
    signal for signal in vars(signals).values() if isinstance(signal, Signal)
)
Receiver = Callable[..., None]


def forward(host: Any, application: Any) -> list[Receiver]:
    """Send signals of one on to those who listen to the other.

    Arguments:
        host: Who sends.
        application: For whom receivers are connected.

    Returns:
        What has to be kept as long as signals are to be sent on.
    """
    receivers = [_forwarder(signal, application) for signal in _SIGNALS]
    for signal, receiver in zip(_SIGNALS, receivers, strict=True):
        signal.connect(receiver, sender=host)
    return receivers


def _forwarder(signal: Signal, application: Any) -> Receiver:
    def send_on(_host: Any, **values: Any) -> None:
        # Who listens to everybody has heard it from Flask.
        heard = list(signal.receivers_for(ANY))
        for receiver in signal.receivers_for(application):
            if receiver not in heard:
                receiver(application, **values)

    return send_on
