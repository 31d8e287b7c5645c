"""A table of rows as Parquet: flat typed columns that every reader takes.

Moments are microseconds in UTC: Spark refuses nanoseconds. Nothing in the file depends on pandas.
"""

from __future__ import annotations

import importlib.util
import io

import pandas as pd

from greenalgo.errors import RegistryError
from greenalgo.registry.comparison.columns import columns


def to_parquet(table: pd.DataFrame) -> bytes:
    """Return a table as Parquet (zstd); the same table gives the same bytes.

    Args:
        table: Columns that :func:`.columns.columns` knows; moments as text, empty for none.

    Raises:
        RegistryError: pyarrow is not installed.
    """
    if importlib.util.find_spec("pyarrow") is None:
        raise RegistryError(
            "Parquet needs pyarrow, which is not installed",
            hint="pip install 'greenalgo[parquet]', or write CSV",
        )
    import pyarrow as pa
    from pyarrow import parquet

    types = {
        "string": pa.string(), "integer": pa.int64(), "number": pa.float64(),
        "datetime": pa.timestamp("us", tz="UTC"),
    }  # fmt: skip
    described = columns([str(name) for name in table.columns])
    schema = pa.schema(
        [pa.field(c.name, types[c.type], metadata={"description": c.meaning}) for c in described]
    )
    moments = {
        c.name: pd.to_datetime(table[c.name].replace("", None), utc=True)
        for c in described
        if c.type == "datetime"
    }
    made = pa.Table.from_pandas(table.assign(**moments), schema=schema, preserve_index=False)
    sink = io.BytesIO()
    parquet.write_table(made.replace_schema_metadata(None), sink, compression="zstd")
    return sink.getvalue()
