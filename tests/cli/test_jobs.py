"""``greenalgo jobs``: the report, the machine's formats, the statement, and what is refused."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cli_cases import as_since_23_02

from greenalgo import api

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

HARDWARE = (
    "--cpu-power", "5", "--gpu-power", "300", "--place", "DEU", "--pue", "1.5", "--carbon-intensity", "400",
)  # fmt: skip
CLUSTER = """\
name: Fourier
place: DEU
pue: 1.2
cpu: AMD EPYC 7763
partitions:
  gpu: {gpus: {a100: NVIDIA A100-SXM4-40GB}, carbon_intensity_g_per_kwh: 100}
"""


def read(run: Callable[..., Result], *arguments: str, code: int = 0) -> dict[str, Any]:
    result = run("jobs", *arguments, "--format", "json")
    assert result.exit_code == code, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_text(run: Callable[..., Result], snapshot: Callable[[str, str], None]) -> None:
    Path("cluster.yaml").write_text(CLUSTER, encoding="utf-8")
    result = run("jobs", "march.txt", "--cluster", "cluster.yaml", "--by", "user", "--by", "month")
    assert result.exit_code == 0, result.stderr
    assert result.stderr == ""
    assert max(map(len, result.stdout.splitlines())) <= 80
    snapshot("jobs.txt", result.stdout)


@pytest.mark.parametrize(
    "targets",
    [
        ("-o", "march.txt"),
        ("--statement", "march.txt", "--force"),
        ("--statement", "cluster.yaml", "--force"),
        ("-o", "both", "--statement", "both"),
    ],
)
def test_what_is_read_is_not_written_over(
    run: Callable[..., Result], targets: tuple[str, ...]
) -> None:
    Path("cluster.yaml").write_text(CLUSTER, encoding="utf-8")
    log = Path("march.txt").read_bytes()
    result = run("jobs", "march.txt", "--cluster", "cluster.yaml", *targets)
    assert result.exit_code == 2
    assert Path("march.txt").read_bytes() == log
    assert Path("cluster.yaml").read_text("utf-8") == CLUSTER
    assert not Path("both").exists()


def test_the_arithmetic_by_hand(run: Callable[..., Result]) -> None:
    """Lannelongue et al. 2021, eq. 1-4, with the CPU time that was used; memory at 0.3725 W/GB."""
    found = read(run, "march.txt", *HARDWARE)
    cores = 96 + 20 + 28 * 24 + 64
    gpus = 4 * (24 + 6)
    memory = 128 * 30 + 4 * 64 * 12 + 256
    it = (cores * 5 + gpus * 300 + memory * 0.3725) / 1000
    total = found["total"]
    assert isinstance(total, dict)
    assert total["jobs"] == 4
    assert total["core_hours"] == pytest.approx(16 * 30 + 64 * 13)
    assert total["energy_it_kwh"]["value"] == pytest.approx(it)
    assert total["energy_facility_kwh"]["value"] == pytest.approx(it * 1.5)
    assert total["co2e_operational_kg"]["value"] == pytest.approx(it * 1.5 * 0.4)


def test_two_threads_are_a_core(run: Callable[..., Result]) -> None:
    one, two = (
        read(run, "march.txt", *HARDWARE, "--threads-per-core", number)["energy_facility_kwh_parts"]
        for number in ("1", "2")
    )
    assert isinstance(one, dict)
    assert isinstance(two, dict)
    assert one["cpu"]["value"] == pytest.approx(2 * two["cpu"]["value"])
    assert one["gpu"] == two["gpu"]


def test_groups_add_up_to_the_total(run: Callable[..., Result]) -> None:
    whole = read(run, "march.txt", *HARDWARE)["total"]
    assert isinstance(whole, dict)
    for key in ("user", "state", "day", "name"):
        result = run(
            "jobs", "march.txt", *HARDWARE, "--by", key, "--format", "csv", "-o", "out.csv"
        )
        assert (result.exit_code, result.stdout) == (0, "")
        rows = list(csv.DictReader(io.StringIO(Path("out.csv").read_text("utf-8"))))
        assert sum(int(row["jobs"]) for row in rows) == whole["jobs"]
        assert sum(float(row["co2e_operational_kg_upper"]) for row in rows) == pytest.approx(
            whole["co2e_operational_kg"]["upper"]
        )


@pytest.mark.parametrize("energy", ["model", "counters"])
def test_the_statement_says_the_same(run: Callable[..., Result], energy: str) -> None:
    Path("cluster.yaml").write_text(CLUSTER, encoding="utf-8")
    result = run(
        "jobs", "march.txt", "--cluster", "cluster.yaml", "--energy", energy, "--format", "json",
        "--statement", "jobs.yaml", "--title", "March",
    )  # fmt: skip
    assert result.exit_code == 0, result.stderr
    assert "jobs.yaml: valid, L0" in result.stderr
    total = json.loads(result.stdout)["total"]
    document = api.load("jobs.yaml").data
    totals = api.fill(document)["results"]["totals"]
    for name in ("energy_it_kwh", "energy_facility_kwh", "co2e_operational_kg"):
        for end in ("value", "lower", "upper"):
            assert totals[name][end] == pytest.approx(total[name][end], rel=1e-9)
    assert totals["energy_it_kwh"]["status"] not in ("metered", "counter")
    outcomes = {one["outcome"] for one in document["runs"]}
    assert outcomes == {"reported", "failed", "aborted"}
    assert document["boundary"]["failed_runs"] == "included"
    (file,) = document["provenance"]["files"]
    assert file["sha256"] == hashlib.sha256(Path("march.txt").read_bytes()).hexdigest()
    text = Path("jobs.yaml").read_text("utf-8")
    assert "ada" not in text
    assert "bob" not in text


def test_a_statement_is_not_overwritten(run: Callable[..., Result]) -> None:
    Path("jobs.yaml").write_text("mine", encoding="utf-8")
    result = run("jobs", "march.txt", *HARDWARE, "--statement", "jobs.yaml")
    assert result.exit_code == 2
    assert Path("jobs.yaml").read_text("utf-8") == "mine"
    assert run("jobs", "march.txt", *HARDWARE, "--statement", "jobs.yaml", "--force").exit_code == 0
    half = run(
        "jobs", "march.txt", *HARDWARE, "-o", "march.out", "--statement", "no/such/jobs.yaml"
    )
    assert (half.exit_code, "'no/such/jobs.yaml': no such file" in half.stderr) == (4, True)
    assert not Path("march.out").exists()


def test_counters_only_when_asked(run: Callable[..., Result]) -> None:
    counters = read(run, "march.txt", *HARDWARE)["counters"]
    assert isinstance(counters, dict)
    assert counters["jobs"] == 2
    assert counters["energy_kwh"] == pytest.approx(2.2e8 / 3.6e6)
    assert not counters["used"]
    used = read(run, "march.txt", *HARDWARE, "--energy", "counters", "--partition", "gpu")["total"]
    assert isinstance(used, dict)
    assert used["energy_it_kwh"]["value"] == pytest.approx(2.2e8 / 3.6e6)
    assert used["energy_facility_kwh"]["value"] == pytest.approx(1.5 * 2.2e8 / 3.6e6)


@pytest.mark.parametrize(
    ("options", "jobs"),
    [
        (("--user", "ada"), 2),
        (("--account", "climate"), 2),
        (("--partition", "gpu", "--state", "failed"), 1),
        (("--since", "2026-03-04"), 3),
        (("--until", "2026-03-04"), 2),
        (("--since", "2026-03", "--until", "2026"), 4),
        (("--until", "2026-02"), 0),
    ],
)
def test_filters(run: Callable[..., Result], options: tuple[str, ...], jobs: int) -> None:
    found = read(run, "march.txt", *HARDWARE, *options)
    assert isinstance(found["total"], dict)
    assert found["total"]["jobs"] == jobs
    assert found["filtered_jobs"] == 4 - jobs


def test_a_state_that_counts_as_completed(run: Callable[..., Result]) -> None:
    outcomes = read(run, "march.txt", *HARDWARE, "--success", "FAILED")["outcomes"]
    assert isinstance(outcomes, dict)
    assert set(outcomes) == {"completed", "cancelled"}


def test_the_same_log_twice_and_from_a_pipe(run: Callable[..., Result]) -> None:
    once = read(run, "march.txt", *HARDWARE)["total"]
    result = run(
        "jobs",
        "march.txt",
        "-",
        *HARDWARE,
        "--format",
        "json",
        stdin=Path("march.txt").read_bytes(),
    )
    twice = json.loads(result.stdout)
    assert twice["total"] == once
    assert twice["notes"]["rows of jobs that were read before: not counted again"] == 4


def test_broken_rows_are_named(run: Callable[..., Result]) -> None:
    text = Path("march.txt").read_text("utf-8").replace("|86400|16|", "|a day|16|", 1)
    Path("bad.txt").write_text(text + "108|108|cut\n", encoding="utf-8")
    result = run("jobs", "bad.txt", *HARDWARE)
    assert result.exit_code == 1
    assert "bad.txt:2:" in result.stderr
    assert "ElapsedRaw cannot be read" in result.stderr
    assert "found:    'a day'" in result.stderr
    assert "bad.txt:11:1: error GA604" in result.stderr
    assert "2 rows could not be read" in result.stderr
    assert "all jobs" in result.stdout


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "the log is empty"),
        (b"JobID           JobName      State\n------------ -------\n", "cuts names short"),
        (b"101|train|COMPLETED|\n", "does not name the columns"),
        (b"JobID|State|ElapsedRaw\n", "the column NCPUS is missing"),
        (b'{"runs": []}', 'expected: a list "jobs"'),
        (b'{"jobs": [{"job_id": 1,', "this is no JSON of sacct"),
        (b'{"jobs": [' + b"[" * 20000, "a job, complete"),
        (b"\x1f\x8b\x08\x00", "gzip-compressed data"),
    ],
)
def test_a_file_that_is_no_log(run: Callable[..., Result], text: bytes, words: str) -> None:
    Path("log.txt").write_bytes(text)
    result = run("jobs", "log.txt", *HARDWARE)
    assert (result.exit_code, result.stdout) == (1, "")
    assert words in result.stderr
    assert "hint:" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "the hardware is not told: "),
        (("--cpu", "AMD EPYC 776"), "--cpu: no processor is called 'AMD EPYC 776'"),
        (
            ("--cpu", "AMD EPYC 7763", "--place", "Atlantis"),
            "--place: no place is called 'Atlantis'",
        ),
        (("--cluster", "declared.yaml", "--pue", "1.2"), "give one of the two"),
        (("--cluster", "declared.yaml"), "unknown key"),
        ((*HARDWARE, "--since", "March"), "'March' is no year, month or day"),
        ((*HARDWARE, "--policy", "none"), "--policy"),
        (("-", "-", *HARDWARE), "standard input can be read once only"),
    ],
)
def test_a_wrong_call(run: Callable[..., Result], arguments: tuple[str, ...], words: str) -> None:
    result = run("jobs", "march.txt", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr


def test_a_cluster_file_that_is_wrong(run: Callable[..., Result]) -> None:
    Path("cluster.yaml").write_text(
        CLUSTER.replace("pue: 1.2", "pue: 0.2").replace("place", "plaace"), encoding="utf-8"
    )
    result = run("jobs", "march.txt", "--cluster", "cluster.yaml")
    assert result.exit_code == 2
    assert "cluster.yaml:3:6: 'pue' must be at least 1; found 0.2" in result.stderr
    assert "unknown key 'plaace'" in result.stderr
    Path("cluster.yaml").write_text(CLUSTER.replace("A100-SXM4-40GB", "A1000000"), encoding="utf-8")
    result = run("jobs", "march.txt", "--cluster", "cluster.yaml")
    assert "cluster.yaml:6:22: no processor" in result.stderr


def test_a_partition_without_hardware_is_named(run: Callable[..., Result]) -> None:
    Path("cluster.yaml").write_text(
        CLUSTER.replace("gpus: {a100: NVIDIA A100-SXM4-40GB}, ", ""), "utf-8"
    )
    result = run("jobs", "march.txt", "--cluster", "cluster.yaml")
    assert result.exit_code == 2
    assert "the gpu component has neither model nor power_w (partition gpu)" in result.stderr


def test_a_file_that_is_not_there(run: Callable[..., Result]) -> None:
    assert run("jobs", "none.txt", *HARDWARE).exit_code == 4
    assert run("jobs", ".", *HARDWARE).exit_code == 4


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: b"\xef\xbb\xbf" + raw,
        lambda raw: raw.replace(b"\n", b"\r\n"),
        lambda raw: raw.replace(b"\n", b"|\n"),
        lambda raw: raw.replace(b"|", b"\x1f"),
        lambda raw: raw.replace(b"|", b"\t"),
        lambda raw: raw.replace(b"|", b";"),
        lambda raw: raw.rstrip(b"\n"),
        lambda raw: raw + raw.partition(b"\n")[0] + b"\n\n",
        lambda raw: raw.replace(b"|86400|", b"|1-00:00:00|"),
        lambda raw: raw.replace(b"mem=128G", b"mem=131072M"),
        lambda raw: raw.replace(b"COMPLETED|", b"COMPLETED+|"),
        lambda raw: raw + b"123_[4-9]|123|arr|bob|climate|cpu|PENDING|Unknown|Unknown|0|1|1||4Gn|||\n",
    ],
    ids=[
        "BOM", "CRLF", "-p", "\\x1f", "tab", "semicolon", "no last line end", "header again", "clock", "M", "+",
        "array",
    ],
)  # fmt: skip
def test_other_ways_of_writing_the_same(
    run: Callable[..., Result], change: Callable[[bytes], bytes]
) -> None:
    Path("same.txt").write_bytes(change(Path("march.txt").read_bytes()))
    want, found = (read(run, name, *HARDWARE) for name in ("march.txt", "same.txt"))
    assert found["total"] == want["total"]
    assert found["outcomes"] == want["outcomes"]


HEADER = "JobID|JobIDRaw|State|Start|End|ElapsedRaw|NCPUS|TotalCPU|AllocTRES|ConsumedEnergyRaw\n"
ROW = "{}|{}|COMPLETED|{}|2026-03-05T22:00:00|3600|4|04:00:00|cpu=4,mem=4G,node=1|{}\n"


@pytest.mark.parametrize(
    ("joules", "jobs"),
    [("360000", 1), ("18446744073709551614", 0), ("18446744073709551613", 0), ("72000001", 0), ("", 0)],
)  # fmt: skip
def test_a_counter_that_ran_over_is_not_taken(
    run: Callable[..., Result], joules: str, jobs: int
) -> None:
    """No node draws more than 20 kW."""
    Path("log.txt").write_text(HEADER + ROW.format(7, 7, "2026-03-05T21:00:00", joules), "utf-8")
    counters = read(run, "log.txt", *HARDWARE)["counters"]
    assert isinstance(counters, dict)
    assert counters["jobs"] == jobs


def test_each_start_of_a_job_and_each_component_counts_once(run: Callable[..., Result]) -> None:
    first = ROW.format(7, 7, "2026-03-05T20:00:00", "")
    again = ROW.format(7, 7, "2026-03-05T21:00:00", "")
    parts = [ROW.format(f"9+{n}", 9 + n, "2026-03-05T21:00:00", "") for n in (0, 1)]
    Path("log.txt").write_text(HEADER + first + again + "".join(parts) + first, "utf-8")
    found = read(run, "log.txt", *HARDWARE)
    assert isinstance(found["total"], dict)
    assert found["total"]["core_hours"] == 4 * 4
    assert found["notes"] == {"rows of jobs that were read before: not counted again": 1}


def test_no_statement_of_no_job(run: Callable[..., Result]) -> None:
    Path("log.txt").write_text(HEADER, "utf-8")
    result = run("jobs", "log.txt", *HARDWARE, "--statement", "jobs.yaml")
    assert result.exit_code == 1
    assert "no job is counted: jobs.yaml is not written" in result.stderr
    assert not Path("jobs.yaml").exists()


def test_a_log_in_utf16_is_to_be_saved_anew(run: Callable[..., Result]) -> None:
    Path("log.txt").write_bytes(HEADER.encode("utf-16"))
    result = run("jobs", "log.txt", *HARDWARE)
    assert result.exit_code == 1
    assert "iconv -f UTF-16" in result.stderr


def figures(found: dict[str, Any]) -> list[float]:
    return [
        number
        for one in found.values() if isinstance(one, dict)
        for number in one.values() if isinstance(number, float)
    ]  # fmt: skip


@pytest.mark.parametrize("newer", [False, True])
def test_json_says_what_the_table_says(run: Callable[..., Result], newer: bool) -> None:
    """Slurm 22.05.8 wrote both of the same five jobs; 23.11 writes states as lists and numbers as objects."""
    document = json.loads(Path("sacct.json").read_bytes())
    if newer:
        document = as_since_23_02(document)
        Path("sacct.json").write_text(json.dumps(document, indent=4), "utf-8")
    table, found = (read(run, name, *HARDWARE) for name in ("sacct.txt", "sacct.json"))
    assert found["notes"] == table["notes"]
    for name in ("jobs", "core_hours", "memory_gb_hours"):
        assert found["total"][name] == pytest.approx(table["total"][name])
    for one, other in ((found, table), (found["unused_memory"], table["unused_memory"])):
        # The table has CPU times in ms, JSON in us.
        assert figures(one) == pytest.approx(figures(other), rel=1e-3)


def test_what_cannot_be_read_of_json_is_named(run: Callable[..., Result]) -> None:
    text = Path("sacct.json").read_text("utf-8").replace('"elapsed": 36,', '"elapsed": "long",', 1)
    Path("bad.json").write_text(text, "utf-8")
    result = run("jobs", "bad.json", *HARDWARE)
    assert result.exit_code == 1
    assert "bad.json:5:1: error GA605: ElapsedRaw cannot be read" in result.stderr
    for jobs in (
        "[1]",
        '[{"steps": 1}]',
        '[{"state": {"current": []}}]',
        '[{"job_id": {"set": 1}}]',
    ):
        Path("bad.json").write_text(f'{{"jobs": {jobs}}}', "utf-8")
        result = run("jobs", "bad.json", *HARDWARE)
        assert result.exit_code == 1
        assert "bad.json:1:1: error GA605: State cannot be read" in result.stderr
    Path("none.json").write_text('{"jobs": []}', "utf-8")
    assert run("jobs", "none.json", *HARDWARE).exit_code == 0
