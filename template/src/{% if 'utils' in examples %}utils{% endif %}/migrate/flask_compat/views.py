"""Views that are classes, as Flask has them."""

from flask.views import MethodView as MethodView
from flask.views import View as View
