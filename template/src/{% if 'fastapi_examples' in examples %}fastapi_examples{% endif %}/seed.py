"""Some books, so that there is something to see."""

from datetime import date
from decimal import Decimal

from .models import Author, Book, Tag

# region: books
# isbn, title, price, stock, published, author, tags
BOOKS = (
    ("9780141439518", "Pride and Prejudice", "7.99", 12, 1813,
     "Jane Austen", ("novel", "love")),
    ("9780141439471", "Frankenstein", "6.50", 5, 1818,
     "Mary Shelley", ("novel", "horror")),
    ("9782253096337", "Les Misérables", "14.20", 3, 1862,
     "Victor Hugo", ("novel",)),
    ("9780141439563", "Great Expectations", "8.25", 0, 1861,
     "Charles Dickens", ("novel",)),
    ("9780140449136", "Crime and Punishment", "9.75", 7, 1866,
     "Fyodor Dostoevsky", ("novel", "crime")),
)  # fmt: skip
# endregion


# region: seed-books
def seed_books() -> list[Book]:
    """Return new books, with each author and each tag once."""
    authors: dict[str, Author] = {}
    tags: dict[str, Tag] = {}
    books = []
    for isbn, title, price, stock, year, author, words in BOOKS:
        authors.setdefault(author, Author(name=author))
        for word in words:
            tags.setdefault(word, Tag(name=word))
        book = Book(
            isbn=isbn,
            title=title,
            price=Decimal(price),
            stock=stock,
            published=date(year, 1, 1),
            authors=[authors[author]],
            tags=[tags[word] for word in words],
        )
        books.append(book)
    return books


# endregion
