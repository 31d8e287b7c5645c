"""What a registry answers, read without trusting it: JSON, problems, findings. Errors in sentences."""

from __future__ import annotations

import json
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from greenalgo.errors import CannotCheckError, DeniedError, RegistryError
from greenalgo.findings import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Later the same request may pass.
BUSY = frozenset({429, 502, 503, 504})
ASK_FOR_ONE = (
    "put a token into GREENALGO_TOKEN, or into a file for --token-file; whoever runs the registry makes "
    "one with greenalgo registry token create"
)
#: The longest sentence of a registry that is repeated, in characters, and the most findings.
MOST_WORDS, MOST_FINDINGS = 500, 200


class JudgedOtherwiseError(RegistryError):
    """A registry finds a statement unfit that is fit here.

    Args:
        message: What it says.
        findings: Its findings.
        missing: What it says the level lacks.
        hint: What to do.
    """

    def __init__(
        self,
        message: str,
        findings: tuple[Finding, ...],
        missing: tuple[str, ...] = (),
        *,
        hint: str = "",
    ) -> None:
        self.findings = findings
        self.missing = missing
        super().__init__(message, hint=hint)


class Answer(NamedTuple):
    """An answer that was read to its end.

    Attributes:
        status: Its number.
        headers: By name, in small letters.
        content: The body.
        url: What was asked.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes
    url: str


def read_json(answer: Answer) -> Any:
    """Return the JSON of an answer.

    Raises:
        CannotCheckError: It is none, or text that cannot be written down.
    """
    try:
        found = json.loads(answer.content)
        if b"\\u" in answer.content:
            json.dumps(found, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError) as error:
        raise CannotCheckError(
            f"{answer.url} answers with {_kind(answer)} that is no JSON: there is no greenalgo registry, "
            "or a proxy stands before it"
        ) from error
    return found


def refuse(answer: Answer) -> NoReturn:
    """Turn an answer that is no success into an error.

    Raises:
        DeniedError: Who asks is not known (401) or may not (403).
        JudgedOtherwiseError: The statement is invalid there, or has too low a level (422).
        CannotCheckError: The registry fails (5xx), is busy (429), or something else answers.
        RegistryError: It refuses what was asked for.
    """
    status = answer.status
    problem = problem_of(answer)
    if problem is None:
        raise CannotCheckError(
            f"{answer.url} answers {status} with {_kind(answer)}: there is no greenalgo registry, or a "
            "proxy stands before it"
        )
    text, hint = words(problem.get("detail")), words(problem.get("hint"))
    if status == 401:
        raise DeniedError(text, hint=ASK_FOR_ONE)
    if status == 403:
        raise DeniedError(text, hint=hint, known=True)
    if status == 422 and isinstance(problem.get("findings"), list):
        missing = problem.get("missing")
        lacks = tuple(words(one) for one in missing) if isinstance(missing, list) else ()
        raise JudgedOtherwiseError(text, findings_of(problem["findings"]), lacks[:MOST_FINDINGS])
    if status in BUSY or status >= 500:
        reference = words(problem.get("reference"))
        named = f" (reference {reference})" if reference else ""
        raise CannotCheckError(f"{answer.url} answers {status}: {text}{named}; try again later")
    raise RegistryError(f"the registry refuses it ({status}): {text}", hint=hint)


def problem_of(answer: Answer) -> dict[str, Any] | None:
    """Return the problem document (RFC 9457) of an answer; None where it is something else."""
    if not answer.headers.get("content-type", "").startswith("application/problem+json"):
        return None
    document = read_json(answer)
    return document if isinstance(document, dict) else None


def seconds_to_wait(answer: Answer, now: float) -> float:
    """Return after how many seconds to ask again (RFC 9110, section 10.2.3); 1 where it does not say.

    Args:
        answer: The answer.
        now: Seconds since 1970.
    """
    text = answer.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (ValueError, OverflowError):
        return 1.0


def findings_of(records: list[Any]) -> tuple[Finding, ...]:
    """Read findings from plain JSON values; what is none is passed over."""
    severities = {one.label: one for one in Severity}
    return tuple(
        Finding(
            words(record.get("code")),
            severities[record["severity"]],
            words(record.get("message")),
            words(record.get("pointer")),
            expected=words(record.get("expected")),
            found=words(record.get("found")),
            hint=words(record.get("hint")),
            line=_count(record.get("line")),
            column=_count(record.get("column")),
        )
        for record in records[:MOST_FINDINGS]
        if isinstance(record, dict) and str(record.get("severity")) in severities
    )


def words(value: Any) -> str:
    """Return what a registry says as text that steers no terminal; empty for what is no text."""
    if not isinstance(value, str):
        return ""
    text = value[:MOST_WORDS]
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def _count(value: Any) -> int:
    return value if type(value) is int and 0 <= value < 2**31 else 0


def _kind(answer: Answer) -> str:
    return words(answer.headers.get("content-type", "").partition(";")[0][:60]) or "something"
