"""The website in a real browser: read, searched, printed, by keyboard, on a phone, in a folder."""

from __future__ import annotations

import base64
import gzip
import os
import random
import re
import shutil
import signal
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from string import ascii_lowercase
from threading import Thread
from typing import Any, ClassVar
from xml.etree import ElementTree

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from tests.support import outline, render, run, write

pytestmark = pytest.mark.xdist_group("website")

BUILD = "tools/build_scripts/build_book.py"
MAKE_ASSETS = "tools/build_scripts/make_assets.py"
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
PHONE, DESK = 320, 1440
OWN_ADDRESSES = ("http://127.0.0.1:", "file:", "data:")

LISTING = (
    '.numberLines startFrom=41 include="src/app.py" region="create" highlight="2" #lst-create '
    'caption="Create a user"'
)
KIND = "`404 application/problem+json; charset=utf-8`"
GALLERY = """\
# Elements

A paragraph with `code`, a [cross-reference](../02_pools/chapter.md#measuring), @fig-pool, a
[link](https://example.org/), a note,[^1] [an entry]{.index}, a [pool]{.gls} and $e^{i\\pi} = -1$.

[^1]: The text of the note.

## Listings

```{.python LISTING}
```

1. The store is a dependency.

``` {.python}
def wide() -> str: return "a line of code that is longer than any telephone is wide, and scrolls"
```

```{.text output="src/app.py"}
```

```{.python #lst-change before="src/old.py" include="src/new.py" caption="Before and after"}
```

## Callouts

> [!NOTE]
> Note.

> [!TIP]
> Tip with `code`.

> [!IMPORTANT]
> Important.

> [!WARNING]
> Warning.

> [!CAUTION]
> Caution.

## Choices

::: tabs
#### Flask

The way of Flask.

#### FastAPI

The way of FastAPI.
:::

::: {.details summary="Why?"}
Because.
:::

## Figures

![A pool.](../../assets/images/pool.svg){#fig-pool credit="Photo: Ada"}

![Latency by load](../../assets/charts/latency.svg){#fig-latency fig-alt="A line that rises"}

```{.mermaid #fig-flow caption="A flow" alt="Two boxes, joined by an arrow"}
flowchart LR
  Client --> Server
```

| Alpha | Beta | Gamma | Delta |
|---|---|---|---|
| unknown | KIND | KIND | value |

: A wide table. {#tbl-wide .wide}

$$\\int_0^\\infty e^{-x^2}\\,dx = \\frac{\\sqrt\\pi}{2}$$ {#eq-gauss}

## Lists

- [ ] To do
- [x] Done

Term
:   Definition.

> Quotation.

::: glossary
pool
:   Connections that are kept.
:::

مرحبا بالعالم، هذا نص عربي عن البرمجة غير المتزامنة.
"""
CODE = {
    "src/app.py": "# region: create\n"
    "async def create_user(user: NewUser, store: Store) -> User:  # <1>\n"
    "    return await store.add(user)\n# endregion\n",
    "src/app.out": "$ python -m app\n",
    "src/old.py": "def index(): ...\n",
    "src/new.py": "async def index(): ...\n",
    "research/benchmarks/latency.csv": "clients,p99\n1,12\n400,402\n",
    "assets/charts/latency.py": """\
from tools.build_scripts import charts


def draw() -> charts.Chart:
    rows = charts.read("research/benchmarks/latency.csv")
    figure, axes = charts.new_axes("Clients", "p99 (ms)")
    axes.plot([row["clients"] for row in rows], [row["p99"] for row in rows], label="Flask")
    charts.label_lines(axes)
    return charts.Chart(figure, "Latency by load", "It rises.", rows)
""",
}
POOLS = """\
# Pools

## Measuring

A connexion naïve about quokkas.

## Waiting

Nothing else.
"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>\n'


def long_chapter() -> str:
    """Return a chapter of 5,000 words; being random, they compress worse than anybody's."""
    dice = random.Random(5)

    def words(count: int) -> str:
        lengths = (dice.randint(2, 9) for _ in range(count))
        return " ".join("".join(dice.choices(ascii_lowercase, k=length)) for length in lengths)

    sections = (
        f"## Section {n}\n\n{words(80)}.\n\n```python\nprint('{words(20)}')\n```\n"
        for n in range(50)
    )
    return "\n".join(["# Long\n", *sections])


@pytest.fixture(scope="module")
def site(template: Path, book_python: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the website of a small book that holds every element, built by its own command."""
    book = render(
        template,
        tmp_path_factory.mktemp("website") / "book",
        edition="own",
        title="Pools in Depth",
        description="All about pools.",
        chapters=["Elements", {"pools": {"title": "Pools", "was": "sizing"}}, "Long"],
        parts=[{"Foundations": "elements"}],
        repository_url="https://github.com/ada/pools",
    )
    texts = {
        "elements": GALLERY.replace("LISTING", LISTING).replace("KIND", KIND),
        "pools": POOLS,
        "long": long_chapter(),
    }
    for chapter in outline(book)["chapters"]:
        write(book, f"{chapter['path']}/chapter.md", texts[chapter["id"]])
    write(book, "assets/images/pool.svg", SVG)
    for name, code in CODE.items():
        write(book, name, code)
    for command in ((MAKE_ASSETS,), (BUILD, "--format", "html", "--format", "epub")):
        done = run(book, book_python, *command)
        assert done.returncode == 0, done.stdout + done.stderr
    return book / "book_build" / "html"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the Chromium that is installed; CHROMIUM names it, where it must be there."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("no Chromium is installed; on Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        yield browser
        browser.close()


class _Pages(SimpleHTTPRequestHandler):
    """Serves a directory as GitHub Pages does, with a page of its own for what is missing."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        page = Path(self.directory) / "html" / "404.html"
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(page.read_bytes())

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def served(site: Path) -> Iterator[str]:
    """Serve the website, not at the root of its host, and return its address."""
    with ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(_Pages, directory=str(site.parent))
    ) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/html/"
        server.shutdown()


@pytest.fixture(params=["served", "file"])
def address(request: pytest.FixtureRequest, site: Path) -> str:
    """Return the website's address: on a server, and in a folder."""
    if request.param == "file":
        return f"{site.as_uri()}/"
    return str(request.getfixturevalue("served"))


@contextmanager
def opened(browser: Browser, address: str, width: int = DESK, **options: Any) -> Iterator[Page]:
    """Open a page in a window of its own; nothing may go wrong in it, nor leave its host."""
    context = browser.new_context(viewport={"width": width, "height": 800}, **options)
    page = context.new_page()
    errors: list[str] = []
    asked: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    try:
        yield page
    finally:
        context.close()
    assert errors == []
    assert [url for url in asked if not url.startswith(OWN_ADDRESSES)] == []


def violations(page: Page) -> list[str]:
    """Return what axe finds on a page, each with the elements that it is about."""
    options = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{page.url}: {rule['id']}: {[node['html'][:120] for node in rule['nodes']]}"
        for rule in found
    ]


def fits(page: Page) -> bool:
    """Say whether a page is as wide as its window, and does not scroll sideways."""
    wide: bool = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    return wide


def stay(route: Route) -> None:
    """Show a page that leads elsewhere without going there."""
    text = route.fetch().text()
    still = re.sub(r"<script>\n// The ids.*?</script>|<meta http-equiv[^>]*>", "", text, flags=re.S)
    assert len(still) < len(text) - 100
    route.fulfill(body=still, content_type="text/html; charset=utf-8")


@pytest.mark.parametrize(("theme", "width"), [("light", DESK), ("dark", PHONE)])
def test_axe_finds_nothing_on_any_page(
    site: Path, served: str, browser: Browser, theme: str, width: int
) -> None:
    found: list[str] = []
    files = sorted(site.glob("*.html"))
    names = {"404.html", "book-index.html", "elements.html", "index.html", "print.html"}
    assert names | {"sizing.html", "status.html"} <= {file.name for file in files}
    with opened(browser, served, width, color_scheme=theme, reduced_motion="reduce") as page:
        page.route("**/sizing.html", stay)
        for file in files:
            page.goto(served + file.name)
            assert page.url == served + file.name
            found += violations(page)
            assert fits(page), file.name
    assert found == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_what_opens(served: str, browser: Browser, theme: str) -> None:
    with opened(browser, f"{served}elements.html", PHONE, color_scheme=theme) as page:
        page.keyboard.press("/")
        page.keyboard.type("pools")
        expect(page.get_by_role("option").first).to_be_visible()
        assert violations(page) == []
        leave(page)
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_be_visible()
        assert violations(page) == []
        leave(page)
        page.get_by_role("button", name="Contents").click()
        expect(page.get_by_role("navigation", name="Contents")).to_be_visible()
        assert violations(page) == []


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_reader_finds_a_section_by_keyboard(address: str, browser: Browser, width: int) -> None:
    with opened(browser, f"{address}index.html", width) as page:
        page.keyboard.press("/")
        field = page.get_by_role("combobox", name="Search the book")
        expect(field).to_be_focused()
        page.keyboard.type("naive quokka")

        option = page.get_by_role("option", selected=True)
        expect(option).to_contain_text("2.1 Measuring")
        expect(option).to_contain_text("2 Pools")
        assert option.locator("mark").all_text_contents() == ["naïve", "quokka"]
        expect(page.get_by_role("dialog").get_by_role("status")).to_have_text("Results: 1")
        expect(field).to_have_attribute("aria-activedescendant", "result-0")
        assert fits(page)
        page.keyboard.press("Enter")

        expect(page).to_have_url(f"{address}pools.html#pools-measuring")
        expect(page.get_by_role("heading", name="Measuring")).to_be_in_viewport()
        expect(page.get_by_role("dialog")).to_have_count(0)


def test_titles_come_first_and_arrows_go_round(served: str, browser: Browser) -> None:
    with opened(browser, served) as page:
        page.keyboard.press("/")
        page.keyboard.type("waiting")
        expect(page.get_by_role("option").first).to_contain_text("2.2 Waiting")
        page.keyboard.press("Control+A")
        page.keyboard.type("غير المتزامنة")
        expect(page.get_by_role("option")).to_have_count(1)
        expect(page.get_by_role("option")).to_contain_text("1.5 Lists")
        page.keyboard.press("Control+A")
        page.keyboard.type("section")
        options = page.get_by_role("option")
        expect(options).to_have_count(30)
        page.keyboard.press("ArrowUp")
        expect(options.last).to_have_attribute("aria-selected", "true")
        page.keyboard.press("ArrowDown")
        expect(options.first).to_have_attribute("aria-selected", "true")
        page.keyboard.press("Control+A")
        page.keyboard.type("quokkas elements")  # no section holds both
        expect(options).to_have_count(2)
        expect(options.first).to_contain_text("1 Elements")
        page.keyboard.press("Control+A")
        page.keyboard.type("xyzzy")
        expect(page.get_by_role("dialog").get_by_role("status")).to_have_text("Nothing found")
        leave(page)


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_reader_turns_pages_and_follows_references_by_keyboard(
    address: str, browser: Browser, width: int
) -> None:
    with opened(browser, f"{address}index.html", width) as page:
        page.keyboard.press("ArrowRight")
        arrive(page, f"{address}elements.html")
        tab_to(page, "cross-reference")
        page.keyboard.press("Enter")
        arrive(page, f"{address}pools.html#pools-measuring")
        expect(page.get_by_role("heading", name="Measuring")).to_be_in_viewport()
        page.keyboard.press("ArrowRight")
        arrive(page, f"{address}long.html")
        for name in ("pools", "elements"):
            page.keyboard.press("ArrowLeft")
            arrive(page, f"{address}{name}.html")
        page.keyboard.press("ArrowLeft")
        arrive(page, f"{address}index.html")


def arrive(page: Page, address: str) -> None:
    """Wait until a page is there whole: its keys mean nothing before."""
    expect(page).to_have_url(address)
    page.wait_for_load_state()


def leave(page: Page) -> None:
    """Close the dialog that is open."""
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def tab_to(page: Page, text: str) -> None:
    """Press Tab until what has a text or a name has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        active = "document.activeElement.textContent + document.activeElement.ariaLabel"
        if text in page.evaluate(active):
            return
    pytest.fail(f"Tab never comes to '{text}'")


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_theme_is_switched_and_remembered(address: str, browser: Browser, width: int) -> None:
    dark = "getComputedStyle(document.body).backgroundColor"
    with opened(browser, f"{address}elements.html", width, color_scheme="dark") as page:
        of_system = page.evaluate(dark)
        tab_to(page, "Theme: like the system")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Theme: light")).to_be_focused()
        assert page.evaluate(dark) == "rgb(255, 255, 255)" != of_system
        page.goto(f"{address}pools.html")
        assert page.evaluate(dark) == "rgb(255, 255, 255)"
        page.get_by_role("button", name="Theme: light").press("Enter")
        assert page.evaluate(dark) == of_system
        page.get_by_role("button", name="Theme: dark").press("Enter")
        expect(page.get_by_role("button", name="Theme: like the system")).to_be_visible()


# Counts the colours of a picture, the commonest first.
COLOURS = """async (png) => {
  const image = new Image();
  image.src = `data:image/png;base64,${png}`;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
  canvas.drawImage(image, 0, 0);
  const { data } = canvas.getImageData(0, 0, image.width, image.height);
  const counts = new Map();
  for (let at = 0; at < data.length; at += 4) {
    const colour = data.slice(at, at + 3).join();
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]).map(([colour]) => colour);
}"""
LIGHT, DARK = ("255,255,255", "29,91,191"), ("17,21,27", "111,163,255")


@pytest.mark.parametrize("system", ["light", "dark"])
@pytest.mark.parametrize("chosen", ["system", "light", "dark"])
def test_a_chart_follows_the_theme_of_the_page(
    address: str, browser: Browser, system: str, chosen: str
) -> None:
    theme = system if chosen == "system" else chosen
    with opened(browser, f"{address}elements.html", color_scheme=system) as page:
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", chosen)
        chart = page.get_by_role("img", name="A line that rises")
        chart.scroll_into_view_if_needed()
        page.wait_for_function("image => image.complete", arg=chart.element_handle())
        picture = base64.b64encode(chart.screenshot()).decode()
        colours = page.evaluate(COLOURS, picture)

    (ground, line), (other_ground, other_line) = (
        (LIGHT, DARK) if theme == "light" else (DARK, LIGHT)
    )
    assert colours[0] == ground
    assert line in colours
    assert {other_ground, other_line}.isdisjoint(colours)


def test_the_help_says_which_keys_there_are_and_turns_them_off(
    served: str, browser: Browser
) -> None:
    with opened(browser, f"{served}elements.html") as page:
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
        page.get_by_role("checkbox", name="Use keyboard shortcuts").press("Space")
        leave(page)
        page.reload()
        for key in ("?", "/", "ArrowRight"):
            page.keyboard.press(key)
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page).to_have_url(f"{served}elements.html")
        page.get_by_role("button", name="Keyboard shortcuts").press("Enter")
        expect(page.get_by_role("dialog")).to_be_visible()


def test_tabs_are_chosen_by_arrows_and_opened_by_links(served: str, browser: Browser) -> None:
    with opened(browser, f"{served}elements.html") as page:
        flask, fastapi = page.get_by_role("tab").all()
        expect(page.get_by_role("tabpanel", name="Flask")).to_be_visible()
        expect(page.get_by_text("The way of FastAPI.")).not_to_be_visible()
        flask.focus()
        page.keyboard.press("ArrowRight")
        expect(fastapi).to_be_focused()
        expect(page.get_by_role("tabpanel", name="FastAPI")).to_be_visible()
        expect(page.get_by_text("The way of Flask.")).not_to_be_visible()
        page.keyboard.press("ArrowRight")
        expect(flask).to_have_attribute("aria-selected", "true")
        expect(page).to_have_url(f"{served}elements.html")


def test_code_is_copied_without_its_numbers_and_marks(served: str, browser: Browser) -> None:
    with opened(
        browser, f"{served}elements.html", permissions=["clipboard-read", "clipboard-write"]
    ) as page:
        listing = page.locator("#lst-create")
        listing.hover()
        listing.get_by_role("button", name="Copy").click()
        expect(listing.get_by_role("button", name="Copied")).to_be_visible()
        expect(page.get_by_role("status")).to_have_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()") == (
            "async def create_user(user: NewUser, store: Store) -> User:\n"
            "    return await store.add(user)\n"
        )


def test_only_what_scrolls_is_a_stop_for_the_keyboard(served: str, browser: Browser) -> None:
    with opened(browser, f"{served}elements.html", PHONE) as page:
        expect(page.locator("pre", has_text="a line of code")).to_have_attribute("tabindex", "0")
        expect(page.locator("pre", has_text="python -m app")).not_to_have_attribute("tabindex", "0")
        expect(page.locator(".table")).to_have_attribute("tabindex", "0")
        expect(page.get_by_role("group", name="Table 1.1")).to_be_visible()


def test_the_contents_show_the_section_in_view(served: str, browser: Browser) -> None:
    with opened(browser, f"{served}long.html#long-section-30") as page:
        current = page.get_by_role("navigation", name="On this page").locator("[aria-current]")
        expect(current).to_have_text("3.31 Section 30")
        expect(current).to_be_in_viewport()
        page.keyboard.press("Home")
        expect(current).to_have_count(0)


def test_on_a_phone_the_contents_are_a_panel(served: str, browser: Browser) -> None:
    with opened(browser, f"{served}elements.html", PHONE) as page:
        contents = page.get_by_role("navigation", name="Contents")
        expect(contents).not_to_be_visible()
        page.get_by_role("button", name="Contents").press("Enter")
        expect(contents).to_be_visible()
        page.keyboard.press("Escape")
        expect(contents).not_to_be_visible()
        page.get_by_role("button", name="Contents").click()
        contents.get_by_role("link", name="Pools", exact=False).last.click()
        expect(page).to_have_url(f"{served}pools.html")


def test_everything_is_read_without_scripts(address: str, browser: Browser) -> None:
    with opened(browser, f"{address}elements.html", java_script_enabled=False) as page:
        for text in ("The way of Flask.", "The way of FastAPI.", "The store is a dependency."):
            expect(page.get_by_text(text)).to_be_visible()
        page.get_by_text("Why?").click()
        expect(page.get_by_text("Because.")).to_be_visible()
        expect(page.get_by_role("button")).to_have_count(0)
        page.get_by_role("link", name="cross-reference").click()
        expect(page).to_have_url(f"{address}pools.html#pools-measuring")


def test_a_missing_page_leads_home_from_any_depth(served: str, browser: Browser) -> None:
    with opened(browser, f"{served}a/b/c.html") as page:
        expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()
        link = page.get_by_role("main").get_by_role("link", name="Elements")
        expect(link).to_have_js_property("href", f"{served}elements.html")
        link.click()
        expect(page).to_have_url(f"{served}elements.html")


class _ProjectPages(_Pages):
    """Serves a directory as the pages of a project: below a path of a host that others share."""

    PREFIX = "/some/book/"
    asked: ClassVar[list[str]] = []

    def translate_path(self, path: str) -> str:
        self.asked.append(path)
        if not path.startswith(self.PREFIX):
            return str(Path(self.directory) / "of another project")
        return super().translate_path(f"/html/{path.removeprefix(self.PREFIX)}")


@pytest.fixture
def project_pages(site: Path) -> Iterator[str]:
    """Serve the website below a path, and return its address there."""
    _ProjectPages.asked.clear()
    handler = partial(_ProjectPages, directory=str(site.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{_ProjectPages.PREFIX}"
        server.shutdown()


def test_the_pages_of_a_project_are_clicked_through_below_its_path(
    project_pages: str, browser: Browser
) -> None:
    with opened(browser, project_pages) as page:
        missing: list[str] = []
        page.on("response", lambda got: missing.append(got.url) if got.status >= 400 else None)
        page.get_by_role("main").get_by_role("link", name="Elements").first.click()
        arrive(page, f"{project_pages}elements.html")
        page.locator("#fig-pool img").scroll_into_view_if_needed()
        expect(page.locator("#fig-pool img")).to_have_js_property("complete", True)
        page.get_by_role("link", name="Next").click()
        arrive(page, f"{project_pages}pools.html")
        page.get_by_role("button", name="Search").click()
        page.keyboard.type("waiting")
        page.get_by_role("option").first.click()
        arrive(page, f"{project_pages}pools.html#pools-waiting")
        page.get_by_role("link", name="Index").first.click()
        arrive(page, f"{project_pages}book-index.html")
        page.get_by_role("main").get_by_role("link").first.click()
        expect(page).to_have_url(re.compile(rf"{project_pages}elements\.html#"))
        for _ in range(2):
            page.go_back()
        arrive(page, f"{project_pages}pools.html#pools-waiting")
        page.goto(f"{project_pages}sizing.html")
        arrive(page, f"{project_pages}pools.html")
        assert missing == []
    assert [path for path in _ProjectPages.asked if not path.startswith("/some/book/")] == []


def test_a_deep_address_that_is_missing_has_its_looks_and_leads_home(
    project_pages: str, browser: Browser
) -> None:
    with opened(browser, f"{project_pages}some/old/chapter.html") as page:
        expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()
        looks = "getComputedStyle(document.querySelector('.bar')).position"
        assert page.evaluate(looks) == "sticky"
        page.get_by_role("banner").get_by_role("link", name="Pools in Depth").click()
        arrive(page, f"{project_pages}index.html")
    assert [path for path in _ProjectPages.asked if not path.startswith("/some/book/")] == []


def test_a_former_page_leads_to_the_new_one(address: str, browser: Browser) -> None:
    with opened(browser, f"{address}sizing.html#sizing-measuring") as page:
        expect(page).to_have_url(f"{address}pools.html#pools-measuring")


def test_the_whole_book_is_printed_from_one_page(served: str, browser: Browser) -> None:
    with opened(browser, f"{served}print.html", color_scheme="dark") as page:
        page.get_by_role("link", name="cross-reference").click()
        expect(page).to_have_url(f"{served}print.html#pools-measuring")
        page.emulate_media(media="print")
        assert page.evaluate("getComputedStyle(document.body).color") == "rgb(27, 35, 48)"
        expect(page.get_by_role("banner")).not_to_be_visible()
        for text in ("The way of Flask.", "The way of FastAPI.", "Because."):
            expect(page.get_by_text(text)).to_be_visible()
        assert page.evaluate("[...document.images].every(image => image.loading !== 'lazy')")
        ids: list[str] = page.evaluate("[...document.querySelectorAll('[id]')].map(({id}) => id)")
        assert len(ids) == len(set(ids))


@contextmanager
def following(book: Path, python: str) -> Iterator[str]:
    """Serve a book while it is written, and return the address."""
    command = [python, "-u", "tools/build_scripts/serve.py", "--port", "0"]
    with subprocess.Popen(command, cwd=book, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield next(line.split()[4] for line in server.stdout if "http://" in line)
        server.send_signal(signal.SIGINT)


def test_an_open_page_follows_what_is_written(
    site: Path, book_python: str, browser: Browser, tmp_path: Path
) -> None:
    book = tmp_path / "book"
    shutil.copytree(site.parent.parent, book)
    chapter = next(book.glob("chapters/*_long/chapter.md"))
    text = chapter.read_text(encoding="utf-8")
    with following(book, book_python) as address, opened(browser, f"{address}long.html") as page:
        page.get_by_role("heading", name="Section 30", exact=False).scroll_into_view_if_needed()
        place = page.evaluate("scrollY")
        chapter.write_text(f"{text}\nWritten just now.\n", encoding="utf-8")
        expect(page.get_by_text("Written just now.")).to_be_attached(timeout=20_000)
        page.wait_for_function(f"Math.abs(scrollY - {place}) < 2")
        chapter.write_text(f"{text}\n[nowhere](#nowhere)\n", encoding="utf-8")
        line = text.count("\n") + 2
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text(f"chapter.md:{line}: the link '#nowhere'", timeout=20_000)
        chapter.write_text(f"{text}\nMended.\n", encoding="utf-8")
        expect(page.get_by_text("Mended.")).to_be_attached(timeout=20_000)
        expect(alert).to_have_count(0)


def test_a_long_chapter_is_small_over_the_wire(site: Path) -> None:
    text = (site / "long.html").read_bytes()
    theme = site / "assets" / "_theme"
    loaded = (text, *((theme / name).read_bytes() for name in ("book.css", "book.js")))
    scripts = [theme / name for name in ("book.js", "search.js")]

    assert len(re.sub(rb"<[^>]*>", b" ", text).split()) > 5000
    assert sum(len(gzip.compress(part)) for part in loaded) < 100_000
    assert sum(script.stat().st_size for script in scripts) < 25_000


def test_code_in_a_wide_table_leaves_room_for_words_on_a_small_page_of_the_epub(
    site: Path, browser: Browser, tmp_path: Path
) -> None:
    [epub] = (site.parent / "epub").glob("*.epub")
    with zipfile.ZipFile(epub) as archive:
        archive.extractall(tmp_path)
    with opened(browser, (tmp_path / "EPUB" / "text" / "elements.xhtml").as_uri(), 420) as page:
        word = page.locator("table.wide tbody td").first
        lines = """cell => {
            const text = document.createRange();
            text.selectNodeContents(cell);
            return text.getClientRects().length;
        }"""
        assert word.evaluate(lines) == 1
        assert fits(page)


def test_the_text_of_every_chapter_is_well_formed(site: Path) -> None:
    for name in ("elements", "pools", "long"):
        page = (site / f"{name}.html").read_text(encoding="utf-8")
        ElementTree.fromstring(page[page.index("<article>") : page.index("</article>") + 10])


def test_search_engines_are_told_where_the_book_is(site: Path) -> None:
    home = "https://ada.github.io/pools/"
    pages = ("elements.html", "pools.html", "long.html")
    sitemap = ElementTree.fromstring((site / "sitemap.xml").read_bytes())
    places = [
        place.text for place in sitemap.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")
    ]

    assert places == [home, *(home + page for page in pages)]
    for page in pages:
        text = (site / page).read_text(encoding="utf-8")
        assert f'<link rel="canonical" href="{home}{page}">' in text
        assert f'<meta property="og:url" content="{home}{page}">' in text
    assert 'content="noindex"' in (site / "print.html").read_text(encoding="utf-8")
