"""Values as numbers: equal ones have one number, so that arrays can hold and compare them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

import numpy
from numpy.typing import NDArray

Value = TypeVar("Value")
Codes = NDArray[numpy.int32]


class Coder(dict[Value, int], Generic[Value]):
    """Numbers values in the order in which they come up, from 0 on."""

    def __init__(self, known: Iterable[Value] = ()) -> None:
        super().__init__({value: code for code, value in enumerate(known)})

    def __missing__(self, value: Value) -> int:
        self[value] = code = len(self)
        return code

    def codes(self, values: Iterable[Value], count: int) -> Codes:
        """Return the numbers of so many values."""
        return numpy.fromiter(map(self.__getitem__, values), numpy.int32, count)
