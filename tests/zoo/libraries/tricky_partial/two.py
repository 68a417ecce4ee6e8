def also(x):
    pass
