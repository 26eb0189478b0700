"""Replies are kept by digest, for threads, processes and the next run."""

import os
import signal
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.core import Output, Sample
from harness.errors import StoreError
from harness.models.budget import Spent
from harness.models.response_cache import Occurrences, Remembered, Reply, Responses
from tests.conftest import sample
from tests.harness.children import limit_file_size, start, wait

pytestmark = pytest.mark.forks

COST = Spent(1, 10, 20)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "responses.sqlite"


def put_many(responses: Responses, number: int) -> None:
    """Long replies under the names 0, 1, 2."""
    for name in range(number):
        responses.put(str(name), Reply("x" * 1000), "p", COST)


class TestResponses:
    def test_a_reply_is_there_for_the_next(self, path: Path) -> None:
        replies = {"a": Reply("甲\n", "stop", 1, 2), "b": Reply("", "length"), "c": Reply("\0")}
        first = Responses(path)
        for digest, reply in replies.items():
            first.put(digest, reply, "p", COST)
        first.close()
        second = Responses(path)
        assert {digest: second.get(digest) for digest in replies} == replies
        assert second.get("d") is None
        second.close()

    def test_looking_creates_nothing(self, path: Path) -> None:
        responses = Responses(path)
        assert responses.get("a") is None
        assert responses.spent("p") == Spent()
        responses.close()
        assert not path.parent.exists()

    def test_the_first_reply_stays_and_both_calls_count(self, path: Path) -> None:
        responses = Responses(path)
        responses.put("a", Reply("first"), "p", COST)
        responses.put("a", Reply("second"), "p", COST)
        assert responses.get("a") == Reply("first")
        assert responses.spent("p") == Spent(2, 20, 40)
        responses.close()

    def test_each_payer_has_an_account(self, path: Path) -> None:
        responses = Responses(path)
        responses.put("a", Reply("x"), "p", COST)
        responses.bill("b", "q", COST)
        responses.bill("b", "q", COST)
        assert responses.get("b") is None
        assert responses.spent("p") == COST
        assert responses.spent("q") == Spent(2, 20, 40)
        assert responses.spent("r") == Spent()
        responses.close()

    def test_it_opens_again_after_a_close(self, path: Path) -> None:
        responses = Responses(path)
        responses.put("a", Reply("x"), "p", COST)
        responses.close()
        responses.close()
        assert responses.get("a") == Reply("x")
        responses.close()

    def test_threads_share_one(self, path: Path) -> None:
        responses = Responses(path)

        def put(name: int) -> None:
            for number in range(50):
                responses.put(f"{name}-{number}", Reply(str(number)), "p", COST)

        threads = [threading.Thread(target=put, args=(name,)) for name in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert responses.spent("p").calls == 400
        assert responses.get("7-49") == Reply("49")
        responses.close()

    def test_processes_share_one_from_its_first_moment(self, path: Path) -> None:
        def put(name: int) -> None:
            responses = Responses(path)
            for number in range(40):
                responses.put(f"{name}-{number}", Reply("x"), "p", COST)
            responses.close()

        children = [start(lambda name=name: put(name)) for name in range(4)]  # type: ignore[misc]  # a default binds the name
        assert [wait(child) for child in children] == [0] * 4
        responses = Responses(path)
        assert responses.spent("p") == Spent(160, 1600, 3200)
        assert responses.get("3-39") == Reply("x")
        responses.close()

    def test_a_killed_process_leaves_what_it_put(self, path: Path) -> None:
        def put() -> None:
            put_many(Responses(path), 10)
            os.kill(os.getpid(), signal.SIGKILL)

        assert wait(start(put)) == -signal.SIGKILL
        responses = Responses(path)
        assert responses.spent("p").calls == 10
        responses.close()

    @pytest.mark.parametrize("content", [b"no database at all " * 500, b"SQLite format 3\0" * 300])
    def test_a_damaged_file_is_one_sentence(self, path: Path, content: bytes) -> None:
        path.parent.mkdir()
        path.write_bytes(content)
        responses = Responses(path)
        with pytest.raises(StoreError, match=r"responses\.sqlite: .*move the file away"):
            responses.get("a")
        with pytest.raises(StoreError, match="replies cannot be kept"):
            responses.put("a", Reply("x"), "p", COST)
        responses.close()
        assert path.read_bytes() == content

    def test_a_file_that_is_cut_is_one_sentence(self, path: Path) -> None:
        responses = Responses(path)
        put_many(responses, 300)
        responses.close()
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        again = Responses(path)
        with pytest.raises(StoreError, match="move the file away"):
            list(map(again.get, map(str, range(300))))
        again.close()

    def test_a_full_disk_is_one_sentence(self, path: Path) -> None:
        def fill() -> None:
            responses = Responses(path)
            responses.put("a", Reply("x"), "p", COST)
            limit_file_size(path.with_name(path.name + "-wal").stat().st_size + 5_000)
            with pytest.raises(StoreError, match="replies cannot be kept") as caught:
                put_many(responses, 1000)
            assert "move the file away" not in str(caught.value)
            responses.close()

        assert wait(start(fill)) == 0
        responses = Responses(path)
        assert responses.get("a") == Reply("x")
        responses.close()


class TestOccurrences:
    def test_the_second_of_equals_differs_and_runs_agree(self) -> None:
        requests = [{"n": n % 7} for n in range(30)]
        first, second = Occurrences(), Occurrences()
        digests = [first.digest(request) for request in requests]
        assert len(set(digests)) == 30
        assert [second.digest(request) for request in requests] == digests

    @given(st.lists(st.integers(0, 50), max_size=200))
    def test_digests_are_apart_and_do_not_depend_on_what_lies_between(
        self, numbers: list[int]
    ) -> None:
        together = Occurrences()
        digests = [together.digest({"n": n}) for n in numbers]
        assert len(set(digests)) == len(digests)
        for number in set(numbers):
            alone = Occurrences()
            mine = [d for n, d in zip(numbers, digests, strict=True) if n == number]
            assert mine == [alone.digest({"n": number}) for _ in mine]

    def test_many_are_told_apart(self) -> None:
        occurrences = Occurrences()
        assert len({occurrences.digest({"n": n % 5000}) for n in range(10_000)}) == 10_000


class Parrot:
    """Answers with the question; errs on some; counts what it is asked."""

    def __init__(self, errs: str = "never") -> None:
        self.errs = errs
        self.asked: list[str] = []

    def generate(self, samples: Iterable[Sample]) -> Iterator[Output]:
        for one in samples:
            self.asked.append(one.id)
            if self.errs in one.question:
                yield Output(one.id, finish_reason="error", error="no")
            else:
                yield Output(one.id, one.question, "stop", 3, 4)


class TestRemembered:
    def test_only_what_is_new_is_asked(self, path: Path) -> None:
        responses = Responses(path)
        parrot = Parrot()
        for asked in (3, 5):
            model = Remembered(parrot, responses, {"engine": "parrot"}, "p")
            outputs = list(model.generate(sample(n) for n in range(asked)))
            assert [output.text for output in outputs] == [sample(n).question for n in range(asked)]
        assert parrot.asked == [f"q{n}" for n in range(5)]
        assert responses.spent("p") == Spent(5, 15, 20)
        responses.close()

    def test_another_model_is_asked_anew(self, path: Path) -> None:
        responses = Responses(path)
        parrot = Parrot()
        for name in ("a", "b"):
            list(Remembered(parrot, responses, {"model": name}, "p").generate([sample(0)]))
        assert parrot.asked == ["q0", "q0"]
        responses.close()

    def test_errors_are_asked_again(self, path: Path) -> None:
        responses = Responses(path)
        for errs in ("K1001", "never"):
            parrot = Parrot(errs)
            model = Remembered(parrot, responses, {}, "p")
            outputs = list(model.generate(sample(n) for n in range(3)))
        assert parrot.asked == ["q1"]
        assert all(output.error is None for output in outputs)
        responses.close()

    def test_more_than_a_chunk_stays_in_order(self, path: Path) -> None:
        responses = Responses(path)
        model = Remembered(Parrot(), responses, {}, "p")
        list(model.generate(sample(n) for n in range(0, 2100, 2)))
        again = Remembered(Parrot(), responses, {}, "p")
        ids = [output.sample_id for output in again.generate(sample(n) for n in range(2100))]
        assert ids == [f"q{n}" for n in range(2100)]
        responses.close()
