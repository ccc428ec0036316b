"""The tenants of the gallery, both made up: one that sets everything that a branding has, one that sets little."""

from dataclasses import dataclass

from gatehouse.domain.branding import Branding, Look, dressed, parse_branding

LOGO_URL = "https://www.harbourlight.example/logo.svg"


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeUp:
    """A tenant that there is not.

    Args:
        id: the folder of its pictures.
        name: what people call it.
        branding: how its messages look.
    """

    id: str
    name: str
    branding: Branding

    @property
    def look(self) -> Look:
        """Return what its messages wear, if a tenant may have that branding."""
        return dressed(parse_branding(self.branding), self.name)


TENANTS = (
    MadeUp(
        id="harbourlight",
        name="Harbourlight Clinics",
        branding=Branding(
            logo_url=LOGO_URL,
            color="#0F5257",
            support_address="care@harbourlight.example",
            footer="Harbourlight Clinics, 12 Quay Street, Port Ellery",
        ),
    ),
    MadeUp(
        id="himawari",
        name="ひまわり文具店",
        branding=Branding(color="#FFD400"),
    ),
)
