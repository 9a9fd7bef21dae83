PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE acknowledgement (
  record INTEGER PRIMARY KEY,
  mode TEXT NOT NULL, account TEXT NOT NULL, difference TEXT NOT NULL, reason TEXT NOT NULL,
  author TEXT NOT NULL, at TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE TABLE baseline (  -- where reconciliation counts from; the newest holds
  record INTEGER PRIMARY KEY,
  mode TEXT NOT NULL, account TEXT NOT NULL, at TEXT NOT NULL, date TEXT NOT NULL,
  cash INTEGER NOT NULL,
  positions TEXT NOT NULL,  -- lines of symbol, blank, quantity
  orders_after TEXT NOT NULL,
  counted TEXT NOT NULL,    -- lines of ids
  hash TEXT NOT NULL
) STRICT;
CREATE TABLE batch (
  record INTEGER PRIMARY KEY,
  mode TEXT NOT NULL, account TEXT NOT NULL, run_date TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number >= 1),
  plan_hash TEXT NOT NULL, opened_at TEXT NOT NULL, hash TEXT NOT NULL,
  UNIQUE (mode, account, run_date, number)
) STRICT;
INSERT INTO "batch" VALUES(1,'dry','ACC1','2025-08-29',1,'9f86d08','2025-08-29T13:00:00Z','16274105393ccbcfc8323bb72eb5b4cb902c8be93dc15d3fd4c6eb5dff72aa75');
INSERT INTO "batch" VALUES(2,'paper','ACC1','2025-08-29',2,'9f86d08','2025-08-29T13:00:00Z','cb63499c31bf4b0b7bb2457dcc5799de77e1acb708ba20c1c653729c99aec714');
CREATE TABLE closing (  -- a batch is open until its first, and in the state of its newest
  record INTEGER PRIMARY KEY,
  batch INTEGER NOT NULL REFERENCES batch,
  state TEXT NOT NULL CHECK (state IN ('open', 'finished', 'ended')),
  at TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
INSERT INTO "closing" VALUES(17,1,'finished','2025-08-29T13:01:00Z','abee6ab66fbcdc3a8b18453501ca2863b19b5fbcb0319d2bf2124ad2a1f03723');
CREATE TABLE control (  -- the newest holds
  record INTEGER PRIMARY KEY,
  state TEXT NOT NULL, reason TEXT NOT NULL, author TEXT NOT NULL, at TEXT, hash TEXT NOT NULL
) STRICT;
INSERT INTO "control" VALUES(18,'HALTED','schema 2','root','2026-11-27T01:56:34.387347Z','f80401c01a9a93346950b78512eaa24c0d687dbeeabf4b600b3bcefd2bbf7cfe');
CREATE TABLE equity_mark (
  record INTEGER PRIMARY KEY,
  mode TEXT NOT NULL, account TEXT NOT NULL, date TEXT NOT NULL, equity INTEGER NOT NULL,
  hash TEXT NOT NULL,
  UNIQUE (mode, account, date)
) STRICT;
CREATE TABLE event (
  record INTEGER PRIMARY KEY,
  intent INTEGER NOT NULL REFERENCES intent,
  state TEXT NOT NULL, order_id TEXT NOT NULL, filled_qty INTEGER NOT NULL,
  filled_avg_price INTEGER, price_used INTEGER NOT NULL, submitted_at TEXT,
  updated_at TEXT NOT NULL, reject_code TEXT NOT NULL, error TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
INSERT INTO "event" VALUES(9,3,'SUBMITTING','b1c2',1234567891,148300000001,148300000000,'2025-08-29T13:00:01Z','2025-08-29T13:00:02.000001Z','','','78e181b274ac67fbe5ed97247941bc4b2483f80f985ed4a9b0608c30821a0370');
INSERT INTO "event" VALUES(10,4,'SUBMITTING','',0,NULL,148300000000,NULL,'2025-08-29T13:00:02.000001Z','40310000','insufficient buying power','4261d44c5f70f3f76af8ea687ef5968ca53d514f6e621c3319974b68f6021562');
INSERT INTO "event" VALUES(11,5,'SUBMITTING','b1c2',1234567891,148300000001,148300000000,'2025-08-29T13:00:01Z','2025-08-29T13:00:02.000001Z','','','0385379d9a88a3933f5101110aea85236367cd19dfe0811d828d4031bdad66da');
INSERT INTO "event" VALUES(12,3,'SIMULATED','b1c2',1234567891,148300000001,148300000000,'2025-08-29T13:00:01Z','2025-08-29T13:00:02.000001Z','','','a6ac1d526cd6ee8cba685285bde11dc443cddf0e2dd545f0468fb43078a946c5');
INSERT INTO "event" VALUES(13,4,'REJECTED','',0,NULL,148300000000,NULL,'2025-08-29T13:00:02.000001Z','40310000','insufficient buying power','9cc5af98b71ee87976b9f56bc06c154e03dc97c2421e05e0618c9eff13008df8');
INSERT INTO "event" VALUES(14,8,'SUBMITTING','',0,NULL,148300000000,NULL,'2025-08-29T13:00:02.000001Z','40310000','insufficient buying power','d9c976cde31cedf50f3e66624d1a88b4d8001ce3a23a5a61645b40699df2f841');
CREATE TABLE fill (
  record INTEGER PRIMARY KEY,
  batch INTEGER NOT NULL REFERENCES batch, intent INTEGER NOT NULL REFERENCES intent,
  execution_id TEXT NOT NULL, order_id TEXT NOT NULL, symbol TEXT NOT NULL, side TEXT NOT NULL,
  quantity INTEGER NOT NULL, price INTEGER NOT NULL, at TEXT NOT NULL, hash TEXT NOT NULL,
  UNIQUE (batch, execution_id)
) STRICT;
INSERT INTO "fill" VALUES(15,1,3,'x0','b1c2','S0','SELL',1,99000000001,'2025-08-29T13:00:02Z','a1584ad683d92c618f74019cef518a2c95a0784cfa8ee2c609555784d048b38a');
INSERT INTO "fill" VALUES(16,1,5,'x2','b1c2','S2','SELL',1,99000000001,'2025-08-29T13:00:02Z','af8c6b1e358f7177d0dc76f621fa43f9d46f76b1b26b4348a460a6ebf20816ec');
CREATE TABLE intent (
  record INTEGER PRIMARY KEY,
  batch INTEGER NOT NULL REFERENCES batch,
  client_order_id TEXT NOT NULL, sequence INTEGER NOT NULL, attempt INTEGER NOT NULL,
  state TEXT NOT NULL,  -- when stored; the newest is in event
  asset_id TEXT NOT NULL, symbol TEXT NOT NULL, side TEXT NOT NULL, quantity INTEGER NOT NULL,
  type TEXT NOT NULL, take_profit INTEGER, stop_loss INTEGER, limit_price INTEGER,
  ref_price INTEGER NOT NULL, notional INTEGER NOT NULL, time_in_force TEXT NOT NULL,
  purpose TEXT NOT NULL, parent TEXT NOT NULL, hash TEXT NOT NULL,
  UNIQUE (batch, client_order_id), UNIQUE (batch, sequence)
) STRICT;
INSERT INTO "intent" VALUES(3,1,'sb_20250829_S0_BUY_abcdefghij',0,1,'PLANNED','1690','S0','BUY',1234567891,'BRACKET',150500000000,145200000001,148300000000,148299999999,766710001,'DAY','reduce to target','','e69b01a9f3687e2d975a1f37cf10c85de86f16f8cc865a4792c75e673184c676');
INSERT INTO "intent" VALUES(4,1,'sb_20250829_S1_BUY_abcdefghij',1,1,'PLANNED','','S1','SELL',1234567892,'MARKET',NULL,NULL,NULL,148299999999,766710001,'GTC','change side after the close has filled','','63285311f421f5b2135c15356cef60800d8095d5f746342470ba78d543382043');
INSERT INTO "intent" VALUES(5,1,'sb_20250829_S2_BUY_abcdefghij',2,1,'PLANNED','1692','S2','BUY',1234567893,'BRACKET',150500000000,145200000001,148300000000,148299999999,766710001,'DAY','reduce to target','','e4ecdef776c513ea306acab891599ea12d3cefdd7dd84aebcf405b4423578dc2');
INSERT INTO "intent" VALUES(6,1,'sb_20250829_S3_BUY_abcdefghij',3,1,'PLANNED','','S3','SELL',1234567894,'MARKET',NULL,NULL,NULL,148299999999,766710001,'GTC','change side after the close has filled','','e35c7b333597a115834c5d211c6114129409fcce5bdb2355a6845a49caa095ef');
INSERT INTO "intent" VALUES(7,2,'sb_20250829_S0_BUY_abcdefghij',0,1,'PLANNED','1690','S0','BUY',1234567891,'BRACKET',150500000000,145200000001,148300000000,148299999999,766710001,'DAY','reduce to target','','ea4132d173659f97b43b8bdd0aea1be797ee9f71cf5e5383460d6b4013e6228e');
INSERT INTO "intent" VALUES(8,2,'sb_20250829_S1_BUY_abcdefghij',1,1,'PLANNED','','S1','SELL',1234567892,'MARKET',NULL,NULL,NULL,148299999999,766710001,'GTC','change side after the close has filled','','bfb8b59cac9439b46e870eac18cba4eafb6da937ef0940348fc6663ea6919690');
CREATE TABLE move (
  record INTEGER PRIMARY KEY,
  batch INTEGER NOT NULL REFERENCES batch,
  from_strategy TEXT NOT NULL, to_strategy TEXT NOT NULL, symbol TEXT,
  quantity INTEGER NOT NULL, price INTEGER NOT NULL, cash INTEGER NOT NULL,
  reason TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE TABLE permission (  -- to pass one rule once
  record INTEGER PRIMARY KEY,
  rule TEXT NOT NULL, reason TEXT NOT NULL, author TEXT NOT NULL, at TEXT NOT NULL,
  expires_at TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE TABLE permission_use (
  record INTEGER PRIMARY KEY,
  permission INTEGER NOT NULL UNIQUE REFERENCES permission,
  at TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE TABLE posting (  -- one for each time that an intent may have left
  record INTEGER PRIMARY KEY,
  intent INTEGER NOT NULL REFERENCES intent,
  post INTEGER NOT NULL CHECK (post >= 1),
  body TEXT,  -- of the first; the same bytes left ever after
  body_sha256 TEXT NOT NULL, quantity INTEGER NOT NULL, price_used INTEGER NOT NULL, notional INTEGER NOT NULL,
  at TEXT NOT NULL, hash TEXT NOT NULL,
  UNIQUE (intent, post), CHECK ((post = 1) = (body IS NOT NULL))
) STRICT;
CREATE TABLE run (
  run_key INTEGER PRIMARY KEY,
  run_date TEXT NOT NULL, number INTEGER NOT NULL, mode TEXT NOT NULL,
  started_at TEXT NOT NULL, finished_at TEXT, exit_code INTEGER, outcome TEXT,
  UNIQUE (run_date, number)
) STRICT;
INSERT INTO "run" VALUES(1,'2025-08-29',1,'dry','2025-08-29T13:00:00Z','2025-08-29T13:01:01Z',0,'done');
CREATE TABLE share (  -- of an intent: who asked for it
  record INTEGER PRIMARY KEY,
  intent INTEGER NOT NULL REFERENCES intent,
  strategy TEXT NOT NULL, quantity INTEGER NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE TABLE takeover (  -- the newest of a mode may write
  record INTEGER PRIMARY KEY,
  mode TEXT NOT NULL, epoch INTEGER NOT NULL, holder TEXT NOT NULL, at TEXT NOT NULL,
  hash TEXT NOT NULL,
  UNIQUE (mode, epoch)
) STRICT;
CREATE TABLE traded_symbol (
  mode TEXT NOT NULL, account TEXT NOT NULL, symbol TEXT NOT NULL,
  PRIMARY KEY (mode, account, symbol)
) STRICT, WITHOUT ROWID;
INSERT INTO "traded_symbol" VALUES('dry','ACC1','S0');
INSERT INTO "traded_symbol" VALUES('dry','ACC1','S2');
CREATE INDEX closing_by_batch ON closing (batch);
CREATE INDEX intent_by_client_order_id ON intent (client_order_id);
CREATE INDEX intent_leg ON intent (batch) WHERE parent <> '';
CREATE INDEX share_by_intent ON share (intent);
CREATE INDEX event_by_intent ON event (intent);
CREATE INDEX move_by_batch ON move (batch);
CREATE INDEX baseline_by_account ON baseline (mode, account);
CREATE TRIGGER batch_keeps BEFORE UPDATE ON batch BEGIN SELECT raise(ABORT, 'batch is append-only'); END;
CREATE TRIGGER batch_stays BEFORE DELETE ON batch BEGIN SELECT raise(ABORT, 'batch is append-only'); END;
CREATE TRIGGER closing_keeps BEFORE UPDATE ON closing BEGIN SELECT raise(ABORT, 'closing is append-only'); END;
CREATE TRIGGER closing_stays BEFORE DELETE ON closing BEGIN SELECT raise(ABORT, 'closing is append-only'); END;
CREATE TRIGGER intent_keeps BEFORE UPDATE ON intent BEGIN SELECT raise(ABORT, 'intent is append-only'); END;
CREATE TRIGGER intent_stays BEFORE DELETE ON intent BEGIN SELECT raise(ABORT, 'intent is append-only'); END;
CREATE TRIGGER share_keeps BEFORE UPDATE ON share BEGIN SELECT raise(ABORT, 'share is append-only'); END;
CREATE TRIGGER share_stays BEFORE DELETE ON share BEGIN SELECT raise(ABORT, 'share is append-only'); END;
CREATE TRIGGER posting_keeps BEFORE UPDATE ON posting BEGIN SELECT raise(ABORT, 'posting is append-only'); END;
CREATE TRIGGER posting_stays BEFORE DELETE ON posting BEGIN SELECT raise(ABORT, 'posting is append-only'); END;
CREATE TRIGGER event_keeps BEFORE UPDATE ON event BEGIN SELECT raise(ABORT, 'event is append-only'); END;
CREATE TRIGGER event_stays BEFORE DELETE ON event BEGIN SELECT raise(ABORT, 'event is append-only'); END;
CREATE TRIGGER fill_keeps BEFORE UPDATE ON fill BEGIN SELECT raise(ABORT, 'fill is append-only'); END;
CREATE TRIGGER fill_stays BEFORE DELETE ON fill BEGIN SELECT raise(ABORT, 'fill is append-only'); END;
CREATE TRIGGER move_keeps BEFORE UPDATE ON move BEGIN SELECT raise(ABORT, 'move is append-only'); END;
CREATE TRIGGER move_stays BEFORE DELETE ON move BEGIN SELECT raise(ABORT, 'move is append-only'); END;
CREATE TRIGGER control_keeps BEFORE UPDATE ON control BEGIN SELECT raise(ABORT, 'control is append-only'); END;
CREATE TRIGGER control_stays BEFORE DELETE ON control BEGIN SELECT raise(ABORT, 'control is append-only'); END;
CREATE TRIGGER takeover_keeps BEFORE UPDATE ON takeover BEGIN SELECT raise(ABORT, 'takeover is append-only'); END;
CREATE TRIGGER takeover_stays BEFORE DELETE ON takeover BEGIN SELECT raise(ABORT, 'takeover is append-only'); END;
CREATE TRIGGER equity_mark_keeps BEFORE UPDATE ON equity_mark BEGIN SELECT raise(ABORT, 'equity_mark is append-only'); END;
CREATE TRIGGER equity_mark_stays BEFORE DELETE ON equity_mark BEGIN SELECT raise(ABORT, 'equity_mark is append-only'); END;
CREATE TRIGGER permission_keeps BEFORE UPDATE ON permission BEGIN SELECT raise(ABORT, 'permission is append-only'); END;
CREATE TRIGGER permission_stays BEFORE DELETE ON permission BEGIN SELECT raise(ABORT, 'permission is append-only'); END;
CREATE TRIGGER permission_use_keeps BEFORE UPDATE ON permission_use BEGIN SELECT raise(ABORT, 'permission_use is append-only'); END;
CREATE TRIGGER permission_use_stays BEFORE DELETE ON permission_use BEGIN SELECT raise(ABORT, 'permission_use is append-only'); END;
CREATE TRIGGER acknowledgement_keeps BEFORE UPDATE ON acknowledgement BEGIN SELECT raise(ABORT, 'acknowledgement is append-only'); END;
CREATE TRIGGER acknowledgement_stays BEFORE DELETE ON acknowledgement BEGIN SELECT raise(ABORT, 'acknowledgement is append-only'); END;
CREATE TRIGGER baseline_keeps BEFORE UPDATE ON baseline BEGIN SELECT raise(ABORT, 'baseline is append-only'); END;
CREATE TRIGGER baseline_stays BEFORE DELETE ON baseline BEGIN SELECT raise(ABORT, 'baseline is append-only'); END;
COMMIT;
PRAGMA application_id = 1396861489;
PRAGMA user_version = 2;
