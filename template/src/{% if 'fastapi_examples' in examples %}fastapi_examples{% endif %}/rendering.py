"""The templates, which are the Flask shop's own."""

from pathlib import Path

from fastapi.templating import Jinja2Templates

templates = Jinja2Templates(Path(__file__).parent / "templates")
