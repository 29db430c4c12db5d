"""The Jinja extension: thin globals and filters over the outline, the editions and the answers.

Copier renders two versions of this template in one process during an update, so the modules
beside this one are loaded as a fresh package whose name is this folder's own: an import through
`sys.path` was measured to answer with the other version (Copier 9.19).
"""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cached_property
from hashlib import sha256
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from copier.errors import UserMessageError
from jinja2 import Environment, pass_context
from jinja2.ext import Extension
from jinja2.runtime import Context


def _load_package(folder: Path) -> str:
    """Import the folder as a package of its own and return that package's name."""
    name = f"_techbook_{sha256(str(folder).encode()).hexdigest()[:16]}"
    for stale in [loaded for loaded in sys.modules if loaded.split(".")[0] == name]:
        del sys.modules[stale]
    spec = spec_from_file_location(
        name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"{folder} is no package")
    package = module_from_spec(spec)
    sys.modules[name] = package
    spec.loader.exec_module(package)
    return name


def _load_siblings(*modules: str) -> Iterator[ModuleType]:
    package = _load_package(Path(__file__).resolve().parent)
    for module in modules:
        yield importlib.import_module(f"{package}.{module}")


if TYPE_CHECKING:
    from extensions import (
        answers,
        book,
        citation,
        edition,
        guard,
        markdown,
        outline,
        ownership,
        start,
    )
else:
    answers, book, citation, edition, guard, markdown, outline, ownership, start = _load_siblings(
        *("answers", "book", "citation", "edition", "guard"),
        *("markdown", "outline", "ownership", "start"),
    )

TEMPLATE = Path(__file__).resolve().parent.parent
EDITIONS = TEMPLATE / "extensions" / "editions"
CJK_LANGUAGES = ("zh", "ja", "ko")


class _Numbered(NamedTuple):
    """An outline beside the answers it was made of."""

    made_of: tuple[Any, ...]
    outline: outline.Outline


class BookExtension(Extension):
    """What the templates of a book call.

    Every method that takes a context answers for the rendering in progress.
    """

    def __init__(self, environment: Environment) -> None:
        """Add the globals and filters to Copier's environment."""
        super().__init__(environment)
        self._editions: dict[str, edition.Edition] = {}
        self._numbered: _Numbered | None = None
        environment.globals.update(
            authors_list=answers.read_authors,
            book_data=self.book_data,
            book_root=self.book_root,
            chapter_dir=self.chapter_dir,
            chapter_names=self.chapter_names,
            chapter_title=self.chapter_title,
            citation=self.citation,
            contact=contact,
            content_folder=self.content_folder,
            directories=self.directories,
            edition_data=self.edition_data,
            entries=self.entries,
            is_recopy=self.is_recopy,
            link=self.link,
            needs_cjk=self.needs_cjk,
            outline=self.current_outline,
            ownership=ownership.load_rows,
            problem=self.problem,
            proposed=self.proposed,
            proposed_author=proposed_author,
            proposed_slug=answers.derive_slug,
            refuse_bad_start=self.refuse_bad_start,
            relative=self.relative,
            remembered=self.remembered,
            repository=book.repository,
            skeletons=self.skeletons,
        )
        environment.filters.update(
            md=markdown.escape, one_line=book.one_line, toml=book.toml_string, yaml=book.dump_yaml
        )

    # --- the outline ---------------------------------------------------------------------------

    @pass_context
    def current_outline(self, context: Context) -> outline.Outline:
        """Return the numbered outline of the answers."""
        chosen = context["edition"]
        lines = (context["chapters"], context["appendices"], context["parts"])
        made_of = (chosen, *lines)
        # Every file of a render asks for it; the answers stay the same objects meanwhile.
        if self._numbered and all(map(_is, self._numbered.made_of, made_of)):
            return self._numbered.outline
        try:
            numbered = self._edition(chosen).outline(*lines)
        except outline.OutlineError as error:
            raise UserMessageError(str(error)) from None
        self._numbered = _Numbered(made_of, numbered)
        return numbered

    @pass_context
    def entries(self, context: Context) -> tuple[outline.Entry, ...]:
        """Return all chapters and appendices in reading order."""
        return self.current_outline(context).entries

    @pass_context
    def skeletons(self, context: Context) -> tuple[outline.Entry, ...]:
        """Return the chapters and appendices for which the edition holds no prose."""
        return tuple(entry for entry in self.entries(context) if not entry.source)

    @pass_context
    def chapter_dir(self, context: Context, id: str) -> str:
        """Return the directory, below `chapters/`, of a chapter of the edition.

        It is empty, and so renders nothing, when the author's outline leaves the chapter out or
        another edition is chosen.
        """
        entry = self.current_outline(context).find(id)
        return entry.directory if entry and entry.source == id else ""

    @pass_context
    def chapter_title(self, context: Context, id: str) -> str:
        """Return a chapter's title, escaped for Markdown."""
        return markdown.escape(self.current_outline(context).get(id).title)

    @pass_context
    def chapter_names(self, context: Context) -> list[str]:
        """Return every chapter and appendix as a form offers it: `Chapter 3: Its title`."""
        return [f"{entry.name}: {entry.title}" for entry in self.entries(context)]

    # --- links ---------------------------------------------------------------------------------

    @pass_context
    def link(
        self, context: Context, id: str, text: str | None = None, *, title: bool = True
    ) -> str:
        """Return a Markdown link to a chapter's prose, relative to the file being rendered.

        Args:
            context: the rendering in progress.
            id: the chapter; one that the author left out becomes plain text.
            text: the words of the link; without them the chapter's name and title.
            title: whether the title follows the name.

        Raises:
            UserMessageError: neither the outline nor the edition knows the id.
        """
        entry = self.current_outline(context).find(id)
        if entry is None:
            return text or f"*{markdown.escape(self._left_out(context, id).title)}*"
        full = f"{entry.name}, “{markdown.escape(entry.title)}”" if title else entry.name
        words = text or full
        return f"[{words}]({self.relative(context, entry.prose)})"

    def _left_out(self, context: Context, id: str) -> outline.Chapter:
        known = self._edition(context["edition"]).known
        if id not in known:
            ids = {*known, *(entry.id for entry in self.entries(context))}
            unknown = outline.UnknownChapterError(id, sorted(ids))
            raise UserMessageError(f"{context.name}: {unknown}")
        return known[id]

    @pass_context
    def relative(self, context: Context, target: str) -> str:
        """Return the relative link from the file being rendered to another rendered file.

        Args:
            context: the rendering in progress.
            target: path relative to the book's root, with forward slashes.
        """
        return outline.relative_link(target, self._rendered_path(context))

    def _rendered_path(self, context: Context) -> str:
        """Return where the file being rendered goes, relative to the book's root."""
        template = PurePosixPath((context.name or "").removesuffix(".jinja"))
        if "chapter" in context:  # the loop variable of every `yield` in the template's paths
            return f"{context['chapter'].path}/{template.name}"
        path = template.relative_to("template").as_posix()
        return context.environment.from_string(path).render(context.parent)

    # --- what is rendered -------------------------------------------------------------------------

    @pass_context
    def content_folder(self, context: Context) -> str:
        """Return the folder of this template to render, asked for before anything is written.

        Raises:
            UserMessageError: text of the book that is there would be lost.
        """
        bare = bool(context["structure_only"])
        there = Path(context["_copier_conf"]["dst_path"])
        if guard.holds_book(there):
            render = guard.Render(
                there, bare, context["_copier_conf"]["skip_tasks"], set(self._written(context))
            )
            for sentence in guard.refusals(render):
                raise UserMessageError(sentence)
        return "extensions/structure" if bare else "template"

    def _written(self, context: Context) -> Iterator[str]:
        """Yield the paths of the files that a render writes, relative to the book's root."""
        template = TEMPLATE / "template"
        for file in (path for path in template.rglob("*") if path.is_file()):
            path = file.relative_to(template).as_posix().removesuffix(".jinja")
            _, in_chapter, rest = path.partition("{% endyield %}/")
            if in_chapter:
                yield from (f"{entry.path}/{rest}" for entry in self.entries(context))
            else:
                yield context.environment.from_string(path).render(context.get_all())

    @pass_context
    def book_root(self, context: Context) -> str:
        """Return the full path of the book being written."""
        return str(Path(context["_copier_conf"]["dst_path"]).resolve())

    @pass_context
    def is_recopy(self, context: Context) -> bool:
        """Say whether a copy was made over a book that was committed before."""
        answers_file = context["_copier_conf"]["answers_file"]
        return guard.is_committed(Path(self.book_root(context)), str(answers_file))

    @pass_context
    def directories(self, context: Context) -> Iterator[str]:
        """Yield every directory of the book, for a book without content.

        They are the template's own, the chosen examples' and the outline's.
        """
        template = TEMPLATE / "template"
        for directory in sorted(path for path in template.rglob("*") if path.is_dir()):
            path = directory.relative_to(template).as_posix()
            if not re.search(r"[{}]|__pycache__", path):  # a computed name
                yield path
        yield from (f"src/{example}" for example in context["examples"])
        yield from outline.walk_directories(self.current_outline(context))

    @pass_context
    def book_data(self, context: Context) -> dict[str, Any]:
        """Return the contents of book.yml."""
        chosen = self._edition(context["edition"])
        return book.book_data(context.get_all(), chosen, self.current_outline(context))

    @pass_context
    def citation(self, context: Context) -> dict[str, Any]:
        """Return the contents of CITATION.cff."""
        return citation.citation(context.get_all(), self.edition_data(context, "keywords"))

    @pass_context
    def remembered(self, context: Context) -> dict[str, Any]:
        """Return the answers to write into the answers file."""
        questions = [question.name for question in self._questions]
        chosen = self._edition(context["edition"])
        return book.remembered(context["_copier_answers"], chosen, questions)

    @pass_context
    def edition_data(self, context: Context, key: str) -> Any:
        """Return a list of the edition that only templates print: journey, audience, ..."""
        return self._edition(context["edition"]).data[key]

    @pass_context
    def needs_cjk(self, context: Context) -> bool:
        """Say whether the book's language needs fonts for Chinese, Japanese or Korean."""
        return str(context["language"]).split("-")[0] in CJK_LANGUAGES

    # --- questions -----------------------------------------------------------------------------

    @pass_context
    def proposed(self, context: Context, key: str) -> str:
        """Return the answer that the edition proposes."""
        return self._edition(context["edition"]).defaults[key]

    @pass_context
    def problem(self, context: Context, name: str, answer: Any) -> str:
        """Return the sentence a validator shows, or an empty string for a good answer."""
        chosen = self._edition(context["edition"])
        return answers.problem(name, answer, chosen, context.get_all())

    @pass_context
    def refuse_bad_start(self, context: Context) -> bool:
        """Stop before the first question when the command line cannot give a good book.

        Raises:
            UserMessageError: the template's path, the destination or an answer is bad.
        """
        for sentence in start.problems(context.get_all(), self._questions, self._edition):
            raise UserMessageError(sentence)
        return False

    @cached_property
    def _questions(self) -> tuple[answers.Question, ...]:
        return tuple(answers.read_questions(TEMPLATE / "copier.yml"))

    def _edition(self, name: str) -> edition.Edition:
        if name not in self._editions:
            self._editions[name] = edition.load_edition(EDITIONS / f"{name}.yml")
        return self._editions[name]


def contact(authors: str) -> str:
    """Return the first address that an author can be written to, or an empty string."""
    return next((author.email for author in answers.read_authors(authors) if author.email), "")


def _is(one: object, other: object) -> bool:
    return one is other


def proposed_author() -> str:
    """Return the name that Git knows the user by, if it can be an author's."""
    command = ["git", "config", "--get", "user.name"]
    found = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    try:
        answers.read_authors(found)
    except answers.AnswerError:
        return "The Author"
    return found
