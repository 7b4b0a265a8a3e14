"""The words of a web shop: its components, what they are about and what goes wrong with them."""

from __future__ import annotations

from pmbridge.sandbox.story.scenario import Team

#: The components of each team with the things they handle.
THINGS: dict[Team, dict[str, tuple[str, ...]]] = {
    Team.CHECKOUT: {
        "Cart": (
            "saved carts", "gift wrapping", "the voucher field", "line item quantities", "the mini cart",
            "the stock warning", "cart merging after login", "the free shipping hint",
        ),
        "Payment": (
            "invoice payment", "card payments", "the payment method list", "partial refunds",
            "strong customer authentication", "stored cards", "instalment plans", "payment retries",
        ),
        "Delivery": (
            "delivery slots", "pick-up points", "the shipping cost table", "split shipments", "the address book",
            "express delivery", "delivery tracking", "return labels",
        ),
        "Accounts": (
            "guest checkout", "password reset", "the order history", "loyalty points", "two-factor login",
            "newsletter consent", "company accounts", "account deletion",
        ),
    },
    Team.CATALOGUE: {
        "Search": (
            "search suggestions", "synonyms", "the filter sidebar", "sorting by rating", "the empty result page",
            "typo correction", "recent searches", "brand facets",
        ),
        "Product page": (
            "variant selection", "the image gallery", "size charts", "customer reviews", "the availability badge",
            "related products", "energy labels", "product videos",
        ),
        "Pricing": (
            "tier prices", "strike-through prices", "net prices for companies", "the unit price", "seasonal discounts",
            "currency rounding", "price alerts", "bundle prices",
        ),
        "Merchandising": (
            "campaign banners", "the category tree", "landing pages", "wish lists", "the gift finder",
            "back-in-stock mails", "product import", "recommendations",
        ),
    },
    Team.PLATFORM: {
        "API": (
            "order endpoints", "rate limiting", "webhook delivery", "pagination of listings", "the OpenAPI description",
            "idempotency keys", "the stock service", "error responses",
        ),
        "Infrastructure": (
            "the staging cluster", "database failover", "log retention", "the CDN configuration", "autoscaling",
            "secret rotation", "the build cache", "backups",
        ),
        "Observability": (
            "checkout traces", "the error budget board", "alert routing", "slow query logs", "synthetic checks",
            "front-end error reports", "queue metrics", "the status page",
        ),
        "Identity": (
            "session storage", "token refresh", "the consent service", "single sign-on", "role mapping",
            "bot protection", "audit logging", "key rollover",
        ),
    },
}  # fmt: skip

SHOP_VERBS = ("Show", "Offer", "Redesign", "Validate", "Translate", "Simplify", "Explain", "Extend", "Rework")
PLATFORM_VERBS = ("Harden", "Automate", "Scale", "Redesign", "Extend", "Monitor", "Simplify", "Replace")
STORY_VERBS = {Team.CHECKOUT: SHOP_VERBS, Team.CATALOGUE: SHOP_VERBS, Team.PLATFORM: PLATFORM_VERBS}
TASK_VERBS = (
    "Refactor", "Document", "Add metrics for", "Load-test", "Upgrade the library behind", "Clean up", "Cache",
    "Put a feature flag around", "Write a migration for", "Add contract tests for", "Log errors of",
)  # fmt: skip
SHOP_OCCASIONS = (
    "for guests", "on small screens", "for company customers", "when the session expires", "in the app",
    "for bundles", "with several currencies", "for returning customers", "outside the EU", "in dark mode",
    "after login", "for screen readers", "for marketplace sellers", "for large orders", "on the French site",
)  # fmt: skip
PLATFORM_OCCASIONS = (
    "under load", "in staging", "during deployments", "for background jobs", "across regions", "for partner shops",
    "before the sale season", "for mobile clients", "when a zone is down", "for the back office",
)  # fmt: skip
OCCASIONS = {Team.CHECKOUT: SHOP_OCCASIONS, Team.CATALOGUE: SHOP_OCCASIONS, Team.PLATFORM: PLATFORM_OCCASIONS}
SYMPTOMS = (
    "error page", "wrong language", "endless spinner", "stale data", "everything appears twice", "timeout",
    "text cut off", "back button broken", "state lost after a reload", "error 500", "wrong amount",
    "two mails instead of one", "no reaction to the second click", "empty list", "layout broken",
)  # fmt: skip
SHOP_PURPOSES = (
    "so that fewer baskets are left behind", "because support answers this question every day",
    "as agreed with the marketing team", "so that we meet the accessibility rules",
    "because the present version confuses half of our testers",
    "so that finance can close the month without manual work",
    "to prepare the next campaign", "because two large customers asked for it",
)  # fmt: skip
PLATFORM_PURPOSES = (
    "so that a deployment needs nobody at night", "because the last incident began there",
    "as agreed after the audit", "so that the partner shops can go live", "to halve the bill for the cluster",
    "because the old way ends with the next major version", "so that on-call gets fewer false alarms",
)  # fmt: skip
PURPOSES = {Team.CHECKOUT: SHOP_PURPOSES, Team.CATALOGUE: SHOP_PURPOSES, Team.PLATFORM: PLATFORM_PURPOSES}
SHOP_CRITERIA = (
    "Works with keyboard only", "Texts are translated into German, French and Polish",
    "An error is explained in plain words", "Visible within one second on a slow phone",
    "Events arrive in analytics", "Prices carry the right tax", "Nothing changes for guests",
    "The old address redirects", "Support can see it in the back office", "Switched off by a feature flag",
    "The order mail shows the same figures", "Access is logged", "Survives a reload", "Limits are configurable",
    "Tested with 200 line items",
)  # fmt: skip
PLATFORM_CRITERIA = (
    "Rolled back once on staging", "Alert fires within two minutes", "Answers in 200 ms at the 95th percentile",
    "Documented in the runbook", "Works with two zones out of three", "Old clients keep working",
    "Secrets stay out of the logs", "Switched off by a feature flag", "Limits are configurable",
    "Dashboard shows the error rate", "Migration runs without downtime", "Access is logged",
)  # fmt: skip
CRITERIA = {Team.CHECKOUT: SHOP_CRITERIA, Team.CATALOGUE: SHOP_CRITERIA, Team.PLATFORM: PLATFORM_CRITERIA}
REMARKS = (
    "Had a look at this, it is bigger than it seems: the {thing} part touches the mail templates too.",
    "Talked to design, the final screens come tomorrow.",
    "Rebased after the refactoring, tests are green again.",
    "Can we keep the old behaviour behind the flag for two weeks? Finance asked.",
    "Left two questions in the merge request.",
    "Moved the copy texts into the translation file.",
    "@all please do not merge into this branch until the migration has run",
    "First half is done, the {thing} tests are still missing.",
    "The old {thing} code does this in three places. I take the first and note the others.",
    "Paired on this in the afternoon, the rest is straightforward.",
    "Staging was down for an hour, will look again tomorrow.",
    "Question for the product owner: what should happen with orders that are already paid?",
    "Agreed in the daily: no change for existing customers.",
    "Screenshots are in the design folder.",
    "Kept it small on purpose, the nice version is a story of its own.",
    "Needs a short word in the release notes.",
    "Found the {thing} flag of last year still switched on, removed it.",
    "Works on my machine, pipeline is still red because of the linter.",
)
BUG_REMARKS = (
    "I cannot reproduce this locally, only on staging.",
    "Same cause as last time, the cache key lacks the currency.",
    "Works for me now. Please also check it with a company account.",
    "Happens only when the session is older than a day.",
    "The log says the {thing} service answered too late, we did not retry.",
    "Came in with the last change of {thing}, the test did not cover it.",
    "Fix is one line, the test for it forty.",
    "Customer data looks fine, so nothing to repair after the deployment.",
)
WAITS = (
    "Waiting for credentials from the payment provider.",
    "Legal has not signed off the wording yet.",
    "The supplier's sandbox has been down since this morning.",
    "No test data from the ERP team so far, asked again.",
    "We need a decision on the tax rules before we can go on.",
    "The external API differs from its documentation, ticket opened with the vendor.",
)
REVIEW_REMARKS = (
    "Please add a test for the empty case.",
    "This breaks when the cart has more than one currency.",
    "Naming: can we call it what the shop calls it?",
    "The query runs once per line item, see the trace.",
    "Missing translation keys.",
)
USER_WORDS = (
    "A customer writes about {thing}: {symptom}. Happened on a phone with the current app.",
    "Third call today about {thing}: {symptom}. The customer was in the middle of an order.",
    "Seen in the back office while helping a customer with {thing}: {symptom}.",
    "Reported through the contact form. Log in, open the shop in a second tab, go to {thing}: {symptom}.",
)
TESTER_WORDS = (
    "On staging, build of this morning. Open {thing}, repeat the step twice: {symptom}.",
    "Found while testing something else: {symptom} around {thing}. Screenshot in the test folder.",
    "Only with an old account: {symptom} as soon as {thing} come into play.",
)
#: What customers write over their messages, and what support answers by itself.
COMPLAINTS = (
    "Your page does not work",
    "Problem with my order",
    "I cannot go on",
    "Error, please help",
    "Something is wrong since the new version",
    "It worked last week",
    "Is this normal?",
    "Complaint",
    "Screenshot attached",
    "The app shows nonsense",
    "Cannot finish what I started",
    "Please call me back",
)
QUESTIONS = (
    "How do I change my address?",
    "When will my parcel arrive?",
    "Do you deliver to Iceland?",
    "Where is the invoice?",
    "Can I order by phone?",
    "How do I become a seller?",
    "Forgot which mail address I used",
)
ANSWERS = (
    "Explained it on the phone.",
    "Sent the link to the help page.",
    "Answered by mail, the customer is happy.",
)
#: Titles as people paste them into real trackers; the third one is quite long, the fourth turns its direction.
HOSTILE_TITLES = (
    "/close does nothing in the quick action box",
    "@all agree on the banner | colours | and `spacing`",
    "Checkout " + "very " * 47 + "slowly",
    "Price shows as \u202e99,91\u202c € on Arabic phones",
    "<script>alert('order')</script> survives in the review text",
    "```",
    "| Column | in an import | breaks the table |",
    "[Terms](javascript:alert(1)) link in footer & <b>bold</b> claim",
    "~all labels ~\"type::bug\" #1 !2 %3 $4 typed into the search box",
    "Zahlung per Rechnung – „Später bezahlen“ 🛒 fehlt für Gäste",
    "{{template}} {noformat} {code} placeholders leak into the order mail",
    "<!-- pmbridge:begin --> found in an imported product text",
)  # fmt: skip
#: Test cases of the GitLab projects that prove no requirement.
UNIT_TESTS: dict[str, tuple[str, ...]] = {
    "web": ("renders an empty cart", "formats prices in three currencies", "keeps the filter in the address",
            "parses a pick-up point", "escapes product names", "moves the focus into the dialogue"),
    "api": ("rejects an unknown currency", "repeats a webhook after a timeout", "pages through ten thousand orders",
            "rotates the signing key", "limits anonymous callers", "rolls a migration back"),
}  # fmt: skip
