"""``config.toml`` as one frozen value, or an error that names file and key.

Unknown keys are refused with the nearest known one, so that a typing mistake
never turns a setting off in silence. Relative paths count from the file. No
secret has a key here: what needs one takes it from the environment. Knows no
list and opens no database.
"""

from __future__ import annotations

import difflib
import ipaddress
import re
import tomllib
from collections.abc import Sequence  # noqa: TC003 -- pydantic reads annotations at run time
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from pipeline.errors import ConfigError

CONFIG_NAME = "config.toml"
LEAST_SPACING_SECONDS = 3.0
"""Least time between two requests to arXiv.

Source: https://info.arxiv.org/help/api/tou.html, one request every three seconds.
"""
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_SQLITE = "sqlite:///"
_HOST_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
_REPOSITORY = re.compile(r"[A-Za-z0-9-]+/[A-Za-z0-9._-]+")


def _from_folder(value: object, info: ValidationInfo) -> object:
    """A relative path counts from the folder of the config file."""
    if isinstance(value, str | Path):
        folder: Path = (info.context or {})["folder"]
        return (folder / Path(value).expanduser()).resolve()
    return value


def _sqlite_from_folder(value: object, info: ValidationInfo) -> object:
    if isinstance(value, str) and value.startswith(_SQLITE) and ":memory:" not in value:
        return f"{_SQLITE}{_from_folder(value.removeprefix(_SQLITE), info)}"
    return value


Folder = Annotated[Path, BeforeValidator(_from_folder)]
Names = Annotated[tuple[str, ...], Strict(False)]  # TOML has arrays, not tuples
Folders = Annotated[tuple[Folder, ...], Strict(False)]
Source = Literal["oai", "rss", "api", "recorded"]
Share = Annotated[float, Field(gt=0.0, lt=1.0)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ListTable(_Table):
    """The list that is kept: its repository, files and topics."""

    repo: Folder = Field(
        Path(), validate_default=True, description="folder of the list's git repository"
    )
    preview: str = Field("README.md", description="list file that new entries go to")
    full: str = Field("FULL_LIST.md", description="file of all entries; it may be absent")
    policy: Literal["preview", "both"] = Field(
        "preview", description='"preview": new entries go to `preview`; "both": to both files'
    )
    preview_days: int = Field(365, ge=1, description="days an entry stays in the preview")
    branch: str = Field("", description='branch to commit to; "" is the one checked out')
    topic_aliases: dict[str, str] = Field(
        default_factory=dict, description="other names of topics, each with the one to use"
    )

    @property
    def paths(self) -> tuple[Path, ...]:
        """The list files that exist, the one for new entries first."""
        first, second = self.repo / self.preview, self.repo / self.full
        return (first, second) if second != first and second.is_file() else (first,)


class SourcesTable(_Table):
    """Where announced papers come from."""

    use: Annotated[tuple[Source, ...], Strict(False)] = Field(
        ("oai", "rss", "api"),
        description='`"oai"`, `"rss"`, `"api"`: arXiv\'s lanes; `["recorded"]`: a folder of days',
    )
    recorded: Folder | None = Field(None, description="folder of recorded days")
    categories: Names = Field(
        ("cs.LG", "cs.CV", "cs.CR", "cs.AI", "cs.CL", "cs.CY", "stat.ML"),
        description="arXiv categories to read",
    )
    sets: Names = Field(("cs", "stat"), description="OAI-PMH sets to harvest")
    oai_url: str = Field("https://oaipmh.arxiv.org/oai", description="address of OAI-PMH")
    rss_url: str = Field("https://rss.arxiv.org/rss", description="address of the feeds")
    api_url: str = Field("https://export.arxiv.org/api/query", description="address of the API")
    spacing_seconds: float = Field(
        LEAST_SPACING_SECONDS, ge=0, description="least time between two requests"
    )
    contact: str = Field("", description="mail or web address that arXiv can reach you at")

    @field_validator("oai_url", "rss_url", "api_url")
    @classmethod
    def _is_web_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"{value!r} is no web address")
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> SourcesTable:
        if "recorded" in self.use:
            if len(self.use) > 1:
                raise ValueError('use = ["recorded"] stands alone')
            if self.recorded is None:
                raise ValueError('use = ["recorded"] needs recorded = "FOLDER"')
        if not self.use:
            raise ValueError("use names no source")
        hosts = {urlsplit(url).hostname for url in (self.oai_url, self.rss_url, self.api_url)}
        if self.spacing_seconds < LEAST_SPACING_SECONDS and not hosts <= _LOOPBACK:
            raise ValueError(
                f"spacing_seconds below {LEAST_SPACING_SECONDS:g} breaks arXiv's terms"
                " (allowed only while all addresses are on loopback)"
            )
        return self


class QueueTable(_Table):
    """What waits for the maintainers."""

    url: Annotated[str, BeforeValidator(_sqlite_from_folder)] = Field(
        "sqlite:///var/shortlist.db", validate_default=True, description="database of the queue"
    )
    per_day: int = Field(20, ge=1, description="most candidates queued a day")
    expire_days: int = Field(14, ge=1, description="days until an undecided one expires")
    audit_per_week: int = Field(3, ge=0, description="candidates from below the cut a week")


class ModelsTable(_Table):
    """How papers are scored."""

    encoder: str = Field("all-MiniLM-L6-v2", description="encoder: name, or a folder of weights")
    artifact: Folder | None = Field(
        None, description="folder of the model; unset: what was promoted, else the shipped one"
    )
    promote: Literal["commit", "pull_request"] = Field(
        "commit", description="how a better model comes into service, where `artifact` is unset"
    )
    coverage: Share = Field(0.95, description="how often a choice of topics holds the right one")
    first_look: bool = Field(True, description="embed only what a cheap first look lets through")


class TrainingTable(_Table):
    """What models are trained on."""

    papers: Folders = Field((), description="files with abstracts of listed papers")
    days: Folders = Field((), description="folders of recorded days")
    half_life_days: float = Field(
        365.0, gt=0, description="age at which an entry teaches half as much of relevance"
    )


class PublishTable(_Table):
    """How approved entries reach the list."""

    mode: Literal["commit", "pull_request"] = Field(
        "commit",
        description='"commit": into the list; "pull_request": one rolling pull request',
    )
    push: bool = Field(False, description="push the commit to the list's origin")
    author: str = Field("", description='"Name <mail>" of commits; "" is git\'s own identity')


class GitHubTable(_Table):
    """GitHub, for the dashboard issue and pull requests."""

    repository: str = Field("", description='"owner/name" on GitHub')
    api_url: str = Field("https://api.github.com", description="address of GitHub's API")
    dashboard_title: str = Field("Shortlist: papers to review", description="title of the issue")
    alarms: bool = Field(True, description="open an issue about a job that fails")

    @field_validator("repository")
    @classmethod
    def _is_repository(cls, value: str) -> str:
        if value and not _REPOSITORY.fullmatch(value):
            raise ValueError(f"{value!r} is not of the form owner/name")
        return value

    @field_validator("api_url")
    @classmethod
    def _keeps_the_token_secret(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"{value!r} is no web address")
        if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            raise ValueError(f"{value!r} would send the token in clear: write https://")
        return value.rstrip("/")


class ReviewTable(_Table):
    """Who reviews, and where the page listens."""

    host: str = Field("127.0.0.1", description="address the page listens on")
    port: int = Field(8765, ge=1, le=65535, description="port the page listens on")
    reviewer: str = Field("", description='name kept with decisions; "" is git\'s user.name')
    hosts: Names = Field((), description="more names the page is reached under, behind a proxy")
    proxy_header: str = Field(
        "", description='header in which a trusted proxy names the reviewer; "" for none'
    )
    trusted_proxies: Names = Field((), description="addresses or networks of those proxies")

    @field_validator("hosts")
    @classmethod
    def _are_names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if not _HOST_NAME.fullmatch(name):
                raise ValueError(f"{name!r} is no name of a host (without port or address)")
        return tuple(name.lower() for name in value)

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for network in value:
            try:
                ipaddress.ip_network(network, strict=False)
            except ValueError as error:
                raise ValueError(f"{network!r} is no address or network") from error
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> ReviewTable:
        if bool(self.proxy_header) != bool(self.trusted_proxies):
            raise ValueError("proxy_header and trusted_proxies need each other")
        return self


class StateTable(_Table):
    """State between runs on machines that forget."""

    branch: str = Field("shortlist-state", description="orphan branch that holds the queue")
    keep_seen_days: int = Field(90, ge=1, description="days a seen paper's id is remembered")


class Config(_Table):
    """All of ``config.toml``.

    Attributes:
        path: The file it was read from.
    """

    path: Path = Field(exclude=True)
    list: ListTable = Field(default_factory=ListTable)
    sources: SourcesTable = Field(default_factory=SourcesTable)
    queue: QueueTable = Field(default_factory=QueueTable)
    models: ModelsTable = Field(default_factory=ModelsTable)
    training: TrainingTable = Field(default_factory=TrainingTable)
    publish: PublishTable = Field(default_factory=PublishTable)
    github: GitHubTable = Field(default_factory=GitHubTable)
    review: ReviewTable = Field(default_factory=ReviewTable)
    state: StateTable = Field(default_factory=StateTable)

    @property
    def folder(self) -> Path:
        """Where relative paths count from."""
        return self.path.parent

    @property
    def cache_path(self) -> Path:
        """The cache of vectors: a file that may be deleted without losing a decision."""
        return self.folder / "var" / "vectors.db"

    @property
    def report_path(self) -> Path:
        """The page of the model, where ``shortlist report`` was not told another place."""
        return self.folder / "var" / "report.html"

    @property
    def raw_path(self) -> Path:
        """ArXiv's answers as they came: a folder that may be deleted."""
        return self.folder / "var" / "raw"


def load_config(path: Path) -> Config:
    """Read and check a config file.

    Raises:
        ConfigError: It is missing, is no TOML, or a key in it is wrong; the
            message names the file and the key.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigError(
            f"{path} does not exist",
            hint="`shortlist init LIST_REPO` writes one, --config PATH names another",
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read ({error})") from error
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is no valid TOML: {error}") from error
    return parse_config(raw, path=path)


def parse_config(raw: dict[str, Any], *, path: Path) -> Config:
    """Check the tables of a config file that was read from ``path``.

    Raises:
        ConfigError: A key is unknown or its value is wrong.
    """
    if "path" in raw:
        raise ConfigError(f"{path}: unknown key path (known: {', '.join(known_keys())})")
    file = path.resolve()
    tables = {"queue": {}, "list": {}, **raw, "path": file}
    try:
        return Config.model_validate(tables, context={"folder": file.parent})
    except ValidationError as error:
        raise ConfigError(f"{path}: {_first_problem(error)}") from error


def known_keys() -> dict[str, dict[str, Any]]:
    """Every table with its keys and their fields, in the order of the documentation."""
    tables: dict[str, dict[str, Any]] = {}
    for table, field in Config.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, _Table):
            tables[table] = dict(field.annotation.model_fields)
    return tables


def _first_problem(error: ValidationError) -> str:
    """The first thing wrong, with its key as ``[table] key`` and the nearest known one."""
    first = error.errors(include_url=False)[0]
    table, *rest = [str(part) for part in first["loc"]] or [""]
    place = f"[{table}] {'.'.join(rest)}".strip()
    if first["type"] == "extra_forbidden":
        tables = known_keys()
        known = list(tables[table]) if rest else list(tables)
        return f"unknown key {place}{_nearest(rest[0] if rest else table, known)}"
    message = first["msg"].removeprefix("Value error, ")
    return f"{place}: {message}"


def _nearest(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f" (did you mean {near[0]}?)" if near else f" (known: {', '.join(known)})"
