"""A run's samples, made up."""

from dataclasses import replace
from typing import Any

from benchmarks.figures import Measured
from benchmarks.metering import Count
from benchmarks.series import Series

PEER = "boto3_bytecode@Query+PutItem"


def a_measured(**overrides: Any) -> Measured:
    measured = Measured(
        machine="a machine",
        rounds=3,
        calls=2,
        cold=Series(
            {"pre_sign_up": [90.0, 130.0, 100.0], "boto3_bytecode": [200.0], "runtime_only": [40.0]},
            {"pre_sign_up": 80.0, "boto3_bytecode": 150.0, "runtime_only": 30.0},
        ),
        warm=Series({"pre_sign_up": [2.0, 4.0], PEER: [4.0]}, {"pre_sign_up": 1.0, PEER: 2.0}),
        counts={"pre_sign_up": Count(("Query", "PutItem"), read_units=1.0, write_units=2.0)},
        peers={"pre_sign_up": PEER},
    )
    return replace(measured, **overrides)
