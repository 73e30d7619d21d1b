"""Which model does a job, and where it is served.

Addresses and the names of variables and models are those that the providers' own pages gave at AS_OF. A model
stands here only where its name could be verified; for the rest the server is asked what it offers.
"""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from ailearn.errors import ConfigurationError, NetworkError
from ailearn.messages import Names
from ailearn.settings import PROVIDERS, Settings, check_value
from ailearn.tutor import local_servers
from ailearn.tutor.talk import Endpoint, Job

AS_OF = "2026-11"


class Preset(NamedTuple):
    """A provider of models.

    `url` is the base address of its chat API, `variables` those that may hold the key, the first of them the
    one to recommend, `page` where a key is made. `model` is a current model for all jobs, `cheap` the one for
    translating, which takes many words and little thought; empty where the server's own list must tell. Only
    what `needs_key` fails without one.
    """

    name: str
    url: str
    variables: tuple[str, ...]
    page: str = ""
    model: str = ""
    cheap: str = ""
    needs_key: bool = True


_PRESETS = (
    Preset("ollama", "http://localhost:11434/v1", ("OLLAMA_API_KEY",), needs_key=False),
    Preset("llama.cpp", "http://localhost:8080/v1", ("LLAMA_API_KEY",), needs_key=False),
    Preset(
        "deepseek", "https://api.deepseek.com", ("DEEPSEEK_API_KEY",),
        "https://platform.deepseek.com/api_keys", "deepseek-flash", "deepseek-flash",
    ),
    Preset(
        "zhipu", "https://open.bigmodel.cn/api/paas/v4", ("ZHIPUAI_API_KEY", "ZAI_API_KEY"),
        "https://open.bigmodel.cn/usercenter/apikeys", "glm-4.7-flash", "glm-4.7-flash",
    ),
    # Ark serves only what the reader has switched on in its console.
    Preset(
        "volcengine", "https://ark.cn-beijing.volces.com/api/v3", ("ARK_API_KEY",),
        "https://console.volcengine.com/ark/region:ark+cn-beijing/apiKey",
    ),
    Preset(
        "gemini", "https://generativelanguage.googleapis.com/v1beta/openai",
        ("GEMINI_API_KEY", "GOOGLE_API_KEY"), "https://aistudio.google.com/apikey",
        "gemini-3.8-flash", "gemini-3.5-flash-lite",
    ),
    Preset(
        "anthropic", "https://api.anthropic.com/v1", ("ANTHROPIC_API_KEY",),
        "https://platform.claude.com/settings/keys", "claude-opus-5-5", "claude-haiku-5-5",
    ),
    Preset(
        "openai", "https://api.openai.com/v1", ("OPENAI_API_KEY",),
        "https://platform.openai.com/api-keys", "gpt-6-sol", "gpt-6-luna",
    ),
    Preset(
        "openrouter", "https://openrouter.ai/api/v1", ("OPENROUTER_API_KEY",), "https://openrouter.ai/settings/keys",
    ),
    Preset("custom", "", ("AILEARN_TUTOR_KEY",), needs_key=False),
)  # fmt: skip
PRESETS = {preset.name: preset for preset in _PRESETS}


def preset(name: str) -> Preset:
    """The preset called `name`. Raises ConfigurationError, naming the nearest ones, when there is none."""
    if name in PRESETS:
        return PRESETS[name]
    import difflib

    nearest = difflib.get_close_matches(name, PROVIDERS, 3, 0.5)
    raise ConfigurationError(
        "error.no-such-provider",
        hint="hint.did-you-mean" if nearest else "hint.providers",
        name=name,
        names=Names(nearest or PROVIDERS),
    )


def address(name: str, settings: Settings, environ: Mapping[str, str]) -> str:
    """The base address of a provider: the one that is set, or its own, which for Ollama is `OLLAMA_HOST`'s.

    Raises ConfigurationError for an unknown provider, and for `custom` without an address.
    """
    chosen = preset(name)
    configured = settings.tutor.get("url")
    if configured and name == settings.tutor.get("provider", "custom"):
        return checked_address(str(configured))
    if name == "ollama":
        return local_servers.ollama_url(environ)
    if name == "llama.cpp":
        return local_servers.llama_cpp_url(environ)
    if not chosen.url:
        raise ConfigurationError("error.no-provider-url", hint="hint.no-provider-url")
    return chosen.url


def checked_address(url: str) -> str:
    """A base address without what people paste along with it. Raises ConfigurationError when it is none."""
    base = url.strip().rstrip("/").removesuffix("/chat/completions").rstrip("/")
    check_value("tutor.url", base, None)
    try:
        parts = urlsplit(base)
        usable = parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ConfigurationError(
            "error.config-value", hint="hint.config-tutor.url", path="config.toml", key="tutor.url", value=url
        )
    return base


def named_model(text: str) -> tuple[str, str]:
    """Name and provider of NAME@PROVIDER; the provider is empty when none is named.

    Raises ConfigurationError for an unknown provider. An `@` that begins a name belongs to it.
    """
    name, at, provider = text.rpartition("@")
    if not at or (not name and provider not in PRESETS):
        return text, ""
    return name, preset(provider).name


def endpoint_for(
    settings: Settings, environ: Mapping[str, str], job: Job, model: str | None = None
) -> Endpoint | None:
    """The model for a job: `model`, then the one set for the job, then the one set for all.

    Without any setting it is a local server that runs; None without one. Raises ConfigurationError for a
    provider that nobody knows or that needs more to be set, NetworkError when a local server that was chosen
    without a model does not answer.
    """
    configured = settings.tutor
    chosen = model or str(configured.get(f"models.{job}", "") or configured.get("model", ""))
    name, provider = named_model(chosen)
    provider = provider or usual_provider(settings)
    return endpoint_at(provider, name, settings, environ, job) if provider else _found(environ, name)


def usual_provider(settings: Settings) -> str:
    """The provider of models that are set without one; empty when nothing says."""
    named = str(settings.tutor.get("provider", "")) or named_model(str(settings.tutor.get("model", "")))[1]
    return named or ("custom" if "url" in settings.tutor else "")


def endpoint_at(
    provider: str, name: str, settings: Settings, environ: Mapping[str, str], job: Job = "ask"
) -> Endpoint:
    """The model `name` of a provider; without a name the suggested one, or the first of a local server.

    Raises as `endpoint_for` does.
    """
    url = address(provider, settings, environ)
    known = preset(provider)
    chosen = name or (known.cheap if job == "translate" else known.model)
    local = local_servers.is_loopback(url)
    if not chosen and local:
        offered = local_servers.chat_models(local_servers.offered(url) or ())
        if not offered:
            raise NetworkError("error.no-local-model", hint="hint.no-local-model", url=url)
        chosen = offered[0]
    if not chosen:
        raise ConfigurationError("error.no-model", hint="hint.no-model", provider=provider)
    return Endpoint(provider, url, chosen, local and not local_servers.runs_elsewhere(provider, chosen))


def server(provider: str | None, settings: Settings, environ: Mapping[str, str]) -> Endpoint | None:
    """Where a provider's models are served, those of the usual one for None; the model may be empty.

    None when no provider is set and no local server runs. Raises ConfigurationError as `address` does.
    """
    name = provider or usual_provider(settings)
    if not name:
        return _found(environ, "")
    url = address(name, settings, environ)
    return Endpoint(name, url, "", local_servers.is_loopback(url))


def running(environ: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The local servers that run, by provider, with the models for conversation that each offers."""
    found = {}
    for name, url in (
        ("ollama", local_servers.ollama_url(environ)),
        ("llama.cpp", local_servers.llama_cpp_url(environ)),
    ):
        offered = local_servers.offered(url) if local_servers.is_loopback(url) else None
        if offered is not None:
            found[name] = local_servers.chat_models(offered)
    return found


def _found(environ: Mapping[str, str], name: str) -> Endpoint | None:
    urls = {"ollama": local_servers.ollama_url, "llama.cpp": local_servers.llama_cpp_url}
    for provider, models in running(environ).items():
        chosen = name or next(iter(models), "")
        if chosen:
            local = not local_servers.runs_elsewhere(provider, chosen)
            return Endpoint(provider, urls[provider](environ), chosen, local)
    return None
