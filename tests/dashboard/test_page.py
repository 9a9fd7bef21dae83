"""What a reader sees and does: numbers, charts, zoom, tables, downloads, themes, narrow screens, paper."""
import csv
import io
import json

import pytest

from conftest import NAMES

SECTIONS = ["today", "exposure", "orders", "performance", "calendar", "rolling", "distribution", "metrics",
            "attribution", "names", "reconciliation", "alerts", "runs"]
INK = """canvas => {
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  let ink = 0;
  for (let i = 3; i < pixels.length; i += 4) ink += pixels[i] > 0;
  return ink;
}"""


def rows(page, name):
    """The cells of a table by the name of its region."""
    return page.get_by_role("region", name=name, exact=True).locator("tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.innerText))")


def slider(page, name):
    return page.locator(f'.chart[aria-label^="{name},"]')


def told(page, name):
    return slider(page, name).get_attribute("aria-valuetext")


def points(page, name):
    return int(slider(page, name).locator(".plot").get_attribute("data-points"))


@pytest.mark.parametrize("name", NAMES)
def test_opens_from_a_file_asks_for_nothing_and_complains_of_nothing(open_page, pages, name):
    opened = open_page(name)
    assert opened.requests == [(pages / f"{name}.html").as_uri()]
    assert opened.complaints == []
    assert opened.page.locator("section").evaluate_all("all => all.map(one => one.id)") == SECTIONS


@pytest.mark.parametrize("name,count", [("decade", 8), ("alone", 7), ("three_days", 5)])
def test_charts_are_drawn_with_a_bounded_number_of_points(open_page, name, count):
    page = open_page(name).page
    canvases = page.locator(".plot canvas:visible")
    assert canvases.count() == count
    for at in range(count):
        assert canvases.nth(at).evaluate(INK) > 500, at
    drawn = [int(n) for n in page.locator(".plot[data-points]").evaluate_all("all => all.map(p => p.dataset.points)")]
    assert drawn and max(drawn) <= 1500
    assert min(drawn) > (700 if name == "decade" else 2)


def test_the_numbers_are_those_of_the_view(open_page, pages):
    view = json.loads((pages / "decade.json").read_text())
    page = open_page("decade").page
    tiles = page.locator(".tile").evaluate_all(
        "all => all.map(t => [t.querySelector('.term')?.innerText ?? t.children[0].innerText, t.children[1].innerText])")
    tiles = dict(tiles)
    assert tiles["Equity, USD"] == f"{float(view['today']['equity_after']):,.2f}"
    assert tiles["Profit, last day, USD"] == f"{float(view['today']['profit']):+,.2f}".replace("-", "\u2212")
    sharpe = next(row for row in view["metrics"] if row["id"] == "sharpe")
    assert tiles["Sharpe ratio"] == f"{sharpe['value']:.2f}"
    assert len(rows(page, "Where the profit came from")) == len(view["today"]["waterfall"]) + 1
    assert "Paper trading" in page.locator(".badges").inner_text()
    assert "Reconciled: no open difference" in page.locator(".badges").inner_text()


def test_numbers_look_the_same_in_every_country(open_page):
    def text(locale):
        return open_page("decade", locale=locale, timezone_id="Pacific/Auckland").page.locator("#page").inner_text()

    assert text("de-DE") == text("en-US")


def test_the_pointer_reads_out_a_day_in_all_charts(open_page):
    page = open_page("decade").page
    last = told(page, "Growth")
    box = slider(page, "Growth").locator(".u-over")
    box.scroll_into_view_if_needed()
    box.hover(position={"x": 300, "y": 100})
    day = told(page, "Growth").split(":")[0]
    assert told(page, "Growth") != last
    assert told(page, "Drawdown").startswith(day + ":")
    assert day.split()[-1] in slider(page, "Growth").locator("xpath=..").locator(".readout").inner_text()
    page.mouse.move(5, 5)
    assert told(page, "Growth") == last


def test_drag_zooms_every_chart_and_a_double_click_goes_back(open_page):
    page = open_page("decade").page
    before = told(page, "Growth"), points(page, "Growth")
    over = slider(page, "Growth").locator(".u-over")
    over.scroll_into_view_if_needed()
    box = over.bounding_box()
    page.mouse.move(box["x"] + 300, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 380, box["y"] + 100, steps=4)
    page.mouse.up()
    page.mouse.move(5, 5)
    assert points(page, "Growth") < 250
    assert points(page, "Drawdown") == points(page, "Growth")
    assert "since" in slider(page, "Growth").locator("xpath=..").locator(".when").inner_text()
    over.dblclick(position={"x": 50, "y": 50})
    page.mouse.move(5, 5)
    assert (told(page, "Growth"), points(page, "Growth")) == before


def test_range_buttons_show_that_part(open_page):
    page = open_page("decade").page
    group = page.get_by_role("group", name="Days shown in all charts")
    for label, least, most in [("1M", 20, 25), ("1Y", 248, 258), ("3Y", 745, 765), ("YTD", 160, 170)]:
        group.get_by_role("button", name=label, exact=True).click()
        assert least <= points(page, "Growth") <= most, label
        assert group.locator('[aria-pressed="true"]').inner_text() == label
    group.get_by_role("button", name="All", exact=True).click()
    assert points(page, "Growth") > 1000


def test_a_year_of_growth_is_the_year_of_the_table(open_page, pages):
    """The growth of the last year starts at the close before it, as the period table does."""
    view = json.loads((pages / "decade.json").read_text())
    year = next(row for row in view["periods"] if row["label"] == "Year to date")
    page = open_page("decade").page
    page.get_by_role("button", name="YTD", exact=True).click()
    assert f"Portfolio {year['value'] * 100:+.2f}" in told(page, "Growth")


def test_scale_and_measure_change_the_growth_chart(open_page):
    page = open_page("decade").page
    picture = lambda: slider(page, "Growth").locator("canvas").evaluate("canvas => canvas.toDataURL()")
    linear = picture()
    page.get_by_role("button", name="Log", exact=True).click()
    assert picture() != linear
    page.get_by_role("group", name="Measure").get_by_role("button", name="USD").click()
    assert slider(page, "Equity in USD").is_visible()
    assert not slider(page, "Growth").is_visible()
    assert slider(page, "Equity in USD").locator("canvas").evaluate(INK) > 500


def test_tables_sort_by_size_and_show_all(open_page, pages):
    view = json.loads((pages / "large.json").read_text())
    page = open_page("large").page
    region = page.get_by_role("region", name="Every name", exact=True)
    head = region.get_by_role("columnheader", name="Profit")
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    best = sorted(view["names"], key=lambda row: -float(row["pnl"]))
    assert [row[0] for row in rows(page, "Every name")] == [row["symbol"] for row in best[:20]]
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    page.get_by_role("button", name="Show all of Every name").click()
    assert [row[0] for row in rows(page, "Every name")] == [row["symbol"] for row in reversed(best)]


def test_attribution_switches_its_table(open_page, pages):
    view = json.loads((pages / "decade.json").read_text())
    page = open_page("decade").page
    page.get_by_role("group", name="Divided by").get_by_role("button", name="Sector").click()
    sectors = next(table for table in view["attribution"] if table["by"] == "sector")
    shown = [row[0] for row in rows(page, "Attribution by sector")]
    assert shown == [row["label"].replace("_cash", "Cash").replace("_fees", "Fees") for row in sectors["rows"]]


def test_what_needs_a_file_is_a_table_or_the_remedy(open_page, pages):
    view = json.loads((pages / "decade.json").read_text())
    page = open_page("decade").page
    assert [row[0] for row in rows(page, "Factors")] == [row["factor"] for row in view["factors"]["rows"]]
    assert rows(page, "Brinson\u2013Fachler")[0][1] == f"{view['brinson']['rows'][0]['weight'] * 100:.1f}\u202f%"
    book = page.locator(".card", has_text="Liquidity and capacity")
    assert "0.37" in book.inner_text() and "RRC takes longest" in book.inner_text()
    assert "84,320,117" in book.inner_text()
    page = open_page("three_days").page
    book = page.locator(".card", has_text="Liquidity and capacity").inner_text()
    assert "n/a" in book and "signalbus prices" in book
    page = open_page("alone").page
    attribution = page.locator("#attribution").inner_text()
    assert "set analytics.benchmark_weights" in attribution and "set analytics.factors" in attribution


def test_orders_show_what_waiting_cost_and_took(open_page, pages):
    view = json.loads((pages / "decade.json").read_text())
    page = open_page("decade").page
    head = page.get_by_role("region", name=f"Orders, {view['today']['period'].lower()}").locator("thead").inner_text()
    assert "Delay, USD" in head and "Time to fill" in head
    refused = next(row for row in view["orders"] if row["status"] == "REJECTED")
    cells = next(row for row in rows(page, f"Orders, {view['today']['period'].lower()}") if row[0] == refused["symbol"])
    assert cells.count("n/a") == 3  # slippage, delay, time to fill
    costs = rows(page, "Costs by strategy")[0]
    assert "98.0\u202f%" in costs and "0.62\u202fs" in costs


def test_months_show_the_benchmark_too(open_page, pages):
    view = json.loads((pages / "decade.json").read_text())
    newest = next(month for month in view["months"] if (month["year"], month["part"]) == (2025, 1))
    page = open_page("decade").page
    cell = page.locator(".heat-map tbody tr").first.locator("td").first
    assert cell.inner_text().startswith(f"{newest['value'] * 100:+.1f}".replace("-", "\u2212"))
    page.get_by_role("group", name="Whose returns").get_by_role("button", name="Benchmark").click()
    assert cell.inner_text().startswith(f"{newest['benchmark'] * 100:+.1f}".replace("-", "\u2212"))


def test_what_has_no_value_says_why_and_what_is_weak_is_grey(open_page):
    page = open_page("three_days").page
    row = page.locator(".metric-group tr", has_text="Excess kurtosis of the population").first
    assert page.locator(".metric-group .why").count() > 10
    assert "needs" in page.locator(".metric-group .why").first.inner_text()
    assert row.is_visible()
    weak = page.locator("tr.weak").first
    plain = page.locator(".metric-group tbody tr:not(.weak)").first
    colour = "row => getComputedStyle(row.cells[1]).color"
    assert weak.evaluate(colour) != plain.evaluate(colour)
    assert "less than a year of data" in page.locator("#metrics").inner_text()


def test_csv_has_every_row_with_exact_numbers(open_page, pages, saved):
    view = json.loads((pages / "large.json").read_text())
    name, text = saved(open_page("large").page, "Save Every name as CSV")
    assert name == "signalbus_2025-08-29_every_name.csv"
    table = list(csv.DictReader(io.StringIO(text)))
    assert len(table) == 500
    for line, row in zip(table, view["names"], strict=True):
        assert (line["Name"], line["Profit"], line["Quantity"]) == (row["symbol"], row["pnl"], row["quantity"])
        assert float(line["Weight"]) == row["weight"]


def test_csv_of_the_series_is_every_day(open_page, pages, saved):
    view = json.loads((pages / "decade.json").read_text())
    _, text = saved(open_page("decade").page, "Save Growth as CSV")
    table = list(csv.DictReader(io.StringIO(text)))
    assert [line["date"] for line in table] == view["series"]["dates"]
    assert [float(line["returns"]) for line in table] == view["series"]["returns"]


def test_json_is_the_bytes_that_the_program_wrote(open_page, pages, saved):
    name, text = saved(open_page("decade").page, "Save all numbers as JSON")
    assert name == "signalbus_2025-08-29_report.json"
    assert text == (pages / "decade.json").read_text()


def luminance(page, what="backgroundColor"):
    colour = page.locator("body").evaluate("(body, what) => getComputedStyle(body)[what]", what)
    return sum(int(part) for part in colour[colour.index("(") + 1:-1].split(",")[:3])


def test_dark_by_the_system_and_by_the_button(open_page):
    dark = open_page("decade", color_scheme="dark").page
    assert luminance(dark) < 150
    light = open_page("decade").page
    assert luminance(light) > 650
    picture = lambda: slider(light, "Growth").locator("canvas").evaluate("canvas => canvas.toDataURL()")
    before = picture()
    light.get_by_role("button", name="Theme: auto").click()
    light.get_by_role("button", name="Theme: light").click()
    assert luminance(light) < 150
    assert picture() != before, "canvases follow the theme"
    light.reload()
    assert luminance(light) < 150, "the choice is kept"


@pytest.mark.parametrize("name", NAMES)
def test_a_narrow_screen_scrolls_down_only(open_page, name):
    page = open_page(name, width=375, height=700).page
    for width in (375, 320):
        page.set_viewport_size({"width": width, "height": 700})
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width
        page.evaluate("() => window.scrollTo(500, 0)")
        assert page.evaluate("() => window.scrollX") == 0


def test_a_finger_reads_out_a_day(open_page):
    page = open_page("decade", width=375, height=700, has_touch=True).page
    last = told(page, "Growth")
    over = slider(page, "Growth").locator(".u-over")
    over.scroll_into_view_if_needed()
    box = over.bounding_box()
    page.touchscreen.tap(box["x"] + 60, box["y"] + 60)
    assert told(page, "Growth") != last


def test_paper_is_white_without_buttons_and_has_the_charts(open_page, tmp_path):
    page = open_page("decade", color_scheme="dark").page
    before = points(page, "Growth")
    page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print", color_scheme="dark")
    assert luminance(page) == 765 and luminance(page, "color") < 150
    assert not page.locator("nav").is_visible()
    assert page.get_by_role("button", name="CSV").locator("visible=true").count() == 0
    widths = page.locator(".plot canvas:visible").evaluate_all("all => all.map(one => one.clientWidth)")
    assert len(widths) == 8 and max(widths) <= 700
    page.evaluate("() => window.dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert luminance(page) < 150 and points(page, "Growth") == before
    pdf = page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF") and 3 < pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") < 30


def test_an_account_without_a_day_says_so_everywhere(open_page):
    page = open_page("empty").page
    for card in page.locator(".card").all():
        assert card.locator(".empty").count() == 1, card.inner_text()
    assert "no day yet" in page.locator(".badges").inner_text()
    assert page.locator(".tiles").is_hidden()


def test_a_weekly_report_says_which_days_it_is_for(open_page):
    page = open_page("alone").page
    assert page.locator("#today .section-head").inner_text().split("\n\n") == [
        "Last week", "25 Aug 2025 \u2013 Friday, 29 Aug 2025"]
    assert "Profit, last week, USD" in page.locator(".tiles").inner_text()
    assert rows(page, "Deepest drawdowns")[0][0] == "start"
    page.get_by_role("button", name="Show the drawdown").first.click()
    assert told(page, "Growth")


def test_without_a_benchmark_the_page_says_why(open_page):
    page = open_page("alone").page
    assert "data/market/benchmark.csv is not there" in page.locator(".facts").inner_text()
    assert "No benchmark" in page.locator("#rolling").inner_text()
    assert page.get_by_role("group", name="Whose returns").count() == 0
