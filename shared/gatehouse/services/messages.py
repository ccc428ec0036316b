"""Messages: whose look and language a message of Cognito's wears, and what is put into it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.address import named_address
from gatehouse.domain.admission import AddressPage, newest_note
from gatehouse.domain.branding import Branding, dressed
from gatehouse.domain.locale import choose_locale
from gatehouse.domain.message import MessageKind, checked, harmless_person
from gatehouse.domain.tenant import TenantStatus
from gatehouse.errors import AddressNotSupported

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from gatehouse.domain.message import Message
    from gatehouse.services.ports import AddressReader, BrandLookup, MemberLookup, MessageRenderer


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What the deployment says where no tenant does: what its product is called, and its language."""

    product_name: str
    locale: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRequest:
    """A message that Cognito is about to send.

    Args:
        kind: what it is about.
        sub: of the user.
        user_name: what Cognito calls the profile.
        attributes: the profile's.
        tenant_id: the tenant that the client names; empty for none.
        code: Cognito's placeholder of the code.
        user_name_placeholder: that of the username; empty where there is none.
        at: the moment, UTC.
    """

    kind: MessageKind
    sub: str
    user_name: str
    attributes: Mapping[str, str]
    tenant_id: str
    code: str
    user_name_placeholder: str
    at: datetime


def compose(
    request: MessageRequest,
    *,
    addresses: AddressReader,
    members: MemberLookup,
    brands: BrandLookup,
    renderer: MessageRenderer,
    house: House,
) -> Message:
    """Return the words of a message, in the look and the language of the tenant that it is about, if it is about one.

    Raises:
        AwsError, UnreadableRecord: if nobody can tell which tenant that is.
        MessageNotUsable: if Cognito would not take the message.
        TemplateBroken: if there is none to be made.
    """
    page = _page(request.attributes, addresses)
    tenant_id = _tenant(request, page, members)
    tenant, branding = (brands.of(tenant_id) if tenant_id else None) or (None, Branding())
    if tenant is not None and tenant.status is TenantStatus.CLOSED:
        tenant, branding = None, Branding()
    locale = choose_locale(
        (
            request.attributes.get("locale"),
            *(one.locale for one in page.invitations if one.tenant_id == tenant_id),
            tenant.locale if tenant else None,
            house.locale,
        ),
        renderer.templates.locales(request.kind),
    )
    values = {
        "code": request.code,
        "person": harmless_person(request.attributes.get("name") or request.attributes.get("given_name", "")),
        "user_name": request.user_name_placeholder,
    }
    look = dressed(branding, tenant.name if tenant else house.product_name)
    message = renderer.render(request.kind, locale, values, look)
    return checked(message, request.kind, request.code, request.user_name_placeholder)


def _page(attributes: Mapping[str, str], addresses: AddressReader) -> AddressPage:
    try:
        return addresses.page(named_address(attributes))
    except AddressNotSupported:
        return AddressPage()


def _tenant(request: MessageRequest, page: AddressPage, members: MemberLookup) -> str | None:
    """Return the tenant that a message is about: of the sign-up, else that is named, else the user's default."""
    note = newest_note(page, request.sub, request.user_name, request.at)
    if note is not None:
        return note.tenant_id
    if not request.sub:
        return None
    of_user = members.of_user(request.sub)
    return next((one for one in (request.tenant_id, of_user.default_tenant_id) if one in of_user.by_tenant), None)
