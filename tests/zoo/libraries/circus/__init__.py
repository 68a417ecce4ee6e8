"""A library of everything that objects do: what the differential suite runs beside the bridge and through it.

Unlike the other libraries here it is friendly. Python 3.8 and the standard library only.
"""

from circus import acts, animals, errors, flows, kinds, magic, shared
from circus.animals import Animal, Cat
from circus.animals import Cat as Kitty
from circus.errors import CircusError

PLACES = 120
NAME = "circus"
TOUR = ["Rome", "Oslo"]
PRICES = {"child": 5, ("adult", "sunday"): 12.5}
LIVE = animals.Cat("Live")
alias = acts.juggle
__version__ = "1.2.3"
