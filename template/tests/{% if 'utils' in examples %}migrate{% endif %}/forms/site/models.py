"""The tables."""

from flask_login import UserMixin

from .extensions import db, login_manager


class Member(UserMixin, db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(80), unique=True, nullable=False)


@login_manager.user_loader
def load_member(number):
    return db.session.get(Member, int(number))
