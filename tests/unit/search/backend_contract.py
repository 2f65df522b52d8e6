"""What every search backend keeps to. A backend's tests inherit `BackendContract` and give it their `backend`."""

from search.backend import SearchBackend
from search.documents import NOTE_CLOSEST, Document, Passage, Query, Results, Within
from search.live import LiveTable


def document(number: int, text: str, **more: object) -> Document:
    fields = {
        "kind": "minutes",
        "title": f"第{number}次会议纪要",
        "date": f"2025-{number:02}-17",
        "body": "局务会",
        "units": ("资产管理处",),
        **more,
    }
    passage = Passage(id="1", text=text, item=1, item_title="研究资产清查", speaker="李建国", start_ms=1500)
    return Document(id=f"d{number}", passages=(passage,), **fields)


def ids(results: Results) -> list[str]:
    return [hit.id for hit in results.hits]


class BackendContract:
    """Each test gets an empty backend."""

    def test_what_is_put_in_is_found_at_once(self, backend: SearchBackend) -> None:
        backend.replace([document(1, "报送办公用房清理整改方案。")])
        backend.replace([document(2, "公务用车调度办法。")], fold=False)
        assert ids(backend.search(Query(text="清理整改"))) == ["d1"]
        assert ids(backend.search(Query(text="度办"))) == ["d2"]
        assert backend.count() == 2

    def test_a_hit_names_its_source_and_marks_exactly(self, backend: SearchBackend) -> None:
        backend.replace([document(1, "𠮷敏：關於辦公用房的説明。", source="旧/一.txt")])
        (hit,) = backend.search(Query(text="办公用房")).hits
        assert [hit.text[start:end] for start, end in hit.highlights] == ["辦公用房"]
        assert (hit.date, hit.source, hit.item, hit.speaker, hit.start_ms) == (
            *("2025-01-17", "旧/一.txt", 1, "李建国", 1500),
        )

    def test_the_same_id_replaces_and_a_deleted_one_is_gone(self, backend: SearchBackend) -> None:
        backend.replace([document(1, "办公用房方案。"), document(2, "办公用房台账。")])
        backend.replace([document(1, "暂缓执行。")])
        backend.delete(["d2", "没有"])
        assert backend.search(Query(text="办公用房")).total == 0
        assert ids(backend.search(Query(text="暂缓"))) == ["d1"]
        assert backend.count() == 1

    def test_what_work_was_left_for_is_told_and_found_all_the_same(self, backend: SearchBackend) -> None:
        backend.replace([document(1, "办公用房方案。")])
        assert backend.pending() == 0
        backend.replace([document(2, "办公用房台账。")], fold=False)
        assert ids(backend.search(Query(text="办公用房台账"))) == ["d2"]
        backend.fold()
        assert backend.pending() == 0

    def test_filters_and_facets_count_alike(self, backend: SearchBackend) -> None:
        backend.replace([document(n, "办公用房。", units=("一处",) if n % 2 else ("二处",)) for n in range(1, 8)])
        results = backend.search(Query(text="办公用房", unit="一处", limit=2))
        assert (results.total, len(results.hits)) == (4, 2)
        assert results.facets["unit"] == {"一处": 4}
        assert results.facets["body"] == {"局务会": 4}
        assert backend.search(Query(text="办公用房 2025-03")).total == 1

    def test_words_phrases_negation_and_sound(self, backend: SearchBackend) -> None:
        backend.replace([document(1, "由李建国负责办公用房整改。"), document(2, "办公设备整改，用房另议。")])
        assert set(ids(backend.search(Query(text="整改 用房")))) == {"d1", "d2"}
        assert ids(backend.search(Query(text='"办公用房"'))) == ["d1"]
        assert ids(backend.search(Query(text="整改 -设备"))) == ["d1"]
        assert ids(backend.search(Query(text="lijianguo")))[:1] == ["d1"]
        assert backend.search(Query(text='"((( -')).total == 0

    def test_what_may_not_be_seen_is_neither_found_nor_counted_nor_completed(self, backend: SearchBackend) -> None:
        backend.replace([document(1, "办公用房。"), document(2, "办公用房密件。", body="党组会")])
        allowed = Within(bodies=("局务会",))
        results = backend.search(Query(text="办公用房", within=allowed))
        assert (results.total, results.facets["body"]) == (1, {"局务会": 1})
        assert backend.complete("密", visible=Query(text="", within=allowed)) == ()
        assert backend.suggest("密建", visible=Query(text="", within=allowed)) == ()

    def test_what_is_live_stands_beside(self, backend: SearchBackend) -> None:
        backend.replace([document(1, "办公用房方案。")])
        live = LiveTable()
        live.put(document(1, ""), Passage(id="s1", text="现在说的是班车。"))
        live.put(document(9, ""), Passage(id="s2", text="现在说的是食堂。"))
        assert ids(backend.search(Query(text="班车"), live)) == ["d1"]
        assert backend.search(Query(text="办公用房"), live).total == 0
        assert backend.search(Query(text="现在说"), live).facets["kind"] == {"minutes": 2}

    def test_words_that_nobody_knows_leave_the_rest_with_a_note(self, backend: SearchBackend) -> None:
        backend.replace([document(1, "户籍迁入。"), document(2, "公务用车。")])
        results = backend.search(Query(text="户籍 zzzqqq"))
        assert (ids(results), results.note) == (["d1"], NOTE_CLOSEST)

    def test_what_is_read_ahead_and_folded_answers_and_counts_as_before(self, backend: SearchBackend) -> None:
        backend.replace([document(1, "办公用房。"), document(2, "公务用车。", kind="decision")], fold=False)
        before = backend.search(Query(text="办公用房")).hits
        backend.warm()
        backend.fold()
        backend.warm()
        assert backend.search(Query(text="办公用房")).hits == before
        assert (backend.count(), backend.count(without="decision")) == (2, 1)

    def test_rebuilding_leaves_just_what_was_given(self, backend: SearchBackend) -> None:
        backend.replace([document(1, "办公用房。")])
        backend.rebuild([document(2, "公务用车。")])
        backend.fold()
        backend.check()
        assert (backend.count(), ids(backend.search(Query(text="")))) == (1, ["d2"])
