"""Airbyte's source reads issues of Jira into a file of JSON lines."""

from __future__ import annotations

from airbyte_source import measure_source
from measured import place, speak_plain_http
from source_jira.run import run

told = place()
speak_plain_http()
site = told["jira"].removeprefix("http://")
account = {"domain": site, "email": told["email"], "api_token": told["token"]}
measure_source("airbyte-source-jira", run, {**account, "projects": ["SHOP"]})
