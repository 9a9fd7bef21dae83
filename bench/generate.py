"""Makes the large inputs of script/bench: python generate.py FOLDER DATES ASSETS.

signals.csv has trade_date, gvkey and weights, sorted by date as producers write them; the same seed
gives the same bytes. signals.parquet is what pyarrow makes of it by default: it reads the CSV and
writes it. What is already there stays.
"""
import datetime
import os
import sys

import numpy as np
import pyarrow.csv
import pyarrow.parquet

SEED = 20250301


def write_csv(path, dates, assets):
    rng = np.random.default_rng(SEED)
    gvkeys = [str(1000 + 7 * i) for i in range(assets)]
    with open(path, "w") as file:
        file.write("trade_date,gvkey,weights\n")
        for index in range(dates):
            raw = rng.random(assets) + 0.1
            weights = np.round(raw / raw.sum() * 1e9).astype(np.int64).tolist()
            day = datetime.date(2021, 1, 4) + datetime.timedelta(days=index)
            file.writelines(f"{day} 00:00:00,{key},0.{weight:09d}\n"
                            for key, weight in zip(gvkeys, weights))


def main(folder, dates, assets):
    csv, parquet = f"{folder}/signals.csv", f"{folder}/signals.parquet"
    os.makedirs(folder, exist_ok=True)
    if not os.path.exists(csv):
        write_csv(csv + ".new", dates, assets)
        os.replace(csv + ".new", csv)
    if not os.path.exists(parquet):
        pyarrow.parquet.write_table(pyarrow.csv.read_csv(csv), parquet + ".new")
        os.replace(parquet + ".new", parquet)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
