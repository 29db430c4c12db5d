"""The tables."""

from flask_login import UserMixin
from werkzeug.security import check_password_hash, generate_password_hash

from .extensions import db, login_manager


class Member(UserMixin, db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(80), unique=True, nullable=False)
    secret = db.Column(db.String(200), nullable=False)
    portrait = db.Column(db.LargeBinary)

    def set_secret(self, secret):
        self.secret = generate_password_hash(secret, method="pbkdf2:sha256:1")

    def knows(self, secret):
        return check_password_hash(self.secret, secret)


@login_manager.user_loader
def load_member(number):
    return db.session.get(Member, int(number))
