"""The config file: what is read, what is refused, and in which words."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.config import load_config
from pipeline.errors import ConfigError
from pipeline.setup import config_text


def write(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(folder: Path, text: str) -> str:
    path = write(folder, text)
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    message = str(caught.value)
    assert "\n" not in message
    return message.replace(str(path), "config.toml")


def test_an_empty_config_has_every_default(tmp_path):
    config = load_config(write(tmp_path, ""))
    assert config.list.repo == tmp_path
    assert config.queue.url == f"sqlite:///{tmp_path}/var/shortlist.db"
    assert (config.queue.per_day, config.list.policy) == (20, "preview")


def test_relative_paths_count_from_the_file_wherever_one_stands(tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    text = '[list]\nrepo = "../l"\n[training]\npapers = ["p.jsonl", "/q.jsonl"]\n'
    config = load_config(write(tmp_path, text))
    assert config.list.repo == tmp_path.parent / "l"
    assert config.training.papers == (tmp_path / "p.jsonl", Path("/q.jsonl"))


def test_a_missing_config_says_how_to_get_one(tmp_path):
    with pytest.raises(ConfigError, match=r"absent\.toml does not exist: `shortlist init"):
        load_config(tmp_path / "absent.toml")


def test_an_unknown_key_is_refused_with_the_nearest_known_one(tmp_path):
    found = refusal(tmp_path, "[queue]\nper_dya = 3\n")
    assert found == "config.toml: unknown key [queue] per_dya (did you mean per_day?)"


def test_an_unknown_table_is_refused_with_the_nearest_known_one(tmp_path):
    assert refusal(tmp_path, "[quue]\n") == "config.toml: unknown key [quue] (did you mean queue?)"


def test_a_key_like_no_other_is_refused_with_all_that_there_are(tmp_path):
    found = refusal(tmp_path, "[state]\nzzz = 3\n")
    assert found == "config.toml: unknown key [state] zzz (known: branch, keep_seen_days)"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[queue]\nper_day = "3"\n', "[queue] per_day: Input should be a valid integer"),
        ("[queue]\nper_day = 0\n", "[queue] per_day: Input should be greater than or equal to 1"),
        ('[list]\npolicy = "all"\n', "[list] policy: Input should be 'preview' or 'both'"),
        ('[sources]\nuse = ["recorded"]\n', '[sources]: use = ["recorded"] needs recorded'),
        ('[sources]\napi_url = "ftp://x"\n', "[sources] api_url: 'ftp://x' is no web address"),
        ("[sources]\nspacing_seconds = 1.0\n", "[sources]: spacing_seconds below 3 breaks"),
        ("[github]\nrepository = 'list'\n", "[github] repository: 'list' is not of the form"),
        ("[github]\nrepository = 'a/../b'\n", "[github] repository"),
        ("[github]\napi_url = 'ftp://x'\n", "[github] api_url: 'ftp://x' is no web address"),
        ("[github]\napi_url = 'http://git.example'\n", "would send the token in clear"),
        ("path = 'x'\n", "unknown key path"),
        ("[queue\n", "is no valid TOML"),
    ],
)
def test_a_wrong_value_is_refused_with_its_key(tmp_path, text, problem):
    assert problem in refusal(tmp_path, text)


def test_a_faster_pace_is_allowed_on_loopback_only(tmp_path):
    local = "".join(f'{name}_url = "http://127.0.0.1:1/x"\n' for name in ("oai", "rss", "api"))
    config = load_config(write(tmp_path, f"[sources]\nspacing_seconds = 0.0\n{local}"))
    assert config.sources.spacing_seconds == 0.0


def test_the_text_of_all_defaults_reads_as_all_defaults(tmp_path):
    commented = load_config(write(tmp_path, config_text({})))
    assert commented == load_config(write(tmp_path, ""))


def test_every_default_shown_as_a_comment_is_a_line_that_works(tmp_path):
    lines = config_text({}).splitlines()
    keys = [
        line.removeprefix("# ") if " = " in line and line.startswith("# ") else line
        for line in lines
    ]
    text = "\n".join(
        line for line in keys if line not in {'recorded = "FOLDER"', 'artifact = "FOLDER"'}
    )
    assert load_config(write(tmp_path, text)) == load_config(write(tmp_path, ""))
