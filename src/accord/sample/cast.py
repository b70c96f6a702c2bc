"""Who plays: the company, its people, and the names that prospects get."""

from dataclasses import dataclass

COMPANY = "Halden Instruments"
CURRENCY = "EUR"
TIME_ZONE = "Europe/Berlin"
WEEK = {day: [["09:00", "12:30"], ["13:15", "17:30"]] for day in ("mon", "tue", "wed", "thu")} | {
    "fri": [["09:00", "12:30"], ["13:15", "16:00"]]
}
HOLIDAYS_OF = "DE"


@dataclass(frozen=True)
class Person:
    """One of the sample company's people. `diligence` is the share of promises a rep keeps."""

    name: str
    roles: tuple[str, ...]
    time_zone: str = TIME_ZONE
    diligence: float = 0.9

    @property
    def email(self) -> str:
        """The address to sign in with."""
        return f"{self.name.split()[0].lower()}@halden.example"


HEAD_OF_SALES = Person("Sofia Brandt", ("head_of_sales",))
HEAD_OF_MARKETING = Person("Marek Nowak", ("head_of_marketing",))
ADMIN = Person("Ada Keller", ("admin",))
REPS = (
    Person("Sam Okafor", ("rep",), diligence=0.97),
    Person("Lena Vogel", ("rep",), diligence=0.95),
    Person("Jonas Weber", ("rep",), diligence=0.92),
    Person("Priya Nair", ("rep",), diligence=0.93),
    Person("Tom Fischer", ("rep",), diligence=0.62),
    Person("Grace Miller", ("rep",), "America/New_York", 0.94),
    Person("Diego Ramos", ("rep",), "America/New_York", 0.9),
)
MARKETERS = (
    Person("Mira Lind", ("marketer",)),
    Person("Paul Aubert", ("marketer",)),
    Person("Yuki Tanaka", ("marketer",)),
)
# The order in which the role switch shows them.
SWITCH = (REPS[0], MARKETERS[0], HEAD_OF_SALES, HEAD_OF_MARKETING, ADMIN)
EVERYBODY = (ADMIN, HEAD_OF_SALES, HEAD_OF_MARKETING, *REPS, *MARKETERS)

FIRST_NAMES = [
    "Anna",
    "Ben",
    "Carla",
    "David",
    "Elif",
    "Felix",
    "Greta",
    "Hugo",
    "Ines",
    "Jakob",
    "Karin",
    "Leon",
    "Maria",
    "Nils",
    "Olga",
    "Peter",
    "Qiang",
    "Rosa",
    "Stefan",
    "Tania",
    "Umar",
    "Vera",
    "Walter",
    "Xenia",
    "Yusuf",
    "Zoe",
    "Aaron",
    "Bianca",
    "Cem",
    "Dora",
    "Emil",
    "Fatma",
    "Georg",
    "Hanna",
    "Ivan",
    "Julia",
    "Klaus",
    "Linda",
    "Max",
    "Nora",
    "Otto",
    "Petra",
    "Ravi",
    "Sara",
    "Theo",
    "Ulla",
    "Viktor",
    "Wanda",
]
LAST_NAMES = [
    "Adler",
    "Bauer",
    "Conti",
    "Dietrich",
    "Ekberg",
    "Fuchs",
    "Gruber",
    "Hofer",
    "Ivanov",
    "Jansen",
    "Kaya",
    "Lang",
    "Meyer",
    "Novak",
    "Olsen",
    "Pavic",
    "Quinn",
    "Rossi",
    "Schmid",
    "Thaler",
    "Ulrich",
    "Vargas",
    "Winter",
    "Xu",
    "Yildiz",
    "Zeller",
    "Arnold",
    "Berger",
    "Costa",
    "Duarte",
    "Engel",
    "Frank",
    "Graf",
    "Huber",
    "Imhof",
    "Jung",
    "Koch",
    "Lopez",
    "Moser",
    "Nagy",
    "Ott",
    "Peters",
    "Reiter",
    "Sommer",
]
COMPANY_WORDS = [
    "Alpen",
    "Baltic",
    "Cedar",
    "Delta",
    "Eifel",
    "Fjord",
    "Garda",
    "Harbor",
    "Isar",
    "Juniper",
    "Kepler",
    "Lumen",
    "Meridian",
    "Neckar",
    "Orion",
    "Pine",
    "Quartz",
    "Rhein",
    "Saar",
    "Tauern",
    "Umber",
    "Vistula",
    "Weser",
    "Yarrow",
    "Zephyr",
    "Amber",
    "Boreal",
    "Cobalt",
    "Dune",
    "Ember",
]
TITLES = (
    ("Head of Operations", "decides"),
    ("Plant Manager", "decides"),
    ("Purchasing Manager", "decides"),
    ("Quality Manager", "influences"),
    ("Process Engineer", "influences"),
    ("Maintenance Engineer", "uses"),
    ("Laboratory Technician", "uses"),
)
COUNTRIES = (
    ("Germany", 46),
    ("Austria", 10),
    ("Switzerland", 9),
    ("Netherlands", 8),
    ("United States", 20),
    ("Canada", 7),
)
