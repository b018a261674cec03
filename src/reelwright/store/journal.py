"""The journal: projects, revisions, jobs, outcomes, leases and events; each method is one transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Literal

from sqlalchemy import Connection

from reelwright.errors import NotFound
from reelwright.lease_and_heartbeat import DEFAULT_LEASE_S
from reelwright.reason import Reason
from reelwright.reel.base.value import Digest, StepKey
from reelwright.reel.film.brief import Goal
from reelwright.reel.film.command import Command
from reelwright.reel.film.encoding_options import DEFAULT_ENCODING, EncodingOptions
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.records.ledger import Limit
from reelwright.reel.records.operation import Consent, Holder, Lease, Standing
from reelwright.store.accounts import (
    api_keys,
    brands,
    link_keys,
    members,
    retention,
    sessions,
    webhook_deliveries,
    webhooks,
)
from reelwright.store.database import metric_counts
from reelwright.store.database.database import Database
from reelwright.store.database.processes import make_holder
from reelwright.store.database.transactions import DatabaseClient, make_read_method, make_write_method
from reelwright.store.database.unit import Unit
from reelwright.store.jobs import job_priority, job_queries, jobs, queue_pauses, requests
from reelwright.store.leases import events, leases
from reelwright.store.limits import budgets
from reelwright.store.policy import MAX_JOBS_REMEMBERED
from reelwright.store.projects import asset_uses, id_lookup, projects, step_outcomes, uploads
from reelwright.store.purchases import disputes, provider_messages, sums
from reelwright.store.reservations import shares
from reelwright.store.vault import assets
from reelwright.tracing import trace_span


class Journal(DatabaseClient):
    """The journal on SQLite or PostgreSQL.

    ``lease_s``: seconds without a heartbeat after which a director loses its projects. ``jobs_at_once``: most jobs that
    run at once where no limit was set; None: any number. Every method may raise ``StoreUnavailable``, and every one
    that takes a lease, but for ``release``, ``LeaseLost``. Nothing is half-written then.
    """

    def __init__(
        self, database: Database, *, lease_s: int = DEFAULT_LEASE_S, jobs_at_once: int | None = None,
        encoding: EncodingOptions = DEFAULT_ENCODING,
    ) -> None:  # fmt: skip
        super().__init__(database, lease_s)
        self._jobs_at_once, self._encoding = jobs_at_once, encoding
        self._asked: set[tuple[str, str]] = set()

    # projects and their revisions
    open_project = make_write_method(projects.open_project)
    open_for_command = make_write_method(projects.open_for_command)
    take_for_request = make_write_method(requests.take_for_request)
    begin_request = make_write_method(requests.begin_request)
    conclude_request = make_write_method(requests.conclude_request)

    async def record_asked(self, account: str, job: str) -> None:
        """Record that the id of a job was used, see ``requests.record_asked``; written once by this process."""
        if (account, job) not in self._asked:
            await self._record_asked(account, job)
            if len(self._asked) >= MAX_JOBS_REMEMBERED:
                self._asked.clear()
            self._asked.add((account, job))

    _record_asked = make_write_method(requests.record_asked)

    async def create_job(
        self, account: str, command: Command, request: requests.CreateRequest, consent: Consent,
        options: Mapping[str, Any],
    ) -> requests.CreatedJob:  # fmt: skip
        """Open the project of a create request and queue its job; a repeated request gets those of the first one.

        Raises ``BadInput`` where the key was sent with another body, and ``OverBudget`` where its payer cannot pay.
        """
        with trace_span("job.create", account=account, goal=command.brief.goal) as span:
            order = requests.JobOrder(account, command, request, consent, span.carry_in(options))
            made: requests.CreatedJob = await self._db.write_batched(requests.create_jobs, order)
            span.note(project=made.project, job=made.job)
        return made

    find_project = make_read_method(projects.find_project)
    resolve_project = make_read_method(id_lookup.resolve_project)
    read_project = make_read_method(projects.read_project)
    list_projects = make_read_method(projects.list_projects)
    list_authors = make_read_method(projects.list_authors)
    revise = make_write_method(projects.revise)
    revise_under_lease = make_write_method(projects.revise_under_lease)
    read_revision = make_read_method(projects.read_revision)
    list_revisions = make_read_method(projects.list_revisions)

    async def read_standing(self, account: str, project: str) -> Standing:
        """Read all that a director needs to know of a project, on one snapshot. Raises ``NotFound``.

        Its ``job`` is the running one, else the first queued, else the first waiting, else the newest.
        """
        found: Standing = await self._db.read_batched(projects.read_standings, (account, project))
        return replace(found, encoding=self._encoding)

    async def read_standing_with_spending(self, account: str, project: str) -> Standing:
        """Read a standing, what each job and a lost journal have spent, and how far above its quotes the job's bills
        were: for a price that a person agrees to. All is read on the same snapshot.
        """

        def read(conn: Connection) -> Standing:
            (found,) = projects.read_standings(conn, [(account, project)])
            if isinstance(found, NotFound):
                raise found
            spent = sums.sum_spent_by_job(conn, account, project)
            lost = sums.list_recovered_micros(conn, account, project)
            job = found.job if found.job and found.job.state != "done" else None  # a done one is followed by a new one
            ratios = disputes.find_bill_ratios(conn, account, job.id) if job else {}
            return replace(
                found, spent_by_job=spent, bill_ratios=ratios, recovered_micros=lost, encoding=self._encoding
            )

        return await self._db.read(read)

    # jobs
    enqueue = make_write_method(jobs.enqueue)

    async def enqueue_once(
        self, account: str, project: str, goal: Goal, consent: Consent, options: Mapping[str, Any],
        renew: jobs.RenewConsent, spent_before: int, batch: Limit | None = None,
    ) -> str:  # fmt: skip
        """Renew the consent of the project's unfinished job and queue it, or insert one, see ``jobs.enqueue_once``. It
        runs in the trace of this task.
        """
        with trace_span("job.create", account=account, project=project, goal=goal) as span:
            carried = span.carry_in(options)
            job = await self._enqueue_once(account, project, goal, consent, carried, renew, spent_before, batch)
            span.note(job=job)
        return job

    _enqueue_once = make_write_method(jobs.enqueue_once)
    requeue = make_write_method(jobs.requeue)
    requeue_freed = make_write_method(jobs.requeue_freed)
    refuse_new_order = make_read_method(budgets.refuse_new_order)

    async def requeue_with_consent(
        self, account: str, job: str, renew: jobs.RenewConsent, options: Mapping[str, Any] = MappingProxyType({})
    ) -> bool:
        """Renew the consent of a job and queue it again, see ``jobs.requeue_with_consent``. It runs in the trace of
        this task.
        """
        with trace_span("job.create", account=account, job=job) as span:
            return await self._requeue_with_consent(account, job, renew, span.carry_in(options))

    _requeue_with_consent = make_write_method(jobs.requeue_with_consent)
    approve = make_write_method(jobs.approve)
    set_priority = make_write_method(job_priority.set_priority)
    move_to_front = make_write_method(job_priority.move_to_front)
    pause_queue = make_write_method(queue_pauses.pause_queue)
    resume_queue = make_write_method(queue_pauses.resume_queue)
    find_pause = make_read_method(queue_pauses.find_pause)
    read_brand = make_read_method(brands.read_brand)
    set_brand = make_write_method(brands.set_brand)
    find_job = make_read_method(job_queries.find_job)
    read_job = make_read_method(job_queries.read_job)

    async def read_job_view(self, account: str, job: str) -> job_queries.JobView:
        """Read a job with the standing of its project, on one snapshot. Raises ``NotFound``."""
        query = job_queries.JobViewQuery(account, job, self._lease_s)
        found: job_queries.JobView = await self._db.read_batched(job_queries.read_job_views, query)
        return found._replace(standing=replace(found.standing, encoding=self._encoding))

    find_newest_job = make_read_method(job_queries.find_newest_job)
    find_job_in_turn = make_read_method(job_queries.find_job_in_turn)
    list_jobs = make_read_method(job_queries.list_jobs)
    list_video_jobs = make_read_method(job_queries.list_video_jobs)
    list_runnable_jobs = make_read_method(job_queries.list_runnable_jobs)
    count_work = make_read_method(metric_counts.count_work)
    measure_space = make_read_method(metric_counts.measure_space)
    record_sizes = make_write_method(metric_counts.record_sizes)

    async def list_positions(self, account: str, projects: Collection[str]) -> Mapping[str, int]:
        """List the positions of the projects' queued jobs in the queue of the deployment, by the job's id."""
        query = job_queries.PositionsQuery(account, frozenset(projects))
        positions: Mapping[str, int] = await self._db.read_batched(job_queries.list_positions, query)
        return positions

    mark_waiting = make_write_method(jobs.mark_waiting)
    mark_delivered = make_write_method(jobs.mark_delivered)
    record_cut = make_write_method(jobs.record_cut)

    async def request_cancel(self, account: str, job: str) -> None:
        """Request that a job stops: its director sends nothing more and ends it.

        A job that no director drives, with nothing open at a provider, is cancelled at once.
        """
        await self._db.write(lambda unit: jobs.request_cancel(unit, account, job, self._lease_s))

    async def start_next_job(self, lease: Lease) -> str | None:
        """Start the next job of the project (queued → running) and return its id; None if there is none.

        A job that runs already is the next one.
        """
        started: str | None = await self._db.write_batched(jobs.start_next_jobs, lease)
        return started

    async def finish(
        self,
        lease: Lease,
        job: str,
        state: Literal["done", "failed", "cancelled"],
        reason: Reason | None,
        film: Digest | None,
    ) -> bool:
        """End the job: release purchases that were never sent, and give the rest of its allowance back to every budget.

        True: the project has another job that may run under the same lease.
        """
        more: bool = await self._db.write_batched(jobs.finish, jobs.Ending(lease, job, state, reason, film))
        return more

    # outcomes, takes and the bytes in the vault
    list_takes = make_read_method(step_outcomes.list_takes)
    choose_asset = make_write_method(step_outcomes.choose_asset)
    record_asset = make_write_method(assets.record_asset)
    mark_deleted = make_write_method(assets.mark_deleted)

    async def record_outcome(self, lease: Lease, step: StepKey, outcome: Outcome) -> None:
        """Record the outcome of our own work, once per project and fingerprint: a later one does not replace it.

        Except where the bytes of the earlier one were deleted.
        """
        await self._db.write_batched(step_outcomes.record_outcomes, step_outcomes.LeasedOutcome(lease, step, outcome))

    # leases
    read_lease_start = make_read_method(leases.read_lease_start)

    async def claim_project(self, holder: Holder, project: str | None = None) -> Lease | None:
        """Lease a project that has a queued or running job and that no living director holds; None if there is none.

        Its token grows. ``project``: only this one. Writes only when there is one.
        """
        return next(iter(await self._claimed(holder, project, 1)), None)

    async def claim_projects(self, holder: Holder, limit: int) -> Sequence[Lease]:
        """Lease up to ``limit`` projects as ``claim_project`` does.

        Where jobs are limited, one call may lease fewer than could start; the next call leases more.
        """
        return await self._claimed(holder, None, limit)

    async def _claimed(self, holder: Holder, only: str | None, most: int) -> Sequence[Lease]:
        turn = (holder, self._lease_s, only, self._jobs_at_once, most)
        if not await self._db.read(lambda conn: leases.find_claimable(conn, *turn)):
            return ()
        return await self._db.write(lambda unit: leases.claim_projects(unit, *turn))

    async def claim_for_recovery(self, holder: Holder, account: str, project: str) -> Lease | None:
        """Lease a project that no living director holds, whatever its jobs are, to follow what it has sent.

        None: a living director holds it.
        """
        turn = (holder, account, project, self._lease_s)
        return await self._db.write(lambda unit: leases.claim_for_recovery(unit, *turn))

    async def record_heartbeat(self, holder: Holder) -> None:
        """Record that this director is alive, ahead of all other writes. Writes nothing while it holds no lease."""
        await self._db.write(lambda unit: leases.record_heartbeat(unit, holder), is_urgent=True)

    async def release(self, lease: Lease) -> None:
        """Release the lease of a project; nothing happens when it was lost already."""
        await self._db.write_batched(leases.release, lease)

    async def list_driven_projects(self, account: str) -> frozenset[str]:
        """List the ids of the account's projects that a living director drives now."""
        return await self._db.read(
            lambda conn: leases.list_driven_projects(conn, account, make_holder("looks"), self._lease_s)
        )

    async def read_account_queue(self, account: str) -> job_queries.AccountQueue:
        """Read how many jobs of the account are queued, and which ones a living director runs, on one snapshot."""

        def read(conn: Connection) -> job_queries.AccountQueue:
            driven = leases.list_driven_projects(conn, account, make_holder("looks"), self._lease_s)
            return job_queries.read_account_queue(conn, account, driven)

        return await self._db.read(read)

    # API keys
    create_api_key = make_write_method(api_keys.create_api_key)
    find_api_key = make_read_method(api_keys.find_api_key)
    is_api_key_living = make_read_method(api_keys.is_api_key_living)
    list_api_keys = make_read_method(api_keys.list_api_keys)
    revoke_api_key = make_write_method(api_keys.revoke_api_key)
    record_api_key_use = make_write_method(api_keys.record_api_key_use)

    # members and their sessions
    invite_member = make_write_method(members.invite_member)
    list_members = make_read_method(members.list_members)
    is_member_living = make_read_method(members.is_member_living)
    set_member_role = make_write_method(members.set_member_role)
    remove_member = make_write_method(members.remove_member)
    begin_sign_in = make_write_method(sessions.begin_sign_in)
    take_sign_in = make_write_method(sessions.take_sign_in)
    begin_session = make_write_method(sessions.begin_session)
    find_session = make_read_method(sessions.find_session)
    is_session_living = make_read_method(sessions.is_session_living)
    record_session_use = make_write_method(sessions.record_session_use)
    close_session = make_write_method(sessions.close_session)
    # webhooks
    create_webhook = make_write_method(webhooks.create_webhook)
    list_webhooks = make_read_method(webhooks.list_webhooks)
    read_webhook = make_read_method(webhooks.read_webhook)
    update_webhook = make_write_method(webhooks.update_webhook)
    remove_webhook = make_write_method(webhooks.remove_webhook)
    rotate_webhook_secret = make_write_method(webhooks.rotate_webhook_secret)
    send_test_message = make_write_method(webhook_deliveries.send_test_message)
    list_deliveries = make_read_method(webhook_deliveries.list_deliveries)
    read_delivery = make_read_method(webhook_deliveries.read_delivery)
    repeat_delivery = make_write_method(webhook_deliveries.repeat_delivery)
    list_listeners = make_read_method(webhook_deliveries.list_listeners)
    list_listener_news = make_read_method(webhook_deliveries.list_listener_news)
    is_first_of_job = make_read_method(webhook_deliveries.is_first_of_job)
    record_messages = make_write_method(webhook_deliveries.record_messages)
    find_due_delivery = make_read_method(webhook_deliveries.find_due_delivery)
    claim_deliveries = make_write_method(webhook_deliveries.claim_deliveries)
    record_attempt = make_write_method(webhook_deliveries.record_attempt)
    prune_deliveries = make_write_method(webhook_deliveries.prune_deliveries)

    # webhooks of providers
    record_provider_message = make_write_method(provider_messages.record_provider_message)
    list_reported_operations = make_read_method(provider_messages.list_reported_operations)
    # retention
    read_policies = make_read_method(retention.read_policies)
    set_policy = make_write_method(retention.set_policy)
    claim_task = make_write_method(retention.claim_task)
    release_task = make_write_method(retention.release_task)
    list_accounts = make_read_method(retention.list_accounts)
    record_download = make_write_method(retention.record_download)
    list_due_jobs = make_read_method(retention.list_due_jobs)
    mark_expired = make_write_method(retention.mark_expired)
    clear_expired = make_write_method(retention.clear_expired)
    list_ending_accounts = make_read_method(retention.list_ending_accounts)
    list_expired_jobs = make_read_method(retention.list_expired_jobs)
    collect_job_files = make_write_method(retention.collect_job_files)

    async def delete_job_files(
        self, account: str, job: str, files: Collection[Digest], *, is_job_removed: bool = False
    ) -> frozenset[Digest]:
        """Record that files of a job are deleted; return those whose bytes are to be removed.

        ``is_job_removed``: the job is cancelled and deleted too, in one transaction, so that no retry comes between.
        """

        def write(unit: Unit) -> frozenset[Digest]:
            if is_job_removed:
                jobs.request_cancel(unit, account, job, self._lease_s)
            return retention.delete_job_files(unit, account, job, files, is_job_removed=is_job_removed)

        return await self._db.write(write)

    mark_unwanted = make_write_method(retention.mark_unwanted)
    collect_asset = make_write_method(retention.collect_asset)
    list_unused_assets = make_read_method(retention.list_unused_assets)
    list_spare_takes = make_read_method(retention.list_spare_takes)
    list_users = make_read_method(asset_uses.list_users)
    list_idle_assets = make_write_method(retention.list_idle_assets)
    list_awaited_assets = make_read_method(shares.list_awaited_assets)
    list_erasures = make_read_method(retention.list_erasures)
    conclude_erasure = make_write_method(retention.conclude_erasure)

    # uploads in parts
    create_upload = make_write_method(uploads.create_upload)
    read_upload = make_read_method(uploads.read_upload)
    list_uploads = make_read_method(uploads.list_uploads)
    record_received = make_write_method(uploads.record_received)
    record_uploaded_asset = make_write_method(uploads.record_uploaded_asset)
    delete_upload = make_write_method(uploads.delete_upload)
    list_expired_uploads = make_read_method(uploads.list_expired_uploads)

    # links to files
    find_link_key = make_read_method(link_keys.find_link_key)
    find_account_link_key = make_read_method(link_keys.find_account_link_key)
    ensure_link_key = make_write_method(link_keys.ensure_link_key)
    rotate_link_key = make_write_method(link_keys.rotate_link_key)

    # events
    find_newest_event = make_read_method(events.find_newest_event)
    find_last_event = make_read_method(events.find_last_event)
    list_events = make_read_method(events.list_events)
    poll_changes = make_read_method(events.poll_changes)

    async def record_event(self, lease: Lease, job: str | None, kind: str, body: Mapping[str, Any]) -> None:
        """Record an event on its own: it comes with no change of another table."""
        await self._db.write_batched(events.record_events, events.LeasedEvent(lease, job, kind, body))
