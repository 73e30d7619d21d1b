"""Completion scripts for bash, zsh and fish.

They are static: commands and options stand in the script, and ids come from a plain file, so pressing
TAB never starts Python.
"""

from pathlib import Path

from ailearn.catalog.study import CACHED_NAMES, PACKAGED_NAMES
from ailearn.cli.commands import COMMANDS, SUBCOMMANDS
from ailearn.language import say

# Commands whose arguments are ids, and options whose values are other names of the guide.
_TAKING_IDS = (
    "review", "show", "open-link", "quiz", "questions", "start", "read", "know", "skip", "reset", "note",
    "chat", "explain", "prompt",
)  # fmt: skip
_KINDS = ("paper", "essay", "course", "book", "tool")
_TAKING_TRACKS = ("timeline", "tracks", "place")
_VALUES = {
    "--lang": "en zh both",
    "--color": "auto always never",
    "--sort": "year title level minutes",
    "--kind": "paper essay course book tool term",
    "--link": "abstract pdf html page code video course book slides blog dataset demo docs",
    "--level": "1 2 3 4 5",
    "--status": "unread reading read known skipped",
    "--section": "one_liner problem motivation intuition figure mechanism formula evidence limits legacy "
    "requires related reading questions links sources cards note course book tool",
    "--job": "explain translate research visualise quiz critique teach-back",
    "--to": "zh en",
}
# Options that mean something else for some commands.
_VALUES_OF = {("explain", "prompt"): {"--level": "beginner student expert"}}
_BASH_OFFER = """COMPREPLY=($(compgen -W '{words}' -- "$current")); return"""
_COMMON = "--lang --json --plain --content --color --no-pager --ascii --help"
_LIST = "--since --until --topic --author --track --status --level --sort --reverse --limit"
_OPTIONS = {
    "review": "--topic --track --new --limit --grade --unsuspend --explain --model --show-prompt",
    **dict.fromkeys(("papers", "courses", "books", "tools", "list"), _LIST),
    "search": "--kind --limit",
    "show": "--brief --section --cards",
    "open-link": "--link --print --all",
    "path": "--track --all",
    "quiz": "--track --topic --count --seed",
    "questions": "--editor --grade --model --show-prompt",
    "ask": "--continue --retry --model --no-save --show-prompt",
    "chat": "--continue --model --no-save",
    "explain": "--level --model --no-save --show-prompt",
    "translate": "--to --output --model --show-prompt",
    "prompt": "--job --for --level --copy --open",
}


def script(shell: str, cache: Path | None) -> str:
    """The script for `shell`, which reads the ids from the installed guide and from the cache folder."""
    files = [PACKAGED_NAMES, *([cache / CACHED_NAMES] if cache else [])]
    named = " ".join("'" + str(one).replace("'", "'\\''") + "'" for one in files)
    return {"bash": _bash, "zsh": _zsh, "fish": _fish}[shell](named)


def _cases(indent: str) -> str:
    options_of = {"''": "--version", **_OPTIONS}
    lines = [f"{indent}{name}) options='{options} {_COMMON}' ;;" for name, options in options_of.items()]
    return "\n".join([*lines, f"{indent}*) options='{_COMMON}' ;;"])


def _value_cases(indent: str, offer: str) -> str:
    """The values of options, by `$command $previous`."""
    own = [
        (f"'{name} {option}'", values)
        for names, options in _VALUES_OF.items()
        for name in names
        for option, values in options.items()
    ]
    cases = [*own, *((f"*' {option}'", values) for option, values in _VALUES.items())]
    return "\n".join(f"{indent}{case}) {offer.format(words=values)} ;;" for case, values in cases)


def _bash(files: str) -> str:
    subcommands = "\n".join(
        f"    {name}) words='{' '.join(names)}' ;;" for name, names in SUBCOMMANDS.items()
    )
    return f"""\
# ailearn completion for bash. Install:
#   ailearn completion bash > ~/.local/share/bash-completion/completions/ailearn
_ailearn_names() {{
  local kind name
  cat {files} 2>/dev/null | while IFS=$'\\t' read -r name kind; do
    case " $1 " in *" $kind "*) printf '%s\\n' "$name" ;; esac
  done
}}
_ailearn() {{
  local current="${{COMP_WORDS[COMP_CWORD]}}" previous="${{COMP_WORDS[COMP_CWORD-1]}}"
  local command='' options='' words='' index
  for ((index = 1; index < COMP_CWORD; index++)); do
    case "${{COMP_WORDS[index]}}" in
      --lang|--color|--content) ((index++)) ;;
      -*) ;;
      *) command="${{COMP_WORDS[index]}}"; break ;;
    esac
  done
  COMPREPLY=()
  case "$command $previous" in
{_value_cases("    ", _BASH_OFFER)}
    *' --topic') COMPREPLY=($(compgen -W "$(_ailearn_names topic)" -- "$current")); return ;;
    *' --track') COMPREPLY=($(compgen -W "$(_ailearn_names track)" -- "$current")); return ;;
    *' --for') COMPREPLY=($(compgen -W "$(_ailearn_names tool)" -- "$current")); return ;;
    *' --content') COMPREPLY=($(compgen -d -- "$current")); return ;;
    *' --output'|*' --from') COMPREPLY=($(compgen -f -- "$current")); return ;;
  esac
  case "$command" in
{_cases("    ")}
  esac
  case "$command" in
    '') words='{" ".join(COMMANDS)}' ;;
    {"|".join(_TAKING_IDS)}) words="$(_ailearn_names '{" ".join(_KINDS)}')" ;;
    path) words="$(_ailearn_names '{" ".join(_KINDS)} path')" ;;
    translate) words="$(_ailearn_names '{" ".join(_KINDS)}') $(compgen -f -- "$current")" ;;
    {"|".join(_TAKING_TRACKS)}) words="$(_ailearn_names track)" ;;
    completion) words='bash zsh fish' ;;
    sync) [[ "$current" == -* ]] || {{ COMPREPLY=($(compgen -d -- "$current")); return; }} ;;
{subcommands}
  esac
  case "$current" in
    -*) COMPREPLY=($(compgen -W "$options" -- "$current")) ;;
    *) COMPREPLY=($(compgen -W "$words" -- "$current")) ;;
  esac
}}
complete -F _ailearn ailearn
"""


def _zsh(files: str) -> str:
    described = "\n".join(f"    '{name}:{_quoted(say(f'help.{name}', 'en'))}'" for name in COMMANDS)
    subcommands = "\n".join(
        f"    {name}) compadd -- {' '.join(names)} ;;" for name, names in SUBCOMMANDS.items()
    )
    return f"""\
#compdef ailearn
# ailearn completion for zsh. Install: ailearn completion zsh > a folder of your $fpath, as _ailearn
_ailearn_names() {{
  cat {files} 2>/dev/null | while IFS=$'\\t' read -r name kind; do
    case " $1 " in *" $kind "*) print -r -- "$name" ;; esac
  done
}}
_ailearn() {{
  local command='' options='' previous="${{words[CURRENT-1]}}" index=2
  local -a commands=(
{described}
  )
  while (( index < CURRENT )); do
    case "${{words[index]}}" in
      --lang|--color|--content) (( index++ )) ;;
      -*) ;;
      *) command="${{words[index]}}"; break ;;
    esac
    (( index++ ))
  done
  case "$command $previous" in
{_value_cases("    ", "compadd -- {words}; return")}
    *' --topic') compadd -- $(_ailearn_names topic); return ;;
    *' --track') compadd -- $(_ailearn_names track); return ;;
    *' --for') compadd -- $(_ailearn_names tool); return ;;
    *' --content') _files -/; return ;;
    *' --output'|*' --from') _files; return ;;
  esac
  case "$command" in
{_cases("    ")}
  esac
  if [[ "${{words[CURRENT]}}" == -* ]]; then
    compadd -- ${{=options}}
    return
  fi
  case "$command" in
    '') _describe command commands ;;
    {"|".join(_TAKING_IDS)}) compadd -- $(_ailearn_names '{" ".join(_KINDS)}') ;;
    path) compadd -- $(_ailearn_names '{" ".join(_KINDS)} path') ;;
    translate) compadd -- $(_ailearn_names '{" ".join(_KINDS)}'); _files ;;
    {"|".join(_TAKING_TRACKS)}) compadd -- $(_ailearn_names track) ;;
    completion) compadd -- bash zsh fish ;;
    sync) _files -/ ;;
{subcommands}
  esac
}}
if [ "$funcstack[1]" = "_ailearn" ]; then
  _ailearn "$@"
else
  compdef _ailearn ailearn
fi
"""


def _fish(files: str) -> str:
    lines = [
        "# ailearn completion for fish. Install:",
        "#   ailearn completion fish > ~/.config/fish/completions/ailearn.fish",
        "function __ailearn_names",
        f'  cat {files} 2>/dev/null | string match -r "^[^\\t]+(?=\\t(?:$argv[1])\\$)"',
        "end",
        "complete -c ailearn -f",
        "complete -c ailearn -n __fish_use_subcommand -l version",
    ]
    for name in COMMANDS:
        about = _quoted(say(f"help.{name}", "en"))
        lines.append(f"complete -c ailearn -n __fish_use_subcommand -a {name} -d '{about}'")
    for name in _TAKING_IDS:
        lines.append(_fish_arguments(name, f"(__ailearn_names '{'|'.join(_KINDS)}')"))
    lines.append(_fish_arguments("path", f"(__ailearn_names '{'|'.join(_KINDS)}|path')"))
    for name in _TAKING_TRACKS:
        lines.append(_fish_arguments(name, "(__ailearn_names track)"))
    lines.append(_fish_arguments("translate", f"(__ailearn_names '{'|'.join(_KINDS)}')"))
    lines.append(_fish_arguments("translate", "(__fish_complete_path)"))
    lines.append(_fish_arguments("sync", "(__fish_complete_directories)"))
    for name, names in (*SUBCOMMANDS.items(), ("completion", ("bash", "zsh", "fish"))):
        lines.append(_fish_arguments(name, f"'{' '.join(names)}'"))
    values = {
        **_VALUES,
        "--topic": "(__ailearn_names topic)",
        "--track": "(__ailearn_names track)",
        "--for": "(__ailearn_names tool)",
        "--output": "(__fish_complete_path)",
    }
    for name, options in (*_OPTIONS.items(), ("", _COMMON)):
        where = f" -n '__fish_seen_subcommand_from {name}'" if name else ""
        own = next((of for names, of in _VALUES_OF.items() if name in names), {})
        for option in options.split():
            taken = _fish_values((values | own).get(option))
            lines.append(f"complete -c ailearn{where} -l {option.removeprefix('--')}{taken}")
    return "\n".join(lines) + "\n"


def _fish_values(offered: str | None) -> str:
    quote = '"' if offered and "(" in offered else "'"
    return f" -x -a {quote}{offered}{quote}" if offered else ""


def _fish_arguments(command: str, offered: str) -> str:
    shown = offered if offered.startswith("'") else f'"{offered}"'
    return f"complete -c ailearn -n '__fish_seen_subcommand_from {command}' -a {shown}"


def _quoted(text: str) -> str:
    return text.replace("'", "’").replace(":", "\\:")
