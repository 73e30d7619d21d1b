"""Which entry a reader means."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ailearn.catalog import names
from ailearn.catalog.study import Study
from ailearn.errors import NoSuchEntry


@pytest.mark.parametrize(
    "text",
    [
        "1512.03385",
        "arXiv:1512.03385",
        "arxiv: 1512.03385v1",
        "https://arxiv.org/abs/1512.03385",
        "http://www.arxiv.org/abs/1512.03385v2",
        "https://arxiv.org/pdf/1512.03385",
        "https://arxiv.org/pdf/1512.03385v1.pdf",
        "https://arxiv.org/html/1512.03385",
        "https://arxiv.org/abs/1512.03385?context=cs#top",
        "https://export.arxiv.org/abs/1512.03385",
        " https://doi.org/10.48550/arXiv.1512.03385 ",
        "doi.org/10.48550/arXiv.1512.03385",
        "10.48550/ARXIV.1512.03385",
        "https://www.alphaxiv.org/abs/1512.03385",
        "https://alphaxiv.org/pdf/1512.03385v1",
        "alphaxiv.org/overview/1512.03385",
        "arxiv.org/abs/1512.03385",
        "www.arxiv.org/pdf/1512.03385v1.pdf",
        "arxiv.org/html/1512.03385v2#S1",
        "https://arxiv.org/pdf/1512.03385.pdf?download=1",
        "https://ar5iv.labs.arxiv.org/html/1512.03385",
        "https://ar5iv.org/abs/1512.03385",
        "https://huggingface.co/papers/1512.03385",
        "huggingface.co/papers/1512.03385/",
        "https://www.semanticscholar.org/arxiv/1512.03385",
        "https://api.semanticscholar.org/arXiv:1512.03385",
        "semanticscholar arXiv:1512.03385",
        "https://www.google.com/url?q=https%3A%2F%2Farxiv.org%2Fabs%2F1512.03385&sa=D",
        "https://scholar.example/lookup?id=1512.03385&lang=en",
        "arXiv:1512.03385v1 [cs.CV]",
        "arXiv:1512.03385v1 [cs.CV] 10 Dec 2015",
        "1512.03385 [cs.CV]",
        "[1512.03385]",
        "[1512.03385] Deep Residual Learning for Image Recognition",
        "arXiv preprint arXiv:1512.03385, 2015.",
        "arXiv preprint 1512.03385",
        "arXiv.1512.03385",
        "arXiv 1512.03385",
        "ARXIV：1512.03385",
        "１５１２．０３３８５",
        "eprint={1512.03385},",
        'eprint = "1512.03385"',
        "<https://arxiv.org/abs/1512.03385>",
        "<arxiv.org/abs/1512.03385>.",
        "(https://arxiv.org/abs/1512.03385)",
        "（arXiv:1512.03385）。",
        "https://arxiv.org/abs/1512.03385.",
        "https://arxiv.org/abs/1512.03385，",
        "“1512.03385”",
        "[ResNet](https://arxiv.org/abs/1512.03385)",
        "1512.03385.pdf",
        "1512.03385v1.pdf",
        "See https://arxiv.org/abs/1512.03385 (2015)",
    ],
)
def test_every_form_of_an_arxiv_id_is_the_same_id(text: str) -> None:
    assert names.identifier(text) == "1512.03385"


@pytest.mark.parametrize(
    "text",
    [
        "10.1109/CVPR.2016.90",
        "doi:10.1109/CVPR.2016.90",
        "https://doi.org/10.1109/CVPR.2016.90",
        "https://dx.doi.org/10.1109/CVPR.2016.90/",
        "doi.org/10.1109/CVPR.2016.90",
        "DOI: 10.1109/CVPR.2016.90.",
        "DOI 10.1109/CVPR.2016.90",
        "<https://doi.org/10.1109/CVPR.2016.90>",
        "(doi:10.1109/CVPR.2016.90)",
        "https://doi.org/10.1109%2FCVPR.2016.90?src=x#top",
        "https://publisher.example/doi/10.1109/CVPR.2016.90",
        "https://publisher.example/doi/pdf/10.1109/CVPR.2016.90.pdf",
        "publisher.example/articles/10.1109/CVPR.2016.90/full",
        "He et al. (2016). doi:10.1109/CVPR.2016.90",
    ],
)
def test_every_form_of_a_doi_is_the_same_doi(text: str) -> None:
    assert names.identifier(text) == "10.1109/CVPR.2016.90"


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("cs/9901001", "cs/9901001"),
        ("arXiv:cs/9901001v2", "cs/9901001"),
        ("https://arxiv.org/abs/hep-th/9901001v3", "hep-th/9901001"),
        ("arxiv.org/pdf/cs/9901001.pdf", "cs/9901001"),
        ("cs.AI/9901001", "cs/9901001"),
        ("arXiv:math.GT/0309136 [math.GT]", "math/0309136"),
        ("https://doi.org/10.48550/arXiv.cs/9901001", "cs/9901001"),
        ("https://doi.org/10.1145/3422.34231", "10.1145/3422.34231"),
        ("doi:10.1016/S0031-8914(53)80099-6", "10.1016/S0031-8914(53)80099-6"),
        ("(10.1016/S0031-8914(53)80099-6)", "10.1016/S0031-8914(53)80099-6"),
    ],
)
def test_old_ids_and_odd_dois_are_known(text: str, bare: str) -> None:
    assert names.identifier(text) == bare


@pytest.mark.parametrize(
    "text",
    [
        "", "resnet", "2012", "https://example.org/1512.03385x", "10.1/x", "1.2.3", "papers/1512.03385.pdf",
        "./1512.03385.pdf", "~/1512.03385", "notes-1512.03385.pdf", "/home/me/1512.03385", "1512.03385.2",
        "v1.1512.03385", "https://example.org/", "https://arxiv.org/list/cs.CL/recent",
        "version 2012.12345 of it", "and/or", "<>", "((",
    ],
)  # fmt: skip
def test_what_is_no_identifier_is_none(text: str) -> None:
    assert names.identifier(text) is None


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("resnet", "resnet"),
        ("RESNET", "resnet"),
        ("Res-Net", "resnet"),
        ("残差网络", "resnet"),
        ("skip connection", "resnet"),
        ("捷径连接", "resnet"),
        ("Deep Residual Learning for Image Recognition", "resnet"),
        ("用于图像识别的深度残差学习", "resnet"),
        ("https://arxiv.org/pdf/1512.03385v1", "resnet"),
        ("https://doi.org/10.1109/cvpr.2016.90", "resnet"),
        ("doi: 10.1145/3065386.", "alexnet"),
        ("HTTPS://DX.DOI.ORG/10.1145/3065386/", "alexnet"),
        ("https://dl.acm.org/doi/pdf/10.1145/3065386?download=true#page=2", "alexnet"),
        ("attention is all you need", "transformer"),
        ("http://www.incompleteideas.net/IncIdeas/BitterLesson.html", "bitter-lesson"),
        ("incompleteideas.net/IncIdeas/BitterLesson.html", "bitter-lesson"),
        ("<https://www.incompleteideas.net/IncIdeas/BitterLesson.html#top>", "bitter-lesson"),
        ("attention", "attention"),
    ],
)
def test_an_entry_answers_to_each_of_its_names(study: Study, name: str, entry: str) -> None:
    assert names.resolve(study, name) == entry


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("tranformer", "transformer"), ("resnt", "resnet"), ("alex-nett", "alexnet"), ("残差网", "resnet")],
)
def test_an_unknown_name_is_refused_with_the_nearest(study: Study, typed: str, meant: str) -> None:
    with pytest.raises(NoSuchEntry) as caught:
        names.resolve(study, typed)
    assert caught.value.hint == "hint.did-you-mean"
    near = str(caught.value.values["names"]).split(", ")
    assert near[0] == meant
    assert len(near) <= 3


def test_a_name_like_no_other_is_sent_to_the_search(study: Study) -> None:
    with pytest.raises(NoSuchEntry) as caught:
        names.resolve(study, "xqzwvkj")
    assert caught.value.hint == "hint.search-instead"


@given(
    text=st.text(st.characters(), max_size=40)
    | st.text("arxiv.org/:0123456789v[](){}<>“”（） %10.doi", max_size=60)
)
@settings(deadline=None, max_examples=100)
def test_any_name_is_an_entry_or_no_such_entry(module_study: Study, text: str) -> None:
    try:
        found = names.resolve(module_study, text)
    except NoSuchEntry as error:
        assert str(error)
    else:
        assert names.candidates(module_study, text)[0].id == found


@pytest.fixture(scope="module")
def module_study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    from ailearn.catalog.study import open_study

    return open_study((), tmp_path_factory.getbasetemp() / "shared-home" / "cache")
