"""The live show: the only folder that knows all the others.

Linear algebra runs on one thread in every process of ours: the products of a frame are small, and waiting for a busy
second core costs them more than it brings. The BLAS reads this when numpy is loaded; who sets it himself keeps it.
"""

import os

for _name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(_name, "1")
