"""Saved mapping profiles: how the exports of a console are read that licmatch has never seen, learned from one file and kept as text."""

from __future__ import annotations

from licmatch.ingest.profiles.profile import Profile, load_profiles, profile_text, read_profile
from licmatch.ingest.profiles.reader import Profiles

__all__ = ["Profile", "Profiles", "load_profiles", "profile_text", "read_profile"]
