"""What the book is checked for: every rule by its id, with what it asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "remark"]


@dataclass(frozen=True)
class Rule:
    """Something that must hold.

    Attributes:
        id: its name, which `--only` takes.
        severity: an error stops a build, a warning only the validation, and a remark nothing.
        asks: what must hold, in a sentence.
        is_fixable: whether `--fix` can mend what breaks it.
    """

    id: str
    severity: Severity
    asks: str
    is_fixable: bool = False


RULES: tuple[Rule, ...] = (
    # The text of the chapters: what a build refuses.
    Rule("file", "error", "Every Markdown file can be read, is UTF-8, and closes its comments."),
    Rule("front-matter", "error", "Front matter is YAML, and a status is a known one."),
    Rule("markup", "error", "Markdown is read as its author means it."),
    Rule("empty-chapter", "error", "A chapter has a text, or says that it is planned."),
    Rule("second-title", "error", "A chapter has one title."),
    Rule("footnote", "error", "Footnotes are defined and used."),
    Rule("formula", "error", "Formulas are TeX that can be printed."),
    Rule("label", "error", "A label is given once in the whole book."),
    Rule("alias", "error", "Former ids of headings are written well and free."),
    Rule("link", "error", "Links within the repository lead to files and headings that exist."),
    Rule("reference", "error", "References (`@fig-…`) lead to labels that exist."),
    Rule("glossary", "error", "A term that is marked as explained is in the glossary."),
    Rule("citation", "error", "What is cited is in the bibliography."),
    Rule("bibliography", "error", "The bibliography can be read."),
    Rule("image", "error", "Images exist, in the book, in a format that everything shows."),
    Rule("diagram", "error", "Diagrams can be drawn."),
    Rule("listing", "error", "Listings show files, regions and lines that exist."),
    # The tree.
    Rule("outline", "warning", "Chapters of book.yml and numbered directories are the same."),
    Rule("licence", "warning", "The licences that book.yml names are there to be read."),
    # A chapter is held to the state that its front matter claims.
    Rule("unwritten", "warning", "A draft has text, and a reviewed chapter has all of it."),
    Rule("marker", "warning", "In a reviewed chapter nothing is marked for later (`TODO`)."),
    Rule("section", "warning", "A reviewed chapter has the sections that the template asks for."),
    Rule("deliverable", "warning", "A chapter that is done has the deliverables it promises."),
    Rule("proof", "warning", "The code that a chapter shows is tested before it is done."),
    # What readers meet.
    Rule("heading", "warning", "Levels of headings are not skipped."),
    Rule("origin", "warning", "Images have their source and licence noted."),
    Rule("image-size", "warning", "Images are no larger than a page needs."),
    Rule("drawing", "warning", "What is below `assets/` is drawn from its source as it is now."),
    Rule("alt-text", "warning", "Every image says in words what it shows."),
    Rule("code", "warning", "Code that stands in the text can be parsed."),
    Rule("pasted", "warning", "In a reviewed chapter, long code comes from a file that tests run."),
    Rule("output", "warning", "Stored output is what the program prints today."),
    Rule("claim", "warning", "A number that is a claim leads to the data that it stands in."),
    Rule("built-link", "warning", "Links in what was built lead to what was built."),
    Rule("external-link", "warning", "Other hosts still have what is linked to (on request)."),
    Rule("spelling", "warning", "Words are spelt as they should be.", is_fixable=True),
    Rule("term", "warning", "Terms are written as the glossary writes them.", is_fixable=True),
    # Advice: worth knowing, and may be meant so.
    Rule("wording", "remark", "Prose is plain, fresh and kind to all readers."),
    Rule("passive", "remark", "Sentences say who does what."),
    Rule("untested", "remark", "Code that listings show is run or imported by a test."),
    Rule("unused-asset", "remark", "Something in the book refers to every asset."),
    Rule("unused-region", "remark", "Regions that are marked in code are shown."),
)
BY_ID = {rule.id: rule for rule in RULES}
