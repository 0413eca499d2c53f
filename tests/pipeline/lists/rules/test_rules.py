"""What the rules tell apart: slips, and what only looks like one."""

from __future__ import annotations

import pytest

from pipeline.lists.rules.example import SOUND, changed
from pipeline.lists.rules.keywords import keyword_key, preferred_spellings
from pipeline.lists.rules.order import strays
from pipeline.lists.rules.text import repair_encoding
from tests.pipeline.lists.rules.lists import entry, find, lists_of, topic

OTHER = {"authors": "Cyd Scribe, Dee Writer."}


def messages(findings) -> list[str]:
    return [finding.message for finding in findings]


def test_the_same_paper_under_two_topics_and_in_two_files_is_a_duplicate():
    once = topic(entry("2205.00001"))
    twice = find("duplicate-paper", once + "\n" + topic(entry("2205.00001"), name="Fairness"))
    assert [finding.line for finding in twice] == [10]
    assert messages(find("duplicate-paper", once, once)) == [
        "this paper stands in README.md:3 too (same link): Some Things"
    ]


def test_a_list_that_keeps_every_entry_in_both_files_has_no_duplicates_across_them():
    once = topic(entry("2205.00001"))
    assert find("duplicate-paper", once, once, in_all_files=True) == ()
    within = topic(entry("2205.00001"), entry("2205.00001"))
    assert len(find("duplicate-paper", within, once, in_all_files=True)) == 1


def test_a_title_typed_otherwise_is_the_same_paper_unless_others_wrote_it():
    first = entry("2205.00002", "On Robust Things")
    same = entry("2205.00001", "On *Robust*  things")
    others = entry("2205.00001", "On Robust Things", **OTHER)
    assert len(find("duplicate-paper", topic(first, same))) == 1
    assert find("duplicate-paper", topic(first, others)) == ()


def test_a_link_shared_by_different_papers_is_a_clash_and_no_duplicate():
    text = topic(entry("2205.00001", "Green Machines"), entry("2205.00001", "Deep Oceans", **OTHER))
    assert [finding.line for finding in find("link-clash", text)] == [8]
    assert find("duplicate-paper", text) == ()


def test_a_retitled_paper_is_a_duplicate_and_no_clash():
    text = topic(entry("2205.00001", "Green Machines"), entry("2205.00001", "Deep Oceans"))
    assert find("link-clash", text) == ()
    assert len(find("duplicate-paper", text)) == 1


def test_two_papers_of_one_repository_do_not_clash():
    code = "[[code]](https://github.com/ada/both)"
    text = topic(
        entry(title="A", links=f"[[paper]](https://arxiv.org/abs/2205.00002) {code}"),
        entry(title="B", links=f"[[paper]](https://arxiv.org/abs/2205.00001) {code}", **OTHER),
    )
    assert find("link-clash", text) == find("duplicate-paper", text) == ()


PAPER = "[[paper]](https://arxiv.org/abs/2205.00001)"
CODE = "[[code]](https://github.com/a/b)"


@pytest.mark.parametrize(
    "slip",
    [
        "[[paper](https://arxiv.org/abs/2205.00001)]",
        "[[paper](https://arxiv.org/abs/2205.00001)",
        "[paper]](https://arxiv.org/abs/2205.00001)",
        "[[paper]] (https://arxiv.org/abs/2205.00001)",
        "[[paper]](https://arxiv.org/abs/2205.00001)]",
    ],
)
def test_every_way_to_misplace_a_bracket_is_found_and_repaired(slip: str):
    # Without its opening bracket a link is read only where no other follows.
    for line in (slip, f"{slip} {CODE}") if slip.startswith("[[") else (slip,):
        (finding,) = find("bracket-slip", topic(entry(links=line)))
        assert finding.fix == f"- Some Things. {line.replace(slip, PAPER)}"


@pytest.mark.parametrize(
    "sound", [PAPER, f"{PAPER} {CODE}", "[paper](https://arxiv.org/abs/2205.00001)"]
)
def test_sound_brackets_are_no_slip(sound: str):
    assert (
        find("bracket-slip", topic(entry(title="[Draft] On [0, 1] and f[x](y)", links=sound))) == ()
    )


def test_all_slips_of_an_address_are_repaired_one_after_the_other():
    from pipeline.lists.rules import find_rules
    from pipeline.lists.rules.fix import plan_repairs

    text = topic(entry(links="[[paper]](http://arxiv.org/pdf/2205.00001v3.pdf)"))
    rules = find_rules(["version-suffix", "http-link", "pdf-link"])
    repairs = plan_repairs(lists_of(text), rules)
    assert repairs.files[0].after.decode() == topic(entry())
    assert [finding.rule for finding in repairs.repaired] == [rule.name for rule in rules]


def test_an_http_link_is_repaired_only_where_https_is_known_to_work():
    (finding,) = find("http-link", topic(entry(links="[[paper]](http://example.org/paper.html)")))
    assert finding.fix == ""
    assert find("pdf-link", topic(entry(links="[[paper]](https://example.org/paper.pdf)"))) == ()


def test_old_identifiers_have_versions_too():
    text = topic(entry(links="[[paper]](https://arxiv.org/abs/cs/0601001v2)"))
    (finding,) = find("version-suffix", text)
    assert finding.fix.endswith("abs/cs/0601001)")


def test_a_label_that_the_list_uses_throughout_is_no_slip():
    many = [
        entry(f"2205.000{n}", f"Thing {n}", keywords="Keywords: Auditing.")
        for n in range(30, 10, -1)
    ]
    assert find("keyword-label", topic(*many)) == ()
    (odd,) = find("keyword-label", topic(*many, entry(keywords="Key Word: Auditing.")))
    assert odd.fix == "  - Keywords: Auditing."


def test_emphasis_around_a_label_stays():
    (finding,) = find("keyword-label", topic(entry(keywords="**Key Work**: Auditing.")))
    assert finding.fix == "  - **Key Word**: Auditing."


def test_the_lines_under_what_is_no_entry_are_not_told_of_again():
    text = topic(entry(), entry(links="[[paper]]"), entry(links="[[paper]]", title="Another"))
    assert [finding.line for finding in find("not-an-entry", text)] == [8, 13]


def test_a_digest_among_the_key_words_is_said():
    sentence = "Key Word: " + "this is what we did and what we found " * 3
    (finding,) = find("missing-digest", topic(entry(keywords=sentence, digest="")))
    assert "its key words read like one" in finding.message


def test_open_details_are_a_slip_only_where_the_newest_entries_close_theirs():
    left_open = "<details><summary>Digest</summary> Some things are so."
    old = entry("2105.00001", "Old", digest=left_open)
    new = [entry(f"2205.0000{n}", f"New {n}") for n in (3, 2, 1)]
    assert len(find("unclosed-details", topic(*new, old))) == 1
    opened = [entry(f"2205.0000{n}", f"New {n}", digest=left_open) for n in (3, 2, 1)]
    assert find("unclosed-details", topic(*opened, entry("2105.00001", "Old"))) == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("White-box Attacks", "White-Box Attack"),
        ("Pre-training", "Pretraining"),
        ("Vulnerabilities", "vulnerability"),
        ("GANs", "GAN"),
    ],
)
def test_spellings_of_one_key_word_are_recognised(one: str, other: str):
    assert keyword_key(one) == keyword_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Loss", "Los"), ("Analysis", "Analysi"), ("AI", "AIs"), ("C++", "C")],
)
def test_different_key_words_stay_apart(one: str, other: str):
    assert keyword_key(one) != keyword_key(other)


def test_the_more_used_spelling_is_preferred_and_a_tie_is_left_to_people():
    def tagged(number: int, words: str) -> str:
        return entry(f"2205.0000{number}", f"Thing {number}", keywords=f"Key Word: {words}.")

    text = topic(
        tagged(4, "Attack; Fine tuning"), tagged(3, "Attacks; Fine-Tuning"), tagged(2, "Attacks")
    )
    assert preferred_spellings(lists_of(text)) == {"Attack": "Attacks"}
    sure, tie = find("keyword-variant", text)
    assert "'Attack' is mostly 'Attacks'" in sure.message
    assert sure.fix == "  - Key Word: Attacks; Fine tuning."
    assert "'Fine tuning' is elsewhere 'Fine-Tuning'" in tie.message
    assert tie.fix == ""


def test_a_key_word_that_would_then_stand_twice_is_left_to_people():
    both = entry("2205.00001", "One", keywords="Key Word: Attack; Attacks.")
    more = entry("2205.00002", "Two", keywords="Key Word: Attacks.")
    (finding,) = find("keyword-variant", topic(more, both))
    assert finding.fix == ""


def test_and_before_takes_in_all_earlier_years():
    text = f"## Privacy\n\n### 2019 and Before\n\n{entry('1701.00001')}"
    assert find("wrong-year", text) == ()
    assert len(find("wrong-year", text.replace("1701", "2001"))) == 1


def test_the_fewest_entries_are_blamed_for_the_order():
    ids = ["2205.00009", "2205.00001", "2205.00008", "2205.00007"]
    text = topic(*(entry(each, f"Thing {each}") for each in ids))
    assert messages(find("out-of-order", text)) == [
        "not newest first: 2205.00001 belongs below line 18 (2205.00007)"
    ]


def test_a_list_in_another_order_is_not_held_to_newest_first():
    oldest_first = topic(*(entry(f"2205.000{n}", f"Thing {n}") for n in range(10, 40)))
    assert find("out-of-order", oldest_first) == ()


def test_entries_without_identifier_are_passed_over_in_the_order():
    odd = entry(title="Printed Things", links="[[paper]](https://example.org/p)")
    text = topic(entry("2205.00002", "B"), odd, entry("2205.00001", "A"))
    assert find("out-of-order", text) == find("wrong-year", text) == ()


def test_only_the_preview_has_overdue_entries():
    old = topic(entry("2103.00001"))
    assert len(find("overdue", old)) == 1
    assert find("overdue", topic(entry("2205.00001")), old.replace("2103", "1903")) == ()


def test_a_year_group_under_another_topic_is_named():
    text = SOUND + "\n## Others\n\n" + entry("2202.00001", "Rare") + "\n"
    moved = text.replace("## Fairness\n", "### Others: 2022\n\n## Fairness\n")
    moved = moved.replace(
        "- [Fairness](#fairness)\n", "- [Fairness](#fairness)\n- [Others](#others)\n"
    )
    assert messages(find("year-heading", moved)) == ["'Others: 2022' stands under 'Privacy'"]


def test_a_topic_with_two_headings_has_its_years_under_both():
    text = f"{SOUND}\n## Privacy\n\n### 2021\n\n{entry('2106.00001')}"
    assert find("year-heading", text) == ()
    assert messages(find("contents", text)) == ["'Privacy' is missing from the table of contents"]


def test_contents_that_are_renamed_or_out_of_order_are_found():
    renamed = changed(("[Privacy](#privacy)", "[Secrecy](#privacy)"))
    assert messages(find("contents", renamed)) == ["'Secrecy' is called 'Privacy' below"]
    lines = "- [Privacy](#privacy)\n- [Fairness](#fairness)\n"
    swapped = changed((lines, "- [Fairness](#fairness)\n- [Privacy](#privacy)\n"))
    assert len(find("contents", swapped)) == 1


def test_a_list_without_table_of_contents_needs_none():
    text = changed(("- [Privacy](#privacy)\n- [Fairness](#fairness)\n", ""))
    assert find("contents", text) == ()


def test_emoji_and_badges_make_no_difference_to_the_contents():
    text = changed(("[Privacy](#privacy)", "[Privacy:lock:](#privacy)")).replace(
        "# A List\n", "# A List [![Badge](https://example.org/b.svg)](https://example.org)\n", 1
    )
    assert find("contents", text) == find("dead-anchor", text) == ()


def dead(link: str, *others: str) -> list[str]:
    return messages(find("dead-anchor", changed(("# A List\n", f"# A List\n\n{link}\n")), *others))


def test_links_to_headings_of_the_other_file_are_followed():
    full = topic(entry("2101.00001"), name="Privacy")
    assert dead("[more](FULL_1.md#privacy)", full) == []
    assert dead("[more](FULL_1.md#fairness)", full) == [
        "no heading of FULL_1.md has the anchor #fairness"
    ]
    address = "https://github.com/ada/list/blob/main/FULL_1.md"
    assert dead(f'<a href="{address}#privacy">more</a>', full) == []
    assert len(dead(f'<a href="{address}#fairness">more</a>', full)) == 1


@pytest.mark.parametrize(
    "link",
    [
        "[top](#)",
        "[top](#readme)",
        '<a name="here"></a> [here](#here)',
        "`[x](#nowhere)`",
        "<!-- [x](#nowhere) -->",
        "[elsewhere](https://example.org/#nowhere)",
        "[another list](https://github.com/bo/list/blob/main/README.md#nowhere)",
        "<h2>By Hand</h2> [x](#by-hand)",
        "Underlined\n==========\n[x](#underlined)",
        "[quoted](#:~:text=private)",
        "[second](#a-list)",
    ],
)
def test_what_is_no_dead_anchor_is_not_found(link: str):
    assert dead(link) == []


@pytest.mark.parametrize(
    ("damaged", "meant"),
    [
        ("TramÃ¨r", "Tramèr"),
        ("SchÃ¼tt", "Schütt"),
        ("MÄ…dry", "Mądry"),
        ("adversaryâ€”even", "adversary—even"),
        ("CafÃ\u00a0 owner", "Cafà owner"),
        ("ÃƒÂ©", "é"),
        ("Î±-divergence", "α-divergence"),
        ("å\u02c6\u02dcæ\u00b4\u2039", "刘洋"),
        ("ð\u0178\u02dc\u20ac", "😀"),
    ],
)
def test_letters_encoded_twice_are_repaired(damaged: str, meant: str):
    assert repair_encoding(damaged) == meant


@pytest.mark.parametrize(
    "sound",
    [
        "Tramèr",
        "Ångström",
        "“CAFÉ”",
        "naïve – no",
        "São Paulo",
        "A ± b",
        "größe…",
        "刘洋",
        "Straß”",
    ],
)
def test_sound_letters_are_left_alone(sound: str):
    assert repair_encoding(sound) == sound


def test_a_lost_letter_is_found_and_left_to_people():
    (finding,) = find("mojibake", topic(entry(authors="Ann Schm\ufffddt.")))
    assert finding.fix == ""


def test_blanks_that_break_a_line_on_purpose_are_left_alone():
    text = topic(entry(authors="Ada Example,  \n    Bo Sample."))
    assert find("trailing-blanks", text) == ()


@pytest.mark.parametrize(
    ("keys", "stray"),
    [([], []), ([1], []), ([2, 1], [0]), ([1, 1, 1], []), ([5, 1, 2, 3], [0]), ([1, 2, 0, 3], [2])],
)
def test_strays_are_the_fewest_that_disturb_the_order(keys, stray):
    assert len(strays(keys)) == len(stray)
    assert sorted(k for i, k in enumerate(keys) if i not in strays(keys)) == [
        k for i, k in enumerate(keys) if i not in strays(keys)
    ]
