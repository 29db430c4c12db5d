"""What a copy writes: the tree, its names, its links, and nothing of the template's own."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from pytest_copie.plugin import Copie

from tests.repository import ROOT, git
from tests.support import broken_links, copier, files, outline, render, run

CHAPTERS = (
    "01_executive_summary",
    "02_technical_architecture",
    "03_database_migration",
    "04_api_conversion",
    "05_authentication",
    "06_background_tasks",
    "07_testing_qa",
    "08_performance",
    "09_security_compliance",
    "10_production_operations",
    "appendices",
)
FOLDERS = {
    "chapters": CHAPTERS,
    "src": ("flask_examples", "fastapi_examples", "async_patterns", "security", "utils"),
    "assets": ("diagrams", "images", "charts", "code_snippets"),
    "book_build": ("markdown", "pdf", "epub", "html"),
    "research": ("benchmarks", "case_studies", "industry_data", "references"),
    "tools": ("build_scripts", "validation", "publishing", "updating"),
    "docs": ("contributing", "development", "publishing"),
}
FILES = (
    "templates/chapter_template.md",
    "templates/code_example_template.py",
    "templates/diagram_template.drawio",
    "README.md",
    "LICENSE",
    "CONTRIBUTING.md",
    "CODE_OF_CONDUCT.md",
    "SECURITY.md",
    "CITATION.cff",
    "requirements.txt",
    "Makefile",
    ".pre-commit-config.yaml",
    "book.yml",
)
EXAMPLES = FOLDERS["src"]
FORMATS = ("html", "epub", "pdf", "markdown")
# Files whose own language has such braces: the website's Jinja, workflows, f-strings, tables.
OTHER_BRACES = re.compile(r"\.(j2|lua|mako|py)$|^\.github/|^(?:src|tests/migrate)/.*\.html$")


def unrendered(book: Path) -> list[str]:
    """Return the lines of a book in which Copier's markup is left."""
    return [
        f"{name}: {line.strip()}"
        for name in files(book)
        if not OTHER_BRACES.search(name)
        for line in (book / name).read_text(encoding="utf-8", errors="replace").splitlines()
        if re.search(r"\{\{|\{%|\{#[^\w]", line)
    ]


def test_the_default_tree_is_the_promised_one(default_book: Path) -> None:
    found = files(default_book)

    for parent, names in FOLDERS.items():
        folders = {path.name for path in (default_book / parent).iterdir() if path.is_dir()}
        assert folders == set(names), parent
        for name in names:
            assert any(path.startswith(f"{parent}/{name}/") for path in found), (parent, name)
    assert {name for name in FILES if found.count(name) != 1} == set()
    appendices = {path.name for path in (default_book / "chapters/appendices").iterdir()}
    assert appendices == {
        "a_playbook",
        "b_case_studies",
        "c_enterprise_patterns",
        "d_best_practices",
        "e_troubleshooting",
        "f_solutions",
    }


def test_every_chapter_has_its_files_once(default_book: Path) -> None:
    entries = outline(default_book)["chapters"] + outline(default_book)["appendices"]

    assert len(entries) == 16
    for entry in entries:
        mine = [name for name in files(default_book) if name.startswith(f"{entry['path']}/")]
        delivered = {f"{entry['path']}/{item['path']}" for item in entry["deliverables"]}
        assert [name for name in mine if name not in delivered] == [
            f"{entry['path']}/README.md",
            f"{entry['path']}/chapter.md",
            f"{entry['path']}/deliverables/README.md",
        ]


def test_an_own_book_without_further_answers_has_a_chapter(template: Path, tmp_path: Path) -> None:
    book = render(template, tmp_path / "book", edition="own")

    chapter = book / "chapters" / "01_introduction" / "chapter.md"
    assert "# Introduction" in chapter.read_text(encoding="utf-8")
    assert broken_links(book) == []


def test_an_editions_prose_has_every_promised_section(default_book: Path) -> None:
    for entry in outline(default_book)["chapters"]:
        prose = (default_book / entry["path"] / "chapter.md").read_text(encoding="utf-8")
        headings = re.findall(r"^## (.+?)(?: \{.*\})?$", prose, re.MULTILINE)
        promised = [section["title"] for section in entry["sections"]]
        closing = ["Deliverables", "Key takeaways", "Exercises", "Further reading"]
        assert headings == ["Objectives", *promised, *closing]
        introduction = prose.split("## Objectives")[0]
        assert len(introduction.split()) >= 300, entry["id"]
        for deliverable in entry["deliverables"]:
            assert f"`{deliverable['path']}`" in prose


def test_nothing_of_the_templates_markup_is_left(default_book: Path) -> None:
    assert unrendered(default_book) == []


def test_hostile_answers_are_text_everywhere(hostile_book: Path) -> None:
    book = outline(hostile_book)

    assert book["title"] == 'The "Best" {{ book }} & <Friends>: 100% \\TeX #1 🚀'
    assert book["authors"] == [
        {"name": 'O\'Brien "Bob" & Sons', "email": "bob@example.org", "affiliation": "R&D"},
        {"name": "Łukasz Ωμέγα"},
    ]
    assert (
        book["chapters"][2]["title"] == "{{ cookiecutter }} and {% raw %} and {# not a comment #}"
    )
    assert [chapter["path"] for chapter in book["chapters"]][4:8] == [
        "chapters/05_مقدمة_في_البرمجة_غير_المتزامنة",
        "chapters/06_long_long_long_long_long_long_long_long_long",
        "chapters/07_leading_dots_and_etc_passwd",
        "chapters/08_con_chapter",
    ]
    answers = yaml.safe_load((hostile_book / ".copier-answers.yml").read_text(encoding="utf-8"))
    assert answers["title"] == book["title"]


@pytest.mark.parametrize("book", ["default_book", "hostile_book"])
def test_every_relative_link_resolves(book: str, request: pytest.FixtureRequest) -> None:
    assert broken_links(request.getfixturevalue(book)) == []


@pytest.mark.parametrize("book", ["default_book", "hostile_book"])
def test_rendered_files_are_tidy(book: str, request: pytest.FixtureRequest) -> None:
    folder: Path = request.getfixturevalue(book)

    for name in files(folder):
        content = (folder / name).read_bytes()
        if b"\0" in content or not content:
            continue
        text = content.decode("utf-8")
        assert text.endswith("\n"), name
        assert not text.endswith("\n\n"), name
        assert not re.search(r"[ \t]+$", text, re.MULTILINE), name
        prose = re.sub(r"^```.*?^```$", "(code)", text, flags=re.MULTILINE | re.DOTALL)
        blank = "\n\n\n\n" if name.endswith((".py", ".mako")) else "\n\n\n"
        assert blank not in prose, name


@pytest.mark.parametrize("book", ["default_book", "hostile_book"])
def test_rendered_markdown_and_python_pass_their_linters(
    book: str, request: pytest.FixtureRequest
) -> None:
    folder = request.getfixturevalue(book)

    for command in (
        ["rumdl", "check", "--no-cache", "."],
        ["ruff", "check", "--no-cache", "."],
        ["ruff", "format", "--no-cache", "--check", "."],
    ):
        tool = Path(sys.executable).with_name(command[0])
        result = run(folder, tool, *command[1:])
        assert result.returncode == 0, result.stdout + result.stderr


def test_the_same_answers_give_the_same_bytes(
    template: Path, default_book: Path, tmp_path: Path
) -> None:
    again = render(template, tmp_path / "async-book")

    assert files(again) == files(default_book)
    for name in files(again):
        assert (again / name).read_bytes() == (default_book / name).read_bytes(), name


@pytest.mark.parametrize("left_out", EXAMPLES)
def test_an_example_left_out_leaves_no_trace(copie: Copie, template: Path, left_out: str) -> None:
    kept = [example for example in EXAMPLES if example != left_out]

    result = copie.copy(extra_answers={"examples": kept}, template_dir=template)

    assert result.exit_code == 0, result.exception
    assert result.project_dir
    book = result.project_dir
    assert {path.name for path in (book / "src").iterdir() if path.is_dir()} == set(kept)
    assert not (book / "tests" / f"test_{left_out}.py").exists()
    assert f"src.{left_out}" not in (book / "Makefile").read_text(encoding="utf-8")
    assert left_out not in (book / "src" / "README.md").read_text(encoding="utf-8")
    prose = "".join(path.read_text(encoding="utf-8") for path in book.rglob("chapter.md"))
    assert f"src/{left_out}/" not in prose
    assert f"src.{left_out}" not in prose
    assert broken_links(book) == []


@pytest.mark.parametrize("left_out", ["flask_examples", "fastapi_examples"])
def test_there_is_nothing_to_compare_without_both_shops(
    copie: Copie, template: Path, left_out: str
) -> None:
    kept = [example for example in EXAMPLES if example != left_out]

    result = copie.copy(extra_answers={"examples": kept}, template_dir=template)

    assert result.project_dir
    book = result.project_dir
    # Chapters have deliverables of that name, with and without the shops.
    named = [name for name in files(book) if "benchmark" in name]
    assert [name for name in named if not name.startswith("chapters/")] == [
        "research/benchmarks/.gitkeep"
    ]
    for name in ("Makefile", "pyproject.toml", ".pre-commit-config.yaml"):
        text = (book / name).read_text(encoding="utf-8")
        assert not re.search(r"benchmark|psutil|\bresearch\b", text), name


@pytest.mark.parametrize("left_out", FORMATS)
def test_a_format_left_out_is_not_built(copie: Copie, template: Path, left_out: str) -> None:
    kept = [name for name in FORMATS if name != left_out]

    result = copie.copy(extra_answers={"formats": kept}, template_dir=template)

    assert result.project_dir
    assert outline(result.project_dir)["formats"] == kept


def test_the_size_of_a_page_is_told_to_the_tools(copie: Copie, template: Path) -> None:
    result = copie.copy(extra_answers={"paper": "letter"}, template_dir=template)

    assert result.project_dir
    assert outline(result.project_dir)["paper"] == "letter"


@pytest.mark.parametrize("hosting", ["github", "gitlab", "none"])
def test_hosting_decides_the_workflows(copie: Copie, template: Path, hosting: str) -> None:
    result = copie.copy(extra_answers={"hosting": hosting}, template_dir=template)

    assert result.project_dir
    assert (result.project_dir / ".github").exists() == (hosting == "github")
    assert (result.project_dir / ".gitlab-ci.yml").exists() == (hosting == "gitlab")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("MIT", "MIT License\n\nCopyright (c) Ada Lovelace"),
        ("BSD-3-Clause", "BSD 3-Clause License\n\nCopyright (c) Ada Lovelace"),
        ("Apache-2.0", "Apache License"),
    ],
)
def test_licences(copie: Copie, template: Path, code: str, words: str) -> None:
    answers = {"code_license": code, "text_license": "CC-BY-SA-4.0"}

    result = copie.copy(extra_answers=answers, template_dir=template)

    assert result.project_dir
    assert words in (result.project_dir / "LICENSE").read_text(encoding="utf-8")
    text = (result.project_dir / "LICENSE-TEXT.md").read_text(encoding="utf-8")
    assert "creativecommons.org/licenses/by-sa/4.0/" in text


@pytest.mark.parametrize("count", [1, 10, 120])
def test_any_number_of_chapters(template: Path, tmp_path: Path, count: int) -> None:
    listed: list[Any] = [f"Chapter about {n}" for n in range(1, count + 1)]

    book = render(template, tmp_path / "book", edition="own", chapters=listed)

    found = sorted(path.name for path in (book / "chapters").iterdir())
    width = max(2, len(str(count)))
    assert found == [f"{n:0{width}}_chapter_about_{n}" for n in range(1, count + 1)]
    assert broken_links(book) == []
    assert unrendered(book) == []


def test_a_chapter_left_out_of_the_edition_becomes_plain_text(
    template: Path, tmp_path: Path
) -> None:
    listed = [{"performance": "Faster"}, "A chapter of my own", {"api_conversion": "The API"}]

    book = render(template, tmp_path / "book", chapters=listed, appendices="none")

    assert sorted(path.name for path in (book / "chapters").iterdir()) == [
        "01_performance",
        "02_a_chapter_of_my_own",
        "03_api_conversion",
    ]
    assert broken_links(book) == []
    own = (book / "chapters/02_a_chapter_of_my_own/chapter.md").read_text(encoding="utf-8")
    assert "# A chapter of my own" in own
    api = (book / "chapters/03_api_conversion/README.md").read_text(encoding="utf-8")
    assert api.startswith("# Chapter 3: The API\n")
    assert "Before: [Chapter 2, A chapter of my own](../02_a_chapter_of_my_own/README.md)" in api


def test_parts_group_the_chapter_guide(template: Path, tmp_path: Path) -> None:
    parts = [{"Why": "executive_summary"}, {"How": "database_migration"}]

    book = render(template, tmp_path / "book", parts=parts)

    readme = (book / "README.md").read_text(encoding="utf-8")
    why, how = readme.index("### Why"), readme.index("### How")
    assert why < readme.index("Chapter 2:") < how < readme.index("Chapter 3:")
    assert outline(book)["parts"] == [
        {"title": "Why", "first": "executive_summary"},
        {"title": "How", "first": "database_migration"},
    ]


def test_structure_only_is_folders_that_git_keeps(template: Path, tmp_path: Path) -> None:
    book = render(template, tmp_path / "book", commit=True, structure_only=True)

    kept = {name for name in files(book) if name != ".copier-answers.yml"}
    assert {Path(name).name for name in kept} == {".gitkeep"}
    folders = {str(Path(name).parent) for name in kept}
    assert len(folders) >= 40
    assert {f"{parent}/{name}" for parent, names in FOLDERS.items() for name in names} <= {
        *folders,
        "chapters/appendices",
    }
    assert set(git(book, "ls-files").splitlines()) == {*kept, ".copier-answers.yml"}


@pytest.mark.parametrize(
    ("file", "line", "sentence"),
    [
        (
            "README.md.jinja",
            "{{ link('api_convertion') }}",
            "template/README.md.jinja: No chapter has the id 'api_convertion'; "
            "did you mean 'api_conversion'?",
        ),
        ("README.md.jinja", "{{ nothing_of_this_name }}", "'nothing_of_this_name' is undefined"),
    ],
)
def test_an_unknown_name_stops_the_render(
    template: Path, tmp_path: Path, file: str, line: str, sentence: str
) -> None:
    broken = tmp_path / "template"
    shutil.copytree(template, broken)
    with (broken / "template" / file).open("a", encoding="utf-8") as text:
        text.write(line + "\n")

    result = copier("copy", "--trust", "--defaults", "-q", "-r", "HEAD", broken, tmp_path / "book")

    assert result.returncode == 1
    assert sentence in result.stderr
    assert not (tmp_path / "book").exists()


def test_the_questions_of_the_readme_are_those_of_the_template() -> None:
    questions = [
        name
        for name in yaml.safe_load((ROOT / "copier.yml").read_text(encoding="utf-8"))
        if not name.startswith("_") and name != "answers_checked"
    ]
    documented = re.findall(r"^\| `(\w+)` \|", (ROOT / "README.md").read_text("utf-8"), re.M)

    assert documented == questions
