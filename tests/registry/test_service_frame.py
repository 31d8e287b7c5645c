"""What holds for every request: headers, hosts, rates, the log, the last resort, no way out."""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import TYPE_CHECKING, NoReturn

import pytest
from registry_cases import statement
from service_cases import API, BASE, YAML, service

from greenalgo.errors import BusyError
from greenalgo.registry.service.settings import MOST_HEAD, Settings
from greenalgo.registry.service.wire.limits import Rate, network_of
from greenalgo.registry.service.wire.problems import RefusedError
from greenalgo.registry.service.wire.work import Workshop

if TYPE_CHECKING:
    from pathlib import Path


def test_every_answer_is_locked_down(tmp_path: Path) -> None:
    with service(tmp_path) as served:
        for path in ("/health", f"{API}/log/checkpoint", f"{API}/nothing", "/nothing"):
            headers = served.client.get(path).headers
            assert "default-src 'none'" in headers["content-security-policy"], path
            assert "unsafe" not in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["strict-transport-security"]
        read = served.client.get(f"{API}/log/checkpoint", headers={"Origin": "https://other"})
        assert read.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in read.headers
        wrote = served.client.post(f"{API}/statements", content=statement(), headers=YAML)
        assert "access-control-allow-origin" not in wrote.headers


def test_a_host_header_decides_nothing(tmp_path: Path) -> None:
    settings = Settings(BASE, hosts=frozenset({"registry.example.org"}))
    with service(tmp_path, settings=settings) as served:
        for host in ("evil.example", "registry.example.org.evil.example", "", "a/b?c"):
            answer = served.client.get(f"{API}/log/checkpoint", headers={"Host": host})
            assert answer.status_code == 421, host
            assert "evil" not in answer.text
            assert "has to pass on the header Host" in answer.json()["hint"]
        assert served.client.get("/health", headers={"Host": "10.0.0.1"}).status_code == 200
    with service(tmp_path) as served:
        made = served.client.post(
            f"{API}/statements", content=statement(), headers={**YAML, "Host": "evil.example"}
        )
        assert made.json()["permalink"].startswith(f"{BASE}/statements/")


def test_a_rate_is_kept_and_named(tmp_path: Path) -> None:
    with service(tmp_path, settings=Settings(BASE, writes_per_minute=2)) as served:
        codes = [
            served.client.post(f"{API}/validate", content=statement(), headers=YAML)
            for _ in range(3)
        ]
        assert [answer.status_code for answer in codes] == [200, 200, 429]
        assert 1 <= int(codes[2].headers["retry-after"]) <= 30
        spoofed = {**YAML, "X-Forwarded-For": "203.0.113.9"}
        again = served.client.post(f"{API}/validate", content=statement(), headers=spoofed)
        assert again.status_code == 429
        assert served.client.get(f"{API}/log/checkpoint").status_code == 200


def test_a_head_that_is_too_large_is_refused_as_a_problem_or_a_page(tmp_path: Path) -> None:
    most = {"X-A": "a" * (MOST_HEAD // 2)}
    with service(tmp_path) as served:
        for path in ("/health", f"{API}/statements", "/about"):
            assert served.client.get(path, headers=most).status_code == 200
            for more in ({"X-B": most["X-A"]}, {f"X-{i}": "" for i in range(3000)}):
                answer = served.client.get(path, headers={**most, **more})
                assert answer.status_code == 431
                assert answer.json()["type"].endswith("/head-too-large")
            assert served.client.get(f"{path}?q={'a' * MOST_HEAD}").status_code == 431
        page = served.client.get(
            f"/statements?q={'a' * MOST_HEAD}", headers={"Accept": "text/html"}
        )
        assert page.status_code == 431
        assert "The address and the headers have at most 16 KiB" in page.text


def test_a_bucket_fills_with_time_and_the_oldest_is_forgotten() -> None:
    now = [0.0]
    rate = Rate(60, lambda: now[0], most=2)
    for _ in range(60):
        rate.take("a")
    with pytest.raises(RefusedError):
        rate.take("a")
    now[0] = 1.0
    rate.take("a")
    with pytest.raises(RefusedError):
        rate.take("a")
    rate.take("b")
    rate.take("c")
    assert list(rate._buckets) == ["b", "c"]


def test_one_network_is_one_client() -> None:
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff")
    assert network_of("2001:db8:0:1::1") != network_of("2001:db8::1")
    assert network_of("::ffff:192.0.2.1") == "192.0.2.1"


def test_nobody_writes_a_line_of_the_log(tmp_path: Path) -> None:
    with service(tmp_path) as served:
        served.client.get(
            f"{API}/statements/a%0d%0a%7b%22event%22%3a1%7d%1b%5b31m%7f?token=gat_secret",
            headers={"User-Agent": "x\x1b[31m", "Authorization": "Bearer alice"},
        )
        lines = served.lines
    assert len(lines) == 1
    assert lines[0].isascii()
    assert lines[0].rstrip("\n").isprintable()
    assert "gat_secret" not in lines[0]
    assert "alice" not in lines[0].lower()


def test_a_bug_is_answered_with_a_reference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with service(tmp_path) as served:

        def broken(*_: object) -> NoReturn:
            raise ZeroDivisionError("a secret of ours")

        monkeypatch.setattr(served.desk, "find", broken)
        answer = served.client.get(f"{API}/statements/{'0' * 64}")
        assert answer.status_code == 500
        assert answer.headers["content-type"] == "application/problem+json"
        assert "secret" not in answer.text
        assert "Traceback" not in answer.text
        failure = next(one for one in served.logged() if one["event"] == "error")
        assert failure["id"] == answer.json()["reference"]
        assert "ZeroDivisionError" in failure["trace"]


def test_no_handler_reaches_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    extra = "citation: {url: 'http://169.254.169.254/latest'}\n"
    raw = statement().replace(b"spec_version", extra.encode() + b"spec_version")
    with service(tmp_path) as served:

        def refuse(*_: object) -> NoReturn:
            raise AssertionError("a request went out")

        monkeypatch.setattr(socket.socket, "connect", refuse)
        monkeypatch.setattr(socket.socket, "connect_ex", refuse)
        monkeypatch.setattr(socket, "getaddrinfo", refuse)
        made = served.client.post(f"{API}/statements", content=statement(), headers=YAML)
        digest = made.json()["digest"]
        served.client.post(f"{API}/statements", content=raw, headers=YAML)
        for path in ("", "/state", "/receipt"):
            assert served.client.get(f"{API}/statements/{digest}{path}").status_code == 200
        for path in (f"{API}/statements", f"{API}/schema", f"{API}/factor-sets", "/ready"):
            assert served.client.get(path).status_code == 200
        assert not any(one["event"] == "error" for one in served.logged())


def test_work_has_a_limit_in_time_and_number() -> None:
    gate = threading.Event()

    async def main() -> None:
        shop = Workshop(1, 1, 0.2)
        first = asyncio.create_task(shop.run(gate.wait, 5))
        second = asyncio.create_task(shop.run(gate.wait, 5))
        await asyncio.sleep(0)
        with pytest.raises(BusyError, match="waiting"):
            await shop.run(gate.wait, 5)
        for task in (first, second):
            with pytest.raises(BusyError, match="within"):
                await task
        gate.set()
        shop.close()

    asyncio.run(main())


@pytest.mark.parametrize("name", ["run", "run_short"])
def test_every_piece_of_work_gets_its_own_answer(name: str) -> None:
    def halve(number: int) -> int:
        if number % 2:
            raise ValueError(number)
        return number // 2

    async def main() -> None:
        shop = Workshop(4, 1000, 30)
        jobs = [getattr(shop, name)(halve, number) for number in range(500)]
        found = await asyncio.gather(*jobs, return_exceptions=True)
        assert found[::2] == list(range(250))
        assert [error.args for error in found[1::2] if isinstance(error, ValueError)] == [
            (number,) for number in range(1, 500, 2)
        ]
        shop.close()

    asyncio.run(main())


def test_short_work_that_comes_together_shares_a_thread() -> None:
    async def main() -> list[int]:
        shop = Workshop(4, 100, 30)
        found = await asyncio.gather(*(shop.run_short(threading.get_ident) for _ in range(50)))
        shop.close()
        return found

    assert len(set(asyncio.run(main()))) == 1


def test_short_work_that_turns_out_to_be_long_holds_up_no_other() -> None:
    gate = threading.Event()

    async def main() -> None:
        shop = Workshop(4, 100, 30)
        first = asyncio.create_task(shop.run_short(int, "6"))
        long = [asyncio.create_task(shop.run_short(gate.wait, 30)) for _ in range(2)]
        others = [shop.run_short(int, str(number)) for number in range(20)]
        assert await asyncio.gather(first, *others) == [6, *range(20)]
        assert await shop.run_short(int, "7") == 7
        gate.set()
        assert await asyncio.gather(*long) == [True, True]
        assert await shop.run_short(int, "8") == 8
        shop.close()

    asyncio.run(main())


@pytest.mark.parametrize("name", ["run", "run_short"])
def test_at_the_end_what_is_begun_is_finished_and_what_waits_is_dropped(name: str) -> None:
    begun, gate = threading.Event(), threading.Event()
    finished = []

    def long() -> None:
        begun.set()
        gate.wait(5)
        finished.append(1)

    async def main() -> None:
        shop = Workshop(1, 5, 30)
        tasks = [asyncio.create_task(getattr(shop, name)(long)) for _ in range(3)]
        await asyncio.to_thread(begun.wait, 5)
        threading.Timer(0.1, gate.set).start()
        shop.close()
        first, *others = await asyncio.gather(*tasks, return_exceptions=True)
        assert first is None
        assert all(isinstance(one, asyncio.CancelledError) for one in others)

    asyncio.run(main())
    assert finished == [1]


def test_bodies_are_kept_for_ever_and_states_are_asked_for_again(tmp_path: Path) -> None:
    with service(tmp_path) as served:
        made = served.client.post(f"{API}/statements", content=statement(), headers=YAML)
        digest = made.json()["digest"]
        body = served.client.get(f"{API}/statements/{digest}")
        assert body.headers["etag"] == f'"{digest}"'
        assert "immutable" in body.headers["cache-control"]
        known = {"If-None-Match": f'W/"{digest}"'}
        assert served.client.get(f"{API}/statements/{digest}", headers=known).status_code == 304
        state = served.client.get(f"{API}/statements/{digest}/state")
        assert state.headers["cache-control"] == "no-cache"
        short = served.client.get(f"{API}/statements/{digest[:9]}")
        assert (short.status_code, short.headers["location"]) == (
            307,
            f"{API}/statements/{digest}",
        )
