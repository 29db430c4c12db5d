"""The tools build a book, every link in it leads somewhere, and what is wrong is told."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import msgspec.json
import msgspec.yaml
import pytest

from tests.support import (
    ARABIC,
    BUILD,
    FIRST,
    FORMATS,
    HOSTILE,
    LONG,
    OWN_PAGES,
    RENAMED,
    ROOT,
    VALIDATE,
    Page,
    book_data,
    build,
    dead_links,
    entry,
    files_of,
    github_slug,
    make_book,
    read_site,
    run,
    write,
)
from tools.build_scripts import book as books
from tools.build_scripts import source


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book, built in every format."""
    book = make_book(tmp_path_factory.mktemp("tiny") / "book")
    formats = (argument for format in FORMATS for argument in ("--format", format))
    done = build(book, *formats)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return book


def test_the_website_has_a_page_for_each_chapter(tiny: Path) -> None:
    pages, files = read_site(tiny / "book_build" / "html")

    written = {"first.html", "second.html", "third.html", "tools.html"}
    assert set(pages) == written | OWN_PAGES
    assert "assets/images/a pixel.png" in files
    assert list(dead_links(pages, files)) == []


def test_the_website_numbers_headings_and_keeps_titles(tiny: Path) -> None:
    pages, _ = read_site(tiny / "book_build" / "html")

    assert pages["first.html"].headings == [HOSTILE, "1.1 Waiting", "1.1.1 Deeper", "Unnumbered"]
    assert pages["second.html"].headings[0] == ARABIC
    assert pages["third.html"].headings == [LONG]
    assert pages["tools.html"].headings == ["Tools", "A.1 One"]
    assert "Appendix A" in pages["tools.html"].text
    assert "Vec<dyn Fn()> are text" in pages["first.html"].text


def test_links_between_chapters_lead_to_pages_and_fragments(tiny: Path) -> None:
    pages, _ = read_site(tiny / "book_build" / "html")
    addresses = [unquote(address) for address in pages["first.html"].addresses]

    assert "second.html#second-the-end--at-last" in addresses
    assert "second.html#tbl-numbers" in addresses
    assert "#first-waiting" in addresses
    assert "https://github.com/ada/tiny/blob/HEAD/src/app.py" in addresses
    assert addresses.count("second.html") >= 2  # the chapter, and its overview


def test_the_website_asks_nothing_of_other_hosts(tiny: Path) -> None:
    for name, data in files_of(tiny / "book_build" / "html").items():
        if name.endswith((".html", ".css", ".js")):
            text = data.decode("utf-8")
            assert 'src="http' not in text, name
            assert "url(http" not in text, name


def test_search_knows_every_section(tiny: Path) -> None:
    text = (tiny / "book_build" / "html" / "assets" / "_theme" / "search-index.js").read_text(
        "utf-8"
    )
    pages = msgspec.json.decode(text.removeprefix("var bookIndex = ").removesuffix(";\n"))

    assert [page[:2] for page in pages] == [
        ["first.html", f"1 {HOSTILE}"],
        ["second.html", f"2 {ARABIC}"],
        ["third.html", f"3 {LONG}"],
        ["tools.html", "Appendix A: Tools"],
    ]
    first = pages[0]
    assert first[3:5] == ["first-waiting", "1.1 Waiting"]
    assert first[5].startswith(
        "Stray generics such as Vec<dyn Fn()> are text. The formula e=mc2 is"
    )
    assert 'print("![not an image](nowhere.png)")' in first[5]
    assert first[6:8] == ["first-deeper", "1.1.1 Deeper"]


def test_one_page_holds_the_whole_book(tiny: Path) -> None:
    text = (tiny / "book_build" / "html" / "print.html").read_text("utf-8")
    page = Page(text)

    titles = [HOSTILE, ARABIC, LONG, "Tools"]
    assert [heading for heading in page.headings if heading in titles] == titles
    assert not [address for address in page.addresses if address.startswith("second.html")]
    ids = re.findall(r'<[^>]* id="([^"]*)"', text)
    assert [id for id, count in Counter(ids).items() if count > 1] == []


def test_the_epub_is_complete(tiny: Path) -> None:
    with zipfile.ZipFile(tiny / "book_build" / "epub" / "tiny.epub") as archive:
        names = archive.namelist()
        texts = {
            name: archive.read(name).decode("utf-8") for name in names if name.endswith(".xhtml")
        }
        package = archive.read("EPUB/content.opf").decode("utf-8")
    pages = {name: Page(text) for name, text in texts.items()}

    assert names[0] == "mimetype"
    assert list(dead_links(pages, set(names))) == []
    contents = pages["EPUB/nav.xhtml"].text
    assert f"1 {HOSTILE}" in contents
    assert f"2 {ARABIC}" in contents
    assert "Part I: Beginnings" in contents
    assert "Appendix A: Tools" in contents
    assert "1.1 Waiting" in contents
    assert "<dc:language>en</dc:language>" in package
    assert "<dc:creator" in package
    assert "urn:uuid:" in package


def test_the_pdf_is_one(tiny: Path) -> None:
    assert (tiny / "book_build" / "pdf" / "tiny.pdf").read_bytes().startswith(b"%PDF-")


def test_links_in_the_markdown_work_on_github(tiny: Path) -> None:
    directory = tiny / "book_build" / "markdown"
    text = (directory / "tiny.md").read_text(encoding="utf-8")
    plain = [
        line.lstrip("#").strip().replace("\\", "").replace("`", "").replace("*", "")
        for line in text.splitlines()
        if line.startswith("#")
    ]
    seen: Counter[str] = Counter()
    slugs = {github_slug(heading, seen) for heading in plain} | {"tbl-numbers"}
    wanted = {part.partition(")")[0] for part in text.split("](#")[1:]}

    assert "11-waiting" in wanted
    assert "22-the-end--at-last" not in wanted - slugs
    assert wanted <= slugs
    assert '<a id="tbl-numbers"></a>' in text
    assert (directory / "assets" / "images" / "a pixel.png").is_file()
    assert "> [!WARNING]" in text


def test_two_builds_are_the_same_bytes(tiny: Path, tmp_path: Path) -> None:
    formats = ("--format", "html", "--format", "epub", "--format", "markdown")
    assert build(tiny, *formats, "--output", tmp_path / "out", "--jobs", "1").returncode == 0

    for format in ("html", "epub", "markdown"):
        again = files_of(tmp_path / "out" / format)
        assert again == files_of(tiny / "book_build" / format)


@pytest.fixture(scope="module")
def renamed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book with a chapter and an appendix that had other ids, built in every format."""
    book = make_renamed_book(tmp_path_factory.mktemp("renamed") / "book", RENAMED)
    done = build(book, *(argument for format in FORMATS for argument in ("--format", format)))
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return book


def make_renamed_book(root: Path, text: str) -> Path:
    first, second, third = book_data()["chapters"]
    tools = book_data()["appendices"][0]
    make_book(
        root,
        language="de",
        chapters=[first, second | {"was": ["erste", "überblick"]}, third],
        appendices=[tools | {"was": ["9tools"]}],
    )
    write(root / "chapters" / "02_second" / "chapter.md", text)
    links = "[old](../02_second/chapter.md#old-title) [chapter](../02_second/chapter.md#sec-erste)"
    write(root / "chapters" / "01_first" / "chapter.md", f"# First\n\n{links}\n")
    return root


def test_former_pages_lead_to_the_chapter(renamed: Path) -> None:
    pages, files = read_site(renamed / "book_build" / "html")
    names = {"index.html", "first.html", "second.html", "third.html", "tools.html"}
    former = {"erste.html": "second.html", "überblick.html": "second.html"}
    former["9tools.html"] = "tools.html"

    assert set(pages) == names | OWN_PAGES | set(former)
    assert list(dead_links(pages, files)) == []
    for name in names:
        assert not any(address.startswith(tuple(former)) for address in pages[name].addresses)
    for name, target in former.items():
        text = files_of(renamed / "book_build" / "html")[name].decode("utf-8")
        assert f'<meta http-equiv="refresh" content="0; url={target}">' in text
        assert f'<link rel="canonical" href="https://ada.github.io/tiny/{target}">' in text
        assert f'<a href="{target}">' in text
        assert '<meta name="robots" content="noindex">' in text
        assert '<html lang="de" dir="ltr">' in text
        assert pages[name].headings == ["Diese Seite ist umgezogen"]


@pytest.mark.parametrize(
    ("page", "former", "now"),
    [
        ("erste.html", "#erste-new", "#second-new"),
        ("erste.html", "#erste-old-title", "#second-old-title"),
        ("erste.html", "#sec-erste", "#sec-erste"),
        ("erste.html", "#sec-six", "#sec-six"),
        ("überblick.html", "#%C3%BCberblick-vier", "#second-vier"),
        ("9tools.html", "#s9tools-one", "#tools-one"),
    ],
)
def test_fragments_of_former_pages_lead_to_a_place(
    renamed: Path, page: str, former: str, now: str
) -> None:
    pages, _ = read_site(renamed / "book_build" / "html")
    text = (renamed / "book_build" / "html" / page).read_text(encoding="utf-8")

    script = re.search(
        r'location\.replace\("(.+?)" \+ location\.hash\.replace\(/(.+?)/i, "(.+?)"\)\);', text
    )

    assert script
    target, pattern, prefix = script.groups()
    assert re.sub(pattern, prefix, former) == now
    assert unquote(now[1:]) in pages[target].ids


def test_former_ids_of_headings_stay_alive(renamed: Path) -> None:
    output = renamed / "book_build"
    pages, _ = read_site(output / "html")
    with zipfile.ZipFile(output / "epub" / "tiny.epub") as archive:
        chapter = archive.read("EPUB/text/second.xhtml").decode("utf-8")
        contents = archive.read("EPUB/nav.xhtml").decode("utf-8")
    markdown = (output / "markdown" / "tiny.md").read_text(encoding="utf-8")
    former = {
        *("sec-erste", "sec-überblick", "sec-old", "second-sec-old", "second-old", "second-vier"),
        *("second-old-title", "second-überblick", "second-fünf", "second-fig-trees"),
        *("second-zitat", "second-underlined"),
    }

    assert former <= pages["second.html"].ids
    assert former <= Page(chapter).ids
    assert all(f'<a id="{id}"></a>' in markdown for id in former)
    for text in (chapter, contents, markdown, *(page.text for page in pages.values())):
        assert "was-" not in text
    assert "was-" not in (output / "html" / "second.html").read_text(encoding="utf-8")


def test_links_to_former_ids_lead_to_the_heading(renamed: Path) -> None:
    output = renamed / "book_build"
    pages, _ = read_site(output / "html")
    markdown = (output / "markdown" / "tiny.md").read_text(encoding="utf-8")
    links = [unquote(address) for address in pages["second.html"].addresses]
    title = "#2-مقدمة-في-البرمجة"

    assert {"#second-new-title", "#second-new", "#sec-six", "#second-quoted"} <= set(links)
    assert "second.html#second-new-title" in pages["first.html"].addresses
    assert f"[Title]({title}), [old](#21-new-title), [label](#211-named-again)" in markdown
    assert f"[chapter]({title}), [quoted](#quoted)" in markdown
    assert f"[old](#21-new-title) [chapter]({title})" in markdown


def test_words_of_a_heading_can_have_an_id(tmp_path: Path) -> None:
    book = make_book(tmp_path / "book")
    write(book / "chapters" / "03_third" / "chapter.md", "# T\n\n[it](#b)\n\n## A [b]{#b}\n")

    done = build(book, "--format", "pdf", "--format", "markdown")

    assert done.returncode == 0, done.stderr
    markdown = (book / "book_build" / "markdown" / "tiny.md").read_text(encoding="utf-8")
    assert "[it](#third-b)" in markdown
    assert '<a id="third-b"></a>' in markdown


def test_a_former_id_changes_nothing_else(renamed: Path, tmp_path: Path) -> None:
    text = re.sub(r'\s*(?:\.was-[^\s}]+|class="was-zitat")', "", RENAMED).replace("{}", "")
    text = re.sub(r"(?s)\[Title.*?\(#zitat\)\.", "Links.", text)
    plain = make_renamed_book(tmp_path / "book", text)
    chapter = plain / "chapters" / "01_first" / "chapter.md"
    write(chapter, chapter.read_text(encoding="utf-8").replace("old-title", "new-title"))

    assert build(plain).returncode == 0
    before, _ = read_site(plain / "book_build" / "html")
    after, _ = read_site(renamed / "book_build" / "html")
    assert after["second.html"].headings == before["second.html"].headings
    assert before["second.html"].ids <= after["second.html"].ids


def test_a_renamed_book_is_valid_and_built_the_same_again(renamed: Path, tmp_path: Path) -> None:
    write(
        renamed / "docs" / "guide.md",
        "# Guide\n\n[old](../chapters/02_second/chapter.md#old-title)\n",
    )
    formats = (argument for format in FORMATS for argument in ("--format", format))

    assert run(VALIDATE, "--book", renamed).returncode == 0
    assert build(renamed, *formats, "--output", tmp_path, "--jobs", "1").returncode == 0
    assert files_of(tmp_path) == files_of(renamed / "book_build")


@pytest.mark.parametrize(
    ("text", "lines", "sentence"),
    [
        ("# T\n\n## New {.was-old}\n\n## Old\n", {3}, "the former id 'old' is in use"),
        ("# T\n\n## New {#old .was-old}\n", {3}, "the former id 'old' is in use"),
        ("# T\n\n## A {.was-x}\n\nText was-x.\n\n## B {.was-x-y .was-x}\n", {3, 7}, "'x' is in"),
        ("# T\n\n## A {.was-x}\n\n| a |\n|---|\n| 1 |\n\n: T. {#x}\n", {3}, "'x' is in use"),
        ("# Setup\n\n## A {.was-setup}\n", {3}, "'setup' is in use"),
        ("# T\n\n## A {.was-sec-first}\n", {3}, "'sec-first' is in use"),
        ("# T\n\n## A {.was-sec-erste}\n", {3}, "'sec-erste' is in use"),
        ("# T\n\n## A {#sec-erste}\n", {3}, "the label 'sec-erste' is used 2 times"),
        ("# T\n\n## A {.was-}\n", {3}, "'.was-' names no former id"),
        ("# T\n\n## A {.was-x,.was-y}\n", {3}, "is not read as a class"),
        ("# T {.was-x} T {.was-é,}\n\nText.\n", {1}, "is not read as a class"),
    ],
)
def test_a_former_id_that_cannot_be_kept_is_told(
    tmp_path: Path, text: str, lines: set[int], sentence: str
) -> None:
    book = make_renamed_book(tmp_path / "book", text)
    write(book / "chapters" / "01_first" / "chapter.md", "# First\n\nText.\n")

    done = build(book)

    assert done.returncode == 1
    told = [line for line in done.stderr.splitlines() if not line.endswith(" problems.")]
    assert {line.partition(": ")[0] for line in told} == {
        f"chapters/02_second/chapter.md:{line}" for line in lines
    }
    assert all(sentence in line for line in told)


def test_a_heading_of_a_chapter_is_closer_than_a_former_label(tmp_path: Path) -> None:
    book = make_renamed_book(tmp_path / "book", "# T\n\n## Now {.was-fig-trees}\n")
    link = "[trees](../appendices/a_tools/chapter.md#fig-trees)"
    write(book / "chapters" / "01_first" / "chapter.md", f"# First\n\n{link}\n")
    write(book / "chapters" / "appendices" / "a_tools" / "chapter.md", "# Tools\n\n## Fig trees\n")

    assert build(book).returncode == 0
    pages, _ = read_site(book / "book_build" / "html")
    assert "tools.html#tools-fig-trees" in pages["first.html"].addresses


def test_every_language_has_all_words() -> None:
    words = msgspec.yaml.decode((BUILD.parent / "words.yml").read_bytes())

    # These are pandoc's in every other language.
    of_pandoc = {"Appendix", "Chapter", "Contents", "Figure", "Index", "Listing", "Part"}
    of_pandoc |= {"References", "Table"}
    for language, known in words.items():
        assert set(words["en"]) - of_pandoc <= set(known), language


def test_words_around_the_text_are_in_the_language_of_the_book(tmp_path: Path) -> None:
    book = make_book(tmp_path / "book", language="de-AT", repository=None)

    assert build(book).returncode == 0
    page = (book / "book_build" / "html" / "first.html").read_text(encoding="utf-8")
    assert '<html lang="de-AT" dir="ltr">' in page
    assert "Kapitel 1" in page
    assert "<p>Warnung</p>" in page
    # Without a repository there is nothing to link to: the file is named.
    assert "the code (<code>src/app.py</code>)" in page


def test_all_problems_are_told_at_once_and_the_last_build_stays(tmp_path: Path) -> None:
    book = make_book(tmp_path / "book")
    assert build(book).returncode == 0
    before = files_of(book)
    chapter = book / "chapters" / "01_first" / "chapter.md"
    bad = FIRST.replace("a%20pixel.png", "gone.png").replace("#waiting", "#waitin")
    chapter.write_bytes(b"\xef\xbb\xbf" + bad.replace("\n", "\r\n").encode())
    write(book / "chapters" / "02_second" / "chapter.md", "# Only a title\n")
    (book / "chapters" / "03_third" / "chapter.md").unlink()

    done = build(book)

    assert done.returncode == 1
    assert done.stdout == ""
    told = done.stderr.splitlines()
    name = "chapters/01_first/chapter.md"
    assert f"{name}:9: the link '#waitin' leads to no heading" in done.stderr
    assert "did you mean '#waiting'?" in done.stderr
    assert f"{name}:28: image '../../assets/images/gone.png' does not exist" in done.stderr
    assert any(line.startswith("chapters/02_second/chapter.md: the chapter is") for line in told)
    assert any(line.startswith("chapters/03_third/chapter.md: does not exist") for line in told)
    after = files_of(book)
    built = {path for path in before if path.startswith("book_build/")}
    assert {path for path in after if path.startswith("book_build/")} == built
    assert all(after[path] == before[path] for path in built)


def test_a_format_that_fails_leaves_the_others_as_they_were(tmp_path: Path) -> None:
    book = make_book(tmp_path / "book")
    chapter = book / "chapters" / "appendices" / "a_tools" / "chapter.md"
    write(chapter, "# Tools\n\nLinear A, which no font has: \U00010600.\n")

    done = build(book, "--format", "html", "--format", "pdf")

    assert done.returncode == 1
    assert "chapters/appendices/a_tools/chapter.md:3: " in done.stderr
    assert not (book / "book_build").exists()


def test_a_directory_of_somebody_else_is_not_replaced(tmp_path: Path) -> None:
    book = make_book(tmp_path / "book")
    write(tmp_path / "out" / "html" / "mine.txt", "Mine.\n")

    done = build(book, "--output", tmp_path / "out")

    assert done.returncode == 1
    assert "holds files that were not built here" in done.stderr
    assert files_of(tmp_path / "out") == {"html/mine.txt": b"Mine.\n"}


def test_the_placeholder_of_an_output_directory_is_kept(tmp_path: Path) -> None:
    book = make_book(tmp_path / "book")
    write(book / "book_build" / "html" / ".gitkeep", "")

    assert build(book).returncode == 0
    assert (book / "book_build" / "html" / ".gitkeep").is_file()
    assert [path.name for path in (book / "book_build").iterdir()] == ["html"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"schema": 2}, "$.schema"),
        ({"chapters": [entry("a", 1, "1", "A", "chapters/01_a") | {"number": "1"}]}, ".number"),
        ({"colour": "red"}, "colour"),
        ({"parts": [{"title": "P", "first": "nobody"}]}, "nobody"),
        ({"appendices": [entry("x", 1, "A", "X", "x") | {"was": ["a b"]}]}, ".was[0]"),
        ({"appendices": [entry("x", 1, "A", "X", "x") | {"was": ["first"]}]}, "'first' of 'x'"),
        ({"appendices": [entry("x", 1, "A", "X", "x") | {"was": ["x"]}]}, "'x' of 'x'"),
        ({"appendices": [entry("x", 1, "A", "X", "x") | {"was": ["y", "y"]}]}, "'y'"),
        ({"appendices": [entry("x", 1, "A", "X", "x") | {"was": ["index"]}]}, "index.html"),
        ({"appendices": [entry("print", 1, "A", "X", "x")]}, "print.html"),
    ],
)
def test_a_wrong_book_yml_is_one_sentence(
    tmp_path: Path, change: dict[str, Any], place: str
) -> None:
    done = build(make_book(tmp_path / "book", **change))

    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("book.yml: ")
    assert place in line


def test_comments_and_code_are_not_read_as_text() -> None:
    text = source.parse(
        "# T\n\n<!-- a\nb -->after `<!-- kept -->`\n\n"
        "```\n<!-- code -->\n```\n\n    <!-- code -->\n",
        "chapter.md",
    )

    assert text.text.count("<!--") == 3
    assert "after `<!-- kept -->`" in text.text
    assert text.find("after") == ((4, 1),)
    assert text.find("<!-- code") == ()


def test_a_comment_that_does_not_end_is_told() -> None:
    with pytest.raises(books.BuildError, match=r"^c\.md:2: a comment opens here"):
        source.parse("text\nmore <!-- text\n\nend\n", "c.md")


def test_this_book_builds(tmp_path: Path) -> None:
    done = run(BUILD, "--format", "html", "--output", tmp_path)

    assert done.returncode == 0, done.stderr
    pages, files = read_site(tmp_path / "html")
    book = books.load(ROOT)
    former = {f"{id}.html" for chapter in book.entries for id in chapter.was}
    own = {*OWN_PAGES, *(chapter.page for chapter in book.entries), *former}
    # An index of words is a page where chapters mark some.
    assert set(pages) - {"book-index.html"} == own
    assert list(dead_links(pages, files)) == []
    for chapter in book.entries:
        assert pages[chapter.page].headings[0] == chapter.title


def test_this_book_is_valid() -> None:
    done = run(VALIDATE)

    assert done.returncode == 0, done.stdout + done.stderr


def test_tools_are_told_apart_from_what_they_need(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "tools", tmp_path / "tools")

    done = subprocess.run(
        [sys.executable, "-I", "-S", str(tmp_path / "tools" / "build_scripts" / BUILD.name)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "python -m pip install -r requirements/build.txt" in done.stderr
    assert "Traceback" not in done.stderr
