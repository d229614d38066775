"""The codec: steps that read and write values, layouts of fields, and frames.

Messages and types are plain dataclasses. `_layouts.py` says how each of them is sent.
"""

from __future__ import annotations

#: SHA256
import hashlib
#: end
#: Float
import struct
#: end
#: UUIDStep
import uuid
#: end
#: CRC32|Adler32
import zlib
#: end
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
#: !open
from enum import Enum
#: end
#: open
from enum import Enum, IntEnum
#: end
from typing import Any, ClassVar, cast
#: deep

MAXIMUM_DEPTH = 32
#: end


class Sender(Enum):
    """The end of a connection that sends a message."""

    CLIENT = "client"
    SERVER = "server"


class CodecError(ValueError):
    """Bytes or values that do not fit the protocol."""


class EncodeError(CodecError):
    """A message that cannot be encoded: `problem` is what is wrong with `field`."""

    def __init__(self, problem: str, field: str) -> None:
        super().__init__(f"{problem}: {field}")
        self.problem = problem
        self.field = field


class DecodeError(CodecError):
    """Bytes that are no message of the protocol.

    `fault` is the fault of the frame: `malformedPayload`, `checksumMismatch` and so on.
    `problem` is what is wrong with `field`, if the fault is in a field. After a fatal
    error, the start of the next frame is unknown.
    """

    def __init__(
        self,
        problem: str,
        field: str,
        *,
        fault: str = "malformedPayload",
        is_fatal: bool = False,
        is_incomplete: bool = False,
    ) -> None:
        super().__init__(f"{fault}: {problem}: {field}" if problem else fault)
        self.fault = fault
        self.problem = problem
        self.field = field
        self.is_fatal = is_fatal
        self.is_incomplete = is_incomplete


def _fault(fault: str, *, is_fatal: bool = True) -> DecodeError:
    return DecodeError("", "", fault=fault, is_fatal=is_fatal)


#: open
class OpenEnum(IntEnum):
    """An enum that keeps numbers without a name, which newer peers may send."""

    @classmethod
    def _missing_(cls, value: object) -> OpenEnum | None:
        if not isinstance(value, int):
            return None
        member = int.__new__(cls, value)
        member._name_ = f"UNRECOGNIZED_{value}".replace("-", "MINUS_")
        member._value_ = value
        return member


#: end
#: mac
@dataclass(frozen=True, order=True)
class MACAddress:
    """A hardware address of six bytes."""

    packed: bytes

    @classmethod
    def parse(cls, text: str) -> MACAddress:
        """Returns the address that `text` states: `00:1a:2b:3c:4d:5e`."""
        packed = bytes.fromhex(text.replace(":", "").replace("-", ""))
        if len(packed) != 6:
            raise ValueError(f"{text!r} is no MAC address")
        return cls(packed)

    def __str__(self) -> str:
        return self.packed.hex(":")


#: end
class Record:
    """The base of messages, structs and cases of unions."""

    _layout: ClassVar[Layout]


#: union
class UnionBase(Record):
    """The base of unions; each case is a subclass."""

    _union: ClassVar[UnionLayout]


#: end
class HeaderBase:
    """The base of the fields that a program sets in the header of a frame."""


class Message(Record):
    """The base of messages."""

    _kind: ClassVar[MessageKind]

    def encode_payload(self, header: HeaderBase | None = None) -> bytes:
        """Returns the payload, without header and trailer of a frame.

        Raises `EncodeError` if the fields cannot be encoded.
        """
        return self._kind.encode_payload(self, header)[0]

    @classmethod
    def decode_payload(cls, payload: bytes, header: HeaderBase | None = None) -> Any:
        """Returns the message with `payload`.

        Raises `DecodeError` if the payload does not fit the fields.
        """
        return cls._kind.decode_payload(payload, cls._kind.form.own_values(header))

    def encode(
        self,
        header: HeaderBase | None = None,
        correlation: Any = None,
        sender: Sender | None = None,
    ) -> bytes:
        """Returns the frame of the message.

        `correlation` pairs a reply with its request. Raises `EncodeError` if the fields
        cannot be encoded.
        """
        return self._kind.form.encode(self, header, correlation, sender)


@dataclass
class Frame:
    """A message with what its frame says beside it."""

    message: Message
    header: HeaderBase | None = None
    correlation: Any = None


# Bytes of a payload


class Reader:
    """Bytes that are read from the start."""

    def __init__(self, data: bytes, position: int = 0, end: int | None = None) -> None:
        self.data = data
        self.position = position
        self.end = len(data) if end is None else end
        self.windows = 0
        self.depth = 0

    @property
    def left(self) -> int:
        """The number of bytes that have not been read."""
        return self.end - self.position

    def take(self, count: int, label: str) -> bytes:
        """Returns the next `count` bytes."""
        if count > self.left:
            raise self.truncated(label)
        self.position += count
        return self.data[self.position - count : self.position]

    def starts_with(self, data: bytes) -> bool:
        """Whether the next bytes are `data`."""
        return self.data.startswith(data, self.position, self.end)

    def within(self, count: int, label: str, read: Callable[[], Any]) -> Any:
        """Returns what `read` reads, which has exactly the next `count` bytes."""
        if not 0 <= count <= self.left:
            raise self.truncated(label)
        behind = self.end
        self.end = self.position + count
        self.windows += 1
        result = read()
        if self.left > 0:
            raise DecodeError("trailingBytes", label)
        self.end = behind
        self.windows -= 1
        return result

    def align(self, alignment: int, start: int, label: str) -> None:
        """Skips bytes up to a multiple of `alignment` from `start` on."""
        self.take(-(self.position - start) % alignment, label)

    def truncated(self, label: str) -> DecodeError:
        """Returns the error of bytes that end within `label`."""
        return DecodeError("truncated", label, is_incomplete=self.windows == 0)


def _pad(out: bytearray, alignment: int, start: int) -> None:
    out += bytes(-(len(out) - start) % alignment)


# Steps: the forms of values


class Step:
    """The form of a value on the wire."""

    #: The number of bytes of every value; `None` if it depends on the value.
    size: int | None = None
    #: The number of bytes of the shortest value.
    least: int = 0

    def read(self, reader: Reader, label: str, raw: Mapping[str, Any]) -> Any:
        """Returns the next value; `raw` has the earlier fields."""
        raise NotImplementedError

    def write(self, out: bytearray, value: Any, label: str) -> None:
        """Appends `value`."""
        raise NotImplementedError


class Number(Step):
    """An integer."""

    lowest = 0
    highest = 0

    def check(self, value: int, label: str, problem: str = "outOfBounds") -> None:
        """Raises an error for a number that the type does not have."""
        if not self.lowest <= value <= self.highest:
            raise EncodeError(problem, label)


class UInt(Number):
    """An unsigned integer of whole bytes."""

    def __init__(self, size: int, order: str = "big") -> None:
        self.size = self.least = size
        self.order = order
        self.highest = (1 << 8 * size) - 1

    def read(self, reader: Reader, label: str, raw: Mapping[str, Any]) -> Any:
        data = reader.take(self.size or 0, label)
        return int.from_bytes(data, "big" if self.order == "big" else "little")

    def write(self, out: bytearray, value: Any, label: str) -> None:
        number = int(value)
        self.check(number, label)
        out += number.to_bytes(
            self.size or 0, "big" if self.order == "big" else "little"
        )


#: Int
class Int(Number):
    """A signed integer of whole bytes."""

    def __init__(self, size: int, order: str = "big") -> None:
        self.size = self.least = size
        self.order = order
        self.lowest = -(1 << (8 * size - 1))
        self.highest = -self.lowest - 1

    def read(self, reader: Reader, label: str, raw: Mapping[str, Any]) -> Any:
        data = reader.take(self.size or 0, label)
        return int.from_bytes(
            data, "big" if self.order == "big" else "little", signed=True
        )

    def write(self, out: bytearray, value: Any, label: str) -> None:
        number = int(value)
        self.check(number, label)
        order = "big" if self.order == "big" else "little"
        out += number.to_bytes(self.size or 0, cast(Any, order), signed=True)


#: end
#: Varint
class Varint(Number):
    """A number of variable length, in as few bytes as it needs."""

    least = 1
    highest = (1 << 64) - 1

    def number(self, reader: Reader, label: str) -> int:
        """Returns the next number, which may have more bytes than it needs."""
        raise NotImplementedError

    def bytes_of(self, value: int) -> bytes:
        """Returns the shortest bytes of `value`."""
        raise NotImplementedError

    def read(self, reader: Reader, label: str, raw: Mapping[str, Any]) -> Any:
        start = reader.position
        number = self.number(reader, label)
        if (
            number > self.highest
            or len(self.bytes_of(number)) != reader.position - start
        ):
            raise DecodeError("notShortest", label)
        return number

    def write(self, out: bytearray, value: Any, label: str) -> None:
        self.check(int(value), label)
        out += self.bytes_of(int(value))

    def _groups(self, reader: Reader, label: str) -> bytes:
        """Returns the next bytes up to one without its highest bit, ten at most."""
        start = reader.position
        while reader.take(1, label)[0] & 0x80:
            if reader.position - start == 10:
                raise DecodeError("notShortest", label)
        return reader.data[start : reader.position]

    def _prefixed(
        self, sizes: Mapping[int, int], reader: Reader, label: str, order: Any
    ) -> int:
        """Returns a number whose first byte says its number of bytes, or is the number."""
        first = reader.take(1, label)[0]
        if first not in sizes:
            return first
        return int.from_bytes(reader.take(sizes[first], label), order)


#: end
#: LEB128
class LEB128(Varint):
    """Seven bits in each byte, the lowest first."""

    def number(self, reader: Reader, label: str) -> int:
        data = self._groups(reader, label)
        return sum((byte & 0x7F) << 7 * index for index, byte in enumerate(data))

    def bytes_of(self, value: int) -> bytes:
        out = bytearray()
        while value >= 0x80:
            out.append(value & 0x7F | 0x80)
            value >>= 7
        out.append(value)
        return bytes(out)


#: end
#: ZigZag
class ZigZag(LEB128):
    """LEB128 of signed numbers: 0, -1, 1, -2 and so on are 0, 1, 2, 3."""

    lowest = -(1 << 63)
    highest = (1 << 63) - 1

    def number(self, reader: Reader, label: str) -> int:
        number = super().number(reader, label)
        return -(number >> 1) - 1 if number & 1 else number >> 1

    def bytes_of(self, value: int) -> bytes:
        return super().bytes_of(~value << 1 | 1 if value < 0 else value << 1)


#: end
#: QUICVarint
class QUICVarint(Varint):
    """The numbers of QUIC: the two highest bits say the number of bytes."""

    highest = (1 << 62) - 1

    def number(self, reader: Reader, label: str) -> int:
        if reader.left < 1:
            raise reader.truncated(label)
        size = 1 << (reader.data[reader.position] >> 6)
        return int.from_bytes(reader.take(size, label), "big") & (
            (1 << (8 * size - 2)) - 1
        )

    def bytes_of(self, value: int) -> bytes:
        exponent = next(e for e in range(4) if value >> (8 * (1 << e) - 2) == 0)
        size = 1 << exponent
        return (value | exponent << (8 * size - 2)).to_bytes(size, "big")


#: end
#: BitcoinVarint
class BitcoinVarint(Varint):
    """The numbers of Bitcoin: one byte, or a byte that says their number of bytes."""

    def number(self, reader: Reader, label: str) -> int:
        return self._prefixed({0xFD: 2, 0xFE: 4, 0xFF: 8}, reader, label, "little")

    def bytes_of(self, value: int) -> bytes:
        if value < 0xFD:
            return bytes([value])
        first, size = next(
            (first, size)
            for first, size in ((0xFD, 2), (0xFE, 4), (0xFF, 8))
            if value >> 8 * size == 0
        )
        return bytes([first]) + value.to_bytes(size, "little")


#: end
#: ASN1Varint
class ASN1Varint(Varint):
    """The lengths of ASN.1: one byte, or the number of the bytes that follow."""

    def number(self, reader: Reader, label: str) -> int:
        if reader.starts_with(b"\x80"):
            raise DecodeError("notShortest", label)
        if reader.left > 0 and reader.data[reader.position] > 0x88:
            raise DecodeError("notShortest", label)
        return self._prefixed(
            {0x80 + size: size for size in range(9)}, reader, label, "big"
        )

    def bytes_of(self, value: int) -> bytes:
        if value < 0x80:
            return bytes([value])
        size = (value.bit_length() + 7) // 8
        return bytes([0x80 + size]) + value.to_bytes(size, "big")


#: end
#: MySQLVarint
class MySQLVarint(Varint):
    """The length-encoded integers of MySQL."""

    def number(self, reader: Reader, label: str) -> int:
        if reader.starts_with(b"\xfb") or reader.starts_with(b"\xff"):
            raise DecodeError("notShortest", label)
        return self._prefixed({0xFC: 2, 0xFD: 3, 0xFE: 8}, reader, label, "little")

    def bytes_of(self, value: int) -> bytes:
        if value < 0xFB:
            return bytes([value])
        first, size = next(
            (first, size)
            for first, size in ((0xFC, 2), (0xFD, 3), (0xFE, 8))
            if value >> 8 * size == 0
        )
        return bytes([first]) + value.to_bytes(size, "little")


#: end
#: MIDIVarint
class MIDIVarint(Varint):
    """The variable-length quantities of MIDI: seven bits in each byte, the highest first."""

    def number(self, reader: Reader, label: str) -> int:
        if reader.starts_with(b"\x80"):
            raise DecodeError("notShortest", label)
        number = 0
        for byte in self._groups(reader, label):
            number = number << 7 | byte & 0x7F
        return number

    def bytes_of(self, value: int) -> bytes:
        out = bytearray([value & 0x7F])
        while value := value >> 7:
            out.append(value & 0x7F | 0x80)
        return bytes(reversed(out))


#: end
#: Float
class Float(Step):
    """A number of IEEE 754, of 4 or 8 bytes."""

    def __init__(self, size: int, order: str = "big") -> None:
        self.size = self.least = size
        self.form = (">" if order == "big" else "<") + ("f" if size == 4 else "d")

    def read(self, reader: Reader, label: str, raw: Mapping[str, Any]) -> Any:
        return struct.unpack(self.form, reader.take(self.size or 0, label))[0]

    def write(self, out: bytearray, value: Any, label: str) -> None:
        try:
            out += struct.pack(self.form, value)
        except OverflowError:
            raise EncodeError("outOfBounds", label) from None


#: end
#: Bool
class Bool(Step):
    """One byte, 0 or 1."""

    size = least = 1

    def read(self, reader: Reader, label: str, raw: Mapping[str, Any]) -> Any:
        byte = reader.take(1, label)[0]
        if byte > 1:
            raise DecodeError("invalidBoolean", label)
        return byte == 1

    def write(self, out: bytearray, value: Any, label: str) -> None:
        out.append(1 if value else 0)


#: end
#: EnumOf
class EnumOf(Step):
    """A member of an enum, sent as a number."""

    def __init__(self, kind: type[Enum], number: Step) -> None:
        self.kind = kind
        self.number = number
        self.size, self.least = number.size, number.least

    def read(self, reader: Reader, label: str, raw: Mapping[str, Any]) -> Any:
        return self.named(self.number.read(reader, label, raw), label)

    def write(self, out: bytearray, value: Any, label: str) -> None:
        self.number.write(out, self.checked(value, label), label)

    def named(self, number: int, label: str) -> Any:
        """Returns the member with `number`."""
        try:
            return self.kind(number)
        except ValueError:
            raise DecodeError("invalidCase", label) from None

    def checked(self, value: Any, label: str) -> int:
        """Returns the number of `value`, which is a member or the number of one."""
        try:
            return int(self.kind(value).value)
        except ValueError:
            raise EncodeError("invalidCase", label) from None


#: end
#: FlagsOf
class FlagsOf(Step):
    """Flags, sent as a number."""

    def __init__(self, kind: type[Enum], number: Step, mask: int | None = None) -> None:
        self.kind = kind
        self.number = number
        #: The bits that have names, if others are malformed.
        self.mask = mask
        self.size, self.least = number.size, number.least

    def read(self, reader: Reader, label: str, raw: Mapping[str, Any]) -> Any:
        return self.named(self.number.read(reader, label, raw), label)

    def write(self, out: bytearray, value: Any, label: str) -> None:
        self.number.write(out, self.checked(value, label), label)

    def named(self, number: int, label: str) -> Any:
        """Returns the flags with the bits of `number`."""
        if self.mask is not None and number & ~self.mask:
            raise DecodeError("invalidCase", label)
        return self.kind(number)

    def checked(self, value: Any, label: str) -> int:
        """Returns the number of `value`."""
        number = int(value)
        if self.mask is not None and number & ~self.mask:
            raise EncodeError("invalidCase", label)
        return number


#: end
class Reserved(Step):
    """Unused bytes: zeros, which the receiver skips."""

    def __init__(self, size: int) -> None:
        self.size = self.least = size

    def read(self, reader: Reader, label: str, raw: Mapping[str, Any]) -> Any:
        reader.take(self.size or 0, label)

    def write(self, out: bytearray, value: Any, label: str) -> None:
        out += bytes(self.size or 0)


#: BitStep
class BitStep:
    """The form of a value of a few bits, which shares bytes with its neighbours."""

    def __init__(self, width: int) -> None:
        self.width = width

    def from_bits(self, bits: int, label: str) -> Any:
        """Returns the value of `bits`."""
        return bits

    def to_bits(self, value: Any, label: str) -> int:
        """Returns the bits of `value`."""
        if not 0 <= int(value) < 1 << self.width:
            raise EncodeError("outOfBounds", label)
        return int(value)


class Bit(BitStep):
    """One bit, a boolean."""

    def __init__(self) -> None:
        super().__init__(1)

    def from_bits(self, bits: int, label: str) -> Any:
        return bits == 1

    def to_bits(self, value: Any, label: str) -> int:
        return 1 if value else 0


class UIntBits(BitStep):
    """An unsigned integer of a few bits."""


class IntBits(BitStep):
    """A signed integer of a few bits."""

    def from_bits(self, bits: int, label: str) -> Any:
        return bits - (1 << self.width) if bits >> (self.width - 1) else bits

    def to_bits(self, value: Any, label: str) -> int:
        if not -(1 << self.width) <= 2 * int(value) < 1 << self.width:
            raise EncodeError("outOfBounds", label)
        return int(value) & ((1 << self.width) - 1)


class ReservedBits(BitStep):
    """Unused bits: zeros, which the receiver skips."""

    def from_bits(self, bits: int, label: str) -> Any:
        return None

    def to_bits(self, value: Any, label: str) -> int:
        return 0


#: end
#: NamedBits
class NamedBits(BitStep):
    """A member of an enum, or flags, of a few bits."""

    def __init__(self, number: BitStep, names: Any) -> None:
        super().__init__(number.width)
        self.number = number
        self.names = names

    def from_bits(self, bits: int, label: str) -> Any:
        return self.names.named(self.number.from_bits(bits, label), label)

    def to_bits(self, value: Any, label: str) -> int:
        return self.number.to_bits(self.names.checked(value, label), label)


#: end
# Where values end


class Size:
    """Where a value ends."""

    def count(self, reader: Reader, label: str, raw: Mapping[str, Any]) -> int | None:
        """Returns the number of bytes or elements; `None` if it says that there is no value."""
        raise NotImplementedError

    def content(self, reader: Reader, label: str, raw: Mapping[str, Any]) -> bytes:
        """Returns the bytes of a text or of bytes."""
        return reader.take(self.count(reader, label, raw) or 0, label)

    def write(self, out: bytearray, content: bytes, label: str) -> None:
        """Appends the bytes of a text, of bytes or of a sized value."""
        raise NotImplementedError


class ToEnd(Size):
    """At the end of the payload, or of the bytes that an earlier length counts."""

    def count(self, reader: Reader, label: str, raw: Mapping[str, Any]) -> int | None:
        return reader.left

    def write(self, out: bytearray, content: bytes, label: str) -> None:
        out += content


class Exactly(Size):
    """After a number of bytes or elements that is always the same."""

    def __init__(self, number: int) -> None:
        self.number = number

    def count(self, reader: Reader, label: str, raw: Mapping[str, Any]) -> int | None:
        return self.number

    def write(self, out: bytearray, content: bytes, label: str) -> None:
        if len(content) != self.number:
            raise EncodeError("invalidLength", label)
        out += content


#: Padded
class Padded(Exactly):
    """After a number of bytes, the last of which may be filled."""

    def __init__(self, number: int, pad: int) -> None:
        super().__init__(number)
        self.pad = bytes([pad])

    def content(self, reader: Reader, label: str, raw: Mapping[str, Any]) -> bytes:
        return reader.take(self.number, label).rstrip(self.pad)

    def write(self, out: bytearray, content: bytes, label: str) -> None:
        if len(content) > self.number or content.endswith(self.pad):
            raise EncodeError("invalidLength", label)
        out += content.ljust(self.number, self.pad)


#: end
#: Until
class Until(Size):
    """Before bytes that are not part of the value."""

    def __init__(self, end: bytes) -> None:
        self.end = end

    def count(self, reader: Reader, label: str, raw: Mapping[str, Any]) -> int | None:
        return reader.left

    def content(self, reader: Reader, label: str, raw: Mapping[str, Any]) -> bytes:
        index = reader.data.find(self.end, reader.position, reader.end)
        if index < 0:
            raise reader.truncated(label)
        content = reader.data[reader.position : index]
        reader.position = index + len(self.end)
        return content

    def write(self, out: bytearray, content: bytes, label: str) -> None:
        if self.end in (content + self.end)[:-1]:
            raise EncodeError("containsEnd", label)
        out += content + self.end


#: end
#: Count
class Count(Size):
    """After the bytes or elements that a number says.

    `source` is the form of a number before the value, the name of an earlier field, or
    the number itself. The number times `unit`, less `plus`, is the size of the value.
    """

    def __init__(
        self,
        source: Step | str | int,
        *,
        unit: int = 1,
        plus: int = 0,
        absent: Sequence[int] = (),
        absent_byte: int | None = None,
        counts_bytes: bool = False,
    ) -> None:
        self.source = source
        self.unit = unit
        self.plus = plus
        #: The numbers that say that there is no value; the first is sent.
        self.absent = absent
        #: The byte that says that there is no value, instead of a number.
        self.absent_byte = absent_byte
        self.counts_bytes = counts_bytes

    def count(self, reader: Reader, label: str, raw: Mapping[str, Any]) -> int | None:
        if self.absent_byte is not None and reader.starts_with(
            bytes([self.absent_byte])
        ):
            reader.position += 1
            return None
        if isinstance(self.source, Step):
            number = self.source.read(reader, label, raw)
        elif isinstance(self.source, str):
            number = raw.get(self.source) or 0
        else:
            number = self.source
        if self.absent_byte is None and number in self.absent:
            return None
        size = int(number) * self.unit - self.plus
        if number < 0 or size < 0:
            raise DecodeError("invalidLength", label)
        return size

    def number(self, size: int, label: str) -> int:
        """Returns the number that says `size` bytes or elements."""
        total = size + self.plus
        number = total // self.unit
        is_absent = self.absent_byte is None and number in self.absent
        if total < 0 or total % self.unit or is_absent:
            raise EncodeError("invalidLength", label)
        return number

    def write(self, out: bytearray, content: bytes, label: str) -> None:
        self.write_size(out, len(content), label)
        out += content

    def write_size(self, out: bytearray, size: int, label: str) -> None:
        """Appends the number that says `size`, if it comes before the value."""
        number = self.number(size, label)
        if isinstance(self.source, Number):
            self.source.check(number, label, "invalidLength")
            self.source.write(out, number, label)
        elif isinstance(self.source, int) and number != self.source:
            raise EncodeError("invalidLength", label)

    def write_absent(self, out: bytearray, label: str) -> None:
        """Appends the number, or the byte, that says that there is no value."""
        if self.absent_byte is not None and isinstance(self.source, Step):
            out.append(self.absent_byte)
        elif isinstance(self.source, Step):
            self.source.write(out, self.absent[0], label)


#: end
def _least(size: Size, each: int) -> int:
#: Until
    if isinstance(size, Until):
        return len(size.end)
#: end
#: Count
    if isinstance(size, Count) and isinstance(size.source, Step):
        return size.source.least
    if isinstance(size, Count):
        return size.source if isinstance(size.source, int) else 0
#: end
    return size.number * each if isinstance(size, Exactly) else 0


class Sizeable(Step):
    """A value that ends where its size says."""

    def __init__(self, end: Size) -> None:
        self.end = end
        self.least = _least(end, 1)

    def read_counted(
        self, reader: Reader, label: str, raw: Mapping[str, Any], count: int
    ) -> Any:
        """Returns the value, whose number of bytes or elements has been read."""
        raise NotImplementedError

    def measure(self, value: Any, label: str) -> int:
        """Returns the number of bytes or elements of `value`."""
        raise NotImplementedError


#: Bytes
class Bytes(Sizeable):
    """Bytes."""

    def __init__(self, end: Size) -> None:
        super().__init__(end)
        self.size = end.number if isinstance(end, Exactly) else None

    def read(self, reader: Reader, label: str, raw: Mapping[str, Any]) -> Any:
        return self.decoded(self.end.content(reader, label, raw), label)

    def read_counted(
        self, reader: Reader, label: str, raw: Mapping[str, Any], count: int
    ) -> Any:
        return self.decoded(reader.take(count, label), label)

    def write(self, out: bytearray, value: Any, label: str) -> None:
        self.end.write(out, self.encoded(value, label), label)

    def measure(self, value: Any, label: str) -> int:
        return len(self.encoded(value, label))

    def decoded(self, content: bytes, label: str) -> Any:
        """Returns the value of `content`."""
        return content

    def encoded(self, value: Any, label: str) -> bytes:
        """Returns the bytes of `value`."""
        return bytes(value)


#: end
#: Text
class Text(Bytes):
    """Text in an encoding."""

    def __init__(self, end: Size, encoding: str = "utf-8") -> None:
        super().__init__(end)
        self.encoding = encoding

    def decoded(self, content: bytes, label: str) -> Any:
        try:
            return content.decode(self.encoding)
        except UnicodeDecodeError:
            problem = "invalidUTF8" if self.encoding == "utf-8" else "invalidText"
            raise DecodeError(problem, label) from None

    def encoded(self, value: Any, label: str) -> bytes:
        try:
            return str(value).encode(self.encoding)
        except UnicodeEncodeError:
            raise EncodeError("invalidText", label) from None


#: end
#: Packed
class Packed(Bytes):
    """An address or a UUID, whose bytes are those that people write."""

    def __init__(self, size: int, kind: Callable[[bytes], Any]) -> None:
        super().__init__(Exactly(size))
        self.kind = kind

    def decoded(self, content: bytes, label: str) -> Any:
        return self.kind(content)

    def encoded(self, value: Any, label: str) -> bytes:
        return cast(bytes, value.packed)


#: end
#: UUIDStep
class UUIDStep(Bytes):
    """A UUID, in the order of RFC 9562."""

    def __init__(self) -> None:
        super().__init__(Exactly(16))

    def decoded(self, content: bytes, label: str) -> Any:
        return uuid.UUID(bytes=content)

    def encoded(self, value: Any, label: str) -> bytes:
        return cast(bytes, value.bytes)


#: end
#: ListOf
class ListOf(Sizeable):
    """Consecutive values of one form."""

    def __init__(self, element: Step, end: Size) -> None:
        super().__init__(end)
        self.element = element
        fixed = isinstance(end, Exactly)
        self.least = _least(end, element.least if fixed else 0)

    def read(self, reader: Reader, label: str, raw: Mapping[str, Any]) -> Any:
#: Until
        if isinstance(self.end, Until):
            elements = []
            while not reader.starts_with(self.end.end):
                if reader.left == 0:
                    raise reader.truncated(label)
                elements.append(self.element.read(reader, label, raw))
            reader.position += len(self.end.end)
            return elements
#: end
        count = self.end.count(reader, label, raw)
        return [] if count is None else self.read_counted(reader, label, raw, count)

    def read_counted(
        self, reader: Reader, label: str, raw: Mapping[str, Any], count: int
    ) -> Any:
        counts_bytes = getattr(self.end, "counts_bytes", isinstance(self.end, ToEnd))
        if counts_bytes:
            return reader.within(count, label, lambda: self._rest(reader, label, raw))
        if count * self.element.least > reader.left:
            raise reader.truncated(label)
        return [self.element.read(reader, label, raw) for _ in range(count)]

    def _rest(self, reader: Reader, label: str, raw: Mapping[str, Any]) -> list[Any]:
        elements = []
        while reader.left > 0:
            elements.append(self.element.read(reader, label, raw))
        return elements

    def write(self, out: bytearray, value: Any, label: str) -> None:
        content = self._content(value, label)
        if isinstance(self.end, ToEnd):
            out += content
#: Until
        elif isinstance(self.end, Until):
            out += content + self.end.end
#: end
#: Count
        elif isinstance(self.end, Count):
            size = len(content) if self.end.counts_bytes else len(value)
            self.end.write_size(out, size, label)
            out += content
#: end
        elif isinstance(self.end, Exactly):
            if len(value) != self.end.number:
                raise EncodeError("invalidLength", label)
            out += content

    def _content(self, value: Any, label: str) -> bytearray:
        content = bytearray()
        for element in value:
#: Until
            start = len(content)
#: end
            self.element.write(content, element, label)
#: Until
            if isinstance(self.end, Until) and content.startswith(self.end.end, start):
                raise EncodeError("containsEnd", label)
#: end
        return content

    def measure(self, value: Any, label: str) -> int:
        if getattr(self.end, "counts_bytes", False):
            return len(self._content(value, label))
        return len(value)


#: end
#: Maybe
class Maybe(Step):
    """One byte, 0 or 1, and a value after a 1."""

    least = 1

    def __init__(self, step: Step) -> None:
        self.step = step

    def read(self, reader: Reader, label: str, raw: Mapping[str, Any]) -> Any:
        byte = reader.take(1, label)[0]
        if byte > 1:
            raise DecodeError("invalidBoolean", label)
        return self.step.read(reader, label, raw) if byte else None

    def write(self, out: bytearray, value: Any, label: str) -> None:
        out.append(0 if value is None else 1)
        if value is not None:
            self.step.write(out, value, label)


#: end
#: MaybeCounted
class MaybeCounted(Step):
    """A value or none, as the number says where the value ends."""

    def __init__(self, step: Sizeable) -> None:
        self.step = step
        self.least = _least(step.end, 0)

    def read(self, reader: Reader, label: str, raw: Mapping[str, Any]) -> Any:
        count = self.step.end.count(reader, label, raw)
        return (
            None if count is None else self.step.read_counted(reader, label, raw, count)
        )

    def write(self, out: bytearray, value: Any, label: str) -> None:
        if value is not None:
            self.step.write(out, value, label)
        elif isinstance(self.step.end, Count):
            self.step.end.write_absent(out, label)


#: end
#: Sized
class Sized(Sizeable):
    """A struct or a union in a number of bytes of its own."""

    def __init__(self, step: Step, end: Size) -> None:
        super().__init__(end)
        self.step = step
        if not isinstance(end, Exactly):
            self.least += step.least

    def read(self, reader: Reader, label: str, raw: Mapping[str, Any]) -> Any:
        count = self.end.count(reader, label, raw)
        return None if count is None else self.read_counted(reader, label, raw, count)

    def read_counted(
        self, reader: Reader, label: str, raw: Mapping[str, Any], count: int
    ) -> Any:
        return reader.within(count, label, lambda: self.step.read(reader, label, raw))

    def write(self, out: bytearray, value: Any, label: str) -> None:
        content = bytearray()
        self.step.write(content, value, label)
        self.end.write(out, bytes(content), label)

    def measure(self, value: Any, label: str) -> int:
        content = bytearray()
        self.step.write(content, value, label)
        return len(content)


#: end
#: Struct
class Struct(Step):
    """The fields of a struct."""

    def __init__(self, kind: type[Record], least: int = 0) -> None:
        self.kind = kind
        self.least = least

    def read(self, reader: Reader, label: str, raw: Mapping[str, Any]) -> Any:
        return self.kind._layout.read_nested(reader)

    def write(self, out: bytearray, value: Any, label: str) -> None:
        self.kind._layout.write_record(out, value)


#: end
#: union
class UnionOf(Step):
    """A case of a union; `tag` is the earlier field that has the tag, if one has."""

    def __init__(
        self, kind: type[UnionBase], tag: str | None = None, least: int = 0
    ) -> None:
        self.kind = kind
        self.tag = tag
        self.least = least

    def read(self, reader: Reader, label: str, raw: Mapping[str, Any]) -> Any:
        tag = None if self.tag is None else int(raw.get(self.tag) or 0)
        return self.kind._union.read(reader, tag)

    def write(self, out: bytearray, value: Any, label: str) -> None:
        self.kind._union.write(out, value, has_tag=self.tag is None)


class UnionLayout:
    """The tags and the cases of a union."""

    def __init__(
        self,
        kind: type[UnionBase],
        name: str,
        *,
        tag: Step | None,
        cases: Mapping[int, type[UnionBase]],
        shift: int = 0,
        mask: int = 0,
        length: Size | None = None,
        unknown: Callable[[int, bytes], UnionBase] | None = None,
        align: int = 1,
        is_recursive: bool = False,
    ) -> None:
        self.name = name
        #: The form of the tag; `None` if it is in the first bits of the cases.
        self.tag = tag
        self.cases = cases
        self.tags = {case: number for number, case in cases.items()}
        self.shift = shift
        self.mask = mask
        self.length = length
        self.unknown = unknown
        self.align = align
        self.is_recursive = is_recursive
        kind._union = self

    def tag_of(self, value: Any) -> int:
        """Returns the tag of `value`."""
        tag = self.tags.get(type(value))
        return int(value.tag) if tag is None else tag

    def read(self, reader: Reader, tag: int | None) -> Any:
        """Returns the next value, whose tag is `tag` if an earlier field has it."""
#: deep
        reader.depth += self.is_recursive
        if reader.depth > MAXIMUM_DEPTH:
            raise DecodeError("tooDeep", self.name)
#: end
        start = reader.position
        if tag is None and self.tag is None:
            if reader.left < 1:
                raise reader.truncated(self.name)
            tag = reader.data[reader.position] >> self.shift & self.mask
        elif tag is None and self.tag is not None:
            tag = int(self.tag.read(reader, self.name, {}))
        number = tag or 0
        if self.length is None:
            value = self._fields(reader, number)
        else:
            count = self.length.count(reader, self.name, {}) or 0
            value = reader.within(
                count, self.name, lambda: self._fields(reader, number)
            )
        reader.align(self.align, start, self.name)
#: deep
        reader.depth -= self.is_recursive
#: end
        return value

    def _fields(self, reader: Reader, tag: int) -> Any:
        case = self.cases.get(tag)
        if case is not None:
            return case._layout.read(reader)
        if self.unknown is None:
            raise DecodeError("invalidCase", self.name)
        return self.unknown(tag, reader.take(reader.left, self.name))

    def write(self, out: bytearray, value: Any, *, has_tag: bool) -> None:
        """Appends `value`, with its tag if no earlier field has it."""
        start = len(out)
        if has_tag and self.tag is not None:
            self.tag.write(out, self.tag_of(value), self.name)
        content = bytearray()
        if type(value) in self.tags:
            type(value)._layout.write_record(content, value)
        elif self.unknown is None or value.tag in self.cases:
            raise EncodeError("invalidCase", self.name)
        else:
            content += value.data
        if self.length is None:
            out += content
        else:
            self.length.write(out, bytes(content), self.name)
        _pad(out, self.align, start)


#: end
# Conditions


class Test:
    """A test of an earlier field, or of one bit of it."""

    def __init__(self, field: str, *, bit: int | None = None) -> None:
        self.field = field
        self.bit = bit

    def holds(self, value: Any) -> bool:
        """Whether the test holds for `value` of the field; `None` if it is missing."""
        if self.bit is not None and value is not None:
            value = int(value) >> self.bit & 1
        return self.accepts(value)

    def accepts(self, value: Any) -> bool:
        """Whether the value is true."""
        return bool(value)


#: OneOf
class OneOf(Test):
    """The value is one of several."""

    def __init__(self, field: str, *values: int, bit: int | None = None) -> None:
        super().__init__(field, bit=bit)
        self.values = values

    def accepts(self, value: Any) -> bool:
        return value is not None and int(value) in self.values


#: end
#: NoneOf
class NoneOf(Test):
    """The value is none of several, or missing."""

    def __init__(self, field: str, *values: int, bit: int | None = None) -> None:
        super().__init__(field, bit=bit)
        self.values = values

    def accepts(self, value: Any) -> bool:
        return value is None or int(value) not in self.values


#: end
#: Between
class Between(Test):
    """The value lies within bounds."""

    def __init__(
        self,
        field: str,
        low: int | None,
        high: int | None,
        *,
        bit: int | None = None,
    ) -> None:
        super().__init__(field, bit=bit)
        self.low = low
        self.high = high

    def accepts(self, value: Any) -> bool:
        if value is None:
            return False
        is_above = self.low is None or int(value) >= self.low
        return is_above and (self.high is None or int(value) <= self.high)


#: end
# Fields


@dataclass
class Field:
    """A field of a layout: its form, and where its value comes from."""

    name: str
    step: Any
    #: The attribute with the value; `None` if the value follows from others.
    attribute: str | None = None
    #: The payloads that have the field: those for which all tests hold.
    when: Sequence[Test] = ()
    #: The only value.
    equals: Any = None
    low: Any = None
    high: Any = None
    #: The payload may end before the field, which then has this value.
    may_end: bool = False
    default: Any = None
    #: The payload may end before the field, which is then missing.
    is_optional: bool = False
    #: The type has a value for nothing.
    may_be_none: bool = False
    #: The fields whose size, presence or tag the value says.
    size_of: Sequence[str] = ()
    presence_of: Sequence[str] = ()
    tag_of: Sequence[str] = ()
    #: The bytes that the field counts: `all`, `rest` or `length-and-rest`.
    covers: str | None = None
    #: The tag of the case that the field belongs to.
    case_tag: int | None = None
    #: The bits that say whether fields are there.
    bits: Sequence[tuple[int, Sequence[str]]] = ()
    align: int = 1
    #: The number of bytes of the fields behind one that runs to their start.
    behind: int = 0
    #: The meaning of an item of a header or a trailer.
    role: Role | None = None
    #: The name in errors, if it is not that of the layout and the field.
    label: str = ""

    def __post_init__(self) -> None:
        derivations = (self.size_of, self.presence_of, self.tag_of, self.covers)
        #: Whether the value follows from other fields.
        self.is_derived = any(derivations) or self.case_tag is not None

    @property
    def fixed_size(self) -> int | None:
        """The number of bytes of the field in every payload."""
        is_always_there = not self.when and not self.may_end and not self.is_optional
        size: int | None = self.step.size
        return size if is_always_there and self.align == 1 else None

    @property
    def fields(self) -> Sequence[Field]:
        """The field itself."""
        return (self,)

    def check_bounds(self, value: Any, error: type[Any]) -> None:
        """Raises `error` if `value` is out of bounds."""
        if value is None or (self.low is None and self.high is None):
            return
        if isinstance(value, str):
            value = value.encode("utf-8", "replace")
        number = len(value) if isinstance(value, (bytes, list)) else value
        is_above = self.low is None or number >= self.low
        if not (is_above and (self.high is None or number <= self.high)):
            raise error("outOfBounds", self.label)

    def holds(self, raw: Mapping[str, Any]) -> bool:
        """Whether a payload with the values `raw` has the field."""
        return all(test.holds(raw.get(test.field)) for test in self.when)

    def accept(self, value: Any, raw: dict[str, Any], values: dict[str, Any]) -> None:
        """Notes the value that was read."""
        raw[self.name] = value
        if self.is_derived:
            return
        for bit, _ in self.bits:
            value = type(value)(int(value) & ~(1 << bit))
        if self.equals is not None:
            if value is not None and value != self.equals:
                raise DecodeError("unexpectedValue", self.label)
        elif self.attribute is not None:
            values[self.attribute] = value

    def read(
        self, reader: Reader, raw: dict[str, Any], values: dict[str, Any], start: int
    ) -> None:
        """Reads the field, if the payload has it."""
        if (self.may_end or self.is_optional) and reader.left == 0:
            if self.attribute is not None:
                values[self.attribute] = (
                    self.default() if callable(self.default) else self.default
                )
            return
        if not self.holds(raw):
            raw[self.name] = None
            if self.attribute is not None:
                values[self.attribute] = None
            return
        if self.align > 1:
            reader.align(self.align, start, self.label)
        if self.behind:
            count = reader.left - self.behind
            value = reader.within(
                count, self.label, lambda: self.step.read(reader, self.label, raw)
            )
        else:
            value = self.step.read(reader, self.label, raw)
        self.accept(value, raw, values)

    def write(self, out: bytearray, values: Values, start: int) -> None:
        """Appends the field, if the payload has it."""
        value = values.value(self)
        if self.is_optional and value is None:
            names = [field.name for field in values.layout.fields]
            later = names[names.index(self.name) + 1 :]
            if any(values.given(name) is not None for name in later):
                raise EncodeError("inconsistent", self.label)
            return
        if self.when and not values.has(self, value):
            return
        _pad(out, self.align, start)
        self.step.write(out, value, self.label)


#: BitStep
class Bits:
    """Neighbouring fields of a few bits, which share bytes."""

    def __init__(
        self, order: str, size: int, *fields: Field, when: Sequence[Test] = ()
    ) -> None:
        self.order = order
        self.size = size
        self.fields = fields
        #: The condition of all fields, if they have the same one.
        self.when = when

    @property
    def label(self) -> str:
        """The name of the first field."""
        named = [
            field for field in self.fields if not isinstance(field.step, ReservedBits)
        ]
        return (named or list(self.fields))[0].label

    @property
    def fixed_size(self) -> int | None:
        """The number of bytes in every payload."""
        return None if self.when else self.size

    def read(
        self, reader: Reader, raw: dict[str, Any], values: dict[str, Any], start: int
    ) -> None:
        """Reads the fields that the payload has."""
        if not all(test.holds(raw.get(test.field)) for test in self.when):
            for field in self.fields:
                raw[field.name] = None
                if field.attribute is not None:
                    values[field.attribute] = None
            return
        data = reader.take(self.size, self.label)
        number = int.from_bytes(data, "big" if self.order == "high" else "little")
        left = total = 8 * self.size
        for field in self.fields:
            if not field.holds(raw):
                raw[field.name] = None
                if field.attribute is not None:
                    values[field.attribute] = None
                continue
            width = field.step.width
            shift = left - width if self.order == "high" else total - left
            left -= width
            bits = number >> shift & ((1 << width) - 1)
            field.accept(field.step.from_bits(bits, field.label), raw, values)

    def write(self, out: bytearray, values: Values, start: int) -> None:
        """Appends the fields that the payload has."""
        number = width = 0
        total = 8 * self.size
        for field in self.fields:
            value = values.value(field)
            if field.when and not values.has(field, value):
                continue
            bits = field.step.to_bits(value, field.label)
            shift = total - width - field.step.width if self.order == "high" else width
            number |= bits << shift
            width += field.step.width
        out += number.to_bytes(width // 8, "big" if self.order == "high" else "little")


#: end
class Layout:
    """The fields of a message, a struct, a case of a union or a header, in wire order."""

    def __init__(
        self,
        kind: type[Record] | None,
        *items: Any,
        owner: str = "",
        header: Sequence[Field] = (),
        align: int = 1,
        filled_size: int = 0,
        is_case: bool = False,
        is_recursive: bool = False,
    ) -> None:
        self.kind = kind
        self.items = items
        self.fields = [field for item in items for field in item.fields]
        #: The fields of the frame's header to which fields of the message refer.
        self.header = header
        self.owner = owner
        self.align = align
        #: The size of a payload with the zeros at its end that are not sent.
        self.filled_size = filled_size
        self.is_recursive = is_recursive
        for field in self.fields:
            field.label = field.label or (
                f"{owner}.{field.name}" if owner else field.name
            )
        for field in header:
            field.label = field.name
        self.by_name = {
            field.name: field for field in reversed([*self.fields, *header])
        }
        self.groups = [[item] for item in items] if is_case else self._groups()
        if kind is not None:
            kind._layout = self

    def _groups(self) -> list[list[Any]]:
        """Returns the items; those of fixed sizes that follow one another are one group."""
        groups: list[list[Any]] = []
        is_open = False
        for item in self.items:
            is_fixed = item.fixed_size is not None
            if is_fixed and is_open:
                groups[-1].append(item)
            else:
                groups.append([item])
            is_open = is_fixed and all(field.covers is None for field in item.fields)
        return groups

    def read(self, reader: Reader, header: Mapping[str, Any] | None = None) -> Any:
        """Returns the next value with these fields."""
        raw: dict[str, Any] = dict(header or {})
        values: dict[str, Any] = {}
        self.read_into(reader, raw, values)
        return values if self.kind is None else self.kind(**values)

    def read_into(
        self, reader: Reader, raw: dict[str, Any], values: dict[str, Any]
    ) -> None:
        """Reads the fields: `raw` gets all values, and `values` those of attributes."""
        start = reader.position
        behind = 0
        covering: Field | None = None
        for group in self.groups:
            if len(group) > 1:
                left = reader.left
                for item in group:
                    left -= item.fixed_size
                    if left < 0:
                        label = item.label
                        raise reader.truncated(label)
            for item in group:
                item.read(reader, raw, values, start)
            last = group[-1].fields[0]
            if last.covers is not None and raw.get(last.name) is not None:
                covering, behind = last, reader.end
                self._cover(reader, last, int(raw[last.name]), start)
        if covering is not None:
            if reader.left > 0:
                raise DecodeError("trailingBytes", covering.label)
            reader.end = behind
            reader.windows -= 1
        for field in self.fields:
            if field.attribute is not None:
                field.check_bounds(values.get(field.attribute), DecodeError)

    def _cover(self, reader: Reader, length: Field, number: int, start: int) -> None:
        """Confines the reader to the bytes that the field `length` counts."""
        before = 0
        if length.covers == "all":
            before = reader.position - start
        elif length.covers == "length-and-rest":
            before = length.step.size
        count = number - before
        if count < 0:
            raise DecodeError("invalidLength", length.label)
        if count > reader.left:
            raise reader.truncated(length.label)
        reader.end = reader.position + count
        reader.windows += 1

    def read_nested(self, reader: Reader) -> Any:
        """Returns the next value of a struct."""
#: deep
        reader.depth += self.is_recursive
        if reader.depth > MAXIMUM_DEPTH:
            raise DecodeError("tooDeep", self.owner)
#: end
        start = reader.position
        value = self.read(reader)
#: deep
        reader.depth -= self.is_recursive
#: end
        reader.align(self.align, start, self.owner)
        return value

    def write_record(self, out: bytearray, value: Any) -> None:
        """Appends the fields of a struct or a case."""
        start = len(out)
        self.write(out, Values.of(self, value))
        _pad(out, self.align, start)

    def write(self, out: bytearray, values: Values) -> list[int]:
        """Appends the fields; returns the offset of the end of each."""
        for field in self.fields:
            field.check_bounds(values.given(field.name), EncodeError)
        start = len(out)
        ends: list[int] = []
        covering: tuple[Field, int] | None = None
        for item in self.items:
            item.write(out, values, start)
            first = item.fields[0]
            if first.covers is not None and values.holds(first):
                covering = (first, len(out) - first.step.size)
            ends += [len(out) - start for _ in item.fields]
        if covering is not None:
            self._write_size(out, *covering, start)
        return ends

    def _write_size(
        self, out: bytearray, length: Field, place: int, start: int
    ) -> None:
        size = length.step.size
        first = {"all": start, "rest": place + size}.get(length.covers or "", place)
        number = len(out) - first
        if number > length.step.highest:
            raise EncodeError("invalidLength", length.label)
        content = bytearray()
        length.step.write(content, number, length.label)
        out[place : place + size] = content


class Values:
    """The values of the fields of a layout, of which some follow from others."""

    def __init__(
        self, layout: Layout, values: Mapping[str, Any], header: Mapping[str, Any]
    ) -> None:
        self.layout = layout
        self.values = values
        self.header = header

    @classmethod
    def of(
        cls, layout: Layout, record: Any, header: Mapping[str, Any] | None = None
    ) -> Values:
        """Returns the values of the attributes of `record`."""
        values = {
            field.name: field.equals
            if field.attribute is None
            else getattr(record, field.attribute)
            for field in layout.fields
        }
        return cls(layout, values, header or {})

    def given(self, name: str) -> Any:
        """Returns the value of the attribute of the field `name`."""
        if name in self.values:
            return self.values[name]
        return self.header.get(name)

    def of_name(self, name: str) -> Any:
        """Returns the value of the field `name` on the wire."""
        field = self.layout.by_name.get(name)
        return None if field is None else self.value(field)

    def value(self, field: Field) -> Any:
        """Returns the value of `field` on the wire."""
        if field.presence_of:
            return 1 if self.are_present(field.presence_of) else 0
        if field.tag_of:
            return self._tag(field.tag_of)
        if field.case_tag is not None:
            return field.case_tag
        if field.covers is not None:
            return 0
        if field.size_of:
            return self._size(field)
        if field.equals is not None:
            return field.equals if self.holds(field) else None
        value = self.given(field.name)
        for bit, names in field.bits:
            mask = 1 << bit
            number = int(value)
            value = number | mask if self.are_present(names) else number & ~mask
        return value

    def holds(self, field: Field) -> bool:
        """Whether the payload has `field`."""
        return all(test.holds(self.of_name(test.field)) for test in field.when)

    def has(self, field: Field, value: Any) -> bool:
        """Whether the payload has `field`, which must have a value then, and only then."""
        holds = self.holds(field)
        is_free = (
            field.attribute is None and field.equals is None and not field.is_derived
        )
        may_lack = is_free and field.role is None
        may_lack = may_lack or field.covers is not None or (field.may_be_none and holds)
        if not may_lack and holds != (value is not None):
            raise EncodeError("inconsistent", field.label)
        return holds

    def are_present(self, names: Sequence[str]) -> bool:
        """Whether the fields `names` have values: all of them, or none."""
        missing = [name for name in names if self.given(name) is None]
        if missing and len(missing) < len(names):
            raise EncodeError("inconsistent", self.layout.by_name[missing[0]].label)
        return not missing

    def _tag(self, names: Sequence[str]) -> int:
#: tag_of
        for name in names:
            value = self.given(name)
            if value is None:
                continue
            field = self.layout.by_name[name]
            step = field.step
            while not isinstance(step, UnionOf):
                step = getattr(step, "step", None) or step.element
            union = step.kind._union
            if not isinstance(value, list):
                return union.tag_of(value)
            tags = {union.tag_of(element) for element in value}
            if len(tags) > 1:
                raise EncodeError("inconsistent", field.label)
            if tags:
                return tags.pop()
#: end
        return 0

    def _size(self, field: Field) -> int:
        result: int | None = None
#: size_of
        targets = [self.layout.by_name[name] for name in field.size_of]
        for target in targets:
            number = self._count(target)
            if number is None:
                continue
            largest = getattr(
                field.step, "highest", (1 << getattr(field.step, "width", 64)) - 1
            )
            if not 0 <= number <= largest:
                raise EncodeError("invalidLength", target.label)
            if result is not None and result != number:
                raise EncodeError("inconsistent", target.label)
            result = number
        if result is None:
            end = _unwrapped(targets[0].step).end
            result = next(iter(end.absent), 0)
#: end
        return result or 0
#: size_of

    def _count(self, field: Field) -> int | None:
        """Returns the number that says where `field` ends; `None` if it is missing."""
        value = self.given(field.name)
        step = _unwrapped(field.step)
        end = step.end
        if value is None:
            absent: int | None = next(iter(end.absent), None)
            return absent if absent is not None and self.holds(field) else None
        return cast(int, end.number(step.measure(value, field.label), field.label))
#: end


#: size_of
def _unwrapped(step: Any) -> Any:
    """Returns the form of a value without that of none."""
    is_optional = type(step).__name__ in ("Maybe", "MaybeCounted")
    return step.step if is_optional else step


#: end
# Checksums


class Algorithm:
    """A checksum algorithm."""

    size = 1

    def checksum(self, data: bytes, order: str) -> bytes:
        """Returns the checksum of `data` as it is sent."""
        return self.number(data).to_bytes(
            self.size, "big" if order == "big" else "little"
        )

    def number(self, data: bytes) -> int:
        """Returns the checksum of `data`."""
        raise NotImplementedError


#: CRC32
class CRC32(Algorithm):
    """The CRC of IEEE 802.3 and zlib."""

    size = 4

    def number(self, data: bytes) -> int:
        return zlib.crc32(data)


#: end
#: CRC
class CRC(Algorithm):
    """A CRC with the parameters of Greg Cook's catalogue."""

    def __init__(
        self, width: int, poly: int, init: int = 0, reflect: bool = False, xor: int = 0
    ) -> None:
        self.size = width // 8
        self.width = width
        self.init = self._reversed(init) if reflect else init
        self.reflect = reflect
        self.xor = xor
        self.mask = (1 << width) - 1
        self.table = [self._entry(byte, poly) for byte in range(256)]

    def _reversed(self, number: int) -> int:
        return int(f"{number:0{self.width}b}"[::-1], 2)

    def _entry(self, byte: int, poly: int) -> int:
        if self.reflect:
            poly = self._reversed(poly)
            for _ in range(8):
                byte = byte >> 1 ^ poly if byte & 1 else byte >> 1
            return byte
        top = 1 << (self.width - 1)
        register = byte << (self.width - 8)
        for _ in range(8):
            register = register << 1 ^ poly if register & top else register << 1
        return register & self.mask

    def number(self, data: bytes) -> int:
        register = self.init
        if self.reflect:
            for byte in data:
                register = register >> 8 ^ self.table[(register ^ byte) & 0xFF]
        else:
            for byte in data:
                index = register >> (self.width - 8) ^ byte
                register = register << 8 & self.mask ^ self.table[index]
        return register ^ self.xor


#: end
#: Sum
class Sum(Algorithm):
    """The sum of all bytes."""

    def __init__(self, width: int, negate: bool = False, xor: int = 0) -> None:
        self.size = width // 8
        self.mask = (1 << width) - 1
        self.negate = negate
        self.xor = xor

    def number(self, data: bytes) -> int:
        total = sum(data)
        return ((-total if self.negate else total) & self.mask) ^ self.xor


#: end
#: Xor
class Xor(Algorithm):
    """The exclusive or of all bytes."""

    def number(self, data: bytes) -> int:
        number = 0
        for byte in data:
            number ^= byte
        return number


#: end
#: Fletcher
class Fletcher(Algorithm):
    """Two sums: of all bytes, and of the first sums; `is_first_high` is their order."""

    size = 2

    def __init__(self, modulo: int, is_first_high: bool) -> None:
        self.modulo = modulo
        self.is_first_high = is_first_high

    def number(self, data: bytes) -> int:
        first = second = 0
        for byte in data:
            first = (first + byte) % self.modulo
            second = (second + first) % self.modulo
        return first << 8 | second if self.is_first_high else second << 8 | first


#: end
#: Adler32
class Adler32(Algorithm):
    """Adler-32 of RFC 1950."""

    size = 4

    def number(self, data: bytes) -> int:
        return zlib.adler32(data)


#: end
#: SHA256
class SHA256(Algorithm):
    """The first bytes of a SHA-256, or of the SHA-256 of the SHA-256."""

    def __init__(self, size: int, is_double: bool = False) -> None:
        self.size = size
        self.is_double = is_double

    def checksum(self, data: bytes, order: str) -> bytes:
        digest = hashlib.sha256(data).digest()
        return (hashlib.sha256(digest).digest() if self.is_double else digest)[
            : self.size
        ]


#: end
# Items of headers and trailers


class Role:
    """The meaning of an item of a header or a trailer."""


class Own(Role):
    """A field of the protocol's own; `code` tests the parts of the code that it depends on."""

    def __init__(self, code: Sequence[Test] = ()) -> None:
        self.code = code


class Derived(Role):
    """A field whose value follows from the fields of the message, or that has one value."""


class Correlation(Own):
    """The number that pairs a reply with its request."""


class Magic(Role):
    """Bytes that every frame has, which may differ between clients and servers."""

    def __init__(self, client: bytes, server: bytes) -> None:
        self.bytes = {Sender.CLIENT: client, Sender.SERVER: server}


class Version(Role):
    """The version of the protocol."""

    def __init__(self, number: int) -> None:
        self.number = number


class Code(Role):
    """The code of the message, or a part of it."""


class Length(Role):
    """The number of bytes that follow; `is_long` is the longer of two lengths."""

    def __init__(self, is_long: bool = True) -> None:
        self.is_long = is_long


class Presence(Role):
    """A bit that says whether later items are there."""


class End(Role):
    """Bytes that end every frame."""

    def __init__(self, data: bytes) -> None:
        self.data = data


class Checksum(Role):
    """A checksum of the frame from `start` to `stop`.

    `start` is an offset or `payload`; `stop` is an offset, `header` or `frame`.
    """

    def __init__(
        self,
        algorithm: Algorithm,
        order: str = "big",
        *,
        start: int | str = 0,
        stop: int | str = "frame",
    ) -> None:
        self.algorithm = algorithm
        self.order = order
        self.start = start
        self.stop = stop

    def of(self, frame: bytes, header_size: int, seed: bytes) -> bytes:
        """Returns the checksum of a frame without its trailer."""
        start = header_size if isinstance(self.start, str) else self.start
        stop = self.stop
        if isinstance(stop, str):
            stop = header_size if stop == "header" else len(frame)
        return self.algorithm.checksum(frame[start:stop] + seed, self.order)

    def in_header(
        self, frame: bytes, place: int, header_size: int, seed: bytes
    ) -> bytes:
        """Returns the checksum of a frame that has it at `place`, where it has zeros."""
        return self.of(frame, place if self.stop == "header" else header_size, seed)


#: framing
# Framings


class Framing:
    """How a stream shows where a frame begins and ends."""

    delimiter = b""

    def wrap(self, frame: bytes) -> bytes:
        """Returns `frame` with delimiters and escapes."""
        raise NotImplementedError

    def unwrap(self, content: bytes) -> bytes | None:
        """Returns a frame without escapes; `None` if it is malformed."""
        raise NotImplementedError

    def largest(self, size: int) -> int:
        """Returns the largest number of bytes of a frame with `size` bytes."""
        return 2 * size


#: end
#: Escapes
class Escapes(Framing):
    """Escapes in place of the delimiter, as in SLIP, KISS and HDLC."""

    def __init__(
        self,
        delimiter: int,
        escapes: Mapping[int, int],
        *,
        begins: bool,
        changed: int = 0,
    ) -> None:
        self.delimiter = bytes([delimiter])
        self.begins = self.delimiter if begins else b""
        self.escape = next(byte for byte in escapes if byte != delimiter)
        self.escapes = escapes
        self.originals = {sent: byte for byte, sent in escapes.items()}
        #: The bits in which every escaped byte differs, if any byte may be escaped.
        self.changed = changed

    def wrap(self, frame: bytes) -> bytes:
        out = bytearray(self.begins)
        for byte in frame:
            if byte in self.escapes:
                out += bytes([self.escape, self.escapes[byte]])
            else:
                out.append(byte)
        return bytes(out) + self.delimiter

    def unwrap(self, content: bytes) -> bytes | None:
        out = bytearray()
        rest = iter(content)
        for byte in rest:
            if byte != self.escape:
                out.append(byte)
                continue
            sent = next(rest, None)
            if sent is None or not (self.changed or sent in self.originals):
                return None
            out.append(sent ^ self.changed if self.changed else self.originals[sent])
        return bytes(out)


#: end
#: COBS
class COBS(Framing):
    """Consistent Overhead Byte Stuffing."""

    delimiter = b"\0"

    def wrap(self, frame: bytes) -> bytes:
        out = bytearray([1])
        block = 0
        for byte in frame:
            if out[block] == 0xFF:
                block = len(out)
                out.append(1)
            if byte == 0:
                block = len(out)
                out.append(1)
            else:
                out.append(byte)
                out[block] += 1
        return bytes(out) + self.delimiter

    def unwrap(self, content: bytes) -> bytes | None:
        out = bytearray()
        position = 0
        while position < len(content):
            count = content[position] - 1
            block = content[position + 1 : position + 1 + count]
            if count < 0 or len(block) < count:
                return None
            out += block
            position += 1 + count
            if count < 254 and position < len(content):
                out.append(0)
        return bytes(out)

    def largest(self, size: int) -> int:
        return size + size // 254 + 1


#: end
#: HexDigits
class HexDigits(Framing):
    """Two hexadecimal digits for each byte."""

    def __init__(self, begins: bytes, ends: bytes) -> None:
        self.begins = begins
        self.delimiter = ends

    def wrap(self, frame: bytes) -> bytes:
        return self.begins + frame.hex().upper().encode() + self.delimiter

    def unwrap(self, content: bytes) -> bytes | None:
        if not content:
            return b""
        start = content.rfind(self.begins) if self.begins else 0
        digits = content[start + len(self.begins) :]
        if start < 0 or any(digit not in b"0123456789ABCDEFabcdef" for digit in digits):
            return None
        return bytes.fromhex(digits.decode()) if len(digits) % 2 == 0 else None

    def largest(self, size: int) -> int:
        return len(self.begins) + 2 * size


#: end
# Frames


class MessageKind:
    """What the codec knows about a class of messages."""

    def __init__(
        self,
        kind: type[Message],
        name: str,
        form: Form,
        layout: Layout,
        *,
        code: Sequence[Any] = (),
        senders: Sequence[Sender],
        reply: type[Message] | None = None,
        trailing: bool = False,
        max_payload: int | None = None,
        seed: bytes = b"",
        then: Mapping[Sender, Form] | None = None,
    ) -> None:
        self.kind = kind
        self.name = name
        self.form = form
        self.layout = layout
        self.code = tuple(code)
        self.senders = senders
        self.reply = reply
        #: Whether bytes after the last field are skipped.
        self.trailing = trailing
        self.max_payload = form.max_payload if max_payload is None else max_payload
        self.seed = seed
        self.then = then or {}
        kind._kind = self
        for sender in senders:
            form.messages[sender, self.code] = self

    def encode_payload(
        self, message: Message, header: HeaderBase | None
    ) -> tuple[bytes, Values]:
        """Returns the payload, and the values from which fields of the header follow."""
        own = self.form.own_values(header)
        for field in self.layout.header:
            if field.is_derived or field.name not in own:
                own[field.name] = 0
        values = Values.of(self.layout, message, own)
        out = bytearray()
        self.layout.write(out, values)
        if self.layout.filled_size:
            while len(out) > 1 and out[-1] == 0:
                del out[-1]
        if len(out) > self.max_payload:
            raise EncodeError("payloadTooLarge", "payload")
        return bytes(out), values

    def decode_payload(self, payload: bytes, header: Mapping[str, Any]) -> Any:
        """Returns the message with `payload`; `header` has the fields of its header."""
        if len(payload) > self.max_payload:
            raise DecodeError("payloadTooLarge", "payload", fault="payloadTooLarge")
        reader = Reader(payload.ljust(self.layout.filled_size, b"\0"))
        message = self.layout.read(reader, header)
        if reader.position < len(payload) and not self.trailing:
            raise DecodeError("trailingBytes", "payload")
        return message


class Form:
    """The layout of a frame: the items before and after the payload."""

    def __init__(
        self,
        *,
        header: Layout,
        trailer: Layout,
        max_payload: int,
        max_header: int,
        uncovered: int = 0,
        covered_trailer: int = 0,
        largest_short: int | None = None,
        chooses_length: bool = False,
        own: type[HeaderBase] | None = None,
        framing: Any = None,
        is_of_replies: bool = False,
    ) -> None:
        self.header = header
        self.trailer = trailer
        self.whole = Layout(None, *header.items, *trailer.items)
        self.max_payload = max_payload
        self.max_size = (
            max_header + max_payload + sum(f.step.size or 0 for f in trailer.fields)
        )
        #: The number of items of the header that the length does not count.
        self.uncovered = uncovered
        #: The number of bytes of the trailer that the length counts.
        self.covered_trailer = covered_trailer
        #: The largest number of the shorter of two lengths.
        self.largest_short = largest_short
        self.chooses_length = chooses_length
        self.own = own
        self.framing = framing
        self.is_of_replies = is_of_replies
        self.has_length = any(isinstance(f.role, Length) for f in header.fields)
        self.messages: dict[tuple[Sender, tuple[Any, ...]], MessageKind] = {}

    def own_values(self, header: HeaderBase | None) -> dict[str, Any]:
        """Returns the fields of `header` with the names by which fields refer to them."""
        if header is None and self.own is not None:
            header = _default_header(self.own)
        return {
            f"header.{field.name}": getattr(header, field.attribute)
            for field in self.whole.fields
            if field.attribute is not None and header is not None
        }

    # Encoding

    def encode(
        self,
        message: Message,
        header: HeaderBase | None,
        correlation: Any,
        sender: Sender | None,
    ) -> bytes:
        """Returns the frame of `message`."""
        kind = message._kind
        payload, values = kind.encode_payload(message, header)
        own = self.own_values(header)
        sender = sender or (
            Sender.CLIENT if Sender.CLIENT in kind.senders else Sender.SERVER
        )

        def written(overhead: int) -> tuple[bytearray, list[int], Values]:
            length = len(payload) + overhead
            items = self._items(kind, values, own, correlation, sender, length)
            out = bytearray()
            given = Values(self.whole, items, {})
            return out, self.header.write(out, given), given

        head, ends, given = written(self.covered_trailer)
        head, ends, given = written(self._overhead(ends))
        frame = head + payload
        for field, end in zip(self.header.fields, ends):
            if isinstance(field.role, Checksum):
                place = end - field.role.algorithm.size
                checksum = field.role.in_header(
                    bytes(frame), place, len(head), kind.seed
                )
                frame[place:end] = checksum
        covered = bytes(frame)
        for field in self.trailer.fields:
            if isinstance(field.role, Checksum):
                frame += field.role.of(covered, len(head), kind.seed)
            elif isinstance(field.role, End):
                frame += field.role.data
            else:
                field.write(frame, given, 0)
        if self.framing is None:
            return bytes(frame)
        if not frame:
            raise EncodeError("invalidLength", "payload")
        return cast(bytes, self.framing.wrap(bytes(frame)))

    def _items(
        self,
        kind: MessageKind,
        values: Values,
        own: Mapping[str, Any],
        correlation: Any,
        sender: Sender,
        length: int,
    ) -> dict[str, Any]:
        """Returns the values of the items of the header and the trailer, by name."""
        items: dict[str, Any] = {}
        codes = iter(kind.code)
        for field in self.whole.fields:
            role = field.role
            value: Any = None
            if isinstance(role, Magic):
                value = role.bytes[sender]
            elif isinstance(role, Version):
                value = role.number
            elif isinstance(role, Code):
                value = next(codes)
            elif isinstance(role, Length):
                value = length if self._sends(field, role, items, length) else None
            elif isinstance(role, Own):
                value = own.get(f"header.{field.name}")
                if isinstance(role, Correlation):
                    value = correlation
                    if value is None:
                        is_number = isinstance(field.step, Number)
                        value = 0 if is_number else bytes(field.step.size)
                if not all(test.holds(items.get(test.field)) for test in role.code):
                    value = None
            elif isinstance(role, Derived) and field.equals is None:
                named = kind.layout.by_name.get(f"header.{field.name}")
                value = (
                    values.value(named) if named is not None and named.is_derived else 0
                )
            elif field.equals is not None:
                value = field.equals
            items[field.name] = value
        return items

    def _sends(
        self, field: Field, role: Length, items: Mapping[str, Any], length: int
    ) -> bool:
        """Whether a frame with `length` has the length `field`."""
        if self.chooses_length:
            return field.holds(items)
        if self.largest_short is None:
            return True
        return role.is_long == (length > self.largest_short)

    def _overhead(self, ends: Sequence[int]) -> int:
        """Returns the number of bytes that the length counts besides the payload."""
        start = (
            ends[min(self.uncovered, len(ends)) - 1] if self.uncovered and ends else 0
        )
        return (ends[-1] if ends else 0) - start + self.covered_trailer

    # Decoding

    def decode(
        self, data: bytes, position: int, sender: Sender, expected: Expected | None
    ) -> tuple[Frame | None, int, DecodeError | None] | None:
        """Returns the frame at `position`, and the position behind it.

        The frame is `None` if it has an error after which the next frame can be read.
        Returns `None` if the frame is not complete.
        """
        reader = Reader(data, position)
        raw: dict[str, Any] = {}
        own: dict[str, Any] = {}
        try:
            ends = self._read_header(reader, raw, own)
        except DecodeError as error:
            if not error.is_incomplete or self.framing is not None:
                error.is_fatal = True
                raise
            self._check_start(data, position, sender)
            return None
        self._check_header(raw, sender)
        header_size = reader.position - position
        trailer_size = sum(
            f.step.size or 0 for f in self.trailer.fields if f.holds(raw)
        )
        kind = self._kind(raw, sender, expected)
        size = self._payload_size(reader, raw, own, kind, ends, trailer_size)
        if size is None:
            return None
        end = reader.position + size + trailer_size
        if end > len(data):
            return None
        covered = data[position : reader.position + size]
        reader.position += size
        problem = self._check_sums(covered, ends, reader, kind, raw, own)
        if problem is not None:
            return None, end, problem
        if kind is None:
            return None, end, _fault("unknownType", is_fatal=False)
        if size > kind.max_payload:
            return None, end, _fault("payloadTooLarge", is_fatal=False)
        header = {f"header.{name}": value for name, value in raw.items()}
        try:
            message = kind.decode_payload(covered[header_size:], header)
        except DecodeError as error:
            return None, end, error
        frame = Frame(message, None, self._correlation(raw))
        if self.own is not None:
            frame.header = self.own(**own)
        return frame, end, None

    def _read_header(
        self, reader: Reader, raw: dict[str, Any], own: dict[str, Any]
    ) -> list[int]:
        start = reader.position
        ends: list[int] = []
        for item in self.header.items:
            item.read(reader, raw, own, start)
            ends += [reader.position - start for _ in item.fields]
        return ends

    def _check_start(self, data: bytes, position: int, sender: Sender) -> None:
        """Raises the fault of an incomplete frame that begins with a wrong magic."""
        first = self.header.fields[0].role if self.header.fields else None
        if isinstance(first, Magic):
            magic = first.bytes[sender]
            if not magic.startswith(data[position : position + len(magic)]):
                raise _fault("invalidMagic")

    def _check_header(self, raw: Mapping[str, Any], sender: Sender) -> None:
        for field in self.header.fields:
            role, value = field.role, raw.get(field.name)
            if isinstance(role, Magic) and value != role.bytes[sender]:
                raise _fault("invalidMagic")
            if isinstance(role, Version) and value != role.number:
                raise _fault("unsupportedVersion")
            short = self.largest_short
            is_long = isinstance(role, Length) and role.is_long
            if is_long and short is not None and value is not None and value <= short:
                raise DecodeError("invalidLength", field.label, is_fatal=True)

    def _kind(
        self, raw: Mapping[str, Any], sender: Sender, expected: Expected | None
    ) -> MessageKind | None:
        """Returns the message with the code of the header; `None` if there is none."""
        if self.is_of_replies:
            return (
                expected.take(self._correlation(raw)) if expected is not None else None
            )
        code = tuple(
            raw.get(f.name) for f in self.header.fields if isinstance(f.role, Code)
        )
        return self.messages.get((sender, code))

    def _correlation(self, raw: Mapping[str, Any]) -> Any:
        fields = (f for f in self.header.fields if isinstance(f.role, Correlation))
        return next((raw.get(field.name) for field in fields), None)

    def _payload_size(
        self,
        reader: Reader,
        raw: Mapping[str, Any],
        own: Mapping[str, Any],
        kind: MessageKind | None,
        ends: Sequence[int],
        trailer_size: int,
    ) -> int | None:
        """Returns the number of bytes of the payload; `None` if more bytes must arrive."""
        size: int | None = None
        if self.has_length:
            lengths = [
                raw[f.name] for f in self.header.fields if isinstance(f.role, Length)
            ]
            number = next(length for length in lengths if length is not None)
            size = number - self._overhead(ends)
            if size < 0:
                raise DecodeError("invalidLength", "length", is_fatal=True)
        if self.framing is not None:
            rest = reader.left - trailer_size
            if rest < 0 or (size is not None and size != rest):
                raise DecodeError("invalidLength", "length", is_fatal=True)
            size = rest
        if size is None:
            return self._searched_size(reader, raw, kind)
        if size > self.max_payload:
            raise _fault("payloadTooLarge")
        return size

    def _searched_size(
        self, reader: Reader, raw: Mapping[str, Any], kind: MessageKind | None
    ) -> int | None:
        """Returns the size of a payload that ends where its fields end."""
        if kind is None:
            raise _fault("unknownType")
        search = Reader(reader.data, reader.position)
        try:
            kind.layout.read(
                search, {f"header.{name}": value for name, value in raw.items()}
            )
        except DecodeError as error:
            if not error.is_incomplete:
                error.is_fatal = True
                raise
            if reader.left > self.max_payload:
                raise _fault("payloadTooLarge") from None
            return None
        size = search.position - reader.position
        if size > min(self.max_payload, kind.max_payload):
            raise _fault("payloadTooLarge")
        return size

    def _check_sums(
        self,
        covered: bytes,
        ends: Sequence[int],
        reader: Reader,
        kind: MessageKind | None,
        raw: dict[str, Any],
        own: dict[str, Any],
    ) -> DecodeError | None:
        """Reads the trailer, and returns the error of a wrong checksum."""
        seed = b"" if kind is None else kind.seed
        error: DecodeError | None = None
        start = reader.position
        header_size = ends[-1] if ends else 0
        for field, end in zip(self.header.fields, ends):
            if isinstance(field.role, Checksum):
                place = end - field.role.algorithm.size
                zeroed = covered[:place] + bytes(end - place) + covered[end:]
                if (
                    field.role.in_header(zeroed, place, header_size, seed)
                    != covered[place:end]
                ):
                    error = _fault("checksumMismatch", is_fatal=False)
        for field in self.trailer.fields:
            if isinstance(field.role, Checksum):
                found = reader.take(field.role.algorithm.size, field.label)
                if found != field.role.of(covered, header_size, seed):
                    error = error or _fault("checksumMismatch", is_fatal=False)
            elif isinstance(field.role, End):
                if reader.take(len(field.role.data), field.label) != field.role.data:
                    raise error or DecodeError(
                        "unexpectedValue", field.label, is_fatal=True
                    )
            else:
                field.read(reader, raw, own, start)
        return error


def _default_header(own: Callable[[], HeaderBase]) -> HeaderBase | None:
    """Returns a header with the defaults of its fields; `None` if one has no default."""
    try:
        return own()
    except TypeError:
        return None


class Expected:
    """The replies that peers send without a code: requests say which they are."""

    def __init__(self) -> None:
        self.numbered: dict[Any, MessageKind] = {}
        self.ordered: deque[MessageKind] = deque()

    def add(self, reply: type[Message], correlation: Any = None) -> None:
        """Notes that a request waits for `reply`."""
        if correlation is None:
            self.ordered.append(reply._kind)
        else:
            self.numbered[correlation] = reply._kind

    def take(self, correlation: Any) -> MessageKind | None:
        """Returns the reply that the request with `correlation`, or the oldest, waits for."""
        if correlation is not None:
            return self.numbered.get(correlation)
        return self.ordered[0] if self.ordered else None

    def done(self, correlation: Any) -> None:
        """Notes that a reply has arrived."""
        if correlation is not None:
            self.numbered.pop(correlation, None)
        elif self.ordered:
            self.ordered.popleft()


@dataclass
class Protocol:
    """What a client knows about the protocol beside its messages."""

    #: The form of the first frame of each end.
    starts: Mapping[Sender, Form]
    #: The messages that answer requests.
    replies: tuple[type[Message], ...] = ()
    #: The message that reports faults, the attribute with their number, and the numbers of
    #: those after which the server closes the connection.
    error: type[Message] | None = None
    error_code: str = ""
    closing_faults: Sequence[int] = ()
    #: Makes the request that an idle client sends.
    heartbeat: Callable[[], Message] | None = None
    #: The size of the number that pairs replies with requests; 0 if there is none.
    correlation_bytes: int = 0
    correlation_is_number: bool = True

    def is_error(self, message: Message) -> bool:
        """Whether `message` reports a fault."""
        return self.error is not None and isinstance(message, self.error)

    def ends_connection(self, message: Message) -> bool:
        """Whether the server closes the connection after the error `message`."""
        return getattr(message, self.error_code, None) in self.closing_faults

    def correlation(self, number: int) -> Any:
        """Returns the correlation that is `number`."""
        if self.correlation_is_number:
            return number
        return number.to_bytes(self.correlation_bytes, "big")

    def number(self, correlation: Any) -> int:
        """Returns the number of a correlation."""
        if isinstance(correlation, bytes):
            return int.from_bytes(correlation, "big")
        return int(correlation or 0)


class StreamDecoder:
    """Finds the messages in a stream of bytes that arrives in pieces.

    `sender` is the end that sends the stream. After an error that is not fatal, `feed`
    can be called again, and continues behind the frame with the error.
    """

    def __init__(self, sender: Sender, forms: Mapping[Sender, Form]) -> None:
        self.sender = sender
        #: The form of the next frame.
        self.form = forms[sender]
        #: The replies that the peer sends without a code.
        self.expected = Expected()
        self._data = b""
        self._error: DecodeError | None = None

    def feed(self, data: bytes = b"") -> Iterator[Frame]:
        """Yields the messages that are complete with `data`.

        Raises `DecodeError` for bytes that are no message.
        """
        self._data += bytes(data)
        position = 0
        try:
            while True:
                if self._error is not None:
                    raise self._error
                try:
                    found = self._next(position)
                except DecodeError as error:
                    if error.is_fatal:
                        self._error = error
                    raise
                if found is None:
                    return
                frame, position, problem = found
                if frame is None:
                    raise problem or _fault("malformedPayload")
                kind = frame.message._kind
                self.form = kind.then.get(self.sender, self.form)
                if kind.form.is_of_replies:
                    self.expected.done(frame.correlation)
                yield frame
        finally:
            self._data = self._data[position:]

    def _next(
        self, position: int
    ) -> tuple[Frame | None, int, DecodeError | None] | None:
        if self.form.framing is None:
            if position == len(self._data):
                return None
            try:
                return self.form.decode(
                    self._data, position, self.sender, self.expected
                )
            except DecodeError as error:
                # The frame does not say where it ends.
                error.is_fatal = True
                raise
#: framing
        framing = self.form.framing
        while True:
            end = self._data.find(framing.delimiter, position)
            largest = framing.largest(self.form.max_size)
            if end < 0 and len(self._data) - position < largest + len(
                framing.delimiter
            ):
                return None
            if end < 0 or end - position > largest:
                raise _fault("payloadTooLarge")
            content = framing.unwrap(self._data[position:end])
            end += len(framing.delimiter)
            if content is None:
                return None, end, DecodeError("invalidText", "framing")
            if content:
                return self._framed(content, end)
            position = end
#: end
        return None
#: framing

    def _framed(
        self, content: bytes, end: int
    ) -> tuple[Frame | None, int, DecodeError | None]:
        """Returns the frame that is `content`; an error in it does not end the stream."""
        try:
            found = self.form.decode(content, 0, self.sender, self.expected)
        except DecodeError as error:
            error.is_fatal = False
            return None, end, error
        if found is None or found[1] != len(content):
            return None, end, DecodeError("truncated", "payload")
        frame, _, problem = found
        return frame, end, problem
#: end
