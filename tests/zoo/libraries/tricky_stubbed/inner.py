def inherited_name(x, y=1):
    pass


def only_here(x):
    pass
