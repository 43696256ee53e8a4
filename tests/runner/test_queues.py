"""The queue in both databases: who gets which jobs, and what becomes of them."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import attrs
import pytest
import sqlalchemy as sa

from telemparse.errors import CallError
from telemparse.runner import database as database_room
from telemparse.runner import migration
from telemparse.runner.database import Database, DatabaseUnavailable
from telemparse.runner.jobs import Depth, LeaseLost, NewJob, new_id
from telemparse.runner.queues import open_queue
from telemparse.runner.settings import Settings
from telemparse.runner.stamps import utc_now
from telemparse.runner.states import JobState

A, B = "worker-a", "worker-b"


def new(count=1, **fields):
    return [NewJob(job_type="test", payload={"n": number}, **fields) for number in range(count)]


class Desk:
    """Where a test stands: a queue, and each call of it in a transaction of its own."""

    def __init__(self, database, queue):
        self.database, self.queue = database, queue

    def do(self, name, *arguments, **options):
        """Call a method of the queue that takes a connection."""
        with self.database.transaction() as connection:
            return getattr(self.queue, name)(connection, *arguments, **options)

    def put(self, jobs, **more):
        """Put jobs."""
        return self.do("put", jobs, **more)

    def write(self, statement):
        """Execute a statement."""
        with self.database.transaction() as connection:
            connection.exec_driver_sql(statement)

    def row(self, job_id):
        """Read the row of a job."""
        jobs = self.database.tables.jobs
        with self.database.reading() as connection:
            return connection.execute(sa.select(jobs).where(jobs.c.id == job_id)).one()

    def silence(self, *ids):
        """Let the leases of jobs look as if they were renewed long ago."""
        jobs = self.database.tables.jobs
        long_ago = utc_now().replace(year=2001)
        with self.database.transaction() as connection:
            connection.execute(jobs.update().where(jobs.c.id.in_(ids)).values(locked_at=long_ago))


@pytest.fixture
def desk(database, queue):
    return Desk(database, queue)


def numbers(jobs):
    return [job.payload["n"] for job in jobs]


# --- handing out ---


def test_jobs_come_in_the_order_in_which_they_were_put(desk):
    for begin in (0, 300, 600):
        desk.put([NewJob(job_type="test", payload={"n": n}) for n in range(begin, begin + 300)])
    assert numbers(desk.queue.claim(A, 1)) == [0]
    assert numbers(desk.queue.claim(A, 449)) == list(range(1, 450))
    assert numbers(desk.queue.claim(B, 1000)) == list(range(450, 900))


def test_a_list_keeps_its_order_whatever_the_ids_of_its_jobs(desk):
    jobs = sorted(new(50), key=lambda job: job.id, reverse=True)
    desk.put(jobs)
    assert [job.id for job in desk.queue.claim(A, 50)] == [job.id for job in jobs]


def test_ten_thousand_jobs_in_one_call_keep_their_order(desk):
    desk.put(new(10_001))
    assert numbers(desk.queue.claim(A, 20_000)) == list(range(10_001))


def test_a_job_comes_as_it_was_put(desk):
    payload = {"session_id": "x", "deep": [1, {"ü": None}], "text": "Ölmühle 'quoted' %s {} \\ \\u0000"}
    made = NewJob(job_type="parse_raw", payload=payload, max_attempts=7)
    assert desk.put([made]) == []
    (job,) = desk.queue.claim(A)
    assert (job.id, job.job_type, job.payload, job.run_id) == (made.id, "parse_raw", payload, None)
    assert (job.attempt, job.max_attempts, job.worker, job.is_last) == (1, 7, A, False)
    stored = desk.row(made.id)
    assert (stored.status, stored.locked_by, stored.attempt_count) == ("RUNNING", A, 1)
    assert stored.created_at <= stored.locked_at <= stored.updated_at


def test_a_job_of_a_run_knows_its_run(desk):
    session_id, run_id = new_id(), new_id()
    tables, now = desk.database.tables, utc_now()
    with desk.database.transaction() as connection:
        connection.execute(
            tables.sessions.insert().values(
                id=session_id, tenant_id="t", driver_id="d", name="", status="PROCESSING",
                start_time_utc=now, end_time_utc=now, created_at=now, updated_at=now,
            )
        )  # fmt: skip
        connection.execute(
            tables.runs.insert().values(
                id=run_id, session_id=session_id, status="QUEUED", options={}, input_artifact_ids=[],
                stages={}, created_at=now,
            )
        )  # fmt: skip
        desk.queue.put(connection, new(1, run_id=run_id))
        (held,) = desk.queue.put(connection, new(1, run_id=run_id), worker=B)
    assert [job.run_id for job in desk.queue.claim(A, 5)] == [run_id]
    assert held.run_id == run_id


def test_what_is_put_for_a_worker_is_held_by_it_at_once(desk):
    made = new(2)
    first, second = desk.put(made, worker=A)
    assert [job.id for job in (first, second)] == [job.id for job in made]
    assert (first.attempt, first.worker, numbers([first, second])) == (1, A, [0, 1])
    assert desk.queue.claim(B) == []
    assert desk.row(first.id).locked_at is not None
    desk.do("succeed", first)
    assert desk.queue.complete([second]) == [second.id]


def test_nothing_put_or_asked_for_is_nothing_done(desk):
    desk.put([])
    assert desk.put([], worker=A) == []
    desk.put(new(1))
    assert desk.queue.claim(A, 0) == desk.queue.claim(A, -1) == desk.queue.complete([]) == []
    assert desk.queue.renew(A, []) == set()
    assert desk.queue.depth().ready == 1


def test_threads_that_claim_batches_share_the_jobs_out(desk):
    desk.put(new(200))
    claims = []

    def claim(worker):
        while jobs := desk.queue.claim(worker, 7):
            claims.append(jobs)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(claim, ["w1", "w2", "w3", "w4"]))
    assert max(len(jobs) for jobs in claims) <= 7
    assert sorted(n for jobs in claims for n in numbers(jobs)) == list(range(200))


# --- how they end ---


def test_jobs_succeed_in_a_batch_and_say_which_were_still_held(desk):
    desk.put(new(4))
    a, b, c, d = desk.queue.claim(A, 4)
    desk.do("cancel", [b.id])
    desk.do("release", d)
    assert desk.queue.complete([d, c, b, a]) == [c.id, a.id]
    assert [desk.row(job.id).status for job in (a, b, c, d)] == [
        "SUCCEEDED",
        "CANCELLED",
        "SUCCEEDED",
        "QUEUED",
    ]
    assert (desk.row(a.id).locked_by, desk.row(a.id).locked_at) == (None, None)


def test_a_batch_may_be_of_several_workers_whatever_their_names(desk):
    names = ["a'b", 'say "x"', "back\\slash", "{curly},comma", "ü %s :name ?", ""]
    desk.put(new(len(names)))
    jobs = [desk.queue.claim(name)[0] for name in names]
    assert desk.queue.complete([attrs.evolve(jobs[0], worker=names[1])]) == []
    assert desk.queue.renew(names[2], [job.id for job in jobs]) == {jobs[2].id}
    assert desk.queue.complete(jobs) == [job.id for job in jobs]


def test_a_job_that_failed_waits_and_comes_again_with_the_next_attempt(desk):
    desk.put(new(1))
    (job,) = desk.queue.claim(A)
    desk.do("fail", job, "PARSER_CRASHED", "what happened", retry_after_s=3600)
    stored = desk.row(job.id)
    assert (stored.status, stored.attempt_count, stored.locked_by) == ("QUEUED", 1, None)
    assert (stored.last_error_code, stored.last_error_message) == ("PARSER_CRASHED", "what happened")
    assert 3590 < (stored.next_retry_at - stored.updated_at).total_seconds() < 3610
    assert desk.queue.claim(B) == []
    assert desk.do("hurry", [job.id]) == [job.id]
    (again,) = desk.queue.claim(B)
    assert (again.attempt, again.worker) == (2, B)
    assert desk.row(job.id).next_retry_at is None


def test_a_wait_of_no_time_is_over_at_once(desk):
    desk.put(new(1))
    (job,) = desk.queue.claim(A)
    desk.do("fail", job, "CODE", "words", retry_after_s=0)
    assert desk.queue.claim(A)[0].attempt == 2


def test_a_job_fails_for_good(desk):
    desk.put(new(1))
    (job,) = desk.queue.claim(A)
    desk.do("fail", job, "FORMAT_NOT_RECOGNISED", "words")
    assert (desk.row(job.id).status, desk.row(job.id).last_error_code) == ("FAILED", "FORMAT_NOT_RECOGNISED")
    assert desk.do("hurry", [job.id]) == desk.do("cancel", [job.id]) == desk.queue.claim(A) == []


def test_a_last_attempt_fails_for_good_whatever_was_asked_for(desk):
    desk.put(new(1, max_attempts=2))
    for attempt in (1, 2):
        (job,) = desk.queue.claim(A)
        assert (job.attempt, job.is_last) == (attempt, attempt == 2)
        desk.do("fail", job, "CODE", "words", retry_after_s=0)
    assert desk.row(job.id).status == "FAILED"


def test_words_that_a_database_does_not_take_are_mended(desk):
    desk.put(new(1))
    (job,) = desk.queue.claim(A)
    desk.do("fail", job, "CODE", "nul \0, half \udce4, whole ü" + "x" * 9000)
    words = desk.row(job.id).last_error_message
    assert words.startswith("nul , half ?, whole üxxx")
    assert len(words) == 4096


@pytest.mark.parametrize("wait_s", [-1, float("nan"), float("inf"), 1e12])
def test_a_wait_that_cannot_be_right_is_refused_and_nothing_is_written(wait_s, desk):
    desk.put(new(1))
    (job,) = desk.queue.claim(A)
    with pytest.raises(CallError, match="seconds"):
        desk.do("fail", job, "CODE", "words", retry_after_s=wait_s)
    with pytest.raises(CallError, match="seconds"):
        desk.do("rescue", wait_s)
    assert desk.row(job.id).status == "RUNNING"


def test_a_released_job_is_first_again_and_its_attempt_does_not_count(desk):
    desk.put(new(2))
    (job,) = desk.queue.claim(A)
    desk.do("release", job)
    assert (desk.row(job.id).attempt_count, desk.row(job.id).locked_by) == (0, None)
    (again,) = desk.queue.claim(B)
    assert (again.id, again.attempt) == (job.id, 1)


# --- fences ---


def lose_to_a_rescuer(job, desk):
    desk.silence(job.id)
    desk.do("rescue", 60)


def lose_to_another_worker(job, desk):
    lose_to_a_rescuer(job, desk)
    assert desk.queue.claim(B)[0].id == job.id


def lose_to_oneself(job, desk):
    lose_to_a_rescuer(job, desk)
    assert desk.queue.claim(A)[0].attempt == 2


def lose_to_cancelling(job, desk):
    assert desk.do("cancel", [job.id]) == [job.id]


def lose_by_success(job, desk):
    desk.do("succeed", job)


def lose_by_failure(job, desk):
    desk.do("fail", job, "OTHER", "words", retry_after_s=3600)


def lose_by_release(job, desk):
    desk.do("release", job)
    assert desk.queue.claim(B)[0].attempt == job.attempt


WRITE_BACKS = {
    "hold": (), "succeed": (), "fail": ("CODE", "words"), "release": (),
}  # fmt: skip


@pytest.mark.parametrize("write_back", WRITE_BACKS)
@pytest.mark.parametrize(
    "lose",
    [
        lose_to_a_rescuer, lose_to_another_worker, lose_to_oneself, lose_to_cancelling, lose_by_success,
        lose_by_failure, lose_by_release,
    ],
)  # fmt: skip
def test_whoever_has_lost_a_job_cannot_write_about_it(lose, write_back, desk):
    desk.put(new(1))
    (job,) = desk.queue.claim(A)
    lose(job, desk)
    before = desk.row(job.id)
    with pytest.raises(LeaseLost, match=job.id):
        desk.do(write_back, job, *WRITE_BACKS[write_back])
    assert desk.queue.complete([job]) == []
    assert desk.row(job.id) == before


def test_a_lost_job_takes_the_rest_of_the_transaction_with_it(desk):
    desk.put(new(2))
    lost, kept = desk.queue.claim(A, 2)
    desk.do("cancel", [lost.id])
    with pytest.raises(LeaseLost), desk.database.transaction() as connection:  # noqa: PT012  (what precedes the error is what is undone)
        desk.queue.succeed(connection, kept)
        desk.queue.put(connection, new(5))
        desk.queue.succeed(connection, lost)
    assert desk.queue.depth() == Depth(ready=0, waiting=0, running=1, oldest_s=None)


# --- leases ---


def test_renewing_keeps_a_job_from_the_rescuers(desk):
    desk.put(new(2))
    kept, left = desk.queue.claim(A, 2)
    desk.silence(kept.id, left.id)
    assert desk.queue.renew(A, [kept.id]) == {kept.id}
    assert [job.id for job in desk.do("rescue", 60).requeued] == [left.id]
    assert desk.queue.renew(A, iter([kept.id, left.id])) == {kept.id}


def test_a_job_is_held_on_to_within_a_transaction(desk):
    desk.put(new(1))
    (job,) = desk.queue.claim(A)
    desk.silence(job.id)
    desk.do("hold", job)
    assert desk.do("rescue", 60).requeued == ()
    desk.do("succeed", job)


def test_only_what_one_holds_is_renewed(desk):
    desk.put(new(4))
    mine, theirs, cancelled = desk.queue.claim(A)[0], desk.queue.claim(B)[0], desk.queue.claim(A)[0]
    desk.do("cancel", [cancelled.id])
    waiting = desk.queue.claim(A)[0]
    desk.do("release", waiting)
    assert desk.queue.renew(A, [mine.id, theirs.id, cancelled.id, waiting.id, new_id()]) == {mine.id}


def test_silent_workers_lose_their_jobs_and_those_without_an_attempt_left_fail(desk):
    desk.put([*new(1), *new(1, max_attempts=1), *new(1)])
    again, last, alive = desk.queue.claim(A, 3)
    desk.silence(again.id, last.id)
    rescued = desk.do("rescue", 60)
    assert rescued.requeued == (again,)
    assert rescued.exhausted == (last,)
    assert (desk.row(again.id).status, desk.row(again.id).locked_by) == ("QUEUED", None)
    assert (desk.row(last.id).status, desk.row(last.id).last_error_code) == ("FAILED", "WORKER_LOST")
    assert desk.row(alive.id).status == "RUNNING"
    assert desk.queue.claim(B)[0].attempt == 2
    assert desk.do("rescue", 60).requeued == desk.do("rescue", 60).exhausted == ()


def test_many_rescuers_take_each_job_once(desk):
    desk.put(new(60))
    desk.silence(*[job.id for job in desk.queue.claim(A, 60)])
    barrier = threading.Barrier(4)

    def rescue(_number):
        barrier.wait()
        return [job.payload["n"] for job in desk.do("rescue", 60).requeued]

    with ThreadPoolExecutor(4) as pool:
        found = [n for some in pool.map(rescue, range(4)) for n in some]
    assert sorted(found) == list(range(60))
    assert [job.attempt for job in desk.queue.claim(B, 100)] == [2] * 60


def test_a_worker_completes_while_its_heartbeat_renews_and_others_cancel(desk):
    stop = threading.Event()
    desk.put(new(400))

    def beat(held):
        while not stop.is_set():
            desk.queue.renew(A, list(held))

    def cancel(held):
        for job_id in reversed(held):
            desk.do("cancel", [job_id, held[0]])

    with ThreadPoolExecutor(2) as pool:
        held = []
        beating = pool.submit(beat, held)
        ended = set()
        while jobs := desk.queue.claim(A, 20):
            held[:] = [job.id for job in jobs]
            cancelling = pool.submit(cancel, held[5:10])
            ended.update(desk.queue.complete(jobs))
            cancelling.result()
        stop.set()
        beating.result()
    assert desk.queue.depth().running == 0
    assert len(ended) >= 300


# --- cancelling and hurrying ---


def test_jobs_that_wait_or_run_are_cancelled_and_others_are_not(desk):
    desk.put(new(4))
    done, running, later = desk.queue.claim(A, 3)
    desk.do("succeed", done)
    desk.do("fail", later, "CODE", "words", retry_after_s=3600)
    (ready,) = desk.queue.claim(A)
    desk.do("release", ready)
    ids = [ready.id, done.id, later.id, new_id(), running.id, ready.id]
    assert desk.do("cancel", ids) == [ready.id, later.id, running.id]
    assert [desk.row(job.id).status for job in (ready, later, running)] == [JobState.CANCELLED] * 3
    assert desk.do("cancel", ids) == []
    assert desk.queue.claim(B) == []


def test_only_jobs_that_wait_can_be_hurried(desk):
    desk.put(new(3))
    running, later = desk.queue.claim(A, 2)
    desk.do("fail", later, "CODE", "words", retry_after_s=3600)
    ready = desk.queue.claim(A)[0]
    desk.do("release", ready)
    assert desk.do("hurry", [running.id, ready.id, later.id]) == [later.id]
    assert desk.do("hurry", [later.id]) == desk.do("hurry", []) == []


def test_thousands_are_cancelled_in_one_call(desk):
    jobs = new(2500)
    desk.put(jobs)
    assert desk.do("cancel", [job.id for job in jobs]) == [job.id for job in jobs]
    assert desk.queue.depth() == Depth(ready=0, waiting=0, running=0, oldest_s=None)


# --- what the queue looks like ---


def test_depth_counts_what_is_ready_waiting_and_running(desk):
    assert desk.queue.depth() == Depth(ready=0, waiting=0, running=0, oldest_s=None)
    desk.put(new(6))
    done, later, _running = desk.queue.claim(A, 3)
    desk.do("succeed", done)
    desk.do("fail", later, "CODE", "words", retry_after_s=3600)
    jobs = desk.database.tables.jobs
    with desk.database.transaction() as connection:
        hour_ago = utc_now().replace(microsecond=0, year=2020)
        connection.execute(
            jobs.update().where(jobs.c.status == "QUEUED", jobs.c.next_retry_at.is_(None))
            .values(created_at=hour_ago, updated_at=hour_ago)
        )  # fmt: skip
    depth = desk.queue.depth()
    assert (depth.ready, depth.waiting, depth.running) == (3, 1, 1)
    years_s = (utc_now() - hour_ago).total_seconds()
    assert depth.oldest_s == pytest.approx(years_s, abs=3600)


def test_the_wait_of_a_job_that_came_back_begins_when_it_came_back(desk):
    desk.put(new(1))
    jobs = desk.database.tables.jobs
    with desk.database.transaction() as connection:
        connection.execute(jobs.update().values(created_at=utc_now().replace(year=2020)))
    desk.do("release", desk.queue.claim(A)[0])
    assert 0 <= desk.queue.depth().oldest_s < 1800


# --- transactions ---


def test_what_a_failing_transaction_put_and_wrote_never_was(desk):
    desk.put(new(3))
    mine, later = desk.queue.claim(A, 2)
    desk.do("fail", later, "CODE", "words", retry_after_s=3600)
    before = {job.id: desk.row(job.id) for job in (mine, later)}
    with pytest.raises(ZeroDivisionError), desk.database.transaction() as connection:  # noqa: PT012  (what precedes the error is what is undone)
        desk.queue.put(connection, new(5))
        desk.queue.put(connection, new(5), worker=B)
        desk.queue.succeed(connection, mine)
        desk.queue.hurry(connection, [later.id])
        desk.queue.cancel(connection, [later.id])
        desk.queue.rescue(connection, 0)
        raise ZeroDivisionError
    assert {job.id: desk.row(job.id) for job in (mine, later)} == before
    depth = desk.queue.depth()
    assert (depth.ready, depth.waiting, depth.running) == (1, 1, 1)
    desk.do("succeed", mine)


def test_a_job_and_what_it_did_are_committed_together(desk):
    desk.put(new(1))
    (job,) = desk.queue.claim(A)
    with desk.database.transaction() as connection:
        desk.queue.succeed(connection, job)
        (follower,) = desk.queue.put(connection, new(1), worker=A)
    assert desk.queue.complete([follower]) == [follower.id]
    assert desk.queue.depth() == Depth(ready=0, waiting=0, running=0, oldest_s=None)


# --- schema ---


MIGRATED = "UPDATE telemetry_schema_version SET version_num = 'later'"
OTHER_COLUMNS = "ALTER TABLE telemetry_jobs RENAME locked_by TO held_by"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (MIGRATED, "DATABASE_SCHEMA_NEWER"),
        ("DELETE FROM telemetry_schema_version", "DATABASE_SCHEMA_OLD"),
        ("DROP TABLE telemetry_schema_version", "DATABASE_SCHEMA_OLD"),
    ],
)
def test_a_schema_that_was_changed_under_a_worker_is_refused(change, code, desk):
    made = new(1)
    desk.put(made)
    assert desk.queue.claim(A, 0) == []
    desk.write(change)
    for _again in range(2):
        with pytest.raises(migration.SchemaMismatch) as found:
            desk.queue.claim(A)
        assert found.value.code == code
    assert desk.row(made[0].id).status == "QUEUED"


def test_a_schema_whose_columns_are_others_is_refused(desk):
    desk.put(new(1))
    desk.write(OTHER_COLUMNS)
    desk.write(MIGRATED)
    with pytest.raises(migration.SchemaMismatch, match="later"):
        desk.queue.claim(A)


def test_a_statement_that_cannot_be_right_is_not_called_an_absent_database(desk):
    desk.write(OTHER_COLUMNS)
    with pytest.raises(desk.queue._calls.driver.DatabaseError, match="locked_by"):
        desk.queue.claim(A)
    with pytest.raises(sa.exc.DatabaseError, match="locked_by"):
        desk.do("rescue", 60)


# --- other names, other connections ---


def test_the_table_may_have_any_name_even_that_of_a_keyword(empty_settings):
    settings = attrs.evolve(empty_settings, job_queue_table="order")
    with Database.open(settings) as database:
        migration.upgrade(database)
        with closing(open_queue(database, settings)) as queue:
            with database.transaction() as connection:
                queue.put(connection, new(3))
            first, second = queue.claim(A, 2)
            assert queue.renew(A, [first.id]) == {first.id}
            assert queue.complete([first]) == [first.id]
            with database.transaction() as connection:
                queue.rescue(connection, 60)
                queue.fail(connection, second, "CODE", "words", retry_after_s=3600)
                queue.hurry(connection, [second.id])
            queue.wait(0.01, threading.Event())
            assert queue.depth().ready == 2


def test_a_database_without_tables_is_refused(empty_settings):
    with (
        Database.open(empty_settings) as database,
        closing(open_queue(database, empty_settings)) as queue,
        pytest.raises(migration.SchemaMismatch, match="no tables"),
    ):
        queue.claim(A)


def test_a_file_that_somebody_has_locked_is_unavailable_until_he_lets_go(tmp_path, monkeypatch):
    monkeypatch.setattr(database_room, "_BUSY_MS", 50)
    settings = Settings.embedded(tmp_path)
    with (
        Database.open(settings) as database,
        Database.open(settings) as other,
        closing(open_queue(database, settings)) as queue,
    ):
        migration.upgrade(database)
        with other.transaction() as connection:
            open_queue(other, settings).put(connection, new(1))
            with pytest.raises(DatabaseUnavailable, match="locked"):
                queue.claim(A)
            with pytest.raises(DatabaseUnavailable), database.transaction():
                pass
        assert numbers(queue.claim(A)) == [0]


def test_a_file_that_cannot_be_opened_is_unavailable(tmp_path):
    settings = Settings.embedded(tmp_path / "nowhere")
    with Database.open(settings) as database, closing(open_queue(database, settings)) as queue:
        for call in (lambda: queue.claim(A), lambda: queue.renew(A, [new_id()]), queue.depth):
            with pytest.raises(DatabaseUnavailable, match="unable to open"):
                call()
        queue.wait(0.01, threading.Event())


def test_a_server_that_is_not_there_is_unavailable(postgres):
    url = postgres.url.replace(f"port={postgres.port}", "port=1")
    settings = Settings(database_url=url)
    with Database.open(settings) as database, closing(open_queue(database, settings)) as queue:
        stop = threading.Event()
        for call in (
            lambda: queue.claim(A), lambda: queue.renew(A, [new_id()]), queue.depth,
            lambda: queue.complete([]),
        ):  # fmt: skip
            with pytest.raises(DatabaseUnavailable):
                call()
        queue.wait(0.01, stop)
        queue.wait(0.01, stop)


@pytest.mark.parametrize("settings", ["postgres"], indirect=True)  # a file has one writer at a time
def test_leases_are_renewed_while_one_of_the_jobs_is_being_written(desk):
    desk.put(new(2))
    written, other = desk.queue.claim(A, 2)
    with desk.database.transaction() as connection:
        desk.queue.succeed(connection, written)
        assert desk.queue.renew(A, [written.id, other.id]) == {written.id, other.id}
    assert desk.queue.renew(A, [written.id, other.id]) == {other.id}
