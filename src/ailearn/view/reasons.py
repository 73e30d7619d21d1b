"""Why something is proposed now, in words, for drawings and records alike."""

from typing import TYPE_CHECKING

from ailearn.language import BothLanguages, Language, label, say
from ailearn.view.measures import duration, listed

if TYPE_CHECKING:
    from ailearn.learning.overview import CatchUp
    from ailearn.learning.plan import Proposal

_WHY = {
    "due": "next.due",
    "due-and-new": "next.due-and-new",
    "new": "next.new",
    "begun": "next.begun",
    "ready": "next.ready",
    "known": "next.known",
    "foundation": "next.foundation",
    "behind": "next.behind",
    "left-out": "next.left-out",
}


def why(proposal: "Proposal", language: Language) -> str:
    """Why this, and why now: the facts of the proposal in a sentence or two."""
    cards = proposal.cards
    names = [label(one["short"], language) for one in proposal.rests_on]
    sentences = [
        say(
            _WHY[proposal.reason],
            language,
            names=_and(names, language),
            since=proposal.since,
            due=cards.due if cards else 0,
            new=cards.new if cards else 0,
        )
    ]
    if proposal.opens:
        key = "next.opens-one" if proposal.opens == 1 else "next.opens"
        sentences.append(say(key, language, count=proposal.opens))
    return ("" if language == "zh" else " ").join(sentences)


def reasons(proposal: "Proposal") -> BothLanguages:
    """`why` in both languages."""
    return {"en": why(proposal, "en"), "zh": why(proposal, "zh")}


def command(proposal: "Proposal") -> str:
    """The command that does what is proposed."""
    return f"ailearn show {proposal.entry['id']}" if proposal.entry else "ailearn review"


def catch_up(offer: "CatchUp", language: Language) -> str:
    """One friendly sentence for a reader who was away."""
    if not offer.cards:
        return say("progress.catch-up-none", language)
    key = "progress.catch-up" if offer.cards < offer.due else "progress.catch-up-all"
    return say(key, language, cards=offer.cards, time=duration(offer.minutes, language))


def _and(names: list[str], language: Language) -> str:
    if len(names) < 2:
        return "".join(names)
    return say("next.and", language, first=listed(names[:-1], language), last=names[-1])
