"""What Spark works on for us: how far it is, and how it is ended."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from cvjkit.measurement.engine import OFTEN, Watch, watched

if TYPE_CHECKING:
    from pyspark import StatusTracker
    from pyspark.sql import SparkSession

Found = TypeVar("Found")


class Jobs:
    """Jobs of one run, in a group of their own.

    They are begun in a thread of their own: the connection to Java bears no Ctrl-C while it waits
    for an answer, and the thread that Ctrl-C is for only waits for this one.

    Parameters
    ----------
    session : pyspark.sql.SparkSession
    watch : Watch
    """

    def __init__(self, session: SparkSession, watch: Watch) -> None:
        self._context, self._watch = session.sparkContext, watch
        self._group = f"cvjkit-{uuid.uuid4()}"
        self._pool = ThreadPoolExecutor(1)
        self._begin = self._end = self._told = 0.0
        self._done: frozenset[int] = frozenset()

    @contextmanager
    def watched(self) -> Iterator[None]:
        """End the jobs once somebody asks for it, and tell how far they are.

        Yields
        ------
        None

        Raises
        ------
        Stopped
            If somebody asked for it.
        """
        with self._pool, watched(self._watch, self._cancel, self._look):
            yield

    def run(self, work: Callable[[], Found]) -> Found:
        """Do what begins jobs, and wait for it.

        Parameters
        ----------
        work : callable

        Returns
        -------
        object
            What it gives.

        Raises
        ------
        BaseException
            What it raises; or KeyboardInterrupt, and the jobs are ended.
        """
        future = self._pool.submit(self._in_group, work)
        try:
            return future.result()
        except BaseException:
            while not wait([future], OFTEN).done:
                self._cancel()
            raise

    def between(self, begin: float, end: float) -> None:
        """Say how far the run is before and after the jobs that come next.

        Parameters
        ----------
        begin : float
            0 to 1.
        end : float
            0 to 1.
        """
        known = self._context.statusTracker().getJobIdsForGroup(self._group)
        self._done, self._begin, self._end = frozenset(known), begin, end

    def _in_group(self, work: Callable[[], Found]) -> Found:
        self._context.setJobGroup(self._group, "cvjkit")
        return work()

    def _cancel(self) -> None:
        self._context.cancelJobGroup(self._group)

    def _look(self) -> None:
        if self._watch.progress is None:
            return
        begin, end, tracker = self._begin, self._end, self._context.statusTracker()
        jobs = {*tracker.getJobIdsForGroup(self._group)} - self._done
        share = begin + (end - begin) * _share(tracker, sorted(jobs))
        if share > self._told:
            self._told = share
            self._watch.progress(share)


def _share(tracker: StatusTracker, jobs: list[int]) -> float:
    """Tell how much is done: one half is to read and exchange, the other what comes after."""
    known = [job for number in jobs if (job := tracker.getJobInfo(number)) is not None]
    # What is exchanged may be a job of its own, and is named once more by the job that takes it.
    last = {max(job.stageIds) for job in known if len(job.stageIds) > 1}
    first = {stage for job in known for stage in job.stageIds} - last
    after = _done_of(tracker, last)
    return (1.0 + after if after else _done_of(tracker, first)) / 2


def _done_of(tracker: StatusTracker, stages: set[int]) -> float:
    found = [info for stage in stages if (info := tracker.getStageInfo(stage)) is not None]
    begun = [info for info in found if info.numCompletedTasks or info.numActiveTasks]
    tasks = sum(info.numTasks for info in begun)
    return sum(info.numCompletedTasks for info in begun) / tasks if tasks else 0.0
