"""Our block in the description of a milestone, which belongs to people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pmbridge.connector import Action, Observation, Place, Step, Written
from pmbridge.document import Document, shorten
from pmbridge.errors import NotFound, PermissionDenied, Rejected
from pmbridge.model import Ref
from pmbridge_gitlab import paths
from pmbridge_gitlab.block import Malformed, find, placed, removed
from pmbridge_gitlab.markup import render
from pmbridge_gitlab.rights import Rights, Role

if TYPE_CHECKING:
    from pmbridge_gitlab.client import GitlabClient

MAX_BODY = 1_000_000 - 1_000


def look_at_description(client: GitlabClient, rights: Rights, owner: str, place: Place) -> Observation:
    """Report what stands of ours in one milestone."""
    try:
        denied = _obstacle(rights, place.target)
        text = _description(client, place.target)
    except (NotFound, PermissionDenied) as error:
        return Observation(place=place, denied=str(error))
    return _observation(place, text, owner).model_copy(update={"denied": denied})


def _observation(place: Place, text: str, owner: str) -> Observation:
    try:
        block = find(text, owner=owner, slot=place.slot)
    except Malformed as reason:
        return Observation(place=place, malformed=str(reason))
    if block is None:
        return Observation(place=place)
    return Observation(
        place=place,
        remote_id=place.target.id,
        fingerprint=block.mark.fingerprint,
        watermark=block.mark.watermark,
        edited_by_other=not block.intact,
        url=place.target.url,
    )


def _obstacle(rights: Rights, ref: Ref) -> str | None:
    if rights.read_only:
        return "the token can only read: milestone descriptions need the scope api"
    address = paths.group(ref.project) if paths.in_group(ref) else paths.project(ref.project)
    if rights.archived(address):
        return f"{ref.project} is archived"
    low = rights.lacks(address, Role.PLANNER)
    if low is not None:
        return f"the account is {low.label} in {ref.project}: milestone descriptions need the role Planner"
    return None


def _description(client: GitlabClient, ref: Ref) -> str:
    return client.get(paths.milestone(ref)).get("description") or ""


def write_description(client: GitlabClient, owner: str, step: Step) -> Written:
    """Put our block in, or take it out; the description is read again right before, and nothing else is sent.

    Between that reading and the writing a person's edit can still be lost: GitLab offers no conditional write.
    """
    ref = step.place.target
    before = _description(client, ref)
    try:
        old = find(before, owner=owner, slot=step.place.slot)
        after = _after(before, owner, step)
    except Malformed as reason:
        text = f"The description of {ref.key} was left as it is: {reason}. Take our marks out of it by hand."
        raise Rejected(text, source=ref.source) from None
    if after != before:
        client.put(paths.milestone(ref), {"description": after})
    replaced = before[old.start : old.end] if old else None
    return Written(remote_id=ref.id if step.artifact else None, url=ref.url, previous_text=replaced)


def _after(before: str, owner: str, step: Step) -> str:
    if step.action in {Action.DELETE, Action.PRUNE}:
        return removed(before, owner=owner, slot=step.place.slot)
    artifact = step.artifact
    if artifact is None:
        raise ValueError("a step that writes text needs its artifact")
    body = render(shorten(artifact.document, _fits(len(before))), references=True)
    return placed(
        before,
        body,
        owner=owner,
        slot=artifact.slot,
        fingerprint=artifact.fingerprint,
        watermark=artifact.watermark,
    )


def _fits(taken: int) -> Any:
    def fits(document: Document) -> bool:
        return len(render(document, references=True)) + taken <= MAX_BODY

    return fits
