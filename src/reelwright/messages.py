"""The text of every reason and action, for people. Nothing else in the package makes these sentences.

A program reads ``code`` and ``params`` instead: the sentences here may change with any release.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from reelwright.dollars import format_usd
from reelwright.reason import Action, Reason


@dataclass(frozen=True, slots=True)
class Names:
    """Names of a project's steps and files for people: ``take of shot 3`` for ``take/s03``. As they are by default."""

    name_step: Callable[[str], str] = str
    name_file: Callable[[str], str] = str


PLAIN: Final = Names()
_QUOTED_LETTERS: Final = 120

MESSAGES: Final[Mapping[str, str]] = {
    # input
    "invalid_value": "{field}: {value:quoted} is not accepted; accepted: {accepted}",
    "missing_value": "{field}: none is given; needed: {accepted}",
    "nothing_certain": "{field}: {value:quoted} is not accepted; accepted: {accepted}",
    "usage_error": "{message}",
    "internal_error": "{kind}: {message}",
    "file_not_found": "there is no file {file}",
    "extra_missing": "the optional package {extra} is not installed",
    # access to the server
    "access_denied": "{message}",
    "key_needed": "this server needs an API key, as a bearer token or in the header x-api-key",
    "key_unknown": "this API key is unknown or was revoked",
    "role_too_low": "this needs the role {needed}, and yours is {role}",
    "sign_in_needed": "sign in at {path}, or send an API key as a bearer token or in the header x-api-key",
    "origin_needed": "a change by a signed-in browser needs the header Origin of {origin}, or X-Requested-With",
    "too_many_requests": "more than {limit} requests in {period_s} s; the next one is answered in {left_s} s",
    "too_many_failed_keys": "too many API keys from this address were wrong; try again in {left_s} s",
    "too_many_streams": "this caller has {limit} streams open, the most that it may; close one",
    "label_of_another": "{field}: {value:quoted} is not you; a member orders and lists under the own name",
    # signing in
    "sign_in_unknown": "this sign-in has ended, was begun in another browser, or was answered before; sign in again",
    "sign_in_stopped": "the issuer did not sign you in ({cause})",
    "code_refused": "the issuer does not accept the code of this sign-in ({cause}); sign in again",
    "issuer_unreachable": "the issuer {issuer} cannot be reached now ({cause}); try again soon",
    "issuer_unfit": "the answer of {issuer} is not as OpenID Connect has it ({fault})",
    "issuer_differs": "the issuer at {issuer} calls itself {found}; set REELWRIGHT_OIDC_ISSUER to that",
    "issuer_of_many": "{issuer} signs in the people of every tenant; set REELWRIGHT_OIDC_ISSUER to the address of your "
    "own tenant",
    "client_refused": "the issuer does not accept this server ({cause}); check its client id and its secret",
    "token_malformed": "the issuer's token cannot be read",
    "token_algorithm": "the issuer's token is signed by {algorithm}, which is not accepted",
    "token_signature": "the issuer's token is not signed by a key of the issuer",
    "token_issuer": "the token is of another issuer",
    "token_audience": "the issuer's token is for another program",
    "token_expired": "the issuer's token has expired; if you have just signed in, compare the clocks",
    "token_not_yet_valid": "the issuer's token is not valid yet; compare the clocks",
    "token_nonce": "the issuer's token is of another sign-in",
    "token_subject": "the issuer's token does not say who you are",
    "token_claim": "the claim {claim} of the issuer's token is not accepted",
    "not_a_member": "you are not a member here; ask an owner to add you",
    "member_removed": "your membership here has ended; ask an owner to invite you again",
    # prices and consent
    "above_agreement": "this may cost up to {needed_micros:usd}, and {agreed_micros:usd} was agreed to",
    "quote_lapsed": "the quote that was agreed to lapsed on {expired_at}; the price is {needed_micros:usd} now",
    "price_unknown": "the price of {steps:step} is unknown",
    "price_unconfirmed": "the price of {steps:step} is not confirmed ({basis})",
    "price_needs_consent": "this may cost {needed_micros:usd}; nothing was started",
    "price_has_risen": "this may cost {needed_micros:usd} now, and {agreed_micros:usd} was agreed to; nothing was "
    "started",
    "quoted_price_unknown": "the price of {steps} is unknown; nothing was started",
    "quoted_price_unconfirmed": "the price of {steps} is not confirmed; nothing was started",
    "proxy_price_unknown": "the price of a model with the proxy's own name is unknown; nothing was sent",
    "above_given_budget": "this may cost {needed_micros:usd}, and the budget is {budget_micros:usd}; nothing was "
    "started",
    "above_flavor_budget": "{label}this may cost {needed_micros:usd} more, {spent_micros:usd} is spent on it, and the "
    "flavor {flavor} allows a film {budget_micros:usd}; nothing was started",
    "above_flavor_budget_unspent": "{label}this may cost {needed_micros:usd}, and the flavor {flavor} allows a film "
    "{budget_micros:usd}; nothing was started",
    "cheapest_is_dearer": "the cheapest request to {provider} costs up to {micros:usd}, more than {most_micros:usd}; "
    "nothing was sent",
    "above_allowance": "this costs {micros:usd} now, more than is left of what was agreed to",
    "stopped_at_price": "stopped at the price: {quote}",
    "no_auto_approval": "this may cost {needed_micros:usd}, and {approver} has no standing approval; nothing was "
    "started",
    "above_auto_approval": "this may cost {needed_micros:usd}, and {approver} approves {limit_micros:usd} for a job; "
    "nothing was started",
    "job_of_other_payer": "a job of this project is at work and paid from {payer}; nothing was changed",
    "price_declined": "you did not agree to the price; nothing was spent",
    "order_has_changed": "what would be bought changed while the question was open; nothing was spent",
    "question_unanswered": "nobody answered the question about the price in time; nothing was spent",
    "another_try": "{failure}; another try: {cause}",
    # sending and buying
    "no_answer": "{cause}",
    "no_answer_seen": "no answer came",
    "purchase_unknown": "{step:step} may have been bought from {provider}: {cause}",
    "sent_by_another_project": "another project of this account sent it, and no answer came",
    "list_refused": "{provider} refuses to list its work: {cause}",
    "list_claimed": "everything that the provider's list shows of this belongs to other purchases",
    "list_shows": "the provider's list shows {operations}, which may be it",
    "list_showed": "the provider's list showed {operations}, which may be it, when this journal was reconciled",
    "looked_for_in_list": "{cause}; looking for it in the list of {provider} before it is sent again, which may take "
    "minutes",
    "not_accepted_now": "not accepted",
    "resend_scheduled": "not accepted ({cause}); sent again, {sends} of {most}",
    "resent_later": "{cause}, in {left_s:duration}",
    "never_accepted": "not accepted {sends} times: {cause}",
    "sent_without_answer": "sent {sends} times, and no answer came: {cause}",
    "provider_not_registered": "{provider}, which sold this, is not known to this installation",
    "model_writes_long": "the model has been writing for {for_s:duration}; on your own machine this may take many "
    "minutes",
    # waiting for a provider
    "poll_refused": "{provider} accepted this, and refuses to report its progress: {cause}",
    "poll_failed": "{provider} did not report its progress ({cause}); asking again",
    "operation_missing_now": "{provider} does not know the operation at the moment{cause:after}; asking again",
    "operation_unknown": "{provider} accepted this as {operation}, and now does not know it{cause:after}",
    "operation_overdue": "{provider} accepted this as {operation}, and has not finished it after {hours:g} hours",
    "failed_there": "{state}{message:after}",
    "download_retried": "{provider} has finished it, and it could not be downloaded ({cause}); trying again",
    "output_not_downloaded": "{provider} has finished it, and it could not be downloaded for {waited_s:duration}: "
    "{cause}",
    "output_is_no_take": "{provider} has finished it, but what it sends is not a usable file: {cause}",
    "answer_is_no_take": "the answer is not a usable file: {cause}",
    "outputs_left_incomplete": "{landed} of {wanted} outputs were stored here, so all of them stay at the provider",
    "outputs_left_unverified": "what was stored here does not read back as it came, so all of it stays at the provider",
    "outputs_left_after_error": "what was stored here may still be at the provider: {cause}",
    # changes of a purchase
    "ended_while_sending": "an earlier run ended while this was being sent",
    "free_resend": "it costs nothing, so it is sent again",
    "never_arrived": "the provider never received it",
    "not_in_list": "none of the work in the provider's list is this one",
    "no_longer_wanted": "no longer wanted",
    "job_waits": "the job waits",
    "job_ended": "the job has ended",
    "cancelled": "cancelled",
    "settled": "{basis}",
    "written_off_small": "written off automatically, at most {quoted_micros:usd}: {cause}",
    # steps and jobs
    "tried_again": "{cause} (try {number} of {tries} follows)",
    "bought_again": "{cause}; another try is bought",
    "hands_died": "{tries} worker processes died while working on this: {cause}",
    "hand_process_died": "the worker process {pid} that ran {work} is gone (killed, or out of memory)",
    "ray_worker_died": "the Ray worker that ran {work} is gone",
    "made_repeatedly": "this was made {times} times and is still needed, which is a bug",
    "nothing_obtains": "this is needed, and nothing can make or buy it",
    "nothing_delivered": "{causes:sentences}",
    "step_stuck": "{causes:sentences}",
    "sample_missing": "{kind}{message:after}",
    "circled_take_deleted": "the circled take was deleted",
    "disk_full": "{folder}: the disk is full",
    "work_incomplete": "{work} named {files} and did not write it",
    "work_empty": "{work} made nothing and gave no reason",
    "director_gone": "its process is gone, and no answer was recorded",
    "found_in_reconciled_list": "the provider's list showed it when the journal was reconciled",
    "answered_late": "the answer came after this was {state}; it was probably billed",
    "operation_of_another": "{operation}, which this purchase has, was answered to {purchase}: only one was billed",
    "second_operation": "a second operation was found, {operation}; it may have been billed too",
    "given_to_decision": "the provider did not deliver it; {by} decides",
    "never_arrived_decided": "the provider never received it, says {by}",
    "arrived_decided": "it arrived, says {by}",
    "file_given": "it arrived, says {by}, who has the file",
    "written_off": "written off by {by}",
    "bill_rejected": "billed {billed_micros:usd}; {owed_micros:usd} is owed, says {by}",
    "try_begun": "try {number}",
    "sent_by_another_copy": "sent by another copy of this journal, or before it was restored",
    "may_have_been_paid": "sent by another copy of this journal, or before it was restored; it may have been billed",
    # the journal and its disk
    "buying_blocked": "nothing is bought: {causes:sentences}",
    "journal_moved": "this journal was moved or copied, and the other copy may have bought since",
    "journal_restored": "this journal was restored from a backup, and more may have been bought since the backup",
    "journal_behind": "the vault records purchases that this journal does not know, so the journal is older than the "
    "vault",
    "journal_new_beside_full": "this journal is new and its vault is not; the journal of that vault is missing",
    "journal_vault_older": "the vault is older than this journal, or another one; paid takes may be missing",
    "journal_others_vault": "another copy of this journal was reconciled, and buys with this vault now",
    "journal_is_damaged": "{where}: the journal is damaged ({cause})",
    "journal_is_newer": "the journal was written by a newer Reelwright",
    "journal_closed": "{database}: the journal is closed",
    "journal_read_only": "{database}: the journal is read-only",
    "journal_locked": "{database}: another program has held the journal for too long",
    "journal_cannot_be_opened": "{database}: the journal cannot be opened",
    "journal_unusable": "{database}: the journal cannot be used ({cause})",
    "server_disk_full": "{database}: the database server's disk is full",
    "transaction_timed_out": "{database}: a write took too long, and the database server ended it",
    "server_read_only": "{database}: the database server is read-only",
    "server_out_of_connections": "{database}: the database server has no free connection",
    "writes_collided": "{database}: writes kept colliding with one another",
    "server_unreachable": "{database}: the database server does not answer",
    "server_shut_down": "{database}: the database server was shut down",
    "server_refuses_user": "{database}: the database server refuses this user",
    "database_missing": "{database}: there is no such database",
    "disk_quota_used": "{folder}: your disk quota is used up",
    "disk_read_only": "{folder}: the disk is read-only",
    "disk_error": "{folder}: the disk reports an error",
    "file_too_large": "{folder}: the file would be larger than this process may write",
    "folder_not_writable": "{folder}: this user may not write there",
    "file_in_the_way": "{folder}: a file is where a folder should be",
    "too_many_open_files": "{folder}: this process has too many files open",
    "lease_was_lost": "{director} no longer drives {project}: another process does, or it was released",
    "revision_moved_on": "{project} is at revision {newest}, not {base}: somebody changed it meanwhile",
    # budgets
    "above_budget": "{more_micros:usd} more would exceed the budget {budget}: {cap_micros:usd}{per}, {left_micros:usd} "
    "left",
    "budget_is_exceeded": "the budget {budget} is exceeded, so nothing is sent again: {cap_micros:usd}{per}, "
    "{left_micros:usd} left",
    "above_approval": "{micros:usd} is more than what is left of the approval: {ceiling_micros:usd}, {left_micros:usd} "
    "left",
    # jobs and projects, as the studio reports them
    "legacy": "{message}",
    "job_failed": "the job failed",
    "interrupted": "interrupted; everything made so far is kept",
    "no_project_yet": "there is no project yet",
    "no_job_yet": "there is no job yet",
    "job_ended_unsent": "the job ended before this was sent",
    "taken_over": "taken over by {project}, because no process drove it",
    "journal_was_away": "nothing was sent: the journal could not be reached",
    "cancelled_early": "cancelled before it went on",
    "job_stopped": "no process is working on this job",
    "no_film_yet": "the job is {state}; there is no film yet",
    "recovered_purchases": "nothing is left to do: this project holds what was sent for a project that this journal "
    "does not have; the same brief or clip, ordered again, uses it",
    "planning_failed": "{planner} answered {times} times, and none of that is a plan that can be made "
    "({faults:sentences})",
    "flashes": "{flashes} flashes within a second from {at_s:.1f} s, over {area:.0%} of the picture; more than {most} "
    "can harm",
    "flashes_red": "{flashes} red flashes within a second from {at_s:.1f} s, over {area:.0%} of the picture; more than "
    "{most} can harm",
    "film_silent": "the film has no sound that can be heard",
    "sound_clipped": "{samples} samples are at full scale",
    "loudness_wrong": "{lufs:.1f} LUFS, wanted -14.0",
    "peak_too_high": "{dbtp:.1f} dBTP, wanted at most -1.0",
    "stands_out": "{check} for {seconds:.1f} s from {at_s:.1f} s",
    "seam_jumps": "the picture jumps where this shot continues the one before ({levels} levels)",
    "caption_misfits": "its caption does not fit: {cause}",
    "music_too_short": "the music ends {lacks_s:.1f} s before the film, because the bought piece is shorter",
    "checks_failed": "{faults:sentences}",
    "shot_fault": "shot {shot}: {message}",
    "film_fault": "the film: {message}",
    "film_file_is_older": "film.yaml is of revision {revision}, and {project} is at {newest}",
    "example_missing": "the example is missing from this installation",
    "no_journal_to_back_up": "{home} has no journal to back up",
    "backup_is_damaged": "{folder}: the backup is damaged ({faults:sentences})",
    "film_not_written": "the film cannot be written to {file}: {cause}",
    "file_not_written": "{file:file} cannot be written{cause:after}",
    "home_not_created": "{home} cannot be created: {cause}",
    # net: requests, answers and downloads
    "send_delayed": "nothing was sent to {provider}: this machine was held up for too long",
    "nothing_sent": "nothing was sent to {provider}: {cause}",
    "provider_unreachable": "{provider} cannot be reached, so nothing was sent ({cause})",
    "request_unsendable": "this cannot be sent to {provider} ({cause})",
    "answer_lost": "this was sent to {provider}, and no complete answer came ({cause})",
    "answer_incomplete": "{provider} gave no complete answer ({cause})",
    "address_invalid": "{provider} names an address that is not valid ({cause})",
    "address_foreign": "{provider} names an address that is not its own: {address}",
    "output_gone": "{provider} no longer has this output",
    "output_not_served": "{provider} answered with {fault} instead of the output",
    "output_compressed": "{provider} sends its output compressed, although it was asked not to",
    "output_length_unknown": "{provider} does not say how long its output is, so a cut-off would not be noticed",
    "output_incomplete": "the output of {provider} did not arrive whole ({cause})",
    "output_redirected": "the output of {provider} was redirected more than {most} times",
    "output_address_refused": "the output of {provider} is not downloaded from there ({cause})",
    "output_host_unknown": "the host of {provider}'s output has no address ({cause})",
    "token_unavailable": "{provider} issues no access token at the moment{cause:after}",
    # providers: what their answers mean
    "rate_limited": "{provider} gets too many requests: {fault}",
    "overloaded": "{provider} is overloaded: {fault}",
    "answered_with_error": "{provider} answered with an error and may have accepted this all the same: {fault}",
    "request_refused": "{provider} refused this: {fault}",
    "request_too_large": "{provider} refused this as too large: {fault}",
    "content_filtered": "the content filter of {provider} refused this: {fault}",
    "wrong_credentials": "{provider} refuses the key: {fault}",
    "key_wanted": "{provider} wants a key, and none is set: {fault}",
    "key_not_allowed": "{provider} does not allow this with the key that is set: {fault}",
    "made_with_another_key": "this was made with another key or project of {provider}",
    "funds_missing": "{provider} wants to be paid first: {fault}",
    "quota_used_up": "the quota at {provider} is used up: {fault}",
    "model_not_sold": "{provider} does not offer this model (any more): {fault}",
    "poll_refused_by_status": "{provider} answered with {fault}",
    "cancel_not_answered": "{provider} did not say whether it cancels this: {fault}",
    "removal_refused": "{provider} answered the removal of a file with {fault}",
    "list_not_readable": "{provider} did not list its work: it answered with {fault}",
    "answer_not_json": "{provider} answered with something that is not JSON",
    "answer_not_understood": "{provider} answered with something that cannot be understood{fault:after}",
    "answer_without_id": "{provider} accepted this, and its answer names no id",
    "answer_without_result": "{provider} answered, and the answer holds no usable result{fault:after}",
    "answer_cut_short": "{provider} ran out of room after {tokens} tokens, in the middle of its answer",
    "answer_overdue": "{provider} did not finish its answer within {wait_s:duration}",
    "output_missing": "the output of {provider} is not in its answer, or is not base64 ({cause})",
    "output_not_media": "{provider} sent something that is no {kind}: it begins with {head}",
    "output_in_storage": "the film is in Google's storage, which the key of {provider} does not open",
    "operation_not_kept": "{provider} has no operation {operation}",
    "output_not_kept": "{provider} has nothing to download for {operation}",
    "inputs_of_another_process": "the inputs were prepared by another process",
    "nothing_sent_inputs_unreadable": "nothing was sent to {provider}: the inputs cannot be read ({cause})",
    "upload_failed": "an input could not be uploaded to {provider}: {cause}",
    "second_request": "a second request to {provider} was not sent",
    # language models on this machine
    "local_server_down": "{provider} does not answer at {address}",
    "local_server_stopped": "{provider} ended in the middle of its answer ({cause})",
    "local_server_other": "what answers at {address} is not {provider} ({cause})",
    "local_model_missing": "{provider} has no model {model}; it has {available}",
    "local_models_missing": "{provider} has no model {model}, nor any other",
    # media: files and tools
    "file_unreadable": "{file:file} cannot be read",
    "file_broken": "{file:file} is broken or cut off",
    "file_cut_off": "{file:file} is cut off: {missing_s:.2f} s of it are missing",
    "file_unusable": "{file:file} cannot be used{cause:after}",
    "file_not_copied": "{file:file} cannot be used: {found} of {wanted} frames could be copied",
    "file_without_video": "{file:file} has no video",
    "file_without_frames": "{file:file} has no frames",
    "file_without_sound": "{file:file} has no sound",
    "folder_unreadable": "{folder} cannot be read ({cause})",
    "medium_wrong": "it is {found}, and no {medium}",
    "medium_undecodable": "it is no {medium} that can be decoded",
    "medium_without_frames": "there is no frame in it",
    "picture_too_large": "it is larger than any picture",
    "picture_not_compressible": "a picture of {width}x{height} pixels does not fit into {most} bytes",
    "picture_transparent": "the picture is fully transparent",
    "clip_too_short": "{file:file} is {found} frames long at {rate}; frames {start} to {end} are wanted",
    "ffmpeg_missing": "there is no ffmpeg on this machine",
    "ffmpeg_not_a_program": "REELWRIGHT_FFMPEG names {path}, which is not a program",
    "ffmpeg_not_started": "ffmpeg cannot be started ({cause})",
    "ffmpeg_without_x264": "{path} does not encode with libx264",
    "ffmpeg_killed": "ffmpeg was killed, by somebody or because the memory ran out",
    "ffmpeg_failed": "ffmpeg ended with {status}",
    "library_missing": "the drawing library {library} cannot be loaded",
    "font_missing": "the font {file} is missing from {folder}",
    "font_broken": "{file} is no longer a font",
    "glyphs_missing": "no bundled font can draw {characters} in {line}",
    # media: results that are not as ordered
    "format_wrong": "{file:file} is not as ordered: {faults:sentences}",
    "segments_differ": "segment {number} was encoded in another way than segment 1",
    "encoder_differs": "this must be encoded by {wanted}, and this machine has {found}",
    "frames_wrong": "{file:file} has {found} frames, wanted {wanted}",
    "frames_not_measured": "{found} frames of {file:file} were measured, wanted {wanted}",
    "frames_not_ordered": "{file:file}: {frames} frames were ordered",
    "frame_wrong": "{file:file}: a frame has {found} bytes, wanted {wanted}",
    "segments_wrong": "the segments hold {found} frames, the film has {wanted}",
    "join_wrong": "{file:file} does not hold the frames of its segments",
    "record_lost": "{file:file}: what was appended to it cannot be found again",
    "sound_wrong": "{file:file} has no stereo sound at 48 kHz",
    "sound_late": "{file:file}: the sound starts {late_s:.3f} s after the picture",
    "samples_wrong": "{file:file} has {found} samples of sound at {rate} Hz, wanted {wanted} at 48000 Hz",
    "loudness_not_measured": "the loudness cannot be measured",
    # deliveries to webhooks
    "webhook_refused": "the receiver answered with status {status}",
    "webhook_unreachable": "the receiver cannot be reached: {cause}",
    "webhook_too_slow": "the receiver did not answer within {most_s:g} s",
    "webhook_address_refused": "nothing was sent to {found}; a webhook needs {accepted}",
    "webhook_not_signed": "the message cannot be signed: {cause}",
    "webhook_off": "you disabled this webhook",
    "webhook_gone": "the receiver answered 410: it wants nothing more",
    "webhook_failing": "nothing arrived there for a day; the last attempt: {cause}",
    # what does not exist
    "nothing_here_yet": "there is no {kind} here yet",
    "name_not_found": "there is no {kind} {name} here",
    "project_has_no_job": "{project} has no job",
    "shot_not_found": "there is no shot {shot} in this plan",
    "key_not_stored": "no key of {name} is stored here{where}",
    "project_not_found": "there is no project {project} in this account",
    "job_not_found": "there is no job {job} in this account",
    "label_not_found": "nothing was created under {label}",
    "method_not_offered": "{path} is not offered by this server",
    "model_not_offered": "there is no model {model} here",
    "api_key_not_found": "there is no API key {key} here",
    "member_not_found": "there is no member {member} here",
    "webhook_not_verified": "this webhook is not signed by {provider}, or it is too old",
    "webhook_not_found": "there is no webhook {webhook} in this account",
    "delivery_not_found": "there is no delivery {delivery} in this account",
    "asset_not_found": "there is no asset {asset} in this account",
    "job_cannot_be_retried": "the job is {state}",
    "video_index_unknown": "{job} has {count} files, and the first one is 0",
    "request_in_progress": "an earlier request with this key is still being handled, or was cut off; look at {project}",
    "unconfirmed_not_approved": "the price of {steps} has no reliable source, and this server's standing approval does "
    "not cover such prices; nothing was started",
    "video_not_ready": "the video of {job} is not ready",
    "video_is_deleted": "the video of {job} was deleted",
    "upload_not_found": "there is no upload {upload} in this account, or it was kept long enough",
    "upload_is_elsewhere": "this part begins at {offset}, and the upload ends at {received}",
    "upload_is_locked": "another request appends to {upload} now",
    "upload_is_not_whole": "{received} of {size} bytes of this upload are here",
    "too_many_uploads": "an account has at most {most} open uploads, and {gigabytes} GB in them",
    "no_room_for_upload": "the disk has no room for {gigabytes} GB more",
    "checksum_differs": "the part does not have the {algorithm} that its client computed",
    "video_has_expired": "the video of {job} was kept until {expires_at}",
    "link_not_valid": "this link is not valid, or not any more",
    "link_has_expired": "this link has expired; ask for another one",
    "linked_file_is_deleted": "the file of this link was deleted",
    "purchase_not_found": "there is no purchase {purchase}",
    "allowance_not_found": "there is no open allowance {allowance} for {job}",
    "budget_not_found": "there is no budget{per} of this {scope}",
    "limit_not_found": "no limit of {scope} {subject} was set",
    "outcome_not_found": "{project} has no outcome {fingerprint}",
    "file_not_in_vault": "a file is not in the vault of this account",
    "missing_file": "{name:before}its file is missing from the vault",
    "damaged_file": "{name:before}its file in the vault is damaged",
}
"""The sentence of each code. ``{name}`` is a parameter. Formats: ``usd`` for micro-dollars, ``step`` for steps,
``file`` for file names, ``duration`` for seconds, ``after`` for a colon and the value if there is one,
``before`` for the value and a colon, ``quoted`` for text in quotes, and ``sentences`` for a list."""

ADVICE: Final[Mapping[str, str]] = {
    "purchase_unknown": "nothing is sent again automatically, and the reserved money stays held; look at the list of "
    "the provider",
    "provider_not_registered": "it stays as it is; continue with the program that requested it",
    "poll_refused": "it stays paid for",
    "operation_unknown": "it stays paid for; if it is gone for good, or has another id there, decide what became of it",
    "operation_overdue": "it stays paid for; look for it at the provider",
    "output_not_downloaded": "it stays paid for, and downloading again costs nothing",
    "output_is_no_take": "it stays paid for, and downloading again costs nothing",
    "journal_is_newer": "upgrade this installation",
    "journal_read_only": "make the file and its folder writable",
    "journal_locked": "end the other program, or try again",
    "journal_cannot_be_opened": "does its folder exist, and may you write there?",
    "journal_unusable": "try again",
    "server_disk_full": "free some space there, then continue",
    "transaction_timed_out": "try again",
    "server_read_only": "is it a standby? Connect to the primary",
    "server_out_of_connections": "raise max_connections, or run fewer directors",
    "writes_collided": "try again",
    "server_unreachable": "is it running? Then try again",
    "server_shut_down": "start it, then try again",
    "server_refuses_user": "check the database URL",
    "database_missing": "create it, or check the database URL",
    "disk_full": "free some space, then continue",
    "disk_quota_used": "free some space, then continue",
    "disk_read_only": "mount it for writing",
    "disk_error": "check the disk, and restore a backup if it is broken",
    "file_too_large": "raise the limit on file sizes (ulimit -f)",
    "folder_not_writable": "check the folder's owner and mode",
    "file_in_the_way": "move the file away",
    "too_many_open_files": "raise the limit (ulimit -n)",
    "lease_was_lost": "nothing was written; the process that drives it now continues from what is stored",
    "revision_moved_on": "read it again and repeat the edit",
    "file_not_in_vault": "it was deleted; make it again",
    "buying_blocked": "free work continues",
    "film_file_is_older": "write it again in another folder, and carry your changes over",
    "example_missing": "install reelwright again",
    "backup_is_damaged": "use another backup",
    "film_not_written": "the film itself is kept",
    "job_of_other_payer": "wait until it has ended, or cancel it",
    "price_has_risen": "something changed meanwhile; the same call shows the new price",
    "shot_not_found": "its shots are {shots}",
    "hands_died": "it may need more memory than this machine has",
    "content_filtered": "change the prompt or the picture",
    "request_too_large": "use a smaller picture",
    "made_with_another_key": "set that key again",
    "quota_used_up": "wait until it is renewed, or raise it",
    "answer_cut_short": "a model that writes less, or one with more room (context), may come to an end",
    "answer_overdue": "a smaller model is faster",
    "local_server_stopped": "its log says why; a smaller model needs less memory",
    "folder_unreadable": "check the disk",
    "clip_too_short": "make the shot shorter, start earlier, or give a longer clip",
    "ffmpeg_missing": "set REELWRIGHT_FFMPEG to an ffmpeg with libx264",
    "ffmpeg_not_a_program": "unset REELWRIGHT_FFMPEG, or name another program",
    "encoder_differs": "install the same ffmpeg on every machine that draws; after an upgrade, start the program again",
    "ffmpeg_without_x264": "unset REELWRIGHT_FFMPEG, or name another program",
    "font_missing": "install Reelwright again",
    "font_broken": "install Reelwright again",
    "glyphs_missing": "take the character out, or write it another way; fonts/README.md lists what is covered",
}
"""What to do about a code, beyond its actions."""

ACTIONS: Final[Mapping[str, str]] = {
    "accept_findings": "accept the findings",
    "accept_unconfirmed_price": "accept the unconfirmed price (accept_unconfirmed)",
    "add_funds": "add funds at the provider",
    "add_key": "add a key",
    "agree_to_price": "agree to the price (yes or budget)",
    "apply_film": "apply the changes in {folder}",
    "cap_unknown_price": "set unknown_at_most, the most that a step with an unknown price may cost",
    "change_order": "order something shorter or cheaper",
    "check_connection": "check the connection",
    "check_vault": "check the vault, and put the file back from a backup",
    "choose_model": "choose another model",
    "choose_output": "choose another output file",
    "create_folder": "create the folder {folder}",
    "decide_purchase": "decide what became of the purchase",
    "edit_shot": "edit the shot",
    "fix_key": "check the key",
    "free_disk_space": "free some disk space, then continue",
    "give_file_again": "give the same file again",
    "install": "install reelwright[{extra}]",
    "list_api_keys": "list the API keys",
    "list_members": "list the members",
    "list_webhooks": "list the webhooks",
    "list_budgets": "list the budgets",
    "list_jobs": "list the jobs",
    "list_limits": "list the limits",
    "list_models": "list the models",
    "list_projects": "list the projects",
    "list_purchases": "list the purchases",
    "make_again": "order it once more",
    "pass_option": "set {option}{value:assigned}",
    "pull_film": "write the film file again in another folder",
    "raise_budget": "raise the budget",
    "reconcile": "reconcile the journal",
    "restore_backup": "restore a backup",
    "resume_job": "resume the job",
    "retake_shot": "make another take of the shot",
    "retry_job": "run the job again",
    "run_batch_again": "run the same batch again",
    "set_home": "choose another home folder",
    "show_project": "look at the project",
    "start_project": "make a film",
    "tidy": "tidy up",
    "wait": "wait, then continue",
}
"""The text of each action where a door has no better one."""


def format_reason(reason: Reason | None, names: Names = PLAIN) -> str:
    """Return the sentence of a reason, without advice. Empty for None.

    A code that this version does not know, from a newer one, gives its message or its code.
    """
    if reason is None:
        return ""
    template = MESSAGES.get(reason.code)
    if template is None:
        text = str(reason.params.get("message") or reason.code)
    else:
        text = _Formatter(names).vformat(template, (), {"step": reason.step, **reason.params})
    words = reason.params.get("last_words")
    return f"{text}: {words}" if words else text


def format_advice(reason: Reason, names: Names = PLAIN, format_action: Callable[[Action], str] | None = None) -> str:
    """Return what a person can do about a reason: advice and actions, separated by semicolons.

    ``format_action`` gives the text of an action in a door's own terms; empty where that door has none.
    """
    hint = reason.params.get("hint")  # a provider's words may hold braces: it is no template
    plain = str(hint) if hint else _Formatter(names).vformat(ADVICE.get(reason.code, ""), (), reason.params)
    actions = [(format_action or format_plain_action)(action) for action in reason.actions]
    return "; ".join(dict.fromkeys(filter(None, [plain, *actions])))


def format_plain_action(action: Action) -> str:
    """Return the text of an action that names no command. Empty for an action that only a newer version knows."""
    return _Formatter(PLAIN).vformat(ACTIONS.get(action.kind, ""), (), action.params)


def format_step_reason(reason: Reason | None, names: Names = PLAIN) -> str:
    """Return the sentence of a reason, with its step before it if the sentence does not name the step."""
    text = format_reason(reason, names)
    if reason is None or reason.step is None:
        return text
    step = names.name_step(reason.step)
    return text if step in text else f"{step}: {text}"


class _Formatter(string.Formatter):
    """Fills a template, whatever another version stored: a missing value becomes ``?``, an odd one its text."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return kwargs.get(str(key))

    def format_field(self, value: Any, format_spec: str) -> str:
        try:
            return self._format(value, format_spec)
        except (TypeError, ValueError, ArithmeticError):
            return str(value)

    def _format(self, value: Any, format_spec: str) -> str:
        if format_spec == "assigned":
            return "" if value is None else f" to {value or chr(34) * 2}"
        if format_spec == "after":
            return f": {self.format_field(value, '')}" if value else ""
        if format_spec == "before":
            return f"{self.format_field(value, '')}: " if value else ""
        if value is None:
            return "?"
        if format_spec == "quoted":
            text = repr(value)
            return text if len(text) <= _QUOTED_LETTERS else text[: _QUOTED_LETTERS - 3] + "..."
        if format_spec == "sentences":
            return "; ".join(dict.fromkeys(self.format_field(each, "") for each in value))
        if format_spec == "duration":
            return f"{value:.0f} s" if value < 90 else f"{value / 60:.0f} min"
        if isinstance(value, Reason):
            return format_reason(value, self._names)
        if isinstance(value, list):
            return ", ".join(self.format_field(each, format_spec) for each in value)
        if format_spec == "usd":
            return f"${format_usd(value)}"
        if format_spec == "step":
            return self._names.name_step(str(value))
        if format_spec == "file":
            return self._names.name_file(str(value))
        return format(value, format_spec)
