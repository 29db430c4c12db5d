"""The templates, which are the Flask shop's own."""

from pathlib import Path

from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader

FOLDER = Path(__file__).parent / "templates"


# region: templates
def _load() -> Environment:
    """Return the environment with every template read and compiled.

    Jinja reads a template when it is first asked for, and then looks again
    and again whether it changed: files, in the middle of the event loop.
    """
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        auto_reload=False,
    )
    for name in environment.list_templates(extensions=["html"]):
        environment.get_template(name)
    return environment


templates = Jinja2Templates(env=_load())
# endregion
