"""tantivy with bigrams that must all occur; facets by aggregation, marks by its snippet generator."""

from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import tantivy
from asking import Answer, run

_FACETS = {name: {"terms": {"field": name, "size": 100}} for name in ("kind", "body", "year")}
_PASSAGES = 50


def build(folder: Path, rows: Iterable[dict[str, Any]]) -> Callable[[dict[str, Any]], Answer | None]:
    """One tantivy document for each passage."""
    schema = (
        tantivy.SchemaBuilder()
        .add_text_field("doc", stored=True, tokenizer_name="raw")
        .add_text_field("kind", tokenizer_name="raw", fast=True)
        .add_text_field("body", tokenizer_name="raw", fast=True)
        .add_text_field("text", stored=True, tokenizer_name="bigram")
        .add_integer_field("date", fast=True, indexed=True)
        .add_integer_field("year", fast=True)
        .build()
    )
    index = tantivy.Index(schema, path=str(folder))
    bigram = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.ngram(min_gram=1, max_gram=2, prefix_only=False))
    index.register_tokenizer("bigram", bigram.filter(tantivy.Filter.lowercase()).build())
    writer = index.writer(heap_size=200_000_000, num_threads=2)
    for row in rows:
        writer.add_document(
            tantivy.Document(
                doc=row["doc"],
                kind=row["kind"],
                body=row["body"],
                text=row["title"] + "\n" + row["text"],
                date=row["date"],
                year=row["date"] // 10000,
            )
        )
    writer.commit()
    writer.wait_merging_threads()
    index.reload()

    def ask(query: dict[str, Any]) -> Answer | None:
        searcher = index.searcher()
        pieces = dict.fromkeys(piece for term in query["terms"] for piece in _bigrams(term.lower()))
        span = tantivy.Query.range_query(
            schema, "date", tantivy.FieldType.Integer, query["date_from"], query["date_to"], True, True
        )
        wanted = [(tantivy.Occur.Must, tantivy.Query.term_query(schema, "text", piece)) for piece in pieces]
        asked = tantivy.Query.boolean_query([*wanted, (tantivy.Occur.Must, span)])
        found = searcher.search(asked, limit=_PASSAGES, count=True)
        searcher.aggregate(asked, _FACETS)
        marked = tantivy.SnippetGenerator.create(searcher, asked, schema, "text")
        ids: dict[str, None] = {}
        for _, address in found.hits:
            document = searcher.doc(address)
            (doc,) = document["doc"]
            if doc not in ids and len(ids) < 10:
                ids[doc] = None
                marked.snippet_from_doc(document).highlighted()
        return found.count or 0, list(ids)

    return ask


def _bigrams(term: str) -> list[str]:
    return [term[at : at + 2] for at in range(len(term) - 1)] or [term]


if __name__ == "__main__":
    run(f"tantivy {version('tantivy')} bigrams", build)
