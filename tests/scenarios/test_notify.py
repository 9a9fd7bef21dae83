"""Who hears of what went wrong: real mail and web servers, their outages, and a signalbus that is killed."""
import collections
import datetime
import hashlib
import hmac
import json
import os
import signal
import subprocess
import time
import urllib.parse

import pytest

from harness import BINARY, environment
from notify_servers import MailHandler, Server, WebHandler, make_certificates

SECRETS = {"HOOK_SECRET": "s3cr3t-hook", "SLACK": "", "TOKEN": "t0ken-of-sms", "MAIL_PASSWORD": "pa55-of-mail"}


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    return make_certificates(tmp_path_factory.mktemp("tls"))


class Starttls(MailHandler):
    starttls = True
    login = ("me", "pa55-of-mail")


class Implicit(MailHandler):
    implicit = True


@pytest.fixture
def web(certificates):
    server = Server(WebHandler, certificates[1])
    yield server
    server.stop()


@pytest.fixture
def mail(certificates):
    server = Server(Starttls, certificates[1])
    yield server
    server.stop()


def configure(workspace, certificates, mail=None, web=None, channels=("webhook",), extra=""):
    """Adds a notify block; secrets come from the environment."""
    lines = ["", "notify:", f"  ca_file: {certificates[0]}"]
    if mail is not None:
        lines += ["  smtp:", "    host: localhost", f"    port: {mail.port}", "    tls: starttls", "    user: me",
                  "    password: ${MAIL_PASSWORD}", "    from: bus@example.com", "    to: trader@example.com"]
    if web is not None:
        url = f"https://127.0.0.1:{web.port}"
        lines += [f'  allow_private: ["127.0.0.1:{web.port}"]']
        if "webhook" in channels:
            lines += ["  webhook:", f"    url: {url}/hook", "    secret: ${HOOK_SECRET}"]
        if "slack" in channels:
            lines += ["  slack:", "    webhook: ${SLACK}"]
        if "sms" in channels:
            lines += ["  sms:", f"    url: {url}", "    account: AC1", "    token: ${TOKEN}", '    from: "+1555"',
                      '    to: "+1666"']
        if "dead_man" in channels:
            lines += ["  dead_man:", "    url: ${PING}"]
    path = workspace / "config/config.yaml"
    path.write_text(path.read_text() + "\n".join(lines) + "\n" + extra)


def secrets(web=None):
    base = f"https://127.0.0.1:{web.port}" if web else ""
    return {**SECRETS, "SLACK": base + "/slack-s3cr3t", "PING": base + "/ping-s3cr3t"}


def break_m1(workspace):
    for path in (workspace / "data/raw_signals").iterdir():
        path.unlink()


def later(hours=1):
    now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=hours)
    return now.strftime("%Y-%m-%dT%H:%M:%SZ")


def keys(requests):
    return collections.Counter(r.headers["idempotency-key"] for r in requests)


def waiting(workspace, env):
    return workspace.call("notify list", "--json", env=env).json()["messages"]


def assert_no_secret(workspace, *texts):
    """No secret is in what was printed, logged or stored."""
    found = b"".join(p.read_bytes() for p in workspace.root.rglob("*") if p.is_file())
    for secret in ("s3cr3t", "t0ken-of-sms", "pa55-of-mail"):
        assert secret.encode() not in found
        assert all(secret not in text for text in texts)


def test_every_channel_is_tried_and_says_what_was_answered(workspace, certificates, mail, web):
    configure(workspace, certificates, mail, web, ("webhook", "slack", "sms", "dead_man"))
    answer = workspace.call("notify test", "--json", env=secrets(web))
    assert answer.code == 0, answer.out + answer.err
    tried = {c["channel"]: c for c in answer.json()["channels"]}
    assert set(tried) == {"email", "slack", "webhook", "sms", "dead_man"}
    assert all(c["accepted"] for c in tried.values())
    assert tried["email"]["target"] == f"trader@example.com by localhost:{mail.port}"
    assert tried["slack"]["target"] == f"https://127.0.0.1:{web.port}"
    assert tried["webhook"]["answer"] == "status 200"

    message = mail.accepted[0]
    assert message.secure and message.user == ["me", "pa55-of-mail"]
    assert message["Subject"] == "[signalbus dry] a test, please ignore"
    assert (message["From"], message["To"]) == ("signalbus <bus@example.com>", "trader@example.com")
    parts = [part.get_content_type() for part in message.walk()]
    assert parts[-3:] == ["multipart/alternative", "text/plain", "text/html"]

    by_path = {r.path: r for r in web.accepted}
    hook = by_path["/hook"]
    signed = hook.headers["x-signalbus-timestamp"].encode() + b"." + hook.body
    expected = hmac.new(b"s3cr3t-hook", signed, hashlib.sha256).hexdigest()
    assert hook.headers["x-signalbus-signature"] == "v1=" + expected
    assert json.loads(hook.body)["kind"] == "test"
    sms = by_path["/2010-04-01/Accounts/AC1/Messages.json"]
    form = urllib.parse.parse_qs(sms.body.decode())
    assert (form["From"], form["To"]) == (["+1555"], ["+1666"])
    assert sms.headers["authorization"].startswith("Basic ")
    assert json.loads(by_path["/slack-s3cr3t"].body)["mrkdwn"] is False
    assert by_path["/ping-s3cr3t"].method == "GET"
    assert_no_secret(workspace, answer.out, answer.err)


def test_mail_by_implicit_tls_and_plain_to_this_machine_only(workspace, certificates):
    implicit, plain = Server(Implicit, certificates[1]), Server(MailHandler)
    path = workspace / "config/config.yaml"
    original = path.read_text()
    for server, tls in ((implicit, "implicit"), (plain, "none")):
        path.write_text(original + f"\nnotify:\n  ca_file: {certificates[0]}\n  smtp: {{host: 127.0.0.1, "
                        f"port: {server.port}, tls: {tls}, from: a@example.com, to: b@example.com}}\n")
        assert workspace.call("notify test").code == 0
        assert len(server.accepted) == 1
    # A server without STARTTLS is not written to in the clear.
    path.write_text(path.read_text().replace("tls: none", "tls: starttls"))
    refused = workspace.call("notify test")
    assert refused.code == 6 and "FAILED" in refused.out
    assert len(plain.received) == 1
    implicit.stop()
    plain.stop()


def test_a_failed_stage_is_told_once_however_often_the_day_is_run(workspace, certificates, mail, web):
    configure(workspace, certificates, mail, web, ("webhook", "sms"))
    break_m1(workspace)
    first = workspace.run(env=secrets(web))
    again = workspace.run(env=secrets(web))
    assert first.code == again.code == 3
    assert len(mail.accepted) == 1
    body = json.loads([r for r in web.accepted if r.path == "/hook"][0].body)
    assert [(c["rule"], c["scope"], c["level"]) for c in body["changes"]][0] == ("stage_failed", "stage:m1", "critical")
    assert "m1: failed: " in mail.accepted[0].get_body(("plain",)).get_content()
    assert keys(web.accepted).most_common(1)[0][1] == 2  # webhook and SMS, one each, under one key
    assert waiting(workspace, secrets(web)) == []

    alerts = workspace.call("alerts", "--json").json()
    assert [a["rule"] for a in alerts["open"]][0] == "stage_failed"
    assert workspace.call("alerts ack", "stage_failed", "--reason", "known").code == 0
    assert workspace.call("alerts", "--json").json()["open"][0]["reason"] == "known"
    assert workspace.call("alerts ack", "drawdown", "--reason", "x").code == 3
    assert workspace.call("audit verify").code == 0


def test_a_good_day_has_a_heartbeat_and_a_ping_and_no_sms(workspace, certificates, web):
    configure(workspace, certificates, None, web, ("webhook", "sms", "dead_man"))
    assert workspace.run(env=secrets(web)).code == 0
    paths = collections.Counter(r.path for r in web.accepted)
    assert paths == {"/hook": 1, "/ping-s3cr3t": 1}
    assert workspace.run(env=secrets(web)).code == 0
    paths = collections.Counter(r.path for r in web.accepted)
    assert paths == {"/hook": 1, "/ping-s3cr3t": 2}  # one heartbeat a day, a ping for each good run


def test_outages_delay_a_message_and_lose_none(workspace, certificates, mail, web):
    configure(workspace, certificates, mail, web)
    env = secrets(web)
    break_m1(workspace)
    web.plan.steps = ["fail", "cut", "redirect"]
    mail.plan.steps = ["fail", "cut"]
    assert workspace.run(env=env).code == 3  # the channels' failures are not the run's
    assert len(waiting(workspace, env)) == 2
    assert workspace.call("notify deliver", env=env).code == 0  # not due yet: nobody is asked
    assert len(web.received) == 1
    for hours in (2, 4, 6):
        workspace.call("notify deliver", "--now", later(hours), env=env)
    assert waiting(workspace, env) == []
    assert len(web.accepted) == len(mail.accepted) == 1
    assert [r.path for r in web.received] == ["/hook"] * 4  # the redirect was not followed
    assert len(keys(web.received)) == 1
    assert {m["Message-ID"] for m in mail.received} == {mail.accepted[0]["Message-ID"]}
    assert len({r.body for r in web.received}) == 1


def test_a_channel_that_hangs_holds_up_neither_the_run_nor_the_others(workspace, certificates, mail, web):
    configure(workspace, certificates, mail, web)
    break_m1(workspace)
    web.plan.steps, web.plan.seconds = ["slow"], 60
    start = time.monotonic()
    answer = workspace.run(env=secrets(web))
    assert answer.code == 3
    assert time.monotonic() - start < 15
    assert len(mail.accepted) == 1


def test_what_nobody_took_for_a_day_is_given_up_and_the_other_channel_says_so(workspace, certificates, mail, web):
    configure(workspace, certificates, mail, web)
    env = secrets(web)
    break_m1(workspace)
    mail.plan.steps = ["fail"] * 50
    workspace.run(env=env)
    given_up = workspace.call("notify deliver", "--now", later(25), "--json", env=env)
    assert given_up.code == 6 and given_up.json()["given_up"] == 1
    listed = workspace.call("notify list", "--all", "--json", env=env).json()["messages"]
    assert {(m["channel"], m["state"]) for m in listed} == {("email", "given up"), ("webhook", "sent")}


@pytest.mark.parametrize("channel", ["web", "mail"])
def test_a_signalbus_killed_while_it_sends_loses_nothing(workspace, certificates, mail, web, channel):
    configure(workspace, certificates, mail, web)
    env = secrets(web)
    break_m1(workspace)
    server, other = (web, mail) if channel == "web" else (mail, web)
    server.plan.steps, server.plan.seconds = ["slow", "slow", "slow"], 2
    command = ["--config", "config/config.yaml"]
    started = [["run", "--once", "--date", "2025-08-29", *command]]
    started += [["notify", "deliver", "--now", later(h), *command] for h in (2, 4)]
    for number, arguments in enumerate(started, 1):
        process = subprocess.Popen([BINARY, *arguments], cwd=workspace.root, env=environment(env),
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        server.wait_for(number)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert workspace.call("notify deliver", "--now", later(6), env=env).code == 0
    assert waiting(workspace, env) == []
    assert workspace.call("audit verify").code == 0
    # Three answers were lost, so the fourth attempt is the first that is known to have arrived.
    assert len(server.received) == 4
    if channel == "web":
        assert len(keys(server.received)) == 1
    else:
        assert len({m["Message-ID"] for m in server.received}) == 1
    assert len(other.accepted) == 1


def test_nobody_is_called_whose_certificate_or_address_is_wrong(workspace, certificates, web):
    configure(workspace, certificates, None, web)
    env = secrets(web)
    path = workspace / "config/config.yaml"
    original = path.read_text()

    path.write_text(original.replace(f"  ca_file: {certificates[0]}\n", ""))
    answer = workspace.call("notify test", env=env)
    assert answer.code == 6 and "certificate" in answer.out

    path.write_text(original.replace(f'  allow_private: ["127.0.0.1:{web.port}"]\n', ""))
    answer = workspace.call("notify test", env=env)
    assert answer.code == 6 and "its address or port is not a public one" in answer.out
    for host in ("localhost.", "2130706433", "[::ffff:127.0.0.1]", "0.0.0.0", "169.254.169.254", "127.1"):
        path.write_text(original.replace(f'  allow_private: ["127.0.0.1:{web.port}"]\n', "")
                        .replace(f"https://127.0.0.1:{web.port}", f"https://{host}:{web.port}"))
        answer = workspace.call("notify test", env=env)
        assert answer.code == 6 and "FAILED" in answer.out, host
    path.write_text(original.replace("https://127.0.0.1", "https://good@127.0.0.1"))
    assert workspace.call("notify test", env=env).code == 2
    assert web.received == []


def test_hostile_text_of_an_input_is_inert_in_every_channel(workspace, certificates, mail, web):
    configure(workspace, certificates, mail, web, ("webhook", "slack"))
    attack = '<script>alert(1)</script><!channel>'
    for path in (workspace / "data/raw_signals").glob("*.csv"):
        lines = path.read_text().splitlines()
        lines[1] = ",".join(attack for _ in lines[0].split(","))
        path.write_text("\n".join(lines) + "\n")
    assert workspace.run(env=secrets(web)).code == 3
    message = mail.accepted[0]
    assert "<script>" not in message.get_body(("html",)).get_content()
    slack = [r for r in web.accepted if r.path.startswith("/slack")][0]
    assert "<" not in json.loads(slack.body)["text"]
    assert b"\nBcc" not in message.raw


def test_a_configured_channel_without_its_secret_says_so(workspace, certificates, web):
    configure(workspace, certificates, None, web, ("slack",))
    answer = workspace.call("notify test")
    assert answer.code == 6
    assert "notify.slack.webhook: ${SLACK} is not set" in answer.out
    assert workspace.call("notify test", "--channel", "email", env=secrets(web)).code == 2


def test_no_channel_costs_a_run_no_library(workspace):
    """libcurl is in a plug-in: a run that sends nothing does not load it."""
    maps = subprocess.run(["ldd", BINARY], capture_output=True, text=True, check=True).stdout
    assert "curl" not in maps
    assert workspace.run().code == 0
    assert workspace.call("notify list").out == "no message waits\n"
