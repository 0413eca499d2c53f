"""``shortlist retrain`` as it is typed."""

from __future__ import annotations

import json

from models.artifact import ARTIFACT_FILES, SHIPPED_ARTIFACT
from pipeline.config import load_config
from pipeline.wiring import make_shelf

SHIPPED = {name: (SHIPPED_ARTIFACT / name).read_bytes() for name in ARTIFACT_FILES}
VERSION = json.loads(SHIPPED["card.json"])["version"]


def promote(world, version: str) -> None:
    card = json.loads(SHIPPED["card.json"])
    files = {**SHIPPED, "card.json": json.dumps({**card, "version": version}).encode()}
    shelf = make_shelf(load_config(world / "config.toml"))
    shelf.put(files, before=SHIPPED, message=f"Model {version}")


def test_with_too_little_to_tell_the_model_stays_and_the_command_ends_well(shortlist, world):
    outcome = shortlist("retrain")
    assert outcome.status == 0, outcome.err
    assert outcome.out.startswith(f"model {VERSION} stays\n  too little to tell")


def test_json_has_one_document_with_both_and_the_verdict(shortlist, world):
    document = shortlist("retrain", "--json").json
    assert document["promoted"] is False
    assert document["champion"] == {"version": VERSION}
    assert document["challenger"] == {"version": ""}
    assert document["verdict"].startswith("too little to tell")
    assert (document["differences"], document["slice"], document["where"]) == ({}, None, "")


def test_rollback_brings_the_model_before_back_and_once_more_rolls_forward(shortlist, world):
    promote(world, "next")
    back = shortlist("retrain", "--rollback")
    assert (back.status, back.out) == (0, f"model {VERSION} is in service again\n")
    assert shortlist("retrain", "--rollback", "--json").json == {"rolled_back_to": "next"}


def test_rollback_without_a_model_before_is_refused_in_one_line(shortlist, world):
    outcome = shortlist("retrain", "--rollback")
    assert outcome.status == 1
    assert outcome.err.count("\n") == 1
    assert "no model was in service before this one" in outcome.err


def test_doctor_names_the_model_that_serves(shortlist, world):
    promote(world, "next")
    assert "next" in shortlist("doctor").out
