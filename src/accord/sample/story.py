"""What is true in the sample company, and so can be found out in Accord.

Planted, to be discovered:

1. The channel *partner directory* games a clause: its leads download three pieces each, so
   they count as engaged, and sales passes most of them back.
2. *Water utilities* are easy customers: they win three times as often, in half the time.
3. A question nobody answers: whether readings can go to SAP. Those who ask it are lost.
4. The *spring trade fair* costs the most and brings no customer; the *calibration guide*
   costs least and brings many.
5. In one month the form of *paid search* let bad phone numbers through.
6. One rep, Tom, keeps his promises less often than the others.
7. Leads whose budget is known win nearly twice as often, although budget is only a should.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Channel:
    """A source of leads. Shares are of its leads; `worth` multiplies the chance of winning."""

    key: str
    share: float
    worth: float
    asks: dict[str, float]
    need: float
    budget: float
    downloads: int
    visits: int


CHANNELS = (
    Channel(
        "organic search",
        0.27,
        1.0,
        {"demo": 0.10, "price": 0.08, "contact": 0.10, "content": 0.35},
        0.45,
        0.18,
        1,
        3,
    ),
    Channel(
        "paid search",
        0.20,
        0.8,
        {"demo": 0.12, "price": 0.12, "contact": 0.08, "content": 0.2},
        0.4,
        0.2,
        0,
        2,
    ),
    Channel("webinar", 0.13, 1.1, {"content": 0.6, "demo": 0.06}, 0.35, 0.12, 1, 2),
    Channel("partner directory", 0.12, 0.12, {"content": 0.9, "contact": 0.05}, 0.3, 0.05, 3, 4),
    Channel("trade show", 0.1, 0.25, {"contact": 0.25, "content": 0.2}, 0.3, 0.08, 0, 1),
    Channel("newsletter", 0.08, 0.7, {"newsletter": 0.6, "content": 0.3}, 0.15, 0.05, 1, 2),
    Channel("referral", 0.06, 2.2, {"contact": 0.5, "demo": 0.25}, 0.8, 0.4, 0, 2),
    Channel("social", 0.04, 0.5, {"content": 0.5, "demo": 0.04}, 0.25, 0.08, 1, 2),
)


@dataclass(frozen=True)
class Vertical:
    """An industry of prospects: its share, its ease of winning and its days to a deal's end."""

    key: str
    share: float
    worth: float
    days: int
    amount: int
    domain: str


VERTICALS = (
    Vertical("Water utilities", 0.12, 3.0, 14, 24_000, "water"),
    Vertical("Food processing", 0.24, 1.0, 30, 18_000, "foods"),
    Vertical("Chemicals", 0.18, 0.9, 38, 42_000, "chem"),
    Vertical("Pharmaceuticals", 0.14, 0.8, 45, 55_000, "pharma"),
    Vertical("Mining", 0.1, 0.7, 40, 36_000, "mining"),
    Vertical("Machine building", 0.14, 0.9, 32, 21_000, "works"),
    Vertical("Universities", 0.08, 0.06, 50, 9_000, "uni"),
)


@dataclass(frozen=True)
class Effort:
    """A campaign: its channel, the days before today between which it ran, its cost."""

    name: str
    channel: str
    begins: int
    ends: int
    cost: int
    worth: float = 1.0


CAMPAIGNS = (
    Effort("Spring trade fair", "trade show", 245, 238, 48_000, 0.0),
    Effort("Autumn trade fair", "trade show", 48, 44, 31_000, 1.0),
    Effort("Calibration guide", "organic search", 330, 0, 2_400, 2.2),
    Effort("Hygiene webinar series", "webinar", 300, 120, 7_500, 1.0),
    Effort("Leak detection webinar", "webinar", 110, 20, 3_200, 1.6),
    Effort("Search: flow meters", "paid search", 365, 0, 39_000, 0.9),
    Effort("Search: pressure sensors", "paid search", 200, 0, 22_000, 0.8),
    Effort("Partner listing", "partner directory", 270, 0, 12_000, 1.0),
    Effort("Monthly newsletter", "newsletter", 365, 0, 3_000, 1.0),
    Effort("Customers recommend", "referral", 180, 0, 4_000, 1.2),
)

NEEDS = (
    "We have to replace our flow meters before the audit",
    "Readings drift after cleaning; we lose a batch a month",
    "Need a sensor that survives 140 °C steam",
    "Looking for leak detection on 30 km of pipe",
    "Our spreadsheet of calibrations no longer scales",
    "We want alarms on the phone, not on a panel nobody sees",
    "Planning a new line, need pressure and level sensors by spring",
    "Have to prove our measurements to the regulator",
)
SAP_QUESTION = "Can the readings go straight into SAP?"
QUESTIONS = (
    "How often does it have to be calibrated?",
    "Is it approved for food contact?",
    "What does a replacement probe cost?",
    "How long is the delivery time?",
)
PAGES = ("Products", "Flow meters", "Pressure sensors", "Case studies", "Support", "About")
PIECES = (
    "Calibration guide",
    "Hygiene checklist",
    "Leak detection study",
    "Sensor selection table",
)
AGREES_TO_EMAILS = {
    "purpose": "email",
    "wording": "Halden Instruments may send me e-mails about its products and offers. "
    "I can take this back at any time; a word is enough.",
    "source": "/f/newsletter",
}
LEADS = 5_400
DAYS = 365
BASE_CHANCE = 0.16  # that an average lead, once qualified talks begin, buys
BAD_NUMBERS = (95, 65)  # days before today in which paid search let bad numbers through


@dataclass(frozen=True)
class Back:
    """A reason of the agreement for passing a lead back, with what reps say beside it.

    `asked` is what the reason asks for: a text, "date" for a day to come, or nothing.
    """

    key: str
    notes: tuple[str, ...]
    asked: str = ""


# The story speaks the words of the agreement that ships with Accord.
UNREACHABLE = Back("unreachable", ("Nobody picks up", "No answer to mails either"))
NOT_FOR_US = (
    Back("not_ideal", ("A student thesis, no budget ever", "Wants a loan device for a course")),
    Back("no_budget", ("Public money, all spent", "No investment this year")),
)
NOT_INTERESTED = (
    Back("no_need", ("Collects guides, plans nothing", "Only wanted the guide")),
    Back("not_ideal", ("Resells instruments, would never buy", "A partner of a competitor")),
    Back("no_need", ("Did not remember downloading anything",)),
)
NOT_NOW = (
    Back("no_need", ("Line was stopped", "Keeps the old sensors for now")),
    Back("no_budget", ("Budget round is over", "Waits for the investment plan")),
    Back("later", ("Asked to be called later",), "date"),
    Back("no_authority", ("Purchasing decides in another plant",)),
    Back("competitor", ("Has just ordered elsewhere",), "Brandis Messtechnik"),
)
LOST_FOR_SAP = "missing_feature"
LOST = ("price", "competitor", "no_budget", "no_decision", "bad_timing", "unresponsive")
THINGS = (
    "flow meters",
    "pressure sensors",
    "level sensors",
    "leak detection",
    "calibration service",
)

# What marketing writes to those in nurture, how often it misses somebody, and who reads it.
LETTERS = (
    "The instrument letter: calibrate less often",
    "The instrument letter: what an audit asks for",
    "The instrument letter: from spreadsheet to system",
)
LETTER_LOST, LETTER_CLICKED = 0.02, 0.05

# What this company promises instead, and why.
OWN_FIGURES = (
    (
        "target: 40\n    per: month\n",
        """target: 170
    per: month
    segments:
      - {definition: ideal_customer, target: 140, worth: {amount: 600000, currency: EUR}}
      - {definition: decision_maker, target: 45}
    worth: {amount: 800000, currency: EUR}
""",
    ),
    ("revenue: 300000", "revenue: 3000000"),
    (
        "      brought: {working_days: 5}\n",
        """      brought: {working_days: 5}
    segments:
      - {definition: ideal_customer, within: {ready: {working_hours: 2}}}
""",
    ),
)
OWN_FIGURES_REASON = "Seven reps can take on twenty-five leads a month each."
