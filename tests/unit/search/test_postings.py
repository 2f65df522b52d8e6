"""Whoosh's private members give what its public way gives; this fails when they change."""

from pathlib import Path

from whoosh.index import create_in, open_dir

from search.analysis import index_terms
from search.inverting import inverted
from search.postings import BLOCK, passage_numbers, postings, write_postings, writer_of
from search.schema import PID, TERMS, whoosh_schema


def test_postings_equal_those_of_the_public_matcher(tmp_path: Path) -> None:
    texts = {number * 3 + 1: f"会议{number % 7}办公用房{'会议' * (number % 5)}" for number in range(700)}
    index = create_in(tmp_path, whoosh_schema())
    for half in (0, 1):
        writer = index.writer()
        for pid, text in texts.items():
            if pid % 2 == half:
                writer.add_document(**{PID: pid, TERMS: text})
        writer.commit(merge=False)
    with open_dir(tmp_path).reader() as reader:
        leaves = list(reader.leaf_readers())
        assert len(leaves) == 2
        for term in ("会议", "议会", "议1", "房"):
            read: dict[int, float] = {}
            for leaf, _ in leaves:
                found = postings(leaf, term)
                if found is None:
                    assert (TERMS, term.encode()) not in leaf
                    continue
                matcher = leaf.postings(TERMS, term)
                public = []
                while matcher.is_active():
                    public.append((matcher.id(), matcher.weight()))
                    matcher.next()
                assert list(zip(found[0].tolist(), found[1].tolist(), strict=True)) == public
                read.update(zip(passage_numbers(leaf)[found[0]].tolist(), found[1].tolist(), strict=True))
            expected = {pid: index_terms(text)[term] for pid, text in texts.items() if term in index_terms(text)}
            assert read == expected
        assert postings(leaves[0][0], "火星") is None
    open_dir(tmp_path).writer().commit(optimize=True)
    with open_dir(tmp_path).reader() as reader:
        ((leaf, _),) = reader.leaf_readers()
        found = postings(leaf, "会议")
        assert found is not None
        merged = dict(zip(passage_numbers(leaf)[found[0]].tolist(), found[1].tolist(), strict=True))
        assert merged == {pid: index_terms(text)["会议"] for pid, text in texts.items()}


def test_written_blocks_are_read_by_the_public_matcher(tmp_path: Path) -> None:
    texts = [f"会议{number % 7}办公用房{'会议' * (number % 5)}𠮷" for number in range(2 * BLOCK + 10)]
    index = create_in(tmp_path, whoosh_schema())
    writer = writer_of(index)
    for number in range(len(texts)):
        writer.add_document(**{PID: number + 5})
    write_postings(writer, inverted(texts))
    writer.commit()
    with open_dir(tmp_path).reader() as reader:
        ((leaf, _),) = reader.leaf_readers()
        assert passage_numbers(leaf).tolist() == list(range(5, len(texts) + 5))
        assert {term for _, term in leaf.all_terms()} == {t.encode() for text in texts for t in index_terms(text)}
        for term in ("会议", "议会", "议3", "𠮷"):
            matcher = leaf.postings(TERMS, term)
            public = []
            while matcher.is_active():
                public.append((matcher.id(), matcher.weight()))
                matcher.next()
            found = postings(leaf, term)
            assert found is not None
            counts = [
                (row, index_terms(text)[term]) for row, text in enumerate(texts) if term in index_terms(text)
            ]
            assert list(zip(found[0].tolist(), found[1].tolist(), strict=True)) == public == counts
