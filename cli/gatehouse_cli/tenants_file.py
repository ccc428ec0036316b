"""`tenants.yaml`: what it may hold, its schema for editors, and what it asks for as a plan's plain values."""

import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from gatehouse.domain.address import parse_domain
from gatehouse.domain.branding import Branding, parse_branding
from gatehouse.domain.invitation import parse_locale
from gatehouse.domain.mail_domain import JoinMode
from gatehouse.domain.membership import is_for_rules
from gatehouse.domain.plan import Part, Place, Value, Values, Wanted
from gatehouse.domain.policy import NATIVE_WAYS, parse_client_id, parse_client_name, parse_rule_role, parse_way
from gatehouse.domain.provider import parse_attribute_name, parse_provider_name
from gatehouse.domain.role import Role
from gatehouse.domain.seats import MOST_SEATS
from gatehouse.domain.tenant import parse_tenant_id, parse_tenant_name
from gatehouse.errors import Refusal
from gatehouse_cli.client import OWN_WAYS
from gatehouse_cli.yaml_file import FileProblem

ADVICE = "docs/tenants-as-code.md says what a tenants.yaml may hold"


def _checked[T](parse: Callable[[T], T]) -> AfterValidator:
    """Return a check by one of the domain's own rules, which says what that rule says."""

    def check(value: T) -> T:
        try:
            return parse(value)
        except Refusal as refusal:
            raise ValueError(f"{refusal.sentence} [{refusal.code}]") from None

    return AfterValidator(check)


def _shown(**schema: Any) -> Any:
    return Field(json_schema_extra=schema)


def _part_of_branding(name: str) -> AfterValidator:
    return _checked(lambda text: getattr(parse_branding(Branding(**{name: text})), name))


_FOR_RULES = [role.value for role in Role if is_for_rules(role)]
_WAY_SCHEMA = {"anyOf": [{"enum": list(NATIVE_WAYS)}, {"pattern": r"^provider:\S{1,32}$"}]}

type TenantId = Annotated[str, _checked(parse_tenant_id), _shown(pattern="^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]
type TenantName = Annotated[str, _checked(parse_tenant_name), _shown(minLength=1, maxLength=100)]
type ClientName = Annotated[str, _checked(parse_client_name), _shown(minLength=1, maxLength=100)]
type ClientId = Annotated[str, _checked(parse_client_id), _shown(pattern="^[A-Za-z0-9_+]{1,128}$")]
type ProviderName = Annotated[str, _checked(parse_provider_name), _shown(minLength=1, maxLength=32)]
type MailDomain = Annotated[str, _checked(parse_domain)]
type Way = Annotated[str, _checked(parse_way), _shown(**_WAY_SCHEMA)]
type RuleRole = Annotated[Role, _checked(parse_rule_role), _shown(enum=_FOR_RULES)]
type Locale = Annotated[str, _checked(parse_locale)]
type AttributeName = Annotated[str, _checked(parse_attribute_name), _shown(minLength=1, maxLength=256)]


class _Block(BaseModel):
    """A block of the file: what it does not name is not there, and an unknown name is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    def named(self) -> dict[str, Value]:
        """Return what the block names, as plain values."""
        return {name: _plain(getattr(self, name)) for name in type(self).model_fields if name in self.model_fields_set}


class ClientBlock(_Block):
    """An app client, as a whole."""

    id: ClientId | None = None
    """Its id in the user pool; web and two-step, the stack's own, may leave it out."""
    ways: list[Way] | None = None
    """Every way in that it offers; web and two-step may leave it out."""
    machine_of: TenantId | None = None
    """The tenant whose machine it is, if people do not use it."""


class BrandingBlock(_Block):
    """How a tenant's messages look. What is null is cleared, what is left out stays as it is."""

    display_name: Annotated[str, _part_of_branding("display_name"), _shown(maxLength=100)] | None = None
    """What the tenant is called in messages, if not by its name."""
    logo_url: Annotated[str, _part_of_branding("logo_url"), _shown(pattern="^https://")] | None = None
    """Where mail programs find its logo, by https."""
    color: Annotated[str, _part_of_branding("color"), _shown(pattern="^#[0-9A-Fa-f]{6}$")] | None = None
    """Of buttons and rules, such as "#0B5FFF", in quotes."""
    support_address: Annotated[str, _part_of_branding("support_address")] | None = None
    """Where people turn: an e-mail address or a phone number."""
    footer: Annotated[str, _part_of_branding("footer"), _shown(maxLength=300)] | None = None
    """The last line."""
    subject_prefix: Annotated[str, _part_of_branding("subject_prefix"), _shown(maxLength=40)] | None = None
    """What every subject begins with."""


class PolicyBlock(_Block):
    """What a tenant asks of a sign-in, takes people by and puts into tokens. What is left out stays as it is."""

    ways: list[Way] = Field(default_factory=list)
    """The ways in that it takes, every one; [] for any."""
    provider_role: RuleRole | None = None
    """What somebody becomes by the word of its identity providers; null if they need an invitation."""
    codes: bool = Field(default=True, strict=True)
    """Whether people join by shareable codes."""
    domains: bool = Field(default=True, strict=True)
    """Whether people join by verified domains."""
    token_permissions: bool = Field(default=True, strict=True)
    """Whether tokens carry tenant_permissions."""
    tenants_list: bool = Field(default=True, strict=True)
    """Whether tokens carry the list of the user's tenants."""


class ProviderBlock(_Block):
    """An identity provider's mapping to the tenant, as a whole."""

    domains: list[MailDomain] = Field(default_factory=list)
    """Every mail domain for which its word is taken."""
    email_attribute: AttributeName | None = None
    """Where the mail address stands in its answer, if not under the usual names."""


class DomainBlock(_Block):
    """A mail domain that the tenant claims, as a whole. It counts once it is verified: gatehouse domain verify."""

    role: RuleRole = Role.MEMBER
    """What its people become."""
    join: JoinMode = JoinMode.AUTOMATIC
    """Whether they do so at once, or wait for approval."""


class TenantBlock(_Block):
    """A tenant. What is left out stays as it is."""

    name: TenantName = ""
    """What people call it; a new tenant is called by its id if this is left out."""
    seats: int | None = Field(default=None, ge=1, le=MOST_SEATS, strict=True)
    """Members and open invitations at most; null for no limit."""
    locale: Locale | None = None
    """The language of its messages, such as de or pt-BR; null for none of its own."""
    status: Literal["active", "suspended"] = "active"
    """Whether tokens may name it. A tenant is closed by gatehouse tenant close alone."""
    branding: BrandingBlock = Field(default_factory=BrandingBlock)
    policy: PolicyBlock = Field(default_factory=PolicyBlock)
    providers: dict[ProviderName, ProviderBlock] = Field(default_factory=dict)
    """Every identity provider that is mapped to it; {} for none. Others are removed."""
    domains: dict[MailDomain, DomainBlock] = Field(default_factory=dict)
    """Every mail domain that it claims; {} for none. Others are removed."""

    @field_validator("domains", mode="before")
    @classmethod
    def _must_differ(cls, domains: Any) -> Any:
        if isinstance(domains, Mapping) and len({str(one).lower() for one in domains}) < len(domains):
            raise ValueError("a domain stands there twice, in capitals and in small letters")
        return domains


class TenantsFile(_Block):
    """Tenants of a deployment, by id, and app clients, by name. What is not in the file is left alone."""

    model_config = ConfigDict(title="Tenants of a Gatehouse deployment")

    clients: dict[ClientName, ClientBlock] = Field(default_factory=dict)
    """Each app client by the name that operators call it."""
    tenants: dict[TenantId, TenantBlock] = Field(default_factory=dict)
    """Each tenant by its id."""

    @model_validator(mode="after")
    def _clients_must_make_sense(self) -> Self:
        for name, client in self.clients.items():
            is_own = name in OWN_WAYS
            if client.id is None and not is_own:
                raise ValueError(f"the app client {name} needs its id: only {' and '.join(OWN_WAYS)} are the stack's")
            if is_own and client.machine_of is not None:
                raise ValueError(f"the app client {name} is for people; name another for a machine")
            if not (client.ways or client.machine_of or (is_own and client.ways is None)):
                raise ValueError(f"the app client {name} needs the ways in that it offers, or a tenant's machine_of")
        return self


def wanted_of(file: TenantsFile, own_clients: Mapping[str, str]) -> Wanted:
    """Return what a file asks for.

    Args:
        file: as it was read.
        own_clients: the ids of the stack's own app clients, by name.

    Raises:
        FileProblem: if it asks for an own client that the stack has not, or for one app client twice.
    """
    values: dict[Place, Values] = {}
    for name, client in file.clients.items():
        client_id = client.id or own_clients.get(name)
        if client_id is None:
            raise FileProblem(f"The stack has no app client {name}: its user pool was there before", "Give it an id")
        place = Place("", Part.CLIENT, client_id)
        if place in values:
            raise FileProblem(f"The app client {client_id} stands in the file twice", "Keep one of its names")
        ways = client.ways if client.ways is not None else OWN_WAYS.get(name, ())
        values[place] = {"name": name, "ways": _plain(ways), "machine_of": client.machine_of}
    whole = set()
    for tenant_id, tenant in file.tenants.items():
        values |= _values_of(tenant_id, tenant)
        whole |= {(tenant_id, part) for part in (Part.PROVIDER, Part.DOMAIN) if _key(part) in tenant.model_fields_set}
    return Wanted(values=values, whole=frozenset(whole))


def schema() -> str:
    """Return the JSON Schema of tenants.yaml, for editors."""
    made = {"$schema": "https://json-schema.org/draft/2020-12/schema"} | TenantsFile.model_json_schema()
    return json.dumps(_without_defaults(made), indent=2) + "\n"


def _values_of(tenant_id: str, tenant: TenantBlock) -> dict[Place, Values]:
    named = tenant.named()
    values: dict[Place, Values] = {
        Place(tenant_id, Part.TENANT): {name: named[name] for name in ("name", "locale") if name in named}
    }
    blocks: dict[Part, Values] = {
        Part.SEATS: {name: named[name] for name in ("seats",) if name in named},
        Part.STATUS: {name: named[name] for name in ("status",) if name in named},
        Part.BRANDING: tenant.branding.named(),
        Part.POLICY: tenant.policy.named(),
    }
    values |= {Place(tenant_id, part): some for part, some in blocks.items() if some}
    for name, provider in tenant.providers.items():
        values[Place(tenant_id, Part.PROVIDER, name)] = {
            "domains": _plain(provider.domains),
            "email_attribute": provider.email_attribute,
        }
    for name, domain in tenant.domains.items():
        values[Place(tenant_id, Part.DOMAIN, name)] = {"role": domain.role.value, "join": domain.join.value}
    return values


def _key(part: Part) -> str:
    return f"{part}s"


def _plain(value: Any) -> Value:
    """Return a list in its one order, an enum's text, and anything else as it is."""
    if isinstance(value, list | tuple):
        return tuple(sorted(set(value)))
    return value.value if isinstance(value, Role | JoinMode) else value


def _without_defaults(made: Any) -> Any:
    """Return a schema that promises no value for what is left out: that stays as it is."""
    if isinstance(made, dict):
        return {name: _without_defaults(value) for name, value in made.items() if name != "default"}
    return [_without_defaults(one) for one in made] if isinstance(made, list) else made
