"""The HTML report of quantstats: python return_page.py RETURNS BENCHMARK OUT. Prints the time without imports."""
import sys
import time


def main():
    returns_path, benchmark_path, out = sys.argv[1:]
    import matplotlib

    matplotlib.use("Agg")
    import pandas as pd
    import quantstats as qs

    start = time.perf_counter()
    returns, benchmark = (pd.read_csv(path, index_col="date", parse_dates=["date"])["return"]
                          for path in (returns_path, benchmark_path))
    qs.reports.html(returns, benchmark=benchmark, output=out, title="Report")
    print(f"inner_ms={(time.perf_counter() - start) * 1000:.1f}")


if __name__ == "__main__":
    main()
