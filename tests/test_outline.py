"""Numbers, labels, directories and neighbours follow from order alone."""

from __future__ import annotations

import posixpath
import re
import unicodedata

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from extensions.outline import (
    MAXIMUM_ID_LENGTH,
    RESERVED_IDS,
    Chapter,
    Outline,
    OutlineError,
    Part,
    Section,
    UnknownChapterError,
    derive_id,
    is_id,
    letters,
    number,
    read_lines,
    read_parts,
    relative_link,
    write_line,
)

ids = st.from_regex(r"[a-z][a-z0-9]{0,8}(_[a-z0-9]{1,6}){0,2}", fullmatch=True).filter(
    lambda id: id not in RESERVED_IDS
)
chapters = st.lists(ids, unique=True, min_size=1, max_size=1000).map(
    lambda names: [Chapter(name, name.title()) for name in names]
)
titles = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=200)


def numbered(count: int, appendices: int = 0) -> Outline:
    return number(
        [Chapter(f"chapter_{n}", f"Chapter {n}") for n in range(count)],
        [Chapter(f"appendix_{n}", f"Appendix {n}") for n in range(appendices)],
    )


@settings(max_examples=40, deadline=None)
@given(chapters, st.integers(0, 40))
def test_numbers_follow_order(listed: list[Chapter], split: int) -> None:
    book = number(listed[split:] or listed, listed[:split] if listed[split:] else [])

    assert [chapter.number for chapter in book.chapters] == list(range(1, len(book.chapters) + 1))
    assert [entry.label for entry in book.appendices] == [
        letters(n + 1) for n in range(len(book.appendices))
    ]
    directories = [entry.path for entry in book.entries]
    assert len(set(directories)) == len(directories)
    in_order = [entry.directory for entry in book.chapters]
    assert in_order == sorted(in_order, key=lambda name: name.split("_")[0])


@settings(max_examples=40, deadline=None)
@given(chapters)
def test_neighbours_are_each_others(listed: list[Chapter]) -> None:
    book = number(listed)

    assert book.previous(book.entries[0]) is None
    assert book.next(book.entries[-1]) is None
    for entry in book.entries[:-1]:
        following = book.next(entry)
        assert following is not None
        assert book.previous(following) == entry


@settings(max_examples=40, deadline=None)
@given(chapters, st.randoms(use_true_random=False))
def test_anchors_and_pages_survive_every_move(listed: list[Chapter], random: st.DataObject) -> None:
    moved = list(listed)
    random.shuffle(moved)  # type: ignore[attr-defined]
    before, after = number(listed), number(moved)

    for entry in before.entries:
        assert after.get(entry.id).anchor == entry.anchor
        assert after.get(entry.id).page == entry.page


@pytest.mark.parametrize(
    ("count", "first", "last"),
    [
        (1, "01_chapter_0", "01_chapter_0"),
        (10, "01_chapter_0", "10_chapter_9"),
        (99, "01_chapter_0", "99_chapter_98"),
        (100, "001_chapter_0", "100_chapter_99"),
        (1000, "0001_chapter_0", "1000_chapter_999"),
    ],
)
def test_the_width_of_numbers_grows_with_their_count(count: int, first: str, last: str) -> None:
    book = numbered(count)

    assert book.chapters[0].directory == first
    assert book.chapters[-1].directory == last


def test_appendices_are_lettered_and_follow_the_chapters() -> None:
    book = numbered(2, 28)

    assert [entry.label for entry in book.appendices][-3:] == ["Z", "AA", "AB"]
    assert book.appendices[0].path == "chapters/appendices/a_appendix_0"
    assert book.appendices[0].name == "Appendix A"
    assert book.next(book.chapters[-1]) == book.appendices[0]


@given(st.integers(1, 100_000))
def test_letters_count_without_gaps(n: int) -> None:
    value = 0
    for letter in letters(n):
        value = value * 26 + ord(letter) - ord("A") + 1
    assert value == n


@given(titles)
def test_a_derived_id_is_an_id_and_stays_itself(title: str) -> None:
    id = derive_id(title)
    assume(id)

    assert is_id(id), id
    assert id not in RESERVED_IDS
    assert len(id) <= MAXIMUM_ID_LENGTH
    assert derive_id(id) in {id, unicodedata.normalize("NFC", id)}


@pytest.mark.parametrize(
    ("title", "id"),
    [
        ("Getting started", "getting_started"),
        ("Crème brûlée — à la carte!", "creme_brulee_a_la_carte"),
        ("Введение", "введение"),
        ("CON", "con_chapter"),
        ("Index", "index_chapter"),
        ("2025 in review", "2025_in_review"),
        ("🚀", ""),
        ("word " * 40, "word_word_word_word_word_word_word_word_word"),
    ],
)
def test_ids_of_bare_titles(title: str, id: str) -> None:
    assert derive_id(title) == id


@settings(deadline=None)
@given(chapters, chapters)
def test_relative_links_lead_to_their_target(some: list[Chapter], others: list[Chapter]) -> None:
    taken = {chapter.id for chapter in some}
    book = number(some, [chapter for chapter in others if chapter.id not in taken][:30])
    source, target = book.entries[0].prose, book.entries[-1].prose

    link = relative_link(target, source)

    assert posixpath.normpath(posixpath.join(posixpath.dirname(source), link)) == target


def test_an_unknown_id_names_the_closest() -> None:
    with pytest.raises(UnknownChapterError, match=r"'chapter_l'; did you mean 'chapter_1'\?"):
        numbered(2).get("chapter_l")


def test_parts_group_chapters_and_do_not_restart_numbers() -> None:
    listed = [Chapter(id, id) for id in ("one", "two", "three", "four")]
    book = number(listed, parts=[Part("Basics", "two"), Part("More", "four")])

    assert [chapter.part for chapter in book.chapters] == [None, "Basics", "Basics", "More"]
    assert [chapter.number for chapter in book.chapters] == [1, 2, 3, 4]


def test_a_section_has_the_fragment_that_github_gives_it() -> None:
    assert Section("Validation & Serialization").fragment == "validation--serialization"
    assert Section("Request/Response: a Test_case").fragment == "requestresponse-a-test_case"


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ("Introduction", "Write a chapter a line, each after a dash"),
        ({"intro": "Introduction"}, "Write a chapter a line, each after a dash"),
        (["Intro", ""], "Line 2: the title is empty"),
        ([{"intro": None}], "Line 1: the title is empty"),
        (["One", "Two", "One"], "Line 3: the id 'one' already stands on line 1"),
        ([{"Not an id": "Title"}], "Line 1: 'Not an id' is no id"),
        ([{"index": "Title"}], "Line 1: the id 'index' is reserved; write 'index_chapter'"),
        ([{"a": "A", "b": "B"}], "Line 1: write one chapter a line"),
        (["One", True], "Line 2: YAML reads the title as yes or no (True)"),
        ([{True: "On"}], "Line 1: YAML reads the id as yes or no (True)"),
        ([8], "Line 1: YAML reads the title as a number (8)"),
        (["🚀"], "Line 1: no id can be made of the title '🚀'"),
    ],
)
def test_a_bad_line_is_answered_in_one_sentence(answer: object, sentence: str) -> None:
    with pytest.raises(OutlineError) as caught:
        read_lines(answer, {})

    assert str(caught.value).startswith(sentence)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("answer", [None, "", []])
def test_an_empty_answer_lists_nothing(answer: object) -> None:
    assert read_lines(answer, {}) == ()


def test_a_line_takes_the_content_that_the_edition_knows() -> None:
    known = {"intro": Chapter("intro", "Introduction", summary="What it is about")}

    by_id, by_title, own = read_lines([{"intro": "A new title"}], known) + read_lines(
        ["introduction", "Something else"], known
    )

    assert (by_id.title, by_id.summary) == ("A new title", "What it is about")
    assert by_title == known["intro"]
    assert own == Chapter("something_else", "Something else")


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        (["Basics"], "Line 1: write a part as"),
        ([{"Basics": None}], "Line 1: the chapter id is empty"),
    ],
)
def test_a_bad_part_is_answered_in_one_sentence(parts: object, sentence: str) -> None:
    with pytest.raises(OutlineError, match=sentence):
        read_parts(parts)


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ([Part("Basics", "chapter_9")], "The part 'Basics' begins nowhere: No chapter has the id"),
        ([Part("B", "chapter_1"), Part("A", "chapter_0")], "Write the parts in the order"),
        ([Part("A", "chapter_1"), Part("B", "chapter_1")], "Write the parts in the order"),
    ],
)
def test_parts_must_begin_at_chapters_in_order(parts: list[Part], sentence: str) -> None:
    with pytest.raises(OutlineError, match=sentence):
        number([Chapter("chapter_0", "0"), Chapter("chapter_1", "1")], parts=parts)


def test_an_id_stands_once_in_chapters_and_appendices() -> None:
    with pytest.raises(OutlineError, match="The id 'tips' stands twice"):
        number([Chapter("tips", "Tips")], [Chapter("tips", "More tips")])


def test_a_line_names_the_ids_that_a_chapter_had() -> None:
    (chapter, other) = read_lines(
        [{"pools": {"title": "Pools", "was": "two"}}, {"b": {"title": "B", "was": ["c", "d"]}}], {}
    )

    assert (chapter.id, chapter.title, chapter.was) == ("pools", "Pools", ("two",))
    assert other.was == ("c", "d")
    assert number([chapter, other]).get("two").id == "pools"


def test_a_renamed_chapter_of_the_edition_keeps_its_content() -> None:
    known = {"old": Chapter("old", "Old", source="old", summary="What it is about")}

    (chapter,) = read_lines([{"new": {"title": "New", "was": "old"}}], known)

    assert chapter == Chapter("new", "New", was=("old",), source="old", summary="What it is about")


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([{"a": {"title": "A", "was": "No Id"}}], "Line 1: 'No Id' is no id"),
        ([{"a": {"was": "b"}}], "Line 1: after an id stands a title, or"),
        ([{"a": {"title": "A", "is": "b"}}], "Line 1: after an id stands a title, or"),
        ([{"a": {"title": "A", "was": "b"}}, {"b": "B"}], "'a' says that it was 'b', but so is"),
        (
            [{"a": {"title": "A", "was": "c"}}, {"b": {"title": "B", "was": "c"}}],
            "'b' says that it was 'c', but so is or was 'a'",
        ),
    ],
)
def test_a_bad_former_id_is_named(lines: list[object], sentence: str) -> None:
    with pytest.raises(OutlineError, match=re.escape(sentence)):
        number(read_lines(lines, {}))


@given(
    st.lists(st.sampled_from(["A", {"b": "B"}, {"c": {"title": "C", "was": "d"}}]), unique_by=str)
)
def test_a_line_that_was_read_is_written_and_read_alike(lines: list[object]) -> None:
    chapters = read_lines(lines, {})

    assert read_lines([write_line(chapter) for chapter in chapters], {}) == chapters
