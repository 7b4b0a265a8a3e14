"""The Singer tap reads issues and changelogs of Jira into a file of JSON lines."""

from __future__ import annotations

import tap_jira
from measured import place, speak_plain_http
from singer_tap import measure_tap

told = place()
speak_plain_http()
account = {"username": told["email"], "password": told["token"], "base_url": told["jira"]}
measure_tap("tap-jira", tap_jira.main, account, ("issues", "changelogs"), "--properties")
