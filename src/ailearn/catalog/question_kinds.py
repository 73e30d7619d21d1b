"""Kinds of questions, and the sections of the guide that answer each of them best."""

from typing import NamedTuple


class Kind(NamedTuple):
    """A kind of question.

    `marks` are told apart by bars; a blank in one is the border of a word. `suits` says how well passages of
    a section answer it, where 1 is neither well nor badly.
    """

    name: str
    marks: str
    suits: dict[str, float]


KINDS = (
    Kind(
        "what",
        " what is | what s | what are | whats | mean| defin|是什么|什么是|什么叫|啥是|是啥|意思|含义|指什么",
        {"meaning": 1.8, "one_liner": 1.35, "intuition": 1.25, "mechanism": 1.1, "problem": 1.1},
    ),
    Kind(
        "why",
        " why | reason| motivat| purpose |为什么|为何|为啥|原因|动机|凭什么",
        {"problem": 1.35, "motivation": 1.35, "intuition": 1.2, "mechanism": 1.05, "limits": 1.05},
    ),
    Kind(
        "how",
        " how | step | steps | mechanism|怎么|如何|怎样|原理|步骤|机制",
        {"mechanism": 1.45, "intuition": 1.15, "formula": 1.05},
    ),
    Kind(
        "amount",
        " how much | how many | how big | how large | how fast | how deep | how good | how well | how often "
        "| how long | number| score| accura| percent| error rate|多少|多大|多快|多久|几|数字|准确率|错误率",
        {"evidence": 1.5, "cards": 1.1, "course": 1.5},
    ),
    Kind(
        "problem",
        " which problem| what problem| solve|什么问题|什么难题|解决|痛点",
        {"problem": 1.6, "motivation": 1.15, "tracks": 0.9},
    ),
    Kind(
        "limits",
        " limit| drawback| weakness| disadvantage| shortcoming| fail| critici| wrong with |缺点|局限|不足"
        "|弱点|毛病|坏处|批评|失败",
        {"limits": 1.8},
    ),
    Kind(
        "difference",
        " differ| versus | vs | compar| better than |区别|差别|不同|对比|比较|相比|还是",
        {"mechanism": 1.15, "intuition": 1.15, "questions": 1.1, "cards": 1.1, "limits": 1.05},
    ),
    Kind(
        "after",
        " influenc| impact| led to | legacy | later | afterwards | success| importan|影响|后来|后续|启发|催生"
        "|意义|贡献",
        {"legacy": 1.6, "tracks": 1.1},
    ),
    Kind(
        "before",
        " prerequisite| before | first | need to know |先学|前置|先看|先读|先懂|之前",
        {"requires": 1.9, "reading": 1.3, "course": 1.3, "book": 1.3},
    ),
    Kind(
        "reading",
        " read | reading | watch | chapter| lesson|读|看哪|哪几集|哪一集|哪一期|哪一章|哪几章|值得看",
        {"reading": 1.7, "paragraphs": 1.4, "book": 1.5, "course": 1.5},
    ),
    Kind(
        "access",
        " try | access| sign up | install| download| price| cost| free |怎么用|在哪用"
        "|注册|免费|安装|下载|价格|收费|多少钱",
        {"tool": 1.7},
    ),
    Kind(
        "tools",
        " assistant| tool | tools | chatbot| which ai | which model |工具|助手|哪个ai|哪个模型|软件",
        {"tools": 1.5, "tool": 1.2},
    ),
    Kind(
        "start",
        " start | begin | beginner|入门|从哪|新手|零基础|怎么学",
        {"paths": 1.6, "paragraphs": 1.5, "course": 1.3, "book": 1.3},
    ),
    Kind(
        "facts",
        " who | when | what year | author| published | which papers | what papers |谁"
        "|哪年|哪一年|什么时候|何时|作者|发表|写了|哪些论文",
        {"facts": 2.2},
    ),
    Kind("formula", " formula| equation|公式|数学式|表达式", {"formula": 2.2}),
)
# Words that ask and do not say about what, a blank on either side of each.
_ASKING = (
    " a an the of to in on for and or is are was were be been being am do does did doing done has have had"
    " how what why when where which who whom whose can could should would will shall may might must i me"
    " my we us our you your he she they them their it its this that these those there here with about from"
    " by at as vs versus if than then so not no any some such into out up also just only very really"
    " between work works working mean means meaning explain tell please say says understand know get gets"
    " got use uses used using make makes made like exactly actually thing things s t re don doesn isn let"
    " help one instead come comes other more much many difference different differ compare compared"
    " comparison limit limits limitation limitations drawback drawbacks weakness weaknesses disadvantage"
    " disadvantages problem problems reason reasons purpose example idea main author authors authored"
    " wrote written published invented proposed influence impact formula equation write try learn"
    " study studying before first start begin"
    " good well "
)


def kinds_of(words: list[str]) -> tuple[Kind, ...]:
    """The kinds of the question that consists of the folded `words`."""
    text = f" {' '.join(words)} "
    found = [kind for kind in KINDS if any(mark in text for mark in kind.marks.split("|"))]
    amount = any(kind.name == "amount" for kind in found)
    return tuple(kind for kind in found if not (amount and kind.name == "how"))


def only_asks(word: str) -> bool:
    """Whether a Latin word only asks and says nothing about what."""
    return f" {word} " in _ASKING
