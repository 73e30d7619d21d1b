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
    ],
)
def test_every_form_of_a_doi_is_the_same_doi(text: str) -> None:
    assert names.identifier(text) == "10.1109/CVPR.2016.90"


@pytest.mark.parametrize("text", ["", "resnet", "2012", "https://example.org/1512.03385x", "10.1/x", "1.2.3"])
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
        ("attention is all you need", "transformer"),
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


@given(text=st.text(st.characters(), max_size=40))
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
