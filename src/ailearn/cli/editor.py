"""The reader's own editor, for texts that are longer than a line."""

from pathlib import Path

from ailearn.cli.options import Session
from ailearn.errors import ConfigurationError


def editor_command(opened: Session) -> list[str]:
    """The command of the reader's editor. Raises ConfigurationError when no variable names one."""
    import shlex

    environ = opened.screen.streams.environ
    for variable in ("VISUAL", "EDITOR"):
        named = environ.get(variable, "")
        try:
            command = shlex.split(named)
        except ValueError as error:
            raise ConfigurationError(
                "error.variable-value", hint="hint.editor", variable=variable, value=named
            ) from error
        if command:
            return command
    raise ConfigurationError("error.no-editor", hint="hint.editor")


def call_editor(command: list[str], path: Path) -> None:
    """Run the editor on a file and wait for it. Raises ConfigurationError when it does not end well."""
    import subprocess

    try:
        code = subprocess.run([*command, str(path)], check=False).returncode
        path.stat()
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigurationError(
            "error.editor", hint="hint.editor", command=command[0], reason=reason
        ) from error
    if code:
        raise ConfigurationError(
            "error.editor-failed", hint="hint.editor-failed", command=command[0], code=code
        )
