"""Taking part in a book: its forms, its code of conduct, and how it is cited."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pytest_copie.plugin import Copie

from extensions.citation import FIRST_VERSION, citation
from tests.support import broken_links, commit, files, outline, render, run, status, update, write

ADA = "Ada Lovelace <ada@example.org> (Analytical Engines)"
GITHUB = "https://github.com/ada/engines"
GITLAB = "https://gitlab.com/ada/engines"
ISSUE_FORMS = ("erratum", "question", "experience_report")
SCHEMAS = {
    ".github/ISSUE_TEMPLATE/config.yml": "github-issue-config",
    **{f".github/ISSUE_TEMPLATE/{name}.yml": "github-issue-forms" for name in ISSUE_FORMS},
    ".github/DISCUSSION_TEMPLATE/q-a.yml": "github-discussion",
    ".github/DISCUSSION_TEMPLATE/ideas.yml": "github-discussion",
    "CITATION.cff": "citation-file-format",
}
HOSTILE_TITLES = [
    "--- a: b",
    "- dash",
    "{{ braces }} and {% raw %}",
    "\"Both\" 'quotes': # and a comment",
    "🚀 👩‍💻",
    "Long " * 39 + "title",
    "null",
    "@at `ticks` | > & * ! %",
]


def loaded(book: Path, path: str) -> Any:
    return yaml.safe_load((book / path).read_text(encoding="utf-8"))


def words(book: Path, path: str) -> str:
    return " ".join((book / path).read_text(encoding="utf-8").split())


def offered(form: dict[str, Any], field: str) -> list[str]:
    """Return the options of a field of a form."""
    fields = {item["id"]: item for item in form["body"] if "id" in item}
    options: list[str] = fields[field]["attributes"]["options"]
    return options


def assert_schemas_hold(book: Path, python: str) -> None:
    for path, schema in SCHEMAS.items():
        result = run(
            book, python, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", path
        )
        assert result.returncode == 0, result.stdout


@pytest.fixture(scope="session")
def hosted(template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return an own book for every hosting, in a repository with an address where it has one."""
    folder = tmp_path_factory.mktemp("hosted")
    addresses = {"github": GITHUB, "gitlab": GITLAB, "none": ""}
    return {
        hosting: render(
            template,
            folder / hosting,
            edition="own",
            hosting=hosting,
            repository_url=address,
            authors="Ada Lovelace",
        )
        for hosting, address in addresses.items()
    }


# --- forms -------------------------------------------------------------------------------------


@pytest.mark.parametrize("book", ["default_book", "hostile_book"])
def test_forms_and_citation_are_what_their_readers_take(
    book: str, request: pytest.FixtureRequest, book_python: str
) -> None:
    assert_schemas_hold(request.getfixturevalue(book), book_python)


def test_an_erratum_is_placed_in_a_chapter_of_the_outline(
    template: Path, book_python: str, tmp_path: Path
) -> None:
    book = render(
        template,
        tmp_path / "book",
        edition="own",
        title=HOSTILE_TITLES[3],
        chapters=[{f"chapter_{n}": title} for n, title in enumerate(HOSTILE_TITLES)],
        appendices=[{"words": "Words: all"}],
        formats=["html", "pdf"],
        repository_url=GITHUB,
    )

    expected = [f"Chapter {n}: {title}" for n, title in enumerate(HOSTILE_TITLES, start=1)]
    expected.append("Appendix A: Words: all")
    for name in ISSUE_FORMS:
        options = offered(loaded(book, f".github/ISSUE_TEMPLATE/{name}.yml"), "chapter")
        assert options[: len(expected)] == expected, name
        assert len(set(options)) == len(options)
    discussion = loaded(book, ".github/DISCUSSION_TEMPLATE/q-a.yml")
    assert offered(discussion, "chapter")[: len(expected)] == expected
    erratum = loaded(book, ".github/ISSUE_TEMPLATE/erratum.yml")
    assert offered(erratum, "format") == ["Website", "PDF", "Files of the repository"]
    asked = {item["id"] for item in erratum["body"] if item.get("validations")}
    assert asked == {"version", "format", "chapter", "place", "wrong", "right"}
    assert_schemas_hold(book, book_python)


def test_blank_issues_are_off_and_links_lead_to_a_known_repository(
    hosted: dict[str, Path], default_book: Path
) -> None:
    known = loaded(hosted["github"], ".github/ISSUE_TEMPLATE/config.yml")
    unknown = loaded(default_book, ".github/ISSUE_TEMPLATE/config.yml")

    assert known["blank_issues_enabled"] is False
    assert [link["url"] for link in known["contact_links"]] == [
        f"{GITHUB}/discussions",
        f"{GITHUB}/security/policy",
    ]
    assert unknown == {"blank_issues_enabled": False}


# --- hosting -----------------------------------------------------------------------------------

PLACES = {
    "github": re.compile(r"(?<!\w)\.github|pull request|github\.com/ada|issue form", re.IGNORECASE),
    "gitlab": re.compile(r"gitlab|merge request|confidential issue", re.IGNORECASE),
}
# Programs that serve every hosting, and lists of what can be installed.
OF_NO_PLACE = re.compile(r"^(tools|tests|requirements|src)/|^\.copier-answers\.yml$")


@pytest.mark.parametrize("hosting", ["github", "gitlab", "none"])
def test_nothing_is_said_of_another_place(hosted: dict[str, Path], hosting: str) -> None:
    book = hosted[hosting]
    texts = {
        name: (book / name).read_text(encoding="utf-8", errors="replace")
        for name in files(book)
        if not OF_NO_PLACE.search(name)
    }

    for place, pattern in PLACES.items():
        found = {name: match[0] for name, text in texts.items() if (match := pattern.search(text))}
        if place == hosting:
            assert "CONTRIBUTING.md" in found
        else:
            assert found == {}
    assert (book / ".gitlab/merge_request_templates/Default.md").exists() == (hosting == "gitlab")
    assert broken_links(book) == []


@pytest.mark.parametrize(
    ("hosting", "form"),
    [
        ("github", f"{GITHUB}/issues/new?template=erratum.yml"),
        ("gitlab", f"{GITLAB}/-/issues/new?issuable_template=Erratum"),
    ],
)
def test_a_mistake_is_told_in_its_form(hosted: dict[str, Path], hosting: str, form: str) -> None:
    book = hosted[hosting]
    contributing = (book / "CONTRIBUTING.md").read_text(encoding="utf-8")

    assert f"]({form})" in contributing
    templates = {
        "github": book / ".github/ISSUE_TEMPLATE",
        "gitlab": book / ".gitlab/issue_templates",
    }[hosting]
    named = re.findall(r"template=([\w.]+)", contributing)
    assert len(named) == 3
    for name in named:
        assert (templates / name).exists() or (templates / f"{name}.md").exists(), name


@pytest.mark.parametrize(
    ("answers", "contact"),
    [
        ({"authors": ADA, "repository_url": GITHUB}, "at <ada@example.org>."),
        ({"authors": f"Charles Babbage; {ADA}"}, "at <ada@example.org>."),
        ({"authors": "Ada", "repository_url": GITHUB}, f"at <{GITHUB}/security/advisories/new>."),
        (
            {"authors": "Ada", "repository_url": GITLAB, "hosting": "gitlab"},
            f"at <{GITLAB}/-/issues/new?issue%5Bconfidential%5D=true>.",
        ),
        ({"authors": "Ada"}, ", who are the authors of this book."),
        (
            {"authors": "Ada", "repository_url": "https://example.org/ada", "hosting": "none"},
            ", who are the authors of this book.",
        ),
    ],
)
def test_bad_conduct_is_reported_to_somebody(
    copie: Copie, template: Path, answers: dict[str, str], contact: str
) -> None:
    result = copie.copy(extra_answers={"edition": "own", **answers}, template_dir=template)

    assert result.project_dir
    conduct = words(result.project_dir, "CODE_OF_CONDUCT.md")
    separator = "" if contact.startswith(",") else " "
    assert f"leaders responsible for enforcement{separator}{contact} All complaints" in conduct
    assert "[Contributor Covenant][homepage], version 2.1" in conduct
    security = words(result.project_dir, "SECURITY.md")
    address = re.search(r"<(.*)>", contact)
    assert (address[1] if address else "Write to the authors") in security
    development = words(result.project_dir, "docs/development/README.md")
    assert ("name no address" in development) == (not address)


def test_changes_are_proposed_by_the_same_list_everywhere(hosted: dict[str, Path]) -> None:
    github = hosted["github"] / ".github/PULL_REQUEST_TEMPLATE.md"
    gitlab = hosted["gitlab"] / ".gitlab/merge_request_templates/Default.md"

    assert github.read_bytes() == gitlab.read_bytes()


@pytest.mark.parametrize(
    ("license", "sentence"),
    [
        ("CC-BY-SA-4.0", "your text and pictures are under [CC-BY-SA-4.0](LICENSE-TEXT.md)"),
        ("All-Rights-Reserved", "may publish your text and pictures as part of this book"),
    ],
)
def test_contributors_know_their_licence(
    copie: Copie, template: Path, license: str, sentence: str
) -> None:
    result = copie.copy(extra_answers={"text_license": license}, template_dir=template)

    assert result.project_dir
    assert sentence in words(result.project_dir, "CONTRIBUTING.md")


# --- citing ------------------------------------------------------------------------------------


def cited(**answers: str) -> dict[str, Any]:
    """Return the citation of a book with these answers."""
    defaults = {
        "title": "Pools",
        "subtitle": "",
        "authors": ADA,
        "language": "en",
        "description": "",
        "isbn": "",
        "repository_url": "",
        "text_license": "CC-BY-4.0",
        "code_license": "MIT",
    }
    return citation({**defaults, **answers}, [])


@pytest.mark.parametrize(
    ("author", "language", "expected"),
    [
        (
            ADA,
            "en",
            {
                "family-names": "Lovelace",
                "given-names": "Ada",
                "email": "ada@example.org",
                "affiliation": "Analytical Engines",
            },
        ),
        (
            "Jean-Luc O'Brien (R&D)",
            "fr",
            {"family-names": "O'Brien", "given-names": "Jean-Luc", "affiliation": "R&D"},
        ),
        ("Ada Lovelace", "en", {"name": "Ada Lovelace"}),
        (
            "Acme Press <books@acme.example>",
            "en",
            {"name": "Acme Press", "email": "books@acme.example"},
        ),
        ("Vincent van Gogh (Arles)", "nl", {"name": "Vincent van Gogh"}),
        ("Nagy Péter (ELTE)", "hu", {"name": "Nagy Péter"}),
        ("李 伟 (Peking)", "en", {"name": "李 伟"}),
        ("Bob & (Sons)", "en", {"name": "Bob &"}),
        ("Ada <ada@localhost>", "en", {"name": "Ada"}),
    ],
)
def test_a_name_is_parted_only_where_it_is_certain(
    author: str, language: str, expected: dict[str, str]
) -> None:
    data = cited(authors=author, language=language)

    assert data["authors"] == [expected]
    assert data["preferred-citation"]["authors"] == [expected]


def test_the_code_and_the_text_have_their_own_licences() -> None:
    data = cited(text_license="CC-BY-SA-4.0", code_license="BSD-3-Clause")
    reserved = cited(text_license="All-Rights-Reserved")

    assert (data["type"], data["license"]) == ("software", "BSD-3-Clause")
    book = data["preferred-citation"]
    assert (book["type"], book["license"]) == ("book", "CC-BY-SA-4.0")
    assert "license" not in reserved["preferred-citation"]


@pytest.mark.parametrize(
    "answers",
    [
        {"authors": ADA, "isbn": "080442957X", "repository_url": f"{GITHUB}.git"},
        {"authors": "Ada; Ada", "text_license": "All-Rights-Reserved", "isbn": "978-0-306-40615-7"},
        {"repository_url": "https://example.org/ädä", "language": "pt-BR"},
        {"title": HOSTILE_TITLES[3], "subtitle": HOSTILE_TITLES[0], "description": ""},
    ],
)
def test_a_citation_is_valid_whatever_the_answers(
    copie: Copie, template: Path, book_python: str, answers: dict[str, str]
) -> None:
    result = copie.copy(extra_answers={"edition": "own", **answers}, template_dir=template)

    assert result.project_dir
    assert_schemas_hold(result.project_dir, book_python)


def test_a_citation_has_the_version_of_the_book_and_no_date(default_book: Path) -> None:
    text = (default_book / "CITATION.cff").read_text(encoding="utf-8")
    project = (default_book / "pyproject.toml").read_text(encoding="utf-8")

    assert re.findall(r"^version: (.*)$", text, re.MULTILINE) == [FIRST_VERSION]
    assert f'\nversion = "{FIRST_VERSION}"\n' in project
    assert "date-released" not in text
    data = loaded(default_book, "CITATION.cff")
    assert data["keywords"] == ["asyncio", "FastAPI", "Flask", "Python", "web services"]
    book = outline(default_book)
    assert data["title"] == f"{book['title']}: {book['subtitle']}"


# --- updating ----------------------------------------------------------------------------------


def replaced(book: Path, path: str, old: str, new: str) -> None:
    text = (book / path).read_text(encoding="utf-8")
    assert text.count(old) == 1, path
    write(book, path, text.replace(old, new))


def test_what_an_author_changed_survives_an_update(template: Path, tmp_path: Path) -> None:
    erratum = ".github/ISSUE_TEMPLATE/erratum.yml"
    book = render(
        template,
        tmp_path / "book",
        commit=True,
        edition="own",
        authors=ADA,
        chapters=[{"one": "One"}, {"two": "Two"}],
    )
    replaced(book, "CODE_OF_CONDUCT.md", "<ada@example.org>", "<conduct@example.org>")
    replaced(book, erratum, "description: Something in the book is wrong", "description: Oops")
    replaced(book, "CITATION.cff", "version: 0.1.0", "version: 1.2.0\ndate-released: '2026-05-04'")
    commit(book)

    update(book, title="Another title", chapters=[{"zero": "Zero"}, {"one": "One"}, {"two": "Two"}])

    assert "UU" not in status(book).values()
    assert "<conduct@example.org>" in words(book, "CODE_OF_CONDUCT.md")
    form = loaded(book, erratum)
    assert form["description"] == "Oops"
    assert offered(form, "chapter")[:3] == ["Chapter 1: Zero", "Chapter 2: One", "Chapter 3: Two"]
    cited = loaded(book, "CITATION.cff")
    assert (cited["version"], str(cited["date-released"])) == ("1.2.0", "2026-05-04")
    assert cited["title"] == cited["preferred-citation"]["title"] == "Another title"
