"""Our comments on issues: found by their mark and our account, written in one request each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pmbridge.connector import Action, Artifact, Observation, Place, Step, Written
from pmbridge.document import MUTE_LABEL, Document, shorten
from pmbridge.errors import Ambiguous, NotFound, PermissionDenied, Rejected
from pmbridge.model import Ref
from pmbridge_gitlab import paths
from pmbridge_gitlab.fields import label_names
from pmbridge_gitlab.marker import Signed, read_signed, signed
from pmbridge_gitlab.markup import render
from pmbridge_gitlab.normalize import customer_facing
from pmbridge_gitlab.rights import Rights, Role
from pmbridge_gitlab.rows import Row, instant

if TYPE_CHECKING:
    from pmbridge_gitlab.client import GitlabClient

#: The longest comment in characters, less what the mark may take.
MAX_BODY = 1_000_000 - 1_000
_BATCH = 100


@dataclass(frozen=True, slots=True)
class _Found:
    """A note that carries a mark of our owner."""

    id: str
    mine: bool
    signed: Signed


@dataclass
class CommentObserver:
    """Looks at comments; the issues are read in batches, the notes of each once for all its slots."""

    client: GitlabClient
    rights: Rights
    owner: str
    internal: bool
    _issues: dict[str, Row] = field(default_factory=dict)
    _notes: dict[str, list[_Found] | str] = field(default_factory=dict)

    def prepare(self, refs: Iterable[Ref]) -> None:
        """Read the issues that will be asked for."""
        wanted: dict[str, list[Ref]] = {}
        for ref in refs:
            if paths.is_issue(ref):
                wanted.setdefault(ref.project, []).append(ref)
        for project, members in wanted.items():
            for start in range(0, len(members), _BATCH):
                self._read(project, members[start : start + _BATCH])

    def _read(self, project: str, refs: Sequence[Ref]) -> None:
        numbers = sorted({paths.number(ref) for ref in refs})
        query = {"iids[]": numbers, "scope": "all", "state": "all"}
        try:
            rows = list(self.client.every(paths.issues(project), **query))
        except (NotFound, PermissionDenied):
            return
        self._issues |= {str(row["id"]): row for row in rows}

    def look(self, place: Place) -> Observation:
        """Report what stands at one place."""
        ref = place.target
        issue = self._issues.get(ref.id)
        if issue is None:
            text = f"{ref.key} is not there any more, or the token may not see it"
            return Observation(place=place, denied=text)
        notes = self._marked_notes(ref)
        if isinstance(notes, str):
            return Observation(place=place, denied=notes)
        return _observation(place, [note for note in notes if note.signed.mark.slot == place.slot]).model_copy(
            update={
                "muted": MUTE_LABEL in label_names(issue),
                "customer_facing": customer_facing(issue) and not self.internal,
                "denied": self._obstacle(ref, issue),
            }
        )

    def _obstacle(self, ref: Ref, issue: Row) -> str | None:
        address = paths.project(ref.project)
        if self.rights.read_only:
            return "the token can only read: comments need the scope api"
        if self.rights.archived(address):
            return f"{ref.project} is archived"
        if self.internal and self.rights.lacks(address, Role.PLANNER) is not None:
            return f"internal comments in {ref.project} need the role Planner"
        if issue.get("discussion_locked") and self.rights.lacks(address, Role.GUEST) is not None:
            return f"the discussion of {ref.key} is locked for all but members"
        return None

    def _marked_notes(self, ref: Ref) -> list[_Found] | str:
        if ref.address not in self._notes:
            try:
                self._notes[ref.address] = list(self._read_notes(ref))
            except (NotFound, PermissionDenied) as error:
                self._notes[ref.address] = str(error)
        return self._notes[ref.address]

    def _read_notes(self, ref: Ref) -> Iterator[_Found]:
        address = f"{paths.issue(ref)}/notes"
        query = {"activity_filter": "only_comments", "order_by": "created_at", "sort": "asc"}
        rows = [row for row in self.client.every(address, **query) if not row.get("system")]
        for row in sorted(rows, key=lambda row: (instant(row["created_at"]), row["id"])):
            found = read_signed(row.get("body") or "")
            mine = (row.get("author") or {}).get("id") == self.rights.account["id"]
            # In a note of ours a person may have written below the mark; elsewhere a mark must end the text.
            if found and found.mark.owner == self.owner and (mine or found.last):
                yield _Found(str(row["id"]), mine, found)


def _observation(place: Place, notes: list[_Found]) -> Observation:
    mine = [note for note in notes if note.mine]
    first = next(iter(mine or notes), None)
    if first is None:
        return Observation(place=place)
    return Observation(
        place=place,
        remote_id=first.id,
        fingerprint=first.signed.mark.fingerprint,
        watermark=first.signed.mark.watermark,
        author_is_me=first.mine,
        edited_by_other=first.mine and not first.signed.intact,
        copies=tuple(note.id for note in mine[1:]),
        url=_url(place, first.id),
    )


def write_comment(client: GitlabClient, owner: str, step: Step, *, internal: bool) -> Written:
    """Create, change or delete one comment; raises the `ConnectorError` family."""
    address = f"{paths.issue(step.place.target)}/notes"
    if step.action is Action.CREATE:
        body = {"body": comment(step.artifact, owner), **({"internal": True} if internal else {})}
        return _created(step, *client.post(address, body))
    note = f"{address}/{paths.segment(step.remote_id or '')}"
    # What a person wrote into our text is kept before it goes; what we wrote ourselves can be written again.
    before = client.get(note).get("body") if step.takes_over else None
    if step.action is Action.UPDATE:
        client.put(note, {"body": comment(step.artifact, owner)})
        return Written(remote_id=step.remote_id, url=_url(step.place, step.remote_id), previous_text=before)
    client.delete(note)
    return Written(remote_id=None, previous_text=before)


def comment(artifact: Artifact | None, owner: str) -> str:
    """Write a comment with its mark, cut to what GitLab takes."""
    if artifact is None:
        raise ValueError("a step that writes text needs its artifact")
    document = shorten(artifact.document, _fits)
    return signed(
        render(document, references=False),
        owner=owner,
        slot=artifact.slot,
        fingerprint=artifact.fingerprint,
        watermark=artifact.watermark,
    )


def _fits(document: Document) -> bool:
    return len(render(document, references=False)) <= MAX_BODY


def _created(step: Step, status: int, note: Row | None) -> Written:
    source, key = step.place.target.source, step.place.target.key
    if status == 202:
        # GitLab took the whole text for commands, carried them out and kept no comment.
        raise Rejected(f"{source} kept no comment on {key}: it read the text as commands.", source=source, status=202)
    if not note or "id" not in note:
        raise Ambiguous(f"{source} does not say whether it kept the comment on {key}.", source=source, status=status)
    return Written(remote_id=str(note["id"]), url=_url(step.place, str(note["id"])))


def _url(place: Place, note: str | None) -> str | None:
    url = place.target.url
    return f"{url}#note_{note}" if url and note else None
