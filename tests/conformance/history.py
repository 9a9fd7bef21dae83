"""A small daily history with known closes, for the exchanges with a simulated clock."""
from datetime import date, timedelta

FIRST, TODAY, LAST = date(2020, 12, 1), date(2021, 1, 4), date(2021, 1, 29)
CLOSED = {date(2020, 12, 25), date(2021, 1, 1), date(2021, 1, 18)}
SESSIONS = [day for day in (FIRST + timedelta(n) for n in range((LAST - FIRST).days + 1))
            if day.weekday() < 5 and day not in CLOSED]
SYMBOLS = ["UPP", "DWN", "FLAT"]


def close(symbol, day):
    """UPP gains 1.00 a session, DWN loses 0.50, FLAT stays."""
    n = SESSIONS.index(day)
    return {"UPP": 100 + n, "DWN": 80 - n / 2, "FLAT": 50.25}[symbol]


def history_prices():
    rows = [f"{day},{','.join(str(close(symbol, day)) for symbol in SYMBOLS)}\n" for day in SESSIONS]
    return f"date,{','.join(SYMBOLS)}\n" + "".join(rows)


def closes(symbol, first, last):
    """[("2020-12-01", 100.0), ...] as the clients' bars are compared."""
    return [(str(day), float(close(symbol, day))) for day in SESSIONS if first <= day <= last]
