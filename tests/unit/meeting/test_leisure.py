"""When nobody needs the machine."""

from threading import Event

from meeting.leisure import Leisure


def never() -> bool:
    return False


def test_leisure_comes_some_time_after_the_last_use() -> None:
    now = [100.0]
    leisure = Leisure(3, lambda: now[0])
    assert leisure.is_now()
    leisure.used()
    assert not leisure.is_now()
    now[0] = 102.9
    assert not leisure.is_now()
    leisure.used()
    now[0] = 103.1
    assert not leisure.is_now()
    now[0] = 105.9
    assert leisure.is_now()


def test_who_waits_goes_on_at_leisure_or_for_a_reason_and_not_when_told_to_stop() -> None:
    now = [0.0]
    leisure = Leisure(3, lambda: now[0])
    stop = Event()
    assert leisure.wait(stop, never)
    leisure.used()
    assert leisure.wait(stop, lambda: True)
    looked = list[int]()

    def looks() -> bool:
        looked.append(1)
        now[0] += 1
        return False

    assert leisure.wait(stop, looks) and len(looked) == 3
    leisure.used()
    stop.set()
    assert not leisure.wait(stop, never)
