"""The exchanges of a session, and for each test an account of its own: a new key id is a new account."""
import warnings

import pytest

warnings.filterwarnings("ignore", "websockets.legacy is deprecated")  # alpaca-py uses it, and is imported below

from bridge import Bridge
from client_npm import Npm3, Npm4
from client_python import AlpacaPy, Refused
from exchange import Counter, running
from history import TODAY, history_prices

CLIENTS = ["alpaca-py", "npm-3", "npm-4"]


@pytest.fixture(scope="session")
def counter():
    return Counter()


@pytest.fixture(scope="session")
def exchange(tmp_path_factory):
    """Static prices, always open, no rate limit: where most checks are made."""
    yield from running(tmp_path_factory, "exchange", "--clock", "open", "--rate", "off")


@pytest.fixture(scope="session")
def guarded(tmp_path_factory):
    """Knows one key, KNOWN with the secret `right`, and nobody else."""
    keys = tmp_path_factory.mktemp("keys") / "keys.txt"
    keys.write_text("KNOWN,right\n", encoding="utf-8")
    yield from running(tmp_path_factory, "guarded", "--clock", "open", "--rate", "off", "--keys", keys)


@pytest.fixture(scope="session")
def history(tmp_path_factory):
    """Daily prices (see history.py), its clock standing at an open. Tests that move the clock start their own."""
    yield from running(tmp_path_factory, "history", "--clock", f"{TODAY}@0", "--rate", "off", prices=history_prices())


@pytest.fixture
def own_history(tmp_path_factory):
    """As `history`, for one test that moves its clock."""
    yield from running(tmp_path_factory, "own", "--clock", f"{TODAY}@0", "--rate", "off", prices=history_prices())


@pytest.fixture(scope="session")
def nodes(tmp_path_factory):
    """nodes(4, exchange): the Node process of an npm client that points at an exchange; started on first use."""
    folder = tmp_path_factory.mktemp("node")
    started = {}

    def get(version, exchange):
        name = (version, exchange.url)
        if name not in started:
            started[name] = Bridge(version, exchange.url, folder / f"npm-{version}-{exchange.port}.txt")
        return started[name]

    yield get
    for bridge in started.values():
        bridge.stop()


@pytest.fixture
def key(counter):
    return counter.key()


@pytest.fixture
def symbol(counter):
    """A name at 100.00 that no other test trades or moves."""
    return counter.symbol()


@pytest.fixture(scope="session")
def log_in(nodes):
    """log_in("npm-4", exchange, key): that client, on that exchange."""
    def make(name, exchange, key, secret="secret", **options):
        if name == "alpaca-py":
            return AlpacaPy(exchange, key, secret)
        return {"npm-3": Npm3, "npm-4": Npm4}[name](nodes(int(name[-1]), exchange), key, secret, **options)
    return make


@pytest.fixture(params=CLIENTS)
def client(request, exchange, log_in, key):
    """Each official client in turn, logged in to an account that nobody used before."""
    made = log_in(request.param, exchange, key)
    for word in request.node.iter_markers("needs"):
        if word.args[0] in made.lacks:
            pytest.skip(f"{made.name} has no call for it: {word.args[0]}")
    return made


@pytest.fixture
def wire(exchange, key):
    """The same account without a client between."""
    return exchange.wire(key)


@pytest.fixture
def refused():
    """with refused(422, 40010001, "text") as caught: ... the client must throw exactly this."""
    class Expect:
        def __init__(self, status, code=None, message=None):
            self.expected = (status, code, message)

        def __enter__(self):
            return self

        def __exit__(self, kind, error, _trace):
            assert kind is not None, f"was accepted; {self.expected} expected"
            if not isinstance(error, Refused):
                return False
            self.error, self.body = error, error.body
            status, code, message = self.expected
            assert error.status == status, f"{error} instead of {self.expected}"
            assert code is None or error.code == code, f"{error} instead of {self.expected}"
            assert message is None or error.message == message, f"{error} instead of {self.expected}"
            return True
    return Expect


def pytest_configure(config):
    config.addinivalue_line("markers", "needs(call): the check uses a call that some client does not have")
    config.addinivalue_line("markers", "last: looks at what has been open while the other tests ran")


def pytest_collection_modifyitems(items):
    """First what opens the idle streams, last what looks at them; the rest keeps its order."""
    def place(item):
        return 1 if item.get_closest_marker("last") else -1 if item.name == "test_idle_streams_are_opened" else 0
    items.sort(key=place)
