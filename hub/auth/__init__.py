"""Who is asking, and what they may do: passwords, sessions, one-time links, tokens, roles.

May import `rules`, `store` and `hub.errors`.
"""

from hub.auth.accounts import (
    UnknownUser,
    ensure_default_users,
    issue_sign_in_link,
    issue_token,
    set_password,
)
from hub.auth.passwords import UnusablePassword
from hub.auth.permissions import Action, allows
from hub.auth.sessions import Principal
from hub.auth.throttle import SignInThrottle

__all__ = [
    "Action",
    "Principal",
    "SignInThrottle",
    "UnknownUser",
    "UnusablePassword",
    "allows",
    "ensure_default_users",
    "issue_sign_in_link",
    "issue_token",
    "set_password",
]
