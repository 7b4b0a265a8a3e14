from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pmbridge.document import (
    Bullets,
    Chart,
    Document,
    Heading,
    Link,
    Measure,
    Note,
    Paragraph,
    Series,
    Table,
    Text,
    fingerprint,
    gist,
    line,
    masked,
    one_line,
    plain,
    shorten,
    sparkline,
)

texts = st.text(max_size=20).map(lambda s: Text(text=s))
lines = st.lists(texts, max_size=3).map(tuple)
blocks = st.one_of(
    st.builds(Paragraph, content=lines),
    st.builds(Heading, level=st.integers(1, 4), content=lines),
    st.builds(Bullets, items=st.lists(lines, max_size=3).map(tuple)),
    st.lists(lines, min_size=0, max_size=6).map(lambda r: Table(header=(line("h"),), rows=tuple((c,) for c in r))),
)
documents = st.lists(blocks, min_size=1, max_size=4).map(lambda b: Document(blocks=tuple(b)))


@given(documents)
def test_equal_documents_have_equal_fingerprints(document):
    copy = Document.model_validate_json(document.model_dump_json())
    assert fingerprint(copy) == fingerprint(document)
    assert len(fingerprint(document)) == 12


@given(documents, st.text(min_size=1, max_size=5))
def test_any_change_of_words_changes_the_fingerprint(document, extra):
    longer = Document(blocks=(*document.blocks, Paragraph(content=line(extra))))
    assert fingerprint(longer) != fingerprint(document)


def test_volatile_small_print_does_not_count():
    body = Paragraph(content=line("red"))
    early = Document(blocks=(body, Note(content=line("as of 9:00"), volatile=True)))
    late = Document(blocks=(body, Note(content=line("as of 10:00"), volatile=True)))
    assert fingerprint(early) == fingerprint(late)
    assert fingerprint(early) != fingerprint(Document(blocks=(body, Note(content=line("x")))))


def test_shortening_cuts_the_largest_table_and_says_how_much_is_gone():
    table = Table(header=(line("item"),), rows=tuple((line(f"row {i}"),) for i in range(100)))
    document = Document(blocks=(Paragraph(content=line("first")), table, Note(content=line("last"))))
    short = shorten(document, lambda d: len(plain(d)) < 200)
    kept = short.blocks[1]
    assert isinstance(kept, Table)
    assert kept.left_out + len(kept.rows) == 100
    assert f"… and {kept.left_out} more" in plain(short)
    assert plain(short).endswith("last")


@given(documents, st.integers(0, 60))
def test_shortening_ends_and_keeps_the_first_block_s_kind(document, limit):
    short = shorten(document, lambda d: len(plain(d)) <= limit)
    assert type(short.blocks[0]) is type(document.blocks[0])


def test_one_line_is_one_line_of_bounded_length():
    document = Document(blocks=(Paragraph(content=line("a\nb", "  c")), Bullets(items=(line("x" * 400),))))
    text = one_line(document, limit=50)
    assert text.startswith("a b c - xxx")
    assert len(text) == 50
    assert text.endswith("…")


def test_a_secret_is_masked_wherever_it_stands():
    table = Table(header=(line("h"),), rows=((line("my s3cret"),),))
    chart = Chart(title="s3cret", x=("s3cret",), series=(Series(name="s3cret", values=(1.0,)),), summary="s3cret")
    document = Document(blocks=(Paragraph(content=(Link(text="s3cret", url="https://h/s3cret"),)), table, chart))
    assert "s3cret" not in masked(document, lambda s: s.replace("s3cret", "•••")).model_dump_json()


def test_a_sparkline_runs_from_zero_to_the_ceiling_and_leaves_gaps():
    assert sparkline((0, None, 5, 10), 10) == "▁ ▅█"
    assert sparkline((0.0, 0.0), 0) == "▁▁"


def test_small_print_goes_last_and_bullets_are_shortened_too():
    bullets = Bullets(items=tuple(line(f"point {i}") for i in range(64)))
    document = Document(blocks=(Paragraph(content=line("first")), bullets, Note(content=line("to mute it, ask"))))
    some = shorten(document, lambda d: len(plain(d)) < 200)
    assert isinstance(some.blocks[1], Bullets)
    kept = len(some.blocks[1].items) - 1
    assert f"- … and {64 - kept} more" in plain(some)
    least = shorten(document, lambda d: len(plain(d)) <= len("first\nto mute it, ask"))
    assert plain(least) == "first\nto mute it, ask"
    assert plain(shorten(document, lambda d: False)) == "first"


def test_a_gist_differs_by_facts_to_the_letter_and_by_figures_beyond_their_room():
    shown = gist(["red"], {"p85": Measure(value=100, room=7)})
    assert not gist(["red"], {"p85": Measure(value=107, room=7)}).differs(shown)
    assert gist(["red"], {"p85": Measure(value=107.5, room=7)}).differs(shown)
    assert gist(["amber"], {"p85": Measure(value=100, room=7)}).differs(shown)
    assert gist(["red"], {}).differs(shown)
    assert type(shown).model_validate_json(shown.model_dump_json()) == shown
