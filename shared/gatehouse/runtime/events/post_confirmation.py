"""The event of post confirmation."""

from gatehouse.runtime.cognito import Event, MetadataKey, sources_of


class PostConfirmationEvent(Event):
    """After a profile is confirmed, or its password set anew by a code: a fact that no answer of ours undoes."""

    trigger = "post_confirmation"
    is_gate = False
    sources = sources_of("PostConfirmation", "ConfirmSignUp", "ConfirmForgotPassword")
    takes_any_source = False
    needs_user = True

    @property
    def is_password_reset(self) -> bool:
        """Tell whether a password was set anew, rather than a profile confirmed."""
        return self.source == "PostConfirmation_ConfirmForgotPassword"

    @property
    def code(self) -> str | None:
        """Return the tenant's code that came with the confirmation, if one did."""
        return self.metadata.get(MetadataKey.CODE)
