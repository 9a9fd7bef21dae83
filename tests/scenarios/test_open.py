"""--open shows the page that was written, and no other; without a browser it says what to open."""
import os

import pytest

from harness import call


@pytest.fixture
def browser(tmp_path):
    """An xdg-open of our own, the only program on PATH; it writes down what it was given and ends as told."""
    folder = tmp_path / "bin"
    folder.mkdir()
    opener = folder / "xdg-open"
    opener.write_text(f"""#!/bin/sh
printf '%s\\n' "$@" >{tmp_path}/opened
echo "chatter of a browser"
read -r code <{tmp_path}/ends_with
exit "$code"
""")
    opener.chmod(0o755)
    (tmp_path / "ends_with").write_text("0\n")
    return opener


def opened(tmp_path):
    return (tmp_path / "opened").read_text().splitlines()


def test_analyze_opens_the_page_it_wrote(ran, browser, tmp_path):
    answer = ran.call("analyze", "--open", "--json", env={"PATH": str(browser.parent)})
    assert answer.code == 0, answer.err
    page = ran.output("summary_dashboard.html")
    assert page.is_file()
    assert [ran / path for path in opened(tmp_path)] == [page] == [ran / answer.json()["dashboard"]]
    assert "chatter" not in answer.out + answer.err


def test_the_page_of_another_folder_is_opened_there(ran, browser, tmp_path):
    odd = tmp_path / "-a folder; touch x"  # no shell reads it, and no option begins with it
    answer = ran.call("analyze", "--open", "--out-dir", odd, env={"PATH": str(browser.parent)})
    assert answer.code == 0, answer.err
    assert opened(tmp_path) == [str(odd / "summary_dashboard.html")]


def test_demo_opens_the_page_it_wrote(browser, tmp_path):
    for _ in range(2):  # the second finds the demo done
        answer = call("demo", "--dir", "-d", "--days", 3, "--open", cwd=tmp_path, env={"PATH": str(browser.parent)})
        assert answer.code == 0, answer.err
        (page,) = opened(tmp_path)
        assert not page.startswith("-")
        assert os.path.samefile(tmp_path / page, tmp_path / "-d/data/outputs/summary_dashboard.html")
        (tmp_path / "opened").unlink()


@pytest.mark.parametrize("there_is", [False, True])
def test_without_a_browser_the_work_is_done_and_the_page_is_named(ran, browser, tmp_path, there_is):
    (tmp_path / "ends_with").write_text("3\n")  # xdg-open's "a required tool could not be found"
    if not there_is:
        browser.unlink()
    answer = ran.call("analyze", "--open", "--json", env={"PATH": str(browser.parent)})
    assert answer.code == 0
    why = "xdg-open found no browser" if there_is else "there is no xdg-open here"
    assert answer.err == (f"signalbus: the page cannot be shown: {why}; "
                          f"open {answer.json()['dashboard']} in a browser\n")
