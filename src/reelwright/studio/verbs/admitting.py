"""API keys let programs use the server, and members are people who sign in; each has a role."""

from __future__ import annotations

from reelwright.studio.accounts import api_keys, members
from reelwright.studio.quotes import validation
from reelwright.studio.verbs.base import StudioBase


class Admitting(StudioBase):
    """The verbs for API keys, which let programs use the server, and for members, the people who sign in."""

    async def create_api_key(
        self,
        name: str,
        role: str,
        *,
        account: str | None = None,
        auto_approve: str | int | float | None = None,
        budget: str | int | float | None = None,
        per: str | None = None,
    ) -> api_keys.CreatedApiKey:
        """Create an API key, by which programs use the server; its secret is in the result, and nowhere else.

        ``role``: ``viewer`` reads, ``producer`` also makes and edits, ``owner`` also decides purchases and manages
        keys. ``account``: whose projects it sees; None: this studio's. ``auto_approve``: the most US dollars that a job
        may cost unasked. ``budget``: the most US dollars that the key may spend in all, or ``per`` day or month.
        """
        await self._open_home()
        assert self._runtime
        home = self._runtime.get_home(account or self.account)
        return await api_keys.create_api_key(home, name, role, auto_approve, budget, per)

    async def list_api_keys(self, *, every_account: bool = False) -> tuple[api_keys.ApiKeySummary, ...]:
        """List the API keys of this account, or of every account, also revoked ones. Never has a secret."""
        if not self._has_home:
            return ()
        home = await self._open_home()
        found = await home.journal.list_api_keys(None if every_account else home.account)
        return tuple(map(api_keys.build_api_key_summary, found))

    async def revoke_api_key(self, key: str, *, any_account: bool = False) -> api_keys.ApiKeySummary:
        """Revoke an API key, named by its id or name, at once and for good. Jobs that it queued go on.

        ``any_account``: look for it in every account.
        """
        home = await self._open_home()
        called = validation.check_text("key", key, 100)
        found = await home.journal.revoke_api_key(None if any_account else home.account, called)
        return api_keys.build_api_key_summary(found)

    async def invite_member(self, email: str, role: str, *, account: str | None = None) -> members.MemberSummary:
        """Invite the person who signs in with this e-mail address to an account (None: this one). Sends no e-mail.

        Only an address counts that the issuer of the server has verified. See ``create_api_key`` for the roles.
        """
        await self._open_home()
        assert self._runtime
        home = self._runtime.get_home(account or self.account)
        parsed = members.parse_email(email)
        return members.build_member_summary(
            await home.journal.invite_member(home.account, parsed, members.parse_role(role))
        )

    async def list_members(self, *, every_account: bool = False) -> tuple[members.MemberSummary, ...]:
        """List the members of this account, or of every account, also invited and removed ones."""
        if not self._has_home:
            return ()
        home = await self._open_home()
        found = await home.journal.list_members(None if every_account else home.account)
        return tuple(map(members.build_member_summary, found))

    async def set_member_role(
        self, member: str, role: str | None, *, any_account: bool = False
    ) -> members.MemberSummary:
        """Change the role of a member, named by id or e-mail address, and end the member's sessions.

        The last owner stays one.

        ``any_account``: look for the member in every account.
        """
        home = await self._open_home()
        known, named = members.parse_role(role), members.check_name(member)
        found = await home.journal.set_member_role(None if any_account else home.account, named, known)
        return members.build_member_summary(found)

    async def remove_member(self, member: str, *, any_account: bool = False) -> members.MemberSummary:
        """Remove a member, named by id or e-mail address, from this account or, with ``any_account``, from any.

        The member's sessions end at once; an invited one loses the invitation. Jobs that the member ordered go on.
        Raises ``NotFound``, and ``BadInput`` for the last owner of an account or an address that several members have.
        """
        home = await self._open_home()
        named = members.check_name(member)
        found = await home.journal.remove_member(None if any_account else home.account, named)
        return members.build_member_summary(found)
