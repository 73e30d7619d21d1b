"""Completion scripts for bash, zsh and fish.

They are static: commands and options stand in the script, and ids come from a plain file, so pressing
TAB never starts Python.
"""

from collections.abc import Iterable
from pathlib import Path

from ailearn.catalog.study import CACHED_NAMES, PACKAGED_NAMES
from ailearn.cli.commands import COMMANDS, SUBCOMMANDS
from ailearn.language import say

# Commands whose arguments are ids, and options whose values are other names of the guide.
_TAKING_IDS = (
    "review", "show", "open-link", "quiz", "questions", "start", "read", "know", "skip", "reset", "note",
    "chat", "explain", "prompt", "cards suggest",
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
_TAKING_FILES = ("progress import", "progress export")
_FILES = ("--output", "-o", "--from")
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
    "cards suggest": "--from --count --model --show-prompt",
    "tutor setup": "--url --model --job",
    "tutor history": "--show --delete",
    "content schema": "--cards",
}


def script(shell: str, cache: Path | None) -> str:
    """The script for `shell`, which reads the ids from the installed guide and from the cache folder."""
    files = [PACKAGED_NAMES, *([cache / CACHED_NAMES] if cache else [])]
    named = " ".join("'" + str(one).replace("'", "'\\''") + "'" for one in files)
    return {"bash": _bash, "zsh": _zsh, "fish": _fish}[shell](named)


def _cases(indent: str) -> str:
    """The options, by `$command $subcommand`, the second of which may be any argument."""
    options_of = {"' '": "--version"} | {
        f"'{name}'" if " " in name else f"'{name} '*": options for name, options in _OPTIONS.items()
    }
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
        f"    {name}) _ailearn_offer {' '.join(names)} ;;" for name, names in SUBCOMMANDS.items()
    )
    return f"""\
# ailearn completion for bash. Install:
#   ailearn completion bash > ~/.local/share/bash-completion/completions/ailearn
# No file name goes through compgen -W or an unquoted variable, where bash would run what stands in it.
_ailearn_offer() {{
  local word
  for word in "$@"; do
    [[ "$word" == "$current"* ]] && COMPREPLY+=("$word")
  done
}}
_ailearn_names() {{
  local file name kind
  for file in {files}; do
    [[ -r "$file" ]] || continue
    while IFS=$'\\t' read -r name kind; do
      case " $1 " in *" $kind "*) _ailearn_offer "$name" ;; esac
    done < "$file"
  done
}}
_ailearn_files() {{
  local name
  # Readline itself offers files where bash is too old (3.2 of macOS) to be told that these are some.
  files=yes
  type compopt > /dev/null 2>&1 || return
  compopt -o filenames 2> /dev/null
  while IFS= read -r name; do
    # A name with a line break comes in parts; readline alone can offer it.
    [[ -e "$name" || -L "$name" || "$name" == '~'* ]] || {{ COMPREPLY=(); return; }}
    COMPREPLY+=("$name")
  done < <(compgen "$1" -- "${{current#[\\"\\']}}")
}}
_ailearn() {{
  local current="${{COMP_WORDS[COMP_CWORD]}}" previous="${{COMP_WORDS[COMP_CWORD-1]}}"
  local command='' subcommand='' options='' files='' index IFS=$' \\t\\n'
  COMPREPLY=()
  # Readline takes the sign in --option=value for a word of its own.
  if [[ "$previous" == '=' ]]; then
    previous="${{COMP_WORDS[COMP_CWORD-2]}}"
  elif [[ "$current" == '=' ]]; then
    current=''
  fi
  for ((index = 1; index < COMP_CWORD; index++)); do
    case "${{COMP_WORDS[index]}}" in
      --lang|--color|--content)
        [[ "${{COMP_WORDS[index+1]}}" == '=' ]] && ((index++))
        ((index++)) ;;
      -*) ;;
      *)
        [[ -n "$command" ]] && {{ subcommand="${{COMP_WORDS[index]}}"; break; }}
        command="${{COMP_WORDS[index]}}" ;;
    esac
  done
  _ailearn_complete
  # Only where files are wanted may readline offer some.
  if [[ -z "$files" ]] && type compopt > /dev/null 2>&1; then
    compopt +o default 2> /dev/null
  fi
}}
_ailearn_complete() {{
  case "$command $previous" in
{_value_cases("    ", "_ailearn_offer {words}; return")}
    *' --topic') _ailearn_names topic; return ;;
    *' --track') _ailearn_names track; return ;;
    *' --for') _ailearn_names tool; return ;;
    *' --content') _ailearn_files -d; return ;;
    {_patterns(_FILES)}) _ailearn_files -f; return ;;
  esac
  if [[ "$current" == -* ]]; then
    case "$command $subcommand" in
{_cases("      ")}
    esac
    # The options are ours and hold no sign that bash expands.
    _ailearn_offer $options
    return
  fi
  case "$command $subcommand" in
    {_either(_TAKING_FILES)}) _ailearn_files -f; return ;;
    {_either(one for one in _TAKING_IDS if " " in one)}) _ailearn_names '{" ".join(_KINDS)}'; return ;;
  esac
  case "$command" in
    '') _ailearn_offer {" ".join(COMMANDS)} ;;
    {"|".join(one for one in _TAKING_IDS if " " not in one)}) _ailearn_names '{" ".join(_KINDS)}' ;;
    path) _ailearn_names '{" ".join(_KINDS)} path' ;;
    translate) _ailearn_names '{" ".join(_KINDS)}'; _ailearn_files -f ;;
    {"|".join(_TAKING_TRACKS)}) _ailearn_names track ;;
    completion) _ailearn_offer bash zsh fish ;;
    sync) _ailearn_files -d ;;
{subcommands}
  esac
}}
complete -o default -F _ailearn ailearn
"""


def _patterns(options: Iterable[str]) -> str:
    """The shell's pattern for `$command $previous` when one of `options` stands before the word."""
    return "|".join(f"*' {option}'" for option in options)


def _either(commands: Iterable[str]) -> str:
    """The shell's pattern for `$command $subcommand`."""
    return "|".join(f"'{command}'" for command in commands)


def _zsh(files: str) -> str:
    described = "\n".join(f"    '{name}:{_quoted(say(f'help.{name}', 'en'))}'" for name in COMMANDS)
    subcommands = "\n".join(
        f"    {name}) compadd -- {' '.join(names)} ;;" for name, names in SUBCOMMANDS.items()
    )
    return f"""\
#compdef ailearn
# ailearn completion for zsh. Install: ailearn completion zsh > a folder of your $fpath, as _ailearn
_ailearn_names() {{
  local name kind
  local -a names
  cat {files} 2>/dev/null | while IFS=$'\\t' read -r name kind; do
    case " $1 " in *" $kind "*) names+=("$name") ;; esac
  done
  compadd -a names
}}
_ailearn() {{
  local command='' subcommand='' options='' previous="${{words[CURRENT-1]}}" index=2
  local -a commands=(
{described}
  )
  while (( index < CURRENT )); do
    case "${{words[index]}}" in
      --lang|--color|--content) (( index++ )) ;;
      -*) ;;
      *)
        [[ -n "$command" ]] && {{ subcommand="${{words[index]}}"; break; }}
        command="${{words[index]}}" ;;
    esac
    (( index++ ))
  done
  if [[ "${{words[CURRENT]}}" == --*=* ]]; then
    previous="${{words[CURRENT]%%=*}}"
    compset -P '*='
  fi
  case "$command $previous" in
{_value_cases("    ", "compadd -- {words}; return")}
    *' --topic') _ailearn_names topic; return ;;
    *' --track') _ailearn_names track; return ;;
    *' --for') _ailearn_names tool; return ;;
    *' --content') _files -/; return ;;
    {_patterns(_FILES)}) _files; return ;;
  esac
  case "$command $subcommand" in
{_cases("    ")}
  esac
  if [[ "${{words[CURRENT]}}" == -* ]]; then
    compadd -- ${{=options}}
    return
  fi
  case "$command $subcommand" in
    {_either(_TAKING_FILES)}) _files; return ;;
    {_either(one for one in _TAKING_IDS if " " in one)}) _ailearn_names '{" ".join(_KINDS)}'; return ;;
  esac
  case "$command" in
    '') _describe command commands ;;
    {"|".join(one for one in _TAKING_IDS if " " not in one)}) _ailearn_names '{" ".join(_KINDS)}' ;;
    path) _ailearn_names '{" ".join(_KINDS)} path' ;;
    translate) _ailearn_names '{" ".join(_KINDS)}'; _files ;;
    {"|".join(_TAKING_TRACKS)}) _ailearn_names track ;;
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
    lines += [f"{_fish_where(name)} -F" for name in ("translate", *_TAKING_FILES)]
    lines.append(_fish_arguments("sync", "(__fish_complete_directories)"))
    for name, names in SUBCOMMANDS.items():
        among = " ".join(names)
        where = f"__fish_seen_subcommand_from {name}; and not __fish_seen_subcommand_from {among}"
        lines.append(f"complete -c ailearn -n '{where}' -a '{among}'")
    lines.append(_fish_arguments("completion", "'bash zsh fish'"))
    values = {
        **_VALUES,
        "--topic": "(__ailearn_names topic)",
        "--track": "(__ailearn_names track)",
        "--for": "(__ailearn_names tool)",
        "--content": "(__fish_complete_directories)",
    }
    for name, options in (*_OPTIONS.items(), ("", _COMMON)):
        where = _fish_where(name) if name else "complete -c ailearn"
        own = next((of for names, of in _VALUES_OF.items() if name in names), {})
        for option in options.split():
            taken = " -r -F" if option in _FILES else _fish_values((values | own).get(option))
            short = " -s o" if option == "--output" else ""
            lines.append(f"{where} -l {option.removeprefix('--')}{short}{taken}")
    return "\n".join(lines) + "\n"


def _fish_values(offered: str | None) -> str:
    quote = '"' if offered and "(" in offered else "'"
    return f" -x -a {quote}{offered}{quote}" if offered else ""


def _fish_where(command: str) -> str:
    """The beginning of a line about what follows a command, or a command and one of its own."""
    seen = "; and ".join(f"__fish_seen_subcommand_from {name}" for name in command.split())
    return f"complete -c ailearn -n '{seen}'"


def _fish_arguments(command: str, offered: str) -> str:
    shown = offered if offered.startswith("'") else f'"{offered}"'
    return f"{_fish_where(command)} -a {shown}"


def _quoted(text: str) -> str:
    return text.replace("'", "’").replace(":", "\\:")
