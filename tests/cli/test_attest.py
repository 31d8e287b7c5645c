"""``greenalgo attest`` and ``greenalgo verify``: level L4."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attested
import pytest

from greenalgo import api
from greenalgo.evidence import Verifier, attestation
from greenalgo.statement.digest import digest

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    Run = Callable[..., Result]

VERIFIED = "measured.yaml: valid, L4: attested by V. Verifier on DATE (key of v@example.org)\n"


def verify(run: Run, *options: str) -> Result:
    return run(
        "verify", "measured.yaml", "attestation.json", "--signers", "allowed_signers", *options
    )


def missing(told: dict[str, Any] | None = None) -> list[str]:
    """Return what L4 of measured.yaml still needs, beside attestation.json or what stands there instead."""
    made = told or json.loads(Path("attestation.json").read_text("utf-8"))
    read = api.loads(json.dumps(made).encode(), "attestation.json")
    return list(api.verify(api.load("measured.yaml"), read)[1])


def test_an_attestation_says_what_was_held_against_what(run: Run) -> None:
    attested.write(run)
    attested.attest(run, "--orcid", "0000-0001-5109-3700")
    made = json.loads(Path("attestation.json").read_text("utf-8"))
    said = made["predicate"]
    assert made["subject"][0]["digest"]["sha256"] == digest(api.load("measured.yaml").data)
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", said.pop("timeVerified"))
    assert said.pop("tool").startswith("greenalgo ")
    log = {"name": "zeus.csv", "digest": {"sha256": sha256(attested.LOG.encode()).hexdigest()}}
    assert said == {
        "verifier": {"name": "V. Verifier", "orcid": "0000-0001-5109-3700"},
        "level": "L3",
        "measured_share": 1,
        "files": [log],
        "runs": {"energy": ["evaluation", "training"], "hours": [], "none": [], "left_out": []},
    }
    assert missing() == []


@pytest.mark.ssh
def test_a_signed_attestation_makes_a_statement_verified(run: Run) -> None:
    attested.write(run)
    attested.attest(run)
    attested.sign()
    result = verify(run)
    assert (result.exit_code, result.stderr) == (0, "")
    assert re.sub(r"20\d\d-\d\d-\d\d", "DATE", result.stdout) == VERIFIED
    text = Path("measured.yaml").read_text("utf-8")
    Path("measured.yaml").write_text(
        "# a comment, and JSON instead of YAML, leave no trace\n" + text, "utf-8"
    )
    assert verify(run).exit_code == 0
    Path("measured.json").write_text(json.dumps(api.load("measured.yaml").data), "utf-8")
    call = ("verify", "measured.json", "attestation.json", "--signers", "allowed_signers")
    assert run(*call).exit_code == 0


@pytest.mark.ssh
def test_what_is_signed_by_another_or_for_something_else_counts_for_nothing(run: Run) -> None:
    attested.write(run)
    attested.attest(run)
    attested.sign()
    good, signed = Path("attestation.json").read_bytes(), Path("attestation.json.sig").read_bytes()
    Path("attestation.json").write_bytes(good.replace(b"V. Verifier", b"W. Verifier"))
    result = verify(run)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "'attestation.json.sig' does not fit: Signature verification failed" in result.stderr
    Path("attestation.json").write_bytes(good)
    attested.sign(namespace="git")
    assert "does not fit: Couldn't verify signature: namespace does not match" in verify(run).stderr
    trusted = Path("allowed_signers").read_text("utf-8")
    attested.sign("other", name="o@example.org")
    Path("allowed_signers").write_text(trusted, "utf-8")
    result = verify(run)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "'attestation.json.sig' is by nobody in 'allowed_signers'" in result.stderr
    Path("attestation.json.sig").write_bytes(signed)
    Path("allowed_signers").write_text(trusted.replace("v@", "*@"), "utf-8")
    assert "(key of *@example.org)" in verify(run).stdout
    Path("allowed_signers").write_text(
        trusted.replace(" ", ' valid-before="20200101" ', 1), "utf-8"
    )
    result = verify(run)
    assert result.exit_code == 1
    assert "key has expired" in result.stderr


@pytest.mark.ssh
def test_a_file_that_is_missing_cannot_be_checked(run: Run) -> None:
    attested.write(run)
    attested.attest(run)
    result = verify(run, "--signature", "no.sig")
    assert result.exit_code == 4
    assert "'no.sig'" in result.stderr
    attested.sign()
    Path("allowed_signers").unlink()
    result = verify(run)
    assert result.exit_code == 4
    assert "'allowed_signers'" in result.stderr


def test_without_openssh_the_signature_cannot_be_checked(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    attested.write(run)
    attested.attest(run)
    for name in ("attestation.json.sig", "allowed_signers"):
        Path(name).write_text("x", "utf-8")
    monkeypatch.setenv("PATH", "")
    result = verify(run)
    assert result.exit_code == 4
    assert "ssh-keygen is not installed" in result.stderr


def test_nothing_is_attested_of_what_does_not_follow(run: Run) -> None:
    attested.write(run, attested.STATEMENT.replace("1.24", "1.27"))
    call = ("attest", "measured.yaml", "zeus.csv", "--name", "V. Verifier", "-o", "new.json")
    result = run(*call)
    assert result.exit_code == 1
    assert "error GA616" in result.stderr
    assert "measured.yaml: does not follow from the files (2 runs)" in result.stderr
    assert not Path("new.json").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--name", "a.  AUTHOR"), "a.  AUTHOR is one of the authors of measured.yaml"),
        (("--name", "B.", "--orcid", "0000-0002-1825-0097"), "B. is one of the authors"),
        (("--name", ""), "'name' must be one line of text"),
        (("--name", "B.", "--orcid", "12"), "'orcid' must be an ORCID iD such as"),
    ],
)
def test_a_third_party_has_a_name_and_is_no_author(
    run: Run, options: tuple[str, ...], words: str
) -> None:
    attested.write(run)
    result = run("attest", "measured.yaml", "zeus.csv", *options)
    assert (result.exit_code, result.stdout) == (1, "")
    assert words in result.stderr


def test_who_compiled_a_statement_is_no_third_party(run: Run) -> None:
    attested.write(run, attested.STATEMENT + "  compiled_by: V. Verifier\n")
    result = run("attest", "measured.yaml", "zeus.csv", "--name", "V. Verifier")
    assert result.exit_code == 1


#: What is changed in the statement before it is attested, and what L4 then needs.
LESS = {
    "no authors": (
        ("authors: [{name: A. Author, orcid: 0000-0002-1825-0097}]\n", ""),
        "authors: they are not declared, so that anybody may be one of them",
    ),
    "no level": (
        ("functional_units: [{unit: model, quantity: 1}]\n", ""),
        "L3: the statement is L1 (what is missing: greenalgo validate --require L3)",
    ),
    "no hash": (
        (f', sha256: "{sha256(attested.LOG.encode()).hexdigest()}"', ""),
        "the SHA-256 of 'zeus.csv' in provenance.files",
    ),
    "a file that is not at hand": (
        ("    - {path: zeus", f"    - {{path: more.csv, sha256: '{'0' * 64}'}}\n    - {{path: zeus"),
        "'more.csv' at hand: it was not when the statement was held against its files",
    ),
    "a run that no file has": (
        ("functional_units", attested.RUN.format(id="analysis", kwh=0.2, hours=1) + "functional_units"),
        "run 'analysis': its IT energy does not follow from the files",
    ),
    "a run that is left out": (
        (attested.RUN.format(id="evaluation", kwh=0.19, hours=0.5), ""),
        "run 'evaluation' of the files: the statement leaves it out",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", LESS)
def test_what_is_missing_is_listed(run: Run, case: str) -> None:
    change, words = LESS[case]
    assert change[0] in attested.STATEMENT
    attested.write(run, attested.STATEMENT.replace(*change))
    attested.attest(run)
    assert missing() == [words]


def test_another_statement_is_not_verified(run: Run) -> None:
    attested.write(run)
    attested.attest(run)
    before = digest(api.load("measured.yaml").data)
    attested.write(run, attested.STATEMENT.replace("Small-1B", "Small-2B"))
    now = digest(api.load("measured.yaml").data)
    assert missing() == [
        f"an attestation of this statement ({now}): this is one of another ({before})"
    ]


def test_the_files_say_how_much_was_measured(run: Run) -> None:
    """A statement may call an estimate metered: the files know better."""
    attested.write(run)
    attested.attest(run)
    made = json.loads(Path("attestation.json").read_text("utf-8"))
    made["predicate"]["measured_share"] = 0.6
    assert missing(made) == [
        "60 % of the IT energy in the files is metered or counted, 95 % is asked for"
    ]


def test_an_author_that_attests_by_hand_is_found_out(run: Run) -> None:
    attested.write(run)
    attested.attest(run)
    made = json.loads(Path("attestation.json").read_text("utf-8"))
    made["predicate"]["verifier"] = {"name": "A. Author"}
    assert missing(made) == ["a third party: A. Author is one of the authors"]


@pytest.mark.ssh
def test_what_is_no_attestation_is_refused_with_its_place(run: Run) -> None:
    attested.write(run)
    attested.attest(run)
    made = json.loads(Path("attestation.json").read_text("utf-8"))
    made["predicate"] |= {"level": "L4", "verdict": "fine"}
    Path("attestation.json").write_text(json.dumps(made, indent=2), "utf-8")
    attested.sign()
    result = verify(run)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "GA618: 'level' must be one of L0, L1, L2, L3; found \"L4\"" in result.stderr
    assert "GA618: unknown key 'verdict'" in result.stderr
    assert re.search(r"^attestation.json:\d+:\d+: error", result.stderr, re.MULTILINE)


def test_names_are_compared_as_people_read_them() -> None:
    data = {"authors": [{"name": "Ada  Lovelace"}]}
    assert attestation.is_author(Verifier("ada lovelace"), data)
    assert not attestation.is_author(Verifier("Ada"), data)
