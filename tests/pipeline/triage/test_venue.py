"""A venue is read only out of a comment that says the paper is in it."""

from __future__ import annotations

import pytest

from pipeline.triage.venue import spellings_of, venue_of


@pytest.mark.parametrize(
    ("comment", "venue"),
    [
        ("Accepted at NeurIPS 2022", "NeurIPS 2022"),
        ("Accepted to NIPS 2018 Spotlight", "NeurIPS 2018"),
        ("35th Conference on Neural Information Processing Systems (NeurIPS 2021)", "NeurIPS 2021"),
        ("Accepted for oral presentation at ICML 2022", "ICML 2022"),
        ("17 pages, 7 figures, ECCV2022 oral paper", "ECCV 2022"),
        ("In International Conference on Learning Representations, 2022", "ICLR 2022"),
        ("Accepted as an Oral paper in UAI '2022", "UAI 2022"),
        ("Accepted by ACMMM2022", "MM 2022"),
        ("Submitted and accepted to ICLR 22", "ICLR 2022"),
        ("Accpeted by CVPR-2022", "CVPR 2022"),
        ("Accepted to the 36th AAAI Conference on Artificial Intelligence (AAAI-22)", "AAAI 2022"),
        ("Accepted by IJCAI-ECAI 2022", "IJCAI 2022"),
        ("ACL 2022 (Findings)", "ACL 2022 Findings"),
        ("NeurIPS 2021 Track on Datasets and Benchmarks", "NeurIPS 2021"),
        ("Accepted at CODASPY 2022", "CODASPY 2022"),
        ("3 figures; accepted, without a year, at ICML", "ICML"),
    ],
)
def test_a_conference_is_spelt_as_the_list_does_with_its_year_and_no_notes(comment, venue):
    assert venue_of(comment) == venue


@pytest.mark.parametrize(
    ("comment", "venue"),
    [
        ("To appear in Transactions on Machine Learning Research (TMLR), 2022", "TMLR"),
        ("Accepted by IEEE TPAMI. Code: https://github.com/a/b", "TPAMI"),
        ("Published in Nature Machine Intelligence", "Nature Machine Intelligence"),
        ("Nature Machine Intelligence, 2022", "Nature Machine Intelligence"),
        ("Accepted by IEEE Transactions on Cybernetics 2022", "IEEE Transactions on Cybernetics"),
        ("This paper is published at Springer's Journal of Big Data", "Journal of Big Data"),
    ],
)
def test_a_journal_has_no_year(comment, venue):
    assert venue_of(comment) == venue


@pytest.mark.parametrize(
    "comment",
    [
        "",
        "20 pages",
        "Submitted to ICLR 2023",
        "To be submitted to ICML 2023",
        "Under review as a conference paper at ICLR 2023",
        "NeurIPS2022 Under Review",
        "Preprint. Under review. NeurIPS 2022",
        "Rejected from ICML 2022",
        "Not accepted at ICML 2022",
        "TMI under review",
        "ICML 2022 Workshop on Spurious Correlations",
        "Accepted to CVPRW 2022",
        "SDU@AAAI-2022",
        "Accepted at WOAH at NAACL 2022",
        "Accepted to DeCaF 2022 held in conjunction with MICCAI 2022",
        "Accepted to NAACL 2022 SRW",
        "Accepted Oral Presentation at CVPR 2022 MultiEarth",
        "An earlier version was published at ICLR 2022",
        "This extends our ICML 2020 paper",
        "Extended version of our previous CVPR 2019 oral paper",
        "2nd place in the CVPR 2022 challenge",
        "see www.neurips2022.org",
        "All code was written by the RAID controller team",
    ],
)
def test_what_is_sent_elsewhere_or_only_beside_has_no_venue(comment):
    assert venue_of(comment) == ""


def test_one_statement_does_not_spoil_another():
    said = "Accepted at ICML 2022. A journal version was submitted to JMLR"
    assert venue_of(said) == "ICML 2022"


def test_a_venue_is_spelt_as_this_list_spells_it():
    spellings = spellings_of({"ACM MM 2021": 3, "MM 2022": 1, "ICML 2022": 9, "House Organ": 5})
    assert spellings == {"MM": "ACM MM"}
    assert venue_of("Accepted by ACM Multimedia 2022", spellings) == "ACM MM 2022"
