extension Helper {
    /// Numbers, text and bytes, and the tests of their values.
    static let values = [
        Helper(
            "r:uint(",
            #"""
            -- Reads an unsigned number of `size` bytes.
            function Reader:uint(key, size, is_little)
              local range = self:range(key, size)
              self:add_number(key, range, is_little)
              if size <= 4 then
                return is_little and range:le_uint() or range:uint()
              end
              local number = is_little and range:le_uint64() or range:uint64()
              self.digits = tostring(number)
              return number:tonumber()
            end
            """#
        ),
        Helper(
            "r:int(",
            #"""
            -- Reads a signed number of `size` bytes.
            function Reader:int(key, size, is_little)
              local range = self:range(key, size)
              self:add_number(key, range, is_little)
              if size <= 4 then
                return is_little and range:le_int() or range:int()
              end
              local number = is_little and range:le_int64() or range:int64()
              self.digits = tostring(number)
              return number:tonumber()
            end
            """#
        ),
        Helper(
            "r:float(",
            #"""
            -- Reads a floating-point number of `size` bytes.
            function Reader:float(key, size, is_little)
              local range = self:range(key, size)
              self:add_number(key, range, is_little)
              return is_little and range:le_float() or range:float()
            end
            """#
        ),
        Helper(
            ":bool(",
            #"""
            -- Reads a byte that is 0 or 1.
            function Reader:bool(key)
              local range = self:range(key, 1)
              self:add(key, range)
              local number = range:uint()
              if number > 1 then
                self:fail(key, "is neither 0 nor 1")
              end
              return number == 1
            end
            """#
        ),
        Helper(
            ":seconds(",
            #"""
            -- Reads a point in time: a number of `size` bytes that counts `units` in a second, from `epoch` on.
            function Reader:seconds(key, size, units, epoch, is_signed, is_little)
              local range = self:range(key, size)
              local number
              if is_signed then
                number = is_little and range:le_int64() or range:int64()
              else
                number = is_little and range:le_uint64() or range:uint64()
              end
              local whole = number / units
              local part = (number - whole * units):tonumber()
              local seconds = whole:tonumber()
              if part < 0 then
                seconds, part = seconds - 1, part + units
              end
              self:add(key, range, NSTime.new(math.floor(seconds + epoch), math.floor(part * 1e9 / units)))
              self.digits = tostring(number)
              return number:tonumber()
            end
            """#
        ),
        Helper(
            ":varuint(",
            #"""
            -- Adds a number of variable length, which has the `size` bytes before the reader.
            function Reader:varuint(key, number, size, shortest)
              if size ~= shortest then
                self:fail(key, "has more bytes than it needs")
              end
              self:add(key, self.tvb:range(self.at - size, size), number)
              self.digits = tostring(number)
              return number:tonumber()
            end
            """#
        ),
        Helper(
            "sevens(",
            #"""
            -- Returns how many groups of seven bits a number has.
            local function sevens(number)
              local count = 1
              number = number:rshift(7)
              while number ~= UInt64(0) do
                count, number = count + 1, number:rshift(7)
              end
              return count
            end
            """#
        ),
        Helper(
            ":leb128_number(",
            #"""
            -- Reads groups of seven bits, the lowest first; returns the number and its size.
            function Reader:leb128_number(key)
              local number, size = UInt64(0), 0
              repeat
                local byte = self.tvb:range(self:take(key, 1), 1):uint()
                if size == 9 and byte > 1 then
                  self:fail(key, "is too large")
                end
                number = number:bor(UInt64(byte % 128):lshift(7 * size))
                size = size + 1
              until byte < 128
              return number, size
            end
            """#
        ),
        Helper(
            ":leb128(",
            #"""
            -- Reads an unsigned number in LEB128.
            function Reader:leb128(key)
              local number, size = self:leb128_number(key)
              return self:varuint(key, number, size, sevens(number))
            end
            """#
        ),
        Helper(
            ":zigzag(",
            #"""
            -- Reads a signed number in LEB128, with its sign in the lowest bit.
            function Reader:zigzag(key)
              local number, size = self:leb128_number(key)
              local half = number:rshift(1)
              local value = Int64(half:lower(), half:higher())
              if number:lower() % 2 == 1 then
                value = -value - 1
              end
              return self:varuint(key, value, size, sevens(number))
            end
            """#
        ),
        Helper(
            ":quic(",
            #"""
            -- Reads a number whose two highest bits say how many bytes it has.
            function Reader:quic(key)
              local size = 2 ^ math.floor(self.tvb:range(self:take(key, 1), 1):uint() / 64)
              self.at = self.at - 1
              local number = self.tvb:range(self:take(key, size), size):uint64():lshift(66 - 8 * size):rshift(66 - 8 * size)
              local value = number:tonumber()
              local shortest = value < 2 ^ 6 and 1 or value < 2 ^ 14 and 2 or value < 2 ^ 30 and 4 or 8
              return self:varuint(key, number, size, shortest)
            end
            """#
        ),
        Helper(
            ":bitcoin(",
            #"""
            -- Reads a number after a byte that says how many bytes it has, if it is larger than 252.
            function Reader:bitcoin(key)
              local first = self.tvb:range(self:take(key, 1), 1)
              local size = ({ [0xFD] = 2, [0xFE] = 4, [0xFF] = 8 })[first:uint()] or 0
              local number = size == 0 and first:uint64() or self.tvb:range(self:take(key, size), size):le_uint64()
              local value = number:tonumber()
              local shortest = value < 0xFD and 0 or value < 2 ^ 16 and 2 or value < 2 ^ 32 and 4 or 8
              return self:varuint(key, number, size + 1, shortest + 1)
            end
            """#
        ),
        Helper(
            ":asn1(",
            #"""
            -- Reads a length of ASN.1: one byte, or the number of bytes that follow.
            function Reader:asn1(key)
              local first = self.tvb:range(self:take(key, 1), 1)
              local size = first:uint() - 128
              if size == 0 or size > 8 then
                self:fail(key, "has no number of bytes")
              end
              if size < 0 then
                return self:varuint(key, first:uint64(), 1, 1)
              end
              local number = self.tvb:range(self:take(key, size), size):uint64()
              local shortest, rest = 0, number
              while rest ~= UInt64(0) do
                shortest, rest = shortest + 1, rest:rshift(8)
              end
              return self:varuint(key, number, size + 1, number:tonumber() < 128 and 1 or shortest + 1)
            end
            """#
        ),
        Helper(
            ":mysql(",
            #"""
            -- Reads a number after a byte that says how many bytes it has, if it is larger than 250.
            function Reader:mysql(key)
              local first = self.tvb:range(self:take(key, 1), 1)
              local size = ({ [0xFC] = 2, [0xFD] = 3, [0xFE] = 8 })[first:uint()] or 0
              if size == 0 and first:uint() > 0xFA then
                self:fail(key, "is no number")
              end
              local number = size == 0 and first:uint64() or self.tvb:range(self:take(key, size), size):le_uint64()
              local value = number:tonumber()
              local shortest = value < 0xFB and 0 or value < 2 ^ 16 and 2 or value < 2 ^ 24 and 3 or 8
              return self:varuint(key, number, size + 1, shortest + 1)
            end
            """#
        ),
        Helper(
            ":midi(",
            #"""
            -- Reads groups of seven bits, the highest first.
            function Reader:midi(key)
              local number, size = UInt64(0), 0
              local first
              repeat
                local byte = self.tvb:range(self:take(key, 1), 1):uint()
                first = first or byte
                size = size + 1
                if first == 0x80 or size == 10 and (first ~= 0x81 or byte >= 128) then
                  self:fail(key, "is too large, or has more bytes than it needs")
                end
                number = number:lshift(7):bor(UInt64(byte % 128))
              until byte < 128
              return self:varuint(key, number, size, sevens(number))
            end
            """#
        ),
        Helper(
            ":group(",
            #"""
            -- Reads the `size` bytes that the next fields of a few bits share.
            function Reader:group(key, size, is_low)
              local range = self:range(key, size)
              local number = is_low and range:le_uint64() or range:uint64()
              self.shared = { range = range, number = number, is_low = is_low, used = 0, width = 8 * size }
            end
            """#
        ),
        Helper(
            ":bits_number(",
            #"""
            -- Takes the next `width` bits of the bytes that fields share.
            function Reader:bits_number(width)
              local shared = self.shared
              local shift = shared.is_low and shared.used or shared.width - shared.used - width
              shared.used = shared.used + width
              return shared.number:lshift(64 - shift - width):rshift(64 - width)
            end
            """#
        ),
        Helper(
            ":bits(",
            #"""
            -- Reads an unsigned number of `width` bits, whose field has a mask.
            function Reader:bits(key, width)
              local number = self:bits_number(width):tonumber()
              self:add_number(key, self.shared.range, self.shared.is_low)
              return number
            end
            """#
        ),
        Helper(
            ":bits_value(",
            #"""
            -- Reads an unsigned number of `width` bits, at a place that differs from frame to frame or in more than four bytes.
            function Reader:bits_value(key, width)
              local number = self:bits_number(width)
              self:add(key, self.shared.range, width > 32 and number or number:tonumber())
              self.number = { range = self.shared.range, is_masked = false, is_shared = true }
              self.digits = tostring(number)
              return number:tonumber()
            end
            """#
        ),
        Helper(
            ":signed_bits(",
            #"""
            -- Reads a signed number of `width` bits.
            function Reader:signed_bits(key, width)
              local bits = self:bits_number(width):lshift(64 - width)
              local number = Int64(bits:lower(), bits:higher()):arshift(64 - width)
              self:add(key, self.shared.range, width > 32 and number or number:tonumber())
              self.digits = tostring(number)
              return number:tonumber()
            end
            """#
        ),
        Helper(
            ":bit(",
            #"""
            -- Reads one bit, whose field has a mask.
            function Reader:bit(key)
              local number = self:bits_number(1):tonumber()
              self:add_number(key, self.shared.range, self.shared.is_low)
              return number == 1
            end
            """#
        ),
        Helper(
            ":bit_value(",
            #"""
            -- Reads one bit, at a place that differs from frame to frame or in more than four bytes.
            function Reader:bit_value(key)
              local is_set = self:bits_number(1):tonumber() == 1
              self:add(key, self.shared.range, is_set)
              return is_set
            end
            """#
        ),
        Helper(
            "has_bit(",
            #"""
            -- Returns whether the bit at `position` of a number is set; nil without a number.
            local function has_bit(number, position)
              if type(number) == "userdata" then
                return number:rshift(position):lower() % 2 == 1
              end
              return number and math.floor(number / 2 ^ position) % 2 == 1
            end
            """#
        ),
        Helper(
            ":add_bit(",
            #"""
            -- Adds a bit below the number that was added last. A number of more than four bytes has no masks.
            function Reader:add_bit(key, is_set)
              local number = self.number
              if not number.is_masked then
                self.item:add(fields[key], number.range, is_set)
              elseif number.is_little then
                self.item:add_le(fields[key], number.range)
              else
                self.item:add(fields[key], number.range)
              end
            end
            """#
        ),
        Helper(
            ":flags(",
            #"""
            -- Adds the bits of flags below their number, which was read last. Each has its key and its position.
            -- `is_closed` says whether other bits are malformed.
            function Reader:flags(key, number, bits, is_closed)
              local rest = number
              if not self.number.is_shared and self.number.range:len() > 6 then
                number = self.number.is_little and self.number.range:le_uint64() or self.number.range:uint64()
                rest = number
              end
              for _, flag in ipairs(bits) do
                local is_set = has_bit(number, flag[2])
                if is_set then
                  rest = rest - (type(rest) == "userdata" and UInt64(1):lshift(flag[2]) or 2 ^ flag[2])
                end
                if self.tree then
                  self:add_bit(flag[1], is_set)
                end
              end
              if is_closed and tostring(rest) ~= "0" and rest ~= 0 then
                self:fail(key, "has a bit without a name")
              end
              return number
            end
            """#
        ),
        Helper(
            "r:text(",
            #"""
            -- Reads a text of `size` bytes.
            function Reader:text(key, size, decode)
              local range = self:range(key, size)
              local text = decode(range)
              if not text then
                self.at = self.at - size
                self:fail(key, "is not text in its encoding")
              end
              self:add(key, range, escaped(text))
              return text
            end
            """#
        ),
        Helper(
            "r:bytes(",
            #"""
            -- Reads `size` bytes.
            function Reader:bytes(key, size)
              local range = self:range(key, size)
              self:add(key, range)
              return range
            end
            """#
        ),
        Helper(
            ":equals(",
            #"""
            -- Fails unless the field has its only value.
            function Reader:equals(key, value, expected)
              local found = type(value) == "userdata" and value:raw() or value
              if found ~= expected then
                self:fail(key, "has another value than the only one that is allowed")
              end
              return value
            end
            """#
        ),
        Helper(
            ":known(",
            #"""
            -- Fails unless the number has a name.
            function Reader:known(key, number, known)
              if not known[number] then
                self:fail(key, "has a number without a name")
              end
              return number
            end
            """#
        ),
        Helper(
            ":between(",
            #"""
            -- Fails unless the value, or the number of its bytes or elements, is within its bounds.
            function Reader:between(key, value, low, high)
              local number = type(value) == "string" and #value or type(value) == "userdata" and value:len() or value
              if number == nil then
                return nil
              end
              local is_within = (not low or number >= low) and (not high or number <= high)
              if not is_within then
                self:fail(key, "is out of its bounds")
              end
              return value
            end
            """#
        ),
        Helper(
            ":measure(",
            #"""
            -- Shows what the number measures: each 1 of it is `scale` of `unit`.
            function Reader:measure(number, scale, unit)
              if self.tree then
                self.item:append_text((" (%.12g%s)"):format(number * scale, unit))
              end
              return number
            end
            """#
        ),
        Helper(
            ":moment(",
            #"""
            -- Shows the point in time that the number says.
            function Reader:moment(number, units, epoch)
              local seconds = math.floor(number / units) + epoch
              if self.tree and seconds > -62135596800 and seconds < 253402300800 then
                local days = math.floor(seconds / 86400)
                -- The civil calendar repeats after 400 years, of 146097 days.
                local cycle = math.floor(days / 146097)
                local text = os.date("!%m-%dT%H:%M:%SZ", seconds - cycle * 146097 * 86400)
                local year = tonumber(os.date("!%Y", seconds - cycle * 146097 * 86400)) + 400 * cycle
                self.item:append_text((" (%04d-%s)"):format(year, text))
              end
              return number
            end
            """#
        ),
        Helper(
            ":say(",
            #"""
            -- Adds a value to the summary of the frame.
            function Reader:say(name, value)
              local text
              if type(value) == "string" then
                text = '"' .. escaped(#value > 40 and value:sub(1, 40) .. "…" or value) .. '"'
              elseif type(value) == "userdata" and value:raw():find("^[%g ]+$") then
                text = '"' .. (value:len() > 40 and value:raw():sub(1, 40) .. "…" or value:raw()) .. '"'
              elseif type(value) == "userdata" then
                text = value:len() > 16 and ("%d bytes"):format(value:len()) or Struct.tohex(value:raw(), true)
              elseif type(value) == "number" then
                text = math.abs(value) >= 2 ^ 53 and self.digits or ("%.15g"):format(value)
              else
                text = tostring(value)
              end
              self.summary = (self.summary or "") .. (" %s=%s"):format(name, text)
              return value
            end
            """#
        ),
        Helper(
            ":say_name(",
            #"""
            -- Adds the name of a number to the summary of the frame.
            function Reader:say_name(name, number, known)
              self.summary = (self.summary or "") .. (" %s=%s"):format(name, known[number] or ("%d"):format(number))
              return number
            end
            """#
        ),
        Helper(
            ":default(",
            #"""
            -- Shows the value of a field that the payload ends before.
            function Reader:default(key, value)
              if self.tree then
                self.tree:add(fields[key], self.tvb:range(self.at, 0), value):append_text(" (not sent)"):set_generated()
              end
            end
            """#
        ),
        Helper(
            ":secret(",
            #"""
            -- Reads a value, and shows only how many bytes it has.
            function Reader:secret(key, read)
              local tree, at = self.tree, self.at
              self.tree = nil
              local value = read()
              self.tree = tree
              self:add(key, self.tvb:range(at, self.at - at))
              if tree then
                self.item:append_text(": <secret>")
              end
              return value
            end
            """#
        ),
    ]
}
