"""What no document mentions: statuses, task types and fields, as a provider may add them any day.

What a right client says of them: a status that it does not know is `unknown`, with the provider's word; a list still
decides where a list decides (Media Processing, Key Pair Service); a field that it does not know is left alone.
"""

from typing import Any

from tui.cloud.chance import mix

# at work, and ended
FC = ("Hibernating", "Quarantined")
OPENSEARCH = ("paused", "archived")
TAT = ("QUARANTINED", "DISSOLVED")
MPS_DETAIL = "HALTED"  # of a task that has ended and is in none of the four lists: by id alone
KPS_RUNNING = "MELTING_"
KPS_FAILED = "MELTDOWN"  # without an underscore: all of it is the operation
KPS_GONE = "ABSORBED_"
MPS_KINDS = (("HologramTask", ("Hologram",)), ("RemasterTask", ("action-dream", "Transcode")), ("X9Task", ()))
COMMAND_TYPE = "WASM"


def _nested(depth: int) -> dict[str, Any]:
    value: dict[str, Any] = {"end": None}
    for level in range(depth):
        value = {"level": level, "inner": [value]}
    return value


FIELDS: tuple[tuple[str, Any], ...] = (
    ("hologramRef", {"a": [1, [2, {"b": None}]], "c": {}}),
    ("ServiceTier", 3.5e300),
    ("carbonGrams", 2**70),
    ("", 0),
    ("Größe", True),
    ("state", {"phase": "dreaming"}),
    ("State", ["succeeded"]),
    ("error", False),
    ("deep", _nested(40)),
    ("progressHistory", [0.1, -1, None, "12 %"]),
)


def extend(row: dict[str, Any], n: int) -> None:
    """Some fields more, none of a name that the API has."""
    for i, (name, value) in enumerate(FIELDS):
        if mix(n, 980 + i) % 3 == 0:
            row.setdefault(name, value)
