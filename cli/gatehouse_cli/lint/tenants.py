"""Rules over what a tenant brings into messages: its name, its look and its language."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from gatehouse.domain.branding import Branding, contrast, dressed
from gatehouse.domain.locale import choose_locale
from gatehouse.domain.message import MessageKind
from gatehouse.domain.tenant import Tenant
from gatehouse.errors import TemplateBroken
from gatehouse.messaging.rendering import Renderer
from gatehouse_cli.lint.finding import Code, Finding
from gatehouse_cli.lint.rendered import Rendered, message_findings
from gatehouse_cli.lint.samples import Sample, values_for

_LEAST_CONTRAST = 3.0  # WCAG 2.2, success criterion 1.4.11


class TenantChecks:
    """Checks one tenant after the other; what depends on none of them is found out once.

    Args:
        renderer: of templates without an error.
        around: the colours on which a tenant's colour stands in mails.
        house_locale: the deployment's language.
    """

    def __init__(self, renderer: Renderer, around: Collection[str], house_locale: str) -> None:
        self._renderer = renderer
        self._around = around
        self._house_locale = house_locale
        self._locales: Mapping[MessageKind, Sequence[str]] = {
            kind: renderer.templates.locales(kind) for kind in MessageKind
        }

    def findings(self, tenant: Tenant, branding: Branding) -> list[Finding]:
        """Return what is wrong with a tenant's messages in its own language: of each code what is found first."""
        found: dict[Code, Finding] = {}
        for one in self._findings(tenant, branding):
            found.setdefault(one.code, one)
        return list(found.values())

    def _findings(self, tenant: Tenant, branding: Branding) -> Iterator[Finding]:
        place = f"tenant {tenant.id}"
        yield from self._faint(place, branding)
        look = dressed(branding, tenant.name)
        sample = Sample(f"its name `{look.name}`", look)
        for kind, available in self._locales.items():
            locale = choose_locale((tenant.locale, self._house_locale), available)
            if tenant.locale and locale.partition("-")[0] != tenant.locale.partition("-")[0]:
                yield Finding(Code.TENANT_LOCALE_MISSING, place, f"There are no messages in {tenant.locale}")
            if locale in available:
                yield from self._of_message(place, kind, locale, sample)

    def _of_message(self, place: str, kind: MessageKind, locale: str, sample: Sample) -> Iterator[Finding]:
        try:
            message = self._renderer.render(kind, locale, values_for(kind, sample), sample.look)
        except TemplateBroken as error:
            yield Finding(Code.NOT_RENDERED, place, f"{kind} in {locale} cannot be rendered: {error}")
            return
        for one in message_findings(Rendered(place, kind, sample, message)):
            yield Finding(one.code, place, f"{kind} in {locale}: {one.problem}")

    def _faint(self, place: str, branding: Branding) -> Iterator[Finding]:
        if branding.color is None or not self._around:
            return
        ratio, around = min((contrast(branding.color, one), one) for one in self._around)
        if ratio < _LEAST_CONTRAST:
            problem = f"Its colour {branding.color} on {around} has a contrast of {ratio:.2f}"
            yield Finding(Code.TENANT_COLOR_FAINT, place, problem)
