"""Python that Copier runs while it renders a book: outline, editions, answers, Jinja extension."""
