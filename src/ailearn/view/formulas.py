"""Formulas in LaTeX, as models write them, in Unicode: the frequent commands, and the rest as it stands."""

import re
from unicodedata import normalize

_SYMBOLS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "zeta": "ζ",
    "eta": "η", "theta": "θ", "vartheta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν",
    "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "varphi": "φ", "chi": "χ",
    "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π",
    "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "ell": "ℓ", "nabla": "∇", "partial": "∂",
    "infty": "∞", "emptyset": "∅", "forall": "∀", "exists": "∃", "sum": "∑", "prod": "∏", "int": "∫",
    "times": "×", "cdot": "·", "cdots": "⋯", "ldots": "…", "dots": "…", "vdots": "⋮", "div": "÷", "pm": "±",
    "mp": "∓", "ast": "*", "star": "⋆", "circ": "∘", "odot": "⊙", "oplus": "⊕", "otimes": "⊗", "leq": "≤",
    "le": "≤", "geq": "≥", "ge": "≥", "neq": "≠", "ne": "≠", "ll": "≪", "gg": "≫", "approx": "≈", "sim": "∼",
    "simeq": "≃", "equiv": "≡", "propto": "∝", "in": "∈", "notin": "∉", "subset": "⊂", "subseteq": "⊆",
    "cup": "∪", "cap": "∩", "setminus": "∖", "to": "→", "rightarrow": "→", "longrightarrow": "→",
    "leftarrow": "←", "gets": "←", "Rightarrow": "⇒", "implies": "⇒", "iff": "⇔", "mapsto": "↦",
    "leftrightarrow": "↔", "top": "ᵀ", "langle": "⟨", "rangle": "⟩", "lVert": "‖", "rVert": "‖", "Vert": "‖",
    "lvert": "|", "rvert": "|", "vert": "|", "mid": "|", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈",
    "rceil": "⌉", "prime": "′", "quad": "  ", "qquad": "    ", "colon": ":",
}  # fmt: skip
# Commands that are their own names, and those that only say how something looks.
_NAMES = frozenset((
    "log", "ln", "exp", "max", "min", "sin", "cos", "tan", "tanh", "arg", "argmax", "argmin", "lim", "sup",
    "inf", "softmax", "det", "dim", "Pr",
))  # fmt: skip
_LOOKS = frozenset((
    "left", "right", "big", "Big", "bigl", "bigr", "Bigl", "Bigr", "displaystyle", "textstyle", "limits",
    "nolimits", "nonumber",
))  # fmt: skip
_FONTS = frozenset((
    "text", "mathrm", "mathbf", "mathit", "mathsf", "mathtt", "mathcal", "operatorname", "textbf", "textit",
    "textrm", "boldsymbol", "bm", "underbrace", "overbrace", "tag",
))  # fmt: skip
_ACCENTS = {"hat": "\u0302", "widehat": "\u0302", "bar": "\u0304", "overline": "\u0304", "tilde": "\u0303",
            "widetilde": "\u0303", "vec": "\u20d7", "dot": "\u0307"}  # fmt: skip
_DOUBLE_STRUCK = str.maketrans("CENPQRZ", "ℂ𝔼ℕℙℚℝℤ")
_RAISED = str.maketrans("0123456789+-=()Tinklmtxyab", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵀⁱⁿᵏˡᵐᵗˣʸᵃᵇ")
_LOWERED = str.maketrans("0123456789aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_TOKEN = re.compile(r"\\[a-zA-Z]+\*?|\\.|[{}^_&]|[^\\{}^_&]|\\", re.DOTALL)
# Deeper formulas are nobody's formulas.
_DEEPEST = 20


def readable(latex: str) -> str:
    """`latex` in Unicode; lines that it breaks into are parted by line feeds."""
    lines = _Reader(_TOKEN.findall(latex)).read().split("\n")
    return "\n".join(line for line in (re.sub(r"(?<=\S) {3,}", "  ", one).strip() for one in lines) if line)


class _Reader:
    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def read(self, until: str = "") -> str:
        """Everything up to the token `until`, which is passed over, or to the end."""
        parts: list[str] = []
        while self._at < len(self._tokens):
            token = self._take()
            if token == until:
                break
            parts.append(self._one(token))
        return "".join(parts)

    def _take(self) -> str:
        token = self._tokens[self._at]
        self._at += 1
        return token

    def _one(self, token: str) -> str:
        if self._depth > _DEEPEST:
            return token
        self._depth += 1
        try:
            if token == "{":
                return self.read("}")
            if token in "^_":
                return self._raised() if token == "^" else self._lowered()
            if token.startswith("\\"):
                return self._command(token[1:].rstrip("*"))
            return "" if token in "}&" else token
        finally:
            self._depth -= 1

    def _argument(self) -> str:
        """What a command or a script applies to: a group, or the next token."""
        self._pass_blanks()
        return self._one(self._take()) if self._at < len(self._tokens) else ""

    def _pass_blanks(self) -> None:
        while self._at < len(self._tokens) and self._tokens[self._at].isspace():
            self._at += 1

    def _command(self, name: str) -> str:
        if name in ("partial", "nabla"):
            self._pass_blanks()
        if name in _SYMBOLS:
            return _SYMBOLS[name]
        if name in ("frac", "dfrac", "tfrac"):
            above, below = self._argument(), self._argument()
            return f"{_held_together(above)}/{_held_together(below)}"
        if name == "sqrt":
            return f"√{_held_together(self._argument())}"
        if name in _ACCENTS:
            under = self._argument()
            return normalize("NFC", f"{under}{_ACCENTS[name]}") if len(under) == 1 else under
        if name == "mathbb":
            return self._argument().translate(_DOUBLE_STRUCK)
        if name in _FONTS:
            return self._argument()
        if name in ("begin", "end"):
            self._argument()
            return ""
        if name in _NAMES:
            return name
        if name in _LOOKS or name in ("!", "/"):
            return ""
        if name in (",", ";", ":", ">", " ", "\n"):
            return " "
        if name in ("\\", "|"):
            return "\n" if name == "\\" else "‖"
        return name if name and name in "{}%$#&_" else self._unknown(name)

    def _unknown(self, name: str) -> str:
        """A command that stays as it is, with its argument."""
        if self._tokens[self._at : self._at + 1] != ["{"]:
            return f"\\{name}"
        return f"\\{name}{{{self._argument()}}}"

    def _raised(self) -> str:
        above = self._argument()
        if above and above.translate(_RAISED) != above and all(_has(one, _RAISED) for one in above):
            return above.translate(_RAISED)
        if above in ("ᵀ", "′", "*"):
            return above
        return f"^{above if above.isalnum() or not above else f'({above})'}"

    def _lowered(self) -> str:
        below = self._argument()
        if below.isdigit() or (len(below) == 1 and _has(below, _LOWERED)):
            return below.translate(_LOWERED)
        return f"_{_held_together(below)}"


def _has(character: str, table: dict[int, int]) -> bool:
    return ord(character) in table


def _held_together(text: str) -> str:
    """`text` in brackets unless it is one name or number."""
    text = text.strip()
    whole = len(text) == 1 or re.fullmatch(r"√?[\w.′*∂∇]*|[\w.]*\([^()]*\)", text)
    return text if whole else f"({text})"
