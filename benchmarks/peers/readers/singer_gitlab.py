"""The Singer tap reads issues of GitLab, and the project they are in, into a file of JSON lines."""

from __future__ import annotations

import tap_gitlab
from measured import place, turn_back
from singer_tap import measure_tap

told = place()
# It knows one address and writes its token into it.
turn_back("https://gitlab.com", told["gitlab"], {"PRIVATE-TOKEN": told["gitlab token"]})
account = {"private_token": told["gitlab token"], "groups": "", "projects": "acme/shop-web"}
measure_tap("tap-gitlab", tap_gitlab.main, account, ("projects", "issues"), "--catalog")
