"""Where paths go when an outline or the template gives them others."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from extensions.links import rewrite
from extensions.placement import Place, Placement, between

ids = st.lists(st.sampled_from("abcdefgh"), unique=True)


def numbered(names: list[str]) -> list[Place]:
    return [Place(name, f"chapters/{n:02}_{name}") for n, name in enumerate(names, start=1)]


def renamed(old: list[str], new: list[str], **renames: str) -> Placement:
    places = [Place("a", "chapters/01_a")]
    return between(places, places, old, new, renames)


@given(old=ids, new=ids)
def test_every_old_chapter_has_one_place_and_no_two_the_same(
    old: list[str], new: list[str]
) -> None:
    placement = between(numbered(old), numbered(new), [], [], {})

    places = [placement.place(f"{place.path}/chapter.md") for place in numbered(old)]

    assert len(set(places)) == len(places)
    assert {path.split("/")[0] for path in places} <= {"chapters", "drafts"}
    for name, path in zip(old, places, strict=True):
        expected = {place.id: place.path for place in numbered(new)}.get(name, f"drafts/{name}")
        assert path == f"{expected}/chapter.md"


@given(old=ids, new=ids)
def test_going_back_gives_every_path_back(old: list[str], new: list[str]) -> None:
    there = between(numbered(old), numbered(new), [], [], {})
    back = between(numbered(new), numbered(old), [], [], {})

    for place in numbered(old):
        path = f"{place.path}/a figure.svg"
        assert back.place(there.place(path)) == path


def test_a_rename_does_only_between_versions_that_it_lies_between() -> None:
    assert renamed(["x"], ["y"], x="y").place("x") == "y"
    assert renamed(["y"], ["y"], x="y").place("x") == "x"
    assert renamed(["x"], ["x", "y"], x="y").place("x") == "x"


def test_renames_are_followed_one_after_another() -> None:
    assert renamed(["x"], ["z"], x="y", y="z").place("x") == "z"
    assert renamed(["y"], ["z"], x="y", y="z").place("y") == "z"


def test_a_directory_is_renamed_with_all_that_is_in_it() -> None:
    placement = between([], [], ["t/a/1"], ["t/b/1"], {"t/a/": "t/b/"})

    assert placement.place("t/a/mine/2") == "t/b/mine/2"
    assert placement.place("t/ab") == "t/ab"


def test_a_file_is_renamed_in_every_chapter() -> None:
    old, new = [Place("a", "chapters/01_a")], [Place("a", "chapters/02_a")]
    table = {"{chapter}/x.md": "{chapter}/notes/y.md"}

    placement = between(old, new, ["chapters/01_a/x.md"], ["chapters/02_a/notes/y.md"], table)

    assert placement.place("chapters/01_a/x.md") == "chapters/02_a/notes/y.md"
    assert placement.place("chapters/01_a/z.md") == "chapters/02_a/z.md"


@given(st.text())
def test_a_text_whose_links_lead_where_they_led_is_not_touched(text: str) -> None:
    assert rewrite(text, "a/b.md", "a/b.md", lambda path: path) == text


def test_an_address_keeps_what_is_written_around_it() -> None:
    text = "x [a](../o/c%20d.md?q#f \"T\") <img src='../o/e.png'> [b](<../o/c d.md>) [c](o.md)\n"

    moved = rewrite(text, "n/x.md", "n/x.md", lambda path: path.replace("o/", "p/q/"))

    assert moved == (
        "x [a](../p/q/c%20d.md?q#f \"T\") <img src='../p/q/e.png'> [b](<../p/q/c d.md>) [c](o.md)\n"
    )
