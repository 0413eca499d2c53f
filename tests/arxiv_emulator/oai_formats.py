"""One record in each of arXiv's four OAI formats, laid out as arXiv lays them out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from tests.arxiv_emulator.answers import xml_quoted as quoted
from tests.arxiv_emulator.papers import Author, State, Texts, Version
from tests.arxiv_emulator.taxonomy import SET_OF, SETS

BASE = "https://oaipmh.arxiv.org/oai"
EARLIEST = date(2005, 9, 16)
_XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
_SUFFIXES = frozenset({"Jr", "Jr.", "Sr", "Sr.", "II", "III", "IV"})
_PREFIXES = frozenset({"van", "der", "de", "la", "von", "del", "della", "da"})

IDENTIFY = f"""    <Identify>
        <repositoryName>arXiv</repositoryName>
        <baseURL>{BASE}</baseURL>
        <protocolVersion>2.0</protocolVersion>
        <adminEmail>help@arxiv.org</adminEmail>
        <earliestDatestamp>{EARLIEST}</earliestDatestamp>
        <deletedRecord>persistent</deletedRecord>
        <granularity>YYYY-MM-DD</granularity>
            <description>
        <eprints xmlns="http://www.openarchives.org/OAI/1.1/eprints" \
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://www.openarchives.org/OAI/1.1/eprints \
http://www.openarchives.org/OAI/1.1/eprints.xsd">
            <content>
                <text>Made-up e-prints</text>
            </content>
            <metadataPolicy>
                <text>For tests</text>
                <URL>https://info.arxiv.org/help/oa/metadataPolicy.html</URL>
            </metadataPolicy>
            <dataPolicy>
                <text>There is no content</text>
                <URL>https://info.arxiv.org/help/oa/dataPolicy.html</URL>
            </dataPolicy>
            <submissionPolicy>
                <text>Nothing can be submitted</text>
                <URL>https://info.arxiv.org/help/submit/index.html</URL>
            </submissionPolicy>
        </eprints>
    </description>

    </Identify>
"""
"""The answer to Identify."""

SCHEMAS = {
    "oai_dc": (
        "https://www.openarchives.org/OAI/2.0/oai_dc.xsd",
        "http://www.openarchives.org/OAI/2.0/oai_dc/",
    ),
    **{
        name: (f"https://oaipmh.arxiv.org/OAI/{name}.xsd", f"http://arxiv.org/OAI/{name}/")
        for name in ("arXiv", "arXivOld", "arXivRaw")
    },
}
"""Schema and namespace of each format, in arXiv's order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirks:
    """Which of arXiv's bugs are there; by default those of its recorded answers.

    Attributes:
        strict_created: ``<created>`` is the first version's date, as its name says; with
            the bug it is the current version's.
        bug_acm: The ACM class is never shown, but the MSC class or "None" in its place.
    """

    strict_created: bool = False
    bug_acm: bool = True


AS_RECORDED = Quirks()
"""What arXiv does."""


def header(state: State) -> str:
    """The header of a record."""
    sets = "".join(
        f"            <setSpec>{SET_OF[name]}</setSpec>\n"
        for name in state.categories
        if name in SET_OF
    )
    return (
        "                <header>\n"
        f"        <identifier>oai:arXiv.org:{state.paper.arxiv_id}</identifier>\n"
        f"        <datestamp>{state.modified:%Y-%m-%d}</datestamp>\n"
        f"{sets}    </header>\n"
    )


def record(state: State, texts: Texts, prefix: str, quirks: Quirks) -> str:
    """A record: header and metadata in the format ``prefix``."""
    if quirks.bug_acm and texts.acm and prefix in _BUGGY:
        texts = replace(texts, acm=texts.msc or "None")
    schema, namespace = SCHEMAS[prefix]
    if prefix == "oai_dc":
        name = "oai_dc:dc"
        spaces = f'xmlns:oai_dc="{namespace}" xmlns:dc="http://purl.org/dc/elements/1.1/" {_XSI}'
    else:
        name, spaces = prefix, f'xmlns="{namespace}" {_XSI}'
    return (
        f"                    <record>\n{header(state)}\n"
        "            <metadata>\n"
        f'                        <{name} {spaces} xsi:schemaLocation="{namespace} {schema}">\n'
        f"{_FORMATS[prefix](state, texts, quirks)}"
        f"    </{name}>\n\n            </metadata>\n        </record>\n\n"
    )


def _element(name: str, text: str, *, indent: int = 12) -> str:
    return f"{' ' * indent}<{name}>{quoted(text)}</{name}>\n"


def _optional(name: str, text: str) -> str:
    return _element(name, text) if text else ""


def _version(version: Version) -> str:
    kind = f"                    <source_type>{version.source_type}</source_type>\n"
    return (
        f'            <version version="v{version.number}">\n'
        f"                <date>{version.submitted:%a, %d %b %Y %H:%M:%S} GMT</date>\n"
        f"                <size>{version.size_kb}kb</size>\n"
        f"{kind if version.source_type else ''}            </version>\n"
    )


def _raw(state: State, texts: Texts, quirks: Quirks) -> str:
    return (
        _element("id", state.paper.arxiv_id, indent=8)
        + _element("submitter", _submitter(texts), indent=8)
        + "".join(_version(version) for version in state.versions)
        + _element("title", texts.title, indent=8)
        + _element("authors", _authors(texts), indent=8)
        + _element("categories", " ".join(state.categories), indent=8)
        + _details(state, texts)
        + _element("license", texts.license)
        + _element("abstract", _abstract(state, texts))
    )


def _old(state: State, texts: Texts, quirks: Quirks) -> str:
    return (
        _element("id", state.paper.arxiv_id, indent=8)
        + _element("title", texts.title, indent=8)
        + _element("authors", _authors(texts), indent=8)
        + _element("categories", " ".join(state.categories), indent=8)
        + _details(state, texts)
        + _element("abstract", _abstract(state, texts))
        + _element("license", texts.license)
    )


def _arxiv(state: State, texts: Texts, quirks: Quirks) -> str:
    created = state.submitted if quirks.strict_created else state.version.submitted
    return (
        _element("id", state.paper.arxiv_id, indent=8)
        + _element("created", f"{created:%Y-%m-%d}", indent=8)
        + _element("updated", f"{state.modified:%Y-%m-%d}")
        + "        <authors>\n"
        + "".join(map(_author, texts.authors))
        + "        </authors>\n"
        + _element("title", texts.title, indent=8)
        + _element("categories", " ".join(state.categories))
        + _details(state, texts)
        + _element("license", texts.license)
        + _element("abstract", _abstract(state, texts))
    )


def _dc(state: State, texts: Texts, quirks: Quirks) -> str:
    dois, journal_ref = _publication(state, texts)
    place = f"arxiv.org/abs/{state.paper.arxiv_id}"
    names = (_split(author) for author in texts.authors)
    subjects = (SETS[SET_OF[name]] for name in state.categories if name in SET_OF)
    values = [
        *(("creator", f"{key} {suffix}".strip() + f", {fore}") for key, fore, suffix in names),
        *(("subject", name) for name in dict.fromkeys(subjects)),
        *([("subject", texts.msc)] if texts.msc else []),
        ("description", f"{_abstract(state, texts)} "),
        *([("description", comment)] if (comment := _comment(state, texts)) else []),
    ]
    identifiers = [
        *([("identifier", journal_ref)] if journal_ref else []),
        *(("identifier", f"doi:{doi}") for doi in dois),
    ]
    return (
        _element("dc:title", texts.title, indent=8)
        + "".join(_element(f"dc:{name}", text) for name, text in values)
        + _element("dc:date", f"{state.submitted:%Y-%m-%d}", indent=8)
        + (
            _element("dc:date", f"{state.version.submitted:%Y-%m-%d}")
            if state.version.number > 1
            else ""
        )
        + _element("dc:type", "text", indent=8)
        + _element("dc:identifier", f"https://{place}", indent=8)
        + _element("dc:identifier", f"http://{place}", indent=8)
        + "".join(_element(f"dc:{name}", text) for name, text in identifiers)
    )


def _submitter(texts: Texts) -> str:
    return texts.submitter or (texts.authors[0].name if texts.authors else "")


def _details(state: State, texts: Texts) -> str:
    dois, journal_ref = _publication(state, texts)
    return (
        _optional("comments", _comment(state, texts))
        + _optional("proxy", texts.proxy)
        + _optional("report-no", texts.report_no)
        + _optional("acm-class", texts.acm)
        + _optional("msc-class", texts.msc)
        + _optional("journal-ref", journal_ref)
        + _optional("doi", " ".join(dois))
    )


def _publication(state: State, texts: Texts) -> tuple[tuple[str, ...], str]:
    dois = texts.dois if state.dois is None else state.dois
    return dois, texts.journal_ref if state.journal_ref is None else state.journal_ref


def _comment(state: State, texts: Texts) -> str:
    return texts.comment if state.comment is None else state.comment


def _abstract(state: State, texts: Texts) -> str:
    return texts.abstract if state.abstract is None else state.abstract


def _authors(texts: Texts) -> str:
    return ", ".join(author.raw for author in texts.authors)


def _author(author: Author) -> str:
    key, fore, suffix = _split(author)
    place = " " * 24
    return (
        "                <author>\n"
        f"                    <keyname>{quoted(key)}</keyname>\n"
        + (f"{place}<forenames>{quoted(fore)}</forenames>\n" if fore else "")
        + (f"{place}<suffix>{quoted(suffix)}</suffix>\n" if suffix else "")
        + (
            f"{place}<affiliation>{quoted(author.affiliation)}</affiliation>\n"
            if author.affiliation
            else ""
        )
        + "                </author>\n"
    )


def _split(author: Author) -> tuple[str, str, str]:
    """Key name, forenames and suffix."""
    words = author.name.split()
    suffix = words.pop() if len(words) > 1 and words[-1] in _SUFFIXES else ""
    begin = len(words) - 1
    while begin > 1 and words[begin - 1] in _PREFIXES:
        begin -= 1
    return " ".join(words[begin:]), " ".join(words[:begin]), suffix


_BUGGY = frozenset({"arXiv", "arXivRaw"})
_FORMATS: dict[str, Callable[[State, Texts, Quirks], str]] = {
    "oai_dc": _dc,
    "arXiv": _arxiv,
    "arXivOld": _old,
    "arXivRaw": _raw,
}
