# Made the files beside it, once, with pyarrow 26.0.1; parquet_test.cc repeats the values by hand.
# Run by nobody: files of another writer than ours are the point.
import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq

date, stamp = dt.date, dt.datetime
pq.write_table(
    pa.table(
        {
            "date32": pa.array([date(2018, 3, 1), date(1969, 12, 31), date(2100, 2, 28)], pa.date32()),
            "seconds": pa.array([stamp(2025, 7, 28, 9, 0, 1)] * 3, pa.timestamp("s")),
            "millis": pa.array([stamp(2025, 7, 28, 9, 0, 0, 250000)] * 3, pa.timestamp("ms", "UTC")),
            "micros": pa.array([stamp(1969, 12, 31, 23, 59, 59, 999999)] * 3, pa.timestamp("us", "America/New_York")),
            "nanos": pa.array([-1, 0, 1_999], pa.timestamp("ns")),
            "int8": pa.array([-128, 0, 127], pa.int8()),
            "uint32": pa.array([0, 1, 4294967295], pa.uint32()),
            "int64": pa.array([-(2**63), 0, 2**63 - 1], pa.int64()),
            "float": pa.array([0.5, -1.25, 3.0], pa.float32()),
            "double": pa.array([0.1, None, 1e300], pa.float64()),
            "string": pa.array(["A", None, "Zürich"], pa.string()),
            "large": pa.array(["x", "", "y"], pa.large_string()),
            "dictionary": pa.array(["up", "down", "up"]).dictionary_encode(),
            "decimal": pa.array([Decimal("1.50"), Decimal("-0.01"), None], pa.decimal128(12, 2)),
            "wide": pa.array([Decimal("12345678901234567890.123456789012345678")] * 3, pa.decimal128(38, 18)),
            "bool": pa.array([True, False, None], pa.bool_()),
        }
    ),
    "types.parquet",
)
pq.write_table(
    pa.table(
        {
            "date": pa.array([date(2025, 1, 1), None], pa.date32()),
            "big": pa.array([1, 2**63], pa.uint64()),
            "list": pa.array([[1.0], []], pa.list_(pa.float64())),
            "time": pa.array([dt.time(9), dt.time(10)], pa.time64("us")),
        }
    ),
    "refused.parquet",
)
# 1,000 rows in 10 groups, 8 pages to each: 40 days ascending, with a group of mixed days at the end.
days = [date(2025, 1, 1) + dt.timedelta(i // 25) for i in range(900)]
days += [date(2025, 1, 1) + dt.timedelta((i * 7) % 40) for i in range(900, 1000)]
groups = pa.table(
    {
        "date": pa.array(days, pa.date32()),
        "asset": pa.array([f"A{i:04d}" for i in range(1000)]),
        "weight": pa.array([i / 1000 for i in range(1000)]),
        "text_date": pa.array([f"{d} 00:00:00" for d in days]),
        "stamp": pa.array([stamp(d.year, d.month, d.day, 23, 59) for d in days], pa.timestamp("ns")),
    }
)
pq.write_table(groups, "groups.parquet", row_group_size=100, data_page_size=64, write_batch_size=13)
pq.write_table(groups.slice(0, 40), "zstd_v2.parquet", compression="zstd", data_page_version="2.0")
