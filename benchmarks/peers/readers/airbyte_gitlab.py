"""Airbyte's source reads issues of GitLab into a file of JSON lines."""

from __future__ import annotations

from airbyte_source import measure_source
from measured import place
from source_gitlab.run import run

told = place()
account = {"auth_type": "access_token", "access_token": told["gitlab token"]}
where = {"api_url": told["gitlab"], "projects_list": ["acme/shop-web"], "groups_list": ["acme"]}
measure_source("airbyte-source-gitlab", run, {**where, "credentials": account})
