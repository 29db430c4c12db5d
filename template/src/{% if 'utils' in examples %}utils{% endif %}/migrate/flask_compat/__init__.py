"""Flask's answers on FastAPI: an application, blueprints, and rules to drop.

`Application` is a FastAPI application whose routes are answered as Flask
answers them. Flask and Werkzeug stay behind it as the library that knows how.
When nothing of Flask is left in an application, this package goes too.
It needs Flask 3.1, and AnyIO 4.11 under FastAPI.

What is different all the same:

- A status has its usual phrase: ASGI has no place for another one.
- Names of headers are in lower case, as in all of ASGI. Flask's test
  client and WSGI servers get them as they were written.
- Converters of the application are called twice for a request: FastAPI
  has to know the route before Flask's context is there.
- The sender of a signal is `app.flask`, not `app`.
- What an `async def` view reads of a request is read before it begins,
  up to the limit that holds then.
- 40 requests are served at a time, each in a thread, in each process.
"""

from .application import Application as Application
from .blueprints import Blueprint as Blueprint
from .context import *  # noqa: F403
from .rules import Rules as Rules
