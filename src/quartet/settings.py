"""Everything a deployment may change, read once from the environment and an optional `.env`.

Built only in `cli` and passed in from there: no other module reads the environment.
The names are fixed, because other people's scripts rely on them; `.env.example` explains each.
"""

import ipaddress
import json
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from limits import parse_many
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, HttpUrl, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class NotRead(Exception):
    """A file of settings that is there and cannot be read; the text says which and why."""


def _json(value: object) -> object:
    """Read what stands in the environment as JSON; whatever else comes is taken as it is."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise ValueError("it is not JSON") from None


NONE = "none"
"""A setting that is set, to nothing."""


def _rates(text: str) -> str:
    if text != NONE:
        parse_many(text)
    return text


def _networks(text: str) -> str:
    if text != NONE:
        for each in text.split(","):
            ipaddress.ip_network(each.strip())
    return text


Rates = Annotated[str, AfterValidator(_rates)]
"""How often: `10/minute;30/hour`, each of which holds; or `none`."""


def _address(text: str) -> str:
    parts = urlsplit(f"//{text}")
    if not parts.hostname or parts.port is None or parts.netloc != text:
        raise ValueError("it is no address with a port (127.0.0.1:9464)")
    return text


def _url(text: str) -> str:
    with suppress(ValueError):
        # The library alone would take what it can mend: `http:host`, a line's end.
        if HttpUrl(text) and urlsplit(text).hostname and text.isprintable() and " " not in text:
            return text
    raise ValueError("it is no address of a server (https://host:port/path)")


Url = Annotated[str, AfterValidator(_url)]
"""Where a server is asked over HTTP. One where nobody answers just now is fine."""


def _group(prefix: str) -> SettingsConfigDict:
    return SettingsConfigDict(env_prefix=prefix, env_ignore_empty=True, extra="ignore", frozen=True)


class ServerSettings(BaseSettings):
    """`QUARTET_*`: where we listen, what we keep on this machine, what it starts with."""

    model_config = _group("QUARTET_")

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    workers: Annotated[int, Field(ge=1, le=256)] = Field(default=1, description="Server processes on this machine.")
    home: Path | None = Field(default=None, description="Data folder; None: the platform's own place for it.")
    seed: Literal["demo", "none"] = "demo"
    secret: SecretStr | None = Field(
        default=None,
        description="Keys the hashes of session tokens; None: made once and kept in the data folder.",
    )
    local_model: str | None = Field(
        default=None,
        description="A .gguf file, a model's name, or `none`; None: what `quartet model use` chose.",
    )

    files: Path | None = Field(
        default=None, description="A folder for uploaded pictures; None: they are kept in the database."
    )
    titles: Literal["model", "plain"] = Field(
        default="model", description="Whether the model that answered first also names the chat."
    )
    limits: Literal["on", "off"] = Field(
        default="on", description="Whether the rates of `LIMIT_*` hold; off: something in front sees to it."
    )
    trusted_proxies: Annotated[str, AfterValidator(_networks)] = Field(
        default="127.0.0.1,::1",
        description="Addresses and networks whose X-Forwarded-For and X-Forwarded-Proto are believed; or `none`.",
    )

    metrics: Annotated[str, AfterValidator(_address)] | None = Field(
        default=None, description="Where Prometheus may ask, `127.0.0.1:9464`; None: nothing is measured."
    )
    log: Literal["text", "json"] = Field(default="text", description="Lines for people, or a JSON object a line.")
    drain: Annotated[float, Field(ge=0, le=600)] = Field(
        default=0, description="Seconds from the signal to stop until the port closes, in which /readyz says 503."
    )

    @property
    def proxies(self) -> list[str]:
        return [] if self.trusted_proxies == NONE else [each.strip() for each in self.trusted_proxies.split(",")]

    @property
    def is_local(self) -> bool:
        """Whether only this machine can connect. A reverse proxy on it may still let others in."""
        return self.host in {"127.0.0.1", "localhost", "::1"}


class DatabaseSettings(BaseSettings):
    """`DATABASE_*`: a PostgreSQL of your own (14 or newer); without one we start an embedded server."""

    model_config = _group("DATABASE_")

    url: SecretStr | None = None
    direct_url: SecretStr | None = Field(
        default=None, description="Past the pooler, for migrations; set it when `url` goes through PgBouncer."
    )
    replica_url: SecretStr | None = Field(
        default=None, description="A standby of the same database, for long reads; None, or one that is behind: `url`."
    )
    row_security: Literal["on", "off"] = Field(
        default="on", description="Whether requests run in a role that sees its user's rows alone; off: as the login."
    )


class RedisSettings(BaseSettings):
    """`REDIS_*`: what several processes share beside the database; one process needs none."""

    model_config = _group("REDIS_")

    url: SecretStr | None = None


class LimitSettings(BaseSettings):
    """`LIMIT_*`: how often. An address is an IPv4 address or the /64 of an IPv6 one."""

    model_config = _group("LIMIT_")

    login: Rates = Field(default="10/minute;30/hour", description="Sign-ins to one account from one address.")
    login_account: Rates = Field(default="100/hour", description="Sign-ins to one account from anywhere.")
    login_address: Rates = Field(default="60/minute;300/hour", description="Sign-ins to any account from one address.")
    second_factor: Rates = Field(default="5/minute;20/hour", description="Second factors of one account.")
    registration: Rates = Field(default="20/hour;50/day", description="New accounts from one address.")
    guest: Rates = Field(default="30/hour;100/day", description="New guests from one address.")
    chat: Rates = Field(default="30/minute", description="Questions of one account.")
    export: Rates = Field(default="10/hour", description="Exports of one account.")


class OAuthSettings(BaseSettings):
    """`OAUTH_*`: who else may say who somebody is. A provider without a client id is not offered."""

    model_config = _group("OAUTH_")

    google_client_id: str | None = None
    google_client_secret: SecretStr | None = None
    github_client_id: str | None = None
    github_client_secret: SecretStr | None = None
    github_url: Url = Field(default="https://github.com", description="A GitHub Enterprise Server has its own.")
    oidc_issuer: Url | None = Field(default=None, description="Any provider of OpenID Connect.")
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = Field(default=None, description="None: a public client.")
    oidc_name: str = Field(default="Single sign-on", description="What the button says.")


class AuthSettings(BaseSettings):
    """`AUTH_*`: one login with a Chat SDK on the same host; off without a secret."""

    model_config = _group("AUTH_")

    secret: SecretStr | None = Field(
        default=None, description="The Chat SDK's own; several by commas: the first makes cookies, all are read."
    )

    @property
    def secrets(self) -> list[str]:
        listed = self.secret.get_secret_value().split(",") if self.secret else []
        return [each.strip() for each in listed if each.strip()]


class OpenAISettings(BaseSettings):
    """`OPENAI_*`."""

    model_config = _group("OPENAI_")

    api_key: SecretStr | None = None
    base_url: Url | None = Field(default=None, description="Another server that speaks OpenAI's chat completions.")

    @property
    def is_another_server(self) -> bool:
        return self.base_url is not None and urlsplit(self.base_url).hostname != "api.openai.com"


class AnthropicSettings(BaseSettings):
    """`ANTHROPIC_*`."""

    model_config = _group("ANTHROPIC_")

    api_key: SecretStr | None = None
    base_url: Url | None = None


class PolarSettings(BaseSettings):
    """`POLAR_*`: who sells the plans. Without a token nothing is sold, and everybody is on the free plan."""

    model_config = _group("POLAR_")

    access_token: SecretStr | None = None
    webhook_secret: SecretStr | None = Field(default=None, description="Without it no event of Polar's is taken.")
    base_url: Url = "https://api.polar.sh"
    products: Annotated[dict[str, Literal["pro", "business"]], NoDecode, BeforeValidator(_json)] = Field(
        default_factory=dict, description="Which plan a product of Polar's is, by its id."
    )


class TracingSettings(BaseSettings):
    """`OTEL_*`: who collects traces. The other variables of OpenTelemetry's are its SDK's own to read."""

    model_config = _group("OTEL_")

    exporter_otlp_endpoint: Url | None = Field(
        default=None, description="A collector that takes OTLP over HTTP, `http://127.0.0.1:4318`; None: no traces."
    )
    exporter_otlp_headers: SecretStr | None = Field(default=None, description="`name=value`, several by commas.")
    service_name: str = "quartet"
    traces_sampler_arg: Annotated[float, Field(ge=0, le=1)] = Field(
        default=1, description="The share of traces that are begun here and kept; one begun elsewhere has its own word."
    )


class Settings(BaseModel):
    """The whole of it, by concern."""

    model_config = ConfigDict(frozen=True)

    server: ServerSettings = Field(default_factory=ServerSettings)
    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    redis: RedisSettings = Field(default_factory=RedisSettings)
    limits: LimitSettings = Field(default_factory=LimitSettings)
    oauth: OAuthSettings = Field(default_factory=OAuthSettings)
    auth: AuthSettings = Field(default_factory=AuthSettings)
    openai: OpenAISettings = Field(default_factory=OpenAISettings)
    anthropic: AnthropicSettings = Field(default_factory=AnthropicSettings)
    polar: PolarSettings = Field(default_factory=PolarSettings)
    tracing: TracingSettings = Field(default_factory=TracingSettings)

    @classmethod
    def load(cls, env_file: Path = Path(".env")) -> Self:
        """Read the environment; what it does not name, `env_file` may. Raises `NotRead` where that is there in vain."""
        _see(env_file)
        return cls(
            server=ServerSettings(_env_file=env_file),
            database=DatabaseSettings(_env_file=env_file),
            redis=RedisSettings(_env_file=env_file),
            limits=LimitSettings(_env_file=env_file),
            oauth=OAuthSettings(_env_file=env_file),
            auth=AuthSettings(_env_file=env_file),
            openai=OpenAISettings(_env_file=env_file),
            anthropic=AnthropicSettings(_env_file=env_file),
            polar=PolarSettings(_env_file=env_file),
            tracing=TracingSettings(_env_file=env_file),
        )


def _see(env_file: Path) -> None:
    # The library passes over a folder, which Docker makes where a file to be mounted is missing.
    try:
        env_file.read_text("utf-8")
    except FileNotFoundError:
        pass
    except OSError as error:
        raise NotRead(f"{env_file.absolute()} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise NotRead(f"{env_file.absolute()} cannot be read: it is not UTF-8.") from None


def prefix_of(group: str) -> str:
    """Return what the names of a group's settings begin with, by the name of its class."""
    groups = [field.annotation for field in Settings.model_fields.values()]
    return next((each.model_config["env_prefix"] for each in groups if each and each.__name__ == group), "")
