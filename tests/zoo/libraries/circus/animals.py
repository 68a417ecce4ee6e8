"""Classes with every kind of attribute."""

import functools


class Described:
    """A descriptor that counts how often it is read."""

    def __init__(self, start):
        self.start = start
        self.name = "?"

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, instance, owner):
        if instance is None:
            return self.name + " of " + owner.__name__
        reads = instance.__dict__.setdefault("_reads", [])
        reads.append(self.name)
        return self.start + len(reads)

    def __set__(self, instance, value):
        raise AttributeError("cannot set " + self.name)


class Animal:
    """An animal."""

    legs = 4
    born = []
    weight = Described(10)

    class Food:
        """What it eats."""

        calories = 7

        def __init__(self, name="hay"):
            self.name = name

        def __repr__(self):
            return "Food(%r)" % self.name

    def __init__(self, name, age=1):
        self.name = name
        self._age = age
        self.friends = []
        self.born.append(name)

    def __repr__(self):
        return "%s(%r)" % (type(self).__name__, self.name)

    @property
    def age(self):
        """Its age in years."""
        return self._age

    @age.setter
    def age(self, value):
        if value < 0:
            raise ValueError("an age is not negative", value)
        self._age = value

    @age.deleter
    def age(self):
        self._age = None

    @property
    def only_read(self):
        return "only read"

    @property
    def broken(self):
        raise LookupError("broken property")

    @property
    def confused(self):
        return self.no_such_attribute

    @functools.cached_property
    def computed(self):
        self.friends.append("computed")
        return len(self.friends)

    def speak(self, *words, loud=False, **more):
        """Say something."""
        text = " ".join((self.sound(),) + words + tuple(sorted(more)))
        return text.upper() if loud else text

    def sound(self):
        return "..."

    @classmethod
    def make(cls, name="made"):
        return cls(name)

    @classmethod
    def class_name(cls):
        return cls.__name__

    @staticmethod
    def add(left, right=1):
        return left + right

    def me(self):
        return self

    def befriend(self, other):
        self.friends.append(other)
        return self

    def friend(self, index=-1):
        return self.friends[index]

    def is_friend(self, other):
        return any(each is other for each in self.friends)

    def setter(self, name):
        def set_it(value):
            setattr(self, name, value)

        return set_it

    def bound(self):
        return self.sound

    _private = "private"

    def _hidden(self):
        return "hidden"


class Cat(Animal):
    """A cat."""

    def __init__(self, name, age=2, lives=9):
        super().__init__(name, age)
        self.lives = lives

    def sound(self):
        return "meow"

    @property
    def age(self):
        return super().age * 7

    @age.setter
    def age(self, value):
        self._age = value // 7


class Swims:
    where = "water"

    def moves(self):
        return ["swims"]


class Flies:
    where = "air"

    def moves(self):
        return ["flies"] + super().moves()


class Runs(Swims):
    def moves(self):
        return ["runs"] + super().moves()


class Duck(Flies, Runs, Animal):
    def __init__(self):
        super().__init__("Duck")

    def sound(self):
        return "quack"


class Slotted:
    __slots__ = ("first", "second")

    def __init__(self, first):
        self.first = first


class Ghost:
    """Makes attributes up."""

    def __init__(self):
        self.real = 1

    def __getattr__(self, name):
        if name.startswith("un"):
            raise AttributeError("no " + name)
        return "ghostly " + name


class Watchful:
    """Sees every access."""

    def __init__(self):
        object.__setattr__(self, "log", [])

    def __getattribute__(self, name):
        log = object.__getattribute__(self, "log")
        if name == "log":
            return list(log)
        if not name.startswith("__"):
            log.append("get " + name)
        return object.__getattribute__(self, name)

    def __setattr__(self, name, value):
        object.__getattribute__(self, "log").append("set %s %r" % (name, value))
        object.__setattr__(self, name, value)

    def __delattr__(self, name):
        object.__getattribute__(self, "log").append("del " + name)
        object.__delattr__(self, name)


class Meta(type):
    def __call__(cls, *args, **kwargs):
        made = super().__call__(*args, **kwargs)
        made.stamped = cls.__name__
        return made

    def __len__(cls):
        return 42

    def __getitem__(cls, item):
        return cls.__name__ + "[" + repr(item) + "]"

    def __iter__(cls):
        return iter(["one", "two"])

    def __contains__(cls, item):
        return item == "one"

    def __instancecheck__(cls, instance):
        return instance == "honorary" or type.__instancecheck__(cls, instance)

    @property
    def on_the_class(cls):
        return "property of " + cls.__name__


class Stamped(metaclass=Meta):
    pass


class Singleton:
    instance = None

    def __new__(cls):
        if cls.instance is None:
            cls.instance = super().__new__(cls)
            cls.instance.made = 0
        cls.instance.made += 1
        return cls.instance


class Elsewhere:
    """Its constructor returns something else."""

    def __new__(cls, value):
        return [value]


class Tagged:
    def __init_subclass__(cls, tag="none", **kwargs):
        super().__init_subclass__(**kwargs)
        cls.tag = tag


class Loud(Tagged, tag="loud"):
    pass


class Callable:
    """Called with anything, it says with what."""

    def __call__(self, *args, **kwargs):
        return [list(args), kwargs]


class Forwarder:
    """Forwards what it has not to another object."""

    def __init__(self, target):
        self._target = target

    def __getattr__(self, name):
        return getattr(self._target, name)


class Cleared:
    """Says when it ended."""

    ended = []

    def __init__(self, name):
        self.name = name

    def __del__(self):
        self.ended.append(self.name)


def make_local():
    class Local:
        """Has no address."""

        value = 3

        def method(self):
            return self.value

    return Local()


def nothing_but(names):
    """An object whose class is made on the spot, with these methods."""

    def method(name):
        def run(self, *args):
            return name + repr(args)

        return run

    return type("Made", (), {name: method(name) for name in names})()
