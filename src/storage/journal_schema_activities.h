// The table of what happened to an account without an order; part of schema 3.
#pragma once

namespace signalbus::storage {

/// Amounts, dates and `hash` as in the other tables of the journal.
inline constexpr const char* kActivityTables = R"sql(
CREATE TABLE activity (
  record INTEGER PRIMARY KEY,
  mode TEXT NOT NULL, account TEXT NOT NULL,
  activity_id TEXT NOT NULL,  -- the broker's
  kind TEXT NOT NULL, word TEXT NOT NULL, symbol TEXT,
  quantity INTEGER NOT NULL, cash INTEGER NOT NULL, date TEXT NOT NULL,
  seen TEXT NOT NULL,  -- the run date whose positions and cash were the first to contain it
  hash TEXT NOT NULL,
  UNIQUE (mode, account, activity_id)
) STRICT;
)sql";

}  // namespace signalbus::storage
