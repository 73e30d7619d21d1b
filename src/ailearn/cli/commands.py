"""Every command, the module that holds it, and the group under which the help lists it."""

COMMANDS: dict[str, tuple[str, str]] = {
    "papers": ("lists", "find"),
    "courses": ("lists", "find"),
    "books": ("lists", "find"),
    "tools": ("lists", "find"),
    "list": ("lists", "find"),
    "search": ("finding", "find"),
    "show": ("reading", "read"),
    "open-link": ("reading", "read"),
    "glossary": ("reading", "read"),
    "review": ("reviewing", "learn"),
    "quiz": ("exercises", "learn"),
    "questions": ("exercises", "learn"),
    "place": ("exercises", "learn"),
    "next": ("tracking", "learn"),
    "progress": ("tracking", "learn"),
    "sync": ("tracking", "learn"),
    "start": ("learning", "learn"),
    "read": ("learning", "learn"),
    "know": ("learning", "learn"),
    "skip": ("learning", "learn"),
    "reset": ("learning", "learn"),
    "undo": ("learning", "learn"),
    "note": ("learning", "learn"),
    "guide": ("overview", "way"),
    "tracks": ("overview", "way"),
    "timeline": ("overview", "way"),
    "path": ("overview", "way"),
    "topics": ("overview", "way"),
    "content": ("content", "program"),
    "config": ("program", "program"),
    "doctor": ("program", "program"),
    "completion": ("program", "program"),
}
GROUPS = ("find", "read", "learn", "way", "program")
# Commands that are groups of others, with the names of these.
SUBCOMMANDS: dict[str, tuple[str, ...]] = {
    "progress": ("export", "import", "restore"),
    "content": ("check", "new", "schema", "path"),
    "config": ("show", "set", "get", "path"),
}
