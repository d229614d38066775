extension Helper {
    /// Checksums.
    static let checksums = [
        Helper(
            "crc(",
            #"""
            -- Returns a function that computes a CRC with the parameters of Greg Cook's catalogue.
            local function crc(width, polynomial, initial, is_reflected, final)
              local function reversed(number, count)
                local result = 0
                for _ = 1, count do
                  result, number = result * 2 + number % 2, math.floor(number / 2)
                end
                return result
              end
              local top, whole, rows = 2 ^ (width - 1), 2 ^ width, {}
              for index = 0, 255 do
                local register = is_reflected and index or index * 2 ^ (width - 8)
                for _ = 1, 8 do
                  local is_set = is_reflected and register % 2 == 1 or not is_reflected and register >= top
                  register = is_reflected and math.floor(register / 2) or register * 2 % whole
                  if is_set then
                    register = bit.bxor(register, is_reflected and reversed(polynomial, width) or polynomial) % whole
                  end
                end
                rows[index] = register
              end
              return function(bytes)
                local register = is_reflected and reversed(initial, width) or initial
                for at = 1, #bytes do
                  local byte = bytes:byte(at)
                  if is_reflected then
                    register = bit.bxor(math.floor(register / 256), rows[bit.bxor(register % 256, byte)]) % whole
                  else
                    local row = rows[bit.bxor(math.floor(register / 2 ^ (width - 8)), byte)]
                    register = bit.bxor(register * 256 % whole, row) % whole
                  end
                end
                return bit.bxor(register, final) % whole
              end
            end
            """#
        ),
        Helper(
            "byte_sum(",
            #"""
            -- Returns a function that adds all bytes.
            local function byte_sum(width, is_negated, final)
              return function(bytes)
                local sum = 0
                for at = 1, #bytes do
                  sum = sum + bytes:byte(at)
                end
                return bit.bxor((is_negated and -sum or sum) % 2 ^ 32, final) % 2 ^ width
              end
            end
            """#
        ),
        Helper(
            "xor8",
            #"""
            -- Returns the exclusive or of all bytes.
            local function xor8(bytes)
              local result = 0
              for at = 1, #bytes do
                result = bit.bxor(result, bytes:byte(at))
              end
              return result
            end
            """#
        ),
        Helper(
            "two_sums(",
            #"""
            -- Returns a function that computes the sum of the bytes and the sum of these sums. One is the high part of the result.
            local function two_sums(start, modulus, shift, is_first_high)
              return function(bytes)
                local first, second = start, 0
                for at = 1, #bytes do
                  first = (first + bytes:byte(at)) % modulus
                  second = (second + first) % modulus
                end
                return is_first_high and first * 2 ^ shift + second or second * 2 ^ shift + first
              end
            end
            """#
        ),
        Helper(
            "sha256(",
            #"""
            -- Returns the SHA-256 of the bytes.
            local function sha256(bytes)
              local primes, state, round = {}, {}, {}
              local candidate = 2
              while #primes < 64 do
                local is_prime = true
                for _, prime in ipairs(primes) do
                  is_prime = is_prime and candidate % prime ~= 0
                end
                if is_prime then
                  primes[#primes + 1] = candidate
                end
                candidate = candidate + 1
              end
              -- The first 32 bits of the fractions of the roots of primes.
              local function fraction(prime, power)
                local root = prime ^ (1 / power)
                return math.floor((root - math.floor(root)) * 2 ^ 32)
              end
              for index = 1, 64 do
                round[index] = fraction(primes[index], 3)
                if index <= 8 then
                  state[index] = fraction(primes[index], 2)
                end
              end
              local size = #bytes
              bytes = bytes .. "\128" .. ("\0"):rep((55 - size) % 64) .. ("\0"):rep(3)
              local bits = size * 8
              for shift = 32, 0, -8 do
                bytes = bytes .. string.char(math.floor(bits / 2 ^ shift) % 256)
              end
              local ror, xor, band = bit.ror, bit.bxor, bit.band
              for block = 1, #bytes, 64 do
                local words = {}
                for index = 1, 16 do
                  local a, b, c, d = bytes:byte(block + index * 4 - 4, block + index * 4 - 1)
                  words[index] = ((a * 256 + b) * 256 + c) * 256 + d
                end
                for index = 17, 64 do
                  local near, far = words[index - 2], words[index - 15]
                  local sigma0 = xor(ror(far, 7), ror(far, 18), bit.rshift(far, 3))
                  local sigma1 = xor(ror(near, 17), ror(near, 19), bit.rshift(near, 10))
                  words[index] = (words[index - 16] + sigma0 + words[index - 7] + sigma1) % 2 ^ 32
                end
                local a, b, c, d, e, f, g, h = table.unpack(state)
                for index = 1, 64 do
                  local choice = xor(band(e, f), band(bit.bnot(e), g))
                  local first = h + xor(ror(e, 6), ror(e, 11), ror(e, 25)) + choice + round[index] + words[index]
                  local majority = xor(band(a, b), band(a, c), band(b, c))
                  local second = xor(ror(a, 2), ror(a, 13), ror(a, 22)) + majority
                  a, b, c, d, e, f, g, h = (first + second) % 2 ^ 32, a, b, c, (d + first) % 2 ^ 32, e, f, g
                end
                for index, word in ipairs({ a, b, c, d, e, f, g, h }) do
                  state[index] = (state[index] + word) % 2 ^ 32
                end
              end
              local digits = {}
              for index = 1, 8 do
                digits[index] = bit.tohex(state[index])
              end
              return Struct.fromhex(table.concat(digits))
            end
            """#
        ),
        Helper(
            "covered_bytes(",
            #"""
            -- Returns the bytes that a checksum covers. The `size` bytes of the checksum itself count as zeros.
            local function covered_bytes(tvb, h, from, to, size)
              local bytes = tvb:raw(from, to - from)
              if size and h.checksum >= from and h.checksum < to then
                local place = h.checksum - from
                bytes = bytes:sub(1, place) .. ("\0"):rep(size) .. bytes:sub(place + size + 1)
              end
              return bytes .. (h.message and h.message.seed or "")
            end
            """#
        ),
        Helper(
            ":checksum(",
            #"""
            -- Reads a checksum of `size` bytes, and compares it with `expected`: a number, or the bytes of a hash.
            function Reader:checksum(key, at, size, expected, is_little)
              if not self.tree then
                return
              end
              local range = self.tvb:range(at, size)
              local is_right, text
              if type(expected) == "string" then
                is_right = range:raw() == expected:sub(1, size)
                text = Struct.tohex(expected:sub(1, size), true)
                self:add(key, range)
              else
                self:add_number(key, range, is_little)
                is_right = (is_little and range:le_uint() or range:uint()) == expected
                text = ("0x%0" .. 2 * size .. "x"):format(expected)
              end
              self.item:append_text(is_right and " [correct]" or " [should be " .. text .. "]")
              if not is_right then
                self.item:add_proto_expert_info(experts.checksum, "The checksum is wrong: it should be " .. text)
              end
            end
            """#
        ),
    ]
}
