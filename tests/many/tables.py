"""Tables of many analyses for tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd


def many(analyses: int, seed: int = 1, most: int = 7) -> pd.DataFrame:
    """Counts of analyses of 1 to ``most`` studies; some have no events, some events only."""
    generator = np.random.default_rng(seed)
    k = generator.integers(1, most + 1, analyses)
    of = np.repeat(np.arange(analyses), k)
    n = generator.choice([1, 2, 4, 9, 40], of.size)
    logits = generator.choice([-6.0, -1.0, 0.5, 6.0], analyses)[of] + generator.standard_normal(of.size)
    events = generator.binomial(n, 1 / (1 + np.exp(-logits)))
    return pd.DataFrame({"analysis_id": [f"{i:03}" for i in of], "events": events, "total": n})


def written(frame: pd.DataFrame, path: Path) -> Path:
    """The table as a file, or where the path has no ending as a folder of two Parquet files."""
    if not path.suffix:
        path.mkdir()
        half = len(frame) // 2
        frame.iloc[half:].to_parquet(path / "b.parquet", index=False)
        frame.iloc[:half].to_parquet(path / "a.parquet", index=False)
    elif path.suffix == ".parquet":
        frame.to_parquet(path, index=False)
    else:
        frame.to_csv(path, index=False)
    return path


#: One analysis for each thing that can be wrong with a row, and some that are right.
ODD = """study,analysis_id,events,total
a,007,3,10
b,007,4,9
c,007,1,8
a,text,three,10
b,text,4,9
c,more,11,10
d,minus,-1,10
e,none,,10
f,NA,2,10
g,NA,3,11
h,NA,0,12
i,half,2.5,10
j,zero,0,0
k,inf,inf,10
l,"quo ""ted"", and long",12.0,20
m,"quo ""ted"", and long",5,20
n,short,5
o,long,1,2,3
p,,1,2
q,date,3-Jun,7
r,huge,1,2000000000
s,alone,2,5
"""
