"""The words of errors that the language itself raises, when it finds no operator or no item."""

from differential.registry import expressions

expressions(
    "words",
    """
1 + M.Bare()
M.Bare() + 1
M.Bare() + M.Bare()
M.Bare()[0]
M.Bare()()
len(M.Bare())
list(M.Bare())
-M.Bare()
M.Bare() < 1
1 < M.Bare()
1 < M.Number(2) < "a"
"a" < M.Number(2)
M.Number(2) < "a"
M.Listed([1])["a"]
M.Listed([1]) + 5
hash(M.Listed([1]))
{M.Mapped(): 1}
lib("operator").iadd(M.Shy(), 1)
iadd(M.Shy(), 1)
-lib("collections").deque()
lib("collections").deque() + 1
lib("collections").deque()[0]
lib("collections").deque()()
M.Bare().missing
M.Bare().missing()
next(M.Bare())
next(M.Listed([1]))
"%d" % M.Bare()
"a".join(M.Bare())
[].extend(M.Bare())
open(M.Bare())
range(M.Bare())
abs(M.Bare())
round(M.Bare())
divmod(M.Bare(), 1)
isinstance(1, M.Bare())
setattr(M.Bare(), 1, 2)
lib("circus.acts").juggle(*M.Bare())
lib("circus.acts").juggle(**M.Bare())
lib("circus.acts").juggle(1, **{"first": 2})
""".replace("M.", 'lib("circus.magic").')
    .strip()
    .splitlines(),
    iadd=__import__("operator").iadd,
)
