"""Where a paper was accepted, out of its authors' comment and in the list's spelling.

A comment is read statement by statement: one that says "submitted", "under
review" or "workshop" names no venue, whatever the others say. Conferences
carry their year, journals none, and notes such as "oral" are left out, as the
reference list does it. Nothing is concluded from what a comment does not say.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_CONFERENCES = {
    "NeurIPS": r"NeurIPS|NIPS|Neural Information Processing Systems",
    "ICML": r"ICML|International Conference (?:on|of) Machine Learning",
    "ICLR": r"ICLR|International Conference (?:on|of|for) Learning Representations",
    "CVPR": r"CVPR|(?:Conference on )?Computer Vision and Pattern Recognition",
    "ICCV": r"ICCV|International Conference (?:on|of) Computer Vision",
    "ECCV": r"ECCV|European Conference (?:on|of) Computer Vision",
    "ACCV": r"ACCV|Asian Conference on Computer Vision",
    "WACV": r"WACV|Winter Conference on Applications of Computer Vision",
    "BMVC": r"BMVC|British Machine Vision Conference",
    "3DV": r"3DV|International Conference on 3D Vision",
    "AAAI": r"AAAI(?! ?/ ?ACM)(?: Conference on Artificial Intelligence)?",
    "IJCAI": r"IJCAI(?:[-/ ]ECAI)?|International Joint Conferences? on Artificial Intelligence",
    "ECAI": r"ECAI|European Conference on Artificial Intelligence",
    "AISTATS": r"AISTATS|(?:International Conference on )?Artificial Intelligence and Statistics",
    "UAI": r"UAI|(?:Conference on )?Uncertainty in Artificial Intelligence",
    "COLT": r"COLT|Conference on Learning Theory",
    "ALT": r"ALT|Algorithmic Learning Theory",
    "CLeaR": r"CLeaR|Causal Learning and Reasoning",
    "CoLLAs": r"CoLLAs|Conference on Lifelong Learning Agents",
    "COLM": r"COLM|Conference on Language Modeling",
    "MLSys": r"MLSys|(?:Conference on )?Machine Learning and Systems",
    "AutoML": r"AutoML",
    "SaTML": r"SaTML|(?:Conference on )?Secure and Trustworthy Machine Learning",
    "ECML-PKDD": r"ECML[-/ ]*PKDD|ECML",
    "PAKDD": r"PAKDD|Pacific[- ]Asia Conference on Knowledge Discovery and Data Mining",
    "KDD": r"(?:ACM )?(?:SIG)?KDD|Conference on Knowledge Discovery and Data Mining",
    "WSDM": r"WSDM|International Conference on Web Search and Data Mining",
    "WWW": r"WWW|The ?Web ?Conf(?:erence)?|(?<!semantic )Web Conference",
    "SIGIR": r"SIGIR",
    "CIKM": r"CIKM|International Conference on Information and Knowledge Management",
    "ICDM": r"ICDM|International Conference on Data Mining",
    "SDM": r"SDM|SIAM International Conference on Data Mining",
    "ICDE": r"ICDE|International Conference on Data Engineering",
    "RecSys": r"RecSys",
    "ACL": r"ACL(?:-IJCNLP)?|Association for Computational Linguistics",
    "NAACL": r"NAACL(?:-HLT)?"
    r"|North American Chapter of the Association for Computational Linguistics",
    "EACL": r"EACL|European Chapter of the Association for Computational Linguistics",
    "AACL": r"AACL(?:-IJCNLP)?",
    "EMNLP": r"EMNLP|Empirical Methods in Natural Language Processing",
    "COLING": r"COLING",
    "CoNLL": r"CoNLL",
    "INTERSPEECH": r"INTERSPEECH|Interspeech",
    "ICASSP": r"ICASSP|International Conference on Acoustics, Speech,? and Signal Processing",
    "ICIP": r"ICIP|International Conference on Image Processing",
    "ICPR": r"ICPR|International Conference on Pattern Recognition",
    "ICME": r"ICME|International Conference on Multimedia and Expo",
    "MM": r"(?:ACM ?)(?:MM|Multimedia)|MM(?= ?'?\d)"
    r"|International Conference on Multimedia(?! (?:and|retr|mod))",
    "MICCAI": r"MICCAI|Medical Image Computing and Computer[- ]Assisted Interventions?",
    "ISBI": r"ISBI|International Symposium on Biomedical Imaging",
    "IPMI": r"IPMI|Information Processing in Medical Imaging",
    "MIDL": r"MIDL|Medical Imaging with Deep Learning",
    "CHIL": r"CHIL|Conference on Health,? Inference,? and Learning",
    "MLHC": r"MLHC|Machine Learning for Healthcare",
    "ICRA": r"ICRA|International Conference on Robotics and Automation",
    "IROS": r"IROS|International Conference on Intelligent Robots and Systems",
    "CoRL": r"CoRL|Conference on Robot Learning",
    "RSS": r"RSS|Robotics: Science and Systems",
    "IJCNN": r"IJCNN|International Joint Conference on Neural Networks",
    "GECCO": r"GECCO",
    "AAMAS": r"AAMAS|Autonomous Agents and Multi-?[Aa]gent Systems",
    "CHI": r"CHI",
    "IUI": r"IUI",
    "FAT": r"FAT\*",
    "FAccT": r"FAccT|(?:Conference on )?Fairness, Accountability,? and Transparency",
    "AIES": r"AIES|(?:Conference on )?(?:AI|Artificial Intelligence), Ethics,? and Society",
    "EAAMO": r"EAAMO",
    "USENIX Security": r"USENIX Security(?: Symposium)?|Usenix Security(?: Symposium)?",
    "S&P": r"IEEE S ?& ?P|IEEE SP|Symposium on Security (?:and|&) Privacy|Oakland",
    "EuroS&P": r"Euro ?S ?& ?P|European Symposium on Security and Privacy",
    "NDSS": r"NDSS|Network and Distributed Systems? Security(?: Symposium)?",
    "AsiaCCS": r"(?:ACM )?Asia ?CCS|Asia Conference on Computer and Communications Security",
    "CCS": r"(?:ACM )?CCS|(?:ACM )?(?:Conference on )?Computer and Communications Security",
    "ACSAC": r"ACSAC|Annual Computer Security Applications Conference",
    "RAID": r"RAID",
    "ESORICS": r"ESORICS",
    "CSF": r"CSF|Computer Security Foundations(?: Symposium)?",
    "PETS": r"PoPETS|PoPETs|PETS|Privacy Enhancing Technologies(?: Symposium)?",
    "DSN": r"DSN|International Conference on Dependable Systems and Networks",
    "INFOCOM": r"INFOCOM",
    "ICSE": r"ICSE|International Conference on Software Engineering",
    "FSE": r"FSE",
    "ISSTA": r"ISSTA",
    "STOC": r"STOC",
    "FOCS": r"FOCS",
    "SODA": r"SODA",
    "ITCS": r"ITCS",
    "SIGMOD": r"SIGMOD",
    "VLDB": r"P?VLDB",
    "EDBT": r"EDBT",
    "LREC": r"LREC|Language Resources and Evaluation Conference",
    "ISMIR": r"ISMIR",
    "SIGGRAPH": r"SIGGRAPH(?! Asia)",
    "SIGGRAPH Asia": r"SIGGRAPH Asia",
}
"""Conferences by the reference list's spelling (others by their own), and what authors write."""

_JOURNALS = {
    "TMLR": r"TMLR|Transactions (?:on|of) Machine Learning Research",
    "JMLR": r"JMLR|Journal of Machine Learning Research",
    "TPAMI": r"T-?PAMI|Transactions on Pattern Analysis (?:and|&) Machine Intelligence",
    "TIP": r"TIP|Transactions on Image Processing",
    "TMI": r"TMI|Transactions on Medical Imaging",
    "TNNLS": r"TNNLS|Transactions on Neural Networks and Learning Systems",
    "TKDE": r"TKDE|Transactions on Knowledge and Data Engineering",
    "TIFS": r"T-?IFS|Transactions on Information Forensics and Security",
    "TDSC": r"TDSC|Transactions on Dependable and Secure Computing",
    "TMM": r"TMM|Transactions on Multimedia",
    "TCSVT": r"TCSVT|Transactions on Circuits and Systems for Video Technology",
    "TPDS": r"TPDS|Transactions on Parallel and Distributed Systems",
    "JSAC": r"JSAC|Journal on Selected Areas in Communications",
    "JAIR": r"JAIR|Journal of Artificial Intelligence Research",
    "TACL": r"TACL|Transactions of the Association for Computational Linguistics",
    "IJCV": r"IJCV|International Journal of Computer Vision",
    "MedIA": r"MedIA|Medical Image Analysis",
    "ACM Computing Surveys": r"ACM Computing Surveys|ACM CSUR|CSUR",
    "Proceedings of the IEEE": r"Proceedings of the IEEE(?-i:(?![ /]*[A-Z]))",
    "Nature Machine Intelligence": r"Nature Machine Intelligence",
    "Nature Communications": r"Nature Communications",
    "Pattern Recognition": r"Pattern Recognition(?-i:(?! and| [A-Z(]))",
    "Neurocomputing": r"Neurocomputing",
    "Neural Networks": r"Neural Networks(?= ?(?:[,.;(]|journal|$))",
    "RA-L": r"RA-?L|Robotics and Automation Letters",
    "PNAS": r"PNAS",
    "Information Fusion": r"Information Fusion",
}
"""Journals, in the same way; the list gives them no year."""

_ACCEPTED = re.compile(
    r"\b(?:accept(?:ance)?|ac+\w{0,2}p\w{0,4}ed|to appear|appear(?:s|ed|ing)?(?= (?:in|at|on)\b)"
    r"|publi(?:shed|cation)|forthcoming|presented|camera[- ]?ready|in (?:the )?proceedings of|oral"
    r"|spotlight|poster)\b",
    re.IGNORECASE,
)
_PENDING = re.compile(
    r"\b(?:sub+m+it+(?:ed|ting)?(?! and accepted)|in submission|submission to|in review|for review"
    r"|under (?:[\w-]+ )?(?:review|submission|revision|consideration)|being reviewed"
    r"|conditionally|not (?:yet )?(?:accepted|published)|intended|planned|prepar(?:ed|ing|ation)"
    r"|reject(?:ed|ion)|withdrawn)\b",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"\b(?:workshops?|ws|srw|competition|challenge|tutorial|(?:student|extended) abstract"
    r"|doctoral consortium|demo(?:nstration)?s?|co-?located|in conjunction|partial(?:ly)?|parts? of"
    r"|extend(?:s|ing)|extension (?:of|to)|(?:version|work) of our|journal version|follow[- ]?up"
    r"|buil(?:ds?|t) on|early version|earlier|previous(?:ly)?|preliminary|prior|based on"
    r"|comments? on|reply to)\b|\w@\w",
    re.IGNORECASE,
)
"""Not this paper, or not at the conference itself."""
_WORKSHOP_NAME = re.compile(r"\b[A-Z]{3,}W\b")
_INSIDE = re.compile(r"\b(?:at|to|for|by|in) (?:the )?[A-Z][\w-]*(?: '?\d+)? (?:at|in) (?:the )?$")
"""A meeting within a conference: "Accepted at WOAH at …"."""
_BEHIND = re.compile(r"[A-Z][a-z]*[A-Z]\w*(?!\w*:)")
"""A meeting named behind the conference: "CVPR 2022 MultiEarth"."""
_STATEMENT = re.compile(
    r";\s*|\.$|(?<!\bProc)(?<!\bConf)(?<!\bInt)(?<!\bTrans)(?<!\bvs)(?<!\bal)\.\s+"
)
_FILLER = re.compile(
    r"(?:\b(?:in|at|of|on|by|the|to|for|this|is|an?|and|proceedings|proc|paper|ieee|acm|aaai|cvf|pmlr"
    r"|siam|int|international|annual|conference|conf|symposium|joint|main|research|full|long|regular"
    r"|camera|ready|version|preprint|supplement\w*|appendix|including|references"
    r"|\d+(?: ?(?:st|nd|rd|th|pages?|pp|figures?|figs?|tables?|page))?|'\d\d"
    r"|(?:twenty|thirty|forty|fifty)[- ]\w+|\w*(?:first|second|third|fourth|fifth|sixth|seventh"
    r"|eighth|ninth|tenth|eleventh|twelfth))\b|[\s,:/()+\[\]*-])*",
    re.IGNORECASE,
)
"""What may stand before a venue that a comment merely names: "36 pages, In 39th ICML 2022"."""
_YEAR_AFTER = re.compile(
    r"[\s,:)(*-]*(?:20(?P<long>[0-4]\d)|['’`]\s?(?:20)?(?P<short>[0-4]\d)"
    r"|(?P<bare>[12]\d)(?! ?(?:pages|pp|figures|tables)|[.]\d))(?!\d)"
)
_YEAR = re.compile(r"\b20([0-4]\d)\b")
_BY_YEAR = r"(?=[ -]?['’]?(?:20)?[12]\d\b)"
_SAID = (
    r"\b(?i:ac+\w{0,2}p\w{0,4}ed|published|appear(?:ing)?|presented)\b[^.;]{0,40}?"
    r"\b(?:in|at|by|to|on) "
)
_OTHER = re.compile(
    _SAID + r"(?:the )?(?:IEEE/ACM |IEEE |ACM )?(?P<name>[A-Z][A-Za-z&-]*[A-Z][A-Za-z]*)" + _BY_YEAR
)
"""An abbreviation that no table knows, where the authors say "accepted" and a year follows."""
_OTHER_JOURNAL = re.compile(
    _SAID + r"(?:the )?(?:\w+['’]s )?(?P<name>(?:(?:IEEE(?:/ACM)?|ACM) (?:Transactions|Journal)"
    r"|Journal|International Journal|IEEE (?=[A-Z][\w ]* Journal))"
    r"(?: (?:[A-Z][\w-]+|on|of|and|in|for|the|&))++)(?!, [A-Z])"
)
_JOURNAL_END = re.compile(r"(?: (?:on|of|and|in|for|the|&))+$")
_MOST_CHARACTERS = 2_000
"""Longer than any honest comment: what stands beyond is not read."""


@dataclass(frozen=True, slots=True)
class _Named:
    """A venue that a statement names, and where."""

    name: str
    is_journal: bool
    start: int
    stop: int


def venue_of(comment: str, spellings: Mapping[str, str] | None = None) -> str:
    """``ICLR 2023`` where the authors say it was accepted there, else "".

    Args:
        comment: The authors' comment as arXiv gives it.
        spellings: The list's own spelling of venues that it spells otherwise than the tables here
            (:func:`spellings_of`).
    """
    text = " ".join(comment[:_MOST_CHARACTERS].split())
    statements = [part for part in _STATEMENT.split(text) if part]
    sound = [part for part in statements if _is_sound(part)]
    pending = any(_PENDING.search(part) for part in statements)
    for part in sound:
        found = _stated(part)
        if found:
            return _spelt(part, found, spellings or {})
    if not pending:
        # "NeurIPS 2022. Under review" is the name of where it was sent.
        for part in sound:
            found = _merely_named(part)
            if found:
                return _spelt(part, found, spellings or {})
    return next((name for part in sound if (name := _unknown(part))), "")


def spellings_of(venues: Mapping[str, int]) -> dict[str, str]:
    """How a list spells venues, where it does so otherwise than the tables here.

    Args:
        venues: Venues of the list as they stand there, with their number of uses.
    """
    counts: dict[str, Counter[str]] = {}
    for venue, uses in venues.items():
        name = re.sub(r"[\s'’-]*(?:20)?\d\d\b.*$", "", venue).strip()
        found = _names(name)
        if found and (found[0].start, found[0].stop) == (0, len(name)):
            counts.setdefault(found[0].name, Counter())[name] += uses
    best = {known: _most_used(known, names) for known, names in counts.items()}
    return {known: name for known, name in best.items() if known != name}


def _most_used(known: str, names: Counter[str]) -> str:
    """Of names used alike the table's own."""
    return max(sorted(names), key=lambda name: (names[name], name == known))


def _is_sound(part: str) -> bool:
    return not (_PENDING.search(part) or _ELSEWHERE.search(part) or _WORKSHOP_NAME.search(part))


def _stated(part: str) -> _Named | None:
    """The venue of a statement that says "accepted" or the like."""
    names = _names(part)
    if not names or not _ACCEPTED.search(part) or _INSIDE.search(part[: names[0].start]):
        return None
    after = _YEAR_AFTER.match(part, names[0].stop)
    return None if after and _BEHIND.match(part[after.end() :].lstrip()) else names[0]


def _merely_named(part: str) -> _Named | None:
    """The venue of a statement that says nothing else: "25 pages, ECCV 2022"."""
    names = _names(part)
    if not names or not _FILLER.fullmatch(part[: names[0].start].rpartition(", ")[2]):
        return None
    dated = _YEAR_AFTER.match(part, names[0].stop) or not names[0].is_journal
    return names[0] if dated and _year(part, names[0]) else None


def _spelt(part: str, found: _Named, spellings: Mapping[str, str]) -> str:
    name = spellings.get(found.name, found.name)
    if found.is_journal:
        return name
    notes = "Findings" if re.search(r"(?i)\bfindings\b", part) else ""
    return " ".join(word for word in (name, _year(part, found), notes) if word)


def _year(part: str, found: _Named) -> str:
    """The year behind the venue, else one before it in the same statement, else ""."""
    after = _YEAR_AFTER.match(part, found.stop)
    if after:
        return f"20{after['long'] or after['short'] or after['bare']}"
    years = _YEAR.findall(part[: found.start])[-1:] or _YEAR.findall(part[found.stop :])[:1]
    return f"20{years[0]}" if years else ""


def _unknown(part: str) -> str:
    """A venue that no table knows, as the authors write it."""
    found = _OTHER.search(part)
    if found and not _INSIDE.search(part[: found.start("name")]) and not _names(found["name"]):
        year = _year(part, _Named(found["name"], False, found.start("name"), found.end("name")))
        return f"{found['name']} {year}"
    journal = _OTHER_JOURNAL.search(part)
    return _JOURNAL_END.sub("", journal["name"]) if journal else ""


def _names(part: str) -> list[_Named]:
    """Venues in the order they are named; of two at one place the longer one.

    A full name with its abbreviation behind it is one.
    """
    kept: list[_Named] = []
    for found in _pattern().finditer(part):
        name = _TABLE[int((found.lastgroup or "v0")[1:])]
        shown = found[0]
        if shown[1:] == shown[1:].lower() and " " not in shown:
            # "raid", "Neurips", "www." without a year is a word or part of an address.
            after = _YEAR_AFTER.match(part, found.end())
            if not after or "." in after[0]:
                continue
        last = kept[-1] if kept else None
        if last and last.name == name and not part[last.stop : found.start()].strip(" (,-"):
            kept[-1] = _Named(name, last.is_journal, last.start, found.end())
        else:
            kept.append(_Named(name, name in _JOURNALS, found.start(), found.end()))
    return kept


_TABLE = (*_CONFERENCES, *_JOURNALS)


@cache
def _pattern() -> re.Pattern[str]:
    """Every venue as a group of its own; a full name begins before an abbreviation in it."""
    known = {**_CONFERENCES, **_JOURNALS}
    groups = "|".join(f"(?P<v{n}>{known[name]})" for n, name in enumerate(_TABLE))
    return re.compile(rf"(?<![\w@.-])(?:{groups})(?=W?[^\w]|['’]?(?:20)?\d\d|$)", re.IGNORECASE)
