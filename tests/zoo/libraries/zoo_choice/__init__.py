"""A library to choose from; its root lists nothing and passes some things on."""

from zoo_choice._inner import sheltered as sheltered
from zoo_choice.core import Thing as Thing
from zoo_choice.core import make as make

_secret = 1
