// The tables of alerts and their outbox: added to the journal with schema 3.
//
// alert_state: the newest row of a rule and scope holds. outbox: what is to be sent, once for each
// key. delivery: an attempt, written before it is made, and how it ended.
#pragma once

namespace signalbus::storage {

inline constexpr const char* kAlertTables = R"sql(
CREATE TABLE alert_state (
  record INTEGER PRIMARY KEY,
  mode TEXT NOT NULL, account TEXT NOT NULL, rule TEXT NOT NULL, scope TEXT NOT NULL,
  level TEXT NOT NULL, held TEXT NOT NULL, since TEXT NOT NULL, judged TEXT NOT NULL,
  warn_streak INTEGER NOT NULL, critical_streak INTEGER NOT NULL,
  warn_before INTEGER NOT NULL, critical_before INTEGER NOT NULL,
  changes INTEGER NOT NULL, told INTEGER NOT NULL, started INTEGER NOT NULL,
  told_warn TEXT, told_critical TEXT, told_unknown TEXT,
  sentence TEXT NOT NULL, acknowledged_by TEXT NOT NULL, reason TEXT NOT NULL,
  at TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE INDEX alert_state_by_name ON alert_state (mode, account, rule, scope);

CREATE TABLE alert_change (
  record INTEGER PRIMARY KEY,
  mode TEXT NOT NULL, account TEXT NOT NULL, key TEXT NOT NULL,
  rule TEXT NOT NULL, scope TEXT NOT NULL, level TEXT NOT NULL, before TEXT NOT NULL,
  since TEXT NOT NULL, date TEXT NOT NULL, sentence TEXT NOT NULL,
  acknowledged INTEGER NOT NULL,
  suppressed TEXT NOT NULL,  -- why nobody was told; '' when it was
  at TEXT NOT NULL, hash TEXT NOT NULL,
  UNIQUE (mode, account, key)
) STRICT;

CREATE TABLE outbox (
  record INTEGER PRIMARY KEY,
  key TEXT NOT NULL, channel TEXT NOT NULL, date TEXT NOT NULL, level TEXT NOT NULL,
  subject TEXT NOT NULL, text TEXT NOT NULL, html TEXT NOT NULL,
  created TEXT NOT NULL, expires TEXT NOT NULL, hash TEXT NOT NULL,
  UNIQUE (channel, key)
) STRICT;
CREATE INDEX outbox_by_date ON outbox (channel, date);

CREATE TABLE delivery (  -- of the rows of an outbox message the newest holds
  record INTEGER PRIMARY KEY,
  message INTEGER NOT NULL REFERENCES outbox,
  attempt INTEGER NOT NULL CHECK (attempt >= 1),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'given up')),
  next TEXT NOT NULL, answer TEXT NOT NULL, at TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE INDEX delivery_by_message ON delivery (message);

-- Follows from outbox and delivery; kept, because most messages were sent long ago.
CREATE TABLE outbox_waiting (message INTEGER PRIMARY KEY REFERENCES outbox) STRICT;
)sql";

}  // namespace signalbus::storage
