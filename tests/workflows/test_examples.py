"""docs/workflows.md: what is there to be pasted works as it stands."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.config import load_config
from tests.github_standin import shapes
from tests.live_folder import WEEK, morning_of
from tests.workflows.call import call
from tests.workflows.conftest import LIST, state
from tests.workflows.machine import ROOT, git
from tests.workflows.run import parse_workflow, read_workflow

PAGE = (ROOT / "docs" / "workflows.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"<!-- example: (\S+) -->\n```\w+\n(.*?)```", PAGE, re.DOTALL))
TUESDAY = WEEK[1]
WORKFLOWS = [name for name in EXAMPLES if name.endswith(".yml")]


def run_tool(*words: str | Path) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", WORKFLOWS)
def test_each_passes_the_same_audit_as_our_own(tmp_path, name):
    file = tmp_path / ".github" / "workflows" / name
    file.parent.mkdir(parents=True)
    file.write_text(
        EXAMPLES[name].replace("@COMMIT", f"@{'1f0c1ae2b3' * 4}").replace("OWNER", "owner"),
        encoding="utf-8",
    )
    schema = ["--builtin-schema", "vendor.github-workflows"]
    run_tool(sys.executable, "-m", "check_jsonschema", *schema, file)
    zizmor = Path(sys.executable).with_name("zizmor")
    run_tool(zizmor, "--quiet", "--offline", "--persona=pedantic", file)


def test_there_is_an_example_for_every_workflow_that_can_be_called():
    uses = " ".join(EXAMPLES[name] for name in WORKFLOWS)
    for path in (ROOT / ".github" / "workflows").glob("*.yml"):
        if "workflow_call" in read_workflow(path.stem)["on"]:
            assert f"OWNER/shortlist/.github/workflows/{path.name}@COMMIT" in uses


def test_the_crons_are_those_of_our_own_workflows():
    ours = [
        each["cron"]
        for name in ("daily", "retrain")
        for each in read_workflow(name)["on"]["schedule"]
    ]
    theirs = [each["cron"] for each in parse_workflow(EXAMPLES["shortlist.yml"])["on"]["schedule"]]
    assert theirs == ours


def test_the_config_is_understood_and_pushes(tmp_path):
    (tmp_path / "config.toml").write_text(EXAMPLES["shortlist.toml"], encoding="utf-8")
    config = load_config(tmp_path / "config.toml")
    assert config.publish.push
    assert config.list.repo == tmp_path / "list"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_from_pasting_the_file_to_the_first_approved_entry(forge, origin, arxiv, github, config):
    """A list that has nothing but the example and its config."""
    forge.variables.clear()
    forge.secrets.clear()
    forge.configure(LIST, ".github/shortlist.toml", config)

    def happen(event_name: str, event: dict) -> dict:
        return call(
            forge,
            EXAMPLES["shortlist.yml"],
            repository=LIST,
            event_name=event_name,
            event=event,
            file="shortlist.yml",
        )

    morning_of(arxiv, TUESDAY)
    runs = happen("workflow_dispatch", {"inputs": {"date": str(TUESDAY)}})
    assert list(runs) == ["daily"]
    assert runs["daily"].well, runs["daily"].log
    (paper, *_) = re.findall(r"shortlist:(\S+) r0 approve -->", github.world.issues[1].body)

    github.world.tick(1, f"{paper} r0 approve", login="mara")
    runs = happen("issues", shapes.event(github.world, "issues", 1, login="mara"))
    assert list(runs) == ["review"]
    assert runs["review"].well, runs["review"].log
    assert f"abs/{paper}" in git(origin, "show", "main:README.md")
    assert "mara" in git(origin, "log", "-1", "--format=%B", "main")

    # The later cron, which GitHub had stopped, enables itself again. The program looks at its own
    # clock then, years after this arXiv: nothing comes, and nothing is lost or doubled by that.
    github.world.workflows["shortlist.yml"] = "disabled_inactivity"
    runs = happen("schedule", {"schedule": "17 10 * * 1-5"})
    assert list(runs) == ["daily"]
    assert github.world.workflows["shortlist.yml"] == "active"
    assert git(origin, "show", "main:README.md").count(f"abs/{paper}") == 1
    states = {row["arxiv_id"]: row["state"] for row in state(origin, "candidates.jsonl")}
    assert states[paper] == "published"
