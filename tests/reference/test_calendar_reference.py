"""The checked-in sessions, which the program's own test compares itself with, against the package."""
import exchange_calendars

from harness import TESTDATA, table


def test_every_session_from_1990_to_2035_equals_exchange_calendars():
    calendar = exchange_calendars.get_calendar("XNYS", start="1990-01-01", end="2035-12-31")
    want = [(day.date().isoformat(), opens.strftime("%H:%M"), closes.strftime("%H:%M"))
            for day, opens, closes in calendar.schedule[["open", "close"]].itertuples()]
    ours = [(r["date"], r["open_utc"], r["close_utc"]) for r in table(TESTDATA / "calendar/xnys_1990_2035.csv")]
    assert len(ours) > 11000
    assert ours == want
