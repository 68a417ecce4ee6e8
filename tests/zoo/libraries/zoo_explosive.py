"""Everything in it explodes when it is touched."""


class Bomb(BaseException):
    pass


def _explode(*_args, **_keywords):
    raise Bomb


class Meta(type):
    __getattribute__ = _explode
    __instancecheck__ = _explode
    __subclasscheck__ = _explode
    __eq__ = _explode
    __hash__ = _explode
    __repr__ = _explode
    __dir__ = _explode


class Descriptor:
    __get__ = _explode
    __getattribute__ = _explode
    __repr__ = _explode


class Mined(metaclass=Meta):
    """Still described."""

    mine = Descriptor()

    @property
    def exploding(self) -> int:
        """Never evaluated."""
        raise Bomb

    def method(self, one, two=2):
        """Harmless."""


class _Anything:
    """Fabricates every attribute."""

    def __getattr__(self, name):
        return _Anything()

    def __call__(self, *args):
        return self

    __repr__ = __eq__ = __bool__ = __len__ = __iter__ = __hash__ = _explode


class _Liar:
    @property
    def __class__(self):
        return type

    @property
    def __doc__(self):
        raise Bomb

    @property
    def __wrapped__(self):
        raise Bomb


class _SignatureBomb:
    __signature__ = property(_explode)

    def __call__(self, first, second=None):
        """Called."""


class Strange(str):
    __slots__ = ()
    __str__ = __repr__ = __len__ = __eq__ = _explode
    __hash__ = str.__hash__


anything = _Anything()
liar = _Liar()
callable_bomb = _SignatureBomb()
strange = Strange("x")


def with_defaults(bomb=anything, liar=liar, text=strange):
    """Has defaults that explode."""


with_annotation = _explode
with_annotation.__annotations__ = {"return": anything, "_args": liar}
