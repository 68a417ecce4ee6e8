"""Models of pydantic."""

from typing import List, Optional

import pydantic


class Model(pydantic.BaseModel):
    name: str
    size: int = 3
    tags: List[str] = pydantic.Field(default_factory=list)
    renamed: Optional[int] = pydantic.Field(default=None, alias="reName")


class Child(Model):
    model_config = {"frozen": True}
    extra: float
