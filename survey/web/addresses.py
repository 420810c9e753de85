"""What may stand in an address of ours."""

from starlette.convertors import Convertor, register_url_convertor


class Number(Convertor[int]):
    """A number that a database can hold, as `{id:number}` in a route; a longer one is an address that is not there."""

    regex = "[0-9]{1,9}"

    def convert(self, value: str) -> int:
        """The number as it is read."""
        return int(value)

    def to_string(self, value: int) -> str:
        """The number as it is written."""
        return str(value)


register_url_convertor("number", Number())
