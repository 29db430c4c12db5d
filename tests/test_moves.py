"""Files follow their chapters through an update, and no word of the author's is lost."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
import yaml
from copier import run_recopy

from tests.repository import git, start_repository
from tests.support import (
    append,
    broken_links,
    commit,
    copier,
    outline,
    render,
    same_files,
    status,
    update,
    write,
)
from tests.versions import NEW_TOOL, OLD_TOOL, release

PROSE = "chapters/03_database_migration/chapter.md"


@pytest.fixture
def own(released: Path, tmp_path: Path) -> Path:
    """Return an own book of three chapters, committed."""
    return render(
        released, tmp_path / "own", commit=True, edition="own", chapters=["One", "Two", "Three"]
    )


@pytest.fixture
def edition(released: Path, tmp_path: Path) -> Path:
    """Return the default book at the first version, committed."""
    return render(released, tmp_path / "edition", commit=True, version="1.0.0")


def chapter_lines(book: Path) -> list[dict[str, str]]:
    return [{entry["id"]: entry["title"]} for entry in outline(book)["chapters"]]


def text(book: Path, path: str) -> str:
    return (book / path).read_bytes().decode()


# --- chapters ----------------------------------------------------------------------------------


def test_all_that_an_author_has_follows_an_inserted_chapter(own: Path) -> None:
    append(own, "chapters/02_two/chapter.md", "\nMy words, see [three](../03_three/chapter.md).\n")
    write(own, "chapters/02_two/notes on ünits.md", "Notes.\n")
    (own / "chapters/02_two/figure.png").write_bytes(b"\x89PNG\0\xff\xfe")
    write(own, "chapters/02_two/run.sh", "#!/bin/sh\n").chmod(0o755)
    (own / "chapters/02_two/latest").symlink_to("notes on ünits.md")
    (own / "chapters/02_two/deliverables/README.md").unlink()
    commit(own)

    update(own, chapters=["Zero", "One", "Two", "Three"])

    assert text(own, "chapters/03_two/chapter.md").endswith(
        "\nMy words, see [three](../04_three/chapter.md).\n"
    )
    assert text(own, "chapters/03_two/notes on ünits.md") == "Notes.\n"
    assert (own / "chapters/03_two/figure.png").read_bytes() == b"\x89PNG\0\xff\xfe"
    assert os.access(own / "chapters/03_two/run.sh", os.X_OK)
    assert (own / "chapters/03_two/latest").readlink().name == "notes on ünits.md"
    assert not (own / "chapters/03_two/deliverables/README.md").exists()
    assert not (own / "chapters/02_two").exists()
    assert (own / "chapters/01_zero/chapter.md").is_file()
    shown = status(own)
    assert shown["chapters/03_two/notes on ünits.md"] == "R"
    assert shown["chapters/03_two/chapter.md"] == "RM"
    assert "U" not in "".join(shown.values())


def test_an_update_says_what_it_did(own: Path, capfd: pytest.CaptureFixture[str]) -> None:
    append(own, "chapters/02_two/chapter.md", "\nMine, as [three](../03_three/chapter.md).\n")
    commit(own)

    update(own, chapters=["Three", "Two", "Four"])

    assert capfd.readouterr().out.splitlines() == [
        "Moved:",
        "  chapters/03_three -> chapters/01_three",
        "New:",
        "  chapters/03_four",
        "Left the outline; you had written nothing in it:",
        "  chapters/01_one",
        "Links rewritten:",
        "  chapters/02_two/chapter.md",
    ]


def test_a_dropped_chapter_waits_in_drafts_and_comes_back(own: Path) -> None:
    prose = append(own, "chapters/02_two/chapter.md", "\nWords to keep.\n").read_text("utf-8")
    write(own, "chapters/02_two/notes.md", "See [the chapter](../03_three/chapter.md).\n")
    commit(own)

    commit(update(own, chapters=["One", "Three"]))

    assert text(own, "drafts/two/chapter.md") == prose
    assert text(own, "drafts/two/notes.md") == (
        "See [the chapter](../../chapters/02_three/chapter.md).\n"
    )
    assert not (own / "drafts/two/README.md").exists(), "it was never changed"

    commit(update(own, chapters=["Two", "One", "Three"]))

    assert text(own, "chapters/01_two/chapter.md") == prose
    assert text(own, "chapters/01_two/notes.md") == ("See [the chapter](../03_three/chapter.md).\n")
    assert not (own / "drafts").exists()


def test_a_link_to_a_dropped_chapter_keeps_what_it_leads_to(own: Path) -> None:
    append(own, "chapters/01_one/chapter.md", "\nSee [two](../02_two/chapter.md).\n")
    commit(own)

    update(own, chapters=["One", "Three"])

    assert "[two](../../drafts/two/chapter.md)" in text(own, "chapters/01_one/chapter.md")
    assert broken_links(own) == []


def test_a_chapter_becomes_an_appendix(own: Path) -> None:
    append(own, "chapters/03_three/chapter.md", "\n[one](../01_one/chapter.md#first-section)\n")
    append(own, "chapters/01_one/chapter.md", "\n![](<../03_three/a b.svg>)\n")
    write(own, "chapters/03_three/a b.svg", "<svg/>")
    commit(own)

    update(own, chapters=["One", "Two"], appendices=["Three"])

    assert text(own, "chapters/appendices/a_three/chapter.md").endswith(
        "\n[one](../../01_one/chapter.md#first-section)\n"
    )
    assert "![](<../appendices/a_three/a b.svg>)" in text(own, "chapters/01_one/chapter.md")
    assert broken_links(own) == []


def test_an_id_is_renamed_and_keeps_its_prose(own: Path) -> None:
    append(own, "chapters/02_two/chapter.md", "\nMine.\n")
    append(own, "chapters/01_one/chapter.md", "\n[two](../02_two/chapter.md)\n")
    commit(own)

    commit(update(own, chapters=["One", {"pools": {"title": "Pools", "was": "two"}}, "Three"]))

    assert text(own, "chapters/02_pools/chapter.md").endswith("\nMine.\n")
    assert "[two](../02_pools/chapter.md)" in text(own, "chapters/01_one/chapter.md")
    assert not (own / "chapters/02_two").exists()
    assert outline(own)["chapters"][1]["was"] == ["two"]
    commit(update(own))
    assert text(own, "chapters/02_pools/chapter.md").endswith("\nMine.\n")


def test_a_renamed_chapter_of_the_edition_keeps_the_editions_prose(edition: Path) -> None:
    prose = text(edition, PROSE)
    lines: list[object] = list(chapter_lines(edition))
    lines[2] = {"storage": {"title": "Storage", "was": "database_migration"}}

    update(edition, "1.0.0", chapters=lines)

    renamed = text(edition, "chapters/03_storage/chapter.md")
    assert renamed.splitlines()[-3:] == prose.splitlines()[-3:]
    assert outline(edition)["chapters"][2]["sections"]


def test_the_hundredth_chapter_widens_every_number(released: Path, tmp_path: Path) -> None:
    titles = [f"About {n}" for n in range(99)]
    book = render(released, tmp_path / "book", commit=True, edition="own", chapters=titles)
    append(book, "chapters/07_about_6/chapter.md", "\nMine: [next](../08_about_7/chapter.md).\n")
    commit(book)

    update(book, chapters=[*titles, "The last"])

    assert text(book, "chapters/007_about_6/chapter.md").endswith(
        "\nMine: [next](../008_about_7/chapter.md).\n"
    )
    assert not (book / "chapters/07_about_6").exists()


def test_ignored_files_follow(own: Path) -> None:
    write(own, "chapters/02_two/.DS_Store", "left by a desktop")
    write(own, "chapters/02_two/__pycache__/x.pyc", "left by Python")

    update(own, chapters=["Two", "One", "Three"])

    assert text(own, "chapters/01_two/.DS_Store") == "left by a desktop"
    assert text(own, "chapters/01_two/__pycache__/x.pyc") == "left by Python"
    assert not (own / "chapters/02_two").exists()


def test_a_text_that_is_a_link_to_another_file_stays_one(own: Path) -> None:
    """Copier writes through such a link, into the file that it leads to."""
    write(own, "texts/two.md", "Kept elsewhere.\n")
    (own / "chapters/02_two/chapter.md").unlink()
    (own / "chapters/02_two/chapter.md").symlink_to("../../texts/two.md")
    commit(own)

    update(own, chapters=["One", "Three"], appendices=["Two"])

    moved = own / "chapters/appendices/a_two/chapter.md"
    assert str(moved.readlink()) == "../../../texts/two.md"
    assert moved.read_text("utf-8") == "Kept elsewhere.\n"


def test_files_of_the_same_content_follow_whatever_they_are_called(own: Path) -> None:
    for name in ("empty.md", "empty.txt", "empty"):
        write(own, f"chapters/01_one/{name}", "")
    write(own, "chapters/02_one/empty.txt", "In the way.\n")
    commit(own)

    update(own, chapters=["Two", "One", "Three"])

    assert [text(own, f"chapters/02_one/{name}") for name in ("empty.md", "empty")] == ["", ""]
    assert text(own, "chapters/02_one/empty.txt") == ""
    assert text(own, "chapters/02_one/empty-2.txt") == "In the way.\n"


def test_a_file_in_the_way_gets_another_name(own: Path) -> None:
    append(own, "chapters/01_one/chapter.md", "\nThe chapter.\n")
    write(own, "chapters/02_one/chapter.md", "A stray of the same name.\n")
    commit(own)

    update(own, chapters=["Two", "One", "Three"])

    assert "The chapter." in text(own, "chapters/02_one/chapter.md")
    assert text(own, "chapters/02_one/chapter-2.md") == "A stray of the same name.\n"


def test_listing_paths_follow_and_code_is_left_alone(own: Path) -> None:
    write(own, "chapters/02_two/notes.py", "x = 1\n")
    before = (
        '\n```{.python include="chapters/02_two/notes.py"}\n```\n'
        "\n    [indented](../02_two/chapter.md)\n"
        '\n`[code](../02_two/chapter.md)` and [`code`](../02_two/chapter.md "A title")\n'
        "\n```markdown\n[sample](../02_two/chapter.md)\n```\n"
        "\n[ref]: ../02_two/chapter.md#top\n\n[^1]: ../02_two/chapter.md\n"
        "\n[web](https://example.org/02_two) [folder](../02_two/) [top](#top)\n"
    )
    append(own, "chapters/01_one/chapter.md", before)
    commit(own)

    update(own, chapters=["One", "New", "Two", "Three"])

    assert text(own, "chapters/01_one/chapter.md").endswith(
        '\n```{.python include="chapters/03_two/notes.py"}\n```\n'
        "\n    [indented](../03_two/chapter.md)\n"
        '\n`[code](../02_two/chapter.md)` and [`code`](../03_two/chapter.md "A title")\n'
        "\n```markdown\n[sample](../02_two/chapter.md)\n```\n"
        "\n[ref]: ../03_two/chapter.md#top\n\n[^1]: ../02_two/chapter.md\n"
        "\n[web](https://example.org/02_two) [folder](../03_two/) [top](#top)\n"
    )


# --- ownership ---------------------------------------------------------------------------------


def test_prose_of_an_own_chapter_is_the_authors_once_it_was_changed(
    released: Path, tmp_path: Path
) -> None:
    answers = {"edition": "own", "chapters": ["One", "Two"]}
    book = render(released, tmp_path / "book", commit=True, version="1.0.0", **answers)
    mine = append(book, "chapters/01_one/chapter.md", "\nMine.\n").read_text("utf-8")
    commit(book)

    update(book, "1.1.0")

    assert text(book, "chapters/01_one/chapter.md") == mine
    assert "A single step of" in text(book, "chapters/02_two/chapter.md")


def test_prose_of_the_edition_is_merged_where_the_chapter_moves(edition: Path) -> None:
    prose = edition / PROSE
    prose.write_text(prose.read_text("utf-8").replace("\n\n", "\n\nMy remark.\n\n", 1), "utf-8")
    commit(edition)
    lines = chapter_lines(edition)

    update(edition, "1.1.0", chapters=[{"first": "First"}, *lines])

    merged = text(edition, "chapters/04_database_migration/chapter.md")
    assert "My remark." in merged
    assert "A remark of the second version." in merged
    assert "<<<<" not in merged


def test_a_computed_file_is_computed_and_the_authors_version_kept(own: Path) -> None:
    append(own, "book.yml", "# My remark.\n")
    append(own, "chapters/02_two/README.md", "\nMine: [text](chapter.md).\n")
    commit(own)

    update(own, chapters=["Two", "One", "Three"])

    assert "My remark" not in text(own, "book.yml")
    assert text(own, "drafts/replaced/book.yml").endswith("# My remark.\n")
    assert text(own, "drafts/replaced/chapters/01_two/README.md").endswith(
        "\nMine: [text](../../../../chapters/01_two/chapter.md).\n"
    )
    assert broken_links(own) == []


def test_the_copy_of_a_computed_file_has_links_that_lead_somewhere(own: Path) -> None:
    """Also when no chapter moves, and nothing else needs another link."""
    append(own, "chapters/02_two/README.md", "\nMine.\n")
    commit(own)

    update(own)

    assert "Mine." in text(own, "drafts/replaced/chapters/02_two/README.md")
    assert broken_links(own) == []


def test_what_the_template_drops_goes_unless_it_was_changed(edition: Path) -> None:
    commit(update(edition, "1.1.0"))
    kept = Path(shutil.copytree(edition, edition.with_name("kept")))
    append(kept, "tools/validation/README.md", "\nMine.\n")
    commit(kept)

    update(edition, "1.2.0")
    update(kept, "1.2.0")

    assert not (edition / "tools/validation/README.md").exists()
    assert text(kept, "tools/validation/README.md").endswith("\nMine.\n")


def test_edits_follow_a_file_that_the_template_renamed(edition: Path) -> None:
    append(edition, OLD_TOOL, "\n# Mine.\n")
    tool = edition / OLD_TOOL
    tool.write_text("# Above.\n" + tool.read_text("utf-8").removesuffix("\n# Mine.\n"), "utf-8")
    write(edition, "docs/notes.md", f"[the tool](../{OLD_TOOL})\n")
    commit(edition)

    update(edition, "1.2.0")

    assert not (edition / OLD_TOOL).exists()
    assert text(edition, NEW_TOOL).startswith("# Above.\n")
    assert text(edition, NEW_TOOL).endswith("# The third version.\n")
    assert text(edition, "docs/notes.md") == f"[the tool](../{NEW_TOOL})\n"
    assert status(edition)[NEW_TOOL] == "RM"


def test_every_declared_move_leads_from_no_file_to_a_file(
    template: Path, default_book: Path
) -> None:
    moves = yaml.safe_load((template / "extensions/moves.yml").read_text(encoding="utf-8"))

    assert moves
    for old, new in moves.items():
        assert not (default_book / old).exists(), old
        assert (default_book / new).exists() or new in moves, new


def test_ends_of_lines_are_no_change_of_the_text(edition: Path) -> None:
    windows = (edition / PROSE).read_bytes().replace(b"\n", b"\r\n") + b"Mine.\r\n"
    (edition / ".gitattributes").write_text("* -text\n", encoding="utf-8")
    middle = windows.replace(b"\r\n\r\n", b"\r\n\r\nAnd mine.\r\n\r\n", 1).removesuffix(
        b"Mine.\r\n"
    )
    (edition / PROSE).write_bytes(middle)
    commit(edition)

    update(edition, "1.1.0")

    merged = (edition / PROSE).read_bytes()
    assert b"And mine.\r\n" in merged
    assert merged.endswith(b"A remark of the second version.\r\n")
    assert merged.count(b"\n") == merged.count(b"\r\n")


# --- conflicts ---------------------------------------------------------------------------------


@pytest.fixture
def contested(edition: Path) -> Path:
    """Return a book whose author wrote where the second version writes too."""
    append(edition, PROSE, "\nA remark of the author.\n")
    append(edition, OLD_TOOL, "\n# Of the author.\n")
    return commit(edition)


def test_a_conflict_stands_at_the_new_path_as_git_knows_it(contested: Path) -> None:
    lines = chapter_lines(contested)
    moved = "chapters/04_database_migration/chapter.md"

    update(contested, "1.1.0", chapters=[{"first": "First"}, *lines])

    assert text(contested, moved).endswith(
        "<<<<<<< before updating\nA remark of the author.\n=======\n"
        "A remark of the second version.\n>>>>>>> after updating\n"
    )
    assert status(contested)[moved] == "UU"
    assert status(contested)[OLD_TOOL] == "UU"
    stages = [line.split()[2] for line in git(contested, "ls-files", "-u", moved).splitlines()]
    assert stages == ["1", "2", "3"]
    tool = (
        "-c",
        "mergetool.mine.cmd=cat $LOCAL $REMOTE > $MERGED",
        "-c",
        "mergetool.keepBackup=no",
    )
    git(contested, *tool, "mergetool", "--no-prompt", "--tool=mine", moved)
    assert "U" not in status(contested)[moved]


def test_a_conflict_shows_the_last_version_to_those_who_want_to_see_it(contested: Path) -> None:
    git(contested, "config", "merge.conflictStyle", "diff3")

    update(contested, "1.1.0")

    assert "\n||||||| last update\n=======\n" in text(contested, PROSE)


def test_a_conflict_can_wait_in_a_rej_file(contested: Path) -> None:
    lines = ", ".join(str(line) for line in [{"first": "First"}, *chapter_lines(contested)])
    moved = "chapters/04_database_migration/chapter.md"

    result = copier(
        *("update", "--trust", "--defaults", "--quiet", "--conflict", "rej"),
        *("--vcs-ref", "1.1.0", "--data", f"chapters=[{lines}]"),
        cwd=contested,
    )

    assert result.returncode == 0, result.stderr
    assert text(contested, moved).endswith("A remark of the second version.\n")
    assert "+A remark of the author.\n" in text(contested, f"{moved}.rej")
    assert "U" not in "".join(status(contested).values())


def test_a_picture_that_both_changed_stays_the_authors(released: Path, tmp_path: Path) -> None:
    template = shutil.copytree(released, tmp_path / "template")
    picture = template / "template/docs/picture.png"
    for version, content in (("3.0.0", b"\0one"), ("3.1.0", b"\0two")):
        picture.write_bytes(content)
        release(template, version)
    book = render(template, tmp_path / "book", commit=True, version="3.0.0")
    (book / "docs/picture.png").write_bytes(b"\0mine")
    commit(book)

    update(book, "3.1.0")

    assert (book / "docs/picture.png").read_bytes() == b"\0mine"
    assert status(book)["docs/picture.png"] == "UU"


# --- where the book and the template are ----------------------------------------------------------


def test_a_book_in_a_folder_of_a_larger_repository(released: Path, tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    book = render(released, repository / "docs" / "book", edition="own", chapters=["One", "Two"])
    write(repository, "other/chapters/01_one/chapter.md", "Another project.\n")
    start_repository(repository, "Start")
    append(book, "chapters/01_one/chapter.md", "\nMine, see [two](../02_two/chapter.md).\n")
    commit(repository)
    append(repository, "other/chapters/01_one/chapter.md", "Staged.\n")
    git(repository, "add", "other")
    write(repository, "other/new.md", "Not committed.\n")

    update(book, chapters=["Two", "One"])

    assert text(book, "chapters/02_one/chapter.md").endswith(
        "\nMine, see [two](../01_two/chapter.md).\n"
    )
    assert status(repository)["other/chapters/01_one/chapter.md"] == "M"
    assert text(repository, "other/new.md") == "Not committed.\n"
    assert status(repository)["docs/book/chapters/02_one/chapter.md"] == "RM"


def test_a_book_whose_answers_have_another_name(released: Path, tmp_path: Path) -> None:
    name = ".book-answers.yml"
    data = ("--data", "edition=own", "--data", "chapters=[One, Two]", "--answers-file", name)
    copied = copier(
        *("copy", "--trust", "--defaults", "--quiet", "--vcs-ref", "HEAD", *data),
        *(released, tmp_path / "book"),
    )
    assert copied.returncode == 0, copied.stderr
    book = start_repository(tmp_path / "book", "Start")
    append(book, "chapters/01_one/chapter.md", "\nMine.\n")
    commit(book)

    result = copier(
        *("update", "--trust", "--defaults", "--answers-file", name, "--vcs-ref", "HEAD"),
        *("--data", "chapters=[Two, One]"),
        cwd=book,
    )

    assert result.returncode == 0, result.stderr
    assert text(book, "chapters/02_one/chapter.md").endswith("\nMine.\n")
    assert "two: Two" in text(book, name)


def test_a_template_without_tags_that_is_reached_by_address(released: Path, tmp_path: Path) -> None:
    template = shutil.copytree(released, tmp_path / "template")
    git(template, "tag", "--delete", *git(template, "tag").split())
    address = f"git+file://{template}"
    data = ("--data", "edition=own", "--data", "chapters=[One, Two]")
    copied = copier(
        *("copy", "--trust", "--defaults", "--quiet", *data), address, tmp_path / "book"
    )
    assert copied.returncode == 0, copied.stderr
    book = start_repository(tmp_path / "book", "Start")
    append(book, "chapters/01_one/chapter.md", "\nMine.\n")
    commit(book)

    update(book, chapters=["Two", "One"])

    assert text(book, "chapters/02_one/chapter.md").endswith("\nMine.\n")


# --- a book nobody touched ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", [("2.0.0",), ("1.1.0", "1.2.0", "2.0.0"), ("1.2.0", "1.2.0")], ids="-".join
)
def test_an_untouched_book_equals_a_fresh_one(
    edition: Path, released: Path, tmp_path: Path, path: tuple[str, ...]
) -> None:
    lines = chapter_lines(edition)
    shorter = [lines[4], {"mine": "My Own"}, *lines[:3]]
    for version in path:
        commit(update(edition, version, chapters=lines))
        commit(update(edition, version, chapters=shorter))

    fresh = render(released, tmp_path / "fresh", version=path[-1], chapters=shorter)
    same_files(edition, fresh)


# --- recopy ------------------------------------------------------------------------------------


def recopy(book: Path, **answers: object) -> None:
    run_recopy(
        book, answers, vcs_ref="HEAD", defaults=True, overwrite=True, unsafe=True, quiet=True
    )


def test_a_recopy_keeps_every_word(contested: Path) -> None:
    recopy(contested, chapters=[{"first": "First"}, *chapter_lines(contested)])

    assert text(contested, "chapters/04_database_migration/chapter.md").endswith(
        "\nA remark of the author.\n"
    )
    assert "# Of the author." in text(contested, NEW_TOOL)
    assert "U" not in "".join(status(contested).values())
    assert "_commit: 2.0.0" in text(contested, ".copier-answers.yml")


def test_a_recopy_does_without_a_version_that_is_gone(own: Path) -> None:
    append(own, "chapters/02_two/chapter.md", "\nMine.\n")
    append(own, "Makefile", "\n# Mine.\n")
    answers = own / ".copier-answers.yml"
    answers.write_text(answers.read_text("utf-8").replace("_commit: 2.0.0", "_commit: 0.0.9"))
    commit(own)

    recopy(own, chapters=["Two", "One", "Three"])

    assert text(own, "chapters/01_two/chapter.md").endswith("\nMine.\n")
    assert text(own, "Makefile").endswith("\n# Mine.\n")


def test_what_could_not_be_restored_is_not_written_over(own: Path, released: Path) -> None:
    command = ("recopy", "--trust", "--defaults", "--overwrite", "--vcs-ref", "HEAD")
    append(own, "chapters/02_two/chapter.md", "\nNot committed.\n")

    dirty = copier(*command, cwd=own)

    assert dirty.returncode == 1
    assert "has changes that are not committed" in dirty.stderr
    assert text(own, "chapters/02_two/chapter.md").endswith("\nNot committed.\n")
    commit(own)
    assert "--skip-tasks" in copier(*command, "--skip-tasks", cwd=own).stderr
    assert status(own) == {}
    shutil.rmtree(own / ".git")
    assert "was never committed" in copier(*command, cwd=own).stderr


def test_an_ignored_file_in_the_way_stops_an_update(own: Path) -> None:
    write(own, ".git/info/exclude", "chapters/04_four\n")
    write(own, "chapters/04_four/chapter.md", "Written before its time.\n")

    result = copier(
        *("update", "--trust", "--defaults", "--vcs-ref", "HEAD"),
        *("--data", "chapters=[One, Two, Three, Four]"),
        cwd=own,
    )

    assert result.returncode == 1
    assert "chapters/04_four/chapter.md is ignored by Git" in result.stderr
    assert "Traceback" not in result.stderr
    assert text(own, "chapters/04_four/chapter.md") == "Written before its time.\n"


def test_a_rejected_change_that_git_ignores_is_not_swept_away(own: Path) -> None:
    write(own, ".git/info/exclude", "*.rej\n")
    write(own, "Makefile.rej", "What did not fit last time.\n")

    result = copier("update", "--trust", "--defaults", "--vcs-ref", "HEAD", cwd=own)

    assert result.returncode == 1
    assert "Makefile.rej is left of an earlier merge" in result.stderr
    assert text(own, "Makefile.rej") == "What did not fit last time.\n"


def test_what_git_was_told_not_to_see_stops_an_update(own: Path) -> None:
    command = ("update", "--trust", "--defaults", "--vcs-ref", "HEAD")
    git(own, "config", "status.showUntrackedFiles", "no")
    write(own, "notes.md", "Not committed.\n")

    assert "changes that are not committed" in copier(*command, cwd=own).stderr
    assert text(own, "notes.md") == "Not committed.\n"
    commit(own)
    for flag in ("assume-unchanged", "skip-worktree"):
        git(own, "update-index", f"--{flag}", "notes.md")
        append(own, "notes.md", "Nor this.\n")
        refused = copier(*command, cwd=own)
        assert refused.returncode == 1
        assert "Git is told not to look for changes in notes.md" in refused.stderr
        git(own, "update-index", f"--no-{flag}", "notes.md")
    assert text(own, "notes.md").endswith("Nor this.\n")


def test_an_old_git_is_refused(own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = shutil.which("git")
    old = write(
        tmp_path,
        "bin/git",
        f'#!/bin/sh\n[ "$1" = --version ] && echo "git version 2.37.9" || exec {real} "$@"\n',
    )
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{old.parent}{os.pathsep}{os.environ['PATH']}")

    result = copier("update", "--trust", "--defaults", "--vcs-ref", "HEAD", cwd=own)

    assert result.returncode == 1
    assert "Git 2.38 or newer is needed" in result.stderr
    assert status(own) == {}


def test_a_page_of_the_book_says_who_owns_what(template: Path, default_book: Path) -> None:
    page = text(default_book, "docs/development/ownership.md")

    for row in yaml.safe_load((template / "extensions/ownership.yml").read_text("utf-8")):
        patterns = ", ".join(f"`{path}`" for path in row["paths"])
        owner = "you" if row["owner"] == "author" else row["owner"]
        assert f"| {patterns} | {row['what']} | {owner} |" in page
