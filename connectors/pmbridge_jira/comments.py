"""Our comments on issues: what stands there, and how one is made, edited and deleted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pmbridge.connector import Artifact, Observation, Place, Written
from pmbridge.document import MUTE_LABEL
from pmbridge.errors import Ambiguous, NotFound, PermissionDenied, Rejected
from pmbridge.model import Ref
from pmbridge_jira.client import Client
from pmbridge_jira.instants import instant
from pmbridge_jira.marker import PROPERTY, Marker, decode, digest, encode, words
from pmbridge_jira.markup import render
from pmbridge_jira.normalize import account, is_service_desk
from pmbridge_jira.shape import Json, mapping

#: Jira takes this many ids in one request for comments.
_BATCH = 1000

#: Keeps a comment on a service desk from the customer's eyes.
_INTERNAL: Json = {"key": "sd.public.comment", "value": {"internal": True}}

Marked = tuple[Json, Marker]


class Comments:
    """Comments of one account, found by the property that travels with them.

    An edit is sent with ``notifyUsers=false``. If Jira refuses that, the edit fails: sending it again without would
    mail every watcher, which nobody asked for.
    """

    def __init__(self, client: Client, owner: str, browse_url: str) -> None:
        self._client = client
        self._owner = owner
        self._browse_url = browse_url

    def on(self, issue: str) -> list[Json]:
        """Read all comments of an issue with their properties."""
        found = list(self._client.rows(f"issue/{issue}/comment", key="comments", expand="properties"))
        bare = [str(comment["id"]) for comment in found if "properties" not in comment]
        if not bare:
            return found
        read = self._properties(issue, bare)
        return [{**comment, "properties": read.get(str(comment["id"]), comment.get("properties"))} for comment in found]

    def _properties(self, issue: str, ids: list[str]) -> dict[str, list[Json]]:
        """Read properties that the list left out: many comments in one request, or else one by one."""
        try:
            return self._listed(ids)
        except (NotFound, PermissionDenied, Rejected):
            return {comment: self._single(comment) for comment in ids}

    def _listed(self, ids: list[str]) -> dict[str, list[Json]]:
        found: dict[str, list[Json]] = {}
        for start in range(0, len(ids), _BATCH):
            body = {"ids": [int(comment) for comment in ids[start : start + _BATCH]]}
            answer = mapping(self._client.post("comment/list", body, expand="properties"), "comment/list")
            found.update({str(entry["id"]): entry.get("properties") or [] for entry in answer.get("values") or ()})
        return found

    def _single(self, comment: str) -> list[Json]:
        try:
            return [mapping(self._client.get(f"comment/{comment}/properties/{PROPERTY}"), "comment properties")]
        except NotFound:
            return []

    def create(self, artifact: Artifact, *, internal: bool) -> Written:
        """Make the comment; its marker travels in the same request. Raises `Ambiguous` when the outcome is unknown."""
        path = f"issue/{artifact.target.id}/comment"
        made = self._client.post(path, self._body(artifact, internal=internal))
        if not isinstance(made, dict) or "id" not in made:
            raise Ambiguous(f"Jira took a comment on {artifact.target.key} and did not say which it is.")
        return self._written(artifact.target, str(made["id"]))

    def update(self, artifact: Artifact, comment: str, *, internal: bool, keep: bool = False) -> Written:
        """Replace text and marker, silently; with ``keep`` the words that stood there are read first."""
        path = f"issue/{artifact.target.id}/comment/{comment}"
        before = self._words(path) if keep else None
        self._client.put(path, self._body(artifact, internal=internal), notifyUsers="false")
        return self._written(artifact.target, comment).model_copy(update={"previous_text": before})

    def delete(self, target: Ref, comment: str, *, keep: bool = False) -> Written:
        """Delete one comment; with ``keep`` its words are read first."""
        path = f"issue/{target.id}/comment/{comment}"
        before = self._words(path) if keep else None
        self._client.delete(path)
        return Written(remote_id=None, previous_text=before)

    def _words(self, path: str) -> str:
        return words(mapping(self._client.get(path), "comment").get("body"))

    def _body(self, artifact: Artifact, *, internal: bool) -> Json:
        body = render(artifact.document)
        mark = {"key": PROPERTY, "value": encode(artifact, self._owner, body)}
        return {"body": body, "properties": [mark, *([_INTERNAL] if internal else [])]}

    def _written(self, target: Ref, comment: str) -> Written:
        return Written(remote_id=comment, url=link(f"{self._browse_url}/browse/{target.key}", comment))


def link(issue: str, comment: str) -> str:
    """Return the address of a comment under the address of its issue."""
    return f"{issue}?focusedCommentId={comment}"


def look(
    place: Place, issue: Json, comments: Iterable[Json], *, owner: str, me: str, denied: str | None
) -> Observation:
    """Tell what stands at a place from an issue and its comments; pure.

    Only comments with a marker of our owner and this slot count. Those of other authors are copies that some
    mirroring tool made, and are reported only when none is our own.
    """
    marked = [found for comment in comments if (found := _marked(comment, owner, place.slot))]
    mine = [entry for entry in marked if account(entry[0].get("author")) == me]
    seen = Observation(
        place=place,
        muted=MUTE_LABEL in (issue["fields"].get("labels") or ()),
        customer_facing=is_service_desk(issue["fields"].get("project") or {}),
        denied=denied,
    )
    if not marked:
        return seen
    first, *others = sorted(mine or marked, key=_age)
    copies = tuple(str(comment["id"]) for comment, _ in others if mine)
    url = link(place.target.url, str(first[0]["id"])) if place.target.url else None
    return seen.model_copy(update=_facts(*first, me) | {"copies": copies, "url": url})


def _facts(comment: Json, marker: Marker, me: str) -> dict[str, Any]:
    is_mine = account(comment.get("author")) == me
    editor = account(comment.get("updateAuthor"))
    return {
        "remote_id": str(comment["id"]),
        "fingerprint": marker.fingerprint,
        "watermark": marker.watermark,
        "author_is_me": is_mine,
        "edited_by_other": is_mine and (editor not in (None, me) or _text_differs(comment, marker)),
        "malformed": marker.malformed,
    }


def _text_differs(comment: Json, marker: Marker) -> bool:
    """Tell whether the text is another than the one we marked, whichever account wrote it."""
    return marker.body is not None and "body" in comment and digest(comment["body"]) != marker.body


def _marked(comment: Json, owner: str, slot: str) -> Marked | None:
    values = (entry.get("value") for entry in comment.get("properties") or () if entry.get("key") == PROPERTY)
    marker = decode(next(values, None))
    return (comment, marker) if marker and (marker.owner, marker.slot) == (owner, slot) else None


def _age(entry: Marked) -> tuple[Any, int]:
    comment, _ = entry
    return instant(comment["created"]), int(comment["id"])
