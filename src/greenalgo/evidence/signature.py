"""Whose a file is: SSH signatures, which OpenSSH makes and checks (``ssh-keygen -Y``, since 8.2).

Many people have a key already, on GitHub and GitLab for all to see, and ``git`` signs commits in the same way.
https://man.openbsd.org/ssh-keygen.1
"""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

from greenalgo.errors import CannotCheckError, EvidenceError

if TYPE_CHECKING:
    from typing import Final

#: What a signature is for (``ssh-keygen -Y sign -n``): one of a commit is none of an attestation.
NAMESPACE: Final = "greenalgo"
#: Seconds; a key file that asks for a passphrase or a token is not needed to check.
_LIMIT: Final = 30


def signer_of(content: bytes, signature: str, signers: str) -> str:
    """Return who signed.

    Args:
        content: What was signed.
        signature: Path of the signature.
        signers: Path of a list of names and their keys, as ``ALLOWED SIGNERS`` in ssh-keygen(1) has it.

    Returns:
        The name that the list gives the key, such as ``jane@example.org``.

    Raises:
        EvidenceError: The signature is by none of them, or does not fit.
        CannotCheckError: A file cannot be read, or there is no ``ssh-keygen``.
    """
    for path in (signature, signers):
        _readable(path)
    found = _ssh("find-principals", "-s", signature, "-f", signers)
    names = [
        name
        for line in found.stdout.decode("utf-8", "replace").splitlines()
        for name in line.split(",")
    ]
    if found.returncode or not names:
        raise EvidenceError(
            f"'{signature}' is by nobody in '{signers}': {_first(found.stderr)}",
            hint=f"add a line 'NAME KEY' for whom you trust; signed is with ssh-keygen -Y sign -n {NAMESPACE}",
        )
    for name in names:
        told = _ssh(
            "verify", "-n", NAMESPACE, "-I", name, "-s", signature, "-f", signers, content=content
        )
        if not told.returncode:
            return name
    raise EvidenceError(
        f"'{signature}' does not fit: {_first(told.stderr)}",
        hint=f"the file was changed since it was signed, or signed for something else than -n {NAMESPACE}",
    )


def _readable(path: str) -> None:
    with open(path, "rb"):
        pass


def _ssh(action: str, *options: str, content: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    program = shutil.which("ssh-keygen")
    if program is None:
        raise CannotCheckError(
            "ssh-keygen is not installed, so the signature cannot be checked",
            hint="install OpenSSH 8.2 or later (Debian: apt install openssh-client)",
        )
    try:
        return subprocess.run(  # noqa: S603 (a fixed program, no shell, each option follows its flag)
            [program, "-Y", action, *options], input=content, capture_output=True, timeout=_LIMIT, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise CannotCheckError(f"ssh-keygen gave no answer in {_LIMIT} s") from error


def _first(stderr: bytes) -> str:
    lines = stderr.decode("utf-8", "replace").split("\n")
    told = [line.strip() for line in lines if line.strip()]
    return told[0].removesuffix(".") if told else "ssh-keygen says no more"
