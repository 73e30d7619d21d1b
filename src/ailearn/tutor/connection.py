"""What is connected: which model does which job, with which key, and whether it may be asked."""

from collections.abc import Mapping
from typing import NamedTuple

from ailearn.errors import AilearnError
from ailearn.settings import Settings
from ailearn.tutor import client, consent, keys, providers
from ailearn.tutor.talk import JOBS, Endpoint, Job, Message, Reply, Request
from ailearn.tutor.teacher import Teacher


class Service(NamedTuple):
    """A place where models are served.

    `key` says where its key comes from and never what it is: a variable, `keyring`, a path, or nothing when
    there is none. `missing` says that one is needed, `trouble` why the keyring could not be asked, and
    `agreed` that requests may go there, which no local server needs.
    """

    provider: str
    url: str
    local: bool
    key: str
    missing: bool
    agreed: bool
    trouble: str = ""


class JobModel(NamedTuple):
    """The model that does a job; `problem` is what stands in its way, and then there is no model."""

    job: Job
    model: str
    service: Service | None
    problem: AilearnError | None = None


class Connection(NamedTuple):
    """Which model does which job; no jobs when nothing is connected."""

    jobs: tuple[JobModel, ...]


class Offered(NamedTuple):
    """The models of a server by name, and those jobs that each of them does now."""

    provider: str
    url: str
    models: tuple[tuple[str, tuple[Job, ...]], ...]


def connection(settings: Settings, environ: Mapping[str, str]) -> Connection:
    """The model of each job, with what may be missing.

    Asks no server but local ones, and those only where no model is set.
    """
    services: dict[tuple[str, str, bool], Service] = {}
    jobs: list[JobModel] = []
    for job in JOBS:
        try:
            endpoint = providers.endpoint_for(settings, environ, job)
            if endpoint is None:
                return Connection(())
            place = (endpoint.provider, endpoint.url, endpoint.local)
            if place not in services:
                services[place] = _service(endpoint, settings, environ)
            jobs.append(JobModel(job, endpoint.model, services[place]))
        except AilearnError as error:
            jobs.append(JobModel(job, "", None, error))
    return Connection(tuple(jobs))


def _service(endpoint: Endpoint, settings: Settings, environ: Mapping[str, str]) -> Service:
    found = keys.find_key(endpoint, environ, settings.folders.config)
    return Service(
        endpoint.provider,
        endpoint.url,
        endpoint.local,
        found.key.source if found.key else "",
        found.key is None and keys.is_needed(endpoint),
        (endpoint.local or consent.agreed(settings, consent.destination(endpoint)))
        and not (found.key and consent.open_to(settings, endpoint)),
        found.trouble,
    )


def offered(settings: Settings, environ: Mapping[str, str], endpoint: Endpoint) -> Offered:
    """What the server of an endpoint offers, and which of it does a job now.

    Raises NetworkError when it needs a key and there is none, or does not tell, and ConfigurationError when
    others could read the key on its way.
    """
    key = keys.key_for(endpoint, environ, settings.folders.config)
    if key:
        consent.check_key(settings, endpoint)
    ids = client.models(endpoint.url, key.value if key else None, endpoint.local)
    doing: dict[str, list[Job]] = {}
    for job in connection(settings, environ).jobs:
        if job.service and job.service.url == endpoint.url:
            doing.setdefault(job.model, []).append(job.job)
    models = tuple((one, tuple(doing.get(one, ()))) for one in ids)
    return Offered(endpoint.provider, endpoint.url, models)


def try_model(endpoint: Endpoint, key: str | None) -> Reply:
    """Ask a model for one word. Raises NetworkError when nothing comes back."""
    request = Request((Message("user", "Reply with the word OK."),))
    return Teacher(endpoint, key).answer(lambda _: request)
