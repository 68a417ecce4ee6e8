"""Attributes, properties, methods, descriptors, class attributes and construction."""

from differential.registry import case, expressions, raising

expressions(
    "classes",
    """
A.Animal("a").name
A.Animal("a").age
A.Animal("a").computed
A.Animal("a").only_read
A.Animal("a").broken
A.Animal("a").confused
A.Animal("a").legs
A.Animal("a").weight
A.Animal("a").speak("x", loud=True)
A.Animal("a").speak(z=1)
A.Animal("a").speak(loud=True, *["p", "q"])
A.Animal("a").make("m")
A.Animal.make("m").name
A.Animal.make("m")
A.Animal.class_name()
A.Cat.class_name()
A.Cat("c").class_name()
A.Animal.add(5)
A.Animal("a").add(5, right=2)
A.Animal.legs
A.Animal.weight
A.Animal.__name__
A.Animal.__module__
A.Animal.__qualname__
A.Animal.__doc__
A.Animal.Food().calories
A.Animal.Food("oats")
A.Animal.Food.calories
A.Animal("a")._private
A.Animal("a")._hidden()
A.Animal("a")._age
A.Animal("a").no_such
A.Animal()
A.Animal("a", 1, 2)
A.Animal("a", wrong=1)
A.Animal("a").add()
A.Animal("a").speak
A.Animal("a").speak.__name__
A.Animal("a").speak.__doc__
A.Animal("a").speak.__self__.name
A.Animal("a").sound()
A.Animal.sound(A.Cat("c"))
A.Animal.speak(A.Cat("c"), "w")
A.Animal("a").bound()()
A.Animal("a").__class__.__name__
A.Animal("a").__class__.class_name()
A.Animal("a").__dict__["name"]
sorted(A.Animal("a").__dict__)
vars(A.Animal("a"))["name"]
A.Animal("a").__doc__
A.Animal("a").__module__
type(A.Animal("a")).__name__
type(A.Animal("a")).__module__
type(A.Animal("a")).__qualname__
type(A.Animal.Food()).__qualname__
[kind.__name__ for kind in type(A.Duck()).__mro__]
isinstance(A.Cat("c"), A.Cat)
isinstance(A.Cat("c"), A.Animal)
isinstance(A.Animal("a"), A.Cat)
isinstance(3, A.Animal)
issubclass(A.Cat, A.Animal)
issubclass(A.Animal, A.Cat)
isinstance(A.Duck(), (A.Swims, A.Cat))
type(A.Cat("c")) is A.Cat
type(A.Cat("c")) is type(A.Cat("d"))
A.Cat("c").__class__ is A.Cat
A.Cat is A.Cat
A.Cat == A.Cat
A.Cat != A.Animal
hash(A.Cat) == hash(A.Cat)
{A.Cat: 1}[A.Cat]
callable(A.Cat)
callable(A.Cat("c"))
callable(A.Callable())
A.Callable()(1, *[2], a=3, **{"b": 4})
A.Cat("c").age
A.Cat("c").lives
A.Cat("c", 3).speak()
A.Duck().moves()
A.Duck().where
A.Duck().legs
A.Duck().speak()
A.Slotted(1).first
A.Slotted(1).second
A.Ghost().real
A.Ghost().anything
A.Ghost().unreal
A.Ghost().method_like
hasattr(A.Ghost(), "unreal")
hasattr(A.Animal("a"), "name")
hasattr(A.Animal("a"), "no_such")
hasattr(A.Animal("a"), "confused")
getattr(A.Animal("a"), "no_such", "default")
getattr(A.Animal("a"), "name", "default")
A.Stamped().stamped
len(A.Stamped)
A.Stamped["item"]
list(A.Stamped)
"one" in A.Stamped
A.Stamped.on_the_class
isinstance("honorary", A.Stamped)
isinstance(A.Stamped(), A.Stamped)
A.Singleton() is A.Singleton()
A.Elsewhere(3)
A.Loud.tag
A.Loud().tag
A.Forwarder([3, 1]).count(3)
A.Forwarder(A.Cat("inner")).name
A.Forwarder(A.Cat("inner")).speak("w")
A.make_local().method()
type(A.make_local()).__qualname__
A.nothing_but(["run"]).run(1)
A.nothing_but(["__len__"])
A.nothing_but(["__getitem__"])[3]
type(A.nothing_but(["x"])).__name__
dir(A.Slotted(1))[-2:]
sorted(name for name in dir(A.Animal("a")) if not name.startswith("_"))
"speak" in dir(A.Animal)
A.Animal("a") == A.Animal("a")
A.Animal("a") != A.Animal("a")
str(A.Animal("a"))
repr(A.Cat("c"))
"%s %r" % (A.Animal("a"), A.Animal("b"))
"{0.name} {0}".format(A.Animal("a"))
"{:>12}".format(A.Animal("a"))
bool(A.Animal("a"))
A.Animal("a") or 1
[A.Animal("a")] == [A.Animal("a")]
A.Animal("a") in [A.Animal("a")]
A.Animal("a") < A.Animal("b")
A.Animal("a") + 1
A.Animal("a")[0]
A.Animal("a")()
len(A.Animal("a"))
iter(A.Animal("a"))
list(A.Animal("a"))
"x" in A.Animal("a")
-A.Animal("a")
int(A.Animal("a"))
[1, 2][A.Animal("a")]
{**A.Animal("a")}
max(A.Animal("a"), A.Animal("b"), key=lambda each: each.name).name
sorted([A.Animal("b"), A.Animal("a")], key=lambda each: each.name)[0].name
""".replace("A.", 'lib("circus.animals").')
    .strip()
    .splitlines(),
)


@case
def set_attributes(lib):
    animal = lib("circus.animals").Animal("a")
    animal.name = "b"
    animal.age = 5
    animal.new = [1]
    animal.legs = 3
    return [animal.name, animal.age, animal.new, animal.legs, lib("circus.animals").Animal.legs, animal._age]


@case
def setter_of_a_child(lib):
    cat = lib("circus.animals").Cat("c")
    cat.age = 21
    return [cat.age, cat._age]


@case
def setter_refuses(lib):
    animal = lib("circus.animals").Animal("a")
    animal.age = -1


@case
def set_what_is_only_read(lib):
    lib("circus.animals").Animal("a").only_read = 1


@case
def set_a_descriptor_that_refuses(lib):
    lib("circus.animals").Animal("a").weight = 1


@case
def set_an_unknown_slot(lib):
    lib("circus.animals").Slotted(1).third = 3


@case
def set_a_slot(lib):
    slotted = lib("circus.animals").Slotted(1)
    slotted.first, slotted.second = 5, [slotted.first]
    return [slotted.first, slotted.second]


@case
def delete_an_attribute(lib):
    animal = lib("circus.animals").Animal("a")
    del animal.name
    with raising(AttributeError) as noted:
        animal.name
    return noted


@case
def delete_a_property(lib):
    animal = lib("circus.animals").Animal("a")
    del animal.age
    return animal.age


@case
def delete_what_is_not_there(lib):
    del lib("circus.animals").Animal("a").no_such


@case
def setattr_and_getattr_by_name(lib):
    animal = lib("circus.animals").Animal("a")
    for number, name in enumerate(["one", "two"]):
        setattr(animal, name, number)
    return [getattr(animal, name) for name in ("one", "two")]


@case
def augmented_attribute(lib):
    animal = lib("circus.animals").Animal("a")
    animal.age += 2
    animal.name *= 2
    return [animal.age, animal.name]


@case
def attribute_list_grows(lib):
    animal = lib("circus.animals").Animal("a")
    animal.friends.append("f")
    return animal.friends


@case
def descriptor_counts(lib):
    animal = lib("circus.animals").Animal("a")
    return [animal.weight, animal.weight, animal.weight]


@case
def cached_property_runs_once(lib):
    animal = lib("circus.animals").Animal("a")
    return [animal.computed, animal.computed, animal.friends]


@case
def every_access_is_seen(lib):
    watchful = lib("circus.animals").Watchful()
    watchful.one = 1
    watchful.one
    del watchful.one
    return watchful.log


@case
def indirection(lib):
    animal = lib("circus.animals").Animal("a")
    animal.setter("foo")(10)
    animal.setter("_age")(20)
    return [animal.foo, animal.age]


@case
def bound_methods_are_kept(lib):
    animal = lib("circus.animals").Cat("c")
    method, again = animal.speak, animal.speak
    return [
        method("x"),
        method == again,
        method is again,
        method.__self__ is animal,
        animal.bound()(),
        {method: 1}[again],
    ]


@case
def method_assigned_to_an_instance(lib):
    animal = lib("circus.animals").Animal("a")
    animal.sound = lambda: "assigned"
    return animal.speak("x")


@case(alters=True)
def class_attributes_change(lib):
    animals = lib("circus.animals")
    animals.Animal.legs = 6
    return [animals.Animal.legs, animals.Cat.legs, animals.Cat("c").legs]


@case(alters=True)
def method_replaced_on_the_class(lib):
    animals = lib("circus.animals")
    animals.Animal.sound = lambda self: "replaced " + self.name
    return animals.Animal("a").speak()


@case(alters=True)
def state_of_the_class_is_shared(lib):
    animals = lib("circus.animals")
    animals.Animal("one")
    animals.Cat("two")
    return [animals.Animal.born, animals.Cat("three").born]


@case
def class_of_values_is_itself(lib):
    made = lib("builtins")
    return [made.type(1) is int, lib("collections").defaultdict(list).default_factory is list, made.int("7")]
