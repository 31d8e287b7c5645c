"""Statements that raise a rule on what hardware can draw and do (GA4xx), where the name of the
model is vague, or there is none.

The cases have the form of those in ``arithmetic_cases``.
"""

from __future__ import annotations

from typing import Any

from rule_cases import bare, gpu, statement

from greenalgo.findings import Severity

E, W = Severity.ERROR, Severity.WARNING
#: Five models have both words: from 350 W (PCIe) to 700 W (SXM5), each with 2 % more.
H100 = "NVIDIA H100"
#: Eleven models have both words, from 250 W; none of them has 1.25e17 FLOP/s.
V100 = "NVIDIA V100"

CASES: list[tuple[str, dict[str, Any], Severity, str, str]] = [
    (
        "GA405",
        statement({"hardware": gpu(model=H100, power_w=5600)}),
        E,
        "/runs/0/hardware/0/power_w",
        (
            "NVIDIA H100 SXM5 96 GB, the largest of the 5 that it may be, draws at most 714 W "
            "(7.843 times too high): it looks like the power of all 8"
        ),
    ),
    (
        "GA406",
        statement({"hardware": gpu(model=H100, power_w=1000)}),
        W,
        "/runs/0/hardware/0/power_w",
        "(+40 %)",
    ),
    (
        "GA418",
        statement({"hardware": gpu(model=H100, power_w=0.7)}),
        W,
        "/runs/0/hardware/0/power_w",
        (
            "NVIDIA H100 PCIe, the smallest of the 5 that it may be, draws up to 357 W and seldom less than 7.14 W: "
            "700 if it is in kW"
        ),
    ),
    (
        "GA407",
        statement(bare(energy_it_kwh=433000, device_hours=1000, hardware=gpu(model=H100))),
        E,
        "/runs/0/energy_it_kwh",
        "433,000 W a device",
    ),
    (  # a counter of the GPUs alone: 32 kWh at full power; energy and hours are not of the same work
        "GA407",
        statement(
            {
                "hardware": [
                    {
                        "kind": "gpu",
                        "model": "NVIDIA A100-SXM4-80GB",
                        "count": 8,
                        "energy_it_kwh": 54,
                    },
                    {"kind": "memory", "memory_gb": 512, "energy_it_kwh": 2},
                ]
            }
        ),
        W,
        "/runs/0/hardware/0/energy_it_kwh",
        "are 675 W a device; NVIDIA A100 SXM4 80 GB draws at most 408 W",
    ),
    (
        "GA415",
        statement(bare(energy_it_kwh=4, device_hours=1000, hardware=gpu(model=H100))),
        W,
        "/runs/0/energy_it_kwh",
        "4 W a device; NVIDIA H100 PCIe, the smallest",
    ),
    (
        "GA415",
        statement(
            {"hardware": [{"kind": "gpu", "model": H100, "count": 8, "energy_it_kwh": 0.024}]}
        ),
        W,
        "/runs/0/hardware/0/energy_it_kwh",
        "0.024 kWh in 80 device-hours are 0.3 W a device",
    ),
    (
        "GA417",
        statement({"hardware": gpu(model=V100), "work": {"flops": 3.14e23}}),
        E,
        "/runs/0/work/flops",
        "% of the peak rate of NVIDIA V100",
    ),
    (
        "GA417",
        statement({"hardware": gpu(model=V100), "work": {"flops": 3.14e15}}),
        W,
        "/runs/0/work/flops",
        "% of the peak rate of NVIDIA V100",
    ),
    (
        "GA437",
        statement({"hardware": [{"kind": "memory", "memory_gb": 64, "power_w": 0.0238}]}),
        W,
        "/runs/0/hardware/0/power_w",
        "0.0238 W for 64 GB of memory are 0.0003719 W/GB; memory draws 0.02 to 2 W/GB",
    ),
    (
        "GA437",
        statement({"hardware": [{"kind": "memory", "memory_gb": 64, "power_w": 238}]}),
        W,
        "/runs/0/hardware/0/power_w",
        "are 3.719 W/GB",
    ),
]
#: Nothing to say: each lies between what the smallest and the largest allow.
FINE: list[dict[str, Any]] = [
    statement({"hardware": gpu(model=H100, power_w=700)}),
    statement({"hardware": gpu(model=H100, power_w=350)}),
    statement({"hardware": gpu(model=H100, power_w=7.2)}),
    # so vague that it says nothing: hundreds of models
    statement({"hardware": gpu(model="NVIDIA RTX", power_w=1900)}),
    # from what is measured to the highest formula; not counted; of each of several; of an unknown size
    *(
        statement({"hardware": [*gpu(), {"kind": "memory", "source": "log", **memory}]})
        for memory in (
            {"memory_gb": 64, "power_w": 5.12},
            {"memory_gb": 480, "power_w": 16},  # LPDDR5X
            {"memory_gb": 64, "power_w": 25.1},
            {"memory_gb": 64, "power_w": 0},
            {"memory_gb": 64, "power_w": 0.3, "count": 16},
            {"power_w": 900},
        )
    ),
]
