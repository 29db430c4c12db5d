"""A build does what must be done and nothing else, and whatever stops it, nothing is lost."""

from __future__ import annotations

import random
import re
import shutil
import signal
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest

from tests.support import BUILD, FIRST, FORMATS, ROOT, build, files_of, make_book, run, write
from tools.build_scripts.workers import Pool

ALL = tuple(argument for format in FORMATS for argument in ("--format", format))
READ_ANEW = re.compile(r"\((\d+) read anew\)")


def book_with_references(root: Path) -> Path:
    """Write a book whose first chapter refers to a figure of its second."""
    book = make_book(root)
    write(book / "chapters" / "01_first" / "chapter.md", f"{FIRST}\nSee @fig-pool and @sec-end.\n")
    second = book / "chapters" / "02_second" / "chapter.md"
    text = second.read_text(encoding="utf-8").replace("last\n\n| a", "last {#sec-end}\n\n| a", 1)
    picture = "![A pool](../../assets/images/a%20pixel.png){#fig-pool}"
    write(second, f"{text}\n{picture}\n")
    links = FIRST.replace("#the-end--at-last", "#sec-end")
    write(book / "chapters" / "01_first" / "chapter.md", f"{links}\nSee @fig-pool, @sec-end.\n")
    return book


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book, built in every format."""
    book = book_with_references(tmp_path_factory.mktemp("engine") / "book")
    done = build(book, *ALL)
    assert done.returncode == 0, done.stderr
    return book


@pytest.fixture
def book(built: Path, tmp_path: Path) -> Path:
    """A copy of the book, with what was built and kept of it."""
    copy = tmp_path / "book"
    shutil.copytree(built, copy)
    assert build(copy, *ALL).returncode == 0
    return copy


def read_anew(done: subprocess.CompletedProcess[str]) -> int:
    assert done.returncode == 0, done.stderr
    found = READ_ANEW.search(done.stdout)
    return int(found[1]) if found else 0


def changed(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    names = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    return {name for name in names if not name.endswith(".buildinfo")}


def test_cold_cached_parallel_and_serial_builds_are_the_same_bytes(
    book: Path, tmp_path: Path
) -> None:
    expected = files_of(book / "book_build")

    for number, options in enumerate(
        (["--no-cache"], ["--jobs", "1"], ["--no-cache", "--jobs", "1"], ["--jobs", "7"])
    ):
        output = tmp_path / f"out{number}"
        done = build(book, *ALL, "--output", output, *options)
        assert done.returncode == 0, done.stderr
        assert files_of(output) == expected, options


def test_a_build_with_nothing_to_do_says_so_and_changes_nothing(book: Path) -> None:
    before = files_of(book / "book_build")
    inodes = {path: path.stat().st_ino for path in (book / "book_build").rglob("*")}

    done = build(book, *ALL)

    assert done.returncode == 0
    assert "Nothing changed" in done.stdout
    assert files_of(book / "book_build") == before
    assert {path: path.stat().st_ino for path in (book / "book_build").rglob("*")} == inodes


def test_a_file_that_was_changed_or_deleted_after_the_build_is_built_again(book: Path) -> None:
    expected = files_of(book / "book_build")
    page = book / "book_build" / "html" / "first.html"
    page.write_bytes(page.read_bytes() + b"<!-- mine -->")
    (book / "book_build" / "html" / "second.html").unlink()
    (book / "book_build" / "pdf" / "tiny.pdf").unlink()

    assert build(book, *ALL).returncode == 0
    assert files_of(book / "book_build") == expected


def test_one_character_changes_the_pages_that_must_change(book: Path) -> None:
    before = files_of(book / "book_build" / "html")
    third = book / "chapters" / "03_third" / "chapter.md"
    write(third, third.read_text(encoding="utf-8") + "\nA word.\n")

    done = build(book, "--format", "html")

    assert read_anew(done) == 1
    after = files_of(book / "book_build" / "html")
    whole = {"print.html", "status.html", "assets/_theme/search-index.js"}
    assert changed(before, after) == {"third.html"} | whole
    write(third, third.read_text(encoding="utf-8").replace("\nA word.\n", ""))
    assert build(book, "--format", "html").returncode == 0
    assert files_of(book / "book_build" / "html") == before


def test_a_number_that_moves_changes_the_pages_that_refer_to_it(book: Path) -> None:
    second = book / "chapters" / "02_second" / "chapter.md"
    picture = "![Another](../../assets/images/a%20pixel.png){#fig-before}\n"
    text = second.read_text(encoding="utf-8")
    before = files_of(book / "book_build" / "html")

    write(second, text.replace("Back to", f"{picture}\nBack to"))
    done = build(book, "--format", "html")

    assert read_anew(done) == 1
    after = files_of(book / "book_build" / "html")
    pages = {name for name in changed(before, after) if name.endswith(".html")}
    assert pages == {"first.html", "second.html", "print.html", "status.html"}
    assert "Figure\u00a02.2" in after["first.html"].decode("utf-8")


def test_a_page_of_a_chapter_that_is_gone_is_gone(book: Path) -> None:
    text = (book / "book.yml").read_text(encoding="utf-8")
    (book / "book.yml").write_text(text.replace("page: third.html", "page: last.html"), "utf-8")

    assert build(book, "--format", "html").returncode == 0

    names = files_of(book / "book_build" / "html").keys()
    assert "last.html" in names
    assert "third.html" not in names


def test_what_was_kept_of_a_chapter_can_be_lost(book: Path) -> None:
    expected = files_of(book / "book_build")
    for number, path in enumerate(sorted((book / ".book_cache").rglob("*"))):
        if path.is_file() and number % 3 == 0:
            path.unlink()
    write(book / "src" / "app.py", "print('hello')\n")

    assert build(book, *ALL).returncode == 0
    assert files_of(book / "book_build") == expected


def test_the_date_of_a_build_is_told_to_it(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    before = files_of(book / "book_build")

    assert build(book, *ALL, "--output", tmp_path / "a").returncode == 0
    assert build(book, *ALL, "--output", tmp_path / "b", "--no-cache").returncode == 0

    assert files_of(tmp_path / "a") == files_of(tmp_path / "b")
    assert files_of(tmp_path / "a")["pdf/tiny.pdf"] != before["pdf/tiny.pdf"]


def test_killed_builds_leave_whole_ones(book: Path) -> None:
    site = book / "book_build"
    chapter = book / "chapters" / "03_third" / "chapter.md"
    whole = [files_of(site)]
    texts = ["# Third\n\nOne state.\n", "# Third\n\nAnother state.\n"]
    for text in texts:
        write(chapter, text)
        assert build(book, "--format", "html", "--format", "markdown").returncode == 0
        whole.append(files_of(site))
    chance = random.Random(4)
    command = [sys.executable, str(BUILD), "--book", str(book), "-f", "html", "-f", "markdown"]
    for number in range(50):
        write(chapter, texts[number % 2])
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.02, 0.5))
        process.send_signal(chance.choice([signal.SIGKILL, signal.SIGTERM, signal.SIGINT]))
        process.wait()
        for format in ("html", "markdown"):
            now = files_of(site / format)
            assert now in [files_below(state, format) for state in whole], number
    assert build(book, "--format", "html", "--format", "markdown").returncode == 0
    assert files_of(site) == whole[2]
    assert not [path for path in site.iterdir() if path.name.startswith(".")]


def test_what_a_killed_build_left_is_cleared_up_though_nothing_changed(book: Path) -> None:
    site, chapter = book / "book_build", book / "chapters" / "03_third" / "chapter.md"
    text = chapter.read_text("utf-8")
    assert build(book, "--format", "html").returncode == 0
    write(chapter, f"{text}\nMore.\n")
    process = subprocess.Popen([sys.executable, str(BUILD), "--book", str(book), "-f", "html"])
    while not list(site.glob(".building-*")):
        assert process.poll() is None
    process.kill()
    process.wait()
    write(chapter, text)

    assert build(book, "--format", "html").returncode == 0

    assert not list(site.glob(".building-*"))


def files_below(files: dict[str, bytes], directory: str) -> dict[str, bytes]:
    start = f"{directory}/"
    return {name[len(start) :]: data for name, data in files.items() if name.startswith(start)}


def test_a_worker_that_dies_or_hangs_costs_its_job_only(tmp_path: Path) -> None:
    script = tmp_path / "worker.lua"
    script.write_text(
        "io.read('L')\n"
        "for line in io.lines() do\n"
        "  if line:find('die') then error('it died') end\n"
        "  if line:find('hang') then while true do end end\n"
        "  io.write('{\"said\":', line, '}\\n')\n"
        "  io.flush()\n"
        "end\n"
    )
    jobs: list[dict[str, object]] = [{"n": 1}, {"n": "die"}, {"n": 2}, {"n": "hang"}, {"n": 3}]

    with Pool(str(script), {}, 2, seconds=5) as pool:
        answers = pool.run(jobs)

    assert [answer.get("said") for answer in answers[::2]] == [{"n": 1}, {"n": 2}, {"n": 3}]
    assert "it died" in answers[1]["error"]
    assert answers[3]["error"] == "it takes longer than 5 seconds"


@pytest.mark.skipif(not shutil.which("git"), reason="needs Git")
def test_the_cache_is_not_seen_by_git(book: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=book, check=True)
    status = subprocess.run(
        ["git", "status", "--porcelain", "--untracked-files=all"],
        cwd=book,
        capture_output=True,
        text=True,
        check=True,
    )

    assert ".book_cache" not in status.stdout


def test_a_messy_manuscript_is_built(tmp_path: Path) -> None:
    book = make_book(tmp_path / "book")
    noise = random.Random(5).randbytes(5_000_000)
    picture = book / "assets" / "images" / "large picture.png"
    picture.write_bytes(large_png(noise))
    deep = "\n".join(f"{'  ' * level}- level {level}" for level in range(30))
    messy = "\n".join(
        [
            "\ufeff# Messy\r",
            "Vec<dyn Fn()>, <unknown> and &lt;known&gt;; a & b < c > d; 100 % $5 and $6 #1 @2 ~x\r",
            "##### Waiting\tlevels skipped 🚀 {#waiting}",
            '```whatever title="x.y" {1,3}\n\tindented by a tab\n```',
            "```\nnothing named\n```",
            "<!-- a comment\nof two lines --> and after it",
            "![Large](<../../assets/images/large picture.png>)",
            "[the first](../01_first/chapter.md) [itself](chapter.md) [folder](../01_first/)",
            deep,
            "***",
            "| a | b |\n|--|--|\n| only one |\n| `a|b` | c | d |",
            "Line one  \nline two\\\nline three",
            "http://example.org/a_b_c?d=e&f=g and user@example.org",
            "- [ ] task\n* other sign\n+ third sign",
            "1) one\n2) two",
            "Term\n: definition",
            "*un **balanced* emphasis** _and_ __so on__ `code",
        ]
    )
    chapter = book / "chapters" / "01_first" / "chapter.md"
    chapter.write_bytes(messy.replace("\n\n", "\r\n\r\n").encode())

    done = build(book, *ALL)

    assert done.returncode == 0, done.stderr
    page = (book / "book_build" / "html" / "first.html").read_text(encoding="utf-8")
    assert "Vec&lt;dyn Fn()&gt;" in page
    assert "<h2" in page
    assert "\tindented by a tab" in page
    assert "level 29" in page
    assert "a comment" not in page
    assert (book / "book_build" / "html" / "assets" / "images" / "large picture.png").is_file()


def large_png(noise: bytes) -> bytes:
    """Return a picture of grey noise, which nothing packs."""
    width = 2000
    rows = len(noise) // width
    lines = b"".join(b"\0" + noise[row * width : (row + 1) * width] for row in range(rows))

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data).to_bytes(4, "big")
        return len(data).to_bytes(4, "big") + kind + data + check

    head = width.to_bytes(4, "big") + rows.to_bytes(4, "big") + b"\x08\0\0\0\0"
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines, 1)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def test_other_tools_build_everything_again(book: Path, tmp_path: Path) -> None:
    before = files_of(book / "book_build" / "html")
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    search = tmp_path / "tools" / "build_scripts" / "search.py"
    write(
        search,
        search.read_text(encoding="utf-8").replace('"var bookIndex = ', '"var bookIndex =  '),
    )

    done = run(tmp_path / "tools" / "build_scripts" / BUILD.name, "--book", book, "-f", "html")

    assert read_anew(done) == 0
    after = files_of(book / "book_build" / "html")
    assert changed(before, after) == {"assets/_theme/search-index.js"}
