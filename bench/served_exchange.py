"""`signalbus exchange` as a process of its own, for parts that measure what talks to it."""
import re
import subprocess


def price_lines(names=500):
    """S000 to S499 and AAPL."""
    return "symbol,price\nAAPL,200\n" + "".join(f"S{n:03d},{10 + n}\n" for n in range(names))


class ServedExchange:
    def __init__(self, bench, *flags):
        prices = bench.at("exchange_prices.csv")
        with open(prices, "w") as file:
            file.write(price_lines())
        self.process = subprocess.Popen(
            [bench.program, "exchange", "--listen", "127.0.0.1:0", "--prices", prices,
             "--log", bench.at("exchange.log"), *flags], stdout=subprocess.PIPE, text=True)
        self.url = re.search(r"http://127\.0\.0\.1:\d+", self.process.stdout.readline()).group(0)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def resident_mb(self):
        with open(f"/proc/{self.process.pid}/status") as file:
            return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1)) / 1024
