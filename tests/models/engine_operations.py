"""The operations that Slope asks of an engine, each as a function of an empty collection.

An operation returns what the engine answered, as plain values; test_engine_parity.py runs every one of
them on two engines and compares. What is racing returns the outcome, never the winner.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import ASCENDING, DESCENDING, InsertOne, ReturnDocument, UpdateOne
from pymongo.errors import BulkWriteError, PyMongoError

Operation = Callable[[Any], Any]
OPERATIONS: dict[str, Operation] = {}
MORNING = datetime(2026, 3, 1, 8, 30, 0, 123000, tzinfo=UTC)
LATER = MORNING + timedelta(days=1)
RACERS = 16


def operation(function: Operation) -> Operation:
    OPERATIONS[function.__name__] = function
    return function


def racing(attempt: Callable[[int], Any], times: int = RACERS) -> list[Any]:
    with ThreadPoolExecutor(RACERS) as pool:
        return list(pool.map(attempt, range(times)))


def outcome(attempt: Callable[[], Any]) -> Any:
    try:
        attempt()
    except BulkWriteError as error:
        return sorted((fault["index"], fault["code"]) for fault in error.details["writeErrors"])
    except PyMongoError as error:
        return getattr(error, "code", type(error).__name__)
    return "done"


def is_utc(moment: datetime) -> bool:
    return moment.utcoffset() == timedelta(0)


@operation
def a_date_that_is_set_keeps_its_zone(box: Any) -> Any:
    box.insert_one({"_id": "a", "n": 1})
    box.update_one({"_id": "a"}, {"$set": {"at": MORNING, "deep.at": MORNING}})
    found = box.find_one({"_id": "a"})
    return found, is_utc(found["at"]), is_utc(found["deep"]["at"])


@operation
def max_and_min_move_dates_one_way(box: Any) -> Any:
    box.insert_one({"_id": "a", "last": MORNING, "first": MORNING})
    for hours in (5, -5):
        moved = MORNING + timedelta(hours=hours)
        box.update_one({"_id": "a"}, {"$max": {"last": moved}, "$min": {"first": moved}})
    return box.find_one({"_id": "a"})


@operation
def max_moves_numbers_one_way(box: Any) -> Any:
    box.insert_one({"_id": "a", "floor": 7})
    counts = [box.update_one({"_id": "a"}, {"$max": {"floor": n}}).modified_count for n in (3, 9, 9)]
    return counts, box.find_one({"_id": "a"})


@operation
def a_pushed_subdocument_keeps_its_dates(box: Any) -> Any:
    box.insert_one({"_id": "a", "list": []})
    box.update_one({"_id": "a"}, {"$push": {"list": {"at": MORNING, "who": "x", "n": [1, 2]}}})
    found = box.find_one({"_id": "a"})
    return found, is_utc(found["list"][0]["at"])


@operation
def a_subdocument_is_pulled_by_its_key(box: Any) -> Any:
    box.insert_one({"_id": "a", "list": [{"k": 1, "at": MORNING}, {"k": 2, "at": MORNING}]})
    box.update_one({"_id": "a"}, {"$pull": {"list": {"k": 1}}})
    return box.find_one({"_id": "a"})


@operation
def the_matched_element_is_changed_in_place(box: Any) -> Any:
    box.insert_one({"_id": "a", "list": [{"k": 1, "ended": None}, {"k": 2, "ended": None}]})
    changed = box.update_one({"_id": "a", "list.k": 2}, {"$set": {"list.$.ended": MORNING}})
    return changed.modified_count, box.find_one({"_id": "a"})


@operation
def elements_are_found_by_two_conditions_at_once(box: Any) -> Any:
    box.insert_one({"_id": "a", "list": [{"k": 1, "on": True}, {"k": 2, "on": False}]})
    box.insert_one({"_id": "b", "list": [{"k": 1, "on": False}, {"k": 2, "on": True}]})
    found = box.find({"list": {"$elemMatch": {"k": 2, "on": True}}})
    return [row["_id"] for row in found]


@operation
def counters_and_removed_fields(box: Any) -> Any:
    box.insert_one({"_id": "a", "rev": 1, "todo": 1, "kept": "x"})
    box.update_one({"_id": "a"}, {"$inc": {"rev": 1, "new": 5}, "$unset": {"todo": ""}})
    return box.find_one({"_id": "a"}), box.count_documents({"todo": {"$exists": True}})


@operation
def upsert_by_id_counts(box: Any) -> Any:
    for _ in range(3):
        box.update_one({"_id": "a"}, {"$inc": {"n": 1}, "$set": {"at": MORNING}}, upsert=True)
    return box.find_one({"_id": "a"})


@operation
def stored_values_come_back_as_they_were(box: Any) -> Any:
    values = {
        "_id": "a",
        "integer": 3,
        "big": 2**53 + 1,
        "float": 3.5,
        "whole_float": 4.0,
        "true": True,
        "nothing": None,
        "text": "Zoë 🧪 'quoted' \"twice\" \\ $set a.b",
        "empty": {"list": [], "map": {}},
        "nested": {"list": [{"a": [1, [2, {"b": MORNING}]]}]},
        "date": MORNING,
        "old_date": datetime(1931, 5, 6, tzinfo=UTC),
    }
    box.insert_one(values)
    found = box.find_one({"_id": "a"})
    return found == values, {name: type(value).__name__ for name, value in found.items()}


@operation
def key_order_is_kept(box: Any) -> Any:
    box.insert_one({"_id": "a", "z": 1, "a": {"y": 1, "b": 2}, "m": 3})
    found = box.find_one({"_id": "a"})
    return list(found), list(found["a"])


@operation
def a_second_insert_of_an_id_is_a_duplicate(box: Any) -> Any:
    box.insert_one({"_id": "a", "n": 1})
    return outcome(lambda: box.insert_one({"_id": "a", "n": 2})), box.find_one({"_id": "a"})


@operation
def one_of_many_racing_inserts_of_an_id_wins(box: Any) -> Any:
    ends = racing(lambda n: outcome(lambda: box.insert_one({"_id": "p:1", "n": n})))
    return sorted(ends, key=str), box.count_documents({})


@operation
def one_of_many_racing_guarded_updates_wins(box: Any) -> Any:
    box.insert_one({"_id": "a", "rev": 1})
    guard = {"_id": "a", "rev": 1}
    counts = racing(lambda n: box.update_one(guard, {"$set": {"by": n}, "$inc": {"rev": 1}}).modified_count)
    return sorted(counts), box.find_one({"_id": "a"})["rev"]


@operation
def racing_increments_all_count(box: Any) -> Any:
    box.insert_one({"_id": "a", "n": 0})
    racing(lambda n: box.update_one({"_id": "a"}, {"$inc": {"n": 1}, "$set": {"by": n}}), 64)
    return box.find_one({"_id": "a"}, {"n": 1})


@operation
def each_lease_is_claimed_once(box: Any) -> Any:
    box.insert_many([{"_id": f"{n:02}", "state": "new", "due_at": MORNING} for n in range(40)])
    ready = {"state": "new", "due_at": {"$lte": MORNING}}

    def claim(worker: int) -> str | None:
        lease = {"$set": {"state": "leased", "by": worker, "until": MORNING + timedelta(minutes=1)}}
        found = box.find_one_and_update(ready, lease, return_document=ReturnDocument.AFTER)
        return found and found["_id"]

    claimed = racing(claim, 56)
    return sorted(name for name in claimed if name), claimed.count(None)


@operation
def an_expired_lease_is_claimed_again(box: Any) -> Any:
    box.insert_one({"_id": "a", "state": "leased", "until": MORNING})
    claims = []
    for minutes in (-1, 1):
        now = MORNING + timedelta(minutes=minutes)
        expired = {"state": "leased", "until": {"$lt": now}}
        claims.append(box.find_one_and_update(expired, {"$set": {"until": now}}))
    return claims, box.find_one({"_id": "a"})


@operation
def the_recent_entries_of_a_patient_are_a_range(box: Any) -> Any:
    box.create_index([("patient_id", ASCENDING)])
    box.create_index([("patient_id", ASCENDING), ("seq", ASCENDING)])
    rows = [{"_id": f"{p}:{n}", "patient_id": p, "seq": n} for p in ("p", "q") for n in range(1, 30)]
    box.insert_many(rows)
    recent = box.find({"patient_id": "p", "seq": {"$gte": 20}}, {"_id": 0, "seq": 1})
    newest = box.find({"patient_id": "p"}).sort("seq", DESCENDING).limit(3)
    return sorted(row["seq"] for row in recent), [row["_id"] for row in newest]


@operation
def pages_follow_one_text_key(box: Any) -> Any:
    box.insert_many([{"_id": f"{n:03}"} for n in range(25)])
    after, pages = "", []
    while page := [row["_id"] for row in box.find({"_id": {"$gt": after}}).sort("_id", ASCENDING).limit(10)]:
        pages.append(page)
        after = page[-1]
    return pages


@operation
def many_are_found_by_id(box: Any) -> Any:
    box.insert_many([{"_id": f"{n}", "n": n} for n in range(20)])
    return sorted(row["n"] for row in box.find({"_id": {"$in": ["3", "7", "nobody"]}}))


@operation
def membership_of_a_list_field(box: Any) -> Any:
    box.insert_one({"_id": "a", "sites": ["x", "y"]})
    box.insert_one({"_id": "b", "sites": ["y"]})
    return [
        sorted(row["_id"] for row in box.find({"sites": wanted}))
        for wanted in ("x", "y", {"$in": ["x", "z"]}, {"$nin": ["x"]})
    ]


@operation
def projections_narrow_what_is_read(box: Any) -> Any:
    box.insert_one({"_id": "a", "x": {"y": 1, "z": 2}, "list": [{"p": 1, "q": 2}], "n": 5})
    wanted: list[dict[str, int]] = [{"n": 1}, {"_id": 0, "x": 1}, {"x": 0}, {"list": 1, "nobody": 1}]
    return [box.find_one({"_id": "a"}, fields) for fields in wanted]


@operation
def one_duplicate_in_a_batch_fails_alone(box: Any) -> Any:
    box.insert_one({"_id": "b"})
    rows = [{"_id": name} for name in ("a", "b", "c", "d")]
    return outcome(lambda: box.insert_many(rows, ordered=False)), sorted(r["_id"] for r in box.find())


@operation
def an_ordered_batch_stops_at_its_duplicate(box: Any) -> Any:
    box.insert_one({"_id": "b"})
    rows = [{"_id": name} for name in ("a", "b", "c")]
    return outcome(lambda: box.insert_many(rows)), sorted(r["_id"] for r in box.find())


@operation
def racing_batches_store_each_id_once(box: Any) -> Any:
    def batch(n: int) -> int:
        rows = [{"_id": f"{k}", "by": n} for k in range(n, n + 8)]
        result = outcome(lambda: box.insert_many(rows, ordered=False))
        return 8 if result == "done" else 8 - len(result)

    return sum(racing(batch)), box.count_documents({})


@operation
def a_mixed_batch_of_writes(box: Any) -> Any:
    box.insert_one({"_id": "a", "n": 1})
    result = box.bulk_write(
        [InsertOne({"_id": "b"}), UpdateOne({"_id": "a"}, {"$set": {"at": MORNING}, "$inc": {"n": 1}})],
        ordered=False,
    )
    return result.inserted_count, result.modified_count, box.find_one({"_id": "a"})


@operation
def a_unique_secondary_key_refuses_the_second(box: Any) -> Any:
    box.create_index([("email_key", ASCENDING)], unique=True)
    box.insert_one({"_id": "a", "email_key": "x@example.org"})
    taken = outcome(lambda: box.insert_one({"_id": "b", "email_key": "x@example.org"}))
    return taken, box.count_documents({})


@operation
def find_and_update_tells_the_state_before_and_after(box: Any) -> Any:
    box.insert_one({"_id": "a", "rev": 1, "at": MORNING})
    before = box.find_one_and_update({"_id": "a", "rev": 1}, {"$inc": {"rev": 1}})
    after = box.find_one_and_update(
        {"_id": "a", "rev": 2}, {"$inc": {"rev": 1}}, return_document=ReturnDocument.AFTER
    )
    lost = box.find_one_and_update({"_id": "a", "rev": 2}, {"$inc": {"rev": 1}})
    return before, after, lost


@operation
def a_cursor_is_read_in_parts(box: Any) -> Any:
    box.insert_many([{"_id": f"{n:03}"} for n in range(250)])
    return [row["_id"] for row in box.find().sort("_id", ASCENDING).batch_size(50)]


@operation
def rows_are_sorted_by_several_keys(box: Any) -> Any:
    moments = [MORNING + timedelta(days=n % 3) for n in range(9)]
    box.insert_many([{"_id": n, "at": at, "level": n % 2} for n, at in enumerate(moments)])
    rows = box.find().sort([("level", DESCENDING), ("at", ASCENDING), ("_id", ASCENDING)])
    return [row["_id"] for row in rows]


@operation
def dates_are_compared_in_ranges(box: Any) -> Any:
    box.insert_many([{"_id": n, "at": MORNING + timedelta(days=n)} for n in range(6)])
    window = {"$gte": MORNING + timedelta(days=1), "$lt": MORNING + timedelta(days=4)}
    return sorted(row["_id"] for row in box.find({"at": window}))


@operation
def rows_are_grouped_and_counted(box: Any) -> Any:
    box.insert_many([{"_id": n, "site": "ab"[n % 2], "n": n, "at": MORNING} for n in range(7)])
    stages = [
        {"$match": {"n": {"$gte": 1}}},
        {"$group": {"_id": "$site", "sum": {"$sum": "$n"}, "last": {"$max": "$at"}, "many": {"$sum": 1}}},
    ]
    return sorted(box.aggregate(stages), key=lambda row: str(row["_id"]))


@operation
def several_are_changed_and_deleted(box: Any) -> Any:
    box.insert_many([{"_id": n, "state": "open", "n": n} for n in range(6)])
    changed = box.update_many({"n": {"$lt": 4}}, {"$set": {"state": "sealed", "at": MORNING}}).modified_count
    deleted = box.delete_many({"state": "open"}).deleted_count
    return changed, deleted, sorted(row["_id"] for row in box.find({"state": "sealed"}))


@operation
def a_guard_on_a_missing_field(box: Any) -> Any:
    box.insert_one({"_id": "a"})
    guard = {"_id": "a", "sealed": {"$exists": False}}
    counts = [box.update_one(guard, {"$set": {"sealed": True}}).modified_count for _ in range(2)]
    return counts, box.count_documents({"sealed": {"$ne": True}})


@operation
def alternatives_beside_an_id(box: Any) -> Any:
    box.insert_many([{"_id": "a", "site": "x", "to": ["u", "v"]}, {"_id": "b", "site": "y", "to": []}])
    either = {"$or": [{"site": {"$in": ["x"]}}, {"to": {"$in": ["v"]}}]}
    beyond = {"$and": [either, {"_id": {"$gt": "a"}}]}
    queries = [{"_id": "a", **either}, {"_id": "b", **either}, either, beyond, {"_id": {"$in": []}}]
    return [[row["_id"] for row in box.find(query)] for query in queries]


@operation
def a_guard_that_changes_nothing_still_matches(box: Any) -> Any:
    box.insert_one({"_id": "a", "rev": 1, "at": MORNING})
    results = [box.update_one({"_id": "a", "at": at}, {"$set": {"rev": 1}}) for at in (MORNING, LATER)]
    return [result.matched_count for result in results]


@operation
def find_and_update_can_leave_fields_out(box: Any) -> Any:
    box.insert_one({"_id": "a", "rev": 1, "hidden": 1, "list": [{"at": MORNING}]})
    return box.find_one_and_update(
        {"_id": "a", "rev": 1},
        {"$set": {"list": [{"at": MORNING, "n": 2}]}, "$inc": {"rev": 1}},
        projection={"hidden": 0},
        return_document=ReturnDocument.AFTER,
    )


@operation
def a_time_to_live_index_is_accepted(box: Any) -> Any:
    box.create_index([("expires_at", ASCENDING)], expireAfterSeconds=0)
    box.insert_one({"_id": "a", "expires_at": datetime(2100, 1, 1, tzinfo=UTC)})
    return box.count_documents({})
