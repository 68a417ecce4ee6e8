"""What host and guest share: frames, the codec, the lane and the endpoint. Standard library only, Python 3.8 and later.

msgpack is used when it can be imported; `_msgpack` replaces it otherwise.
"""
