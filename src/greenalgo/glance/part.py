"""A component of a run's hardware, each of its quantities read once."""

from __future__ import annotations

from greenalgo.glance.spread import read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Node = dict[str, Any]


class Part:
    """A component.

    Args:
        node: As the document has it.
        wide: Its quantities are taken as far as their digits go.

    Attributes:
        node: As given.
        kind: What it is.
        model: Its model; empty where it names none.
        scope: What its power is that of.
        count: How many there are; 0 where it does not say.
        is_processor: It is a GPU, CPU or another accelerator.
        rank: The least of a run's are the components that its device-hours are hours of: the accelerators (0);
            without any the CPUs (1); without any the nodes (2); without any, all (3).
        power: Its power (W); the other quantities are named as their fields are.

    Raises:
        Doubt: An interval may not hold its value.
    """

    __slots__ = (
        "count", "device_hours", "energy", "hours", "is_processor", "kind", "memory", "model", "node", "peak", "power",
        "rank", "scope", "share", "utilisation",
    )  # fmt: skip

    def __init__(self, node: Node, *, wide: bool) -> None:
        self.node = node
        self.kind: str = node["kind"]
        self.model: str = node.get("model", "")
        self.scope: str = node.get("power_scope", "device")
        self.count: int = int(node.get("count", 0))
        self.power = read(node.get("power_w"), wide=wide)
        self.energy = read(node.get("energy_it_kwh"), wide=wide)
        self.hours = read(node.get("hours"), wide=wide)
        self.device_hours = read(node.get("device_hours"), wide=wide)
        self.utilisation = read(node.get("utilisation"), wide=wide)
        self.share = read(node.get("share"), wide=wide)
        self.memory = read(node.get("memory_gb"), wide=wide)
        self.peak = read(node.get("peak_flops_per_s"), wide=wide)
        if self.kind == "gpu" or self.kind == "accelerator":
            self.rank = 0
        elif self.kind == "cpu":
            self.rank = 1
        else:
            self.rank = 2 if self.kind == "node" else 3
        self.is_processor = self.rank < 2

    @property
    def is_unit(self) -> bool:
        """Its power is that of one device, or of one core."""
        return self.scope == "device" or self.scope == "core"
