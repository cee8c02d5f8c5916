"""Who looks, and what a route demands."""

from lms.access.policy import SCOPES, Policy, policy_of, public, requires, signed_in
from lms.access.viewer import CAPABILITIES, NOBODY, SYSTEM, GrantValue, Viewer

__all__ = [
    "CAPABILITIES",
    "NOBODY",
    "SCOPES",
    "SYSTEM",
    "GrantValue",
    "Policy",
    "Viewer",
    "policy_of",
    "public",
    "requires",
    "signed_in",
]
