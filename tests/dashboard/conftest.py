"""The pages of dashboard_pages, opened in the system's Chromium from file://."""
import os
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

REPOSITORY = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("DASHBOARD_PAGES", REPOSITORY / "build/dev/bin/dashboard_pages"))
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
QUIET = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync"]
NAMES = ["decade", "large", "alone", "three_days", "empty", "hostile"]


def write_pages(folder):
    subprocess.run([PROGRAM, folder], check=True, capture_output=True, timeout=60)
    return folder


@pytest.fixture(scope="session")
def pages(tmp_path_factory):
    """The folder with NAME.html and NAME.json of every view."""
    return write_pages(tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


class Opened:
    """A page with everything that it asked for or complained about."""

    def __init__(self, page):
        self.page = page
        self.requests, self.complaints = [], []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (self.complaints.append("dialog"), dialog.dismiss()))


@pytest.fixture
def open_page(browser, pages):
    """open_page("decade", width=375, color_scheme="dark"): a page that is drawn."""
    contexts = []

    def open_one(name, width=1440, height=1000, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True,
                                      **options)
        contexts.append(context)
        opened = Opened(context.new_page())
        opened.page.goto((pages / f"{name}.html").as_uri())
        # Charts are drawn once their place has a size: two frames later at most.
        opened.page.evaluate("() => new Promise(done => requestAnimationFrame("
                             "() => requestAnimationFrame(() => setTimeout(done, 50))))")
        return opened

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def saved(tmp_path):
    """saved(page, "Save all numbers as JSON"): the name and text of the file that a button gives."""

    def click(page, button):
        with page.expect_download() as download:
            page.get_by_role("button", name=button, exact=True).click()
        download.value.save_as(tmp_path / "download")
        return download.value.suggested_filename, (tmp_path / "download").read_bytes().decode()

    return click
