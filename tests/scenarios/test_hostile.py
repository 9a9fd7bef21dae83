"""Texts of enemies in every field that takes free text, through a whole run: inert in HTML, CSV, mail and terminal."""
import csv
import html.parser
import json

import pytest

from harness import NOW, table
from notify_servers import MailHandler, Server, WebHandler, make_certificates

FORMULA = "=cmd|'/C calc'!A0"
MARKUP = "</script><img src=x onerror=window.hit=1><!channel>"
HEADER = "x\r\nBcc: thief@example.com\r\n\r\nDear customer"
SEQUENCE = "\x1b]0;pwned\x07\x1b[2J\u202egnp.exe"
ATTACKS = {"AAL": FORMULA, "ABBV": MARKUP, "DOC": HEADER, "TFC": SEQUENCE, "AIT": "@SUM(1)", "A": "-2+3", "GE": "\t=1"}


class Mail(MailHandler):
    """Keeps the commands too: whom the envelope names."""
    commands = []

    def answer(self, command, rest):
        self.commands.append((command, rest))
        return super().answer(command, rest)


@pytest.fixture
def servers(tmp_path):
    authority, context = make_certificates(tmp_path / "tls")
    Mail.commands = []
    mail, web = Server(Mail), Server(WebHandler, context)
    yield authority, mail, web
    mail.stop()
    web.stop()


def configure(workspace, servers):
    authority, mail, web = servers
    url = f"https://127.0.0.1:{web.port}"
    workspace.configure(
        ("\nrisk:\n", "\nrisk:\n  sectors_file: data/mapping/sectors.csv\n"),
        ("\nanalytics:\n", "\nanalytics:\n  alerts:\n    rules:\n"
         "      mine: {metric: sector_weight, scope: 'sector:*', op: '>', critical: 0.0001}\n"),
        ("\nidempotency:\n", f"""
notify:
  ca_file: {authority}
  allow_private: ["127.0.0.1:{web.port}"]
  smtp: {{host: 127.0.0.1, port: {mail.port}, tls: none, from: bus@example.com, to: trader@example.com}}
  webhook: {{url: "{url}/hook"}}
  slack: {{webhook: "${{SLACK}}"}}

idempotency:
"""))
    with open(workspace / "data/mapping/sectors.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("symbol", "sector"), *ATTACKS.items()])


class Tags(html.parser.HTMLParser):
    """Every element of a page, with its attributes."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def is_number(cell):
    try:
        float(cell)
    except ValueError:
        return False
    return True


def check_tables(workspace):
    """No spreadsheet takes a cell for a formula; what was written is still there."""
    paths = [*workspace.root.glob("data/outputs/*.csv"), *workspace.root.glob("data/runs/*/*.csv")]
    assert len(paths) > 20
    for path in paths:
        with open(path, newline="", encoding="utf-8") as file:
            for row in csv.reader(file):
                for cell in row:
                    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")) or is_number(cell), f"{path}: {cell!r}"
    (snapshot,) = workspace.root.glob("data/outputs/risk_snapshot_*.csv")
    scopes = {row["scope"] for row in table(snapshot) if row["metric"] == "sector_weight"}
    assert {f"sector:{FORMULA}", f"sector:{MARKUP}"} <= scopes


def check_page(workspace, harmless):
    """The page has the elements of one without enemies: all of it is text."""
    tags = Tags(workspace.output("summary_dashboard.html").read_text(encoding="utf-8"))
    assert [tag for tag, _ in tags.found] == harmless
    assert not any(name.startswith("on") for _, attributes in tags.found for name in attributes)


def check_mail(mail):
    assert len(mail.accepted) == 2
    assert {rest for command, rest in Mail.commands if command == "RCPT"} == {"TO:<trader@example.com>"}
    check_message(mail.accepted[0], "sector =cmd")
    check_message(mail.accepted[1], "trading is HALTED")


def check_message(message, told):
    assert {name.lower() for name in message.keys()} == {
        "date", "from", "to", "subject", "message-id", "mime-version", "content-type", "auto-submitted",
        "x-signalbus-key"}
    plain = message.get_body(("plain",)).get_content()
    assert told in plain
    assert not any(line.startswith(("Bcc", "Dear")) for line in plain.splitlines())
    assert not any(ord(c) < 32 and c != "\n" for c in plain.replace("\r\n", "\n")) and "\u202e" not in plain
    body = Tags(message.get_body(("html",)).get_content())
    assert {tag for tag, _ in body.found}.isdisjoint({"script", "img", "iframe", "svg", "a"})
    assert not any(name.startswith("on") for _, attributes in body.found for name in attributes)


def check_web(web):
    by_path = {path: [json.loads(r.body) for r in web.accepted if r.path == path] for path in ("/slack", "/hook")}
    assert [len(bodies) for bodies in by_path.values()] == [2, 2]
    assert not any("<" in body["text"] for body in by_path["/slack"])  # Slack's markup for links and @channel
    sentences = [change["sentence"] for body in by_path["/hook"] for change in body["changes"]]
    assert any("Bcc: thief@example.com" in sentence for sentence in sentences)
    assert not any(ord(c) < 32 or c == "\u202e" for sentence in sentences for c in sentence)


def test_a_run_full_of_hostile_text_harms_nobody_who_reads_of_it(workspace, servers, two):
    assert two[0].run().code == 0
    harmless = [tag for tag, _ in Tags(two[0].output("summary_dashboard.html").read_text(encoding="utf-8")).found]
    configure(workspace, servers)
    _, mail, web = servers
    env = {"SLACK": f"https://127.0.0.1:{web.port}/slack"}
    first = workspace.run(env=env)
    assert first.code == 0, first.err
    assert workspace.call("halt", "--reason", HEADER + MARKUP + SEQUENCE, "--now", NOW, env=env).code == 0
    answer = workspace.run("--again", env=env)
    assert answer.code == 9, answer.err
    pages = [first.out, first.err, answer.out, answer.err, workspace.call("alerts", "--all").out,
             workspace.call("status").out, workspace.output("summary.txt").read_text(encoding="utf-8")]
    for page in pages:
        assert "\x1b" not in page and "\x07" not in page and "\u202e" not in page
        assert not any(line.startswith(("Bcc", "Dear")) for line in page.splitlines()), page
    check_tables(workspace)
    check_page(workspace, harmless)
    check_mail(mail)
    check_web(web)


def test_ids_that_could_be_formulas_or_markup_are_refused(workspace):
    signals = workspace / "data/raw_signals/equally_weighted.csv"
    good = signals.read_text(encoding="utf-8-sig").splitlines()
    for attack in (FORMULA, MARKUP, "+1", "@SUM(1)", "a b"):
        with open(signals, "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([good[0].split(","), ["2025-08-28", attack, "1", "0"]])
        answer = workspace.call("signals", "--date", "2025-08-29")
        assert answer.code == 3 and "asset id" in answer.err, attack
    manifest = workspace / "config/strategy_manifest.yaml"
    text = manifest.read_text(encoding="utf-8")
    for attack in ("=cmd|calc", "<b>", "a\\r\\nBcc: x"):
        manifest.write_text(text.replace("id: equal_csv", f'id: "{attack}"'), encoding="utf-8")
        answer = workspace.call("config check")
        assert answer.code == 2 and "strategy id" in answer.err, attack
        assert not any(line.startswith("Bcc") for line in answer.err.splitlines())
