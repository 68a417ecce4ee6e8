class Strange(BaseException):
    def __str__(self):
        raise ValueError


raise Strange
