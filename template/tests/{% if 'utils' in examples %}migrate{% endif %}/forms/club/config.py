"""Settings by class."""


class Base:
    SECRET_KEY = "change me"
    SQLALCHEMY_DATABASE_URI = "sqlite:///club.sqlite"
    MAX_CONTENT_LENGTH = 64 * 1024


class Production(Base):
    SESSION_COOKIE_SECURE = True


class Testing(Base):
    TESTING = True
    SQLALCHEMY_DATABASE_URI = "sqlite://"
    WTF_CSRF_ENABLED = False


class Guarded(Testing):
    WTF_CSRF_ENABLED = True
