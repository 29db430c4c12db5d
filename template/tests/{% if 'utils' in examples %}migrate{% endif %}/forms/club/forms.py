"""What can be filled in."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileAllowed, FileField, FileRequired
from wtforms import BooleanField, PasswordField, StringField
from wtforms.validators import DataRequired, EqualTo, Length, ValidationError

from .extensions import db
from .models import Member


class LoginForm(FlaskForm):
    name = StringField("Name", validators=[DataRequired()])
    secret = PasswordField("Secret", validators=[DataRequired()])
    remember = BooleanField("Remember me")


class JoinForm(FlaskForm):
    name = StringField("Name", validators=[DataRequired(), Length(max=20)])
    secret = PasswordField("Secret", validators=[DataRequired(), Length(min=4)])
    again = PasswordField("Again", validators=[EqualTo("secret", "Both must be the same.")])

    def validate_name(self, field):
        if db.session.execute(db.select(Member).filter_by(name=field.data)).first():
            raise ValidationError("This name is taken.")


class PortraitForm(FlaskForm):
    portrait = FileField("Portrait", [FileRequired(), FileAllowed(["png"], "Only PNG.")])
