"""Mail and web servers of this machine with faults: what notifications are tested against."""
import base64
import email
import email.policy
import http.server
import socketserver
import ssl
import subprocess
import threading
import time
from dataclasses import dataclass, field


def make_certificates(folder):
    """A certificate authority of our own, and a server's certificate for 127.0.0.1 and localhost."""
    folder.mkdir(parents=True, exist_ok=True)

    def openssl(*args):
        subprocess.run(["openssl", *args], cwd=folder, check=True, capture_output=True)

    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", "2",
            "-subj", "/CN=test ca")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=test")
    (folder / "extensions").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
            "-extfile", "extensions", "-out", "server.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    return folder / "ca.pem", context


@dataclass
class Plan:
    """What the server does with each message in turn; after the last, it is good.

    ok, fail (500 or 451), cut (takes the message, closes without an answer), slow (answers after
    `seconds`), redirect (HTTP only).
    """
    steps: list = field(default_factory=list)
    seconds: float = 30
    lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self):
        with self.lock:
            return self.steps.pop(0) if self.steps else "ok"


class Server:
    """Runs in a thread; `received` are all messages it read, `accepted` those it said yes to."""

    def __init__(self, handler, context=None):
        self.plan = Plan()
        self.received = []
        self.accepted = []
        self.context = context
        owner = self

        class Threaded(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

            def handle_error(self, request, client_address):
                pass  # clients that are killed are the point

        class Bound(handler):
            server_owner = owner

        self.server = Threaded(("127.0.0.1", 0), Bound)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def wait_for(self, count, seconds=20):
        end = time.time() + seconds
        while len(self.received) < count and time.time() < end:
            time.sleep(0.02)
        assert len(self.received) >= count, f"{len(self.received)} of {count} messages arrived"


class MailHandler(socketserver.StreamRequestHandler):
    """Enough of SMTP: EHLO, STARTTLS, AUTH PLAIN, MAIL, RCPT, DATA."""
    implicit = False
    starttls = False
    login = None

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")
        self.wfile.flush()

    def wrap(self):
        self.request = self.server_owner.context.wrap_socket(self.request, server_side=True)
        self.rfile = self.request.makefile("rb")
        self.wfile = self.request.makefile("wb")

    def handle(self):
        if self.implicit:
            self.wrap()
        self.secure = self.implicit
        self.user = None
        self.say("220 test")
        while line := self.rfile.readline():
            command, _, rest = line.decode("latin1").strip().partition(" ")
            if not self.answer(command.upper(), rest):
                return

    def answer(self, command, rest):
        if command == "EHLO":
            self.say("250-test")
            if self.starttls and not self.secure:
                self.say("250-STARTTLS")
            self.say("250 AUTH PLAIN")
        elif command == "STARTTLS":
            self.say("220 go")
            self.wrap()
            self.secure = True
        elif command == "AUTH":
            words = rest.split()[1:]
            if not words:
                self.say("334 ")
                words = [self.rfile.readline().decode().strip()]
            self.user = base64.b64decode(words[0]).decode().split("\0")[1:]
            self.say("235 yes" if self.login in (None, tuple(self.user)) else "535 no")
        elif command == "DATA":
            return self.data()
        elif command == "QUIT":
            self.say("221 bye")
            return False
        else:
            self.say("250 ok")
        return True

    def data(self):
        self.say("354 go")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        message = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        message.secure, message.user, message.raw = self.secure, self.user, b"".join(lines)
        owner = self.server_owner
        step = owner.plan.next()
        owner.received.append(message)
        if step == "cut":
            return False
        if step == "slow":
            time.sleep(owner.plan.seconds)
        if step == "fail":
            self.say("451 later")
            return True
        owner.accepted.append(message)
        self.say("250 taken")
        return True


@dataclass
class Request:
    method: str
    path: str
    headers: dict
    body: bytes


class WebHandler(http.server.BaseHTTPRequestHandler):
    def setup(self):
        if self.server_owner.context is not None:
            self.request = self.server_owner.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def log_message(self, *args):
        pass

    def take(self):
        size = int(self.headers.get("Content-Length", 0))
        request = Request(self.command, self.path, {k.lower(): v for k, v in self.headers.items()},
                          self.rfile.read(size))
        owner = self.server_owner
        step = owner.plan.next()
        owner.received.append(request)
        if step == "cut":
            self.close_connection = True
            return
        if step == "slow":
            time.sleep(owner.plan.seconds)
        if step == "redirect":
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
        elif step == "fail":
            self.send_response(500)
        else:
            owner.accepted.append(request)
            self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = take
