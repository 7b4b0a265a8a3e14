"""Our line in the description of a version."""

from __future__ import annotations

from pmbridge.connector import Artifact, Observation, Place, Written
from pmbridge.document import one_line
from pmbridge.errors import NotFound, Rejected
from pmbridge.model import Ref
from pmbridge_jira.client import Client
from pmbridge_jira.line import lines, with_line, without_line
from pmbridge_jira.markup import visible
from pmbridge_jira.shape import Json, mapping

#: Jira takes this many bytes.
MAX_BYTES = 16_384


class Descriptions:
    """Version descriptions, which are plain text and so have no hiding place for a marker.

    One visible line ``[pmbridge] text (owner sum)`` is ours; it holds one slot, and the sum tells when a person has
    changed it. The description is read again just before each write, and nothing but the description is ever sent: no
    version is released or archived.
    """

    def __init__(self, client: Client, owner: str, browse_url: str) -> None:
        self._client = client
        self._owner = owner
        self._browse_url = browse_url

    def observe(self, place: Place, *, denied: str | None) -> Observation:
        """Report our line in ``text``; two of them are ``malformed``."""
        try:
            found = lines(self._read(place.target), self._owner)
        except NotFound:
            return Observation(place=place, denied=denied or "the version is gone, or this account may not see it")
        return Observation(
            place=place,
            remote_id=place.target.id if found else None,
            text=found[0].text if found else None,
            edited_by_other=bool(found) and not found[0].intact,
            malformed=f"{len(found)} lines begin with [pmbridge] and may be ours" if len(found) > 1 else None,
            denied=denied,
            url=self._url(place.target),
        )

    def write(self, artifact: Artifact) -> Written:
        """Put our line in, in place of the one that stands there."""
        before = self._read(artifact.target)
        after = with_line(before, self._owner, visible(one_line(artifact.document)))
        if len(after.encode()) > MAX_BYTES:
            raise Rejected(
                f"The description of the version {artifact.target.key} leaves no room for a line: shorten it."
            )
        self._put(artifact.target, before, after)
        return Written(remote_id=artifact.target.id, url=self._url(artifact.target), previous_text=self._line(before))

    def delete(self, target: Ref) -> Written:
        """Take our line out."""
        before = self._read(target)
        self._put(target, before, without_line(before, self._owner))
        return Written(remote_id=None, previous_text=self._line(before))

    def _line(self, description: str) -> str | None:
        return next((description[found.start : found.end] for found in lines(description, self._owner)), None)

    def _url(self, target: Ref) -> str:
        return f"{self._browse_url}/projects/{target.project}/versions/{target.id}"

    def _read(self, target: Ref) -> str:
        version: Json = mapping(self._client.get(f"version/{target.id}"), "version")
        return version.get("description") or ""

    def _put(self, target: Ref, before: str, after: str) -> None:
        if after != before:
            self._client.put(f"version/{target.id}", {"description": after})
