"""``greenalgo import``: exit codes, where it writes, and what it says on the way."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cli_cases import CODECARBON as HEADER
from cli_cases import as_since_23_02

from greenalgo import api
from greenalgo.formats import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    Run = Callable[..., Result]

ROW = (
    "2024-03-11T10:00:00,chess,a,3600,0.232,0.06,0.5,0.02,0.58,Germany,DEU,2.8.4,AMD EPYC 7742,"
    "2 x NVIDIA A100-SXM4-80GB,256,machine,1.2\n"
)


@pytest.fixture
def file(folder: Path) -> Path:
    path = folder / "emissions.csv"
    path.write_text(HEADER + ROW, encoding="utf-8")
    return path


@pytest.mark.usefixtures("file")
def test_a_statement_goes_to_standard_output_and_the_losses_to_standard_error(run: Run) -> None:
    result = run("import", "emissions.csv", "--phase", "training", "--title", "Chess")
    assert result.exit_code == 0, result.output
    data = api.loads(result.stdout_bytes).data
    assert (data["title"], data["runs"][0]["phase"]) == ("Chess", "training")
    assert data["provenance"]["files"][0]["path"] == "emissions.csv"
    first = result.stderr.splitlines()[0]
    assert first.startswith(
        "emissions.csv: read as codecarbon (CodeCarbon 2.8.4): its columns are "
    )
    assert "  converted  duration: -> runs[].hours; s -> h\n" in result.stderr
    assert "-: valid, L1\n" in result.stderr


@pytest.mark.usefixtures("file")
def test_a_file_is_written_and_never_overwritten_unasked(run: Run) -> None:
    assert run("import", "emissions.csv", "-o", "footprint.yaml").exit_code == 0
    assert run("validate", "footprint.yaml").exit_code == 0
    again = run("import", "emissions.csv", "-o", "footprint.yaml")
    assert (again.exit_code, "--force overwrites it" in again.stderr) == (2, True)
    assert run("import", "emissions.csv", "-o", "footprint.yaml", "--force").exit_code == 0


@pytest.mark.usefixtures("file")
def test_the_report_is_json(run: Run) -> None:
    result = run("import", "emissions.csv", "-o", "footprint.yaml", "--report", "-")
    report = json.loads(result.stdout)
    assert report["files"][0]["format"] == "codecarbon"
    fates = {field["field"]: field for field in report["fields"]}
    assert fates["emissions"]["to"] == "reported.runs[].co2e_operational_kg"
    assert (fates["duration"]["fate"], fates["duration"]["line"], fates["duration"]["column"]) == (
        "converted",
        1,
        31,
    )
    assert run("import", "emissions.csv", "--report", "-").exit_code == 2
    assert run("import", "emissions.csv", "-o", "b.yaml", "--report", "losses.json").exit_code == 0
    assert json.loads(Path("losses.json").read_text("utf-8"))["fields"] == report["fields"]


@pytest.mark.usefixtures("file")
def test_nothing_is_half_done_where_the_report_cannot_be_written(run: Run) -> None:
    first = run(
        "import", "emissions.csv", "-o", "footprint.yaml", "--report", "no/such/losses.json"
    )
    assert first.exit_code == 4
    assert "'no/such/losses.json': no such file" in first.stderr
    assert not Path("footprint.yaml").exists()
    assert run("import", "emissions.csv", "-o", "footprint.yaml").exit_code == 0
    second = run(
        "export", "footprint.yaml", "--to", "codecarbon", "-o", "again.csv", "--report", "no/such/losses.json"
    )  # fmt: skip
    assert second.exit_code == 4
    assert not Path("again.csv").exists()


def test_standard_input(run: Run) -> None:
    result = run("import", "-", stdin=HEADER + ROW)
    assert result.exit_code == 0
    assert api.loads(result.stdout_bytes).data["provenance"]["files"][0]["path"] == "standard input"


@pytest.mark.usefixtures("file")
def test_exit_codes(run: Run) -> None:
    assert run("import", "no-such-file.csv").exit_code == 4
    assert run("import", ".").exit_code == 4
    wrong = run("import", "emissions.csv", "--from", "codecarbn")
    assert (wrong.exit_code, "there is no format 'codecarbn'" in wrong.stderr) == (2, True)
    Path("other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    unknown = run("import", "other.csv")
    assert unknown.exit_code == 1
    assert "other.csv:1:1: error GA601: the format of the file is not known\n" in unknown.stderr
    assert "greenalgo formats lists the formats and their marks" in unknown.stderr
    assert max(map(len, unknown.stderr.splitlines())) < 160
    written = run("import", "emissions.csv", "--from", "hf-card")
    assert (written.exit_code, "is written, not read; read are codecarbon" in written.stderr) == (
        2,
        True,
    )
    assert run("import").exit_code == 2


def test_a_wrong_cell_is_shown_with_its_line(run: Run, folder: Path) -> None:
    (folder / "emissions.csv").write_text(
        HEADER + ROW + ROW.replace("0.58", "-0.58"), encoding="utf-8"
    )
    result = run("import", "emissions.csv")
    assert result.exit_code == 1
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert lines[0] == "Error: the file is refused"
    assert lines[1] == "emissions.csv:3:54: error GA605: 'energy_consumed' is negative"
    assert lines[3].index("^") == lines[2].index("-0.58")
    assert result.stderr.endswith("  hint:     correct it from the tool's log, or delete the row\n")


def test_an_invalid_statement_is_written_and_is_an_error(run: Run, folder: Path) -> None:
    # 500 kWh of two GPUs in an hour.
    wrong = ROW.replace(",0.5,0.02,0.58,", ",500,0.02,500.08,").replace("0.232", "200.032")
    (folder / "emissions.csv").write_text(HEADER + wrong, encoding="utf-8")
    result = run("import", "emissions.csv", "-o", "footprint.yaml")
    assert result.exit_code == 1
    assert Path("footprint.yaml").exists()
    assert "footprint.yaml: written, and invalid" in result.stderr


def test_ten_times_the_rows_take_ten_times_as_long(run: Run, folder: Path) -> None:
    def seconds(rows: int) -> float:
        begin = datetime(2012, 1, 1)  # noqa: DTZ001 - as the tracker writes it
        lines = [
            ROW.replace("2024-03-11T10:00:00", (begin + timedelta(hours=hour)).isoformat())
            for hour in range(rows)
        ]
        (folder / "many.csv").write_text(HEADER + "".join(lines), encoding="utf-8")
        start = time.process_time()
        result = run("import", "many.csv", "--sum", "-o", "many.yaml", "--force")
        assert "many.yaml: valid, L" in result.stderr, result.output
        return time.process_time() - start

    small = min(seconds(2_000), seconds(2_000))
    assert seconds(20_000) < 25 * small


def test_formats_lists_what_is_read(run: Run) -> None:
    table = run("formats").stdout
    records = json.loads(run("formats", "--format", "json").stdout)
    assert [record["name"] for record in records] == [form.name for form in FORMATS]
    for record in records:
        assert record["name"] in table
        assert record["reads"] or record["writes"]
        assert record["tried"]
        assert record["lost_reading"] if record["reads"] else record["lost_writing"]


@pytest.mark.usefixtures("file")
def test_what_is_read_is_never_written(run: Run) -> None:
    before = Path("emissions.csv").read_bytes()
    Path("there.json").write_text("mine", encoding="utf-8")
    for arguments, words in (
        (("-o", "emissions.csv", "--force"), "emissions.csv is what is read"),
        (
            ("-o", "x.yaml", "--report", "./emissions.csv", "--force"),
            "./emissions.csv is what is read",
        ),
        (("-o", "x.yaml", "--report", "x.yaml"), "x.yaml cannot hold both: give two names"),
        (("-o", "x.yaml", "--report", "there.json"), "there.json is there already"),
    ):
        done = run("import", "emissions.csv", *arguments)
        assert (done.exit_code, words in done.stderr) == (2, True)
    assert Path("emissions.csv").read_bytes() == before
    assert Path("there.json").read_text(encoding="utf-8") == "mine"
    assert not Path("x.yaml").exists()


@pytest.mark.usefixtures("file")
def test_the_name_of_the_file_stands_in_the_statement_as_it_is(run: Run) -> None:
    Path("émissions.csv").write_bytes(Path("emissions.csv").read_bytes())
    assert "# From 'émissions.csv' by greenalgo import" in run("import", "émissions.csv").stdout


@pytest.mark.usefixtures("file")
def test_a_copy_of_a_file_is_told(run: Run) -> None:
    Path("copy.csv").write_bytes(Path("emissions.csv").read_bytes())
    done = run("import", "emissions.csv", "copy.csv")
    assert (
        "copy.csv: warning GA609: the file has the same content as emissions.csv\n" in done.stderr
    )


@pytest.mark.parametrize("newer", [False, True])
def test_json_of_sacct_gives_the_runs_of_its_table(run: Run, newer: bool) -> None:
    """Slurm 22.05.8 wrote both of the same jobs; the table calls the tasks of job 2 2_1 and 2_2, JSON 2 and 5."""
    if newer:
        document = as_since_23_02(json.loads(Path("sacct.json").read_bytes()))
        Path("sacct.json").write_text(json.dumps(document, indent=1), "utf-8")
    found = []
    for name in ("sacct.txt", "sacct.json"):
        result = run("import", name, "-o", f"{name}.yaml")
        assert result.exit_code == 0, result.output
        runs = api.load(f"{name}.yaml").data["runs"]
        # JSON always names the cluster; --parsable2 was called without it.
        assert {one.pop("location", {}).get("site") for one in runs} == {
            "galab" if name.endswith("json") else None
        }
        bare = [{key: one[key] for key in one.keys() - {"id", "note"}} for one in runs]
        found.append(sorted(bare, key=lambda one: (one["name"], one["period"]["start"])))
    assert found[0] == found[1]
    assert len(found[0]) == 5


def test_json_of_sacct_that_ends_too_early_is_refused_at_its_job(run: Run) -> None:
    Path("cut.json").write_bytes(Path("sacct.json").read_bytes()[:5000])
    result = run("import", "cut.json", "-o", "new.yaml")
    assert result.exit_code == 1
    assert "cut.json:3:1: error GA603: this is no JSON of sacct" in result.stderr
    assert not Path("new.yaml").exists()


@pytest.mark.usefixtures("file")
def test_the_name_of_the_statement_steers_no_terminal(run: Run) -> None:
    result = run("import", "emissions.csv", "-o", "a\x1b[31m.yaml")
    assert (result.exit_code, "\x1b" in result.stderr) == (0, False)
